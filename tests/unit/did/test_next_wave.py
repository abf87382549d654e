"""The design of the next wave: what is planned, how cells will err, what follows."""

import dataclasses
import json

import numpy as np
import pytest
import xarray as xr
from click.testing import CliRunner

from cips_models import charts
from cips_models.cli.main import cli
from cips_models.did.next_wave import (
    as_now,
    cells_needed_table,
    next_wave,
    next_wave_table,
    read_planned_wave,
)
from cips_models.did.next_wave.cell_errors import Drift, FromPersons
from cips_models.did.next_wave.detection import HALF_WIDTH, assurance, detection
from cips_models.did.next_wave.horizon import Horizon, extended
from cips_models.did.next_wave.present import respondents_now
from cips_models.did.next_wave.quantities import Quantities
from cips_models.did.next_wave.variances import gram_of
from cips_models.errors import FitError, SpecificationError, SurveyError
from cips_models.model.specification_file import specification
from cips_models.tables import read_table

COUNTRIES = ("A", "B", "C", "D", "E", "F")
SUPPORTED = np.array([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1], [1, 0, 0], [0, 0, 0]], dtype=bool)
TERMS = ("country_baseline", "cell_baseline", "country_change", "cell_change")
EFFECT_TERMS = (*TERMS, "country_effect", "factor_effect")
SPEC = specification("did")


def with_scales(fit, seed=3):
    """A fit made by hand, with scales of a hierarchy and of drift that vary a little."""
    rng, groups = np.random.default_rng(seed), len(fit.design.groups)
    chain = (fit.posterior.sizes["chain"], fit.posterior.sizes["draw"])
    about = np.array([0.3, 0.25, 0.15, 0.12, 0.1, 0.1])[:, None]
    sd = about * np.exp(0.1 * rng.normal(size=(*chain, len(EFFECT_TERMS), groups)))
    scales = {
        "sd": (("chain", "draw", "term", "group"), sd),
        "correlation": (("chain", "draw", "term"), np.full((*chain, len(EFFECT_TERMS)), 0.4)),
        "item_sd": (("chain", "draw", "item_term"), np.full((*chain, 2), 0.05)),
    }
    coords = {"term": list(EFFECT_TERMS), "item_term": ["item_wave", "item_country_wave"]}
    return dataclasses.replace(fit, posterior=fit.posterior.assign(scales).assign_coords(coords))


@pytest.fixture(scope="module")
def fit(make_fit):
    return with_scales(make_fit(countries=COUNTRIES, supported=SUPPORTED, respondents=40))


@pytest.fixture(scope="module")
def precise(fit):
    return next_wave(fit, as_now(fit), spec=SPEC, draws=6)


def test_as_now_asks_the_countries_of_the_last_wave(make_fit):
    fit = make_fit(countries=COUNTRIES, supported=SUPPORTED, once=("F",))
    plan = as_now(fit)
    np.testing.assert_array_equal(plan.respondents.any(axis=1), np.arange(6) < 5)
    assert plan.time == 2 * fit.design.times[1] - fit.design.times[0]
    assert (respondents_now(fit)[5] > 0).all()


def test_a_country_seen_once_is_followed_when_it_is_asked_again(make_fit):
    fit = make_fit(countries=COUNTRIES, supported=SUPPORTED, once=("E",))
    again = dataclasses.replace(as_now(fit), respondents=respondents_now(fit))
    design = extended(fit.design, again)
    assert design.followed_labels == COUNTRIES
    assert design.treated[4].tolist() == SUPPORTED[4].tolist()
    assert "E" not in extended(fit.design, as_now(fit)).followed_labels


def write(folder, **files):
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)
    return folder / "next.toml"


def test_a_plan_is_read(fit, tmp_path):
    rows = [f"{c},{f},{int(SUPPORTED[i, j] or (i, j) == (5, 2))}"
            for i, c in enumerate(COUNTRIES) for j, f in enumerate(fit.design.factors)]  # fmt: skip
    plan = read_planned_wave(
        write(
            tmp_path,
            next_toml='format = 1\nwave = "2027"\ntime = 2027\ncountries = ["A", "F"]\n'
            'respondents = { officials = 300, "private sector" = 100 }\nsupport = "map.csv"\n',
            map_csv="\n".join(["country,factor,supported", *rows]),
        ),
        fit,
    )
    assert (plan.wave, plan.time) == ("2027", 2027.0)
    asked = np.zeros((6, 2))
    asked[[0, 5]] = [300, 100]
    np.testing.assert_array_equal(plan.respondents, asked)
    new = np.argwhere(plan.supported & ~SUPPORTED)
    np.testing.assert_array_equal(new, [[5, 2]])
    treated = extended(fit.design, plan).treated
    assert treated[5].tolist() == [False, False, True]


def test_a_table_of_respondents_is_a_plan(fit, tmp_path):
    (tmp_path / "next.csv").write_text(
        "country,group,respondents\nA,officials,50\nB,private sector,7\n"
    )
    plan = read_planned_wave(tmp_path / "next.csv", fit)
    assert plan.respondents.sum() == 57
    assert plan.respondents[1, fit.design.groups.index("private sector")] == 7


def test_everything_wrong_with_a_plan_is_said_at_once(fit, tmp_path):
    factors = fit.design.factors
    rows = [f"{c},{f},0" for c in COUNTRIES for f in factors]
    path = write(
        tmp_path,
        next_toml='format = 1\nwave = "2023"\ntime = 2001\ncountries = ["A", "Zembla"]\n'
        'respondents = "people.csv"\nsupport = "map.csv"\nsample = 3\n',
        people_csv="country,group,respondents\nA,officials,many\nB,officials,10\nA,teachers,5\n",
        map_csv="\n".join(["country,factor,supported", *rows]),
    )
    with pytest.raises(SurveyError) as error:
        read_planned_wave(path, fit)
    said = [str(problem) for problem in error.value.problems]
    for part in (
        'wave: found "2023"',
        "time: found 2001",
        'countries: found "Zembla"',
        'column respondents: found "many"',
        'column country: found "B"',
        'column group: found "teachers"',
        "column supported: found 0 for",
        "sample: found an unknown key",
    ):
        assert sum(part in one for one in said) == 1, part
    assert len(said) == 8


@pytest.mark.parametrize("value", ["-3", "2.5", "{ officials = 3 }", '"nowhere.csv"', "0", "true"])
def test_numbers_of_respondents_that_cannot_be(fit, tmp_path, value):
    path = write(tmp_path, next_toml=f"format = 1\nrespondents = {value}\n")
    with pytest.raises(SurveyError):
        read_planned_wave(path, fit)


def test_a_group_that_was_never_asked_is_refused(make_fit, tmp_path):
    fit = make_fit(seen={"A / officials": ()}, countries=COUNTRIES, supported=SUPPORTED)
    with pytest.raises(SurveyError, match="A / officials"):
        read_planned_wave(write(tmp_path, next_toml="format = 1\nrespondents = 9\n"), fit)


def test_drift_of_a_change_is_omega_squared_over_items(fit):
    """The variance that drift alone gives a change; docs/drift.md."""
    horizon = Horizon.of(fit, as_now(fit), SPEC)
    drift = Drift.of(fit, horizon)
    contrast = np.zeros((len(horizon.position), len(horizon.new)))
    contrast[horizon.new, np.arange(len(horizon.new))] = 1.0
    contrast[horizon.last, np.arange(len(horizon.new))] = -1.0
    asked = fit.questionnaire["asked"].isel(wave=-1).to_numpy().astype(bool)
    of = fit.questionnaire["factor"].to_numpy()
    _, factor, group, _ = horizon.position[horizon.new].T
    items = np.array([(asked[:, g] & (of == f)).sum() for f, g in zip(factor, group, strict=True)])
    within = np.diag(contrast.T @ drift.within @ contrast)
    np.testing.assert_allclose(within, 1.0 / items)
    np.testing.assert_allclose(((contrast.T @ drift.shared) ** 2).sum(axis=1), 1.0 / items)


def test_sizes_are_what_a_plan_of_that_size_gives(fit, precise):
    """One factorisation serves all sizes: against a plan that asks twice as many."""
    plan = as_now(fit)
    doubled = dataclasses.replace(plan, respondents=2 * plan.respondents)
    again = next_wave(fit, doubled, spec=SPEC, draws=6, sizes=(1.0,))
    for name in ("effect", "pooled", "change"):
        found, expected = precise.sds[name].sel(size=2.0), again.sds[name].sel(size=1.0)
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_gains_are_what_more_respondents_in_one_country_give(fit, precise):
    plan, gains = as_now(fit), precise.gains[3]
    country, _, group, _ = precise.horizon.position[precise.horizon.new[gains.cells[0]]]
    respondents = plan.respondents.copy()
    respondents[country, group] *= 3
    again = next_wave(
        fit, dataclasses.replace(plan, respondents=respondents), spec=SPEC, draws=6, sizes=(1.0,)
    )
    expected = again.sds["change"].sel(size=1.0).to_numpy()[:, gains.cells]
    np.testing.assert_allclose(gains.sd(3 * gains.respondents), expected, rtol=1e-6)


@pytest.mark.parametrize("name", ["did", "conditional"])
def test_variances_are_those_of_the_whole_covariance(fit, name):
    """Prior less what is explained, all matrices written out, kappa one parameter of many."""
    rng, spec = np.random.default_rng(2), specification(name)
    posterior = fit.posterior
    shape = (2, 25, len(fit.design.groups), len(COUNTRIES), len(fit.design.factors))
    baseline = (("chain", "draw", "group", "country", "factor"), 0.3 * rng.normal(size=shape))
    kappa = (("chain", "draw", "group"), np.full(shape[:3], 0.2))
    posterior = posterior.assign(cell_baseline=baseline, persistence=kappa)
    fit = dataclasses.replace(fit, posterior=posterior)
    horizon = Horizon.of(fit, as_now(fit), spec)
    quantities, draw = Quantities.of(fit, horizon), posterior.isel(chain=0, draw=0)
    errors = Drift.of(fit, horizon).added(FromPersons(fit, horizon)(draw), np.full(2, 0.05))
    x = horizon.scales(draw, np.zeros(horizon.hierarchy.dim))
    collapsed = horizon.measured(errors.within, errors.shared)
    found = gram_of(collapsed, x, quantities, horizon.new)

    levels = horizon.hierarchy.levels(x, np.eye(len(horizon.hierarchy.linear)))
    levels = np.hstack([levels, quantities.persistence])
    assert quantities.persistence.shape[1] == (2 if name == "conditional" else 0)
    effects = horizon.hierarchy.scaled(x, quantities.effects)
    effects = np.vstack([effects, np.zeros((quantities.persistence.shape[1], 2))])
    own = np.hstack([effects, levels.T @ quantities.changes])
    covariance = levels @ levels.T + errors.within + errors.shared @ errors.shared.T
    shown = levels @ own
    expected = (own**2).sum(axis=0) - (shown * np.linalg.solve(covariance, shown)).sum(axis=0)
    np.testing.assert_allclose(found.prior - found.known, expected, rtol=1e-6, atol=1e-9)


def test_no_respondents_are_no_wave(fit, precise):
    plan = as_now(fit)
    nearly = dataclasses.replace(plan, respondents=plan.respondents * 1e-7)
    again = next_wave(fit, nearly, spec=SPEC, draws=6, sizes=(1.0,))
    np.testing.assert_allclose(
        again.sds["effect"].sel(size=1.0), precise.sds["effect_now"], rtol=1e-4
    )


def test_more_respondents_narrow_everything(precise):
    for name in ("effect", "pooled", "change"):
        by_size = precise.sds[name].transpose("size", ...).to_numpy()
        assert (np.diff(by_size, axis=0) < 0).all()
    assert (precise.sds["effect"] < precise.sds["effect_now"]).all()
    assert (precise.sds["effect_now"] < precise.sds["effect_prior"]).all()


def test_more_countries_narrow_the_effect(make_fit):
    def width(copies):
        countries = [f"{c}{k}" for k in range(copies) for c in COUNTRIES]
        support = np.tile(SUPPORTED, (copies, 1))
        fit = with_scales(make_fit(countries=countries, supported=support, respondents=40))
        found = next_wave(fit, as_now(fit), spec=SPEC, draws=2, sizes=(1.0,))
        slope = np.mean(found.slope)  # points a logit is worth differ between fits made by hand
        return found.sds["effect"].mean(("draw", "size")).to_numpy() / slope

    assert (width(3) < 0.8 * width(1)).all()


def test_detection_and_assurance_by_simulation():
    """Against draws of what they are the probability of; within 4 standard errors of 400,000."""
    rng, count = np.random.default_rng(5), 400_000
    sd, prior, now, effect, mean = 0.8, 2.0, 1.1, 1.7, 1.2
    # An observation of precision p makes the posterior sd what it is.
    noise = (1 / sd**2 - 1 / prior**2) ** -0.5
    posterior = (effect + noise * rng.normal(size=count)) * sd**2 / noise**2
    found = (np.abs(posterior) > HALF_WIDTH * sd).mean()
    error = 4 * 0.5 / np.sqrt(count)
    assert float(detection(effect, np.array(sd), np.array(prior))) == pytest.approx(
        found, abs=error
    )
    noise = (1 / sd**2 - 1 / now**2) ** -0.5
    shown = mean + now * rng.normal(size=count) + noise * rng.normal(size=count)
    posterior = sd**2 * (mean / now**2 + shown / noise**2)
    found = (np.abs(posterior) > HALF_WIDTH * sd).mean()
    assert float(assurance(mean, np.array(now), np.array(sd))) == pytest.approx(found, abs=error)


def test_table_of_the_next_wave(precise):
    table = next_wave_table(precise, (1.0, 4.0))
    own = table[(table["group"] == "officials") & (table["size"] == 1)]
    width = own[(own["measure"] == "half width") & (own["quantity"] == "effect")]["value"].item()
    sd = precise.sds["effect"].sel(size=1.0, group="officials")
    assert width == pytest.approx(HALF_WIDTH * float(sd.mean()))
    small, large = own[own["measure"] == "detected"]["value"]
    assert 0.025 < small < large < 1
    assert (table["respondents"] == (240 * table["size"])).all()
    assert (table["mcse"] > 0).all()


def test_cells_needed(precise):
    """At the number that is given the width is what was wanted, and below it is not."""
    widths = cells_needed_table(precise, 1.0)
    wanted = float((widths["half_width"] + widths["least_half_width"]).median() / 2)
    table = cells_needed_table(precise, wanted)
    assert table["respondents_needed"].isna().equals(table["least_half_width"] > wanted)
    assert table["respondents_needed"].notna().any()
    assert table["respondents_needed"].isna().any()
    none = table[table["respondents_needed"].isna()]
    by_drift = none["drift_half_width"] > wanted
    assert (none["reason"] == np.where(by_drift, "drift", "earlier wave")).all()
    assert (table["drift_half_width"] < table["least_half_width"]).all()
    for gains in precise.gains:
        for k, cell in enumerate(gains.cells):
            country, factor, group, _ = precise.horizon.position[precise.horizon.new[cell]]
            design = precise.horizon.design
            row = table[
                (table["country"] == design.countries[country])
                & (table["factor"] == design.factors[factor])
                & (table["group"] == design.groups[group])
            ].iloc[0]
            if row.isna()["respondents_needed"]:
                continue
            needed = int(row["respondents_needed"])
            assert HALF_WIDTH * gains.sd(needed)[:, k].mean() <= wanted * (1 + 1e-3)
            if needed > 1:
                assert HALF_WIDTH * gains.sd(needed - 1)[:, k].mean() > wanted * (1 - 1e-3)


def test_without_support_there_are_changes_and_no_effect(make_fit):
    fit = with_scales(make_fit(countries=COUNTRIES, respondents=40))
    table = next_wave_table(next_wave(fit, as_now(fit), spec=SPEC, draws=2))
    assert set(table["quantity"]) == {
        "change of a cell",
        "change of the widest cell",
        "pooled change",
    }


def test_after_one_wave_scales_of_changes_come_from_their_prior(make_fit):
    fit = make_fit(countries=COUNTRIES, waves=("2021",), respondents=40, supported=SUPPORTED)
    fit = with_scales(fit)
    bare = fit.posterior.sel(term=list(TERMS[:2])).drop_vars(["item_sd", "item_term"])
    found = next_wave(dataclasses.replace(fit, posterior=bare), as_now(fit), spec=SPEC, draws=8)
    assert set(found.from_prior) == set(EFFECT_TERMS[2:])
    assert found.effect is None
    np.testing.assert_allclose(found.sds["effect_now"], found.sds["effect_prior"])
    table = next_wave_table(found)
    assert (table["measure"] == "assurance").any()


def test_what_cannot_be_planned_from_is_refused(fit):
    with pytest.raises(FitError, match="--spec"):
        next_wave(fit, as_now(fit))
    with pytest.raises(SpecificationError, match="sparse"):
        next_wave(fit, as_now(fit), spec=specification("sparse-shifts"))
    pooled = dataclasses.replace(fit, cells=xr.Dataset())
    with pytest.raises(FitError, match="pooled cells"):
        as_now(pooled)


def test_drift_alone_is_what_many_respondents_leave(fit, precise):
    """Everybody asked in both waves, against people of whom there were a million."""
    people = fit.cells.assign(respondents=fit.cells["respondents"] * 10**6)
    asked = dataclasses.replace(fit, cells=people)
    found = next_wave(asked, as_now(asked), spec=SPEC, draws=6, sizes=(1.0,))
    change = found.sds["change"].sel(size=1.0).to_numpy()
    for gains in precise.gains:
        # Other cells were measured without error, too, which tells a little more.
        least = np.sqrt(gains.drift)
        assert (change[:, gains.cells] < least).all()
        np.testing.assert_allclose(change[:, gains.cells], least, rtol=0.15)


def test_command(fit, tmp_path):
    record = {"format": 1, "synthetic": True, **fit.provenance}
    dataclasses.replace(fit, provenance=record).save(tmp_path / "fit.nc")
    out, plan = tmp_path / "out", write(tmp_path, next_toml="format = 1\nrespondents = 90\n")
    told = ["--effects", "1,4", "--spec", "did", "--draws", "3", "--out", str(out)]
    arguments = ["design", str(tmp_path / "fit.nc"), str(plan), *told, "--json"]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    shown = {row["effect"] for row in said["next_wave"] if row["measure"] == "detected"}
    assert shown == {1.0, 4.0}
    table = read_table(out, "next_wave")
    assert table["effect"].nunique() > 2  # the chart's dots
    assert len(read_table(out, "cells_needed")) == 36
    assert (out / "next_wave.png").stat().st_size > 0
    again = CliRunner().invoke(cli, arguments)
    assert again.exit_code == 7
    assert CliRunner().invoke(cli, [*arguments, "--effects", "none"]).exit_code == 2


def test_chart_says_what_is_detected(precise):
    table = next_wave_table(precise, (1.0, 60.0))
    figure = charts.next_wave(table, source="A survey", synthetic=True)
    surely = "probability >\N{NO-BREAK SPACE}0.99; with 2 × the respondents"
    said = charts.alt_text(figure).replace("\n", " ")
    assert f"Officials: an effect of 60 points is detected with {surely}" in said
    dots = [line for axes in figure.axes for line in axes.lines if line.get_marker() == "o"]
    shown = table[(table["group"] == "officials") & (table["measure"] == "detected")]
    planned = shown[shown["size"] == 1]["value"]
    np.testing.assert_allclose(dots[0].get_ydata(), planned)
    weak = next_wave_table(precise, (0.1,))
    assert "no effect up to 0.1 points" in charts.alt_text(charts.next_wave(weak))
