"""The ways of estimating one effect: which is shown first, which beside it, which are missing."""

import pandas as pd

from cips_models.charts.labels import capital, word
from cips_models.charts.numbers import in_points
from cips_models.did.bracket import BRACKET
from cips_models.names import GROUP, PERCENT
from cips_models.report.assessment import Assessment
from cips_models.wording import _, listed


def default_specification(assessment: Assessment) -> str:
    """Specification whose effect is shown first: that of the run, where effects name it."""
    named = list(dict.fromkeys(assessment["effects"]["specification"]))
    own = str(assessment.about["specification"])
    return own if own in named or not named else str(named[0])


def average_effects(assessment: Assessment, group: str, scale: str = PERCENT) -> pd.DataFrame:
    """Every estimate of a group's average effect on supported cells."""
    table = assessment["effects"]
    return table[(table["estimand"] == "ATT") & (table[GROUP] == group) & (table["scale"] == scale)]


def ways(table: pd.DataFrame, default: str) -> list[tuple[str, pd.Series]]:
    """Estimates of one effect that the brief shows: the default first, then the others."""
    wanted = [
        (_("{specification}, trends parallel in logits"), default, "joint", "latent"),
        (_("the same, trends parallel in points"), default, "joint", "points"),
        (_("the same, cut route"), default, "cut", "latent"),
        *(
            (way, name, route, "latent")
            for name in BRACKET
            if name != default
            for way, route in (
                ("{specification}", "joint"),
                (_("{specification}, cut route"), "cut"),
            )
        ),
    ]
    found = []
    for way, specification, route, trends in wanted:
        rows = table[
            (table["specification"] == specification)
            & (table["route"] == route)
            & (table["parallel_trends"] == trends)
        ]
        found += [
            (way.format(specification=word(specification)), row) for _i, row in rows.iterrows()
        ]
    return found or [(word(str(table["specification"].iloc[0])), table.iloc[0])]


def missing(table: pd.DataFrame) -> list[str]:
    """Say which estimates of the bracket are not there."""
    absent = [word(name) for name in BRACKET if name not in set(table["specification"])]
    absent += [_("cut route")] if "cut" not in set(table["route"]) else []
    if not absent:
        return []
    return [
        _("Not computed: {list}. The effect must not be quoted without them.").format(
            list=listed(absent)
        )
    ]


def sign_warnings(estimates: pd.DataFrame) -> list[str]:
    """Say where parallel trends in logits and in points disagree in sign."""
    found = []
    for (specification, route), pair in estimates.groupby(["specification", "route"], sort=False):
        means = pair.set_index("parallel_trends")["mean"]
        if {"latent", "points"} <= set(means.index) and means["latent"] * means["points"] < 0:
            found.append(
                _(
                    "{specification}, {route} route: the effect is {latent} with trends "
                    "parallel in logits and {points} with trends parallel in points. The "
                    "two disagree in sign: the direction depends on the scale."
                ).format(
                    specification=capital(word(str(specification))),
                    route=word(str(route)),
                    latent=in_points(means["latent"], 2, signed=True),
                    points=in_points(means["points"], 2, signed=True),
                )
            )
    return found
