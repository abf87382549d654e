"""Coverage and error rates of many surveys, with their Monte Carlo errors and the gates."""

from typing import Final

import numpy as np
import pandas as pd

from validation import quantities as q
from validation.worlds import SCENARIOS

UNION = "union of the bracket"

#: Gates at 200 surveys: shares of intervals that hold the truth, in per cent.
GATES: Final = {50: (41, 59), 90: (84, 96), 95: (91, 99)}

#: Surveys from which a gate is one.
ENOUGH: Final = 200

#: What is reported and not gated: trends in points are not parallel in worlds of parallel logits.
UNGATED: Final = (q.EFFECT_POINTS,)


def rates(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a scenario, analysis, quantity and group.

    Parameters
    ----------
    rows : DataFrame
        From the simulations of :mod:`validation.coverage`.

    Returns
    -------
    DataFrame
        ``surveys``; ``truth`` and ``error``: mean truth, mean error of the posterior mean, with
        ``se``; ``inside50``, ``inside90``, ``inside95``: per cent of intervals that hold the
        truth, with ``se50`` and so on, the survey as unit; ``above``: per cent of surveys whose
        95 % interval lies above zero; ``risen``: whose estimate does; ``gate``: "passed",
        "failed", "early" (fewer than 200 surveys) or empty where there is none.
    """
    told = pd.concat([rows, _union(rows)], ignore_index=True)
    told = told.assign(error=told["mean"] - told["truth"], risen=told["mean"] > 0)
    found = []
    keys = ["scenario", "analysis", "quantity", "group"]
    for key, own in told.groupby(keys, sort=False):
        row = dict(zip(keys, key, strict=True)) | {
            "surveys": len(own),
            "truth": own["truth"].mean(),
        }
        row |= {"error": own["error"].mean(), "se": _se(own["error"])}
        for mass in GATES:
            inside = 100 * own[f"inside{mass}"]
            row |= {f"inside{mass}": inside.mean(), f"se{mass}": _se(inside)}
        for share in ("above", "risen"):
            values = 100 * own[share].astype(float)
            row |= {share: values.mean(), f"se_{share}": _se(values)}
        found.append(row | {"gate": _gate(row)})
    return pd.DataFrame(found)


def _se(values: pd.Series) -> float:
    return float(values.std() / np.sqrt(len(values)))


def _gate(row: dict[str, float]) -> str:
    """Whether intervals hold the truth as often as they say, where that is promised."""
    analysis, scenario = str(row["analysis"]), SCENARIOS[str(row["scenario"])]
    by_model = analysis.startswith(("joint", "cut"))
    name = analysis.removeprefix("cut, ") if analysis.startswith("cut") else "did"
    about_support = row["quantity"] in {q.EFFECT, q.EFFECT_PERCENT, q.CELL_EFFECT}
    wrong = about_support and name not in scenario.assumed
    if not by_model or row["quantity"] in UNGATED or wrong:
        return ""
    if row["surveys"] < ENOUGH:
        return "early"
    held = all(low <= row[f"inside{mass}"] <= high for mass, (low, high) in GATES.items())
    return "passed" if held else "failed"


def _union(rows: pd.DataFrame) -> pd.DataFrame:
    """The union of the three intervals; above zero where all three are."""
    bracket = rows[rows["analysis"].str.startswith("cut") & rows["quantity"].eq(q.EFFECT)]
    keys = ["scenario", "survey", "quantity", "group"]
    found = []
    for key, own in bracket.groupby(keys, sort=False):
        row = dict(zip(keys, key, strict=True)) | {"analysis": UNION}
        place = own["position"]
        for mass in GATES:
            low, high = 0.5 - mass / 200, 0.5 + mass / 200
            row[f"inside{mass}"] = float(place.max() >= low and place.min() <= high)
        row |= {
            "truth": own["truth"].mean(),
            "mean": own["mean"].mean(),
            "above": own["above"].min(),
        }
        found.append(row)
    return pd.DataFrame(found)


def agreement(fast: pd.DataFrame, full: pd.DataFrame) -> pd.DataFrame:
    """The fast against the full method on the same surveys.

    Returns
    -------
    DataFrame
        One row a quantity: ``surveys``; ``shift``: mean of the difference of posterior means in
        posterior sds of the full method, and ``root_mean_square`` of it; ``ratio``: mean of the
        ratio of sds.
    """
    keys = ["scenario", "survey", "quantity", "group"]
    quick = fast[fast["analysis"] == "joint, fast"]
    both = quick.merge(full, on=keys, suffixes=("_fast", "_full"))
    both = both[~both["quantity"].isin([q.CELL_CHANGE, q.CELL_EFFECT])]
    both["shift"] = (both["mean_fast"] - both["mean_full"]) / both["sd_full"]
    both["square"] = both["shift"] ** 2
    both["ratio"] = both["sd_fast"] / both["sd_full"]
    found = both.groupby("quantity", sort=False).agg(
        surveys=("survey", "size"), shift=("shift", "mean"), square=("square", "mean"),
        ratio=("ratio", "mean"),
    )  # fmt: skip
    found["root_mean_square"] = found.pop("square") ** 0.5
    return found.reset_index()
