"""Effects of strata: their prior, by algebra, and what the likelihood and stage 1 make of them."""

from dataclasses import replace

import numpy as np
import pytest

from cips_models.inference.coordinates import Coordinates
from cips_models.inference.curvature import curvature
from cips_models.inference.every_cell import every_cell_alone
from cips_models.model.build import blueprint
from cips_models.survey.composition import UNKNOWN
from cips_models.survey.study import Mode

EACH = 12
PEOPLE = 3 * 2 * 2 * EACH


def composed(make_survey, **composition):
    rng = np.random.default_rng(8)
    group = np.tile(np.repeat(["officials", "private sector"], 2 * EACH), 3)
    rank = rng.choice(["chief", "clerk", "trainee"], PEOPLE)
    background = {
        "rank": np.where(group == "officials", rank, ""),
        "gender": rng.choice(["woman", "man"], PEOPLE),
        "mode": rng.choice(["online", "tablet"], PEOPLE),
    }
    plan = {"columns": ["rank", "gender"], "mode": "mode"} | composition
    return make_survey(respondents=EACH, background=background, composition=plan)


def maps(density):
    """Effect (coordinate, stratum, factor, group) of a unit of each coordinate of the strata."""
    names = [name for name in density.places if name.startswith("stratum")]
    places = np.concatenate([density.places[name].ravel() for name in names])
    points = np.zeros((len(places), density.dim))
    points[np.arange(len(places)), places] = 1.0
    return density.public(points[None])["stratum_effect"].to_numpy()[0]


def variance(found, first, second, at):
    """Prior variance of the difference of two strata in one factor and group."""
    difference = found[:, first] - found[:, second]
    return float((difference[(slice(None), *at)] ** 2).sum())


def test_differences_have_the_stated_variance(make_survey, spec):
    """Two values differ by sd^2 + (1 - 1/F) times the deviations' sd^2, columns adding up."""
    survey = composed(make_survey)
    found = maps(every_cell_alone(survey, spec))
    label = list(survey.composition.strata.index)
    at = label.index("chief / man / online")
    each = {
        "clerk / man / online": ("stratum",),
        "chief / woman / online": ("stratum",),
        "chief / man / tablet": ("mode",),
        "clerk / woman / tablet": ("stratum", "stratum", "mode"),
    }
    for other, terms in each.items():
        expected = sum(
            spec.priors[t].sd ** 2 + (2 / 3) * spec.priors[f"{t}_by_factor"].sd ** 2 for t in terms
        )
        assert variance(found, at, label.index(other), (1, 0)) == pytest.approx(expected)
    # The private sector has no ranks: nothing there differs by them.
    blank = label.index(f"{UNKNOWN} / man / online"), label.index("chief / man / online")
    assert variance(found, *blank, (1, 1)) == 0


@pytest.mark.parametrize("sd", [None, 0.05])
def test_a_stated_sd_takes_the_place_of_the_modes(make_survey, spec, sd):
    survey = composed(make_survey, assumed=Mode(sd))
    found = maps(every_cell_alone(survey, spec))
    label = list(survey.composition.strata.index)
    pair = label.index("chief / man / online"), label.index("chief / man / tablet")
    factor = 1.0 if sd is None else sd / spec.priors["mode"].sd
    expected = spec.priors["mode"].sd ** 2 + 2 / 3 * spec.priors["mode_by_factor"].sd ** 2
    assert variance(found, *pair, (1, 0)) == pytest.approx(factor**2 * expected)


def test_a_mode_without_effect_is_not_in_the_model(make_survey, spec):
    survey = composed(make_survey, columns=[], assumed=Mode(0.0))
    assert "stratum_effect" not in every_cell_alone(survey, spec).names
    assert len(survey.composition.strata) == 1


def test_without_the_term_cells_are_not_split(make_survey, spec):
    structure = replace(spec.structure, composition=False)
    density = every_cell_alone(composed(make_survey), replace(spec, structure=structure))
    assert "stratum_effect" not in density.names
    assert len(blueprint(density.model).layout.cells) == 3 * 2 * 2


def test_a_constant_that_all_strata_share_changes_nothing(make_survey, spec):
    """The level is that of the standard composition, whatever the origin of the effects."""
    from cips_models.model.likelihood import parameters

    density = every_cell_alone(composed(make_survey), spec)
    lay = blueprint(density.model).layout
    x = np.random.default_rng(3).normal(0, 0.4, density.dim)
    public = density.public(x[None, None]).isel(chain=0, draw=0)
    values = {name: array.to_numpy() for name, array in public.data_vars.items()}
    before = parameters(values, lay)["location"]
    shifted = values | {"stratum_effect": values["stratum_effect"] + 3.0}
    np.testing.assert_allclose(parameters(shifted, lay)["location"], before, atol=1e-12)
    level = values["level"].transpose(0, 2, 3, 1)
    places = tuple(lay.cells[dim].to_numpy() for dim in ("country", "group", "wave"))
    assert np.abs(before - level[places]).max() > 0.1


def test_strata_are_shared_by_countries_and_their_curvature_is_found(make_survey, spec):
    density = every_cell_alone(composed(make_survey), spec)
    parts = Coordinates.of(density).parts
    own = np.concatenate(parts.own)
    names = [name for name in density.places if name.startswith("stratum")]
    places = np.concatenate([density.places[name].ravel() for name in names])
    assert not np.isin(places, own).any()
    x = np.random.default_rng(3).normal(0, 0.4, density.dim)
    found = curvature(density, x, parts.free, step=1e-5, threads=1)
    function, rows = density.function(), np.flatnonzero(parts.free)
    for place in places[::3]:
        move = np.zeros(density.dim)
        move[place] = 1e-5
        slope = (function(x - move)[1] - function(x + move)[1])[rows] / 2e-5
        np.testing.assert_allclose(found[np.flatnonzero(rows == place)[0]], slope, atol=1e-4)
