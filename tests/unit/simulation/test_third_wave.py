"""A survey that goes on: staggered starts, and a truth of three waves."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import cips_models as cips

LABELS = {"1": "2021", "2": "2023", "3": "2025"}


@pytest.fixture(scope="module")
def longer(tmp_path_factory):
    """A way to surveys of three waves, each simulated once."""
    made = {}

    def of(effect):
        if effect not in made:
            folder = tmp_path_factory.mktemp(effect)
            cips.simulate(folder, effect=effect, waves=3, seed=1)
            made[effect] = folder
        return made[effect]

    return of


def responses(folder):
    return pd.read_csv(folder / "responses.csv.gz", dtype=str, keep_default_na=False)


def in_order(table):
    columns = [name for name in table if name not in ("respondent", "gender", "rank")]
    return table[columns].sort_values(columns, ignore_index=True)


@pytest.mark.parametrize("effect", ["real", "none"])
def test_the_first_two_waves_are_those_of_a_survey_of_two(longer, written, effect):
    three = responses(longer(effect))
    first = three[three["wave"] != "3"]
    pd.testing.assert_frame_equal(in_order(first), in_order(written(effect).responses()))
    assert len(three) - len(first) > 2500


def test_most_countries_go_on(longer):
    told = responses(longer("real"))
    waves = told.groupby("country")["wave"].unique().map(lambda seen: "".join(sorted(seen)))
    assert waves.value_counts().to_dict() == {"123": 15, "1": 8, "12": 2}


def test_support_begins_before_at_the_second_and_at_the_third_wave(longer, written):
    folder = longer("real")
    support = pd.read_csv(folder / "support.csv", dtype=str, keep_default_na=False)
    counts = support["start"].value_counts()
    assert set(counts.index) == {"", "2021", "2023", "2025"}
    assert ((support["supported"] == "1") == (support["start"] != "")).all()
    two = written("real").support()
    assert ((support["start"] == "2023") == (two["supported"] == 1)).all()
    assert counts["2025"] == pytest.approx((two["supported"] == 0).sum() / 3, abs=10)
    survey = cips.read(folder / "study.toml")
    assert survey.waves == tuple(LABELS.values())
    assert set(np.unique(survey.support_start)) == {-1, 0, 1, 2}


def test_the_truth_moves_by_steps_and_by_support_in_force(longer, written):
    truth = cips_truth(longer("real"))
    start = starts(longer("real"), truth)
    before = cips_truth(written("real").folder)
    for scale in ("mu", "percent", "score"):
        np.testing.assert_allclose(
            truth[scale].sel(wave=["2021", "2023"]), before[scale], atol=1e-12
        )
    at_last = np.isfinite(truth["mu"].sel(wave="2025")).all(("factor", "group"))
    last = at_last.astype(int) + 1
    after = np.isfinite(truth["mu"].sel(wave="2023"))
    counted = (start >= 1) & (start <= last) & after
    effect = truth["effect_latent"]
    assert (np.isfinite(effect) == counted.transpose(*effect.dims)).all()
    told = truth["att"].where(counted).transpose(*effect.dims)
    np.testing.assert_allclose(effect, told, atol=1e-12)
    # What begins at the third wave rises by its effect beside the rest.
    moved = truth["mu"].sel(wave="2025") - truth["mu"].sel(wave="2023")
    rest = (moved - truth["att"].where(start == 2, 0.0)).where(at_last)
    spread = rest - rest.mean("factor") - rest.mean("country") + rest.mean()
    assert float(spread.std()) == pytest.approx(0.2, abs=0.03)


def test_without_an_effect_the_lowest_of_the_rest_come_next(longer):
    folder = longer("none")
    truth = cips_truth(folder)
    assert (truth["effect_percent"].fillna(0) == 0).all()
    start, score = starts(folder, truth), truth["score"].sel(wave="2023")
    mean = score.mean("group")
    assert float(mean.where(start == 2).mean()) < float(mean.where(start == -1).mean()) - 2


def test_another_number_of_waves_is_refused(tmp_path):
    with pytest.raises(ValueError, match="waves=4"):
        cips.simulate(tmp_path, waves=4)


def cips_truth(folder):
    with xr.open_dataset(folder / "truth.nc") as dataset:
        return dataset.load()


def starts(folder, truth):
    """Position of the start of support, as the file has it."""
    support = pd.read_csv(folder / "support.csv", dtype=str, keep_default_na=False)
    place = {"": -1, **{label: k for k, label in enumerate(LABELS.values())}}
    table = support.assign(start=support["start"].map(place))
    laid = table.set_index(["country", "factor"])["start"].to_xarray()
    return laid.sel(country=truth["country"], factor=truth["factor"])
