"""Stage 2 of the cut route fitted many times from one stage 1, at little cost.

Leaving a country or a factor out is leaving its cell estimates out: the hierarchy stays, and
nothing is compiled again.  All refits weigh the same proposals of the scales, spread evenly over
the posterior of the whole; draws given the scales come in mirrored pairs, so that means carry
hardly any Monte Carlo error and the differences of two refits even less.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import xarray as xr
from threadpoolctl import threadpool_limits

from cips_models.errors import SpecificationError
from cips_models.inference.accuracy import noted
from cips_models.inference.collapse import Collapsed
from cips_models.inference.cut import stage_two
from cips_models.inference.fit import Fit, assemble, provenance
from cips_models.inference.proposal import SplitStudent
from cips_models.inference.stage_one import StageOne
from cips_models.inference.weights import MOST_PARETO_K, efficiency, resampled, smoothed
from cips_models.model.build import Blueprint, blueprint
from cips_models.model.density import Density
from cips_models.model.design import as_dataset
from cips_models.model.likelihood import SHIFT
from cips_models.model.specification import Specification
from cips_models.names import CHAIN, DIMS, DRAW
from cips_models.survey.survey import Survey

#: Points at which the scales are looked at, and draws made from them by their weights, of each
#: of so many chains.
PROPOSALS, DRAWS, CHAINS = 128, 60, 4


@dataclass(frozen=True)
class Refits:
    """A stage 2 ready to be fitted to all cells of a stage 1, or to some of them.

    Attributes
    ----------
    density : Density
        Of stage 2, compiled.
    marginal : Collapsed
        Fitted to all cells.
    proposal : SplitStudent
        Of the scales, fitted to all cells.
    stage : StageOne
    items : xarray.Dataset
        Draws of items and spreads of persons, from stage 1.
    seed : int
    """

    density: Density
    marginal: Collapsed
    proposal: SplitStudent
    stage: StageOne
    items: xr.Dataset
    seed: int

    @classmethod
    def of(
        cls,
        survey: Survey,
        spec: Specification,
        stage: StageOne,
        *,
        seed: int,
        draws: int = DRAWS,
    ) -> "Refits":
        """For a survey, the specification of its hierarchy, and its stage 1.

        Parameters
        ----------
        survey : Survey
        spec : Specification
        stage : StageOne
            Where cells, items and spreads of persons come from.
        seed : int
        draws : int
            Of each of four chains of a refit; an even number, as they come in pairs.

        Raises
        ------
        SpecificationError
            Nothing in the hierarchy varies, as with one country and one factor.
        """
        own = replace(spec, quadrature=stage.quadrature)
        density = Density(stage_two(survey, own, stage.cells))
        if not density.model.coords.get("term"):
            raise SpecificationError(
                f"Refits of {spec.name!r}: found nothing that varies over countries or factors; "
                "expected several of both. Use cips_models.cut."
            )
        with threadpool_limits(1):
            marginal = Collapsed.of(density)
            proposal = SplitStudent.of(marginal.log_posterior, *marginal.mode())
            items = stage.draws(CHAINS, draws, np.random.default_rng(seed))
        items = items.drop_vars(["level", SHIFT], errors="ignore")
        return cls(density, marginal, proposal, stage, items, seed)

    @property
    def plan(self) -> Blueprint:
        """What stage 2 was built from."""
        return blueprint(self.density.model)

    @cached_property
    def whole(self) -> Fit:
        """The fit to all cells."""
        return self.fit()

    def without(self, **labels: str) -> np.ndarray:
        """(estimate,) bool: the cells that are left, as by ``country="Angola"``.

        Raises
        ------
        KeyError
            There is no such dimension or label.
        """
        position = self.stage.cells.position
        coords = self.plan.design.coords()
        kept = np.ones(len(position), dtype=bool)
        for dim, label in labels.items():
            if label not in coords[dim]:
                raise KeyError(f"{dim}: found {label!r}; expected one of {coords[dim]}")
            kept &= position[:, DIMS.index(dim)] != coords[dim].index(label)
        return kept

    def fit(self, kept: np.ndarray | None = None, *, proposals: int = PROPOSALS) -> Fit:
        """Fit to all cells, or to the ``kept`` (estimate,) bool ones.

        Parameters
        ----------
        kept : array, optional
            From :meth:`without`.
        proposals : int
            Scales that are weighed for it.

        Returns
        -------
        Fit
            By the cut route.  Cells that were left out count as never observed, so that
            effects are averages over the others.  ``pareto_k_scales`` of its statistics says
            how well the proposals fit: below .7.
        """
        chains, length = (self.items.sizes[name] for name in (CHAIN, DRAW))
        with threadpool_limits(1):
            points, statistics = self._points(kept, chains * length // 2, proposals)
        posterior = self.density.public(points.reshape(chains, length, -1)).merge(self.items)
        plan = self.plan
        settings = {"sampler": "importance", "draws": length, "chains": chains, **statistics}
        record = provenance(plan, route="cut", seed=self.seed, settings=settings)
        stats = xr.Dataset({f"{name}_scales": value for name, value in statistics.items()})
        fit = noted(assemble(plan, posterior, stats, record), plan.specification)
        return fit if kept is None else self._among(fit, kept)

    def _points(
        self, kept: np.ndarray | None, pairs: int, proposals: int
    ) -> tuple[np.ndarray, Mapping[str, float]]:
        """(2 x pair, dim) unconstrained points, and how well the proposals fitted."""
        marginal = self.marginal if kept is None else self.marginal.among(kept)
        rng = np.random.default_rng(self.seed)
        proposed, weights, pareto_k = _weighed(marginal, self.proposal, proposals, rng)
        if pareto_k > MOST_PARETO_K:  # what was left out mattered: a proposal of its own
            own = SplitStudent.of(marginal.log_posterior, *marginal.mode(self.proposal.centre))
            proposed, weights, pareto_k = _weighed(marginal, own, proposals, rng)
        chosen, times = np.unique(resampled(weights, pairs, rng), return_counts=True)
        points = np.concatenate(
            [
                marginal.completed(proposed[k], count, rng, mirrored=True)
                for k, count in zip(chosen, times, strict=True)
            ]
        )
        statistics = {"pareto_k": pareto_k, "efficiency": efficiency(weights)}
        return rng.permutation(points.reshape(pairs, 2, -1)), statistics

    def _among(self, fit: Fit, kept: np.ndarray) -> Fit:
        """A fit in whose design the other cells were never observed."""
        design = fit.design
        observed = np.zeros_like(design.observed)
        observed[tuple(self.stage.cells.position[kept].T)] = True
        reduced = as_dataset(replace(design, observed=observed))
        left = replace(fit, design_data=reduced)
        followed = list(left.design.followed_labels)
        return replace(left, posterior=fit.posterior.sel(followed=followed))


def _weighed(
    marginal: Collapsed, proposal: SplitStudent, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, float]:
    """Proposed scales (proposal, kept), their normalised weights (proposal,) and the Pareto k."""
    proposed, log_density = proposal.spread(count, rng)
    log_posterior = np.array([marginal.log_posterior(h) for h in proposed])
    return proposed, *smoothed(log_posterior - log_density)
