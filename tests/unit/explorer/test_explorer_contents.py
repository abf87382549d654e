"""What the page holds is what the package says, to the width of a bin and the error of thinning.

Gates, stated before anything was run: a thinned draw and its copy differ by at most half a bin, and
lie on the same side of every margin that is a multiple of its width.  With n draws kept, a mean
differs from that of all draws by at most 4 sd / sqrt(n), a probability by at most
4 * 0.5 / sqrt(n), an end of the interval by at most 0.34 sd * sqrt(1000 / n) (four standard errors
of a 2.5 % quantile of normal draws); bins come on top.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from cips_models import wording
from cips_models.estimands.changes import changes
from cips_models.explorer.contents import BINS, TABLES, Draws, affordable, contents, thinned
from cips_models.explorer.packing import read
from cips_models.explorer.page import write
from cips_models.explorer.vocabulary import vocabulary
from cips_models.names import SCALES
from cips_models.survey.wave_pairs import pairs_of_waves
from cips_models.tables import empty_table
from cips_models.wording import LANGUAGES

CELL = ("country", "factor", "group", "draw")


@pytest.fixture(scope="module")
def found(page_file):
    return read(page_file)


def of(found, name, **about):
    (one,) = [
        each
        for each in found.draws
        if each.name == name and about.items() <= dict(each.about).items()
    ]
    return one.array


@pytest.mark.parametrize("scale", SCALES)
def test_a_copy_of_a_draw_is_in_its_bin(found, fits, scale):
    kept = found.about["kept"]
    assert 900 < kept <= 1000
    few = thinned(fits["fit"], kept)
    exact = changes(few)[scale].stack(all_draws=("chain", "draw"))
    exact = exact.transpose("country", "factor", "group", "all_draws").to_numpy()
    copy = of(found, "change").sel(scale=scale).transpose(*CELL).to_numpy()
    assert (np.isnan(copy) == np.isnan(exact)).all()
    assert np.nanmax(np.abs(copy - exact)) <= BINS[scale] / 2 + 1e-9
    for times in (0, 20, -40):
        margin = times * BINS[scale]
        assert ((copy > margin) == (exact > margin)).all()


@pytest.mark.parametrize("scale", SCALES)
def test_changes_are_those_of_all_draws_but_for_thinning(found, fits, scale):
    n, bin_ = found.about["kept"], BINS[scale]
    every = changes(fits["fit"])[scale].stack(all_draws=("chain", "draw"))
    every = every.transpose("country", "factor", "group", "all_draws").to_numpy()
    copy = of(found, "change").sel(scale=scale).transpose(*CELL).to_numpy()
    sd = every.std(axis=-1)
    near(copy.mean(axis=-1), every.mean(axis=-1), 4 * sd / np.sqrt(n) + bin_)
    for p in (0.025, 0.975):
        end, own = (np.quantile(draws, p, axis=-1) for draws in (every, copy))
        near(own, end, 0.34 * sd * np.sqrt(1000 / n) + bin_)
    for margin in (0.0, 10 * bin_):
        near((copy > margin).mean(axis=-1), (every > margin).mean(axis=-1), 2 / np.sqrt(n))


def near(found, expected, most):
    assert np.isfinite(expected).any()
    assert np.nanmax(np.abs(found - expected) - most) <= 0


def test_effects_are_those_of_the_table_but_for_thinning(found, explored):
    table = explored.tables["effects"]
    for _, row in table[
        table["estimand"].isin(["ATT", "ATT by country", "ATT by factor"])
    ].iterrows():
        about = {name: row[name] for name in ("route", "specification", "parallel_trends")}
        blocks = [
            each for each in found.draws if each.name == row["estimand"] and each.about == about
        ]
        if not blocks:  # by place of the first fit alone
            assert row["route"] == "cut"
            continue
        place = {dim: row[dim] for dim in ("scale", "country", "factor", "group") if row[dim]}
        draws = blocks[0].array.sel(place).to_numpy()
        assert draws.mean() == pytest.approx(
            row["mean"], abs=4 * row["sd"] / np.sqrt(draws.size) + BINS[row["scale"]]
        )
        assert (draws > 0).mean() == pytest.approx(row["p_positive"], abs=2 / np.sqrt(draws.size))


def test_tables_are_as_they_are_written(found, explored):
    assert set(found.tables) == set(explored.tables)
    for name, table in explored.tables.items():
        copy = found.tables[name]
        assert list(copy) == list(table)
        for column in table:
            if pd.api.types.is_numeric_dtype(table[column]):
                own = copy[column].astype(float).to_numpy()
                np.testing.assert_allclose(own, table[column].astype(float).to_numpy(), rtol=1e-5)
            else:
                assert list(copy[column]) == list(table[column].fillna(""))


def test_no_table_counts_people(found):
    counting = {"respondents", "answered", "asked", "dont_know", "refused", "not_asked", "rows"}
    assert not counting & {column for table in found.tables.values() for column in table}
    assert not {"respondents", "nonresponse", "exclusions", "predictive", "dont_know"} & set(TABLES)
    bands = {"", "fewer than 10", "10-29", "30-99", "100 or more"}
    assert {"", "10-29"} <= set(found.tables["levels"]["sample"]) <= bands
    assert not counting & set(found.about)


def test_nothing_raw_of_few_people_is_in_the_page(found, make_contents):
    raw = found.tables["improved"].query("estimand == 'raw share improved'")
    assert raw["mean"].notna().all()
    few = make_contents(length=5, respondents=4, checks=False)
    assert set(few.tables["levels"]["sample"]) == {"", "fewer than 10"}
    assert not few.tables["improved"]["estimand"].str.startswith("raw").any()


def test_draws_are_of_cells_that_are_published_alone(found):
    table = found.tables["changes"].query("estimand == 'change'")
    published = set(zip(table["country"], table["factor"], table["group"], strict=True))
    values = of(found, "change").sel(scale="percent")
    told = values.notnull().all("draw").to_series()  # noqa: PD004 - of xarray
    assert published == {place for place, there in told.items() if there}


def test_an_interval_without_an_end_has_none_on_the_page(explored, tmp_path):
    """As of a bootstrap over three countries, which excludes no effect."""
    wild = empty_table("wild_bootstrap").reindex(range(1))
    wild = wild.assign(group="officials", mean=1.0, lower=-np.inf, upper=np.inf)
    path = write(replace(explored, tables={"wild_bootstrap": wild}), tmp_path / "page.html")
    (row,) = read(path).tables["wild_bootstrap"].to_dict("records")
    assert row["mean"] == 1
    assert (row["lower"], row["upper"]) == (None, None)


def test_a_table_too_long_for_the_page_stays_beside_it(fits):
    """Effects by country under every prior, of which there are thousands of rows."""
    long = empty_table("prior_sensitivity_parts").reindex(range(1)).assign(country="Avalon")
    short = empty_table("prior_sensitivity").reindex(range(1)).assign(group="officials")
    found = contents(
        {"fit": fits["fit"]},
        {"prior_sensitivity_parts": long, "prior_sensitivity": short},
        {"passed": True, "failed": [], "forced": False, "notes": [], "assumption": ""},
    )
    assert set(found.tables) == {"prior_sensitivity"}


def test_a_full_survey_has_a_small_page(make_fits, make_tables, explored, tmp_path):
    """25 countries, ten factors, two groups, all of them in three waves, five languages."""
    waves, groups = ("2021", "2023", "2025"), ("officials", "private sector")
    countries, factors = tuple(f"Country {k}" for k in range(25)), tuple(f"F{k}" for k in range(10))
    questions = tuple((f"Q{k}", factor, 4, groups, False) for k, factor in enumerate(factors))
    fit = make_fits(length=2, countries=countries, once=(), waves=waves, questions=questions,
                    supported=None)["fit"]  # fmt: skip
    kept = affordable(fit, len(pairs_of_waves(fit.design.waves)))
    assert 300 < kept < 400
    rng = np.random.default_rng(1)
    labels = {"scale": list(SCALES), "country": list(countries), "factor": list(factors)}
    labels["group"] = list(groups)
    spread = np.array([0.18, 3.4, 2.9]).reshape(3, 1, 1, 1, 1)  # as of a simulated CIPS
    draws = [
        Draws("change", {"from": first, "to": last}, xr.DataArray(
            5 * spread + spread * rng.normal(size=(3, 25, 10, 2, kept)), labels, (*labels, "draw")
        ))
        for first, last in pairs_of_waves(waves)
    ]  # fmt: skip
    made = make_tables(countries=countries, factors=factors, groups=groups, waves=waves)
    tables = {name: made[name] for name in TABLES if name in made}
    tables["changes"] = pd.concat([made["changes"]] * len(draws), ignore_index=True)
    words = dict.fromkeys(LANGUAGES, explored.words["en"])
    whole = replace(explored, tables=tables, draws=tuple(draws), words=words)
    assert write(whole, tmp_path / "explorer.html").stat().st_size < 3_000_000


def test_a_family_is_one_thing_as_a_prior_and_another_as_an_element():
    with wording.speaking("fr"):
        words = vocabulary(["cell_baseline"], (), ["cell_baseline"])
    assert words["elements"] == {"cell_baseline": "niveaux initiaux des cellules"}
    assert words["terms"]["cell_baseline"] == "dispersion des niveaux des cellules"
