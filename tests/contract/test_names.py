"""Public names: a change here is a change of version."""

import cips_models as cips
from cips_models import names
from cips_models.tables import TABLES, data_dictionary

ESTIMATE = ["estimand", "scale", "mean", "sd", "lower", "upper", "interval", "p_positive"]
ESTIMAND = [
    "weights", "countries", "factors", "cells", "population", "comparison", "assumption",
]  # fmt: skip
PRECISION = ["inner_lower", "inner_upper", "mcse"]


def test_public_names() -> None:
    assert sorted(cips.__all__) == [
        "Assessment", "Estimand", "Fit", "Refits", "Survey", "__version__", "approximate",
        "as_now", "between_countries", "biased", "breakdown", "build", "cells_needed_table",
        "changes", "charts", "compare", "contrast", "country_shifts", "cut", "densities",
        "design_based", "diagnose", "effect_paths", "effects", "effects_on_cells", "estimand",
        "export_cells", "exposure_effects", "fit", "identification", "importance", "improved",
        "joint",
        "leave_one_out", "levels", "load", "local_false_sign_rate", "naming", "next_wave",
        "next_wave_table", "paths", "permutation_test", "placebo", "placebo_maps", "pool",
        "predictive", "prior", "prior_sensitivity", "read", "read_planned_wave", "refusals",
        "report", "selection", "simulate", "specification", "stage_one", "summarise",
        "wild_bootstrap",
    ]  # fmt: skip


def test_every_public_name_is_there() -> None:
    for name in cips.__all__:
        assert getattr(cips, name) is not None


def test_dimensions_and_scales() -> None:
    assert names.DIMS == ("country", "factor", "group", "wave")
    assert (names.ITEM, names.LEVEL, names.RESPONDENT) == ("item", "level", "respondent")
    assert names.STRATUM == "stratum"
    assert (names.CHAIN, names.DRAW) == ("chain", "draw")
    assert names.SCALES == ("latent", "percent", "score")
    assert list(names.TABLE_COLUMNS) == ESTIMATE
    assert names.FORMAT == 1


def test_table_columns() -> None:
    columns = {name: [column.name for column in table] for name, table in TABLES.items()}
    extras = {
        "levels": (["country", "factor", "group", "wave"], ["sample"]),
        "changes": (["country", "factor", "group", "from", "to"], ["supported", "sample"]),
        "improved": (
            ["country", "factor", "group", "from", "to"],
            ["supported", "margin", "cells", "already_treated", "sample"],
        ),
        "effects": (
            ["country", "factor", "group"],
            [
                "route",
                "specification",
                "parallel_trends",
                *ESTIMAND,
                "already_treated",
            ],
        ),
        "trends": (
            ["group"],
            ["route", "specification", "bias", "times", "breakdown", "breakdown_mcse", *ESTIMAND],
        ),
        "placebo": (
            ["group"],
            ["route", "specification", "omega", *ESTIMAND],
        ),
        "spillover": (["country", "group"], ["route", "specification", "share", *ESTIMAND]),
        "exposure": (
            ["group"],
            ["route", "specification", "set_aside", *ESTIMAND],
        ),
        "decision": (
            ["group"],
            ["route", "specification", "parallel_trends", "margin", "part", "stated", *ESTIMAND],
        ),
        "naming": (["group", "from", "to"], ["supported", "margin", "threshold", "named", "cells"]),
        "selection": (
            ["country", "factor", "group"],
            ["read", "supported", "route", "specification"],
        ),
        "items": (["item", "factor", "country", "from", "to"], ["p_odd"]),
        "powered_priors": (
            ["group"],
            [
                "route",
                "specification",
                "parallel_trends",
                "prior",
                "power",
                "method",
                "pareto_k",
                *ESTIMAND,
            ],
        ),
        "multiverse": (
            ["group"],
            [
                "parallel_trends",
                "bracket",
                "drift",
                "priors",
                "countries",
                "general_factor",
                "strata",
                "dont_know",
                "passed",
                "reason",
                "statement",
            ],
        ),
        "drift": (
            ["country", "factor", "group", "from", "to"],
            ["drift", "item_wave", "item_country_wave", "drift_alone", *ESTIMAND],
        ),
        "outcomes": (["group"], ["parallel_trends", "level", "items", "left_out", *ESTIMAND]),
        "weightings": (["group"], ["parallel_trends", *ESTIMAND]),
        "cell_effects": (["country", "factor", "group"], ["parallel_trends", "sample", *ESTIMAND]),
        "effect_paths": (
            ["country", "factor", "group", "wave"],
            ["since", "parallel_trends", *ESTIMAND],
        ),
        "leave_one_out": (
            ["country", "factor", "group"],
            ["refitted", "change", "pareto_k", *ESTIMAND],
        ),
    }
    for name, (dims, extra) in extras.items():
        assert columns.pop(name) == [*dims, *ESTIMATE, *extra, *PRECISION]
    assert columns == {
        "plan": ["section", "subject", "planned", "done"],
        "respondents": ["country", "group", "wave", "respondents"],
        "nonresponse": ["group", "wave", "answered", "dont_know", "refused", "not_asked"],
        "nonresponse_items": [
            "item", "factor", "group", "wave", "asked", "dont_know", "refused", "rate",
        ],
        "dont_know": [
            "item", "factor", "group", "from", "to", "countries", "rate_from", "rate_to",
            "change", "lower", "upper", "interval",
        ],
        "unchecked": ["check", "group", "reason"],
        "permutations": [
            "group", "scheme", "scale", "observed", "mean", "sd", "lower", "upper", "maps",
            "exact", "p_greater", "p_less", "p", "mcse", *ESTIMAND,
        ],
        "permutation_distribution": [
            "group", "scheme", "scale", "left", "right", "maps", "lower", "upper", "observed", "p",
            *ESTIMAND,
        ],
        "wild_bootstrap": [
            "group", "scale", "mean", "se", "lower", "upper", "interval", "p", "clusters",
            "replications", "reason", *ESTIMAND,
        ],
        "placebo_maps": [
            "group", "scheme", "maps", "rejected", "rate", "lower", "upper", "mean", "sd",
            "posterior_sd", "pareto_k",
        ],
        "prior_sensitivity": [
            "group", "estimand", "scale", "route", "specification", "parallel_trends", "prior",
            "prior_sensitivity", "prior_noise", "likelihood_sensitivity", "likelihood_noise",
            "pareto_k", "verdict",
        ],
        "prior_sensitivity_parts": [
            "country", "factor", "group", "estimand", "scale", "route", "specification",
            "parallel_trends", "prior", "prior_sensitivity", "prior_noise",
            "likelihood_sensitivity", "likelihood_noise", "pareto_k", "verdict", "mean",
            "mean_half", "mean_twice",
        ],
        "densities": [
            "country", "factor", "group", "wave", "from", "to", "estimand", "scale", "x", "density",
            "cumulative",
        ],
        "refusals": ["claim", "where", "scales", "reason", "remedy"],
        "exclusions": ["column", "value", "rows"],
        "support": ["country", "factor", "supported", "start", "intensity"],
        "diagnostics": [
            "fit", "quantity", "kind", "n", "ess_bulk", "ess_tail", "rhat", "worst", "passed",
        ],
        "comparison": [
            "fit", "rank", "elpd", "se", "p", "elpd_diff", "dse", "weight", "respondents",
            "pareto_k_bad",
        ],
        "disclosure": ["table", "row", "column", "reason"],
        "predictive": [
            "country", "factor", "group", "wave", "sample", "observed", "mean", "lower",
            "upper", "interval", "p",
        ],
        "priors": ["specification", "prior", "family", "median", "sd", "reason"],
        "prior_predictive": [
            "quantity", "group", "mean", "sd", "lower", "inner_lower", "inner_upper", "upper",
            "interval",
        ],
        "parameters": ["fit", "where", *ESTIMATE, *PRECISION],
    }  # fmt: skip


def test_every_column_is_described() -> None:
    dictionary = data_dictionary()
    assert list(dictionary.columns) == ["table", "column", "kind", "meaning"]
    assert not dictionary.duplicated(["table", "column"]).any()
    assert dictionary["meaning"].str.endswith(".").all()


def test_every_table_that_shows_an_effect_says_what_it_is_an_effect_of() -> None:
    """A new table of effects is to state them, or to stand among those that show none."""
    stated = {
        name
        for name, declared in TABLES.items()
        if {*ESTIMAND} <= {column.name for column in declared} or any(
            column.name == "statement" for column in declared
        )
    }  # fmt: skip
    assert stated == {
        "effects", "outcomes", "weightings", "cell_effects", "effect_paths", "trends", "placebo",
        "spillover", "exposure", "decision", "permutations", "permutation_distribution",
        "leave_one_out", "wild_bootstrap", "powered_priors", "multiverse", "drift",
    }  # fmt: skip
