"""A model's log density as plain functions of one flat vector.

PyTensor's numba mode would compile the whole graph into one machine-code function, which
takes a minute for this model; a C compiler, where there is one, takes longer still over the
operations one by one.  The costly part, the likelihood, is compiled code anyway; the few
hundred small operations around it are run as NumPy calls by PyTensor's virtual machine, which
starts in seconds and costs two milliseconds a gradient.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray as xr
from pymc.blocking import DictToArrayBijection
from pytensor import function
from pytensor.compile.mode import Mode
from pytensor.graph.replace import vectorize_graph
from pytensor.link.vm import VMLinker

#: How PyTensor runs what surrounds the likelihood.
MODE = Mode(linker=VMLinker(use_cloop=False, c_thunks=False), optimizer="fast_run").excluding(
    "fusion"
)

#: Points whose public variables are computed at a time.
_TOGETHER = 200

#: Variables that a fit does not keep: standardised twins of public ones.
_INTERNAL = "_z"


class Density:
    """Log density of a model over its unconstrained free variables.

    Parameters
    ----------
    model : pymc.Model
    """

    def __init__(self, model: pm.Model):
        self.model = model
        self.mode = MODE
        with warnings.catch_warnings():
            # PyTensor advises a BLAS for its C backend, which is not used here.
            warnings.filterwarnings("ignore", message=".*BLAS")
            logp = model.logp_dlogp_function(ravel_inputs=True, mode=MODE)
            logp.set_extra_values({})
            self._logp = logp._pytensor_function
            self._logp.trust_input = True
            start = model.initial_point(random_seed=0)
            raveled = DictToArrayBijection.map({v.name: start[v.name] for v in model.value_vars})
            self.point_map = raveled.point_map_info
            self.start = raveled.data
            self.names = [v.name for v in model.unobserved_RVs if not v.name.endswith(_INTERNAL)]
            self._public = self._compile_public()

    def _compile_public(self) -> Any:
        """Public variables (point, ...) of points (point, dim), all at once."""
        points, values, at = pt.matrix("points"), {}, 0
        for variable, (_, shape, size, _) in zip(
            self.model.value_vars, self.point_map, strict=True
        ):
            values[variable] = points[:, at : at + size].reshape((points.shape[0], *shape))
            at += size
        one = self.model.replace_rvs_by_values([self.model[name] for name in self.names])
        many = [
            found
            if found.ndim > own.ndim
            else pt.broadcast_to(found, (points.shape[0], *own.shape))
            for own, found in zip(one, vectorize_graph(one, values), strict=True)
        ]
        return function([points], many, mode=MODE, on_unused_input="ignore")

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
        compiled = self._logp.copy(share_memory=False)
        compiled.trust_input = True

        def evaluate(x: np.ndarray) -> tuple[float, np.ndarray]:
            value, gradient = compiled(np.array(x, dtype=np.float64))
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
            self._public(flat[start : start + _TOGETHER])
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
