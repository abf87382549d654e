"""A model's log density as plain functions of one flat vector."""

import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
import pymc as pm
import xarray as xr
from pymc.blocking import DictToArrayBijection

from cips_models.model.compilation import compiled

#: Points whose public variables are computed at a time.
_TOGETHER = 200

#: Variables that a fit does not keep: standardised twins of public ones.
_INTERNAL = "_z"

#: Threads that ask for a function at the same time get one that was compiled once.
_ONE_AT_A_TIME: Final = threading.Lock()


@contextmanager
def _compiling() -> Iterator[None]:
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        # PyTensor advises a BLAS for its C backend, which is not used here.
        warnings.filterwarnings("ignore", message=".*BLAS")
        yield


class Density:
    """Log density of a model over its unconstrained free variables.

    Parameters
    ----------
    model : pymc.Model
    backend : {"numpy", "numba", "jax"}
        What runs the operations around the likelihood; see ``compilation``.
    """

    def __init__(self, model: pm.Model, backend: str = "numpy"):
        self.model = model
        with _compiling():
            start = model.initial_point(random_seed=0)
            raveled = DictToArrayBijection.map({v.name: start[v.name] for v in model.value_vars})
            self.point_map = raveled.point_map_info
            self.start = raveled.data
            self.names = [v.name for v in model.unobserved_RVs if not v.name.endswith(_INTERNAL)]
            self._compiled = compiled(model, self.names, backend)

    @property
    def dim(self) -> int:
        """Number of unconstrained free parameters."""
        return int(self.start.size)

    @property
    def places(self) -> dict[str, np.ndarray]:
        """Where each free variable stands in the flat vector, in the variable's shape."""
        found, at = {}, 0
        for name, shape, size, _ in self.point_map:
            found[name] = np.arange(at, at + size).reshape(shape)
            at += size
        return found

    def function(self) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
        """A function of its own for one thread: x to log density and gradient."""
        with _compiling():
            own = self._compiled.log_density().copy(share_memory=False)
        own.trust_input = True

        def evaluate(x: np.ndarray) -> tuple[float, np.ndarray]:
            value, gradient = own(np.array(x, dtype=np.float64))
            return float(value), np.asarray(gradient, dtype=np.float64)

        return evaluate

    def public(self, draws: np.ndarray) -> xr.Dataset:
        """Public variables of many points.

        Parameters
        ----------
        draws : (chain, draw, dim) array
            Points in the unconstrained space.

        Returns
        -------
        xarray.Dataset
            Dims chain, draw and each variable's own, with the model's coordinates.
        """
        chains, length = draws.shape[:2]
        flat = draws.reshape(-1, self.dim)
        parts = [
            self._compiled.public(flat[start : start + _TOGETHER])
            for start in range(0, len(flat), _TOGETHER)
        ]
        stacks = {
            name: np.concatenate(values).reshape(chains, length, *values[0].shape[1:])
            for name, values in zip(self.names, zip(*parts, strict=True), strict=True)
        }
        dims = self.model.named_vars_to_dims
        labelled = {}
        coords: dict[str, Any] = {"chain": np.arange(chains), "draw": np.arange(length)}
        for name, values in stacks.items():
            own = dims.get(name) or tuple(f"{name}_dim_{k}" for k in range(values.ndim - 2))
            own = tuple(d or f"{name}_dim_{k}" for k, d in enumerate(own))
            labelled[name] = (("chain", "draw", *own), values)
            coords |= {d: list(self.model.coords[d]) for d in own if self.model.coords.get(d)}
        return xr.Dataset(labelled, coords=coords)
