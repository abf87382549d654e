"""Tables of what few countries leave of an effect."""

from typing import Final

from cips_models.names import COUNTRY, FACTOR, GROUP
from cips_models.tables.columns import DIMS, ESTIMAND, Column, Tables, estimates

_GROUP: Final = Column(GROUP, "text", "Group of respondents; empty for all groups together.")
_SCHEME: Final = Column(
    "scheme",
    "text",
    "within country: each country keeps its number of supported factors; both margins: each "
    "factor its number of countries, too.",
)
_UNIT: Final = Column(
    "scale", "text", "latent: logits; sds: standard deviations over maps, mean of the groups."
)
_OBSERVED: Final = Column(
    "observed", "number", "Two-way estimate of the effect from the cells' levels in stage 1."
)
_QUANTILES: Final = (
    Column("lower", "number", "2.5 % quantile of the estimate over permuted maps."),
    Column("upper", "number", "97.5 % quantile of the estimate over permuted maps."),
)
_P: Final = Column("p", "number", "Two-sided p-value: twice the smaller of the one-sided, 0-1.")

FEW_CLUSTERS: Final[Tables] = {
    "permutations": (
        _GROUP,
        _SCHEME,
        _UNIT,
        _OBSERVED,
        Column("mean", "number", "Mean of the estimate over permuted maps."),
        Column("sd", "number", "Standard deviation of the estimate over permuted maps."),
        *_QUANTILES,
        Column("maps", "count", "Permuted maps."),
        Column("exact", "flag", "Whether these are all maps; else a sample."),
        Column("p_greater", "number", "Share of maps with an estimate as large as observed, 0-1."),
        Column("p_less", "number", "Share of maps with an estimate as small as observed, 0-1."),
        _P,
        Column("mcse", "number", "Monte Carlo standard error of p; 0 if exact."),
        *ESTIMAND,
    ),
    "permutation_distribution": (
        _GROUP,
        _SCHEME,
        _UNIT,
        Column("left", "number", "Left end of the bin."),
        Column("right", "number", "Right end of the bin."),
        Column("maps", "count", "Permuted maps with an estimate in the bin."),
        *_QUANTILES,
        _OBSERVED,
        _P,
        *ESTIMAND,
    ),
    "leave_one_out": estimates(
        COUNTRY,
        FACTOR,
        GROUP,
        extras=(
            Column("refitted", "text", "stage 2: from the same cells; whole: the survey anew."),
            Column("change", "number", "Mean less that with everything, on the scale."),
            Column("pareto_k", "number", "Pareto k of the importance weights; below 0.7."),
            *ESTIMAND,
        ),
    ),
    "wild_bootstrap": (
        DIMS[GROUP],
        Column("scale", "text", "percent: per cent positive; score: mean points, 0-100."),
        Column("mean", "number", "Two-way estimate of the effect on raw cells, on the scale."),
        Column("se", "number", "Cluster-robust standard error (CRV1), countries as clusters."),
        Column("lower", "number", "Lower end of the interval."),
        Column("upper", "number", "Upper end of the interval."),
        Column("interval", "text", "Mass and kind; WCR: effects that the bootstrap keeps."),
        Column("p", "number", "Two-sided bootstrap p-value of no effect, 0-1."),
        Column("clusters", "count", "Countries."),
        Column("replications", "count", "Bootstrap replications."),
        Column("reason", "text", "Why there is no estimate; empty where there is one."),
        *ESTIMAND,
    ),
    "placebo_maps": (
        DIMS[GROUP],
        _SCHEME,
        Column("maps", "count", "Permuted maps under which the whole analysis was repeated."),
        Column("rejected", "count", "Maps whose 95 % interval of the effect excludes zero."),
        Column("rate", "number", "Share of maps rejected, 0-1."),
        Column("lower", "number", "Lower end of the 95 % Clopper-Pearson interval of the rate."),
        Column("upper", "number", "Upper end of the 95 % Clopper-Pearson interval of the rate."),
        Column("mean", "number", "Mean over maps of the posterior mean effect, logits."),
        Column("sd", "number", "Standard deviation over maps of the posterior mean, logits."),
        Column("posterior_sd", "number", "Root mean square of the posterior sd, logits."),
        Column("pareto_k", "number", "Largest Pareto k of the fits; below 0.7."),
    ),
}
