"""NUTS by nutpie, for any log density that is a Python function."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr

from cips_models.inference.chains import Schedule, Tell, most_draws, side_by_side

#: Statistics of the sampler that a fit keeps.
_STATISTICS = ("diverging", "n_steps", "step_size", "energy", "logp")

#: Near the optimum of Hamiltonian Monte Carlo (Beskos et al. 2013): in coordinates that are all
#: but independent shorter steps only cost.
_TARGET_ACCEPT = 0.65

#: Seconds between looks at whether a chain is done.
_POLL = 0.02


def nuts(
    function: Callable[[], Callable[[np.ndarray], tuple[float, np.ndarray]]],
    dim: int,
    schedule: Schedule,
) -> tuple[np.ndarray, xr.Dataset]:
    """Draws (chain, draw, dim) of the log density that ``function`` makes, and statistics.

    Fewer draws than asked for after a Ctrl-C.
    """
    import nutpie
    from nutpie.compiled_pyfunc import from_pyfunc

    seeds = np.random.SeedSequence(schedule.seed).generate_state(schedule.chains)
    draws, tune = schedule.draws, schedule.tune

    def chain(position: int, tell: Tell) -> tuple[np.ndarray, xr.Dataset]:
        going = True

        def keep(*_: Any) -> Callable[[np.ndarray], dict[str, np.ndarray]]:
            return lambda coordinates: {"x": coordinates}

        def report(states: Any) -> None:
            nonlocal going
            going = tell(states[0].finished_draws / (draws + tune), states[0].divergences)

        compiled = from_pyfunc(dim, function, keep, [np.dtype("float64")], [(dim,)], ["x"])
        sampler = nutpie.sample(
            compiled,
            draws=draws,
            tune=tune,
            chains=1,
            cores=1,
            seed=int(seeds[position]),
            target_accept=_TARGET_ACCEPT,
            save_warmup=False,
            progress_bar=False,
            progress_callback=report,
            progress_rate=1000,
            blocking=False,
        )
        while going and not _finished(sampler):
            time.sleep(_POLL)
        tree = sampler.wait() if going else sampler.abort()
        statistics = tree["sample_stats"].to_dataset(inherit=False)
        kept = [name for name in _STATISTICS if name in statistics]
        return tree["posterior"]["x"].to_numpy(), statistics[kept].reset_coords(drop=True)

    points, statistics = zip(*side_by_side(chain, schedule), strict=True)
    chains, length = most_draws([own[0] for own in points])
    parts = [
        statistics[c].isel(draw=slice(length)).drop_vars("chain", errors="ignore") for c in chains
    ]
    return np.concatenate([points[c][:, :length] for c in chains]), xr.concat(parts, "chain")


def _finished(sampler: Any) -> bool:
    try:
        return bool(sampler.is_finished)
    except TimeoutError:  # nutpie's own: the chain was too busy to answer
        return False
