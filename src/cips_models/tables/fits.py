"""Tables of how far the fits can be relied upon."""

from typing import Final

from cips_models.names import COUNTRY, FACTOR, GROUP, WAVE
from cips_models.tables.columns import DIMS, SAMPLE, Column, Tables

FITS: Final[Tables] = {
    "diagnostics": (
        Column("fit", "text", "File of the fit."),
        Column("quantity", "text", "What was examined."),
        Column("kind", "text", "Which gate applies."),
        Column("n", "count", "Number of elements examined."),
        Column("ess_bulk", "number", "Lowest bulk effective sample size."),
        Column("ess_tail", "number", "Lowest tail effective sample size."),
        Column("rhat", "number", "Highest rank-normalised split R-hat."),
        Column("worst", "text", "The element that is worst."),
        Column("passed", "flag", "Whether the gate is passed."),
    ),
    "comparison": (
        Column("fit", "text", "Specification of the joint fit."),
        Column("rank", "count", "0 for the best."),
        Column("elpd", "number", "Expected log predictive density, summed over respondents."),
        Column("se", "number", "Standard error of elpd."),
        Column("p", "number", "Effective number of parameters."),
        Column("elpd_diff", "number", "Difference of elpd to the best."),
        Column("dse", "number", "Standard error of the difference."),
        Column("weight", "number", "Stacking weight, 0-1."),
        Column("respondents", "count", "Respondents, left out one at a time."),
        Column("pareto_k_bad", "count", "Respondents whose Pareto k exceeds 0.7."),
    ),
    "predictive": (
        *(DIMS[dim] for dim in (COUNTRY, FACTOR, GROUP, WAVE)),
        SAMPLE,
        Column("observed", "number", "Mean score observed, 0-100; empty where few answered."),
        Column("mean", "number", "Mean score that the model predicts, 0-100."),
        Column("lower", "number", "Lower end of the predictive interval."),
        Column("upper", "number", "Upper end of the predictive interval."),
        Column("interval", "text", "Kind and mass of the interval; ETI: equal-tailed."),
        Column("p", "number", "Posterior predictive p-value, 0-1; empty where few answered."),
    ),
}
