"""Tables of what the effects depend on: priors, and choices of the analyst."""

from typing import Final

from cips_models.names import COUNTRY, FACTOR, GROUP
from cips_models.tables.columns import DIMS, ESTIMAND, Column, Tables, estimates

_WAY: Final = (
    Column("route", "text", "joint: one model; cut: cells first, hierarchy second."),
    Column("specification", "text", "Model specification."),
    Column("parallel_trends", "text", "Scale on which trends are taken as parallel."),
)
_PRIOR: Final = Column("prior", "text", "Name of the top-level prior, or all priors.")

_SENSITIVITIES: Final = (
    Column(
        "prior_sensitivity",
        "number",
        "Change of the posterior for a doubled power of the prior (cumulative Jensen-Shannon "
        "distance); from 0.05 on worth a look.",
    ),
    Column("prior_noise", "number", "The same by chance alone: densities shuffled over draws."),
    Column(
        "likelihood_sensitivity",
        "number",
        "The same for the likelihood; empty where the fit does not keep it draw by draw.",
    ),
    Column("likelihood_noise", "number", "The same by chance alone; from 0.05 on, not told."),
    Column("pareto_k", "number", "Pareto k of the weights at powers .99 and 1.01, the worse."),
    Column("verdict", "text", "What the two sensitivities mean, by a declared rule."),
)

SENSITIVITY: Final[Tables] = {
    "prior_sensitivity": (
        DIMS[GROUP],
        Column("estimand", "text", "The effect or slope that is examined."),
        Column("scale", "text", "Scale of the effect: latent, percent or score."),
        *_WAY,
        _PRIOR,
        *_SENSITIVITIES,
    ),
    "prior_sensitivity_parts": (
        *(DIMS[dim] for dim in (COUNTRY, FACTOR, GROUP)),
        Column(
            "estimand",
            "text",
            "ATT by country or ATT by factor; effects.csv says what each is an effect of.",
        ),
        Column("scale", "text", "Scale: latent or percent; on that of scores it is as in percent."),
        *_WAY,
        _PRIOR,
        *_SENSITIVITIES,
        Column("mean", "number", "Posterior mean of the effect, on the scale."),
        Column(
            "mean_half",
            "number",
            "The same with the prior half as strong; empty where Pareto k of the weights at this "
            "power exceeds 0.7.",
        ),
        Column("mean_twice", "number", "The same with the prior twice as strong."),
    ),
    "powered_priors": estimates(
        GROUP,
        extras=(
            *_WAY,
            _PRIOR,
            Column("power", "number", "Power of the prior: 0.5 weaker, 2 stronger, 1 as it is."),
            Column(
                "method", "text", "weights: draws weighed; refit: fitted anew by the same route."
            ),
            Column(
                "pareto_k",
                "number",
                "Pareto k of the weights, of a refit that of its own weights; above 0.7 not to be "
                "trusted.",
            ),
            *ESTIMAND,
        ),
    ),
    "multiverse": estimates(
        GROUP,
        extras=(
            Column("parallel_trends", "text", "Scale on which trends are taken as parallel."),
            Column("bracket", "text", "Specification of the hierarchy."),
            Column("drift", "number", "Times the drift that items show."),
            Column("priors", "text", "Of the effect and its spread: as is, wide (x 2), narrow."),
            Column("countries", "text", "all, or which country is left out."),
            Column("general_factor", "text", "on or off: a general outlook of persons."),
            Column("strata", "text", "on or off: strata and modes standardised out."),
            Column("dont_know", "text", "dropped, or informative of the trait."),
            Column(
                "passed",
                "flag",
                "Whether the average effect passes the fit's gates.",
            ),
            Column("reason", "text", "Why there is no estimate; empty where there is one."),
            Column("statement", "text", "What the effect is an effect of, under these choices."),
        ),
    ),
}
