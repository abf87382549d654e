"""The synthetic survey of the tutorials: a slice of `cips simulate`, so that pages are quick.

Eight countries asked twice and three factors of the demonstration's survey; the files are those
of any survey.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import tomlkit

import cips_models as cips

COUNTRIES = 8
FACTORS = 3


def make(folder: Path, *, seed: int = 1) -> Path:
    """Simulate the demonstration's survey into a folder and keep a part of it.

    Parameters
    ----------
    folder : Path
    seed : int

    Returns
    -------
    Path
        Of the study file.
    """
    study = cips.simulate(folder, seed=seed, overwrite=True)
    responses = pd.read_csv(folder / "responses.csv.gz", dtype=str)
    support = pd.read_csv(folder / "support.csv")
    codebook = tomlkit.parse((folder / "codebook.toml").read_text(encoding="utf-8"))

    factors = list(codebook["factors"])[:FACTORS]
    waves = responses.groupby("country")["wave"].nunique()
    countries = list(waves.index[waves == waves.max()])[:COUNTRIES]
    dropped = [item["id"] for item in codebook["items"] if item["factor"] not in factors]
    kept = [item for item in codebook["items"] if item["factor"] in factors]

    codebook["factors"] = factors
    items = tomlkit.aot()
    for item in kept:
        items.append(item)
    codebook["items"] = items
    (folder / "codebook.toml").write_text(tomlkit.dumps(codebook), encoding="utf-8")
    responses = responses[responses["country"].isin(countries)].drop(columns=dropped)
    responses.to_csv(folder / "responses.csv.gz", index=False)
    support = support[support["country"].isin(countries) & support["factor"].isin(factors)]
    support.to_csv(folder / "support.csv", index=False)
    for name in ("truth.nc", "README.txt"):
        (folder / name).unlink()  # of the whole survey
    return study


def part(study: Path, folder: Path, countries: Sequence[str]) -> Path:
    """Write what some countries know of a survey: their answers, the codebook, no support.

    Parameters
    ----------
    study : Path
        Study file of the whole survey.
    folder : Path
    countries : sequence of str

    Returns
    -------
    Path
        Of their own study file.
    """
    folder.mkdir(exist_ok=True)
    shutil.copy(study.parent / "codebook.toml", folder)
    responses = pd.read_csv(study.parent / "responses.csv.gz", dtype=str)
    kept = responses["country"].isin(countries)
    responses[kept].to_csv(folder / "responses.csv.gz", index=False)
    document = tomlkit.parse(study.read_text(encoding="utf-8"))
    document["files"].remove("support")
    own = folder / study.name
    own.write_text(tomlkit.dumps(document), encoding="utf-8")
    return own
