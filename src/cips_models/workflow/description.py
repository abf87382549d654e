"""What is in a survey, as tables and plain facts: counts and rates, never a respondent."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.disclosure import PRIMARY, SECONDARY
from cips_models.estimands.nonresponse import LABEL, dont_know_changes, nonresponse
from cips_models.names import COUNTRY, FACTOR, GROUP, ITEM, WAVE
from cips_models.survey.released import BECAME, Released, answers
from cips_models.survey.survey import Survey
from cips_models.tables import empty_table

#: Countries from whose mean rate of don't know the rate of none follows, rounded as it is.
_MANY: Final = 5

_RATES: Final = ("rate_from", "rate_to", "change", "lower", "upper")


def facts(survey: Survey, shown: Released | None = None) -> dict[str, Any]:
    """Facts about a survey as JSON values.

    Parameters
    ----------
    survey : Survey
    shown : Released, optional
        From :func:`shown_counts`, to compute it only once.

    Returns
    -------
    dict
        ``name, synthetic, countries, followed`` (countries seen in two or more waves),
        ``groups, waves, factors, respondents, answers`` (substantive ones), ``notes``,
        ``assumption`` (what the study takes to be true of the mode, or ""), ``threshold`` of
        disclosure control and ``fingerprint``.  Counts that are withheld are None.
    """
    counts = shown_counts(survey) if shown is None else shown
    seen = survey.respondents.groupby(COUNTRY, observed=False)[WAVE].nunique()
    return {
        "name": survey.name,
        "synthetic": survey.synthetic,
        "countries": list(survey.countries),
        "followed": [country for country in survey.countries if seen[country] > 1],
        "groups": list(survey.groups),
        "waves": list(survey.waves),
        "factors": list(survey.factors),
        "respondents": _whole(counts[("all",)]),
        "answers": _whole(counts[("answers",)]),
        "notes": list(survey.notes),
        "assumption": "" if survey.composition is None else survey.composition.assumption,
        "threshold": survey.disclosure.threshold,
        "fingerprint": survey.fingerprint,
    }


def _whole(count: float) -> int | None:
    return None if np.isnan(count) else int(count)


def shown_counts(survey: Survey) -> Released:
    """Every count of a survey that is in a table, and which of them are withheld."""
    return answers(survey, nonresponse(survey).sum(COUNTRY))


def survey_tables(
    survey: Survey,
    shown: Released | None = None,
    *,
    pairs: Sequence[tuple[str, str]] | None = None,
) -> Mapping[str, pd.DataFrame]:
    """What the report shows: respondents, nonresponse, exclusions, support.

    Counts that are withheld are empty, and ``disclosure`` says which and why. Don't know is
    compared between the first of ``pairs`` of waves, instead of the first and the last in which a
    question was asked.
    """
    by_item = nonresponse(survey)
    counts = answers(survey, by_item.sum(COUNTRY)) if shown is None else shown
    items = _nonresponse_items(survey, by_item, counts)
    tables = {
        "respondents": _respondents(survey, counts),
        "nonresponse": _nonresponse(survey, counts),
        "nonresponse_items": items,
        "dont_know": _dont_know(survey, by_item, items, pairs[0] if pairs else None),
        "exclusions": _exclusions(survey),
        "support": _support(survey),
    }
    return {**tables, "disclosure": _disclosure(counts, tables)}


def _respondents(survey: Survey, shown: Released) -> pd.DataFrame:
    dims = [COUNTRY, GROUP, WAVE]
    table = survey.respondents.groupby(dims, observed=True).size().index.to_frame(index=False)
    table["respondents"] = _counts(shown, "respondents", table[dims])
    whole = table[dims[1:]].drop_duplicates().sort_values(dims[1:])
    whole = whole.assign(country="", respondents=_counts(shown, "total", whole).to_numpy())
    return pd.concat([_plain(table, dims), _plain(whole, dims)[table.columns]], ignore_index=True)


def _counts(shown: Released, name: str, labels: pd.DataFrame, *what: str) -> pd.Series:
    """Counts by their labels; missing where withheld."""
    places = labels.astype(str).itertuples(index=False, name=None)
    return pd.Series([shown[(name, *place, *what)] for place in places], dtype="Int64")


def _nonresponse(survey: Survey, shown: Released) -> pd.DataFrame:
    keys = survey.respondents.groupby([GROUP, WAVE], observed=True).size().index
    table = _plain(keys.to_frame(index=False), [GROUP, WAVE])
    counts = {what: _counts(shown, "nonresponse", table[[GROUP, WAVE]], what) for what in BECAME}
    return table.assign(**counts)


def _nonresponse_items(survey: Survey, by_item: xr.Dataset, shown: Released) -> pd.DataFrame:
    """Don't know and refusals of every item, group and wave in which anybody was asked."""
    dims = [ITEM, GROUP, WAVE]
    table = by_item.sum(COUNTRY).to_dataframe(dim_order=dims).query("asked > 0").reset_index()
    for what in ("asked", "dont_know", "refused"):
        table[what] = _counts(shown, "nonresponse_items", table[dims], what)
    table["rate"] = 100.0 * table["dont_know"] / table["asked"]
    return _with_factor(survey, _plain(table, dims).astype({"rate": "float64"}))


def _dont_know(
    survey: Survey, counts: xr.Dataset, items: pd.DataFrame, waves: tuple[str, str] | None
) -> pd.DataFrame:
    """Change of the rate of don't know of every item and group that was asked twice.

    A rate is withheld with the counts it is made of, and where it is the mean of few countries
    some of which have few people who did not know.  The others are rounded to a tenth of a point.
    """
    dims = [ITEM, GROUP]
    changed = dont_know_changes(counts, waves).to_dataframe(dim_order=dims)
    table = changed.query("to != ''").reset_index()
    if not survey.disclosure.off:
        shown = items.set_index([ITEM, GROUP, WAVE])["rate"].notna()
        small = survey.disclosure.small(counts["dont_know"].to_numpy())
        few = counts["dont_know"].copy(data=small).any((COUNTRY, WAVE)).to_series()
        kept = [
            shown.get((row[ITEM], row[GROUP], row["from"]), False)
            and shown.get((row[ITEM], row[GROUP], row["to"]), False)
            and (row["countries"] >= _MANY or not few[row[GROUP], row[ITEM]])
            for _index, row in table.iterrows()
        ]
        table.loc[~np.array(kept, dtype=bool), list(_RATES)] = np.nan
        table[list(_RATES)] = table[list(_RATES)].round(1)
    table["interval"] = table["lower"].notna().map({True: LABEL, False: ""})
    return _with_factor(survey, _plain(table, dims))


def _exclusions(survey: Survey) -> pd.DataFrame:
    table = survey.exclusions[["column", "value", "rows"]]
    rows = table["rows"].astype("Int64")
    return table.assign(rows=rows.mask(survey.disclosure.small(rows.to_numpy(dtype=float))))


def _disclosure(shown: Released, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """What is withheld of the survey, and why."""
    found = list(shown.audit())
    rates, left_out = tables["dont_know"], tables["exclusions"]
    withheld = rates[rates["change"].isna() & (rates["countries"] > 0)]
    found += [
        ("dont_know", f"{row[ITEM]} / {row[GROUP]}", "rate_from to upper", SECONDARY)
        for _index, row in withheld.iterrows()
    ]
    found += [
        ("exclusions", f"{row['column']} / {row['value']}", "rows", PRIMARY)
        for _index, row in left_out[left_out["rows"].isna()].iterrows()
    ]
    return pd.DataFrame(found, columns=list(empty_table("disclosure").columns))


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
