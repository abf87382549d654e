"""One table: what each way of analysing gets wrong, and by how much."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd
from scipy.stats import binomtest

from validation import quantities as q
from validation.naive import ANSWERS, CELLS, CLUSTERED, COUNTING
from validation.record import RESULTS
from validation.worlds import SCENARIOS

#: Ways of analysing with the quantity by which each would say that the programme worked.
WAYS: Final[Mapping[str, str]] = {
    COUNTING: q.DIFFERENCE,
    CELLS: q.EFFECT_PERCENT,
    CLUSTERED: q.EFFECT_PERCENT,
    ANSWERS: q.EFFECT,
    "joint, fast": q.EFFECT,
    "cut, did": q.EFFECT,
    "cut, exchangeable": q.EFFECT,
    "cut, conditional": q.EFFECT,
    "union of the bracket": q.EFFECT,
}

_WORDS: Final = {
    "joint, fast": "model: difference in differences, joint",
    "cut, did": "model: difference in differences, cut",
    "cut, exchangeable": "model: baselines exchangeable, cut",
    "cut, conditional": "model: given the baseline, cut",
    "union of the bracket": "model: all three of the bracket agree",
}


def markdown(coverage: pd.DataFrame) -> str:
    """Per cent of surveys in which a programme without effect "worked", by scenario.

    Both groups together; in the first column of numbers how many find the effect that is there.

    Parameters
    ----------
    coverage : DataFrame
        From :func:`validation.rates.rates`.
    """
    names = [name for name in SCENARIOS if name in set(coverage["scenario"])]
    counts = coverage.groupby("scenario")["surveys"].max()
    head = ["", *(f"{name} ({counts[name]:.0f})" for name in names)]
    lines = [head, ["---"] * len(head)]
    for way, quantity in WAYS.items():
        own = coverage[(coverage["analysis"] == way) & (coverage["quantity"] == quantity)]
        cells = own.groupby("scenario")[["above", "surveys"]].mean()
        lines.append([_WORDS.get(way, way), *(_rate(cells, name) for name in names)])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _rate(cells: pd.DataFrame, name: str) -> str:
    """Per cent, with an exact 95 % interval (Clopper & Pearson 1934), the survey as unit."""
    if name not in cells.index:
        return ""
    share, count = cells.loc[name, "above"] / 100, int(cells.loc[name, "surveys"])
    found = binomtest(round(share * count), count).proportion_ci()
    return f"{100 * share:.0f} ({100 * found.low:.0f}–{100 * found.high:.0f})"


def write_errors(coverage: pd.DataFrame) -> Path:
    """Write ``results/errors.md``."""
    path = RESULTS / "errors.md"
    text = """\
Per cent of surveys whose 95 % interval of the effect (of the difference in shares, for
proportions) lies above zero, both groups together, with the 95 % interval that so few surveys
leave it; in the head the surveys so far. Only in the first scenario is there an effect; elsewhere
2.5 is as it should be, where the assumption is true.

"""
    path.write_text(text + markdown(coverage), encoding="utf-8")
    return path
