"""Where wave and mode coincide no change is stated, unless the study says what to assume."""

import dataclasses

import numpy as np
import pytest

import cips_models as cips
from cips_models.errors import IdentificationError
from cips_models.workflow.estimates import estimate_tables
from made_by_hand import as_kept

MODES = ("online", "tablet", "tablet")
SAID = "The mode is taken to be of no consequence."


def counted(*, overlap=(), groups=(0, 1)):
    """Respondents of three strata: tablets first and online later, both where they overlap."""
    counts = np.zeros((4, 2, 2, 3), dtype=int)
    counts[..., 1:] = 20
    for g in groups:
        counts[:, g, 1] = [40, 0, 0]
        for c in overlap:
            counts[c, g, 1] = [20, 20, 0]
    return counts


@pytest.fixture
def coincide(make_fit, composed):
    def made(*, sd=np.nan, said="", **which):
        fit = composed(make_fit(), modes=MODES, counts=counted(**which))
        attrs = {"mode_sd": sd, "assumption": said}
        return dataclasses.replace(fit, composition=fit.composition.assign_attrs(attrs))

    return made


@pytest.mark.parametrize("composition", ["standard", "observed"])
def test_no_change_where_wave_and_mode_coincide(coincide, composition):
    with pytest.raises(IdentificationError, match="answered in different modes") as caught:
        cips.changes(coincide(), composition=composition)
    assert "[mode] effect" in str(caught.value)
    assert cips.levels(coincide())["latent"].notnull().any()


def test_one_country_with_both_modes_tells_them_apart(coincide):
    found = cips.changes(coincide(overlap=[1]))
    assert "assumption" not in found.attrs
    assert int(found["score"][0, 0].notnull().sum()) == 11


def test_other_groups_are_not_refused(coincide):
    fit = coincide(groups=[0])
    change = cips.changes(fit)
    assert change["latent"].sel(group="officials").isnull().all()
    assert int(change["latent"].sel(group="private sector")[0, 0].notnull().sum()) == 6
    refused = [r for r in cips.refusals(fit) if "different modes" in r.reason]
    assert {r.claim for r in refused} == {"Change from 2021 to 2023, officials"}
    assert all(r.where == "" for r in refused)
    found = cips.improved(fit)
    assert found["share"].sel(group="officials").isnull().all()
    assert found["raw_share"].sel(group="officials").isnull().all()
    assert found["share"].sel(group="private sector").notnull().all()
    tables = estimate_tables(fit)
    assert set(tables["changes"]["group"]) == {"private sector"}
    assert set(tables["levels"]["group"]) == {"officials", "private sector"}


def test_countries_that_kept_their_mode_are_named_apart(coincide):
    fit = coincide()
    counts = fit.composition["respondents"].copy(deep=True)
    # Three modes: what a new one does is told nowhere, and one country stayed with the old.
    counts.loc[{"country": "Costaguana", "wave": "2023"}] = [0, 20, 20]
    counts.loc[{"country": "Costaguana", "wave": "2021"}] = [0, 40, 0]
    modes = ("stratum", ["online", "tablet", "paper"])
    composition = fit.composition.assign(respondents=counts, mode=modes)
    composition["respondents"].loc[{"country": "Aland", "wave": "2021"}] = [0, 40, 0]
    composition["respondents"].loc[{"country": "Borduria", "wave": "2021"}] = [0, 40, 0]
    fit = dataclasses.replace(fit, composition=as_kept(composition))
    change = cips.changes(fit)["score"][0, 0]
    assert change.sel(country="Costaguana").notnull().all()
    # Beside a country that stayed with tablets the others tell wave from mode.
    assert change.sel(country="Aland").notnull().all()


@pytest.mark.parametrize("sd", [0.0, 0.2])
def test_what_the_study_says_lifts_the_refusal_and_is_said(coincide, sd):
    fit = coincide(sd=sd, said=SAID)
    found = cips.changes(fit)
    assert found["latent"].notnull().any()
    assert found.attrs["assumption"] == SAID
    (refused,) = [r for r in cips.refusals(fit) if r.reason == SAID]
    assert refused.claim == "What the mode in which people answered does to answers"
    assert SAID in set(estimate_tables(fit)["refusals"]["reason"])


def test_paths_stop_where_the_mode_changes(make_fit, composed):
    counts = np.zeros((4, 2, 3, 3), dtype=int)
    counts[..., :2, 1:] = 20
    counts[..., 2, 0] = 40
    fit = composed(make_fit(waves=("1", "2", "3")), modes=MODES, counts=counts)
    path = cips.paths(fit)["score"].sel(country="Aland")[0, 0]
    assert path.sel(wave=["1", "2"]).notnull().all()
    assert path.sel(wave="3").isnull().all()
    assert cips.changes(fit, end="2")["score"].notnull().any()
    with pytest.raises(IdentificationError, match="different modes"):
        cips.changes(fit, start="2")
