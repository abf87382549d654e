"""Counts of full answer patterns are the same survey."""

import shutil

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import cips_models as cips
from cips_models.errors import SurveyError
from cips_models.model.build import build
from cips_models.model.density import Density
from cips_models.survey.patterns import compress


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A study with few items and answers, so that many patterns are shared."""
    folder = tmp_path_factory.mktemp("study")
    rng = np.random.default_rng(1)
    people = pd.DataFrame(
        {
            "respondent": [f"P{k}" for k in range(400)],
            "country": rng.choice(["Avalon", "Belovodye"], 400),
            "group": "CO",
            "wave": rng.choice(["1", "2"], 400),
            "Q1": rng.choice(["1", "2", "3", ""], 400),
            "Q2": rng.choice(["1", "2", "3", "9"], 400),
        }
    )
    people.to_csv(folder / "responses.csv", index=False)
    (folder / "codebook.toml").write_text(
        """format = 1
factors = ["Transparency"]

[scales.agreement]
levels = ["1", "2", "3"]
labels = ["no", "so so", "yes"]
positive = ["3"]
dont_know = ["9"]

[[items]]
id = "Q1"
factor = "Transparency"
scale = "agreement"
groups = ["officials"]

[[items]]
id = "Q2"
factor = "Transparency"
scale = "agreement"
groups = ["officials"]
"""
    )
    (folder / "study.toml").write_text(
        """format = 1
name = "patterns"

[files]
responses = "responses.csv"
codebook = "codebook.toml"

[groups]
labels = { "CO" = "officials" }

[waves]
labels = { "1" = "2021", "2" = "2023" }
"""
    )
    return folder / "study.toml"


def sorted_rows(survey):
    frame = survey.respondents.astype(str).reset_index(drop=True)
    answers = pd.DataFrame(survey.answers.to_numpy(), columns=["a1", "a2"])
    reasons = pd.DataFrame(survey.reasons.to_numpy(), columns=["r1", "r2"])
    frame = pd.concat([frame, answers, reasons], axis=1)
    return frame.sort_values(list(frame), ignore_index=True)


def test_patterns_are_the_same_people_and_answers(study, tmp_path):
    whole, counted = cips.read(study), cips.read(compress(study, tmp_path))
    rows = len(pd.read_csv(tmp_path / "patterns.csv"))
    assert rows < 100 < len(counted.respondents) == 400
    assert counted.respondents.index.is_unique
    pd.testing.assert_frame_equal(sorted_rows(whole), sorted_rows(counted))


def test_patterns_have_the_same_log_density(study, tmp_path):
    spec = cips.specification("did")
    surveys = cips.read(study), cips.read(compress(study, tmp_path))
    one, other = (Density(build(survey, spec)) for survey in surveys)
    x = np.random.default_rng(2).normal(0, 0.5, one.dim)
    found = [density.function()(x) for density in (one, other)]
    assert found[0][0] == pytest.approx(found[1][0], rel=1e-6)  # sums in another order
    np.testing.assert_allclose(found[0][1], found[1][1], rtol=1e-4, atol=1e-3)


def test_patterns_have_the_same_composition_where_shares_are_rounded(study, tmp_path):
    """The few chiefs make shares round at random, which must not go by the respondents' ids."""
    folder = tmp_path / "strata"
    shutil.copytree(study.parent, folder)
    people = pd.read_csv(folder / "responses.csv", dtype=str, keep_default_na=False)
    rank = np.where(np.arange(400) % 40, "clerk", "chief")
    people.assign(rank=rank).to_csv(folder / "responses.csv", index=False)
    text = (folder / "study.toml").read_text()
    columns = '[columns]\nbackground = ["rank"]\n\n[composition]\nstrata = ["rank"]\n'
    (folder / "study.toml").write_text(f"{text}\n{columns}")
    whole = cips.read(folder / "study.toml")
    counted = cips.read(compress(folder / "study.toml", tmp_path / "counted"))
    for name in ("standard", "shares", "respondents"):
        xr.testing.assert_equal(
            getattr(whole.composition, name), getattr(counted.composition, name)
        )
    exact = cips.read(folder / "study.toml", threshold=0).composition
    assert not exact.shares.equals(whole.composition.shares)


@pytest.mark.parametrize("bad", ["0", "1.5", "-2", "many"])
def test_counts_that_are_none_are_reported_with_their_row(study, tmp_path, bad):
    path = compress(study, tmp_path)
    table = pd.read_csv(tmp_path / "patterns.csv", dtype=str)
    table.loc[3, "respondents"] = bad
    table.to_csv(tmp_path / "patterns.csv", index=False)
    with pytest.raises(SurveyError, match=r"row 5.*respondents") as caught:
        cips.read(path)
    assert bad in str(caught.value)
