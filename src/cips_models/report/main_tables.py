"""The main tables of a report, by a name for their files: what leaves as LaTeX and Word."""

from collections.abc import Mapping
from dataclasses import replace

from cips_models.charts.effect import ATT as AVERAGE
from cips_models.charts.effect import NEW_COUNTRY
from cips_models.did.estimand import in_words, of_rows
from cips_models.names import GROUP, LATENT, PERCENT
from cips_models.report import (
    certainty,
    change_tables,
    data_tables,
    effect_tables,
    few_clusters,
    front,
    model_tables,
    trends,
)
from cips_models.report.assessment import Assessment
from cips_models.report.document import Document, Section, Table, bullets, said
from cips_models.report.in_language import in_language
from cips_models.report.ways import default_specification
from cips_models.wording import _


def main_tables(assessment: Assessment) -> dict[str, Table]:
    """Tables by name, in the order of the report; none without rows.

    Parameters
    ----------
    assessment : Assessment
    """
    assessment = in_language(assessment)
    first = default_specification(assessment)
    found = {
        "respondents": data_tables.respondents(assessment),
        "headline": change_tables.headline(assessment),
        "changes": change_tables.pooled_changes(assessment),
        "levels": change_tables.pooled_levels(assessment),
        "effects": effect_tables.bracket(assessment),
        "contributions": effect_tables.contributions(assessment, first),
        "heterogeneity": effect_tables.heterogeneity(assessment, first),
        "trends": trends.breakdowns(assessment),
        "permutations": few_clusters.permutations(assessment),
        **{
            f"certainty-{position}": certainty.table(claim)
            for position, claim in enumerate(certainty.claims(assessment), start=1)
        },
        "refusals": data_tables.refusals(assessment),
        "priors": model_tables.priors(assessment),
    }
    return {name: table for name, table in found.items() if table.rows}


def statements(assessment: Assessment) -> dict[str, list[str]]:
    """What the effects in main tables are effects of, by the names of the tables."""
    told = in_language(assessment)
    effects, biased, maps = (told[name] for name in ("effects", "trends", "permutations"))
    usual = effects[
        (effects["specification"] == default_specification(told))
        & (effects["route"] == "joint")
        & (effects["parallel_trends"] == LATENT)
        & (effects["scale"] == PERCENT)
    ]
    default = usual[usual["estimand"] == AVERAGE]
    shown = {
        "effects": effects[effects["estimand"] == AVERAGE],
        "heterogeneity": usual[usual["estimand"].isin((AVERAGE, NEW_COUNTRY))],
        "trends": biased[(biased["scale"] == PERCENT) & (biased["estimand"] == "ATT under a bias")],
        "permutations": maps[maps[GROUP] != ""],
    }
    for position, claim in enumerate(certainty.claims(told), start=1):
        if claim == certainty.effect_claim(told, claim.group):
            shown[f"certainty-{position}"] = default[default[GROUP] == claim.group]
    return {name: in_words(of_rows(rows)) for name, rows in shown.items()}


def tables_only(assessment: Assessment, printed: Mapping[str, Table]) -> Document:
    """A document of nothing but tables, each under its caption.

    Parameters
    ----------
    assessment : Assessment
    printed : mapping of str to Table
        By a short name.
    """
    told, notes = in_language(assessment), statements(assessment)
    return Document(
        kind=_("Main tables"),
        title=told.about["name"],
        origin=front.origin(told),
        banners=front.banners(told),
        sections=tuple(
            Section(
                table.caption,
                said(replace(table, caption="", folded=False), bullets(notes.get(name, []))),
                key=name,
            )
            for name, table in printed.items()
        ),
    )
