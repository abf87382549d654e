"""What a fit remembers of the waves so far: who was asked, and how much an answer tells."""

import numpy as np
import xarray as xr
from scipy.special import ndtri

from cips_models.errors import FitError
from cips_models.estimands.sample_size import respondents
from cips_models.inference.fit import Fit
from cips_models.model.design import Design
from cips_models.names import COUNTRY, FACTOR, GROUP, WAVE

_CELL = (COUNTRY, FACTOR, GROUP, WAVE)

#: Nodes of the trait's distribution, at its quantiles, over which information is averaged.
_NODES = 21


def in_last_wave(design: Design) -> np.ndarray:
    """(country, group) bool: asked in the last wave of the survey."""
    return np.asarray(design.observed[..., -1].any(axis=1))


def last_wave(design: Design) -> np.ndarray:
    """(country, group) position of the last wave in which a group was asked; -1 for never."""
    seen = design.observed.any(axis=1)
    last = seen.shape[2] - 1 - seen[..., ::-1].argmax(axis=2)
    return np.asarray(np.where(seen.any(axis=2), last, -1))


def counted(fit: Fit) -> np.ndarray:
    """(country, factor, group, wave) respondents, to compute with: few are known by a band.

    Raises
    ------
    FitError
        The fit is to cells from files, which do not say how many respondents there were.
    """
    if "respondents" not in fit.cells:
        raise FitError(
            f"{fit.provenance['study']}: found a fit of pooled cells, which does not know how "
            "many respondents there were; expected a fit of answers (`cips fit`, `cips run`)"
        )
    return np.asarray(respondents(fit).to_numpy())


def respondents_now(fit: Fit) -> np.ndarray:
    """(country, group) respondents at the last wave in which they were asked, else zero."""
    by_wave = counted(fit).max(axis=1)
    last = last_wave(fit.design)
    found = np.take_along_axis(by_wave, np.maximum(last, 0)[..., None], axis=2)[..., 0]
    return np.where(last >= 0, found, 0.0)


def information(fit: Fit) -> np.ndarray:
    """How much a respondent's answers tell of his or her trait, at the posterior mean.

    Fisher's information of the graded response model (Samejima 1969, chapter 6) of the items
    that a respondent answers of a factor, averaged over the persons of the cell:

        I_j(t) = a_j^2 sum_k (w_k - w_k+1)^2 / P_k,    w_k = P*_k (1 - P*_k)

    with P*_k the probability to answer above threshold k and P_k that of level k.

    Returns
    -------
    (country, factor, group, wave) array
        In 1 / logits^2.
    """
    book, mean = fit.questionnaire, fit.posterior.mean(("chain", "draw"))
    level = mean["level"].transpose(*_CELL).to_numpy()
    spread = np.hypot(*spreads(mean))
    slope, threshold = mean["discrimination"].to_numpy(), mean["threshold"].to_numpy()
    start = np.append(book["start"], (book["levels"] - 1).sum()).astype(int)
    asked = book["asked"].transpose("question", GROUP, WAVE).to_numpy().astype(bool)
    node = ndtri((np.arange(_NODES) + 0.5) / _NODES)
    found = np.zeros(level.shape)
    for j, factor in enumerate(book["factor"].to_numpy()):
        trait = level[:, factor, ..., None] + spread[factor][None, ..., None] * node
        own = _item_information(slope[j], threshold[start[j] : start[j + 1]], trait).mean(axis=-1)
        found[:, factor] += own * asked[j]
    return np.asarray(found * _answered(fit))


def spreads(posterior: xr.Dataset) -> np.ndarray:
    """(2, ..., factor, group, wave) sds of persons in logits: of their outlook, and specific."""
    general = posterior["general_spread"]
    specific = posterior["specific_spread"].broadcast_like(general)
    order = (..., FACTOR, GROUP, WAVE)
    return np.stack([each.transpose(*order).to_numpy() for each in (general, specific)])


def _answered(fit: Fit) -> np.ndarray:
    """(country, factor, group, wave) share of the items asked that a respondent answered."""
    share = fit.cells["answered"].transpose(*_CELL) if "answered" in fit.cells else None
    return np.ones(fit.design.observed.shape) if share is None else share.fillna(1.0).to_numpy()


def _item_information(slope: float, threshold: np.ndarray, trait: np.ndarray) -> np.ndarray:
    """Of one item at traits of any shape."""
    above = 1.0 / (1.0 + np.exp(-slope * (trait[..., None] - threshold)))
    ends = np.ones_like(above[..., :1])
    above = np.concatenate([ends, above, 0.0 * ends], axis=-1)
    steep = above * (1.0 - above)
    level = np.maximum(-np.diff(above, axis=-1), 1e-12)
    return np.asarray(slope**2 * (np.diff(steep, axis=-1) ** 2 / level).sum(axis=-1))
