"""What is withheld, against every table that there is; bands; rounded shares."""

from itertools import product

import numpy as np
import pytest

from cips_models.disclosure import (
    OFF,
    LinkedCounts,
    Rule,
    exposed,
    intervals,
    rounded_shares,
    suppress,
)

RULE = Rule(10)


def table(counts):
    """A two-way table with both its margins."""
    made = LinkedCounts(RULE.threshold)
    rows, columns = counts.shape
    for r, c in np.ndindex(counts.shape):
        made.add((f"r{r}", f"c{c}"), counts[r, c])
    for r in range(rows):
        made.add((f"r{r}", "all"), counts[r].sum())
        made.total((f"r{r}", "all"), [(f"r{r}", f"c{c}") for c in range(columns)])
    for c in range(columns):
        made.add(("all", f"c{c}"), counts[:, c].sum())
        made.total(("all", f"c{c}"), [(f"r{r}", f"c{c}") for r in range(rows)])
    return made.linked()


def test_intervals_are_those_of_all_whole_tables():
    counts = np.array([[3, 12], [15, 4]])
    linked = table(counts)
    withheld = np.array([len(name[0]) + len(name[1]) == 4 for name in linked.names])
    tables = [
        (a, b, c, d)
        for a, b, c, d in product(range(20), repeat=4)
        if (a + b, c + d, a + c, b + d) == (15, 19, 18, 16)
        and 1 <= a <= 9 and b >= 10 and c >= 10 and 1 <= d <= 9
    ]  # fmt: skip
    cells = [linked.at((f"r{r}", f"c{c}")) for r, c in np.ndindex(2, 2)]
    found = intervals(linked, withheld, cells)
    assert found.tolist() == [[min(k), max(k)] for k in zip(*tables, strict=True)]


@pytest.mark.parametrize("seed", range(5))
def test_small_counts_are_protected_and_margins_mostly_stay(seed):
    counts = np.random.default_rng(seed).poisson(25, (4, 5)) * (np.arange(5) != seed)
    counts[seed % 4, (seed + 1) % 5] = 3
    linked = table(counts)
    alone = suppress(linked, RULE, secondary=False)
    assert exposed(linked, alone, RULE)
    withheld = suppress(linked, RULE)
    assert (alone <= withheld).all()
    assert not exposed(linked, withheld, RULE)
    assert withheld.sum() < len(linked.value) / 2


def test_nothing_is_withheld_where_nobody_is_few_or_control_is_off():
    assert not suppress(table(np.full((3, 3), 40)), RULE).any()
    assert not suppress(table(np.full((3, 3), 4)), OFF).any()


def test_zeros_are_shown():
    counts = np.array([[0, 4, 30], [20, 30, 40], [25, 15, 60]])
    linked = table(counts)
    assert not suppress(linked, RULE)[linked.at(("r0", "c0"))]


def test_totals_must_be_sums():
    made = LinkedCounts(10)
    made.add(("part",), 3)
    made.add(("all",), 4)
    made.total(("all",), [("part",)])
    with pytest.raises(ValueError, match="do not add up"):
        made.linked()


@pytest.mark.parametrize(
    ("threshold", "bands"),
    [
        (10, ["", "fewer than 10", "fewer than 10", "10-29", "30-99", "100 or more"]),
        (5, ["", "fewer than 5", "5-29", "5-29", "30-99", "100 or more"]),
        (30, ["", "fewer than 30", "fewer than 30", "fewer than 30", "30-99", "100 or more"]),
        (0, ["", "fewer than 10", "fewer than 10", "10-29", "30-99", "100 or more"]),
    ],
)
def test_bands(threshold, bands):
    assert [Rule(threshold).band(n) for n in (0, 1, 9, 29, 99, 100)] == bands


def test_the_middle_of_a_band_is_in_it():
    for n in (1, 9, 10, 29, 30, 99, 100):
        assert RULE.floor(RULE.middle(RULE.floor(np.array([n])))) == RULE.floor(n)


def shares(counts, rule, seed=1):
    counts = np.array(counts)
    kinds, waves = np.arange(counts.shape[1]), np.ones(len(counts), dtype=bool)
    return rounded_shares(counts, kinds, waves, rule, np.random.default_rng(seed))


def test_shares_are_exact_without_control():
    found, kinds = shares([[3, 9], [0, 0]], OFF)
    assert found.tolist() == [[0.25, 0.75], [0, 0]]
    assert kinds.tolist() == [3, 9]


@pytest.mark.parametrize("counts", [[5, 5, 5], [29, 9, 0], [24, 4, 0], [70, 4, 1], [7, 0, 0]])
def test_rounded_kinds_leave_room_for_small_counts(counts):
    for seed in range(10):
        found, kinds = shares([counts], RULE, seed)
        assert found.sum() == pytest.approx(1)
        steps = kinds[kinds > 1]
        base = np.gcd.reduce(steps.astype(int)) if len(steps) else 0
        assert base % RULE.threshold == 0
        people = sum(counts)
        if base:  # every composition of as many people that may have been rounded to these
            base = RULE.threshold
            among = [
                x
                for x in product(range(people + 1), repeat=3)
                if sum(x) == people and all(abs(x[k] - kinds[k]) < base for k in range(3))
            ]
            for k, count in enumerate(counts):
                if among and 0 < count < RULE.threshold and people >= RULE.threshold:
                    values = [x[k] for x in among]
                    assert max(values) - min(values) >= RULE.width


def test_rounding_keeps_the_mean():
    counts = np.array([[120, 33, 47]])
    drawn = [shares(counts, RULE, seed)[1] for seed in range(400)]
    error = np.std(drawn, axis=0) / 20
    assert (np.abs(np.mean(drawn, axis=0) - counts[0]) <= 4 * error).all()
