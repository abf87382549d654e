"""What the next wave will be able to say, as tidy tables."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from cips_models.did.next_wave.detection import HALF_WIDTH, assurance, detection
from cips_models.did.next_wave.precision import Gains, Precision
from cips_models.names import GROUP
from cips_models.tables.design import DESIGN

#: More respondents than any country has are as good as none: the search for a number ends there.
_MOST = 1e6

#: Why no number of respondents suffices.
DRIFT_ALONE, EARLIER_WAVE = "drift", "earlier wave"


def next_wave_table(
    precision: Precision, effects: Sequence[float] = (1.0, 2.0, 3.0, 5.0)
) -> pd.DataFrame:
    """Expected half widths of 95 % intervals, and probabilities of detecting effects.

    Parameters
    ----------
    precision : Precision
    effects : sequence of float
        Sizes of the effect, in points of positive answers.

    Returns
    -------
    pandas.DataFrame
        Columns of ``tables.design.DESIGN["next_wave"]``; without effects where there are none.
    """
    rows = list(_rows(precision, effects))
    columns = [column.name for column in DESIGN["next_wave"]]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"respondents": "int64"})


def _rows(precision: Precision, effects: Sequence[float]) -> Iterator[dict[str, Any]]:
    sds, groups = precision.sds, precision.horizon.design.groups
    of_cell = precision.horizon.position[precision.horizon.new, 2]
    for g, group in enumerate(groups):
        asked = precision.plan.respondents[:, g].sum()
        if not asked:
            continue
        own = sds.sel({GROUP: group})
        for k, size in enumerate(sds["size"].to_numpy()):
            about = {GROUP: group, "respondents": round(asked * size), "size": size}

            def row(
                measure: str, quantity: str, values: np.ndarray, about: Any = about, **more: Any
            ) -> dict[str, Any]:
                return {**about, "quantity": quantity, "measure": measure, **_mean(values), **more}

            change = HALF_WIDTH * sds["change"].to_numpy()[:, k, of_cell == g]
            yield row("half width", "change of a cell", change.mean(axis=1))
            yield row(
                "half width", "change of the widest cell", change[:, change.mean(axis=0).argmax()]
            )
            yield row("half width", "pooled change", HALF_WIDTH * own["pooled"].to_numpy()[:, k])
            sd, now, prior = (
                own["effect"].to_numpy()[:, k],
                own["effect_now"].to_numpy(),
                own["effect_prior"].to_numpy(),
            )
            if np.isnan(sd).any():
                continue
            yield row("half width", "effect", HALF_WIDTH * sd)
            for effect in effects:
                yield row("detected", "effect", detection(effect, sd, prior), effect=effect)
            if precision.effect is None:
                yield row("assurance", "effect", assurance(0.0, prior, sd))
            else:
                mean = float(precision.effect.sel({GROUP: group}).mean())
                yield row("assurance", "effect", assurance(mean, now, sd), effect=mean)


def _mean(values: np.ndarray) -> dict[str, float]:
    """Mean over draws, their spread, and how far another seed may move the mean."""
    spread = float(values.std(ddof=1)) if values.size > 1 else np.nan
    return {"value": float(values.mean()), "spread": spread, "mcse": spread / np.sqrt(values.size)}


def cells_needed_table(precision: Precision, within: float) -> pd.DataFrame:
    """How many respondents each cell needs for its change to be known within so many points.

    Parameters
    ----------
    precision : Precision
    within : float
        Largest half width of the 95 % interval of the change from the last wave, in points.

    Returns
    -------
    pandas.DataFrame
        Columns of ``tables.design.DESIGN["cells_needed"]``, smallest numbers planned first.
        All other countries and groups are asked as planned.
    """
    design, position = precision.horizon.design, precision.horizon.position[precision.horizon.new]
    rows = []
    for gains in sorted(precision.gains, key=lambda one: one.respondents):
        planned = HALF_WIDTH * gains.sd(gains.respondents)
        least = HALF_WIDTH * gains.sd(np.inf).mean(axis=0)
        drift = HALF_WIDTH * np.sqrt(gains.drift).mean(axis=0)
        for k, cell in enumerate(gains.cells):
            c, f, g, _ = position[cell]
            needed = _needed(gains, k, within)
            reason = "" if needed else (DRIFT_ALONE if drift[k] > within else EARLIER_WAVE)
            rows.append(
                {
                    "country": design.countries[c],
                    "factor": design.factors[f],
                    GROUP: design.groups[g],
                    "respondents": round(gains.respondents),
                    "half_width": float(planned[:, k].mean()),
                    "mcse": _mean(planned[:, k])["mcse"],
                    "least_half_width": float(least[k]),
                    "drift_half_width": float(drift[k]),
                    "within": within,
                    "respondents_needed": needed,
                    "reason": reason,
                }
            )
    columns = [column.name for column in DESIGN["cells_needed"]]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"respondents": "int64", "respondents_needed": "Int64"})


def _needed(gains: Gains, cell: int, within: float) -> int | None:
    """Fewest respondents with which the mean half width is at most ``within``; None if none do."""

    def excess(log_respondents: float) -> float:
        return HALF_WIDTH * float(gains.sd(np.exp(log_respondents))[:, cell].mean()) - within

    if excess(0.0) <= 0:
        return 1
    if excess(np.log(_MOST)) > 0:
        return None
    return int(np.ceil(np.exp(brentq(excess, 0.0, np.log(_MOST), xtol=1e-4)) - 1e-3))
