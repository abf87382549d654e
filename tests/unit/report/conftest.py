"""Assessments of any anatomy, made from the made-up result tables."""

from collections.abc import Callable

import pandas as pd
import pytest

from cips_models.report import Assessment
from cips_models.tables.few_clusters import FEW_CLUSTERS
from cips_models.tables.trends import TRENDS


def with_totals(people: pd.DataFrame) -> pd.DataFrame:
    whole = people.groupby(["group", "wave"], as_index=False)["respondents"].sum()
    return pd.concat([people, whole.assign(country="")], ignore_index=True)


def assess(tables, *, synthetic=True, passed=True, forced=False, **about) -> Assessment:
    cells = tables["changes"].query("estimand == 'change'")
    countries, factors, groups = (
        list(dict.fromkeys(cells[dim])) for dim in ("country", "factor", "group")
    )
    waves = list(dict.fromkeys(tables["levels"]["wave"]))
    once = "Zambia"
    support = cells[cells["group"] == groups[0]][["country", "factor", "supported"]]
    support = support[support["supported"] != ""]
    support = support.assign(supported=support["supported"] == "supported")
    support = support.assign(start=["2023" if s else "" for s in support["supported"]])
    support = support.assign(intensity=support["supported"].astype(float))
    people = [
        (country, group, wave, 100 + 7 * i + 3 * j + k)
        for i, country in enumerate([*countries, once])
        for j, group in enumerate(groups)
        for k, wave in enumerate(waves[:1] if country == once else waves)
    ]
    diagnostics = tables["diagnostics"].copy()
    if not passed:
        diagnostics.loc[0, ["passed", "rhat"]] = [False, 1.08]
    asked = [(g, w, 5000, 240, 31, 400) for g in groups for w in waves]
    items = [(f"Q{k:02d}", factor) for k, factor in enumerate(factors)]
    by_item = [(i, f, g, w, 900, 45, 3, 5.0) for i, f in items for g in groups for w in waves]
    rose = [
        (i, f, g, waves[0], waves[-1], 17, 5.0, 5.0 + k, float(k), k - 1.5, k + 1.5, "95% t")
        for k, (i, f) in enumerate(items)
        for g in groups
    ]
    return Assessment(
        about={
            "name": "CIPS demonstration",
            "synthetic": synthetic,
            "countries": [*countries, once],
            "followed": countries,
            "groups": groups,
            "waves": waves,
            "factors": factors,
            "respondents": sum(p[3] for p in people),
            "answers": 20000,
            "threshold": 10,
            "specification": "did",
            "seed": 20260101,
            "fingerprint": "5f2c" * 16,
            "versions": {"cips-models": "0.1.0", "pymc": "6.4.0"},
            "created": "2026-01-02",
            "forced": forced,
            **about,
        },
        tables={
            "respondents": with_totals(
                pd.DataFrame(people, columns=["country", "group", "wave", "respondents"])
            ),
            "disclosure": pd.DataFrame(
                [("exclusions", "group / guest", "rows", "primary")],
                columns=["table", "row", "column", "reason"],
            ),
            "nonresponse": pd.DataFrame(
                asked, columns=["group", "wave", "answered", "dont_know", "refused", "not_asked"]
            ),
            "nonresponse_items": pd.DataFrame(
                by_item,
                columns=[
                    "item",
                    "factor",
                    "group",
                    "wave",
                    "asked",
                    "dont_know",
                    "refused",
                    "rate",
                ],
            ),
            "dont_know": pd.DataFrame(
                rose,
                columns=[
                    "item",
                    "factor",
                    "group",
                    "from",
                    "to",
                    "countries",
                    "rate_from",
                    "rate_to",
                    "change",
                    "lower",
                    "upper",
                    "interval",
                ],
            ),
            "exclusions": pd.DataFrame({"column": ["group"], "value": ["trainee"], "rows": [12]}),
            "support": support.reset_index(drop=True),
            "comparison": tables["comparison"],
            "items": tables["items"],
            "drift": tables["drift"],
            **{name: tables[name] for name in TRENDS},
            **{name: tables[name] for name in FEW_CLUSTERS},
            "refusals": tables["refusals"],
            "levels": tables["levels"],
            "changes": tables["changes"],
            "improved": tables["improved"],
            "effects": tables["effects"],
            "outcomes": tables["outcomes"],
            "weightings": tables["weightings"],
            "cell_effects": tables["cell_effects"],
            "effect_paths": tables["effect_paths"],
            **({"selection": tables["selection"]} if len(tables["selection"]) else {}),
            "diagnostics": diagnostics,
            "predictive": tables["predictive"],
        },
        notes=("Zambia was surveyed in one wave only.",),
        statements=("Officials: within-country differences & trends <parallel> in logits.",)
        if len(tables["effects"])
        else (),
        identification=("The log discriminations of a block <sum> to zero.",),
        passed=passed,
    )


@pytest.fixture(scope="session")
def make_assessment() -> Callable[..., Assessment]:
    """Put tables into an assessment: ``make_assessment(tables, passed=False)``."""
    return assess


@pytest.fixture(scope="session")
def assessment(tables) -> Assessment:
    """The CIPS anatomy, all gates passed."""
    return assess(tables)
