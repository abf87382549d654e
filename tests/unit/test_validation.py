"""The parts of validation that judge: ranks, rates, chunks, and what is done today."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import approx_fprime

from validation import quantities as q
from validation.chunks import TOGETHER, simulated
from validation.errors import markdown
from validation.naive import ANSWERS, _counts, _likelihood, answers_independent, naive
from validation.ranks import band, gates
from validation.rates import rates
from validation.worlds import SCENARIOS, draw


def test_ties_are_ranked_at_random() -> None:
    rng = np.random.default_rng(1)
    draws = np.repeat([0.0, 1.0], 50)
    places = np.array([q.position(draws, 1.0, rng) for _ in range(2000)])
    assert 0.5 <= places.min() < places.max() <= 1.0
    # Mean and variance of a uniform on [.5, 1], within four standard errors.
    assert abs(places.mean() - 0.75) < 4 * 0.5 / np.sqrt(12 * 2000)


def counted(scenario: str, number: int) -> Iterator[dict[str, Any]]:
    """A simulation that leaves a trace of having been run."""
    yield {"scenario": scenario, "survey": number, "value": number**2}


def test_chunks_are_done_once(tmp_path: Path) -> None:
    first = simulated(tmp_path, counted, ["a", "b"], TOGETHER, processes=1)
    assert len(first) == 2 * TOGETHER
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    again = simulated(tmp_path, counted, ["a", "b"], 2 * TOGETHER, processes=1)
    assert len(again) == 4 * TOGETHER
    after = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert {name: after[name] for name in before} == before
    assert simulated(tmp_path / "none", counted, ["a"], 5, minutes=0).empty


def positions(values: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "scenario": "s",
            "analysis": "joint, full",
            "sampler": "importance",
            "quantity": "effect, logits (officials)",
            "position": values,
        }
    )


def test_the_band_holds_uniform_ranks_and_not_others() -> None:
    uniform = (np.arange(200) + 0.5) / 200
    assert gates(positions(uniform))["gate"].tolist() == ["passed"]
    assert gates(positions(uniform**2))["gate"].tolist() == ["failed"]
    narrow = 0.5 + 0.5 * (uniform - 0.5)
    assert gates(positions(narrow))["gate"].tolist() == ["failed"]
    assert gates(positions(uniform[:100]))["gate"].tolist() == ["early"]


def test_the_band_is_as_wide_as_it_says() -> None:
    """Twenty bands hold twenty uniform samples in 99 % of cases: here one band, 400 times."""
    points, lower, upper = band(100)
    rng = np.random.default_rng(2)
    left = 0
    for _ in range(400):
        ecdf = np.searchsorted(np.sort(rng.uniform(size=100)), points, side="right") / 100
        left += bool((np.maximum(lower - ecdf, ecdf - upper)[1:-1] > 0).any())
    assert left <= 3  # expected .2; more than 3 has a probability of 6e-5


def judged(inside: float) -> pd.DataFrame:
    """Two hundred surveys by two specifications."""
    rows = [
        {
            "scenario": "no effect", "survey": k, "analysis": f"cut, {name}",
            "quantity": q.EFFECT, "group": "officials", "truth": 0.0, "mean": 0.01, "sd": 0.1,
            "inside50": float(k % 2), "inside90": float(k % 10 > 0),
            "inside95": float(k < 200 * inside), "above": float(name != "did"), "position": 0.5,
        }
        for k in range(200) for name in ("did", "exchangeable")
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.mark.parametrize(("inside", "gate"), [(0.95, "passed"), (0.9, "failed")])
def test_gates_of_coverage(inside: float, gate: str) -> None:
    found = rates(judged(inside)).set_index("analysis")
    assert found.loc["cut, did", "gate"] == gate
    assert found.loc["cut, did", "inside50"] == 50
    # The union holds the truth wherever any does; it lies above zero where all do.
    assert found.loc["union of the bracket", "inside95"] == 100
    assert found.loc["union of the bracket", "above"] == 0
    assert found.loc["cut, exchangeable", "above"] == 100


def test_what_is_done_today_in_one_survey() -> None:
    known = draw(SCENARIOS["no effect"], np.random.default_rng(3))
    each = list(naive(known.simulated))
    assert len(each) == 2 * 4
    assert all(np.isfinite([one.mean, one.sd]).all() and one.sd > 0 for one in each)
    # The clustered and the plain regression estimate the same.
    assert each[1].mean == each[2].mean
    objective, start = _likelihood(*_counts(known.simulated, 0))
    x = start + np.random.default_rng(4).normal(0, 0.3, len(start))
    by_differences = approx_fprime(x, lambda at: objective(at)[0], 1e-6)
    np.testing.assert_allclose(objective(x)[1], by_differences, atol=0.01, rtol=1e-3)


def test_independent_answers_find_an_effect_that_is_there() -> None:
    """Persons alike but for noise: the cumulative logit is then right."""
    known = draw(SCENARIOS["effect"], np.random.default_rng(5))
    one = answers_independent(known.simulated, 0, "officials")
    assert one.analysis == ANSWERS
    truth = float(known.levels["average_effect_latent"].sel(group="officials"))
    assert abs(one.mean - truth) < 5 * one.sd


def test_the_table_of_errors_says_how_often_each_way_is_wrong() -> None:
    lines = markdown(rates(judged(0.95))).splitlines()
    assert lines[0] == "|  | no effect (200) |"
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]
    by_name = dict(cells)
    # Of 200: exact intervals have closed forms at the ends, 1 - .025^(1/200) = 1.8 %.
    assert by_name["model: difference in differences, cut"] == "0 (0–2)"
    assert by_name["model: baselines exchangeable, cut"] == "100 (98–100)"
