"""What stands at the front of every report: what sort it is, banners, other reports."""

from collections.abc import Sequence

from cips_models.charts.labels import word
from cips_models.errors import FitError
from cips_models.numerals import day
from cips_models.report.assessment import Assessment
from cips_models.report.document import Banner
from cips_models.report.fit_words import examined, fit_name
from cips_models.wording import _, listed


def failed_gates(assessment: Assessment) -> list[str]:
    """Diagnostics that are not passed, by fit and quantity."""
    table = assessment["diagnostics"]
    failed = table[~table["passed"].astype(bool)]
    ways = {"fit": fit_name, "quantity": examined}
    names = [name for name in ways if name in failed]
    return [": ".join(ways[name](row[name]) for name in names) for _index, row in failed.iterrows()]


def failing(name: str, failed: Sequence[str], what: str) -> FitError:
    """The error where something for readers is not written, because of failed diagnostics.

    Parameters
    ----------
    name : str
        Of the survey.
    failed : sequence of str
        Gates, in words.
    what : str
        What can be forced: "report".
    """
    return FitError(
        f"{name}: found a fit that fails its diagnostics "
        f"({', '.join(failed) or 'see diagnostics.csv'}); expected all gates passed. Sample "
        f"longer, or force the {what}, which then says so at its top."
    )


def banners(assessment: Assessment) -> tuple[Banner, ...]:
    """What must be read before anything else."""
    found = []
    if not assessment.passed:
        found.append(
            Banner(
                _(
                    "The fit failed its diagnostics. This report was forced; its numbers must not "
                    "be relied on."
                ),
                _("Failed: {list}.").format(list=listed(failed_gates(assessment))),
                failed=True,
            )
        )
    if assessment.about["synthetic"]:
        found.append(
            Banner(
                _("Synthetic data."),
                _("Everything here was simulated. It says nothing about any real country."),
            )
        )
    return tuple(found)


def origin(assessment: Assessment) -> str:
    """When, by what and from what a report was written."""
    return _("Written {date} by cips-models; specification {specification}.").format(
        date=day(assessment.about["created"]),
        specification=word(str(assessment.about["specification"])),
    )
