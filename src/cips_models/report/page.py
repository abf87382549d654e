"""The report as one HTML page that needs nothing else: no script, no external address."""

import os
import re
import tempfile
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import jinja2

from cips_models import wording
from cips_models.charts.findings import interval
from cips_models.charts.labels import capital, word
from cips_models.charts.numbers import count, count_or_withheld
from cips_models.errors import FitError
from cips_models.report import (
    composition,
    data_tables,
    decision,
    drift,
    few_clusters,
    multiverse,
    nonresponse,
    outcomes,
    plan,
    prior_sensitivity,
    prior_words,
    selection,
    selection_tables,
    spillover,
    tables,
    trends,
    words,
)
from cips_models.report.assessment import Assessment
from cips_models.report.figures import pictures
from cips_models.report.limits import LIMITS
from cips_models.report.overturned import overturning
from cips_models.wording import _

_TEMPLATE: Final = "template.html.j2"
_LABELLED: Final = ("countries", "groups", "waves", "factors")


def write(
    assessment: Assessment,
    path: str | os.PathLike[str],
    *,
    force: bool = False,
    charts_dir: str | os.PathLike[str] | None = None,
) -> Path:
    """Write the impact assessment as one self-contained HTML file.

    Parameters
    ----------
    assessment : Assessment
    path : path
        File to write; replaced at once when the page is complete.
    force : bool
        Write it although the diagnostics fail; the page then says so at its top.  An
        assessment that is marked ``forced`` needs no second word.
    charts_dir : path, optional
        Folder that also receives the charts as SVG and PNG files.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FitError
        The diagnostics fail and the report is not forced.
    """
    forced = force or bool(assessment.about["forced"])
    if not (assessment.passed or forced):
        raise FitError(
            f"{assessment.about['name']}: found a fit that fails its diagnostics "
            f"({', '.join(_failed(assessment)) or 'see diagnostics.csv'}); expected all gates "
            "passed. Sample longer, or force the report, which then says so at its top."
        )
    page = _environment().get_template(_TEMPLATE).render(_context(assessment, charts_dir))
    return _replace(Path(path), isolated(page, assessment.about))


def isolated(page: str, about: Mapping[str, Any]) -> str:
    """Keep labels that are written from right to left from turning what stands beside them.

    A number after such a label would be shown in front of it (Unicode Standard Annex 9, section
    2.6: first strong isolate).
    """
    labels = [about["name"], *(each for of in _LABELLED for each in about[of])]
    escape = _environment().filters["escape"]  # as the template wrote them
    turning = {str(escape(label)) for label in labels if _from_right_to_left(label)}
    if not turning:
        return page
    longest_first = sorted(turning, key=len, reverse=True)
    pattern = rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"
    return re.sub(pattern, lambda found: f"\u2068{found[0]}\u2069", page)


def _from_right_to_left(label: str) -> bool:
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in label)


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("cips_models.report", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_=_, ngettext=wording.ngettext)
    environment.filters.update(
        count=count, count_or_withheld=count_or_withheld, capital=capital, word=word
    )
    return environment


def _context(assessment: Assessment, charts_dir: str | os.PathLike[str] | None) -> dict[str, Any]:
    specification = words.default_specification(assessment)
    effects = not assessment["effects"].empty
    return {
        "language": wording.language(),
        "about": assessment.about,
        "passed": assessment.passed,
        "failed": _failed(assessment),
        "notes": assessment.notes,
        "withheld": data_tables.withheld(assessment),
        "plan": plan.sentence(assessment),
        "drift": drift.sentences(assessment),
        "few_clusters": few_clusters.context(assessment, specification),
        "selection": {
            "sentences": selection.sentences(assessment),
            "table": selection_tables.quantities(assessment),
        },
        "statements": assessment.statements,
        "identification": assessment.identification,
        "shifts": nonresponse.shifts(assessment),
        "answers": words.answers(assessment, overturning(assessment)),
        "trends": trends.sentences(assessment),
        "spillover": spillover.sentences(assessment),
        "decision": decision.sentences(assessment),
        "limits": [each for each in LIMITS if effects or not each.of_effects],
        "effects": effects,
        "supported": _supported(assessment),
        "interval": interval(assessment["levels"].iloc[0]),
        "priors": {
            "sentences": prior_words.sentences(assessment, specification),
            "table": prior_sensitivity.sensitivity_table(assessment, specification),
        },
        "multiverse": {
            "sentences": multiverse.sentences(assessment),
            "failures": multiverse.failures(assessment),
        },
        "pictures": pictures(assessment, charts_dir),
        "outcomes": outcomes.section(assessment),
        "table": {
            "headline": tables.headline(assessment),
            "pooled_changes": tables.pooled_changes(assessment),
            "compositions": composition.compositions(assessment),
            "cell_changes": tables.cell_changes(assessment),
            "pooled_levels": tables.pooled_levels(assessment),
            "cell_levels": tables.cell_levels(assessment),
            "respondents": data_tables.respondents(assessment),
            "nonresponse": nonresponse.nonresponse(assessment),
            "dont_know": nonresponse.changed_most(assessment),
            "drift": drift.under_drift(assessment),
            "odd_items": drift.odd_items(assessment),
            "refusals": data_tables.refusals(assessment),
            "exclusions": data_tables.exclusions(assessment),
            "support": data_tables.support(assessment),
            "deviations": plan.deviations(assessment),
            "diagnostics": data_tables.diagnostics(assessment),
            "comparison": data_tables.comparison(assessment),
            "rules": tables.rules(),
            "agreement": tables.agreement_rules(),
            "bracket": tables.bracket(assessment),
            "heterogeneity": tables.heterogeneity(assessment, specification),
            "slopes": tables.slopes(assessment),
            "breakdowns": trends.breakdowns(assessment),
            "equivalence": decision.equivalence(assessment),
            "naming": decision.naming(assessment),
            "contributions": tables.contributions(assessment, specification),
        },
    }


def _failed(assessment: Assessment) -> list[str]:
    table = assessment["diagnostics"]
    failed = table[~table["passed"].astype(bool)]
    names = [column for column in ("fit", "quantity") if column in failed]
    return [": ".join(map(str, row)) for row in failed[names].itertuples(index=False)]


def _supported(assessment: Assessment) -> tuple[int, int]:
    """Count supported cells, and all cells, of the countries that were followed."""
    table = assessment["support"]
    followed = table[table["country"].astype(str).isin(list(assessment.about["followed"]))]
    return int(followed["supported"].astype(bool).sum()), len(followed)


def _replace(path: Path, text: str) -> Path:
    """Write a file so that a reader sees the old one or the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(draft).chmod(0o644)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return path
