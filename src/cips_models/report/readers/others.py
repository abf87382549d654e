"""Which reports there are of one set of results, and the way from one to another."""

from typing import Final

from cips_models.report.assessment import Assessment
from cips_models.report.document import Link
from cips_models.wording import N_, _

#: File of each reader's report, and what it is.
FILES: Final = {
    "head": ("brief.html", N_("One page: what changed, and is it the programme?")),
    "evaluator": ("report.html", N_("The full impact assessment")),
    "statistician": ("annex.html", N_("Technical annex: every model and diagnostic")),
}


def others(reader: str, assessment: Assessment) -> tuple[Link, ...]:
    """Links to the reports for other readers, those that lie beside this one."""
    beside = assessment.about.get("beside", tuple(FILES))
    return tuple(
        Link(_(words), file)
        for name, (file, words) in FILES.items()
        if name != reader and name in beside
    )
