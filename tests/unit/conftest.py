"""Plausible result tables of any anatomy, for what draws and writes results.

The numbers are made up with a fixed seed; nothing was fitted.
"""

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
import pandas as pd
import pytest

from cips_models.tables import TABLES, empty_table

FACTORS = (
    "Leadership and Commitment",
    "Regulatory Framework",
    "Transparency",
    "Automation",
    "Reform and Modernization",
    "Audit and Investigation",
    "Code of Conduct",
    "Human Resource Management",
    "Morale and Organizational Culture",
    "Relationship with the Private Sector",
)
COUNTRIES = (
    "Angola",
    "Benin",
    "Botswana",
    "Burkina Faso",
    "Cameroon",
    "Côte d'Ivoire",
    "Eswatini",
    "Gambia",
    "Ghana",
    "Lesotho",
    "Liberia",
    "Madagascar",
    "Malawi",
    "Mozambique",
    "Sierra Leone",
    "Trinidad and Tobago",
    "Zimbabwe",
)
INNER, OUTER = 0.6745, 1.96

type Tables = dict[str, pd.DataFrame]


class Builder:
    """Rows of estimates with normal posteriors."""

    def __init__(self, seed: int):
        self.rng = np.random.default_rng(seed)

    def row(self, mean: float, sd: float, **labels: object) -> dict[str, object]:
        from scipy.special import ndtr

        return {
            **labels,
            "mean": mean,
            "sd": sd,
            "lower": mean - OUTER * sd,
            "upper": mean + OUTER * sd,
            "interval": "95% ETI",
            "p_positive": float(ndtr(mean / sd)),
            "inner_lower": mean - INNER * sd,
            "inner_upper": mean + INNER * sd,
            "mcse": sd / 20,
        }


def build(
    *,
    countries: Sequence[str] = COUNTRIES,
    factors: Sequence[str] = FACTORS,
    groups: Sequence[str] = ("officials", "private sector"),
    waves: Sequence[str] = ("2021", "2023"),
    support: bool = True,
    effect: float = 3.0,
    rise: float = 5.0,
    seed: int = 1,
) -> Tables:
    """Result tables as the contract names them."""
    b = Builder(seed)
    rng = b.rng
    supported = {
        (c, f): ("supported" if rng.random() < 0.4 else "unsupported") if support else ""
        for c in countries
        for f in factors
    }
    # No country and no factor without both kinds, so that effects are identified everywhere.
    if support:
        for i, c in enumerate(countries):
            supported[c, factors[i % len(factors)]] = "supported"
            supported[c, factors[(i + 1) % len(factors)]] = "unsupported"
    span = {"from": waves[0], "to": waves[-1]}
    levels, changes, improved, effects, predictive = [], [], [], [], []
    for group in groups:
        tilt = -2.0 * groups.index(group)
        for f in factors:
            for c in countries:
                mean = rise + tilt + rng.normal(0, 5)
                mean += effect if supported[c, f] == "supported" else 0
                sd = rng.uniform(2, 5)
                cell = {"country": c, "factor": f, "group": group}
                changes.append(
                    b.row(mean, sd, **cell, **span, estimand="change", scale="percent")
                    | {"supported": supported[c, f]}
                )
                improved.append(
                    b.row(mean, sd, **cell, **span, estimand="improved", scale="percent")
                    | {"mean": changes[-1]["p_positive"], "supported": supported[c, f]}
                    | {"margin": 0.0, "cells": 1, "already_treated": 0, "p_positive": np.nan}
                    | dict.fromkeys(("sd", "lower", "upper", "inner_lower", "inner_upper"), np.nan)
                )
                start = rng.uniform(40, 65)
                for wave in waves:
                    levels.append(
                        b.row(start, sd, **cell, wave=wave, estimand="level", scale="percent")
                    )
                    at = b.row(start, 2.5, **cell, wave=wave)
                    predictive.append(
                        {k: at[k] for k in (*cell, "wave", "mean", "lower", "upper", "interval")}
                        | {"sample": ("30-99", "100 or more")[int(rng.integers(40, 300)) >= 100]}
                        | {"observed": start + rng.normal(0, 2.5), "p": rng.random()}
                    )
                    start += mean
            changes.append(
                b.row(
                    rise + tilt + rng.normal(0, 1),
                    1.2,
                    country="",
                    factor=f,
                    group=group,
                    **span,
                    estimand="pooled change",
                    scale="percent",
                )
                | {"supported": ""}
            )
            for wave in waves:
                levels.append(
                    b.row(
                        rng.uniform(45, 60),
                        1.5,
                        country="",
                        factor=f,
                        group=group,
                        wave=wave,
                        estimand="pooled level",
                        scale="percent",
                    )
                )
                levels.append(levels[-1] | {"estimand": "pooled path"})
            changes += _ends(b, changes[-1])
        whole = {"country": "", "factor": "", "group": group}
        changes.append(
            b.row(rise + tilt, 1.1, **whole, **span, estimand="pooled change", scale="percent")
            | {"supported": ""}
        )
        for c in countries:
            own = {"country": c, "factor": "", "group": group}
            change = b.row(rise + b.rng.normal(0, 2), 1.5, **own, **span, scale="percent")
            changes.append(change | {"estimand": "country change", "supported": ""})
            changes += _ends(b, changes[-1])
            levels += [
                b.row(48.0 + 4 * k, 2.0, **own, wave=wave, scale="percent")
                | {"estimand": "country level"}
                for k, wave in enumerate(waves)
            ]
        improved += _headline(b, whole | span, supported, effect, tilt)
        if support:
            effects += _effects(b, group, countries, factors, supported, effect + tilt / 2)
    frames = {
        "levels": levels,
        "changes": changes,
        "improved": improved,
        "predictive": predictive,
        "effects": effects,
    }
    tables = {name: pd.DataFrame(rows) for name, rows in frames.items()}
    tables["densities"] = pd.DataFrame(_densities(levels + changes))
    for name in ("levels", "changes", "improved"):
        tables[name]["sample"] = np.where(tables[name]["country"] != "", "30-99", "")
    if not effects:  # a table without rows still has its columns
        tables["effects"] = pd.DataFrame(
            columns=[*tables["improved"].columns, "route", "specification", "parallel_trends"]
        )
    tables |= _few_clusters(b, countries, factors, effects)
    tables["comparison"] = pd.DataFrame(
        {
            "fit": ["did", "no-general-factor"],
            "rank": [0, 1],
            "elpd": [-5210.0, -5342.5],
            "se": [61.0, 62.0],
            "p": [88.0, 80.0],
            "elpd_diff": [0.0, 132.5],
            "dse": [0.0, 17.2],
            "weight": [0.98, 0.02],
            "respondents": 900,
            "pareto_k_bad": [0, 1],
        }
    )
    tables["refusals"] = pd.DataFrame(
        {
            "claim": ["Difference of levels between factors", "Change, traders"],
            "where": ["all factors", ""],
            "scales": ["latent", "percent, score"],
            "reason": ["The origin is arbitrary.", "No <question> was asked twice."],
            "remedy": ["Compare changes.", "Ask some of the same questions."],
        }
    )
    told = effects and {
        **_trends(b, groups, effect),
        "spillover": _spillover(b, groups, countries),
        **_decision(groups, effect),
    }
    for name in ("trends", "placebo", "spillover", "exposure", "unchecked", "decision", "naming"):
        rows = told[name] if told else []
        columns = [column.name for column in TABLES[name]]
        tables[name] = pd.DataFrame(rows, columns=columns) if rows else empty_table(name)
    if told:
        tables["naming"] = tables["naming"].assign(**span)
    tables["drift"] = pd.DataFrame(_drift(b, changes, effects))
    ways = ("outcomes", "weightings", "cell_effects", "effect_paths")
    tables |= {name: empty_table(name) for name in ways}
    if support:
        made = _ways(b, groups, countries, factors, supported, effect)
        tables |= {name: pd.DataFrame(rows) for name, rows in made.items()}
    tables["items"] = pd.DataFrame(_items(b, countries, factors, span))
    tables["diagnostics"] = pd.DataFrame(
        {
            "fit": "fit",
            "quantity": ["effect", "mu", "divergences"],
            "kind": ["effects and scales", "single cells", "sampler"],
            "n": [12, 680, 0],
            "ess_bulk": [812.0, 455.0, np.nan],
            "ess_tail": [700.0, 512.0, np.nan],
            "rhat": [1.004, 1.012, np.nan],
            "worst": ["effect[officials]", "mu[Angola, Transparency]", ""],
            "passed": [True, True, True],
        }
    )
    tables["selection"] = pd.DataFrame(_selection(b, groups, supported) if support else [])
    tables["multiverse"] = pd.DataFrame(_multiverse(b, groups))
    return tables


def _densities(rows) -> list[dict[str, object]]:
    """Normal densities of what is pooled."""
    from scipy.stats import norm

    labels = ("country", "factor", "group", "wave", "from", "to", "estimand", "scale")
    return [
        {name: row.get(name, "") for name in labels}
        | {"x": x, "density": norm.pdf(x, row["mean"], row["sd"])}
        | {"cumulative": norm.cdf(x, row["mean"], row["sd"])}
        for row in rows
        if row["estimand"] not in {"level", "change"}
        for x in np.linspace(row["mean"] - 3 * row["sd"], row["mean"] + 3 * row["sd"], 13)
    ]


def _multiverse(b, groups) -> list[dict[str, object]]:
    choices = product(
        groups, ("did", "exchangeable", "conditional"), (1.0, 0.0, 2.0), ("as is", "wide"),
        (("percent", "latent"), ("percent", "points"), ("latent", "latent")),
    )  # fmt: skip
    rows = []
    for group, bracket, drift, priors, (scale, trends) in choices:
        size = 0.05 if scale == "latent" else 1.0
        mean = 2.0 - 2.0 * groups.index(group) + b.rng.normal(0, 0.6)
        chosen = {"bracket": bracket, "drift": drift, "priors": priors, "countries": "all"}
        rows.append(
            b.row(size * mean, size * 0.8, group=group, estimand="ATT", scale=scale)
            | {"parallel_trends": trends, **chosen, "general_factor": "on", "strata": "on"}
            | {"dont_know": "dropped", "passed": True, "reason": ""}
            | {"statement": "The effect, in words."}
        )
    return rows


def _drift(b, changes, effects) -> list[dict[str, object]]:
    pooled = [r for r in changes if r["estimand"] == "pooled change"]
    average = [
        r
        for r in effects
        if r["estimand"] == "ATT" and (r["route"], r["specification"]) == ("joint", "did")
        and (r["scale"], r["parallel_trends"]) == ("percent", "latent")
    ]  # fmt: skip
    nothing = dict.fromkeys(("weights", "population", "comparison", "assumption"), "")
    labels = ("country", "factor", "group", "from", "to", "estimand", "scale")
    return [
        b.row(row["mean"], row["sd"] * (1 + times / 10), **{k: row.get(k, "") for k in labels})
        | {"drift": times, "item_wave": 0.04 * times, "item_country_wave": 0.06 * times}
        | {"drift_alone": np.nan if row["estimand"] == "ATT" else 0.4 * times}
        | (_estimand(3, 3, 9) if row["estimand"] == "ATT" else nothing)
        for row in (*pooled, *average)
        for times in (0.0, 1.0, 2.0)
    ]


_FITS = [
    {"specification": name, "route": route}
    for name, route in (
        ("did", "joint"), ("did", "cut"), ("exchangeable", "cut"), ("conditional", "cut"),
    )
]  # fmt: skip


def _trends(b, groups, effect) -> dict[str, list[dict[str, object]]]:
    """Biases that overturn from M = 0.8 on, or not when there is one for each country."""
    trends, unchecked = [], []
    for group, fit in [(group, fit) for group in groups for fit in _FITS]:
        for scale, size in (("latent", 0.05), ("percent", 1.0)):
            about = {"group": group, "scale": scale, **fit}
            trends.append(
                b.row(size, 0.1 * size, **about, estimand="spread of other cells' changes")
                | {"bias": "", "times": np.nan, "breakdown": np.nan, "breakdown_mcse": np.nan}
                | dict.fromkeys(("weights", "population", "comparison", "assumption"), "")
            )
            for bias, grows, least in (("common", 1.0, 0.8), ("by country", 0.2, np.nan)):
                for k in range(21):
                    row = b.row(effect * size, size * np.hypot(1.0, grows * k / 10), **about)
                    trends.append(
                        row
                        | {"estimand": "ATT under a bias", "bias": bias, "times": k / 10}
                        | {"breakdown": least, "breakdown_mcse": 0.0375 * least}
                        | _estimand(3, 3, 9)
                    )
    for check, reason in (("placebo", "The survey has 2 waves."), ("exposure", "No <map>.")):
        unchecked += [{"check": check, "group": group, "reason": reason} for group in groups]
    return {"trends": trends, "placebo": [], "exposure": [], "unchecked": unchecked}


def _spillover(b, groups, countries) -> list[dict[str, object]]:
    fit, rows = _FITS[0], []
    shares = [0.2 + 0.1 * (k % 4) for k in range(len(countries))]
    for group in groups:
        own = {"group": group, **fit}

        def add(mean, sd, estimand, scale, share=np.nan, country="", own=own):
            row = b.row(mean, sd, country=country, estimand=estimand, scale=scale, **own)
            rows.append(row | {"share": share})

        add(0.1, 0.2, "spillover slope", "latent")
        for scale, size in (("latent", 0.05), ("percent", 1.0)):
            for country, share in zip(countries, shares, strict=True):
                add(size * b.rng.normal(4, 3), 2 * size, "country shift", scale, share, country)
            for share in (0.2, 0.35, 0.5):
                add(size * (4 + share), size, "shift by share", scale, share)
            add(4 * size, 2 * size, "ATT with spillover", scale)
    return rows


def _decision(groups, effect) -> dict[str, list[dict[str, object]]]:
    decision, naming = [], []
    for group, fit in [(group, fit) for group in groups for fit in _FITS]:
        own = {"group": group, **fit, "scale": "percent", "parallel_trends": "latent"}
        own |= _estimand(3, 3, 9)
        for margin, p in ((0.0, 0.98), (2.0, 0.8 if effect > 0 else 0.02)):
            larger = {"estimand": "P(effect > margin)", "part": "above", "stated": "study"}
            decision.append(own | larger | {"margin": margin, "mean": p, "interval": ""})
        for part, p in (("below", 0.02), ("within", 0.18), ("above", 0.8)):
            within = {"estimand": "P(effect in part)", "part": part, "stated": "default"}
            decision.append(own | within | {"margin": 1.0, "mean": p, "interval": ""})
    for group in groups:
        for kind, cells in (("", 30), ("supported", 12), ("unsupported", 18)):
            own = {"group": group, "supported": kind, "margin": 0.0, "cells": cells}
            ends = {"interval": "95% ETI", "lower": 1.0, "upper": 9.0}
            naming.append(own | ends | {"estimand": "cells improved", "mean": 0.8 * cells}
                          | {"scale": "cells"})  # fmt: skip
            for threshold, named in ((0.5, cells), (0.9, cells // 2), (0.99, 0)):
                rule = own | ends | {"threshold": threshold, "named": named}
                naming.append(rule | {"estimand": "named in error", "mean": 0.1 * named})
                naming.append(rule | {"estimand": "improved, not named", "mean": 3.0})
                if named:
                    naming.append(rule | {"estimand": "false-sign risk", "mean": 10.0})
    return {"decision": decision, "naming": naming}


def _few_clusters(b, countries, factors, effects) -> Tables:
    """Permuted maps, one left out and the wild bootstrap around the made-up effects."""
    cut = [
        r for r in effects
        if r["estimand"] == "ATT" and (r["route"], r["specification"]) == ("cut", "did")
    ]  # fmt: skip
    permuted, bins, without, wild = [], [], [], []
    for row in cut:
        group = {"group": row["group"], "scale": row["scale"]}
        if row["scale"] == "latent":
            for scheme, p in (("within country", 0.012), ("both margins", 0.034)):
                told = {**group, "scheme": scheme, "observed": row["mean"], "p": p}
                told |= {"lower": -0.1, "upper": 0.1} | _estimand(3, 3, row["cells"])
                permuted.append(
                    {**told, "mean": 0.0, "sd": 0.05, "maps": 999, "exact": False}
                    | {"p_greater": p / 2, "p_less": 1 - p / 2, "mcse": 0.004}
                )
                edges = np.linspace(-0.2, 0.2, 21)
                counts = np.histogram(b.rng.normal(0, 0.05, 999), edges)[0]
                bins += [
                    {**told, "left": left, "right": right, "maps": int(n)}
                    for left, right, n in zip(edges[:-1], edges[1:], counts, strict=True)
                ]
        if row["parallel_trends"] == "latent" and row["scale"] != "score":
            left_out = [("", ""), *((c, "") for c in countries), *(("", f) for f in factors)]
            for country, factor in left_out:
                change = b.rng.normal(0, row["sd"] / 5) if country or factor else 0.0
                without.append(
                    b.row(row["mean"] + change, row["sd"], country=country, factor=factor, **group)
                    | {"estimand": "ATT", "refitted": "stage 2", "change": change}
                    | {"pareto_k": 0.2}
                    | _estimand(3, 3, row["cells"])
                )
        if row["parallel_trends"] == "latent" and row["scale"] != "latent":
            wild.append(
                {**group, "mean": row["mean"], "se": row["sd"], "lower": row["lower"]}
                | {"upper": row["upper"], "interval": "95% WCR", "p": 0.021}
                | {"clusters": len(countries), "replications": 9999, "reason": ""}
            )
    rows = {"permutations": permuted, "permutation_distribution": bins, "leave_one_out": without,
            "wild_bootstrap": wild, "placebo_maps": []}  # fmt: skip
    return {
        name: pd.DataFrame(found, columns=[column.name for column in TABLES[name]])
        for name, found in rows.items()
    }


def _items(b, countries, factors, span) -> list[dict[str, object]]:
    everywhere = [
        b.row(b.rng.normal(0, 0.05), 0.04, item=f"Q{k}", factor=f, country="", **span)
        | {"estimand": "item drift", "scale": "latent", "p_odd": 0.01}
        for k, f in enumerate(factors)
    ]
    odd = b.row(-0.41, 0.08, item="Q0", factor=factors[0], country=countries[0])
    odd |= {"from": "", "to": "", "estimand": "item in a country", "scale": "latent"}
    return [*everywhere, odd | {"p_odd": 0.995}]


def _ends(b, change) -> list[dict[str, object]]:
    """Levels before and after that differ by a pooled change."""
    level = change["estimand"].replace("change", "level")
    start = b.rng.uniform(45, 60)
    at = {"before": start, "after": start + change["mean"]}
    keep = ("country", "factor", "group", "from", "to", "scale")
    of = {name: change[name] for name in keep} | {"supported": ""}
    return [b.row(at[end], 1.5, estimand=f"{level} {end}", **of) for end in ("before", "after")]


def _headline(b, whole, supported, effect, tilt) -> list[dict[str, object]]:
    kinds = [k for k in ("supported", "unsupported", "") if k in set(supported.values())]
    rows = []
    means = {"supported": 76 + effect + 4 * tilt, "unsupported": 74 + 4 * tilt, "": 75 + 4 * tilt}
    none = dict.fromkeys(
        ("sd", "lower", "upper", "p_positive", "inner_lower", "inner_upper", "mcse"), np.nan
    )
    for kind in kinds:
        extra = {"supported": kind, "margin": 0.0, "cells": list(supported.values()).count(kind)}
        extra["already_treated"] = 0
        share = b.row(means[kind], 3.5, **whole, estimand="share improved", scale="percent")
        rows.append(share | extra | {"p_positive": np.nan})
        rows.append(
            share
            | extra
            | none
            | {"estimand": "raw share improved", "scale": "score", "mean": means[kind] + 2}
        )
    if "supported" in kinds:
        extra = {"supported": "", "margin": 0.0, "cells": len(supported), "already_treated": 0}
        difference = b.row(
            2 + effect, 3.0, **whole, estimand="difference in shares improved", scale="percent"
        )
        rows.append(difference | extra)
        rows.append(
            difference
            | extra
            | none
            | {
                "estimand": "raw difference in shares improved",
                "scale": "score",
                "mean": 12.0,
            }
        )
    return rows


def _estimand(countries, factors, cells) -> dict[str, object]:
    """What an effect is an effect of, as a table holds it."""
    return {
        "weights": "cells",
        "countries": countries,
        "factors": factors,
        "cells": cells,
        "population": f"the {cells} supported cells <made up>",
        "comparison": "Factors are compared within countries.",
        "assumption": "Assumption: both would have changed alike.",
    }


def _ways(b, groups, countries, factors, supported, effect) -> dict[str, list[dict[str, object]]]:
    """The effect on several outcomes, by weights, cell by cell, by time."""
    cells = [cell for cell, kind in supported.items() if kind == "supported"]
    own = _estimand(len(countries), len(factors), len(cells)) | {"level": ""}
    own |= {"items": np.nan, "left_out": np.nan}
    outcomes, weightings, single, paths = [], [], [], []
    for group in groups:
        for scale, trends in (
            ("latent", "latent"), ("percent", "latent"), ("percent", "points"),
            ("score", "latent"), ("score", "points"), ("percent", "distribution"),
            ("score", "distribution"), ("percent", "shares"), ("score", "shares"),
        ):  # fmt: skip
            size = 0.04 if scale == "latent" else 1.0
            label = {"group": group, "estimand": "ATT", "scale": scale, "parallel_trends": trends}
            row = b.row(effect * size, 1.2 * size, **label) | own
            if trends in {"distribution", "shares"}:
                row |= {"items": 40, "left_out": 1, "comparison": "Countries are compared."}
            outcomes.append(row)
        for level in ("1 of 3", "2 of 3", "3 of 3"):
            label = {"group": group, "estimand": "ATT by level of the answer", "scale": "percent"}
            label |= {"parallel_trends": "distribution"}
            row = b.row(b.rng.normal(), 1.0, **label) | own | {"items": 40, "left_out": 1}
            outcomes.append(row | {"level": level})
        label = {"group": group, "scale": "percent", "parallel_trends": "latent"}
        weightings += [
            b.row(effect, 1.2, **label, estimand="ATT") | own | {"weights": name}
            for name in ("cells", "countries", "factors", "respondents", "intensity")
        ]
        single += [
            b.row(effect, 2.0, **label, estimand="effect on a cell", country=c, factor=f) | own
            for c, f in cells
        ]
        paths += [
            b.row(effect + since, 1.2, **label, estimand="ATT by time since support") | own
            | {"country": "", "factor": "", "wave": "", "since": since, "cells": 40 - 5 * since}
            | {"parallel_trends": "points"}
            for since in (0.0, 2.0)
        ]  # fmt: skip
    return {
        "outcomes": outcomes,
        "weightings": weightings,
        "cell_effects": single,
        "effect_paths": paths,
    }


def _selection(b, groups, supported) -> list[dict[str, object]]:
    where = {"read": np.nan, "route": "joint", "specification": "did"}
    rows = []
    for group in groups:
        for (country, factor), kind in supported.items():
            start = b.rng.normal(-0.1 if kind == "supported" else 0.1, 0.25)
            cell = {"country": country, "factor": factor, "group": group}
            own = b.row(start, 0.1, **cell, estimand="net baseline", scale="latent")
            rows.append(own | where | {"read": start + 0.05, "supported": kind})
        every = {"country": "", "factor": "", "group": group}
        for estimand, scale, mean, sd in (
            ("baseline difference", "latent", -0.2, 0.02),
            ("baseline difference", "percent", -4.0, 0.5),
            ("odds ratio of support", "latent", 2.1, 0.2),
            ("reliability", "latent", 0.78, 0.01),
            ("regression to the mean", "latent", 0.04, 0.002),
            ("regression to the mean", "percent", 0.83, 0.03),
        ):
            own = b.row(mean, sd, **every, estimand=estimand, scale=scale)
            rows.append(own | where | {"supported": ""})
            if "difference" not in estimand:
                rows[-1]["p_positive"] = np.nan
    return rows


def _effects(b, group, countries, factors, supported, effect) -> list[dict[str, object]]:
    cells = list(supported.values()).count("supported")
    rows = []
    shift = {"did": 0.0, "exchangeable": -0.8, "conditional": -1.2}
    for specification, away in shift.items():
        # As the chain fits them: everything at once for the default alone.
        for route in ("joint", "cut") if specification == "did" else ("cut",):
            for scale in ("percent", "score", "latent"):
                for trends in ("latent",) if scale == "latent" else ("latent", "points"):
                    size = 0.04 if scale == "latent" else 1.0
                    where = {
                        "route": route,
                        "specification": specification,
                        "parallel_trends": trends,
                        "already_treated": 2,
                    } | _estimand(len(countries), len(factors), cells)
                    mean = effect + away + (0.3 if route == "cut" else 0)
                    mean += 0.2 if trends == "points" else 0

                    def estimate(value, sd, estimand, country="", factor="", where=where, **s):
                        rows.append(
                            b.row(
                                value * s["size"],
                                sd * s["size"],
                                country=country,
                                factor=factor,
                                group=group,
                                estimand=estimand,
                                scale=s["scale"],
                            )
                            | where
                        )

                    s = {"size": size, "scale": scale}
                    estimate(mean, 1.3, "ATT", **s)
                    estimate(mean, 2.6, "ATT in a new country", **s)
                    for c in countries:
                        estimate(mean + b.rng.normal(), 2.2, "ATT by country", country=c, **s)
                    for f in factors:
                        estimate(mean + b.rng.normal(), 1.9, "ATT by factor", factor=f, **s)
            for name in ("baseline slope", "spillover slope", "persistence"):
                rows.append(
                    b.row(
                        -0.1,
                        0.08,
                        country="",
                        factor="",
                        group=group,
                        estimand=name,
                        scale="latent",
                    )
                    | where
                    | {"parallel_trends": ""}
                )
    return rows


@pytest.fixture(scope="session")
def make_tables() -> Callable[..., Tables]:
    """Builder of result tables: ``make_tables(groups=("urban",), support=False)``."""
    return build


@pytest.fixture(scope="session")
def tables(make_tables: Callable[..., Tables]) -> Tables:
    """Tables of the CIPS anatomy: 17 countries followed, ten factors, two groups."""
    return make_tables()
