"""Decisions in the report: effects that matter, and the risk of naming cells improved."""

from cips_models.charts.decision import PART
from cips_models.charts.labels import capital, intervals, word
from cips_models.charts.numbers import NONE, amount, count, in_points, plain, probability, span
from cips_models.names import GROUP
from cips_models.report.assessment import Assessment
from cips_models.report.document import Table
from cips_models.report.ways import default_specification
from cips_models.wording import N_, _, listed

LARGER = "P(effect > margin)"
IMPROVED, WRONG, RISK, MISSED = (
    "cells improved",
    "named in error",
    "false-sign risk",
    "improved, not named",
)
_PARTS = {"below": N_("below −{half}"), "within": N_("within ±{half}"), "above": N_("above {half}")}


def sentences(assessment: Assessment) -> tuple[str, ...]:
    """How probable an effect that matters is, and how many cells truly improved, by group."""
    table, naming = assessment["decision"], assessment["naming"]
    said = []
    for group in assessment.about["groups"]:
        own = table[(table[GROUP] == group)]
        own = own[own["specification"] == default_specification(assessment)]
        own = own[own["route"] == "joint"] if (own["route"] == "joint").any() else own
        larger = own[own["estimand"] == LARGER].sort_values("margin")
        if len(larger):
            shown = listed(
                _("more than {points} {p}").format(
                    points=in_points(row["margin"]), p=probability(row["mean"])
                )
                for _index, row in larger.iterrows()
            )
            said.append(
                _("{group}: probability that support was worth {list}.").format(
                    group=capital(group), list=shown
                )
            )
        counted = naming[(naming[GROUP] == group) & (naming["estimand"] == IMPROVED)]
        if len(counted):
            shown = listed(
                _("{mean} of {cells} {kind} ({span})").format(
                    mean=amount(row["mean"], 0), cells=count(row["cells"]),
                    kind=word(row["supported"]) or _("in all"),
                    span=span(row["lower"], row["upper"], signed=False, digits=0),
                )
                for _index, row in counted.iterrows()
            )  # fmt: skip
            said.append(
                _(
                    "{group}: cells that truly improved (margin {points}), expected number "
                    "and interval: {list}."
                ).format(
                    group=capital(group), points=in_points(counted["margin"].iloc[0]), list=shown
                )
            )  # fmt: skip
    if (table["stated"] == "default").any():
        said.append(
            _(
                "Where nobody stated a margin beforehand, several are shown; one that is chosen "
                "after seeing them proves nothing."
            )
        )
    return tuple(said)


def equivalence(assessment: Assessment) -> Table:
    """The parts of the posterior in, below and above the equivalence region, by every fit."""
    table = assessment["decision"]
    table = table[table["estimand"] == PART]
    half = plain(table["margin"].iloc[0]) if len(table) else ""
    rows = []
    for (group, specification, route), own in table.groupby(
        [GROUP, "specification", "route"], sort=False
    ):
        parts = own.set_index("part")["mean"]
        rows.append(
            (capital(group), word(specification), word(route),
             *(probability(parts[part]) for part in _PARTS))
        )  # fmt: skip
    return Table(
        _("Effects as good as none: up to {points}; probability of each part").format(
            points=in_points(table["margin"].iloc[0]) if len(table) else ""
        ),
        (_("Group"), _("Specification"), _("Route"),
         *(_(words).format(half=half) for words in _PARTS.values())),
        tuple(rows),
        words=3,
    )  # fmt: skip


def naming(assessment: Assessment) -> Table:
    """What becomes of the rule to name a cell improved from some probability on."""
    table = assessment["naming"]
    table = table[(table["supported"] == "") & table["threshold"].notna()]
    rows = []
    for (group, threshold), own in table.groupby([GROUP, "threshold"], sort=False):
        by = own.set_index("estimand")
        wrong, missed = by.loc[WRONG], by.loc[MISSED]
        risk = by.loc[RISK] if RISK in by.index else None
        rows.append(
            (
                capital(group),
                plain(threshold),
                count(wrong["named"]),
                amount(wrong["mean"]),
                NONE if risk is None else amount(risk["mean"]),
                NONE if risk is None else span(risk["lower"], risk["upper"], signed=False),
                amount(missed["mean"]),
            )
        )
    return Table(
        _("Naming cells improved: the rule, and how often it errs"),
        (
            _("Group"), _("Named from P(improved)"), _("Cells named"),
            _("Of these not improved, expected"), _("False-sign risk, %"),
            intervals(table["interval"]), _("Improved, not named, expected"),
        ),
        tuple(rows),
    )  # fmt: skip
