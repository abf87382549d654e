"""What a number says in words, by declared rules.

The rules are one table.  Titles of charts and sentences of the report are made from it,
and the annex of the report prints it: the same number always gets the same words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from cips_models.charts import select
from cips_models.charts.labels import capital, quantity, unit_of
from cips_models.charts.numbers import amount, points, span
from cips_models.wording import N_, _, listed

_HARD_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Rule:
    """Words for a range of the posterior probability that a quantity is above zero.

    Attributes
    ----------
    low, high : float
        The rule holds for ``low <= P <= high``.
    sign : int
        1, 0 or -1: the direction that the words claim.
    change, effect, share : str
        Sentences for a change, an effect of support and a difference in shares improved.
    """

    low: float
    high: float
    sign: int
    change: str
    effect: str
    share: str


#: The first rule that holds applies; the last always holds.  At 0.975 and 0.025 the 95 %
#: equal-tailed interval just excludes zero.
RULES: tuple[Rule, ...] = (
    Rule(
        0.975,
        1.0,
        1,
        N_("{quantity} rose, {number} {unit} ({interval} {span})"),
        N_("supported cells gained more, {number} {unit} ({interval} {span})"),
        N_("more of the supported cells improved, {number} {unit} ({interval} {span})"),
    ),
    Rule(
        0.0,
        0.025,
        -1,
        N_("{quantity} fell, {number} {unit} ({interval} {span})"),
        N_("supported cells gained less, {number} {unit} ({interval} {span})"),
        N_("fewer of the supported cells improved, {number} {unit} ({interval} {span})"),
    ),
    Rule(
        0.90,
        1.0,
        1,
        N_("{quantity} probably rose, {number} {unit} ({interval} {span})"),
        N_("supported cells probably gained more, {number} {unit} ({interval} {span})"),
        N_("probably more of the supported cells improved, {number} {unit} ({interval} {span})"),
    ),
    Rule(
        0.0,
        0.10,
        -1,
        N_("{quantity} probably fell, {number} {unit} ({interval} {span})"),
        N_("supported cells probably gained less, {number} {unit} ({interval} {span})"),
        N_("probably fewer of the supported cells improved, {number} {unit} ({interval} {span})"),
    ),
    Rule(
        0.0,
        1.0,
        0,
        N_("no clear change of {quantity}, {number} {unit} ({interval} {span})"),
        N_("no clear effect of support, {number} {unit} ({interval} {span})"),
        N_(
            "no clear difference between supported and other cells, "
            "{number} {unit} ({interval} {span})"
        ),
    ),
)


def rule(p_positive: float) -> Rule:
    """Rule that applies to a probability of being above zero.

    Raises
    ------
    ValueError
        ``p_positive`` is not a probability.
    """
    if not 0.0 <= p_positive <= 1.0:
        raise ValueError(f"found P = {p_positive}; expected a probability between 0 and 1")
    return next(each for each in RULES if each.low <= p_positive <= each.high)


def interval(row: pd.Series) -> str:
    """Kind and mass of a row's interval, as "95 % interval"."""
    return _("{mass} % interval").format(mass=str(row["interval"]).split("%")[0])


def _sentence(template: str, row: pd.Series) -> str:
    scale = row["scale"]
    digits = 2 if scale == "latent" else 1
    # The brackets hold one unit for the eye: no line break inside them.
    bracket = "({interval} {span})"
    tied = _(template).replace(bracket, bracket.replace(" ", _HARD_SPACE))
    return tied.format(
        quantity=quantity(scale),
        number=points(row["mean"], digits),
        unit=unit_of(scale, row["mean"], digits),
        interval=interval(row).replace(" ", _HARD_SPACE),
        span=span(row["lower"], row["upper"], digits=digits).replace(" ", _HARD_SPACE),
    )


def change(row: pd.Series) -> str:
    """Say a row of the changes table in words, e.g. of a group's pooled change."""
    return _sentence(rule(row["p_positive"]).change, row)


def effect(row: pd.Series) -> str:
    """Say a row of the effects table in words (an average effect on supported cells)."""
    return _sentence(rule(row["p_positive"]).effect, row)


def share(row: pd.Series) -> str:
    """Say a difference in shares improved in words."""
    return _sentence(rule(row["p_positive"]).share, row)


def titled(row: pd.Series, finding: str) -> str:
    """Put the group of a row before what was found for it."""
    return _("{group}: {finding}").format(group=capital(row["group"]), finding=finding)


def extremes(levels: pd.DataFrame, by: str) -> str:
    """Say which of one group's levels is the highest and which the lowest, by posterior mean."""

    def said(row: pd.Series) -> str:
        ends = span(row["lower"], row["upper"], signed=False, digits=0)
        return _("{label}, {level} ({interval} {span})").format(
            label=row[by],
            level=amount(row["mean"], 0),
            interval=interval(row).replace(" ", _HARD_SPACE),
            span=ends.replace(" ", _HARD_SPACE),
        )

    high, low = (levels.loc[pick] for pick in (levels["mean"].idxmax(), levels["mean"].idxmin()))
    return _("{group}: highest in {high}; lowest in {low}").format(
        group=capital(str(high["group"])), high=said(high), low=said(low)
    )


def overall_changes(
    changes: pd.DataFrame, scale: str, between: Sequence[str] | None = None
) -> list[str]:
    """Say every group's mean change over countries and factors.

    Parameters
    ----------
    changes : pandas.DataFrame
        The changes table.
    scale : str
    between : pair of str, optional
        As for :func:`cips_models.charts.select.first_compared`.
    """
    pooled = select.rows(changes, estimand="pooled change", scale=scale)
    several = len(pooled[["from", "to"]].drop_duplicates()) > 1
    overall = select.rows(select.first_compared(pooled, between), factor="")
    return [_of_waves(row, change(row), several=several) for _index, row in overall.iterrows()]


def _of_waves(row: pd.Series, finding: str, *, several: bool) -> str:
    """Put the group of a change before what was found; its waves, too, where it has several."""
    if not several:
        return titled(row, finding)
    waves = _("{first} to {last}").format(first=row["from"], last=row["to"])
    return titled(pd.Series({"group": listed((row["group"], waves))}), finding)
