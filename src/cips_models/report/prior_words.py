"""How far the effects depend on the priors, in sentences."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pandas as pd

from cips_models.charts.labels import capital, word
from cips_models.charts.numbers import amount, count, in_points, plain, points
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT
from cips_models.report.assessment import Assessment
from cips_models.wording import N_, _, listed

#: Sensitivity from which it is worth a look; and the most of Pareto k.
THRESHOLD: Final = 0.05
MOST_PARETO_K: Final = 0.7

_PRIORS: Mapping[str, str] = MappingProxyType(
    {
        "baseline": N_("levels at the first wave"),
        "effect": N_("mean effect of support"),
        "baseline_slope": N_("other starting points of supported cells (ν)"),
        "spillover_slope": N_("spillover within a country (π)"),
        "persistence": N_("loss of baseline deviations (κ)"),
        "already_treated": N_("cells under support from the start"),
        "mean_change": N_("change common to all countries and factors"),
        "common_change": N_("change of a factor common to all countries"),
        "country_baseline": N_("spread of countries' levels"),
        "cell_baseline": N_("spread of cells' levels"),
        "country_change": N_("spread of countries' changes"),
        "cell_change": N_("spread of cells' changes"),
        "country_effect": N_("spread of effects over countries"),
        "factor_effect": N_("spread of effects over factors"),
        "group_correlation": N_("correlation between groups"),
        "difficulty": N_("how hard it is to agree with items"),
        "stratum": N_("differences between kinds of people"),
        "stratum_by_factor": N_("how these differ by factor"),
        "mode": N_("differences between modes"),
        "mode_by_factor": N_("how these differ by factor"),
        "flat_cell": N_("levels of cells that are not pooled"),
        "item_wave_scale": N_("scale of sparse item drift"),
        "item_country_wave_scale": N_("scale of sparse item drift in a country"),
        "item_slab": N_("how far an item drifts that does"),
        "answering": N_("ease of answering at all"),
        "answering_by_wave": N_("how that differs by wave"),
        "answering_in_cell": N_("how that differs by cell"),
        "answering_by_country": N_("how that differs by question and cell"),
        "discrimination": N_("how sharply items tell people apart"),
        "gap": N_("distance of answer categories"),
        "specific": N_("spread of persons by factor"),
        "outlook": N_("spread of persons' general outlook"),
        "outlook_by_wave": N_("difference of the outlook's spread between waves"),
        "loading": N_("weight of the outlook in a factor"),
        "item_country": N_("spread of item shifts in countries"),
        "item_wave": N_("spread of item drift"),
        "item_country_wave": N_("spread of item drift in a country"),
        "answering_trait": N_("don't know and the outlook"),
        "answering_spread": N_("how readily persons say don't know"),
        "all priors": N_("all of these together"),
    }
)

VERDICTS: Mapping[str, str] = MappingProxyType(
    {
        "not sensitive": N_("not sensitive"),
        "prior weighs": N_("the prior weighs"),
        "prior weighs, data tell little": N_("the prior weighs and the data tell little"),
        "prior and data may disagree": N_("the prior weighs, and may disagree with the data"),
        "not told": N_("not told: the weights fail"),
    }
)


def prior_name(prior: object) -> str:
    """What a prior is of, in words; the name of one that is not known stands for itself."""
    return _(_PRIORS[str(prior)]) if str(prior) in _PRIORS else str(prior)


def average_under_priors(
    assessment: Assessment, group: str, specification: str, *, trusted: bool = True
) -> pd.DataFrame:
    """Rows of a group's average effect in points, as the priors are first; of one fit.

    ``trusted``: without those whose weights fail.
    """
    table = assessment["powered_priors"]
    table = table[
        (table["estimand"] == "ATT")
        & (table["scale"] == PERCENT)
        & (table["parallel_trends"] == "latent")
        & (table["specification"] == specification)
        & (table[GROUP] == group)
    ]
    route = "joint" if (table["route"] == "joint").any() else "cut"
    table = table[table["route"] == route]
    return table[~(table["pareto_k"] > MOST_PARETO_K)] if trusted else table


def sentences(assessment: Assessment, specification: str) -> tuple[str, ...]:
    """Say whether any average effect depends on a prior, how far it moves, and what else does."""
    table = assessment["prior_sensitivity"]
    if table.empty:
        return (_("There is no effect whose dependence on priors could be told."),)
    average = table[table["estimand"] == "ATT"]
    worst = average.loc[average["prior_sensitivity"].idxmax()]
    found = [
        _(
            "The priors of top-level parameters were made weaker and stronger in every fit. Of "
            "all sensitivities of an average effect to one of them, or to all, the largest is "
            "{largest} ({prior}, {group}); from {threshold} on one is worth a look."
        ).format(
            largest=amount(worst["prior_sensitivity"], 3),
            prior=prior_name(worst["prior"]),
            group=worst[GROUP],
            threshold=plain(THRESHOLD),
        )
    ]
    for group in assessment.about["groups"]:
        moved = average_under_priors(assessment, group, specification)
        if len(moved) > 1:
            found.append(
                _(
                    "{group}: with any one of them, or all, half or twice as strong the average "
                    "effect lies between {least} and {most}; it is {estimate} as the "
                    "priors are."
                ).format(
                    group=capital(group),
                    least=points(moved["mean"].min(), 2),
                    most=in_points(moved["mean"].max(), 2, signed=True),
                    estimate=points(moved["mean"].iloc[0], 2),
                )
            )
    sensitive = table[~table["verdict"].isin(("not sensitive",)) & (table["prior"] != "all priors")]
    for (estimand, prior, verdict), rows in sensitive.groupby(
        ["estimand", "prior", "verdict"], sort=False
    ):
        found.append(
            _("{estimand}, prior of {prior}: {verdict} (up to {largest}; {groups}).").format(
                estimand=capital(word(str(estimand))),
                prior=prior_name(prior),
                verdict=_(VERDICTS[str(verdict)]),
                largest=amount(rows["prior_sensitivity"].max(), 3),
                groups=listed(dict.fromkeys(rows[GROUP])),
            )
        )
    found += _parts(assessment["prior_sensitivity_parts"])
    if (again := assessment["powered_priors"].query("method == 'refit'")).size:
        priors = dict.fromkeys(map(prior_name, again["prior"]))
        found.append(
            _("Fitted anew, because weights could not be trusted: {list}.").format(
                list=listed(priors)
            )
        )
    return tuple(found)


def _parts(table: pd.DataFrame) -> list[str]:
    """Say how many effects by country or factor depend on a prior, which most, what is not told."""
    effects = [COUNTRY, FACTOR, GROUP]
    told = table["verdict"] != "not told"
    found = []
    if told.any():
        sensitive = table[told & (table["verdict"] != "not sensitive")]
        worst = table.loc[table["prior_sensitivity"][told].idxmax()]
        found.append(
            _(
                "Effects by country or factor that are sensitive to some prior, or to all "
                "together, in any fit: {count} of {all}. The largest sensitivity is {largest} "
                "({place}, {group}; {prior})."
            ).format(
                count=count(len(sensitive[effects].drop_duplicates())),
                all=count(len(table[effects].drop_duplicates())),
                largest=amount(worst["prior_sensitivity"], 3),
                place=worst[COUNTRY] or worst[FACTOR],
                group=worst[GROUP],
                prior=prior_name(worst["prior"]),
            )
        )
    if not told.all():
        found.append(
            _(
                "Of some effects by country or factor it is not told, because weights fail or "
                "chance alone gives as much: {list}."
            ).format(list=listed(dict.fromkeys(map(prior_name, table["prior"][~told]))))
        )
    return found
