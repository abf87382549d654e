"""The files of the Afrobarometer analysis, on made-up answers of the same shape."""

import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cips_models as cips
from cips_models.survey.study_file import load_study

FOLDER = Path(__file__).parents[3] / "analyses" / "afrobarometer"
RESIDENCES = ("urban", "rural", "semi-urban")
PEOPLE = 6  # in each country x wave x residence


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(1)
    countries = load_study(FOLDER / "study.toml").countries.labels
    strata = list(product(countries, ("R4", "R5"), RESIDENCES, range(PEOPLE)))
    table = pd.DataFrame(strata, columns=["country", "wave", "residence", "respondent_id"])
    table["respondent_id"] = [f"p{k}" for k in range(len(table))]
    table["gender"], table["age"] = "female", "30"
    trust = [f"trust_{name}" for name in ("president", "parliament", "courts", "tax_department")]
    bodies = ("president", "parliament", "officials", "councillors", "tax_officials")
    for item in (*trust, *(f"corruption_{body}" for body in bodies)):
        table[item] = rng.choice(["0", "1", "2", "3", "9", "-1"], size=len(table))
    table.loc[table["wave"] == "R4", "trust_tax_department"] = ""
    path = tmp_path_factory.mktemp("afrobarometer") / "responses.csv.gz"
    table.to_csv(path, index=False)
    return path


def run(script: str, *arguments: object) -> None:
    subprocess.run([sys.executable, FOLDER / script, *map(str, arguments)], check=True)


def test_the_study_reads(data):
    survey = cips.read(FOLDER / "study.toml", responses=data)
    assert len(survey.countries) == 20
    assert survey.groups == ("urban", "rural")
    assert survey.waves == ("2008/09", "2011/13")
    assert survey.times == (2008.5, 2012.0)
    assert survey.exclusions["rows"].tolist() == [20 * 2 * PEOPLE]
    assert any("trust_tax_department" in note and "2008/09" in note for note in survey.notes)
    # one block: both groups are asked every item
    assert all(item.groups == survey.groups for item in survey.codebook.items)


def test_corruption_is_scored_from_worst_to_best(data):
    survey = cips.read(FOLDER / "study.toml", responses=data)
    raw = pd.read_csv(data, dtype=str, keep_default_na=False)
    raw = raw[raw["residence"] != "semi-urban"]
    pairs = zip(
        raw["corruption_officials"],
        survey.answers.sel(item="corruption_officials").data,
        strict=True,
    )
    assert set(pairs) == {("0", 3), ("1", 2), ("2", 1), ("3", 0), ("9", -1), ("-1", -1)}


def test_the_support_map_is_the_documented_draw(tmp_path):
    run("00_placebo_support.py", tmp_path / "support.csv")
    assert (tmp_path / "support.csv").read_bytes() == (FOLDER / "support.csv").read_bytes()
    table = pd.read_csv(FOLDER / "support.csv")
    assert table["supported"].sum() == len(table) / 2 == 20
    factors = table.groupby("country")["supported"].sum().value_counts()
    assert factors.to_dict() == {1: 16, 0: 2, 2: 2}


def test_subsample_is_stratified_and_repeatable(data, tmp_path):
    for name, seed in (("a.csv.gz", 1), ("b.csv.gz", 1), ("c.csv.gz", 2)):
        run("01_subsample.py", data, tmp_path / name, "--respondents", 2, "--seed", seed)
    a, b, c = (
        pd.read_csv(tmp_path / f"{name}.csv.gz", dtype=str, keep_default_na=False) for name in "abc"
    )
    assert (a.groupby(["country", "wave", "residence"]).size() == 2).all()
    assert a.equals(b)
    assert not a.equals(c)
    whole = pd.read_csv(data, dtype=str, keep_default_na=False)
    assert whole.merge(a).equals(a)  # the rows as they were, in their order
