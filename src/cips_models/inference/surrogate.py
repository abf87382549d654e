"""Draws of the joint posterior under a Gaussian in place of the likelihood, with weights.

Where stage 1 is Gaussian, stage 2 together with items and persons *given its levels* is the
joint posterior of a model whose likelihood was replaced by a quadratic.  The ratio of the two
likelihoods is all that is missing.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from threadpoolctl import threadpool_limits

from cips_models.inference.chains import Schedule, first_interrupt
from cips_models.inference.cut import stage_two
from cips_models.inference.fit import LOG_LIKELIHOOD, Fit
from cips_models.inference.item_sds import ItemSds
from cips_models.inference.replay import replay
from cips_models.inference.sampling import sample, shortfall
from cips_models.inference.stage_one import StageOne
from cips_models.inference.weights import efficiency, smoothed
from cips_models.model.build import Blueprint, CellEstimates, blueprint
from cips_models.model.likelihood import pointwise
from cips_models.model.specification import Specification
from cips_models.survey.survey import Survey

#: Draws that a thread weighs before it reports.
_TOGETHER = 50

#: Draws for each version of stage 1 that a chain draws on, where the sds of item shifts are
#: uncertain, and the fewest and most versions: what a version adds to Monte Carlo error is then
#: what the draws have anyway.
_DRAWS_OF_ONE, _FEWEST, _MOST = 12, 16, 96

#: Share of the work that is done when the draws remain to be weighed, for progress.
_SAMPLING = 0.6


def proposed(
    survey: Survey,
    spec: Specification,
    stage: StageOne,
    schedule: Schedule,
    weighed: int | None = None,
) -> Fit:
    """Draws under a Gaussian in place of the likelihood, with the weights of some or all."""
    several = _Versions.of(stage, schedule)
    fit = sample(
        stage_two(survey, spec, stage.cells),
        route="cut",
        schedule=schedule.within(0, _SAMPLING),
        nodes=several.nodes if len(stage.sds) else None,
    )
    node = fit.sample_stats.get("node", xr.zeros_like(fit.posterior["level"][..., 0, 0, 0, 0], int))
    points, missing = several.completed(fit.posterior["level"], node, schedule)
    public = stage.density.public(points)
    log_weight = _log_likelihood(
        public.isel(draw=slice(weighed)),
        blueprint(stage.density.model),
        schedule.within(_SAMPLING, 1),
    )
    done = log_weight.shape[1]
    likelihood = log_weight.copy()
    log_weight += missing[:, :done]
    everything = fit.posterior.merge(public.drop_vars("level"))
    settings = dict(fit.provenance["settings"])
    if weighed is None:
        everything = everything.isel(draw=slice(done))
        settings |= shortfall((len(log_weight), done), schedule)
    return replace(
        fit,
        posterior=everything,
        sample_stats=fit.sample_stats.drop_vars("node", errors="ignore").assign(
            {**_weights_of(log_weight), LOG_LIKELIHOOD: (("chain", "proposal"), likelihood)}
        ),
        provenance={**fit.provenance, "settings": settings},
    )


def versions(draws: int) -> int:
    """How many versions of stage 1 a chain of so many draws draws on."""
    return int(np.clip(draws // _DRAWS_OF_ONE, _FEWEST, _MOST))


def _weights_of(log_weight: np.ndarray) -> dict[str, Any]:
    """What the weights (chain, proposal) of draws say of them."""
    weights, pareto_k = smoothed(log_weight.ravel())
    return {
        "log_weight": (("chain", "proposal"), log_weight),
        "pareto_k": pareto_k,
        "efficiency": efficiency(weights),
    }


def together(one: Fit, other: Fit) -> Fit:
    """The draws of two fits with the same Gaussian; of the other only if it has all chains."""
    if "partial" in other.provenance["settings"]:
        one = unfinished(one)
    if other.posterior.sizes["chain"] < one.posterior.sizes["chain"]:
        return one
    by_proposal = {
        name: np.concatenate([fit.sample_stats[name].to_numpy() for fit in (one, other)], axis=1)
        for name in ("log_weight", LOG_LIKELIHOOD)
    }
    statistics = one.sample_stats.drop_dims("proposal").drop_vars(["pareto_k", "efficiency"])
    return replace(
        one,
        posterior=xr.concat([one.posterior, other.posterior], "draw"),
        sample_stats=statistics.assign(
            {
                **_weights_of(by_proposal["log_weight"]),
                LOG_LIKELIHOOD: (("chain", "proposal"), by_proposal[LOG_LIKELIHOOD]),
            }
        ),
    )


def unfinished(fit: Fit) -> Fit:
    """The fit, whose settings say that more proposals were wanted when it was interrupted."""
    settings = {
        **fit.provenance["settings"],
        "partial": "all draws, of fewer proposals than wanted",
    }
    return replace(fit, provenance={**fit.provenance, "settings": settings})


@dataclass(frozen=True)
class _Versions:
    """A stage 1 at several sds of item shifts, drawn evenly spread from what it says of them.

    Attributes
    ----------
    stage : StageOne
    sds : (chain, node, term) array
    log_weight : (chain, node) array
        Log prior of the sds over the density that they were drawn from.
    """

    stage: StageOne
    sds: np.ndarray
    log_weight: np.ndarray

    @classmethod
    def of(cls, stage: StageOne, schedule: Schedule) -> "_Versions":
        posterior = ItemSds(stage)
        if not len(stage.sds):
            return cls(stage, np.empty((schedule.chains, 1, 0)), np.zeros((schedule.chains, 1)))
        count = versions(schedule.draws)
        drawn = [posterior.proposal.spread(count, rng) for rng in schedule.streams(1)]
        sds = np.array([[posterior.sds(h) for h in points] for points, _ in drawn])
        log_weight = [-0.5 * (points**2).sum(axis=1) - density for points, density in drawn]
        return cls(stage, sds, np.array(log_weight))

    def nodes(self, chain: int) -> Iterator[tuple[float, CellEstimates]]:
        """Log weight and cells of a chain's versions, one after another."""
        for sds, own in zip(self.sds[chain], self.log_weight[chain], strict=True):
            stage = self.stage.version(sds)
            yield own + stage.log_evidence, stage.cells

    def completed(
        self, level: xr.DataArray, node: xr.DataArray, schedule: Schedule
    ) -> tuple[np.ndarray, np.ndarray]:
        """Points (chain, draw, dim) with levels as given, the rest from its conditional.

        And (chain, draw) the log prior of the rest, less the log of what stands in for it and
        the likelihood: with the log-likelihood, the log weight.
        """
        levels, origin = self.stage.levels_of(level), node.to_numpy()
        chains, draws = levels.shape[:2]
        generators = schedule.streams(2)
        points = np.empty((chains, draws, self.stage.density.dim))
        missing = np.empty((chains, draws))

        def chain(c: int) -> None:
            for k in np.unique(origin[c]):
                own = origin[c] == k
                stage = self.stage.version(self.sds[c, k])
                z = generators[c].standard_normal((int(own.sum()), points.shape[-1]))
                points[c, own] = stage.completed(levels[c, own], z)
                stands = stage.log_density(levels[c, own], z)
                missing[c, own] = stage.log_prior(points[c, own]) - stands

        with threadpool_limits(1), ThreadPoolExecutor(schedule.cores) as pool:
            list(pool.map(chain, range(chains)))
        return points, missing


def _log_likelihood(public: xr.Dataset, plan: Blueprint, schedule: Schedule) -> np.ndarray:
    """(chain, draw) log-likelihood of all answers at draws of a model's public variables.

    At fewer draws after a Ctrl-C.
    """
    lay, quadrature = plan.layout, plan.specification.quadrature
    chains, draws = public.sizes["chain"], public.sizes["draw"]
    found = np.empty((chains, draws))

    def evaluate(part: tuple[int, slice]) -> int:
        chain, own = part
        for _, d, at in replay(public.isel(chain=[chain], draw=own), lay):
            found[chain, own.start + d] = pointwise(at, lay, quadrature).sum()
        return int(own.stop - own.start)

    starts = range(0, draws, _TOGETHER)
    parts = [(c, slice(s, min(s + _TOGETHER, draws))) for s in starts for c in range(chains)]
    done = 0
    with (
        threadpool_limits(1),
        first_interrupt() as interrupted,
        ThreadPoolExecutor(schedule.cores) as pool,
    ):
        for count in pool.map(evaluate, parts):
            done += count
            schedule.tell(done / found.size, "weighing draws")
            if interrupted.is_set():
                pool.shutdown(cancel_futures=True)
                break
    # Chain after chain has been weighed equally far, but for the last part.
    whole = draws if done == found.size else done // (chains * _TOGETHER) * _TOGETHER
    if not whole:
        raise KeyboardInterrupt  # nothing to keep
    return found[:, :whole]
