"""An assessment in the language that is being spoken: its labels, tables and sentences."""

from dataclasses import replace
from typing import Final

from cips_models.numerals import isolated
from cips_models.report.assessment import Assessment
from cips_models.retelling import told
from cips_models.tables.telling import told_table
from cips_models.terms import named
from cips_models.wording import SOURCE_LANGUAGE, language

#: Tables whose texts are told where they are shown, or are marks of the disclosure control.
_AS_THEY_ARE: Final = ("plan", "disclosure")

_LABELS: Final = ("countries", "followed", "groups", "factors")


def in_language(assessment: Assessment) -> Assessment:
    """The assessment as readers of the current language have it.

    In English, in which results are stored, it is itself; so it is when it was told before.

    Parameters
    ----------
    assessment : Assessment
        As it was read; with other countries hidden, where they are to be.
    """
    if language() in (SOURCE_LANGUAGE, assessment.about.get("language")):
        return assessment
    about = dict(assessment.about)
    about |= {name: [isolated(named(label)) for label in about[name]] for name in _LABELS}
    about["name"] = isolated(str(about["name"]))
    about["assumption"] = told(str(about.get("assumption", "")))
    about["multiverse"] = [told(note) for note in about.get("multiverse", [])]
    about["language"] = language()
    return replace(
        assessment,
        about=about,
        tables={
            name: table if name in _AS_THEY_ARE else told_table(table)
            for name, table in assessment.tables.items()
        },
        notes=tuple(map(told, assessment.notes)),
        statements=tuple(map(told, assessment.statements)),
        identification=tuple(map(told, assessment.identification)),
    )
