"""Sample a model's posterior."""

import warnings
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pymc as pm
import xarray as xr
from threadpoolctl import threadpool_limits

from cips_models.errors import SpecificationError
from cips_models.inference.chains import side_by_side
from cips_models.inference.collapse import Collapsed
from cips_models.inference.fit import Fit, assemble, provenance
from cips_models.inference.geometry import find
from cips_models.model.build import blueprint
from cips_models.model.density import Density

Progress = Callable[[float, str], None]

#: Draws kept of each chain, by route. R-hat below 1.01 for every scale asks for some 1,500
#: effective draws of the slowest, far more than the 400 of the other gate; by the cut route a
#: draw is nearly as good as an independent one; importance weights lose some of them.
DRAWS: Final = MappingProxyType({"joint": 800, "cut": 600, "importance": 1200})

#: Warm-up draws of each chain.
TUNE: Final = 200

#: Statistics of the sampler that a fit keeps.
_STATISTICS = ("diverging", "n_steps", "step_size", "energy", "logp")


def fit(
    model: pm.Model,
    *,
    seed: int,
    draws: int | None = None,
    tune: int = TUNE,
    chains: int = 4,
    cores: int = 2,
    sampler: str = "nutpie",
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
    progress : callable, optional
        Called with the fraction done, 0-1, and a message.

    Returns
    -------
    Fit

    Raises
    ------
    SpecificationError
        The model was not made by ``build``, or the sampler is unknown.
    """
    return sample(
        model,
        route="joint",
        seed=seed,
        draws=draws,
        tune=tune,
        chains=chains,
        cores=cores,
        sampler=sampler,
        progress=progress,
    )


def sample(
    model: pm.Model,
    *,
    route: str,
    seed: int,
    draws: int | None,
    tune: int,
    chains: int,
    cores: int,
    sampler: str = "nutpie",
    progress: Progress | None = None,
) -> Fit:
    """Sample a model of either route; see :func:`fit`."""
    if sampler not in {"nutpie", "pymc"}:
        raise SpecificationError(f"sampler: found {sampler!r}; expected 'nutpie' or 'pymc'")
    plan = blueprint(model)
    if draws is None:
        moving = route == "joint" and plan.specification.structure.persistence
        draws = DRAWS[route] * (2 if moving else 1)
    density = Density(model)
    run = _nutpie if sampler == "nutpie" else _pymc
    if plan.cells is not None and sampler == "nutpie" and density.model.coords.get("term"):
        run = _collapsed
    with threadpool_limits(1):
        points, statistics = run(density, seed, draws, tune, chains, cores, progress)
    posterior = density.public(points)
    settings = {
        "sampler": sampler, "draws": draws, "tune": tune, "chains": chains, "cores": cores,
    }  # fmt: skip
    record = provenance(plan, route=route, seed=seed, settings=settings)
    return assemble(plan, posterior, statistics, record)


def _nutpie(
    density: Density,
    seed: int,
    draws: int,
    tune: int,
    chains: int,
    cores: int,
    progress: Progress | None,
) -> tuple[np.ndarray, xr.Dataset]:
    """Draws in the unconstrained space and statistics, by nutpie."""
    if progress:
        progress(0.0, "finding the geometry")
    geometry = find(density, threads=cores)
    coordinates, statistics = _nuts(
        lambda: geometry.log_density(density.function()),
        density.dim, seed, draws, tune, chains, cores, progress,
    )  # fmt: skip
    return np.apply_along_axis(geometry.unconstrained, -1, coordinates), statistics


def _collapsed(
    density: Density,
    seed: int,
    draws: int,
    tune: int,
    chains: int,
    cores: int,
    progress: Progress | None,
) -> tuple[np.ndarray, xr.Dataset]:
    """The same for a model of cell estimates: its scales by nutpie, the rest given them."""
    if progress:
        progress(0.0, "integrating the hierarchy")
    marginal = Collapsed.of(density)
    centre, factor = marginal.geometry()

    def log_density(coordinates: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = marginal.log_density(marginal.point(centre + factor @ coordinates))
        return value, factor.T @ gradient

    coordinates, statistics = _nuts(
        lambda: log_density, len(centre), seed, draws, tune, chains, cores, progress
    )
    points = np.apply_along_axis(marginal.point, -1, centre + coordinates @ factor.T)
    rng = np.random.default_rng(seed)
    for x in points.reshape(-1, density.dim):
        x[marginal.linear] = marginal.draw(x, rng)
    return points, statistics


def _nuts(
    function: Callable[[], Callable[[np.ndarray], tuple[float, np.ndarray]]],
    dim: int,
    seed: int,
    draws: int,
    tune: int,
    chains: int,
    cores: int,
    progress: Progress | None,
) -> tuple[np.ndarray, xr.Dataset]:
    """(chain, draw, dim) draws by nutpie of the log density that ``function`` makes."""
    import nutpie
    from nutpie.compiled_pyfunc import from_pyfunc

    seeds = np.random.SeedSequence(seed).generate_state(chains)

    def chain(position: int, tell: Callable[[float, int], None]) -> tuple[np.ndarray, xr.Dataset]:
        def keep(*_: Any) -> Callable[[np.ndarray], dict[str, np.ndarray]]:
            return lambda coordinates: {"x": coordinates}

        def report(states: Any) -> None:
            tell(states[0].finished_draws / (draws + tune), states[0].divergences)

        compiled = from_pyfunc(dim, function, keep, [np.dtype("float64")], [(dim,)], ["x"])
        tree = nutpie.sample(
            compiled,
            draws=draws,
            tune=tune,
            chains=1,
            cores=1,
            seed=int(seeds[position]),
            save_warmup=False,
            progress_bar=False,
            progress_callback=report,
            progress_rate=1000,
        )
        statistics = tree["sample_stats"].to_dataset(inherit=False)
        kept = [name for name in _STATISTICS if name in statistics]
        return tree["posterior"]["x"].to_numpy(), statistics[kept].reset_coords(drop=True)

    points, statistics = zip(*side_by_side(chain, chains, cores, progress), strict=True)
    merged = xr.concat([part.drop_vars(["chain"], errors="ignore") for part in statistics], "chain")
    return np.concatenate(points), merged


def _pymc(
    density: Density,
    seed: int,
    draws: int,
    tune: int,
    chains: int,
    cores: int,
    progress: Progress | None,
) -> tuple[np.ndarray, xr.Dataset]:
    """Draws in the unconstrained space and statistics, by PyMC's NUTS."""
    generators = np.random.default_rng(seed).spawn(chains)
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
                compile_kwargs={"mode": density.mode},
            )
        names = [name for name, *_ in density.point_map]
        columns = [trace.get_values(name).reshape(draws, -1) for name in names]
        every.append(np.concatenate(columns, axis=1))
        diverging.append(trace.get_sampler_stats("diverging", combine=True))
        n_steps.append(trace.get_sampler_stats("tree_size", combine=True))
        if progress:
            progress((c + 1) / chains, f"chain {c + 1} of {chains}")
    dims = ("chain", "draw")
    statistics = {"diverging": (dims, np.array(diverging)), "n_steps": (dims, np.array(n_steps))}
    return np.array(every), xr.Dataset(statistics)
