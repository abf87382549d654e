"""Ranks of truths among draws: whether they are uniform, as numbers and as a picture."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from arviz_stats.ecdf_utils import compute_ecdf, ecdf_pit

#: Named before the run: each for both groups.
GATED: Final = (
    "effect, logits",
    "effect, points",
    "effect, trends in points",
    "mean change, logits",
    "mean change, points",
    "share improved, supported",
    "share improved, not supported",
    "difference in shares",
    "change of a cell, points",
    "spillover slope, logits",
)
GROUPS: Final = 2

#: Of all gated quantities together; each has a band of its share.
JOINT: Final = 0.99
EACH: Final = JOINT ** (1 / (GROUPS * len(GATED)))

#: The gate is on the exact method; the others are reported.
EXACT: Final = "joint, full"

_SIMULATIONS = 20_000


def band(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points, lower and upper end of the band that holds a uniform ECDF with probability EACH.

    By simulation (Saeilynoja, Buerkner & Vehtari 2022, section 2.2).
    """
    rng = np.random.default_rng(1)
    points, _, lower, upper = ecdf_pit(rng.uniform(size=count), EACH, _SIMULATIONS, rng=rng)
    return points, lower, upper


def gates(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a scenario, analysis and quantity.

    Returns
    -------
    DataFrame
        ``surveys``; ``failed``: replications without a fit; ``mean`` and ``sd`` of the positions
        (uniform: .5 and .289), with ``se`` of the mean; ``outside``: how far the ECDF leaves the
        band at most; ``gate``: "passed" or "failed" from 200 replications on, "early" before;
        empty for what is reported only.
    """
    bands: Mapping[int, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
    found = []
    for (scenario, analysis), every in rows.groupby(["scenario", "analysis"], sort=False):
        failed = int((every["sampler"] == "failed").sum())
        for quantity, own in every.dropna(subset="quantity").groupby("quantity", sort=False):
            place, count = own["position"].to_numpy(), len(own)
            if count not in bands:
                bands = {**bands, count: band(count)}
            points, lower, upper = bands[count]
            ecdf = compute_ecdf(place, points)
            outside = float(np.maximum(lower - ecdf, ecdf - upper)[1:-1].max())
            gated = analysis == EXACT and str(quantity).rsplit(" (", 1)[0] in GATED
            verdict = "early" if count < 200 else "failed" if outside > 0 else "passed"
            found.append(
                {
                    "scenario": scenario,
                    "analysis": analysis,
                    "quantity": quantity,
                    "surveys": count,
                    "failed": failed,
                    "mean": place.mean(),
                    "se": place.std(ddof=1) / np.sqrt(count),
                    "sd": place.std(ddof=1),
                    "outside": max(outside, 0.0),
                    "gate": verdict if gated else "",
                }
            )
    return pd.DataFrame(found)


def figure(rows: pd.DataFrame, title: str, path: Path) -> Path:
    """ECDF of the positions less what is uniform, all quantities, with the band of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    quantities = rows.dropna(subset="quantity").groupby("quantity", sort=False)
    columns = 4
    lines = -(-len(quantities) // columns)
    shape = {"sharex": True, "sharey": True, "squeeze": False, "figsize": (11, 1.9 * lines + 0.6)}
    drawn, axes = plt.subplots(lines, columns, layout="constrained", **shape)
    for ax in axes.flat[len(quantities) :]:
        ax.set_visible(False)
    for ax, (quantity, own) in zip(axes.flat, quantities, strict=False):
        points, lower, upper = band(len(own))
        ax.fill_between(points, lower - points, upper - points, color="#d9d9d9", lw=0)
        ecdf = compute_ecdf(own["position"].to_numpy(), points)
        ax.step(points, ecdf - points, where="post", color="#12436D", lw=1.2)
        ax.axhline(0, color="#666666", lw=0.6)
        name, _, group = str(quantity).rpartition(" (")
        ax.set_title(f"{name}\n{group.rstrip(')')}", fontsize=9, loc="left")
        ax.tick_params(labelsize=8)
    drawn.suptitle(f"{title}: rank of the truth, ECDF less uniform", fontsize=11, x=0.01, ha="left")
    with plt.rc_context({"svg.hashsalt": "cips", "svg.fonttype": "none"}):
        drawn.savefig(path, metadata={"Date": None})
    plt.close(drawn)
    return path
