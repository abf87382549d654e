"""``cips pool``: the hierarchy fitted to the cells of several countries."""

from pathlib import Path
from typing import Any

import click

from cips_models.cli.main import COMMANDS
from cips_models.cli.options import as_json, cells_files, out, overwrite, pooling
from cips_models.cli.output import progress, say, written


@click.command(name="pool", help=COMMANDS["pool"])
@cells_files
@pooling
@out("File of the fit.", default="fit.nc")
@overwrite
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    /,
    cells_files: tuple[Path, ...],
    support: Path | None,
    specification: str,
    seed: int,
    out: Path,
    overwrite: bool,
    as_json: bool,
    **sampling: Any,
) -> None:
    """Fit, say whether the fit can be relied upon, and write it."""
    import cips_models as cips
    from cips_models.files import new_file, refuse_to_replace

    refuse_to_replace([out], overwrite=overwrite)
    shown = progress(ctx)
    tell = None if shown is None else lambda done, what: shown("pool", done, what)
    asked = {name: value for name, value in sampling.items() if value is not None}
    spec = cips.specification(specification)
    fit = cips.pool(cells_files, spec, seed=seed, support=support, progress=tell, **asked)
    with new_file(out) as draft:
        fit.save(draft)
    passed = bool(cips.diagnose(fit).passed)
    verdict = "passed its diagnostics" if passed else "FAILED its diagnostics: cips diagnose"
    countries = fit.design.countries
    constraints = cips.identification(fit)
    words = "\n".join(
        [
            written([out]),
            f"The fit of {len(countries)} countries' cells {verdict}.",
            "What identifies it:",
            *(f"- {sentence}" for sentence in constraints),
        ]
    )
    facts = {"fit": str(out), "passed": passed, "seed": seed, "countries": list(countries)}
    facts["identification"] = constraints
    say(words, facts, as_json=as_json)
