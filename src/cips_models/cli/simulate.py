"""``cips simulate``: a survey whose truth is known."""

from pathlib import Path
from typing import Literal

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, overwrite, seed, world
from cips_models.cli.output import progress, say


@click.command(name="simulate", help=COMMANDS["simulate"])
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@world
@seed
@overwrite
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    folder: Path,
    scale: Literal["small", "cips"],
    effect: Literal["real", "none"],
    waves: int,
    seed: int,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Write study, codebook, responses, support and truth of a synthetic survey."""
    from cips_models.workflow.synthetic import synthetic_survey

    study = synthetic_survey(
        folder,
        scale=scale,
        effect=effect,
        waves=waves,
        seed=seed,
        overwrite=overwrite,
        progress=progress(ctx),
    )
    words = (
        f"A synthetic survey (scale {scale}, effect {effect}, {waves} waves, seed {seed}); its "
        f"truth lies beside it.\nwrote {study}\nnext: cips run {study} --out RESULTS"
    )
    facts = {"study": str(study), "scale": scale, "effect": effect, "waves": waves, "seed": seed}
    say(words, facts, as_json=as_json)
