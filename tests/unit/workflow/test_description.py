"""Counts of a survey against the files that it was read from."""

from pathlib import Path

import pandas as pd
import pytest

import cips_models as cips
from cips_models.survey.survey import Survey
from cips_models.workflow.description import facts, survey_tables


@pytest.fixture(scope="module")
def survey(study: Path) -> Survey:
    return cips.read(study)


@pytest.fixture(scope="module")
def raw(study: Path) -> pd.DataFrame:
    return pd.read_csv(study.parent / "responses.csv.gz", dtype=str, keep_default_na=False)


def test_respondents_are_those_of_the_file(survey: Survey, raw: pd.DataFrame) -> None:
    table = survey_tables(survey)["respondents"]
    counted = table.set_index(["country", "group", "wave"])["respondents"]
    expected = raw.groupby(["country", "group", "wave"]).size()
    assert counted.sum() == len(raw) == facts(survey)["respondents"]
    assert sorted(counted) == sorted(expected)


def test_nonresponse_accounts_for_every_field(survey: Survey, raw: pd.DataFrame) -> None:
    table = survey_tables(survey)["nonresponse"]
    items = raw[[item.id for item in survey.codebook.items]]
    counts = table[["answered", "dont_know", "refused", "not_asked"]].sum()
    codes = {code for item in survey.codebook.items for code in item.scale.dont_know}
    assert counts.sum() == items.size
    assert counts["not_asked"] == (items == "").sum().sum()
    assert counts["dont_know"] == items.isin(codes).sum().sum()
    assert facts(survey)["answers"] == counts["answered"]


def test_support_is_that_of_the_file(survey: Survey, study: Path) -> None:
    table = survey_tables(survey)["support"]
    expected = pd.read_csv(study.parent / "support.csv")
    assert table["supported"].sum() == expected["supported"].sum()
    assert set(table.loc[table["supported"], "start"]) == {survey.waves[1]}
    assert set(table.loc[~table["supported"], "start"]) == {""}


def test_followed_countries_are_those_seen_twice(survey: Survey, raw: pd.DataFrame) -> None:
    waves = raw.groupby("country")["wave"].nunique()
    assert set(facts(survey)["followed"]) == set(waves.index[waves > 1])
