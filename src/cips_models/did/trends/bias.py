"""What departures from parallel trends would do to the effect, and how large ones overturn it.

Supported cells may have been about to change otherwise than the rest, support or not.  Such a bias
that all supported cells of a group have in common is taken as N(0, (M omega)^2), omega the
spread of the unsupported cells' own changes (see ``own_changes``): at M = 1 all supported cells
together depart by as much as a single unsupported factor does.  Departures of single cells are in
every interval already.  After Rambachan & Roth (2023), who bound the bias by violations seen before
treatment; here it has a distribution, and the spread between cells is its yardstick.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import xarray as xr
from arviz_stats.base import array_stats
from numpy.polynomial.chebyshev import chebpts2, chebval, chebvander
from scipy.special import ndtri

from cips_models.did.on_cells import at_last_wave, cell_effects
from cips_models.did.trends.own_changes import own_changes, span
from cips_models.estimands.intervals import MASS
from cips_models.inference.fit import Fit
from cips_models.names import CHAIN, COUNTRY, DRAW, FACTOR, GROUP, LATENT, PERCENT

#: How many times omega the sd of the bias is: dimension, and the values that are shown.
TIMES: Final = "times"
MULTIPLES: Final = tuple(round(0.1 * k, 1) for k in range(21))

#: One bias for all supported cells of a group, or one for those of each country.
COMMON, BY_COUNTRY = "common", "by country"

#: Nodes and draws for effects in points: a smooth function of the bias, draw by draw.
_NODES, _DRAWS = 7, 1000


def bias_spread(fit: Fit) -> xr.DataArray:
    """Omega, draw by draw: the spread of unsupported cells' own changes while others had support.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw, group, in logits: the sd of :func:`own_changes` over a step times the
        square root of the mean number of steps from the last wave without support to the last.
    """
    found: xr.DataArray = own_changes(fit) * np.sqrt(span(fit))
    return found


def biased(
    fit: Fit,
    times: Sequence[float] = MULTIPLES,
    *,
    scales: Sequence[str] = (LATENT, PERCENT),
    seed: int = 1,
) -> dict[str, xr.DataArray]:
    """Average effects on supported cells with a bias of their trends added.

    Parameters
    ----------
    fit : Fit
    times : sequence of float
        M: sds of the bias, in units of omega.
    scales : sequence of {"latent", "percent", "score"}
        The bias is one of latent trends; in points it is what it makes of the effect there.
    seed : int
        The same standard normal variates at every M, one a draw and group (and country).

    Returns
    -------
    dict of str to xarray.DataArray
        By scale; dims chain, draw, bias, times, group.  ``bias`` is "common" or "by
        country": independent ones average out, so that their sd in the mean over the n supported
        cells is M omega sqrt(sum over countries of (n_c / n)^2).  On other scales than the
        latent one only of every so manieth draw.  NaN in a group without omega.

    Raises
    ------
    IdentificationError
        The fit has no support effect, or no group has anything to compare.
    """
    found = {}
    effect, omega = cell_effects(fit, LATENT), bias_spread(fit)
    few = {DRAW: slice(None, None, max(1, effect.sizes[CHAIN] * effect.sizes[DRAW] // _DRAWS))}
    for scale in scales:
        own, spread = (effect, omega) if scale == LATENT else (effect.isel(few), omega.isel(few))
        size = xr.DataArray(list(times), {TIMES: list(times)}, (TIMES,)) * spread
        biases = {
            COMMON: size * _scores(own, (GROUP,), seed),
            BY_COUNTRY: size * _scores(own, (COUNTRY, GROUP), seed),
        }
        most = max(float(abs(bias).max()) for bias in biases.values())
        gain = _Latent(own) if scale == LATENT else _Points(fit, own, scale, most)
        every = [gain.average(bias) for bias in biases.values()]
        kinds = xr.Variable("bias", list(biases))
        found[scale] = xr.concat(every, kinds).transpose(CHAIN, DRAW, "bias", TIMES, GROUP)
    return found


def _scores(effect: xr.DataArray, dims: Sequence[str], seed: int) -> xr.DataArray:
    """Normal scores in an order of their own for each element of ``dims``: no mean, sd one."""
    sizes = [effect.sizes[dim] for dim in (CHAIN, DRAW, *dims)]
    draws, others = sizes[0] * sizes[1], int(np.prod(sizes[2:]))
    scores = np.tile(ndtri((np.arange(draws) + 0.5) / draws)[:, None], others)
    mixed = np.random.default_rng(seed).permuted(scores, axis=0).reshape(sizes)
    coords = {dim: effect[dim] for dim in (CHAIN, DRAW, *dims)}
    return xr.DataArray(mixed, coords, (CHAIN, DRAW, *dims))


class _Latent:
    """The average effect with a bias added, in logits."""

    def __init__(self, effect: xr.DataArray):
        self.mean = effect.mean(FACTOR)
        cells = effect.isel({CHAIN: 0, DRAW: 0}, drop=True).notnull().sum(FACTOR)
        self.share = cells / cells.sum(COUNTRY)

    def average(self, bias: xr.DataArray) -> xr.DataArray:
        """Mean over supported cells, of a bias with or without the dim country."""
        return self._weighed(self.mean + bias)

    def _weighed(self, by_country: xr.DataArray) -> xr.DataArray:
        # A country without supported cells has no mean, and no share; others keep their NaN.
        counted: xr.DataArray = by_country.fillna(0.0).where(self.share > 0, 0.0) * self.share
        return counted.sum(COUNTRY).where(by_country.notnull().any(COUNTRY))


class _Points(_Latent):
    """The same in points: at some nodes exactly, one of them zero, in between a polynomial."""

    def __init__(self, fit: Fit, effect: xr.DataArray, scale: str, most: float):
        super().__init__(effect)
        self.most = most if np.isfinite(most) and most > 0 else 1.0
        nodes = chebpts2(_NODES)
        seen = at_last_wave(fit, (scale,), effect - effect)[scale]
        values = [
            (seen - at_last_wave(fit, (scale,), -effect - self.most * node)[scale]).mean(FACTOR)
            for node in nodes
        ]
        at = xr.concat(values, xr.Variable("node", np.arange(_NODES)))
        inverse = np.linalg.inv(chebvander(nodes, _NODES - 1))
        self.coefficients = xr.dot(
            xr.DataArray(inverse, dims=("order", "node")), at.fillna(0.0), dim="node"
        ).where(at.isel(node=0, drop=True).notnull())

    def average(self, bias: xr.DataArray) -> xr.DataArray:
        """Mean over supported cells, of a bias with or without the dim country."""
        x = xr.broadcast(bias, self.mean)[0].transpose(TIMES, *self.mean.dims)
        orders = self.coefficients.transpose("order", *self.mean.dims).to_numpy()[:, None]
        values = chebval(x.to_numpy() / self.most, orders, tensor=False)
        return self._weighed(x.copy(data=values))


def breakdown(biased_effects: xr.DataArray) -> xr.DataArray:
    """The least M at which the 95 % interval of the effect holds zero.

    Parameters
    ----------
    biased_effects : xarray.DataArray
        Dims chain, draw, times and any others; see :func:`biased`.

    Returns
    -------
    xarray.DataArray
        Of the other dims: 0 where the interval holds zero without any bias; infinity where it
        does not at the largest M; between two M linear in the interval's end; NaN where
        there is no effect.
    """
    near, times = _nearest_end(biased_effects), biased_effects[TIMES].to_numpy()
    found = np.full(near.shape[1:], np.inf)
    for place, own in _by_place(near):
        if np.isnan(own).any():
            found[place] = np.nan
        elif (holds := np.flatnonzero(own <= 0)).size:
            k = holds[0]
            step = 0.0 if k == 0 else own[k - 1] / (own[k - 1] - own[k])
            found[place] = times[max(k - 1, 0)] + step * (times[k] - times[max(k - 1, 0)])
    least: xr.DataArray = near.isel({TIMES: 0}, drop=True).copy(data=found)
    return least


def breakdown_mcse(biased_effects: xr.DataArray) -> xr.DataArray:
    """Monte Carlo standard error of :func:`breakdown`.

    That of the interval's end (of a quantile: Vehtari et al. 2021, section 4.4) where the end
    reaches zero, over how fast the end moves with M.

    Parameters
    ----------
    biased_effects : xarray.DataArray
        As of :func:`breakdown`.

    Returns
    -------
    xarray.DataArray
        Of the other dims; NaN where the breakdown value is zero, infinite or none.
    """
    near, times = _nearest_end(biased_effects), biased_effects[TIMES].to_numpy()
    draws = biased_effects.transpose(CHAIN, DRAW, *near.dims).to_numpy()
    found, tail = np.full(near.shape[1:], np.nan), (1.0 - MASS) / 2.0
    for place, own in _by_place(near):
        holds = np.flatnonzero(own <= 0)
        if holds.size and holds[0] > 0:
            before, after = holds[0] - 1, holds[0]
            speed = (own[before] - own[after]) / (times[after] - times[before])
            nearer = before if own[before] < -own[after] else after
            here = draws[(slice(None), slice(None), nearer, *place)]
            which = tail if np.median(here) > 0 else 1.0 - tail
            found[place] = array_stats.mcse(here, method="quantile", prob=which) / speed
    error: xr.DataArray = near.isel({TIMES: 0}, drop=True).copy(data=found)
    return error


def _nearest_end(biased_effects: xr.DataArray) -> xr.DataArray:
    """The interval's end that is nearer to zero: above zero as long as the interval excludes it."""
    tail = (1.0 - MASS) / 2.0
    ends = biased_effects.quantile([tail, 1.0 - tail], (CHAIN, DRAW), skipna=False)
    lower, upper = ends.isel(quantile=0, drop=True), ends.isel(quantile=1, drop=True)
    near: xr.DataArray = lower.where(lower + upper >= 0, -upper).transpose(TIMES, ...)
    return near


def _by_place(near: xr.DataArray) -> Iterator[tuple[tuple[int, ...], np.ndarray]]:
    """Ends at every M, for each place of the other dims."""
    values = near.to_numpy()
    for place in np.ndindex(values.shape[1:]):
        yield place, values[(slice(None), *place)]
