"""Draws of a stage 2: its scales from their marginal posterior, the rest given them.

The scales are some twenty dimensions whose prior is standard normal (see ``collapse``), so
that independent draws are to be had: from a proposal fitted at the mode, weighed and
resampled.  A draw costs two evaluations where NUTS takes eight gradients, and chains need no
warm-up.  The Pareto k of the weights says when the proposal is too far from the posterior;
then NUTS takes its place.

What the estimates and their errors are may be uncertain itself: then each chain has several
versions of them, its nodes, and weighs its draws by what speaks for their nodes too.
"""

from collections.abc import Callable, Iterable

import numpy as np
import xarray as xr

from cips_models.inference.chains import Schedule, Tell, most_draws, side_by_side
from cips_models.inference.collapse import Collapsed
from cips_models.inference.nuts import nuts
from cips_models.inference.proposal import SplitStudent
from cips_models.inference.weights import MOST_PARETO_K, efficiency, resampled, smoothed
from cips_models.model.build import CellEstimates
from cips_models.model.density import Density

#: Proposals for each draw that is kept, and the most of a chain: beyond, draws share their
#: scales and are independent given them.
_PROPOSALS, _MOST_PROPOSALS = 2, 2400


#: Log weights and versions of the estimates, of a chain.
type Nodes = Callable[[int], Iterable[tuple[float, CellEstimates]]]


def marginal_draws(
    density: Density, schedule: Schedule, nodes: Nodes | None = None
) -> tuple[np.ndarray, xr.Dataset]:
    """Draws (chain, draw, dim) of a stage 2 in the unconstrained space, and statistics.

    By importance these are ``pareto_k_scales``, ``efficiency_scales`` of each chain, and
    ``node`` (chain, draw), the version of the estimates that a draw is from.
    """
    schedule.tell(0.01, "integrating the hierarchy")
    marginal = Collapsed.of(density)
    mode, hessian = marginal.mode()
    points, statistics = _by_importance(marginal, mode, hessian, schedule, nodes)
    partial = points.shape[:2] != (schedule.chains, schedule.draws)
    if nodes or partial or statistics["pareto_k_scales"] <= MOST_PARETO_K:
        return points, statistics
    return _by_nuts(marginal, mode, hessian, schedule)


def _by_importance(
    marginal: Collapsed,
    mode: np.ndarray,
    hessian: np.ndarray,
    schedule: Schedule,
    nodes: Nodes | None,
) -> tuple[np.ndarray, xr.Dataset]:
    proposal = SplitStudent.of(marginal.log_posterior, mode, hessian)
    generators, draws = schedule.generators, schedule.draws

    def chain(position: int, tell: Tell) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rng = generators[position]
        proposed, log_density = proposal.draw(min(_PROPOSALS * draws, _MOST_PROPOSALS), rng)
        at, node = _versions(marginal, nodes, position, len(proposed), rng)
        log_weights = []
        for d, h in enumerate(proposed):
            log_weights.append(at[node[d]].log_posterior(h) - log_density[d])
            if not tell(d / len(proposed) / 2, 0):
                break
        length = draws * len(log_weights) // len(proposed)
        chosen, times = np.unique(
            resampled(smoothed(np.array(log_weights))[0], length, rng), return_counts=True
        )
        points: list[np.ndarray] = []
        for d, (k, count) in enumerate(zip(chosen, times, strict=True)):
            points += [*at[node[k]].completed(proposed[k], count, rng)]
            if not tell((1 + d / len(chosen)) / 2, 0):
                break
        origin = np.repeat(node[chosen], times)[: len(points)]
        return np.array(points), np.array(log_weights), origin

    points, log_weights, origin = zip(*side_by_side(chain, schedule), strict=True)
    chains, length = most_draws(points)
    efficiencies = [efficiency(smoothed(log_weights[c])[0]) for c in chains]
    statistics = {
        "pareto_k_scales": smoothed(np.concatenate(log_weights))[1],
        "efficiency_scales": ("chain", efficiencies),
        "node": (("chain", "draw"), np.array([origin[c][:length] for c in chains])),
    }
    return np.array([points[c][:length] for c in chains]), xr.Dataset(statistics)


def _versions(
    marginal: Collapsed, nodes: Nodes | None, chain: int, count: int, rng: np.random.Generator
) -> tuple[dict[int, Collapsed], np.ndarray]:
    """The hierarchy fitted to each of a chain's nodes, and the node of each of ``count`` draws.

    As many draws as its weight asks for, so that draws of different nodes weigh alike.
    """
    if nodes is None:
        return {0: marginal}, np.zeros(count, dtype=int)
    log_weights, cells = zip(*nodes(chain), strict=True)
    weights = np.exp(np.array(log_weights) - max(log_weights))
    node = rng.permutation(resampled(weights / weights.sum(), count, rng))
    return {int(k): marginal.measured(cells[k]) for k in np.unique(node)}, node


def _by_nuts(
    marginal: Collapsed, mode: np.ndarray, hessian: np.ndarray, schedule: Schedule
) -> tuple[np.ndarray, xr.Dataset]:
    values, axes = np.linalg.eigh(hessian)
    factor = axes / np.sqrt(np.maximum(values, 1.0))

    def log_density(coordinates: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = marginal.log_posterior_and_gradient(mode + factor @ coordinates)
        return value, factor.T @ gradient

    coordinates, statistics = nuts(lambda: log_density, len(mode), schedule)
    rng = np.random.default_rng(schedule.seed)
    flat = (mode + coordinates @ factor.T).reshape(-1, len(mode))
    points = np.array([marginal.completed(h, 1, rng)[0] for h in flat])
    return points.reshape(*coordinates.shape[:2], -1), statistics
