"""``cips design``: what the next wave will be able to say, before it is held."""

from pathlib import Path
from typing import Any

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, fit_file, out, overwrite, seed
from cips_models.cli.output import in_columns, records, say, written

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _points(_ctx: click.Context, _option: click.Parameter, text: str) -> tuple[float, ...]:
    """Sizes of effects from "1,2,3"."""
    try:
        found = tuple(float(word) for word in text.split(","))
    except ValueError:
        found = ()
    if not found or not all(0 < size < 100 for size in found):
        raise click.BadParameter(f"found {text!r}; expected points between 0 and 100, as 1,2,3")
    return found


@click.command(name="design", help=COMMANDS["design"])
@fit_file
@click.argument("plan", type=_FILE, required=False)
@click.option(
    "--effects",
    metavar="POINTS",
    default="1,2,3,5",
    show_default=True,
    callback=_points,
    help="Sizes of effects to detect, in points of positive answers.",
)
@click.option(
    "--within",
    type=click.FloatRange(min=0, min_open=True),
    metavar="POINTS",
    default=5.0,
    show_default=True,
    help="Half width of the interval that is wanted of a cell's change.",
)
@click.option(
    "--study",
    type=_FILE,
    help="Study file of the fit: what respondents tell then comes from their answers.",
)
@click.option(
    "--spec",
    "specification",
    metavar="NAME|FILE",
    help="Specification of the fit, where it is not a shipped one.",
)
@click.option(
    "--draws",
    type=click.IntRange(min=2),
    metavar="N",
    help="Draws of the scales; more, less simulation error.",
)
@seed
@out("Folder for the tables and the chart.", default="next-wave")
@overwrite
@as_json
def command(
    fit_file: Path,
    plan: Path | None,
    effects: tuple[float, ...],
    within: float,
    study: Path | None,
    specification: str | None,
    draws: int | None,
    seed: int,
    out: Path,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Write interval widths, probabilities of detection, and respondents that cells need."""
    import cips_models as cips
    from cips_models.did.next_wave.precision import DRAWS
    from cips_models.files import refuse_to_replace
    from cips_models.tables import write_tables

    stems = [out / "next_wave.svg", out / "next_wave.png"]
    tables = [out / "next_wave.csv", out / "cells_needed.csv"]
    refuse_to_replace([*tables, *stems], overwrite=overwrite)
    fit = cips.load(fit_file)
    spec = None if specification is None else cips.specification(specification)
    planned = cips.as_now(fit) if plan is None else cips.read_planned_wave(plan, fit)
    stage = None
    if study is not None:
        survey = cips.read(study)
        name = specification or fit.provenance["specification"]
        stage = cips.stage_one(survey, cips.specification(name))
    found = cips.next_wave(fit, planned, stage=stage, spec=spec, draws=draws or DRAWS, seed=seed)
    halves = [step / 2 for step in range(1, round(2 * max(effects)) + 1)]
    table = cips.next_wave_table(found, sorted({*effects, *halves}))
    needed = cips.cells_needed_table(found, within)
    paths = write_tables(out, {"next_wave": table, "cells_needed": needed}, overwrite=overwrite)
    if (table["measure"] == "detected").any():
        figure = cips.charts.next_wave(
            table,
            source=f"{fit.provenance['study']}; fit: {fit.provenance['specification']}",
            synthetic=bool(fit.provenance.get("synthetic", False)),
        )
        paths += cips.charts.save(figure, out, "next_wave")
    shown = table[(table["measure"] != "detected") | table["effect"].isin(effects)]
    smallest = _smallest(needed)
    facts: dict[str, Any] = {
        "wave": planned.wave,
        "files": [str(path) for path in paths],
        "next_wave": records(shown),
        "smallest_cells": records(smallest),
        "scales_from_prior": list(found.from_prior),
    }
    say(_words(shown, smallest, found.from_prior, paths), facts, as_json=as_json)


def _smallest(needed: Any) -> Any:
    """Of the five countries and groups with fewest respondents, the cell that is least precise."""
    worst = needed.loc[needed.groupby(["country", "group"])["half_width"].idxmax()]
    return worst.sort_values("respondents", kind="stable").head(5)


def _in_words(respondents: Any) -> list[str]:
    """How many are needed, or that no number suffices."""
    lacking = respondents.isna()
    return [
        "none suffices" if none else str(number)
        for number, none in zip(respondents, lacking, strict=True)
    ]


def _words(shown: Any, smallest: Any, from_prior: tuple[str, ...], paths: list[Path]) -> str:
    from cips_models.charts.numbers import amount, probability

    planned = shown[shown["size"] == 1].drop(columns=["size", "respondents"])
    widths = planned["measure"] == "half width"
    values = [
        amount(value, 2) if width else probability(value)
        for value, width in zip(planned["value"], widths, strict=True)
    ]
    planned = planned.assign(value=values)
    lines = [
        "The next wave as planned (half widths of 95 % intervals, points; mcse: simulation error):",
        in_columns(planned, digits=2),
        "",
        "The smallest groups, their least precise cell, and respondents that it needs:",
        in_columns(smallest.assign(respondents_needed=_in_words(smallest["respondents_needed"]))),
        "",
    ]
    if not (shown["quantity"] == "effect").any():
        lines += ["No effect of support can be told from this plan.", ""]
    if from_prior:
        lines += [f"Not known from the fit, taken from their prior: {', '.join(from_prior)}", ""]
    return "\n".join([*lines, written(paths)])
