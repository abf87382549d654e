"""Counts of a survey against the files that it was read from."""

from pathlib import Path

import pandas as pd
import pytest

import cips_models as cips
from cips_models.survey.survey import DONT_KNOW, NOT_ASKED, Survey
from cips_models.workflow.description import facts, survey_tables


@pytest.fixture(scope="module")
def survey(study: Path) -> Survey:
    return cips.read(study, threshold=0)  # counts as they are


@pytest.fixture(scope="module")
def raw(study: Path) -> pd.DataFrame:
    return pd.read_csv(study.parent / "responses.csv.gz", dtype=str, keep_default_na=False)


def test_respondents_are_those_of_the_file(survey: Survey, raw: pd.DataFrame) -> None:
    table = survey_tables(survey)["respondents"]
    of_all = table["country"] == ""
    assert table.loc[of_all, "respondents"].sum() == len(raw)
    counted = table[~of_all].set_index(["country", "group", "wave"])["respondents"]
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


def test_nonresponse_by_item_adds_up_to_the_whole(survey: Survey, raw: pd.DataFrame) -> None:
    tables = survey_tables(survey)
    items, whole = tables["nonresponse_items"], tables["nonresponse"]
    for kind in ("dont_know", "refused"):
        pd.testing.assert_series_equal(
            items.groupby(["group", "wave"], sort=False)[kind].sum().sort_index(),
            whole.set_index(["group", "wave"])[kind].sort_index(),
            check_index_type=False,
        )
    assert items["asked"].sum() == whole[["answered", "dont_know", "refused"]].to_numpy().sum()
    assert (items["rate"] == 100 * items["dont_know"] / items["asked"]).all()


def test_change_of_dont_know_is_that_of_the_file(survey: Survey) -> None:
    table = survey_tables(survey)["dont_know"].set_index(["item", "group"])
    people = survey.respondents
    item = survey.codebook.items[0]
    group = item.groups[0]
    reasons = pd.Series(survey.reasons.sel(item=item.id).to_numpy(), index=people.index)
    own = reasons[(people["group"] == group) & (reasons != NOT_ASKED)]
    by_cell = [people.loc[own.index, dim].astype(str) for dim in ("country", "wave")]
    rate = 100 * (own == DONT_KNOW).groupby(by_cell).mean()
    first, last = (rate.xs(wave, level="wave") for wave in (survey.waves[0], survey.waves[-1]))
    change = (last - first).dropna()
    found = table.loc[(item.id, group)]
    assert len(change) == found["countries"] == 17
    assert found["change"] == pytest.approx(change.mean())
