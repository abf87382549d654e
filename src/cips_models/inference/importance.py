"""The joint posterior by importance sampling: a Gaussian stage 1, made exact.

The likelihood is replaced by a Gaussian, put where the posterior is (see ``expansion``).  The
ratio of the two likelihoods weighs the draws, and the draws are resampled by it.

A draw costs one evaluation of the likelihood where a sampler needs a trajectory of them.  The
more answers a parameter has, the closer the Gaussian: this is for large surveys, and the gate
on Pareto k says when a survey is too small.
"""

from dataclasses import replace

import numpy as np

from cips_models.inference.chains import Progress, Schedule
from cips_models.inference.every_cell import stage_one
from cips_models.inference.expansion import expanded
from cips_models.inference.fit import LOG_LIKELIHOOD, Fit
from cips_models.inference.sampling import DRAWS, TUNE
from cips_models.inference.stage_one import StageOne
from cips_models.inference.surrogate import proposed, together, unfinished
from cips_models.inference.weights import MOST_PARETO_K, resampled_chains
from cips_models.model.shifts import refuse_sparse
from cips_models.model.specification import Specification
from cips_models.names import CHAIN, DRAW
from cips_models.survey.survey import Survey

#: Effective draws for each that is kept, with which the gates can be passed.
_LEAST = 0.2

#: With fewer more draws are proposed, to reach this many: of 120 quantities drawn by weights at
#: the default length the worst R-hat exceeds 1.01 in 84 % of runs with a share of 0.2, in 12 %
#: with 0.3, in none of 25 with 0.4.
_ENOUGH = 0.4

#: Pareto k from which the weights have no mean: more of them do not help.  Below, few draws
#: tell k poorly (Vehtari et al. 2024).
_HOPELESS = 1.0

#: Proposals for each draw that is kept, at the most: beyond, NUTS comes sooner to its gates.
_MOST_PROPOSALS = 12

#: Draws of an approximate fit that are weighed, to tell whether it can be trusted.
_CHECKED = 400

#: Shares of the work that are done when the likelihood is expanded, and when the first draws
#: are weighed, for the progress shown.
_EXPANDED, _FIRST = 0.3, 0.8


def importance(
    survey: Survey,
    spec: Specification,
    *,
    seed: int,
    draws: int | None = None,
    tune: int = TUNE,
    chains: int = 4,
    cores: int = 2,
    stage: StageOne | None = None,
    progress: Progress | None = None,
) -> Fit:
    """Fit the joint posterior of a large survey by importance sampling.

    Parameters
    ----------
    survey : Survey
    spec : Specification
    seed, draws, tune, chains, cores, progress
        As for :func:`cips_models.fit`.
    stage : StageOne, optional
        An earlier stage 1 of the same survey and specification.

    Returns
    -------
    Fit
        Of the joint route.  Its statistics hold ``pareto_k``, which :func:`cips_models.diagnose`
        gates, ``efficiency``, the effective share of the proposals after weighting (Kish 1965),
        and ``log_weight`` (chain, proposal), before the draws were resampled from them.

    Raises
    ------
    SpecificationError
        Item shifts are sparse, which no Gaussian stands for.
    FitError
        Stage 1 does not identify some parameter.
    """
    schedule = Schedule(seed, draws or DRAWS["importance"], tune, chains, cores, progress)
    return weighted(survey, spec, _at_posterior(survey, spec, stage, schedule), schedule)


def approximate(
    survey: Survey,
    spec: Specification,
    *,
    seed: int,
    draws: int | None = None,
    tune: int = TUNE,
    chains: int = 4,
    cores: int = 2,
    stage: StageOne | None = None,
    progress: Progress | None = None,
) -> Fit:
    """Fit the joint posterior approximately: what :func:`importance` proposes, not weighed.

    A few draws are weighed all the same, to tell whether the rest can be trusted.

    Parameters
    ----------
    survey, spec, seed, draws, tune, chains, cores, stage, progress
        As for :func:`importance`.

    Returns
    -------
    Fit
        Of the joint route, with statistics as of :func:`importance`; ``log_weight`` is that of
        each chain's first draws.  :func:`cips_models.diagnose` gates ``pareto_k`` and how
        far the weights would move effects and pooled changes.

    Raises
    ------
    SpecificationError
        Item shifts are sparse, which no Gaussian stands for.
    FitError
        Stage 1 does not identify some parameter.
    """
    schedule = Schedule(seed, draws or DRAWS["approximate"], tune, chains, cores, progress)
    around = _at_posterior(survey, spec, stage, schedule)
    spec = replace(spec, quadrature=around.quadrature)
    fit = proposed(survey, spec, around, schedule.within(_EXPANDED, 1.0), _CHECKED // chains)
    return _recorded(fit, "approximate")


def trusted(fit: Fit) -> bool:
    """Whether the weights of a fit by importance sampling can be relied upon, and suffice.

    Pareto k of at most 0.7 (Vehtari et al. 2024), of the draws and of the scales that they were
    proposed at, and so many effective draws that the gates can be passed with the default
    length of chains.
    """
    statistics, kept = fit.sample_stats, fit.posterior.sizes
    if float(statistics.get("pareto_k_scales", 0.0)) > MOST_PARETO_K:
        return False
    effective = statistics["efficiency"] * statistics["log_weight"].size
    return bool(
        statistics["pareto_k"] <= MOST_PARETO_K
        and effective >= _LEAST * kept["chain"] * kept["draw"]
    )


def weighted(survey: Survey, spec: Specification, stage: StageOne, schedule: Schedule) -> Fit:
    """The joint posterior, by weighing draws under any Gaussian in place of the likelihood.

    Where the weights make too little of them, more draws are proposed, as many as they ask for.
    """
    spec = replace(spec, quadrature=stage.quadrature)
    fit = proposed(survey, spec, stage, schedule.within(_EXPANDED, _FIRST))
    kept = fit.posterior.sizes["draw"]
    if more := wanting(fit):
        part = replace(schedule.within(_FIRST, 1.0), draws=more, seed=_another(schedule.seed))
        try:
            fit = together(fit, proposed(survey, spec, stage, part))
        except KeyboardInterrupt:  # before any of them was weighed
            fit = unfinished(fit)
    statistics, rng = fit.sample_stats, np.random.default_rng(schedule.seed)
    told = (CHAIN, DRAW), statistics[LOG_LIKELIHOOD].to_numpy()  # goes where its draw goes
    posterior = resampled_chains(
        fit.posterior.assign({LOG_LIKELIHOOD: told}), statistics["log_weight"].to_numpy(), kept, rng
    )
    told = (CHAIN, DRAW), posterior[LOG_LIKELIHOOD].to_numpy()
    return _recorded(
        replace(
            fit,
            posterior=posterior.drop_vars(LOG_LIKELIHOOD),
            sample_stats=statistics.assign({LOG_LIKELIHOOD: told}),
        ),
        "importance",
    )


def wanting(fit: Fit) -> int:
    """How many draws of each chain are still to be proposed; none where that helps nothing."""
    statistics, kept = fit.sample_stats, fit.posterior.sizes["draw"]
    more = int(np.ceil((_ENOUGH / statistics["efficiency"] - 1) * kept))
    if not trusted(fit):
        more = max(more, kept)
    hopeless = statistics["pareto_k"] >= _HOPELESS or more >= _MOST_PROPOSALS * kept
    return 0 if hopeless or "partial" in fit.provenance["settings"] else max(more, 0)


def _at_posterior(
    survey: Survey, spec: Specification, stage: StageOne | None, schedule: Schedule
) -> StageOne:
    refuse_sparse(spec, "importance sampling")
    schedule.tell(0.01, "expanding the likelihood")
    threads = schedule.cores
    first = stage or stage_one(survey, spec, threads=threads)
    return expanded(survey, spec, first, seed=schedule.seed, threads=threads)


def _another(seed: int) -> int:
    """A seed that follows from another one."""
    return int(np.random.SeedSequence(seed).generate_state(1)[0])


def _recorded(fit: Fit, sampler: str) -> Fit:
    settings = {**fit.provenance["settings"], "sampler": sampler}
    return replace(fit, provenance={**fit.provenance, "route": "joint", "settings": settings})
