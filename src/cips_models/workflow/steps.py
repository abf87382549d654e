"""The chain from a survey to an impact assessment, declared: what follows what, from what."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from cips_models.did.drift import drift_table
from cips_models.errors import InterruptedFitError, SpecificationError
from cips_models.estimands.items import items_table
from cips_models.inference.constraints import identification
from cips_models.report.figures import pictures
from cips_models.report.page import write
from cips_models.workflow.assessment import assessment
from cips_models.workflow.chain import Step
from cips_models.workflow.description import facts, survey_tables
from cips_models.workflow.estimates import (
    comparison_table,
    diagnostics_table,
    effect_statements,
    effects_table,
    estimate_tables,
    predictive_table,
)
from cips_models.workflow.tables import data_dictionary, write_table
from cips_models.workflow.workspace import Results, Tell, Workspace

type Details = Mapping[str, Any]

JOINT: Final = "fit"

#: Draws of a chain for a comparison, which looks at five hundred draws in all.
ENOUGH_TO_COMPARE: Final = 250


def _fits(work: Workspace) -> dict[str, Any]:
    return {name: work.fit(name) for name in (JOINT, *map(_cut_name, work.bracket))}


def _cut_name(specification: str) -> str:
    return f"cut-{specification}"


def _whole(work: Workspace, name: str, fit: Any) -> Any:
    """The fit, if it was not interrupted; else it is kept beside the results, which end here.

    Raises
    ------
    InterruptedFitError
        It was.
    """
    if "partial" not in fit.provenance["settings"]:
        return fit
    path = fit.save(work.folder / f"partial-{name}.nc")
    raise InterruptedFitError(
        f"{name}: interrupted; {path} holds {fit.provenance['settings']['partial']}. "
        "The same command starts this step anew and reuses the steps before it."
    )


def _notes(settings: Mapping[str, Any]) -> list[str]:
    """What a reader must know of how the joint fit was made."""
    notes = []
    if settings.get("sampler") == "approximate":
        notes.append(
            "The joint fit is approximate: a Gaussian stands in for the likelihood. Its "
            "diagnostics say how far exact weights would move it."
        )
    if "quadrature" in settings:
        notes.append(f"The grid of the joint fit's integrals: {settings['quadrature']}.")
    return notes


def _validate(work: Workspace, into: Path, _: Tell) -> Details:
    for name, table in survey_tables(work.survey).items():
        write_table(into, name, table)
    return facts(work.survey)


def _fit(work: Workspace, into: Path, tell: Tell) -> Details:
    fit = _whole(work, JOINT, work.sample("joint", work.specification, tell))
    fit.save(into / f"{JOINT}.nc")
    work.keep(JOINT, fit)
    return {
        "specification": work.specification.name,
        "seed": work.request.seed,
        "notes": _notes(fit.provenance["settings"]),
        "identification": identification(fit),
    }


def _cut(work: Workspace, into: Path, tell: Tell) -> Details:
    for position, (name, specification) in enumerate(work.bracket.items()):

        def part(fraction: float, message: str, done: int = position, of: str = name) -> None:
            tell((done + fraction) / len(work.bracket), f"{of}: {message}")

        fit = _whole(work, _cut_name(name), work.sample("cut", specification, part))
        fit.save(into / f"{_cut_name(name)}.nc")
        work.keep(_cut_name(name), fit)
    return {"specifications": list(work.bracket)}


def _compare(work: Workspace, into: Path, tell: Tell) -> Details:
    fits = {work.specification.name: work.fit(JOINT)}
    for name, specification in work.alternatives.items():
        fit = work.sample("joint", specification, tell, draws=ENOUGH_TO_COMPARE)
        fits[name] = _whole(work, name, fit)
    write_table(into, "comparison", comparison_table(fits, work.survey))
    return {"specifications": list(fits)}


def _diagnose(work: Workspace, into: Path, _: Tell) -> Details:
    table = diagnostics_table(_fits(work), work.survey)
    write_table(into, "diagnostics", table)
    failed = table[~table["passed"]]
    return {"passed": failed.empty, "failed": list(failed["fit"] + ": " + failed["quantity"])}


def _estimate(work: Workspace, into: Path, _: Tell) -> Details:
    tables = estimate_tables(work.fit(JOINT), margin=work.request.margin)
    for name, table in tables.items():
        write_table(into, name, table)
    return {"refused": tables["refusals"].to_dict("records")}


def _did(work: Workspace, into: Path, _: Tell) -> Details:
    fits = _fits(work)
    write_table(into, "effects", effects_table(fits))
    return {"statements": effect_statements(fits)}


def _drift(work: Workspace, into: Path, tell: Tell) -> Details:
    write_table(into, "items", items_table(work.fit(JOINT)))
    fits: Mapping[float, Any] = {}
    with suppress(SpecificationError):  # no sd of drift is estimated: the report says so
        fits = work.under_drift(tell)
    write_table(into, "drift", drift_table(fits))
    return {}


def _predict(work: Workspace, into: Path, _: Tell) -> Details:
    table = predictive_table(work.fit(JOINT), work.survey, seed=work.request.seed)
    write_table(into, "predictive", table)
    return {}


def _describe(_: Results, into: Path, __: Tell) -> Details:
    data_dictionary().to_csv(into / "data-dictionary.csv", index=False)
    return {}


def _chart(work: Results, into: Path, _: Tell) -> Details:
    return {"drawn": list(pictures(assessment(work.folder), into / "charts"))}


def _report(work: Results, into: Path, _: Tell) -> Details:
    assessed = assessment(work.folder, force=work.force)
    write(assessed, into / "report.html")
    return {"passed": assessed.passed}


CHART: Final[Step[Any]] = Step(
    name="chart",
    does="drawing charts",
    settings=(),
    after=("validate", "fit", "diagnose", "compare", "estimate", "did", "drift", "predictive"),
    outputs=("charts/*.svg", "charts/*.png"),
    work=_chart,
)

REPORT: Final[Step[Any]] = Step(
    name="report",
    does="writing the report",
    settings=("force",),
    after=("validate", "fit", "diagnose", "compare", "estimate", "did", "drift", "predictive"),
    outputs=("report.html",),
    work=_report,
)

CHAIN: Final[tuple[Step[Any], ...]] = (
    Step(
        name="validate",
        does="checking the survey",
        settings=("description",),
        after=(),
        outputs=(
            "respondents.csv",
            "nonresponse.csv",
            "nonresponse_items.csv",
            "dont_know.csv",
            "exclusions.csv",
            "support.csv",
        ),
        work=_validate,
    ),
    Step(
        name="fit",
        does="fitting everything at once",
        settings=("survey", "specification", "sampling", "seed"),
        after=(),
        outputs=(f"{JOINT}.nc",),
        work=_fit,
    ),
    Step(
        name="cut",
        does="fitting cells first, the hierarchy second, under each of the bracket",
        settings=("survey", "bracket", "sampling", "seed"),
        after=(),
        outputs=(_cut_name("*") + ".nc",),
        work=_cut,
        may_be_idle=True,
    ),
    Step(
        name="diagnose",
        does="checking the fits",
        settings=(),
        after=("fit", "cut"),
        outputs=("diagnostics.csv",),
        work=_diagnose,
    ),
    Step(
        name="compare",
        does="fitting without a general outlook of persons, to compare",
        settings=("survey", "specification", "sampling", "seed"),
        after=("fit",),
        outputs=("comparison.csv",),
        work=_compare,
    ),
    Step(
        name="estimate",
        does="levels, changes, shares improved, and what cannot be said",
        settings=("margin",),
        after=("fit",),
        outputs=("levels.csv", "changes.csv", "improved.csv", "refusals.csv"),
        work=_estimate,
    ),
    Step(
        name="did",
        does="difference in differences",
        settings=(),
        after=("fit", "cut"),
        outputs=("effects.csv",),
        work=_did,
    ),
    Step(
        name="drift",
        does="changes and effects under less drift, and more",
        settings=("survey", "specification", "sampling", "seed"),
        after=("fit",),
        outputs=("items.csv", "drift.csv"),
        work=_drift,
    ),
    Step(
        name="predictive",
        does="predicting the survey from the fit",
        settings=("seed",),
        after=("fit",),
        outputs=("predictive.csv",),
        work=_predict,
    ),
    Step(
        name="describe",
        does="describing the tables",
        settings=(),
        after=(),
        outputs=("data-dictionary.csv",),
        work=_describe,
    ),
    CHART,
    REPORT,
)
