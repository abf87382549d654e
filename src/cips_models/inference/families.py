"""Families of deviations: where their unconstrained coordinates stand, and what scales them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from cips_models.model.build import blueprint
from cips_models.model.density import Density
from cips_models.model.shifts import SD, Asked, coordinates, estimated

#: Sds and correlations of the hierarchy, as PyMC names them in the unconstrained space.
SCALES = ("sd_z", "correlation_z_interval__")

#: A reference correlation's place in its interval: inside.
_INTERIOR = (0.05, 0.95)


@dataclass(frozen=True)
class Family:
    """Where one family's unconstrained coordinates stand.

    Attributes
    ----------
    deviation : (group, direction) int array
    sd : (group,) int array
    correlation : int or None
        None with one group.
    """

    deviation: np.ndarray
    sd: np.ndarray
    correlation: int | None

    def root(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Root of the correlation matrix, and its derivative by the unconstrained correlation.

        With p the correlation's place in its interval, 1 - r = G (1 - p) / (G - 1) and
        1 + (G - 1) r = G p; see ``cips_models.model.priors.Deviations``.
        """
        groups = len(self.sd)
        if self.correlation is None:
            return np.eye(1), np.zeros((1, 1))
        p = expit(x[self.correlation])
        mean = np.full((groups, groups), 1.0 / groups)
        apart = np.sqrt(groups / (groups - 1) * (1 - p)) * (np.eye(groups) - mean)
        together = np.sqrt(groups * p) * mean
        return apart + together, 0.5 * ((1 - p) * together - p * apart)

    def sds(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Factors before the deviations, and their derivatives: sds of either sign, or not."""
        turn = np.ones(len(self.sd)) if len(self.sd) <= 2 else np.sign(x[self.sd])
        return turn * x[self.sd], turn

    @property
    def scales(self) -> np.ndarray:
        """Places of the sds and the correlation."""
        return self.sd if self.correlation is None else np.append(self.sd, self.correlation)

    @property
    def unit(self) -> np.ndarray:
        """Coordinates of the scales at which deviations are the standardised ones."""
        groups = len(self.sd)
        ones = np.ones(groups)
        return ones if self.correlation is None else np.append(ones, logit(1.0 / groups))

    def factor(self, x: np.ndarray) -> np.ndarray:
        """(group, group) R, from standardised deviations to deviations."""
        return np.asarray(self.sds(x)[0][:, None] * self.root(x)[0])

    def pulled(self, x: np.ndarray, by_factor: np.ndarray) -> np.ndarray:
        """Gradient by the scales, in the order of :attr:`scales`, from that by :meth:`factor`."""
        (sd, turn), (root, slope) = self.sds(x), self.root(x)
        by_sd = turn * (by_factor * root).sum(axis=1)
        if self.correlation is None:
            return np.asarray(by_sd)
        return np.append(by_sd, (sd[:, None] * by_factor * slope).sum())

    def fitted(self, x: np.ndarray, covariance: np.ndarray) -> np.ndarray:
        """Coordinates of the scales that fit the deviations' second moments: a step of EM.

        Parameters
        ----------
        x : (dim,) array
            Mean of the standardised deviations, and the scales before.
        covariance : (dim, dim) array
        """
        z, places = x[self.deviation], self.deviation
        square = z @ z.T + covariance[places[:, None], places].sum(axis=2)
        factor = self.factor(x)
        moments = factor @ square @ factor.T / z.shape[1]
        sd = np.sqrt(np.diag(moments))
        if self.correlation is None:
            return sd
        groups = len(sd)
        r = (moments / np.outer(sd, sd))[~np.eye(groups, dtype=bool)].mean()
        share = np.clip((1 + (groups - 1) * r) / groups, *_INTERIOR)
        return np.append(sd, logit(share))


def scales(density: Density) -> np.ndarray:
    """(dim,) bool array: the coordinates that are sds or correlations of the hierarchy."""
    return np.concatenate([np.full(size, name in SCALES) for name, _, size, _ in density.point_map])


def joined(places: Iterable[np.ndarray]) -> np.ndarray:
    """Places one after the other; none where there is no family, as where one cell is all."""
    return np.concatenate([np.empty(0, dtype=int), *(each.ravel() for each in places)])


def families_of(density: Density) -> tuple[Family, ...]:
    """Places of every family's deviations, sds and correlation."""
    places = density.places
    return tuple(
        Family(
            deviation=places[f"{term}_z"],
            sd=places[SCALES[0]][position],
            correlation=int(places[SCALES[1]][position]) if SCALES[1] in places else None,
        )
        for position, term in enumerate(density.model.coords.get("term", ()))
    )


def item_families(density: Density) -> tuple[Family, ...]:
    """The same of item shifts, which have no groups, in a model of answers."""
    plan, places = blueprint(density.model), density.places
    if SD not in places:
        return ()
    asked = Asked.of(plan.layout, len(plan.design.countries), plan.design.step_scale)
    return tuple(
        Family(places[coordinates(term)][None], places[SD][[position]], None)
        for position, term in enumerate(estimated(plan.specification, asked))
    )
