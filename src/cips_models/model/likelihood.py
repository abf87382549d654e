"""The marginal likelihood as a PyTensor operation, and its pointwise twin."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numba import njit
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch.basic import register_funcify_default_op_cache_key
from pytensor.tensor import as_tensor_variable, concatenate, dscalar
from pytensor.tensor.type import TensorType

from cips_models.model.answering import ANSWERING
from cips_models.model.kernel.evaluation import evaluate
from cips_models.model.layout import Layout
from cips_models.model.quadrature import Quadrature
from cips_models.names import COUNTRY, GROUP, STRATUM, WAVE

#: Parameters of the likelihood, in the kernel's order; the data follow them.
PARAMETERS = ("slope", "threshold", "location", "general", "specific")

#: Public variables of a model, in the order of the parameters that they become.
PUBLIC = ("discrimination", "threshold", "level", "general_spread", "specific_spread")

#: What else a model may have that the likelihood reads: thresholds then differ between sets.
SHIFT = "item_shift"

#: What else it may have: what the trait of a stratum has that the standard composition lacks.
EFFECT = "stratum_effect"

EXTRAS = (SHIFT, EFFECT, *ANSWERING)

#: Raise when the kernel's meaning changes: compiled code is cached on disk under it.
_KERNEL_VERSION = 7


def parameters(public: Mapping[str, Any], layout: Layout) -> dict[str, Any]:
    """Parameters of the likelihood from the public variables of a model.

    Parameters
    ----------
    public : mapping
        :data:`PUBLIC`: ``discrimination`` (question), ``threshold`` (threshold), ``level``
        (country, factor, group, wave), ``general_spread`` (factor, group, wave) and
        ``specific_spread`` (factor, group), as arrays of one draw or as tensors; perhaps
        :data:`SHIFT` (question, country, wave), :data:`EFFECT` (stratum, factor, group) and
        what decides about answering, :data:`cips_models.model.answering.ANSWERING`.
    layout : Layout
        With thresholds by country and wave if items shift or answering is told, and cells by
        stratum if these differ.

    Returns
    -------
    dict
        :data:`PARAMETERS`, one row a cell of the layout where they differ by cell.
    """
    country, group, wave = (layout.cells[dim].to_numpy() for dim in (COUNTRY, GROUP, WAVE))
    location = public["level"].transpose((0, 2, 3, 1))[country, group, wave]
    if public.get(EFFECT) is not None:
        stratum = layout.cells[STRATUM].to_numpy()
        effect = public[EFFECT].transpose((2, 0, 1))
        # The level is that of the standard composition.
        centre = (layout.standard[..., None] * effect[None]).sum(axis=2)
        location = location + effect[group, stratum] - centre[country, group]
    threshold = public["threshold"][None, :]
    if public.get(SHIFT) is not None:
        book, sets = layout.questions, layout.sets
        owner = np.repeat(np.arange(len(book.labels)), book.levels - 1)
        shift = public[SHIFT].transpose((1, 2, 0))[sets[COUNTRY].to_numpy(), sets[WAVE].to_numpy()]
        threshold = threshold + shift[:, owner]
    elif len(layout.sets) > 1:
        threshold = threshold + np.zeros((len(layout.sets), 1))
    slope = public["discrimination"]
    general = public["general_spread"].transpose((1, 2, 0))[group, wave]
    specific = public["specific_spread"].T[group]
    if public.get(ANSWERING[0]) is not None:
        # The propensity is a factor more, in units of its sd beside the outlook: what it is worth
        # to an outcome is the outcome's slope, so that the grid of the traits holds it.
        spread = public[ANSWERING[1]]
        worth = spread[layout.answering.group]
        slope = _joined(slope, worth)
        threshold = _joined(threshold, -_ease(public, layout) / worth)
        location = _joined(location, np.zeros((len(group), 1)))
        general = _joined(general, (public[ANSWERING[0]] / spread)[group][:, None])
        specific = _joined(specific, np.ones((len(group), 1)))
    return {
        "slope": slope,
        "threshold": threshold,
        "location": location,
        "general": general,
        "specific": specific,
    }


def _ease(public: Mapping[str, Any], layout: Layout) -> Any:
    """(set, outcome) logits of answering rather than don't know, where the propensity is zero."""
    ease, in_cell, by_country = (public[name] for name in ANSWERING[2:])
    country, wave = layout.sets[COUNTRY].to_numpy(), layout.sets[WAVE].to_numpy()
    of_cell = in_cell.transpose((0, 2, 1))[country, wave][:, layout.answering.group]
    return ease.T[wave] + of_cell + by_country.transpose((1, 2, 0))[country, wave]


def _joined(one: Any, other: Any) -> Any:
    """Arrays, or tensors, side by side."""
    arrays = isinstance(one, np.ndarray)
    return (np.concatenate if arrays else concatenate)([one, other], axis=-1)


def read_by_likelihood(names: Any) -> list[str]:
    """Of names of public variables those that the likelihood reads."""
    return [name for name in (*PUBLIC, *EXTRAS) if name in names]


def kernel_data(layout: Layout, quadrature: Quadrature) -> dict[str, np.ndarray]:
    """Everything the kernel reads besides parameters, in the order of its arguments."""
    outlook, weight = quadrature.outlook()
    return {
        # PyMC makes integers as short as this, and code is compiled for one type.
        "item_start": layout.item_start.astype(np.int32),
        "answer_start": layout.answer_start,
        "answer_category": layout.answer_category,
        "cell_start": layout.cell_start.astype(np.int32),
        "cell_set": layout.cell_set.astype(np.int32),
        "trait_node": quadrature.trait(),
        "outlook_node": outlook,
        "outlook_weight": weight,
        "single": np.array([quadrature.single]),
    }


def pointwise(
    values: Mapping[str, np.ndarray], layout: Layout, quadrature: Quadrature
) -> np.ndarray:
    """Log-likelihood of every respondent, in the survey's order.

    Parameters
    ----------
    values : mapping
        Arrays for :data:`PARAMETERS`, shapes as in :mod:`cips_models.model.kernel.evaluation`.
    layout, quadrature
        Data and grids.

    Returns
    -------
    (respondent,) array
    """
    found = np.empty(len(layout.order))
    arrays = [np.ascontiguousarray(values[name]) for name in PARAMETERS]
    evaluate(*arrays, *kernel_data(layout, quadrature).values(), found, False)
    in_survey_order = np.empty_like(found)
    in_survey_order[layout.order] = found
    return in_survey_order


class MarginalLikelihood(Op):
    """Total log-likelihood with its five gradients, from one pass over the data."""

    __props__ = ()

    def make_node(self, *inputs: Any) -> Apply:
        """Inputs: the five parameters, then the arrays of :func:`kernel_data`."""
        variables = [as_tensor_variable(value) for value in inputs]
        gradients = [
            TensorType("float64", shape=(None,) * variable.ndim)()
            for variable in variables[: len(PARAMETERS)]
        ]
        return Apply(self, variables, [dscalar(), *gradients])

    def perform(self, node: Apply, inputs: list[Any], output_storage: list[list[Any]]) -> None:
        """Evaluate without PyTensor's numba mode."""
        arrays = [np.ascontiguousarray(value) for value in inputs]
        values = evaluate(*arrays, np.empty(len(arrays[6])), True)
        output_storage[0][0] = np.asarray(values[0])
        for storage, value in zip(output_storage[1:], values[1:], strict=True):
            storage[0] = value

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> list[Any]:
        """Scale the gradients that came with the value; the data have none."""
        from pytensor.gradient import disconnected_type

        scaled = [cotangents[0] * gradient for gradient in outputs[1:]]
        return [*scaled, *(disconnected_type() for _ in inputs[len(PARAMETERS) :])]

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        """Only the value is differentiated, and only with respect to the parameters."""
        outputs = len(node.outputs)
        return [
            [position < len(PARAMETERS)] + [False] * (outputs - 1)
            for position in range(len(node.inputs))
        ]


marginal_likelihood = MarginalLikelihood()


@register_funcify_default_op_cache_key(MarginalLikelihood)
def _numba_marginal_likelihood(op: Op, node: Apply, **kwargs: Any) -> tuple[Any, int]:
    @njit
    def likelihood(
        slope,
        threshold,
        location,
        general,
        specific,
        item_start,
        answer_start,
        answer_category,
        cell_start,
        cell_set,
        trait_node,
        outlook_node,
        outlook_weight,
        single,
    ):
        total, d_slope, d_threshold, d_location, d_general, d_specific = evaluate(
            slope,
            threshold,
            location,
            general,
            specific,
            item_start,
            answer_start,
            answer_category,
            cell_start,
            cell_set,
            trait_node,
            outlook_node,
            outlook_weight,
            single,
            np.empty(len(answer_start)),
            True,
        )
        return np.asarray(total), d_slope, d_threshold, d_location, d_general, d_specific

    return likelihood, _KERNEL_VERSION
