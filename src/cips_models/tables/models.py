"""Tables of the models as such: their priors, what these expect, their parameters."""

from typing import Final

from cips_models.names import GROUP
from cips_models.tables.columns import DIMS, ESTIMATE, PRECISION, Column, Tables

MODELS: Final[Tables] = {
    "priors": (
        Column("specification", "text", "Model specification."),
        Column("prior", "text", "Term of the model that has the prior."),
        Column("family", "text", "Family of distributions; fixed: held at sd."),
        Column("median", "number", "Median, of families that have one to set; else empty."),
        Column("sd", "number", "Scale, in logits; of lognormal: of the log; fixed: the value."),
        Column("reason", "text", "Why this prior, from the specification file."),
    ),
    "prior_predictive": (
        Column("quantity", "text", "What is expected before any answer is seen."),
        DIMS[GROUP],
        Column("mean", "number", "Prior mean: per cent of answers positive, or points."),
        Column("sd", "number", "Prior standard deviation, in points."),
        Column("lower", "number", "Lower end of the interval."),
        Column("inner_lower", "number", "Lower end of the inner 50% equal-tailed interval."),
        Column("inner_upper", "number", "Upper end of the inner 50% equal-tailed interval."),
        Column("upper", "number", "Upper end of the interval."),
        Column("interval", "text", "Kind and mass of the interval; ETI: equal-tailed."),
    ),
    "parameters": (
        Column("fit", "text", "File of the fit."),
        Column("where", "text", "Group, factor, question or term of it; empty where there is one."),
        *ESTIMATE,
        *PRECISION,
    ),
}
