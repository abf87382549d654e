"""Spillover in the report: what the effect misses, and what no comparison can see."""

from cips_models.charts import findings
from cips_models.charts.labels import capital
from cips_models.charts.numbers import count, in_points, points, probability, span
from cips_models.charts.spillover import SLOPE, slope_words
from cips_models.names import COUNTRY, GROUP, PERCENT
from cips_models.report.assessment import Assessment
from cips_models.report.trends import unchecked
from cips_models.wording import _

WITH_SPILLOVER = "ATT with spillover"
EXPOSED, SUPPORTED = "exposed, not supported", "supported"


def sentences(assessment: Assessment) -> tuple[str, ...]:
    """The slope over countries, exposure between factors, and what no comparison can see."""
    table, said = assessment["spillover"], []
    for group in assessment.about["groups"]:
        own = table[(table[GROUP] == group) & (table[COUNTRY] == "")]
        slope = own[own["estimand"] == SLOPE]
        if slope.empty:
            continue
        whole = own[(own["estimand"] == WITH_SPILLOVER) & (own["scale"] == PERCENT)].iloc[0]
        said.append(
            findings.titled(slope.iloc[0], slope_words(slope.iloc[0]))
            + ". "
            + _(
                "If that slope were wholly due to support, support would be worth {effect} "
                "({interval} {span}) to a supported cell, against the same cell in a country "
                "without any."
            ).format(
                effect=in_points(whole["mean"], 1, signed=True), interval=findings.interval(whole),
                span=span(whole["lower"], whole["upper"]),
            )
        )  # fmt: skip
    said += unchecked(assessment, "spillover")
    return (*said, *_exposures(assessment), _unseen())


def _exposures(assessment: Assessment) -> list[str]:
    table, said = assessment["exposure"], []
    for group in assessment.about["groups"]:
        own = table[table[GROUP] == group].set_index("estimand")
        if own.empty:
            continue
        exposed = own.loc[EXPOSED]
        said.append(
            _(
                "From factor to factor, {group}: {cells} cells without support that the exposure "
                "map says are reached changed by {effect} logits more than cells neither "
                "supported nor reached ({span}; probability of being above zero: {p})."
            ).format(
                group=capital(group), cells=count(exposed["cells"]),
                effect=points(exposed["mean"], 2),
                span=span(exposed["lower"], exposed["upper"], digits=2),
                p=probability(exposed["p_positive"]),
            )
        )  # fmt: skip
        if SUPPORTED in own.index:
            direct = own.loc[SUPPORTED]
            said.append(
                _(
                    "Supported cells, against the same: {effect} logits ({span}); {aside} cells "
                    "exposed in part are in neither."
                ).format(
                    effect=points(direct["mean"], 2),
                    span=span(direct["lower"], direct["upper"], digits=2),
                    aside=count(direct["set_aside"]),
                )
            )
    return [*said, *unchecked(assessment, "exposure")]


def _unseen() -> str:
    return _(
        "What the comparison within countries cannot see: whatever support did to all factors of a "
        "country alike, and to countries without any. A slope over countries hints at the first, "
        "as far as countries with more support were like the others; nothing here shows the second."
    )
