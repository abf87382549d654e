"""Write a synthetic survey as a study: the files that any survey has, and its truth."""

from pathlib import Path
from typing import Final, get_args

import numpy as np
import xarray as xr

from cips_models.errors import OutputError
from cips_models.files import made_folder
from cips_models.survey.simulation.draw import TOLERANCE, draw_survey
from cips_models.survey.simulation.files import write_survey
from cips_models.survey.simulation.questionnaire import GROUPS, Size
from cips_models.survey.simulation.questionnaire import waves as wave_labels
from cips_models.survey.simulation.third_wave import with_third_wave
from cips_models.survey.simulation.truth import truth
from cips_models.survey.simulation.world import Effect
from cips_models.survey.study import Columns, Files, Labelling, Study

FILES: Final = (
    "study.toml",
    "codebook.toml",
    "responses.csv.gz",
    "support.csv",
    "truth.nc",
    "README.txt",
)


def simulate(
    directory: str | Path,
    *,
    scale: Size = "small",
    effect: Effect = "real",
    waves: int = 2,
    seed: int = 1,
    overwrite: bool = False,
) -> Path:
    """Write a synthetic survey with the anatomy of CIPS and a known truth.

    The model that generates it is the measurement model and the hierarchy of this
    package, with background columns (gender, rank) that have no effect.  The raw headline,
    the share of country x factor cells whose mean score rose, lies within four points of
    the published 85/73 (officials, supported and not) and 72/61 (private sector) *by
    construction*: worlds are drawn from the seed until one shows it.  That one is not
    altered, and ``truth.nc`` is what generated it.

    Parameters
    ----------
    directory : str or Path
        Where to write; made if it does not exist.
    scale : {"small", "cips"}
        "small": 25 countries of which 17 seen twice, 8,000 respondents.  "cips": 17
        countries twice, 19,500 respondents and 0.92 million answers.
    effect : {"real", "none"}
        "real": support raises perception, and was given without regard to the baseline.
        "none": support does exactly nothing, everything rises by itself, support was given
        where the observed baseline was lowest, and part of the baseline does not last.
    waves : {2, 3}
        With a third wave most countries go on, and support began at the second or at the third
        wave, or before the first; the first two waves and their headline are those of a survey
        with two, with the same seed.
    seed : int
        The same seed gives the same survey.
    overwrite : bool
        Replace files of an earlier simulation.

    Returns
    -------
    Path
        Of the study file.  Beside it: ``codebook.toml``, ``responses.csv.gz``,
        ``support.csv``, ``README.txt`` and ``truth.nc``, a labelled xarray.Dataset.

    Raises
    ------
    ValueError
        For an unknown scale or effect, or another number of waves.
    OutputError
        If the directory holds a file of the same name, or cannot be written.
    """
    for name, value, known in (
        ("scale", scale, get_args(Size)),
        ("effect", effect, get_args(Effect)),
        ("waves", waves, (2, 3)),
    ):
        if value not in known:
            raise ValueError(f"simulate: found {name}={value!r}; expected one of {known}.")
    folder = _prepared(Path(directory), overwrite)
    rng = np.random.default_rng(seed)
    survey = draw_survey(scale, effect, rng)
    if waves == 3:
        survey = with_third_wave(survey, scale, effect, rng)

    study = Study(
        name=f"CIPS demonstration, synthetic (effect: {effect}, seed {seed})",
        synthetic=True,
        files=Files(responses="responses.csv.gz", codebook="codebook.toml", support="support.csv"),
        columns=Columns(background=("gender", "rank")),
        groups=Labelling(GROUPS),
        waves=Labelling(wave_labels(waves)),
    )
    path = write_survey(survey, study, folder, rng)
    true = truth(survey)
    true.attrs = {
        "title": "Truth of a SYNTHETIC survey",
        "scale": scale,
        "effect": effect,
        "waves": waves,
        "seed": seed,
        "worlds_drawn": survey.attempts,
    }
    true.to_netcdf(folder / "truth.nc")
    (folder / "README.txt").write_text(_readme(study.name, true), encoding="utf-8")
    return path


def _prepared(folder: Path, overwrite: bool) -> Path:
    """Make the folder; refuse to replace what is in it."""
    made_folder(folder)
    present = [name for name in FILES if (folder / name).exists()]
    if present and not overwrite:
        raise OutputError(
            f"{folder}: found {', '.join(present)}; expected a folder without these files. "
            "Choose another folder, or allow overwriting."
        )
    return folder


def _readme(name: str, true: xr.Dataset) -> str:
    """Say in plain words what these files are, and what is true of them."""
    rows = []
    for group in GROUPS.values():
        of = true.sel(group=group)
        raw = " and ".join(f"{share:.1f}" for share in of.raw_headline.to_numpy())
        rows.append(
            f"  {group}: {of.average_effect_latent.item():.3f} logits, "
            f"{of.average_effect_percent.item():.2f} points of per cent positive; raw {raw}"
        )
    return _README.format(
        name=name,
        story=_STORY[true.attrs["effect"]] + _THIRD * (true.attrs["waves"] == 3),
        rows="\n".join(rows),
        tolerance=TOLERANCE,
        worlds=true.attrs["worlds_drawn"],
    )


_STORY: Final = {
    "real": "Support raises perception. It was given by lot, not because of the baseline.",
    "none": (
        "Support does nothing at all. Everything rises by itself, and support was given to\n"
        "the factors with the lowest observed scores, which partly recover by themselves."
    ),
}

_THIRD: Final = """

There is a third wave, for most of the countries. Further support began at it, and some had begun
before the first wave. The raw headline is of the first two waves, and of the support that began
between them."""

_README: Final = """\
SYNTHETIC DATA: {name}

Nobody answered this survey. cips-models simulated it, to try out methods where the true
answer is known. It says nothing about any country or customs administration.

{story}

The true mean effect on the supported cells of countries seen twice, and the raw headline
(per cent of the supported, and of the unsupported cells whose mean score rose):

{rows}

The raw headline lies within {tolerance:g} points of the published one (85 and 73; 72 and 61)
because worlds were drawn until one showed it. It took {worlds} to get this one, which was
not altered: truth.nc holds exactly what generated the answers.

study.toml reads like the study file of any survey: cips run study.toml --out results
"""
