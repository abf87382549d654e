"""The bracket: what the effect is under any of three assumptions about starting points."""

from typing import Final

import pandas as pd

from cips_models.names import GROUP, LATENT

#: Specifications, each right where its assumption holds; see ``docs/selection.md``.
BRACKET: Final = ("did", "exchangeable", "conditional")


def union(effects: pd.DataFrame) -> pd.DataFrame:
    """The union of the 95 % intervals of the average effect under the three specifications.

    Where any of the three assumptions is true it holds the effect at least as often as that
    one's interval does; in simulated surveys in more than 95 % (``analyses/simulated``).

    Parameters
    ----------
    effects : pandas.DataFrame
        The effects table. Rows of the cut route are taken, which has all three.

    Returns
    -------
    pandas.DataFrame
        Columns group, scale, lower, upper, one row a group and scale for which all three are
        there.
    """
    rows = effects[
        (effects["estimand"] == "ATT")
        & (effects["route"] == "cut")
        & (effects["parallel_trends"] == LATENT)
        & effects["specification"].isin(BRACKET)
    ]
    found = rows.groupby([GROUP, "scale"], sort=False).agg(
        lower=("lower", "min"), upper=("upper", "max"), n=("specification", "nunique")
    )
    whole = found[found["n"] == len(BRACKET)]
    return whole.drop(columns="n").reset_index()
