"""Levels of a standard composition and of the waves' own, against persons simulated one by one."""

import dataclasses

import numpy as np
import pytest
import xarray as xr

import cips_models as cips
from cips_models.errors import IdentificationError
from cips_models.estimands.scales import on_scale
from cips_models.tables.estimates import ENDS
from cips_models.workflow.estimates import estimate_tables
from made_by_hand import provenance

STRATA = ("chief", "clerk", "unknown")


@pytest.fixture(scope="module")
def strata(make_fit, composed):
    return composed(make_fit())


def mixture(fit, at, shares):
    """Score of a cell as the mean over its strata, each put on the scale as a whole cell."""
    one = fit.posterior.sel({k: v for k, v in at.items() if k != "wave"})
    standard = fit.composition["standard"].sel(country=at["country"], group=at["group"])
    centre = sum(
        float(standard.sel(stratum=s)) * one["stratum_effect"].sel(stratum=s, drop=True)
        for s in STRATA
    )
    plain = dataclasses.replace(
        fit, posterior=fit.posterior.drop_vars("stratum_effect"), composition=xr.Dataset()
    )
    whole = {k: [v] for k, v in at.items()}
    total = 0.0
    for s in STRATA:
        shift = one["stratum_effect"].sel(stratum=s, drop=True) - centre
        moved = on_scale(fit.posterior["level"].sel(whole) + shift, plain, "score")
        total = total + float(shares.sel(stratum=s)) * moved
    return total


@pytest.mark.parametrize("composition", ["standard", "observed"])
def test_scores_are_means_over_the_strata(strata, composition):
    found = cips.levels(strata, composition=composition)["score"]
    for country in ("Aland", "Costaguana"):
        for wave in strata.design.waves:
            at = {"country": country, "factor": "Automation", "group": "officials", "wave": wave}
            if composition == "standard":
                shares = strata.composition["standard"].sel(country=country, group="officials")
            else:
                counts = strata.composition["respondents"].sel(
                    country=country, group="officials", wave=wave
                )
                shares = counts / counts.sum()
            expected = mixture(strata, at, shares).squeeze()
            np.testing.assert_allclose(found.sel(at), expected, atol=1e-3)
            other = found.sel(at | {"country": "Borduria"})
            assert float(abs(other - expected).max()) > 1


def test_a_level_is_that_of_the_standard_composition(strata):
    """Latent levels need no step; as the waves were composed they are means over respondents."""
    standard, composed = (
        cips.levels(strata, composition=c)["latent"] for c in ("standard", "observed")
    )
    observed = strata.design_data["observed"].astype(bool)
    xr.testing.assert_identical(
        standard, strata.posterior["level"].where(observed).rename("latent")
    )
    at = {"country": "Aland", "factor": "Transparency", "group": "private sector", "wave": "2023"}
    counts = strata.composition["respondents"].sel({k: at[k] for k in ("country", "group", "wave")})
    weight = counts / counts.sum() - strata.composition["standard"].sel(
        country="Aland", group="private sector"
    )
    effect = strata.posterior["stratum_effect"].sel(factor="Transparency", group="private sector")
    away = (effect * weight).sum("stratum")
    np.testing.assert_allclose(composed.sel(at) - standard.sel(at), away, atol=1e-12)
    assert float(abs(away).mean()) > 0.05


def test_changes_differ_by_the_shift_of_composition(strata):
    for scale in ("latent", "percent", "score"):
        level = cips.levels(strata, composition="observed")[scale]
        moved = (level.sel(wave="2023") - level.sel(wave="2021")).drop_vars("wave", errors="ignore")
        found = cips.changes(strata, composition="observed")[scale]
        np.testing.assert_allclose(found, moved.sel(country=found["country"]), atol=1e-5)
        assert float(abs(found - cips.changes(strata)[scale]).mean()) > 0.01


def test_without_strata_there_is_but_one_composition(fit):
    xr.testing.assert_identical(cips.levels(fit, composition="observed"), cips.levels(fit))


def test_no_effect_of_strata_leaves_every_scale_alone(make_fit, composed):
    fit = make_fit()
    blank = composed(fit)
    nothing = blank.posterior["stratum_effect"] * 0.0
    blank = dataclasses.replace(blank, posterior=blank.posterior.assign(stratum_effect=nothing))
    for composition in ("standard", "observed"):
        found = cips.levels(blank, composition=composition)
        for scale, plain in cips.levels(fit).data_vars.items():
            np.testing.assert_allclose(found[scale], plain, atol=1e-9)


@pytest.mark.parametrize("ask", [cips.levels, cips.changes])
def test_other_compositions_are_refused(strata, ask):
    with pytest.raises(IdentificationError, match="found 'raw'; expected 'standard'"):
        ask(strata, composition="raw")


def test_a_composition_comes_back_from_its_file(strata, tmp_path):
    fit = dataclasses.replace(strata, provenance=provenance())
    again = cips.load(fit.save(tmp_path / "fit.nc"))
    xr.testing.assert_equal(again.composition, fit.composition)
    xr.testing.assert_allclose(
        cips.levels(again, composition="observed"), cips.levels(fit, composition="observed")
    )


def test_fits_without_a_composition_are_read_as_before(fit, tmp_path):
    again = cips.load(dataclasses.replace(fit, provenance=provenance()).save(tmp_path / "f.nc"))
    assert not again.composition


def test_tables_hold_changes_as_composed_and_raw(strata):
    fit, cells = strata, strata.cells
    table = estimate_tables(fit)["changes"].set_index(["estimand", "scale", "group", "factor"])
    composed, change = cips.changes(fit, composition="observed"), cips.changes(fit)
    for group in fit.design.groups:
        row = table.loc[("pooled change as composed", "percent", group, "Automation")]
        own = composed["percent"].sel(group=group, factor="Automation").mean("country")
        assert row["mean"] == pytest.approx(float(own.mean()))
        row = table.loc[("raw pooled change", "score", group, "Transparency")]
        score = cells["score"].sel(group=group, factor="Transparency", country=change["country"])
        seen = change["score"].sel(group=group, factor="Transparency")[0, 0].notnull()
        moved = (score.sel(wave="2023") - score.sel(wave="2021")).where(seen)
        assert row["mean"] == pytest.approx(float(moved.mean()))
        assert np.isnan(row["sd"])
    rows = table.groupby("estimand").size()
    assert rows["change as composed"] == rows["change"] == 33
    assert rows["raw pooled change"] == 2 * (4 + 2)


def test_without_strata_tables_hold_one_composition(fit):
    estimands = set(estimate_tables(fit)["changes"]["estimand"])
    ends = {f"{level} {end}" for level in ("pooled level", "country level") for end in ENDS}
    assert estimands == {"change", "country change", "pooled change"} | ends
