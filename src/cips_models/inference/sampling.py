"""Sample a model's posterior."""

import warnings
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pymc as pm
import xarray as xr
from threadpoolctl import threadpool_limits

from cips_models.errors import SpecificationError
from cips_models.inference.chains import Progress, Schedule
from cips_models.inference.fit import Fit, assemble, provenance
from cips_models.inference.geometry import find
from cips_models.inference.marginal import Nodes, marginal_draws
from cips_models.inference.nuts import nuts
from cips_models.model.build import CellEstimates, blueprint, build_hierarchy
from cips_models.model.compilation import BACKENDS, MODE
from cips_models.model.density import Density
from cips_models.model.design import Design
from cips_models.model.specification import Specification

#: Draws kept of each chain, by route. R-hat below 1.01 for every scale asks for some 1,500
#: effective draws of the slowest, far more than the 400 of the other gate; by the cut route a
#: draw is nearly as good as an independent one; importance weights lose some of them.
DRAWS: Final = MappingProxyType({"joint": 800, "cut": 600, "importance": 1200, "approximate": 1500})

#: Samplers that follow gradients.
NUTS: Final = ("nutpie", "pymc")

#: Warm-up draws of each chain.
TUNE: Final = 200


def fit(
    model: pm.Model,
    *,
    seed: int,
    draws: int | None = None,
    tune: int = TUNE,
    chains: int = 4,
    cores: int = 2,
    sampler: str = "nutpie",
    backend: str = "numpy",
    progress: Progress | None = None,
) -> Fit:
    """Sample the posterior of a model made by :func:`cips_models.build`.

    Parameters
    ----------
    model : pymc.Model
    seed : int
        Within one state of the compile caches it reproduces the draws.
    draws : int, optional
        Draws kept of each chain; by default :data:`DRAWS`, and by the joint route twice as many
        with persistence, which moves with two sds and mixes half as fast as they do.
    tune, chains, cores : int
        Warm-up draws of each chain; chains, and how many run at a time.
    sampler : {"nutpie", "pymc"}
        PyMC's own sampler is a slower fallback that shares no code with nutpie.
    backend : {"numpy", "numba", "jax"}
        What runs the operations around the likelihood.  "numba" compiles for a minute, once for
        a design, and then takes a third of the time for a small survey.  "jax", where it is
        installed, runs the likelihood too, on a GPU if it has one, chain after chain.
    progress : callable, optional
        Called with the fraction done, 0-1, and a message.

    Returns
    -------
    Fit
        After a Ctrl-C of what was drawn until then; its settings say so, under ``partial``.

    Raises
    ------
    SpecificationError
        The model was not made by ``build``, or the sampler or the backend is unknown.
    """
    if draws is None:
        moving = blueprint(model).specification.structure.persistence
        draws = DRAWS["joint"] * (2 if moving else 1)
    schedule = Schedule(seed, draws, tune, chains, cores, progress)
    return sample(model, route="joint", schedule=schedule, sampler=sampler, backend=backend)


def sample(
    model: pm.Model,
    *,
    route: str,
    schedule: Schedule,
    sampler: str = "nutpie",
    backend: str = "numpy",
    nodes: Nodes | None = None,
) -> Fit:
    """Sample a model of either route; see :func:`fit`, and for ``nodes`` :mod:`.marginal`."""
    if sampler not in NUTS:
        raise SpecificationError(f"sampler: found {sampler!r}; expected 'nutpie' or 'pymc'")
    if backend not in BACKENDS:
        raise SpecificationError(f"backend: found {backend!r}; expected one of {[*BACKENDS]}")
    if backend == "jax":  # whose threads do not survive the fork of a process
        schedule = replace(schedule, cores=1)
    plan, density = blueprint(model), Density(model, backend)
    run = _nutpie if sampler == "nutpie" else _pymc
    if plan.cells is not None and sampler == "nutpie":
        run = partial(marginal_draws, nodes=nodes)
    with threadpool_limits(1):
        points, statistics = run(density, schedule)
    posterior = density.public(points)
    settings = {
        "backend": backend,
        "sampler": "importance" if "pareto_k_scales" in statistics else sampler,
        **{name: getattr(schedule, name) for name in ("draws", "tune", "chains", "cores")},
    } | shortfall(points.shape[:2], schedule)
    record = provenance(plan, route=route, seed=schedule.seed, settings=settings)
    return assemble(plan, posterior, statistics, record)


def draw_levels(
    spec: Specification, plan: Design, cells: CellEstimates, schedule: Schedule
) -> tuple[xr.Dataset, xr.Dataset]:
    """Draws and statistics of a stage 2 whose survey is not at hand."""
    density = Density(build_hierarchy(spec, plan, cells))
    with threadpool_limits(1):
        points, statistics = marginal_draws(density, schedule)
    return density.public(points), statistics


def shortfall(found: tuple[int, ...], schedule: Schedule) -> dict[str, Any]:
    """Settings that say of a fit that it is partial: of an interrupted (chains, draws)."""
    asked = (schedule.chains, schedule.draws)
    if found == asked:
        return {}
    return {
        "partial": "{} of {} chains, {} of {} draws of each".format(
            *(n for pair in zip(found, asked, strict=True) for n in pair)
        )
    }


def _nutpie(density: Density, schedule: Schedule) -> tuple[np.ndarray, xr.Dataset]:
    """Draws in the unconstrained space and statistics, by nutpie."""
    schedule.tell(0.01, "finding the geometry")
    geometry = find(density, threads=schedule.cores)
    coordinates, statistics = nuts(
        lambda: geometry.log_density(density.function()), density.dim, schedule
    )
    return np.apply_along_axis(geometry.unconstrained, -1, coordinates), statistics


def _pymc(density: Density, schedule: Schedule) -> tuple[np.ndarray, xr.Dataset]:
    """Draws in the unconstrained space and statistics, by PyMC's NUTS."""
    draws, tune, chains = schedule.draws, schedule.tune, schedule.chains
    generators = schedule.generators
    every, diverging, n_steps = [], [], []
    model = density.model
    for c, rng in enumerate(generators):
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*BLAS|.*chain.*|.*converge.*")
            warnings.filterwarnings("ignore", message=".*return_inferencedata")
            trace = pm.sample(
                draws,
                tune=tune,
                chains=1,
                cores=1,
                random_seed=int(rng.integers(2**31)),
                model=model,
                progressbar=False,
                compute_convergence_checks=False,
                return_inferencedata=False,
                compile_kwargs={"mode": MODE},
            )
        names = [name for name, *_ in density.point_map]
        columns = [trace.get_values(name).reshape(draws, -1) for name in names]
        every.append(np.concatenate(columns, axis=1))
        diverging.append(trace.get_sampler_stats("diverging", combine=True))
        n_steps.append(trace.get_sampler_stats("tree_size", combine=True))
        schedule.tell((c + 1) / chains, f"chain {c + 1} of {chains}")
    dims = ("chain", "draw")
    statistics = {"diverging": (dims, np.array(diverging)), "n_steps": (dims, np.array(n_steps))}
    return np.array(every), xr.Dataset(statistics)
