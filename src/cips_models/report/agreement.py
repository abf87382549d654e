"""What several estimates of one effect say together, by declared rules."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from cips_models.charts import findings
from cips_models.wording import N_, _


@dataclass(frozen=True)
class Agreement:
    """Words for what several estimates say together.

    Attributes
    ----------
    holds : callable
        Takes the set of signs that the rules give to the estimates (1, 0, -1).
    when, sentence : str
        The condition and the words, to be translated.
    """

    holds: Callable[[set[int]], bool]
    when: str
    sentence: str


#: The first that holds applies; the last always holds.
AGREEMENT: tuple[Agreement, ...] = (
    Agreement(
        lambda signs: {1, -1} <= signs,
        N_("Some estimates say more, others less."),
        N_(
            "The {n} estimates of this effect contradict one another: {up} say that supported "
            "cells gained more, {down} that they gained less. No direction is established."
        ),
    ),
    Agreement(
        lambda signs: signs == {0},
        N_("No estimate has a clear direction."),
        N_("None of the {n} estimates of this effect has a clear direction."),
    ),
    Agreement(
        lambda signs: 0 in signs,
        N_("Some estimates have no clear direction, the others agree."),
        N_(
            "{unclear} of the {n} estimates of this effect have no clear direction: the answer "
            "depends on what is assumed."
        ),
    ),
    Agreement(
        lambda signs: True,
        N_("All estimates point in the same direction."),
        N_("All {n} estimates of this effect point in the same direction."),
    ),
)


def agreement(estimates: pd.DataFrame) -> str:
    """Say what several estimates of one effect say together.

    Parameters
    ----------
    estimates : pandas.DataFrame
        Rows of the effects table, at least one.
    """
    signs = [findings.rule(p).sign for p in estimates["p_positive"]]
    rule = next(each for each in AGREEMENT if each.holds(set(signs)))
    return _(rule.sentence).format(
        n=len(signs), up=signs.count(1), down=signs.count(-1), unclear=signs.count(0)
    )
