"""The results of one country, with those of all countries together and of no other one."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from cips_models.errors import IdentificationError
from cips_models.names import COUNTRY
from cips_models.report.anonymity import hidden, hiding, without_labels
from cips_models.report.assessment import Assessment
from cips_models.report.places import of_place
from cips_models.wording import _

#: Tables whose rows name what is left out: those of other countries would name them.
_LEFT_OUT = ("leave_one_out",)


def of_country(assessment: Assessment, country: str) -> Assessment:
    """The assessment with the rows of one country and those of all countries together.

    No other country is named: in texts it stands as "another country".

    Parameters
    ----------
    assessment : Assessment
    country : str

    Raises
    ------
    IdentificationError
        The survey has no such country.
    """
    known = list(assessment.about["countries"])
    if country not in known:
        raise IdentificationError(
            f"{assessment.about['name']}: found no country {country!r}; expected one of "
            f"{', '.join(known)}"
        )
    others = [each for each in known if each != country]
    hide = hiding(dict.fromkeys(others, _("another country"))) if others else str
    about = {
        **{key: hidden(value, hide) for key, value in assessment.about.items()},
        "countries": [country],
        "followed": [each for each in assessment.about["followed"] if each == country],
        "pooled": len(assessment.about["followed"]),
        "beside": (),
        # Who has it can draw the letters of the anonymous reports: no single country is to.
        "fingerprint": "",
    }
    tables = {**assessment.tables, "refusals": _refusals(assessment, country, others)}
    return replace(
        assessment,
        about=about,
        tables={
            name: _rows(name, without_labels(table, hide), country)
            for name, table in tables.items()
        },
        notes=tuple(note for note in assessment.notes if hide(note) == note),
        statements=tuple(map(hide, assessment.statements)),
        identification=tuple(map(hide, assessment.identification)),
    )


def _refusals(assessment: Assessment, country: str, others: Sequence[str]) -> pd.DataFrame:
    """What cannot be said of this country; not what cannot be said of others alone."""
    table = assessment["refusals"]
    parts = [*assessment.about["factors"], *assessment.about["groups"]]
    where = [of_place(str(each), country, others, parts) for each in table["where"]]
    kept = [each is not None for each in where]
    return table.assign(where=where)[kept].reset_index(drop=True)


def _rows(name: str, table: pd.DataFrame, country: str) -> pd.DataFrame:
    if COUNTRY not in table:
        return table
    kept = (country,) if name in _LEFT_OUT else (country, "")
    return table[table[COUNTRY].isin(kept)].reset_index(drop=True)
