"""Margins, equivalence and the risk of naming cells as tidy tables."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from cips_models.did.decision import (
    EQUIVALENT,
    MARGINS,
    average_effect,
    beyond,
    in_parts,
    naming,
)
from cips_models.did.on_cells import LATENT_TRENDS
from cips_models.did.tables import with_estimands
from cips_models.estimands.changes import main_changes, support_status
from cips_models.estimands.improved import SUPPORTED, UNSUPPORTED, exceeds
from cips_models.estimands.intervals import probability, summarise
from cips_models.inference.fit import Fit
from cips_models.names import CHAIN, COUNTRY, DRAW, FACTOR, GROUP, PERCENT
from cips_models.tables import TABLES

#: Whoever states no margin is shown those of :mod:`cips_models.did.decision`.
DEFAULT: Final = "default"

_CELLS = (COUNTRY, FACTOR)

#: What becomes of a rule: variable of ``naming``, its estimand and scale.
_RULE: Final = {
    "wrong": ("named in error", "cells"),
    "risk": ("false-sign risk", PERCENT),
    "missed": ("improved, not named", "cells"),
}


def decision_table(
    fit: Fit,
    *,
    margin: float | None = None,
    equivalent: float | None = None,
    stated: Mapping[str, str] = MappingProxyType({}),
) -> pd.DataFrame:
    """Probability that the effect exceeds a margin, and of each part of the equivalence region.

    Parameters
    ----------
    fit : Fit
    margin : float, optional
        Smallest effect worth having, in points of positive answers; by default the
        probability is shown for each of :data:`cips_models.did.decision.MARGINS`.
    equivalent : float, optional
        Effects of at most this size are as good as none, in points; default
        :data:`cips_models.did.decision.EQUIVALENT`.
    stated : mapping
        Who stated ``margin`` and ``equivalent``: "study" (the default) or "command".

    Raises
    ------
    IdentificationError
        The fit has no support effect, or no group has anything to compare.
    """
    effect = average_effect(fit)
    given = {"margin": margin, "equivalent": equivalent}
    who = {
        name: DEFAULT if value is None else stated.get(name, "study")
        for name, value in given.items()
    }
    margins = MARGINS if margin is None else tuple(dict.fromkeys((0.0, margin)))
    half = EQUIVALENT if equivalent is None else equivalent
    larger = probability(beyond(effect, margins), estimand="P(effect > margin)", scale=PERCENT)
    parts = probability(in_parts(effect, half), estimand="P(effect in part)", scale=PERCENT)
    table = pd.concat(
        [
            larger.assign(part="above", stated=who["margin"]),
            parts.assign(margin=half, stated=who["equivalent"]),
        ],
        ignore_index=True,
    ).assign(
        route=fit.provenance["route"],
        specification=fit.provenance["specification"],
        parallel_trends=LATENT_TRENDS,
        weights="cells",
    )
    table = with_estimands(table, fit)
    return table[[column.name for column in TABLES["decision"]]]


def naming_table(
    fit: Fit, *, margin: float = 0.0, pairs: Sequence[tuple[str, str]] | None = None
) -> pd.DataFrame:
    """Expected numbers of cells truly improved, and the false-sign risk of naming them.

    Parameters
    ----------
    fit : Fit
    margin : float
        Points by which a change must exceed zero to count as an improvement.
    pairs : sequence of pair of str, optional
        Waves compared: the first of which a change can be told, see
        :func:`cips_models.estimands.changes.main_changes`.

    Raises
    ------
    IdentificationError
        No cell has a change that the data can tell.
    """
    change = main_changes(fit, pairs)[PERCENT]
    waves = {end: str(change[end].item()) for end in ("from", "to")}
    better = exceeds(change, margin).drop_vars(["from", "to"])
    status = support_status(fit.design, *waves.values())
    kinds = ("",) if fit.design.support is None else ("", SUPPORTED, UNSUPPORTED)
    rows = []
    for kind in kinds:
        own = better if kind == "" else better.where(status == kind)
        cells = own.isel({CHAIN: 0, DRAW: 0}, drop=True).count(_CELLS)
        own = own.sel({GROUP: (cells > 0).to_numpy()})
        if not own.sizes[GROUP]:
            continue
        about = {**waves, "supported": kind, "margin": margin, "cells": cells}
        nothing = {"threshold": np.nan, "named": np.nan}
        rows.append(
            summarise(own.sum(_CELLS), estimand="cells improved", scale="cells", signed=False,
                      **about, **nothing)
        )  # fmt: skip
        rule = naming(own)
        rows += [
            summarise(rule[name], estimand=estimand, scale=scale, signed=False,
                      named=rule["named"], **about)
            for name, (estimand, scale) in _RULE.items()
        ]  # fmt: skip
    table = pd.concat(rows, ignore_index=True).astype({"named": "Int64", "cells": "Int64"})
    return table[[column.name for column in TABLES["naming"]]]
