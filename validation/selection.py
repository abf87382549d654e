"""Which of the three specifications is right when, and what the union of their intervals holds.

    python -m validation.selection [--surveys 200] [--minutes 60]

analyses surveys of :mod:`validation.support_worlds` by the three specifications of the bracket and
by three naive ways, and writes ``results/selection.csv``.  What is done already is not done again.

Gates, set before the run.  The standard error of a share of .95 is .015 with 200 surveys, .031
with 50.

- *right* where its assumption is true: the mean error of the posterior mean is within .015 logits
  (a tenth of the effect), and the 95 % interval holds the truth as often as it says: not rejected
  by a one-sided binomial test at 1 % (with 200 surveys: in 182 or more, with 50: in 43).
- *wrong* where it is not, in worlds in which another's is: the mean error is more than three
  standard errors from zero and, in cells of 75 respondents, beyond .015.  With 300 there is less
  noise, and less harm.
- The union of the three 95 % intervals holds the truth in 95 % or more of the surveys of every
  world in which any assumption is true (not rejected by the same test).

Where no assumption is true there is no gate: nothing is promised.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.stats import binom

from validation.chunks import options, simulated
from validation.record import RESULTS, write
from validation.support_worlds import (
    BRACKET,
    CHOICES,
    EFFECTS,
    SIZES,
    by_model,
    naive,
    simulate,
)

#: All worlds in which an assumption is true.
ANY: Final = "any but the last two"

TOLERANCE: Final = 0.015
LEVEL, SIGNIFICANCE = 0.95, 0.01


def analysed(part: str, number: int) -> Iterator[dict[str, Any]]:
    """Rows of one survey of a part: every way of analysing it."""
    name, effect, size = parts()[part]
    key = [list(CHOICES).index(name), round(1000 * effect), size, number]
    rng = np.random.default_rng(np.random.SeedSequence(key))
    survey = simulate(CHOICES[name], effect, size, rng)
    ways = naive(survey) | {way: by_model(way, survey, size, rng) for way in BRACKET}
    ways["union"] = (
        np.nan,
        min(ways[way][1] for way in BRACKET),
        max(ways[way][2] for way in BRACKET),
    )
    told = {"support": name, "effect": effect, "respondents": size, "survey": number}
    for way, (mean, lower, upper) in ways.items():
        yield told | {
            "analysis": way, "truth": survey.truth, "mean": mean, "lower": lower, "upper": upper,
        }  # fmt: skip


def summary(surveys: pd.DataFrame) -> pd.DataFrame:
    """Errors, coverage and shares of intervals above zero, with their standard errors."""
    told = surveys.assign(
        error=surveys["mean"] - surveys["truth"],
        width=surveys["upper"] - surveys["lower"],
        holds=(surveys["lower"] <= surveys["truth"]) & (surveys["truth"] <= surveys["upper"]),
        above=surveys["lower"] > 0,
    )
    # The union of every world as a whole, and of all those in which an assumption is true.
    union = told[told["analysis"] == "union"].assign(effect="all", respondents="all")
    bracketed = union[[bool(CHOICES[name].right) for name in union["support"]]]
    told = pd.concat([told, union, bracketed.assign(support=ANY)])
    keys = ["support", "effect", "respondents", "analysis"]
    groups = told.groupby(keys, sort=False)
    found = groups.agg(
        surveys=("survey", "size"),
        mean_error=("error", "mean"),
        sd_error=("error", "std"),
        width=("width", "mean"),
        coverage=("holds", "mean"),
        above_zero=("above", "mean"),
    ).reset_index()
    root = found["surveys"] ** 0.5
    found["se_error"] = found["sd_error"] / root
    for share in ("coverage", "above_zero"):
        found[f"se_{share}"] = (found[share] * (1 - found[share])) ** 0.5 / root
    assumed = [
        "" if name != ANY and not CHOICES[name].right else
        "any" if way == "union" else
        "" if way not in BRACKET else
        "true" if way in CHOICES[name].right else "false"
        for name, way in zip(found["support"], found["analysis"], strict=True)
    ]  # fmt: skip
    return found.assign(assumption=assumed, gate=[
        verdict(row, assumption)
        for (_, row), assumption in zip(found.iterrows(), assumed, strict=True)
    ])  # fmt: skip


def verdict(row: pd.Series, assumption: str) -> str:
    """Whether a row is as the gates expect: passed, failed, or empty where there is no gate."""
    held = round(row["coverage"] * row["surveys"])
    covers = binom.cdf(held, row["surveys"], LEVEL) > SIGNIFICANCE
    near = abs(row["mean_error"]) <= TOLERANCE
    far = abs(row["mean_error"]) > 3 * row["se_error"] and not (row["respondents"] == 75 and near)
    expected = {"true": covers and near, "false": far, "any": covers}
    if not assumption:
        return ""
    return "passed" if expected[assumption] else "failed"


def parts() -> dict[str, tuple[str, float, int]]:
    """Worlds, effects and sizes by name; without an effect only where no assumption is true."""
    everything = product(CHOICES, EFFECTS, SIZES)
    wanted = [part for part in everything if CHOICES[part[0]].right or not part[1]]
    return {"-".join(map(str, part)).replace(", ", "-"): part for part in wanted}


def main() -> None:
    """Simulate what is missing, and summarise."""
    asked = options(RESULTS / "surveys" / "selection").parse_args()
    surveys = simulated(
        asked.folder, analysed, [*parts()], asked.surveys,
        processes=asked.processes, minutes=asked.minutes, together=100,
    )  # fmt: skip
    write("selection", summary(surveys))


if __name__ == "__main__":
    main()
