"""What is in a survey, as tables and plain facts: counts and rates, never a respondent."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import xarray as xr

from cips_models.estimands.nonresponse import LABEL, dont_know_changes, nonresponse
from cips_models.names import COUNTRY, FACTOR, GROUP, ITEM, WAVE
from cips_models.survey.survey import ANSWERED, DONT_KNOW, NOT_ASKED, REFUSED, Survey

_REASONS = {
    "answered": ANSWERED,
    "dont_know": DONT_KNOW,
    "refused": REFUSED,
    "not_asked": NOT_ASKED,
}


def facts(survey: Survey) -> dict[str, Any]:
    """Facts about a survey as JSON values.

    Returns
    -------
    dict
        ``name, synthetic, countries, followed`` (countries seen in two or more waves),
        ``groups, waves, factors, respondents, answers`` (substantive ones), ``notes``,
        ``assumption`` (what the study takes to be true of the mode, or "") and
        ``fingerprint``.
    """
    seen = survey.respondents.groupby(COUNTRY, observed=False)[WAVE].nunique()
    return {
        "name": survey.name,
        "synthetic": survey.synthetic,
        "countries": list(survey.countries),
        "followed": [country for country in survey.countries if seen[country] > 1],
        "groups": list(survey.groups),
        "waves": list(survey.waves),
        "factors": list(survey.factors),
        "respondents": len(survey.respondents),
        "answers": int((survey.reasons == ANSWERED).sum()),
        "notes": list(survey.notes),
        "assumption": "" if survey.composition is None else survey.composition.assumption,
        "fingerprint": survey.fingerprint,
    }


def survey_tables(survey: Survey) -> Mapping[str, pd.DataFrame]:
    """Count what the report shows: respondents, nonresponse, exclusions, support."""
    by_item = nonresponse(survey)
    return {
        "respondents": _respondents(survey),
        "nonresponse": _nonresponse(survey),
        "nonresponse_items": _nonresponse_items(survey, by_item),
        "dont_know": _dont_know(survey, by_item),
        "exclusions": survey.exclusions[["column", "value", "rows"]],
        "support": _support(survey),
    }


def _respondents(survey: Survey) -> pd.DataFrame:
    dims = [COUNTRY, GROUP, WAVE]
    sizes = survey.respondents.groupby(dims, observed=True).size()
    return _plain(sizes.rename("respondents").reset_index(), dims)


def _nonresponse(survey: Survey) -> pd.DataFrame:
    reasons = survey.reasons.to_numpy()
    counts = pd.DataFrame({name: (reasons == code).sum(1) for name, code in _REASONS.items()})
    keys = [survey.respondents[dim].to_numpy() for dim in (GROUP, WAVE)]
    table = counts.groupby(keys, observed=True, sort=False).sum()
    order = pd.MultiIndex.from_product([survey.groups, survey.waves], names=[GROUP, WAVE])
    return table.reindex(order[order.isin(table.index)]).reset_index()


def _nonresponse_items(survey: Survey, counts: xr.Dataset) -> pd.DataFrame:
    """Don't know and refusals of every item, group and wave in which anybody was asked."""
    dims = [ITEM, GROUP, WAVE]
    table = counts.sum(COUNTRY).to_dataframe(dim_order=dims).query("asked > 0").reset_index()
    table["rate"] = 100.0 * table["dont_know"] / table["asked"]
    return _with_factor(survey, _plain(table, dims))


def _dont_know(survey: Survey, counts: xr.Dataset) -> pd.DataFrame:
    """Change of the rate of don't know of every item and group that was asked twice."""
    dims = [ITEM, GROUP]
    table = dont_know_changes(counts).to_dataframe(dim_order=dims).query("to != ''").reset_index()
    table["interval"] = table["lower"].notna().map({True: LABEL, False: ""})
    return _with_factor(survey, _plain(table, dims))


def _with_factor(survey: Survey, table: pd.DataFrame) -> pd.DataFrame:
    factors = {item.id: item.factor for item in survey.codebook.items}
    table.insert(1, FACTOR, table[ITEM].map(factors))
    return table


def _support(survey: Survey) -> pd.DataFrame:
    if survey.supported is None or survey.support_start is None:
        return pd.DataFrame(
            {COUNTRY: [], FACTOR: [], "supported": [], "start": [], "intensity": []}
        )
    table = survey.supported.to_series().rename("supported").reset_index()
    start = survey.support_start.to_series().to_numpy()
    told = survey.support_intensity
    intensity = survey.supported.astype(float) if told is None else told
    return table.assign(
        # With one wave, support that starts at the second is in force at none.
        start=[survey.waves[s] if 0 <= s < len(survey.waves) else "" for s in start],
        intensity=intensity.to_series().to_numpy(),
    )


def _plain(table: pd.DataFrame, labels: list[str]) -> pd.DataFrame:
    return table.astype(dict.fromkeys(labels, "str"))
