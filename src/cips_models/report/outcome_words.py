"""What several outcomes of one effect say together, by declared rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from cips_models.charts.findings import rule
from cips_models.charts.labels import capital, outcome, small
from cips_models.names import GROUP
from cips_models.report.assessment import Assessment
from cips_models.wording import N_, _, listed_apart


@dataclass(frozen=True)
class SideBySide:
    """Words for what several outcomes say together.

    Attributes
    ----------
    holds : callable
        Takes the directions that the rules give to the outcomes (1, 0, -1), and whether the
        estimates lie on both sides of zero.
    when, sentence : str
        The condition and the words, to be translated.
    differs : bool
        The sign or the conclusion differs between outcomes.
    """

    holds: Callable[[set[int], bool], bool]
    when: str
    sentence: str
    differs: bool


#: The first that holds applies; the last always holds.
SIDE_BY_SIDE: Final[tuple[SideBySide, ...]] = (
    SideBySide(
        lambda signs, both: {1, -1} <= signs,
        N_("Some outcomes say more, others less."),
        N_(
            "The sign depends on the outcome. Supported cells gained more by: {up}. They gained "
            "less by: {down}. No direction is established."
        ),
        True,
    ),
    SideBySide(
        lambda signs, both: 0 in signs and signs != {0} and both,
        N_("Some outcomes have no clear direction, and estimates lie on both sides of zero."),
        N_(
            "Sign and conclusion depend on the outcome. A direction is clear or probable by: "
            "{clear}. It is not by: {unclear}. Below zero is the estimate of: {below}."
        ),
        True,
    ),
    SideBySide(
        lambda signs, both: 0 in signs and signs != {0},
        N_("Some outcomes have no clear direction; all estimates lie on one side of zero."),
        N_(
            "The conclusion depends on the outcome, the sign does not. A direction is clear or "
            "probable by: {clear}. It is not by: {unclear}."
        ),
        True,
    ),
    SideBySide(
        lambda signs, both: signs == {0} and both,
        N_("No outcome has a clear direction, and estimates lie on both sides of zero."),
        N_(
            "None of the {n} outcomes has a clear direction, and their signs differ. Below zero is "
            "the estimate of: {below}."
        ),
        True,
    ),
    SideBySide(
        lambda signs, both: signs == {0},
        N_("No outcome has a clear direction; all estimates lie on one side of zero."),
        N_("None of the {n} outcomes has a clear direction; all have the same sign."),
        False,
    ),
    SideBySide(
        lambda signs, both: True,
        N_("All outcomes point in the same direction."),
        N_("All {n} outcomes agree in sign and in conclusion."),
        False,
    ),
)


def averages(assessment: Assessment) -> pd.DataFrame:
    """Rows of the outcomes table that are average effects, not shares of single answers."""
    table = assessment["outcomes"]
    return table[table["estimand"] == "ATT"]


def together(effects: pd.DataFrame) -> tuple[str, bool]:
    """What the outcomes of one group say together, and whether they differ.

    Parameters
    ----------
    effects : pandas.DataFrame
        Rows of :func:`averages`, at least one.
    """
    names = [
        outcome(scale, trends)
        for scale, trends in zip(effects["scale"], effects["parallel_trends"], strict=True)
    ]
    signs = [rule(p).sign for p in effects["p_positive"]]
    means = list(effects["mean"])
    found = next(
        each for each in SIDE_BY_SIDE if each.holds(set(signs), min(means) < 0 < max(means))
    )

    def those(chosen: Sequence[bool]) -> str:
        return listed_apart(name for name, one in zip(names, chosen, strict=True) if one)

    said = _(found.sentence).format(
        n=len(names),
        up=those([sign == 1 for sign in signs]),
        down=those([sign == -1 for sign in signs]),
        clear=those([sign != 0 for sign in signs]),
        unclear=those([sign == 0 for sign in signs]),
        below=those([mean < 0 for mean in means]),
    )
    return said, found.differs


def sentences(assessment: Assessment) -> tuple[str, ...]:
    """What the outcomes say together, group by group."""
    table = averages(assessment)
    said = [
        _("{group}: {finding}").format(group=capital(str(group)), finding=small(together(mine)[0]))
        for group, mine in table.groupby(GROUP, sort=False)
    ]
    if len(table) and not table["parallel_trends"].isin(["distribution"]).any():
        said.append(
            _(
                "Nothing is compared between countries: no item of three levels or more was asked "
                "in both waves with two supporting and two other countries."
            )
        )
    return tuple(said)


def warnings(assessment: Assessment, group: str) -> list[str]:
    """What must stand beside the answer for a group: that outcomes differ."""
    table = averages(assessment)
    mine = table[table[GROUP] == group]
    said, differs = together(mine) if len(mine) else ("", False)
    return [said] if differs else []
