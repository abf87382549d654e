"""Simulated studies, read back from their files by a route of their own.

Nothing of the package reads these files here, so that a permuted label or a mirrored scale
cannot cancel out.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import cips_models as cips


@dataclass(frozen=True)
class Written:
    """A simulated study on disk."""

    study: Path

    @property
    def folder(self):
        return self.study.parent

    def toml(self, name):
        return tomllib.loads((self.folder / name).read_text(encoding="utf-8"))

    def truth(self):
        with xr.open_dataset(self.folder / "truth.nc") as dataset:
            return dataset.load()

    def support(self):
        return pd.read_csv(self.folder / "support.csv")

    def responses(self):
        return pd.read_csv(self.folder / "responses.csv.gz", dtype=str, keep_default_na=False)

    def answers(self):
        """One row an answer: labels, item, code, and points out of 100 (NaN: none)."""
        study, book = self.toml("study.toml"), self.toml("codebook.toml")
        items = {item["id"]: item for item in book["items"]}
        wide = self.responses()
        wide["group"] = wide["group"].map(study["groups"]["labels"])
        wide["wave"] = wide["wave"].map(study["waves"]["labels"])
        labels = ["respondent", "country", "group", "wave"]
        long = wide.melt(labels, value_vars=list(items), var_name="item", value_name="code")
        long = long[long["code"] != ""]
        long["factor"] = long["item"].map({name: item["factor"] for name, item in items.items()})
        points = {}
        for name, item in items.items():
            levels = book["scales"][item["scale"]]["levels"]
            for place, code in enumerate(levels):
                share = place / (len(levels) - 1)
                points[name, code] = 100 * (1 - share if item.get("reversed") else share)
        keys = pd.MultiIndex.from_frame(long[["item", "code"]])
        long["points"] = pd.Series(points).reindex(keys).to_numpy()
        return long


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """Simulate at the small scale, once for each world."""

    @cache
    def simulated(effect="real", seed=1):
        folder = tmp_path_factory.mktemp(f"{effect}-{seed}")
        return Written(cips.simulate(folder, scale="small", effect=effect, seed=seed))

    return simulated


@pytest.fixture
def rng():
    return np.random.default_rng(20240607)
