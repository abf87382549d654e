"""Item shifts: an item that is harder in one country, or becomes harder from wave to wave.

The threshold of item j in country c at wave w is b_jk + d_jcw (differential item functioning;
Holland & Wainer 1993), with

    d_jcw = country term + sum over steps up to w of (wave term + country x wave term)

The *country* term sums to zero over the items of a factor and block that the country was asked:
it says which items are harder there than others.  The terms of waves are random walks, from the
first wave of the survey and of the country, and do *not* sum to zero: their mean over J items,
of sd omega / sqrt(J) a step, cannot be told from a change of the trait, and widens it.  Were they
to sum to zero, the interval of a change would be the same whatever omega is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from cips_models.errors import SpecificationError
from cips_models.model.horseshoe import half_cauchy, horseshoe, slab
from cips_models.model.layout import Layout
from cips_models.model.priors import zero_sum_basis
from cips_models.model.specification import Specification
from cips_models.names import COUNTRY, WAVE

#: Terms of the shifts, which are the names of their priors too.
COUNTRY_TERM, WAVE_TERM, BOTH_TERM = TERMS = ("item_country", "item_wave", "item_country_wave")

#: Free variable that holds the sds of the terms that are estimated.
SD = "item_sd_z"


def differ(spec: Specification) -> bool:
    """Whether thresholds may differ by country and wave under a specification."""
    return spec.structure.item_shifts and any(not _absent(spec, term) for term in TERMS)


def sparse_terms(spec: Specification) -> tuple[str, ...]:
    """Terms of which most shifts are next to nothing and a few are large."""
    if not spec.structure.item_shifts or spec.structure.shifts != "sparse":
        return ()
    return tuple(t for t in (WAVE_TERM, BOTH_TERM) if spec.priors[t].family != "fixed")


def refuse_sparse(spec: Specification, what: str) -> None:
    """Refuse a way to a posterior that takes item shifts as Gaussian.

    Raises
    ------
    SpecificationError
        Under the specification they are not.
    """
    if sparse_terms(spec):
        raise SpecificationError(
            f'Specification {spec.name!r}: found shifts = "sparse", which {what} cannot take, '
            'because such shifts are not Gaussian; expected shifts = "normal". Fit it by NUTS: '
            '`cips fit --sampler nutpie`, in Python cips.joint(..., sampler="nutpie").'
        )


def _absent(spec: Specification, term: str) -> bool:
    prior = spec.priors[term]
    return prior.family == "fixed" and prior.sd == 0


@dataclass(frozen=True)
class Asked:
    """Which shifts there are: who was asked what, when.

    Attributes
    ----------
    asked : (country, question, wave) bool array
        Somebody answered.
    block : (question,) int array
    step : (wave - 1,) array
        Square root of each step's length over the mean step's.
    """

    asked: np.ndarray
    block: np.ndarray
    step: np.ndarray

    @classmethod
    def of(cls, layout: Layout, countries: int, step: np.ndarray) -> "Asked":
        """From a layout; ``step`` as of :class:`cips_models.model.design.Design`."""
        asked = np.zeros((countries, len(layout.questions.labels), len(step) + 1), dtype=bool)
        answered = np.logical_or.reduceat(layout.answers >= 0, layout.cell_start[:-1])
        places = zip(layout.cells[COUNTRY], layout.cells[WAVE], answered, strict=True)
        for country, wave, given in places:
            asked[country, :, wave] |= given
        return cls(asked, layout.questions.block, step)

    @cached_property
    def contrasts(self) -> np.ndarray:
        """(country, question, contrast) bases of shifts that sum to zero, padded with zeros."""
        bases = []
        for own in self.asked.any(axis=2):
            members = np.flatnonzero(own)
            basis = zero_sum_basis(self.block[members])
            bases.append(np.zeros((len(own), basis.shape[1])))
            bases[-1][members] = basis
        most = max(basis.shape[1] for basis in bases)
        return np.array([np.pad(b, ((0, 0), (0, most - b.shape[1]))) for b in bases])

    @cached_property
    def followed(self) -> np.ndarray:
        """(country, question, step) bool array: steps between a country's waves, of its items."""
        seen = self.asked.any(axis=1)
        started = np.logical_or.accumulate(seen, axis=1)[:, :-1]
        ends = np.logical_or.accumulate(seen[:, ::-1], axis=1)[:, ::-1][:, 1:]
        return np.asarray(self.asked.any(axis=2)[:, :, None] & (started & ends)[:, None, :])

    def places(self) -> dict[str, np.ndarray]:
        """Where the coordinates of each term stand, positions in its array; what there is of it.

        With one country its own shifts and those of all are the same thing; a wave's, too.
        """
        found = {}
        if len(self.asked) > 1 and self.contrasts.shape[2]:
            found[COUNTRY_TERM] = np.argwhere(np.abs(self.contrasts).max(axis=1) > 0)
        if self.followed.any():
            found[WAVE_TERM] = np.argwhere(self.followed.any(axis=0))
            if self.followed.any(axis=(1, 2)).sum() > 1:
                found[BOTH_TERM] = np.argwhere(self.followed)
        return found


def terms(spec: Specification, asked: Asked) -> dict[str, np.ndarray]:
    """Terms in force and the places of their coordinates; see :meth:`Asked.places`."""
    if not differ(spec):
        return {}
    return {term: at for term, at in asked.places().items() if not _absent(spec, term)}


def estimated(spec: Specification, asked: Asked) -> list[str]:
    """Terms whose sd is estimated, in the order of :data:`SD`."""
    free = [term for term in terms(spec, asked) if spec.priors[term].family != "fixed"]
    return [term for term in free if term not in sparse_terms(spec)]


def coordinates(term: str) -> str:
    """Name of the free variable that holds the standardised shifts of a term."""
    return f"{term}_z"


def shifts(spec: Specification, asked: Asked) -> tuple[Any, Any]:
    """Add the item shifts to the model on the context stack.

    Returns
    -------
    shift : (question, country, wave) tensor or None, public as ``item_shift``, in logits
        None without any.
    common : (question,) tensor
        Mean of the country terms over the countries that were asked: it belongs to the
        difficulty and is not in the shifts.
    """
    present = terms(spec, asked)
    if not present:
        return None, 0.0
    few = [term for term in present if term in sparse_terms(spec)]
    sds = _sds(spec, [t for t in present if t not in few], estimated(spec, asked))
    scales, width = _scales(spec, few)
    countries, questions, waves = asked.asked.shape
    member = asked.asked.any(axis=2)
    total: Any = pt.zeros((countries, questions, waves))
    common: Any = 0.0
    for term, at in present.items():
        if term in few:
            scaled = horseshoe(term, scales[term], width, len(at))
        else:
            scaled = sds[term] * pm.Normal(coordinates(term), 0.0, 1.0, shape=len(at))
        shape = {
            COUNTRY_TERM: (countries, asked.contrasts.shape[2]),
            WAVE_TERM: (questions, waves - 1),
            BOTH_TERM: (countries, questions, waves - 1),
        }[term]
        laid = pt.set_subtensor(pt.zeros(shape)[tuple(at.T)], scaled)
        if term == COUNTRY_TERM:
            own = (asked.contrasts * laid[:, None, :]).sum(axis=2)
            common = own.sum(axis=0) / np.maximum(member.sum(axis=0), 1)
            total = total + ((own - common) * member)[:, :, None]
        else:
            path = pt.cumsum(laid * asked.step, axis=-1)
            total = pt.inc_subtensor(total[:, :, 1:], path)
    total = total.transpose((1, 0, 2))
    return pm.Deterministic("item_shift", total, dims=("question", COUNTRY, WAVE)), common


def _sds(spec: Specification, present: list[str], free: list[str]) -> Mapping[str, Any]:
    """Sds of the terms, in logits: free ones of either sign, as in ``priors.Deviations``."""
    found: dict[str, Any] = {term: spec.priors[term].sd for term in present if term not in free}
    if free:
        scale = np.array([spec.priors[term].sd for term in free])
        signed = scale * pm.Normal(SD, 0.0, 1.0, shape=len(free))
        found |= {term: signed[k] for k, term in enumerate(free)}
    if not present:
        return found
    pm.modelcontext(None).add_coord("item_term", present)
    pm.Deterministic(
        "item_sd", pt.stack([pt.abs(pt.as_tensor(found[term])) for term in present]),
        dims="item_term",
    )  # fmt: skip
    return found


def _scales(spec: Specification, few: list[str]) -> tuple[Mapping[str, Any], Any]:
    """Global scales of sparse terms, public as ``item_scale``, and the slab that they share."""
    if not few:
        return {}, None
    scales = {term: half_cauchy(f"{term}_scale", spec.priors[f"{term}_scale"].sd) for term in few}
    pm.modelcontext(None).add_coord("sparse_term", few)
    pm.Deterministic("item_scale", pt.stack(list(scales.values())), dims="sparse_term")
    return scales, slab("item_slab", spec.priors["item_slab"])
