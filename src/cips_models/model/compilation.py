"""A model as compiled functions, which models that differ only in their data share.

The costly part, the likelihood, is compiled code in any case.  The few hundred small
operations around it are run as NumPy calls by PyTensor's virtual machine, which starts in
seconds and costs a millisecond a gradient.  Compiled as one function by numba they cost next
to nothing, but compiling takes a minute, once for a design: this pays for long or many runs
of small surveys.  JAX runs the likelihood too (``likelihood_jax``), on a GPU if it has one.

Seconds or a minute, they are spent once for all surveys of one design: their models are the
same graph, and the functions of an earlier one are copied with the data exchanged.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor import function
from pytensor.compile.mode import Mode
from pytensor.graph.basic import equal_computations
from pytensor.graph.replace import vectorize_graph
from pytensor.graph.rewriting.basic import dfs_rewriter, node_rewriter
from pytensor.link.vm import VMLinker

from cips_models.errors import SpecificationError

#: Terms that are added at a time, result included: NumPy takes 32 at the most.
_MOST_TERMS = 16


def _in_parts(_: Any, node: Any) -> list[Any] | None:
    """A sum of many terms, such as the log density of a model with many variables, in parts."""
    terms = node.inputs
    if len(terms) < _MOST_TERMS:
        return None
    half = len(terms) // 2
    return [pt.add(pt.add(*terms[:half]), pt.add(*terms[half:]))]


#: How PyTensor runs what surrounds the likelihood, without a compiler; sums are split after
#: everything that would join them again (position 3), and before work in place (49.5).
MODE = (
    Mode(linker=VMLinker(use_cloop=False, c_thunks=False), optimizer="fast_run")
    .excluding("fusion")
    .register((dfs_rewriter(node_rewriter([pt.add])(_in_parts)), 49.0))
)

#: What can run the log density, by name.
BACKENDS = MappingProxyType({"numpy": MODE, "numba": "NUMBA", "jax": "JAX"})


@dataclass(frozen=True)
class Compiled:
    """Functions of one model.

    Attributes
    ----------
    backend : str
        What runs the log density.
    log_density : callable
        Gives the function from a point (dim,) to the log density and its gradient; compiled when
        first asked for, since a hierarchy that is integrated out is never evaluated.
    public : callable
        From points (point, dim) to public variables (point, ...), all at once.
    inputs : list of variables
        All that differs between models of one design: free variables, data and lengths of
        dimensions.
    computed : list of variables
        The log density and the public variables of one point.
    """

    backend: str
    log_density: Callable[[], Any]
    public: Any
    inputs: list[Any]
    computed: list[Any]

    def for_data(self, inputs: list[Any], computed: list[Any]) -> "Compiled | None":
        """The same functions of another model's data; None if that computes something else."""
        same = (
            len(computed) == len(self.computed)
            and _lengths(inputs) == _lengths(self.inputs)
            and equal_computations(self.computed, computed, in_xs=self.inputs, in_ys=inputs)
        )
        if not same:
            return None
        other = dict(zip(self.inputs, inputs, strict=True))

        def exchanged(own: Any) -> Any:
            copied = own.copy(share_memory=False, swap={v: other[v] for v in own.get_shared()})
            copied.trust_input = True
            return copied

        log_density = cache(lambda: exchanged(self.log_density()))
        return Compiled(self.backend, log_density, exchanged(self.public), inputs, computed)


#: The latest: those of one assessment, stage 1 and stage 2 of its specifications.
_LATEST: deque[Compiled] = deque(maxlen=8)


def compiled(model: pm.Model, names: Sequence[str], backend: str) -> Compiled:
    """Functions of a model and its public variables, compiled unless an earlier one's serve.

    Parameters
    ----------
    model : pymc.Model
    names : sequence of str
        The public variables.
    backend : str
        One of :data:`BACKENDS`.

    Raises
    ------
    SpecificationError
        The backend is not there.
    """
    if backend == "jax":
        _learn_jax()
    lengths = [length for _, length in sorted(model.dim_lengths.items())]
    inputs = [*model.value_vars, *model.data_vars, *lengths]
    computed = [model.logp(), *model.replace_rvs_by_values([model[name] for name in names])]
    for known in _LATEST:
        if known.backend == backend and (found := known.for_data(inputs, computed)):
            return found

    @cache
    def log_density() -> Any:
        of_all = model.logp_dlogp_function(ravel_inputs=True, mode=BACKENDS[backend])
        of_all.set_extra_values({})
        own = of_all._pytensor_function
        own.trust_input = True
        return own

    found = Compiled(backend, log_density, _public(model, computed[1:]), inputs, computed)
    _LATEST.append(found)
    return found


def _learn_jax() -> None:
    """Teach PyTensor the likelihood in JAX, which is no dependency."""
    if find_spec("jax") is None:
        raise SpecificationError(
            "backend 'jax': found no JAX installed; expected the package jax, with support for "
            "your GPU if it has one. Install it beside cips-models, or leave the backend out."
        )
    import_module("cips_models.model.likelihood_jax")


def _lengths(inputs: list[Any]) -> list[int]:
    """Values of the whole numbers among the inputs: lengths of dimensions."""
    return [int(v.get_value()) for v in inputs if v.ndim == 0 and hasattr(v, "get_value")]


def _public(model: pm.Model, one: list[Any]) -> Any:
    """Compile variables of one point for many points."""
    points, values, at = pt.matrix("points"), {}, 0
    start = model.initial_point(random_seed=0)
    for variable in model.value_vars:
        shape = np.shape(start[variable.name])
        size = int(np.prod(shape))
        values[variable] = points[:, at : at + size].reshape((points.shape[0], *shape))
        at += size
    many = [
        found if found.ndim > own.ndim else pt.broadcast_to(found, (points.shape[0], *own.shape))
        for own, found in zip(one, vectorize_graph(one, values), strict=True)
    ]
    return function([points], many, mode=MODE, on_unused_input="ignore")
