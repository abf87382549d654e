"""Averages by weights that have a name, against averages by hand."""

import numpy as np
import pytest
import xarray as xr

import cips_models as cips
from cips_models.did.estimand import WEIGHTINGS
from cips_models.did.on_cells import effects_on_cells
from cips_models.did.outcomes import weightings_table
from cips_models.did.weighting import averaged, read_weights, weights_of
from cips_models.errors import IdentificationError, SurveyError

COUNTRIES = ("C0", "C1", "C2", "C3")
#: Two cells of C0, one of C1 and C2, none of C3.
SUPPORTED = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]], bool)
GIVEN = SUPPORTED * np.array([[1.0], [2.0], [3.0], [1.0]])


@pytest.fixture(scope="module")
def fit(make_fit):
    return make_fit(countries=COUNTRIES, supported=SUPPORTED, intensity=GIVEN)


@pytest.fixture(scope="module")
def latent(fit):
    return cips.effects_on_cells(fit, ("latent",))["latent", "latent"]


def by_hand(latent, weights):
    """Weighted sum over the four supported cells."""
    cells = np.argwhere(SUPPORTED)
    return sum(
        w * latent.isel(country=c, factor=f, drop=True)
        for w, (c, f) in zip(weights, cells, strict=True)
    ) / sum(weights)


@pytest.mark.parametrize(
    ("name", "weights"),
    [
        ("cells", [1, 1, 1, 1]),
        ("countries", [0.5, 0.5, 1, 1]),  # C0/F1, C0/F2, C1/F2, C2/F3
        ("factors", [1, 0.5, 0.5, 1]),
        ("intensity", [1, 1, 2, 3]),
    ],
)
def test_weights_do_what_their_name_says(fit, latent, name, weights):
    found = cips.effects(fit, scales=("latent",), weights=name)
    assert found.attrs["weights"] == name
    np.testing.assert_allclose(found["att"].sel(scale="latent"), by_hand(latent, weights))


def test_respondents_are_those_of_the_last_wave(fit, latent):
    people = fit.cells["respondents"].isel(wave=-1, group=0)
    weights = [float(people.isel(country=c, factor=f)) for c, f in np.argwhere(SUPPORTED)]
    found = cips.effects(fit, scales=("latent",), weights="respondents")["att"]
    mine = found.sel(scale="latent", group="officials")
    np.testing.assert_allclose(mine, by_hand(latent, weights).sel(group="officials"))


def test_own_weights_come_from_a_file(fit, latent, tmp_path):
    path = tmp_path / "budget.csv"
    rows = ["C0,F1,3", "C0,F2,1", "C1,F2,0", "C2,F3,4", "C3,F1,9"]
    path.write_text("\n".join(["country,factor,weight", *rows]))
    found = cips.effects(fit, scales=("latent",), weights=read_weights(path))
    assert found.attrs["weights"] == "budget"
    np.testing.assert_allclose(found["att"].sel(scale="latent"), by_hand(latent, [3, 1, 0, 4]))
    # A country whose cells weigh nothing has no average of its own.
    assert found["att_country"].sel(country="C1").isnull().all()


def test_a_cell_without_a_weight_is_named(fit):
    some = xr.DataArray([[1.0]], {"country": ["C0"], "factor": ["F1"]}, ("country", "factor"))
    with pytest.raises(IdentificationError, match="C0 / F2 / officials"):
        cips.effects(fit, weights=some.rename("mine"))
    with pytest.raises(IdentificationError, match="'size'; expected one of cells, countries"):
        cips.effects(fit, weights="size")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("country,weight\nC0,1\n", "header.*columns country, weight"),
        ("country,factor,weight\nC0,F1,much\n", "row 2.*no number"),
        ("country,factor,weight\nC0,F1,-1\n", "row 2.*negative"),
        ("country,factor,weight\nC0,F1,1\nC0,F1,2\n", "row 3.*a cell again"),
    ],
)
def test_a_file_that_is_wrong_says_where(tmp_path, text, found):
    path = tmp_path / "weights.csv"
    path.write_text(text)
    with pytest.raises(SurveyError, match=found):
        read_weights(path)


def test_what_is_not_there_weighs_nothing():
    effects = xr.DataArray([[1.0, np.nan], [5.0, 3.0]], dims=("country", "factor"))
    weights = xr.DataArray([1.0, 3.0], dims="country")
    assert float(averaged(effects, weights, "country", "factor")) == pytest.approx(25 / 7)
    np.testing.assert_allclose(averaged(effects, weights, "country"), [4.0, 3.0])
    assert np.isnan(averaged(effects, 0 * weights, "country", "factor"))


def test_the_table_holds_every_name_and_says_what_it_does(fit):
    table = weightings_table(fit, effects_on_cells(fit))
    assert set(table["weights"]) == set(WEIGHTINGS)
    assert not table.duplicated(["group", "weights", "scale", "parallel_trends"]).any()
    default = table[table["weights"] == "cells"]
    alone = cips.effects(fit)["att"].mean(("chain", "draw"))
    for _index, row in default[default["parallel_trends"] == "latent"].iterrows():
        assert row["mean"] == pytest.approx(
            float(alone.sel(scale=row["scale"], group=row["group"]))
        )


def test_weights_are_zero_where_nothing_is_counted(fit, latent):
    counted = latent.isel(chain=0, draw=0, drop=True).notnull()
    for name in WEIGHTINGS:
        share = weights_of(fit, name, counted)
        assert share.dims == ("country", "factor", "group")
        assert not share.where(~counted, 0.0).any()
