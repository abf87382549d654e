"""Steps that fit, and that say how far the fits can be relied upon."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from cips_models.errors import FitError, InterruptedFitError
from cips_models.inference.constraints import identification
from cips_models.tables import write_table
from cips_models.wording import N_, _
from cips_models.workflow.chain import Details, Step
from cips_models.workflow.estimates import (
    comparison_table,
    diagnostics_table,
    predictive_table,
)
from cips_models.workflow.results import Tell
from cips_models.workflow.workspace import Workspace

JOINT: Final = "fit"

#: Draws of a chain for a comparison, which looks at five hundred draws in all.
ENOUGH_TO_COMPARE: Final = 250


def all_fits(work: Workspace) -> dict[str, Any]:
    """The joint fit and those of the cut route, by the names of their files."""
    return {name: work.fit(name) for name in (JOINT, *map(_cut_name, work.bracket))}


def joint_fit(work: Workspace) -> Any:
    """The joint fit."""
    return work.fit(JOINT)


def with_stage_one(work: Workspace) -> None:
    """Make stage 1 where it can be made; where it cannot, the step that asks for it says why."""
    with suppress(FitError):
        _ = work.stage_one


def _cut_name(specification: str) -> str:
    return f"cut-{specification}"


def whole(work: Workspace, name: str, fit: Any) -> Any:
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
            _(
                "The joint fit is approximate: a Gaussian stands in for the likelihood. Its "
                "diagnostics say how far exact weights would move it."
            )
        )
    if "quadrature" in settings:
        notes.append(
            _("The grid of the joint fit's integrals: {grid}.").format(grid=settings["quadrature"])
        )
    return notes


def _fit(work: Workspace, into: Path, tell: Tell) -> Details:
    fit = whole(work, JOINT, work.sample("joint", work.specification, tell))
    fit.save(into / f"{JOINT}.nc")
    work.keep(JOINT, fit)
    return {
        "specification": work.specification.name,
        "seed": work.request.seed,
        "notes": _notes(fit.provenance["settings"]),
        "identification": identification(fit),
        "settings": dict(fit.provenance["settings"]),
    }


def _cut(work: Workspace, into: Path, tell: Tell) -> Details:
    for position, (name, specification) in enumerate(work.bracket.items()):

        def part(fraction: float, message: str, done: int = position, of: str = name) -> None:
            tell((done + fraction) / len(work.bracket), f"{of}: {message}")

        fit = whole(work, _cut_name(name), work.sample("cut", specification, part))
        fit.save(into / f"{_cut_name(name)}.nc")
        work.keep(_cut_name(name), fit)
    return {"specifications": list(work.bracket)}


def _compare(work: Workspace, into: Path, tell: Tell) -> Details:
    fits = {work.specification.name: work.fit(JOINT)}
    for name, specification in work.alternatives.items():
        fit = work.sample("joint", specification, tell, draws=ENOUGH_TO_COMPARE)
        fits[name] = whole(work, name, fit)
    write_table(into, "comparison", comparison_table(fits, work.survey))
    return {"specifications": list(fits)}


def _diagnose(work: Workspace, into: Path, _: Tell) -> Details:
    table = diagnostics_table(all_fits(work), work.survey)
    write_table(into, "diagnostics", table)
    failed = table[~table["passed"]]
    return {"passed": failed.empty, "failed": list(failed["fit"] + ": " + failed["quantity"])}


def _predict(work: Workspace, into: Path, _: Tell) -> Details:
    table = predictive_table(work.fit(JOINT), work.survey, seed=work.request.seed)
    write_table(into, "predictive", table)
    return {}


FIT: Final[Step[Any]] = Step(
    name="fit",
    does=N_("fitting everything at once"),
    settings=("survey", "specification", "sampling", "seed", "threshold"),
    after=(),
    outputs=(f"{JOINT}.nc",),
    work=_fit,
    prepare=with_stage_one,
)


CUT: Final[Step[Any]] = Step(
    name="cut",
    does=N_("fitting cells first, the hierarchy second, under each of the bracket"),
    settings=("survey", "bracket", "sampling", "seed", "threshold"),
    after=(),
    outputs=(_cut_name("*") + ".nc",),
    work=_cut,
    prepare=with_stage_one,
    may_be_idle=True,
)


DIAGNOSE: Final[Step[Any]] = Step(
    name="diagnose",
    does=N_("checking the fits"),
    settings=(),
    after=("fit", "cut"),
    outputs=("diagnostics.csv",),
    work=_diagnose,
    prepare=all_fits,
)


COMPARE: Final[Step[Any]] = Step(
    name="compare",
    does=N_("fitting without a general outlook of persons, to compare"),
    settings=("survey", "specification", "sampling", "seed", "threshold"),
    after=("fit",),
    outputs=("comparison.csv",),
    work=_compare,
    prepare=joint_fit,
)


PREDICTIVE: Final[Step[Any]] = Step(
    name="predictive",
    does=N_("predicting the survey from the fit"),
    settings=("seed", "threshold"),
    after=("fit",),
    outputs=("predictive.csv",),
    work=_predict,
    prepare=joint_fit,
)
