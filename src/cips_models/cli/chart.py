"""``cips chart``: figures from the tables of a results folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, languages, out, overwrite, results_folder
from cips_models.cli.output import progress, say, written
from cips_models.wording import folder_of, speaking


@click.command(
    name="chart",
    help=f"{COMMANDS['chart']}\n\nWithout CHART and options those of the chain, as SVG and PNG. "
    "CHART is changes, levels, paths, dumbbells, improved, headline, effect, bracket, ...; a name "
    "that there is not lists them all.",
)
@results_folder
@click.argument("names", nargs=-1, metavar="[CHART]...")
@click.option(
    "--size",
    type=click.Choice(["page", "slide"]),
    default="page",
    show_default=True,
    help="A column of a portrait page, or a 16:9 slide.",
)
@click.option(
    "--format",
    "formats",
    type=click.Choice(["svg", "pdf", "png"]),
    multiple=True,
    help="Kind of file; may be given several times. Default: svg and png.",
)
@click.option("--scale", type=click.Choice(["percent", "score", "latent"]), help="Of estimates.")
@click.option(
    "--marks",
    type=click.Choice(["dots", "gradients", "ridges"]),
    help="How levels and changes are drawn.",
)
@click.option(
    "--by", type=click.Choice(["cell", "factor", "country"]), help="What a row of them is."
)
@out("Folder of the charts. Default: FOLDER/charts, slides in FOLDER/charts/slide.", optional=True)
@languages
@overwrite
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    /,
    folder: Path,
    names: Sequence[str],
    size: str,
    formats: Sequence[str],
    out: Path | None,
    languages: list[str],
    overwrite: bool,
    as_json: bool,
    **chosen: str | None,
) -> None:
    """Draw the charts of the chain anew; or those named, as they are asked for."""
    options = {name: value for name, value in chosen.items() if value is not None}
    if names or options or formats or out is not None or size != "page":
        if out is not None and len(languages) > 1:
            raise click.UsageError("--out goes with one language.")
        kinds = list(dict.fromkeys(formats)) or ["svg", "png"]
        paths = []
        for code in languages:
            own = folder / folder_of(code)
            place = out or own / "charts" / ("" if size == "page" else size)
            with speaking(code):
                paths += _drawn(folder, names, place, kinds, {"size": size, **options}, overwrite)
    else:
        from cips_models.workflow.run import redo
        from cips_models.workflow.steps import chart

        steps = [chart(code) for code in languages]
        record = redo(steps, folder, overwrite=overwrite, progress=progress(ctx))
        paths = [folder / name for step in steps for name in record.steps[step.name].outputs]
    say(written(paths), {"files": [str(path) for path in paths]}, as_json=as_json)


def _drawn(
    folder: Path,
    names: Sequence[str],
    out: Path,
    formats: Sequence[str],
    options: dict[str, Any],
    overwrite: bool,
) -> list[Path]:
    """Draw charts of a results folder: those named, else all that take the options."""
    from cips_models import charts
    from cips_models.errors import IdentificationError
    from cips_models.files import refuse_to_replace
    from cips_models.report.figures import drawing
    from cips_models.workflow.assessment import assessment

    unknown = [name for name in names if name not in charts.CHARTS]
    if unknown:
        known = ", ".join(sorted(charts.CHARTS))
        raise click.BadParameter(
            f"found {', '.join(unknown)}; expected {known}", param_hint="CHART"
        )
    chosen = [charts.CHARTS[name] for name in names] or [
        each for each in charts.CHARTS.values() if options.keys() <= each.options
    ]
    for each in chosen:
        if more := options.keys() - each.options:
            raise click.UsageError(f"Chart {each.name} has no option --{sorted(more)[0]}.")
    results = assessment(folder)
    figures = {}
    for each in chosen:
        try:
            figures[each.name] = drawing(results, each, **options)
        except IdentificationError:
            if names:
                raise
    refuse_to_replace(
        (out / f"{name}.{kind}" for name in figures for kind in formats), overwrite=overwrite
    )
    return [
        path for name, figure in figures.items() for path in charts.save(figure, out, name, formats)
    ]
