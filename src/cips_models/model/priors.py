"""From a specification's priors to PyMC variables: the few shapes that the model uses."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from cips_models.model.specification import Prior


def zero_sum_basis(block: np.ndarray) -> np.ndarray:
    """Orthonormal basis of the vectors that sum to zero within each block.

    Parameters
    ----------
    block : (n,) int array

    Returns
    -------
    (n, n - blocks) array
        With independent N(0, s^2) coefficients the result has covariance s^2 (I - J/n)
        within a block of n.
    """
    columns = []
    for label in np.unique(block):
        members = np.flatnonzero(block == label)
        for k in range(1, len(members)):
            column = np.zeros(len(block))
            column[members[:k]] = 1.0
            column[members[k]] = -k
            columns.append(column / np.sqrt(k * (k + 1)))
    return np.array(columns).T.reshape(len(block), -1)


def contrasts(size: int) -> np.ndarray:
    """(size, size - 1) orthonormal basis of the vectors that sum to zero."""
    return zero_sum_basis(np.zeros(size, dtype=int))


def normal(
    name: str,
    prior: Prior,
    dims: tuple[str, ...] | None = None,
    scale: Any = 1.0,
    shape: tuple[int, ...] | None = None,
) -> Any:
    """A normal variable around zero, sampled in units of its prior sd times ``scale``."""
    raw = pm.Normal(f"{name}_z", 0.0, 1.0, dims=dims, shape=shape)
    return pm.Deterministic(name, prior.sd * scale * raw, dims=dims)


def lognormal(name: str, prior: Prior, dims: tuple[str, ...] | None = None) -> Any:
    """A log-normal variable, sampled as the standardised logarithm."""
    raw = pm.Normal(f"{name}_z", 0.0, 1.0, dims=dims)
    return pm.Deterministic(name, prior.median * pt.exp(prior.sd * raw), dims=dims)


class Deviations:
    """Families of deviations over countries and factors, each with an sd of its own.

    A family's deviations sum to zero over its dimensions: finite-population effects, so
    that nothing can drift between a mean and its deviations.  They are correlated between
    groups: with r the correlation, the symmetric square root of (1 - r) I + r J is
    sqrt(1 - r) on contrasts between groups and sqrt(1 + (G - 1) r) on their mean, so that
    no order of the groups is needed.  Non-centred.  The model gets

    ``sd`` (term, group)      sds in logits
    ``correlation`` (term)    between groups, with two or more groups

    Parameters
    ----------
    priors : mapping of str to Prior
        Half-normal prior of each family's sd; the keys are the dimension ``term``.
    groups : int
    """

    def __init__(self, priors: Mapping[str, Prior], groups: int):
        self.terms = tuple(priors)
        self.groups = groups
        model = pm.modelcontext(None)
        model.add_coord("term", self.terms)
        scale = np.array([[prior.sd] for prior in priors.values()])
        # A normal factor of either sign is the half-normal sd in disguise (the deviations are
        # symmetric), and crosses zero where its logarithm would wander off to -infinity.
        # Opposite signs of two groups turn their correlation's sign, whose prior is symmetric;
        # with more groups it is not, and the sign is dropped.
        signed = scale * pm.Normal("sd_z", 0.0, 1.0, dims=("term", "group"))
        sd = pm.Deterministic("sd", pt.abs(signed), dims=("term", "group"))
        self._root = (signed if groups <= 2 else sd)[:, :, None]
        if groups > 1:
            mean = np.full((groups, groups), 1.0 / groups)
            raw = pm.Uniform("correlation_z", -1.0 / (groups - 1), 1.0, dims="term")
            r = raw[:, None, None]
            self._root = self._root * (
                pt.sqrt(1 - r) * (np.eye(groups) - mean) + pt.sqrt(1 + (groups - 1) * r) * mean
            )
            turned = pt.sign(signed).prod(axis=1) if groups == 2 else 1.0
            pm.Deterministic("correlation", turned * raw, dims="term")

    def draw(self, term: str, sizes: Sequence[int], dims: Sequence[str], steps: Any = None) -> Any:
        """Deviations of one family.

        Parameters
        ----------
        term : str
        sizes, dims : sequences
            Length and name of the dimensions over which they sum to zero.
        steps : (step,) array, optional
            Relative scale of independent innovations, one for each step.

        Returns
        -------
        (group, [step,] *sizes) tensor, in logits
        """
        basis = np.ones((1, 1))
        for size in sizes:
            basis = np.kron(basis, contrasts(size))
        repeats = 1 if steps is None else len(steps)
        z = pm.Normal(f"{term}_z", 0.0, 1.0, shape=(self.groups, repeats * basis.shape[1]))
        mixed = pt.dot(self._root[self.terms.index(term)], z)
        spread = pt.dot(mixed.reshape((self.groups * repeats, basis.shape[1])), basis.T)
        if steps is None:
            return pm.Deterministic(
                term, spread.reshape((self.groups, *sizes)), dims=("group", *dims)
            )
        value = spread.reshape((self.groups, repeats, *sizes))
        value = value * np.asarray(steps).reshape((1, -1, *([1] * len(sizes))))
        return pm.Deterministic(term, value, dims=("group", "step", *dims))
