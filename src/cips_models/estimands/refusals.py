"""What cannot be said of levels and changes, and why: nothing is left out in silence."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import xarray as xr

from cips_models.estimands.composition import comparable
from cips_models.estimands.identification import (
    Refusal,
    alike,
    by_factor,
    common_scale,
    listed,
    tied,
)
from cips_models.inference.fit import Fit
from cips_models.model.record import reference
from cips_models.names import FACTOR, GROUP, LATENT, PERCENT, SCALES, SCORE, WAVE
from cips_models.wording import _

_POINTS = (PERCENT, SCORE)


def shared_questions(fit: Fit, first: str, second: str) -> xr.DataArray:
    """Questions that both groups were asked in every wave, (question,) bool."""
    counted = reference(fit.questionnaire)
    first_asked, second_asked = (counted.sel({GROUP: g}, drop=True) for g in (first, second))
    return first_asked & second_asked


def change_refusals(
    fit: Fit, start: str, end: str, *, factors: Sequence[str] | None = None
) -> list[Refusal]:
    """Which changes between two waves cannot be told.

    Parameters
    ----------
    fit : Fit
    start, end : str
        Labels of the waves, the earlier one first.
    factors : sequence of str, optional
        Only these; default all.

    Returns
    -------
    list of Refusal
        One a group and reason, then one for the countries not surveyed in both waves.
    """
    design = fit.design
    change = _("Change from {first} to {last}").format(first=start, last=end)
    pair = [design.waves.index(start), design.waves.index(end)]
    seen = design.observed.any(axis=(1, 2))[:, pair]
    if not seen.all(axis=1).any():
        reason = _(
            "No country was surveyed in both waves, and a difference between countries is "
            "no change."
        )
        return [Refusal(change, "", SCALES, reason, _("Name two waves that share a country."))]
    wanted = list(design.factors if factors is None else factors)
    refusals = [r for group in design.groups for r in _of_group(fit, group, pair, wanted)]
    absent = np.flatnonzero(seen.any(axis=1) & ~seen.all(axis=1))
    if len(absent):
        names = ", ".join(design.countries[c] for c in absent)
        reason = _("Surveyed in one of the two waves only.")
        refusals.append(Refusal(change, names, SCALES, reason, _("Survey them again.")))
    return refusals


def _of_group(
    fit: Fit, group: str, pair: Sequence[int], wanted: Sequence[str]
) -> Iterator[Refusal]:
    design = fit.design
    waves = [design.waves[w] for w in pair]
    here = {GROUP: group, FACTOR: list(wanted)}
    asked = (common_scale(fit).sel(here).sel({WAVE: waves}) >= 0).all(WAVE).to_numpy()
    linked = tied(fit, *waves).sel(here).to_numpy()
    common = by_factor(reference(fit.questionnaire, waves), fit).sel(here).to_numpy()

    place = [design.factors.index(factor) for factor in wanted]
    both = design.observed[:, :, design.groups.index(group)][:, place][:, :, list(pair)].all(axis=2)
    surveyed = design.observed.any(axis=(1, 2))[:, list(pair)].all(axis=1)
    answered = both.any(axis=0)
    lacking = surveyed[:, None] & ~both & (asked & answered)[None]

    def factors(which: np.ndarray) -> str:
        return listed(np.asarray(wanted)[which], wanted)

    claim = _("Change from {first} to {last}, {group}").format(
        first=waves[0], last=waves[1], group=group
    )
    yield from _of_mode(fit, claim, group, waves, surveyed & both.any(axis=1))
    repeat = _("Ask some of the same questions in both waves.")
    if (~asked).any():
        reason = _("The group was not asked about it in both waves.")
        yield Refusal(claim, factors(~asked), SCALES, reason, repeat)
    if (asked & ~linked).any():
        reason = _(
            "No question ties the two waves together, neither one asked in both nor a chain "
            "over other groups or waves: the latent scale has another origin in each."
        )
        yield Refusal(claim, factors(asked & ~linked), (LATENT,), reason, repeat)
    if (asked & ~common).any():
        reason = _("No question was asked in both waves: the answers are to other questions.")
        yield Refusal(claim, factors(asked & ~common), _POINTS, reason, repeat)
    if (asked & ~answered).any():
        reason = _("No country has an answer in both waves.")
        remedy = _("Survey the group in the same countries again.")
        yield Refusal(claim, factors(asked & ~answered), SCALES, reason, remedy)
    if lacking.any():
        cells = [f"{design.countries[c]} / {wanted[f]}" for c, f in np.argwhere(lacking)]
        reason = _("Nobody answered in one of the two waves.")
        remedy = _("Survey the group in both waves.")
        yield Refusal(claim, ", ".join(cells), SCALES, reason, remedy)


def _of_mode(
    fit: Fit, claim: str, group: str, waves: Sequence[str], there: np.ndarray
) -> Iterator[Refusal]:
    """Countries, of those (country,) that are there, in which wave and mode coincide."""
    alone = there & ~comparable(fit, *waves).sel({GROUP: group}).to_numpy()
    if alone.any():
        everywhere = bool((alone == there).all())
        names = ", ".join(np.asarray(fit.design.countries)[alone])
        yield Refusal(claim, "" if everywhere else names, SCALES, mode_reason(), mode_remedy())


def mode_reason() -> str:
    """Why wave and mode cannot be told apart."""
    return _(
        "The waves were answered in different modes, and no country and no wave overlap so that "
        "what the mode does to answers could be told from change."
    )


def mode_remedy() -> str:
    """What would tell wave and mode apart."""
    return _(
        "Let people answer in both modes in one wave of some countries, or state in the study "
        "file what is taken to be true of the mode: [mode] effect, which every result then says."
    )


def group_refusals(fit: Fit, first: str, second: str) -> list[Refusal]:
    """Where the levels of two groups cannot be compared.

    Returns
    -------
    list of Refusal
        At most one for all scales and one for per cent and score.
    """
    design = fit.design
    claim = _("Difference of levels, {first} less {second}").format(first=first, second=second)
    one_scale = alike(fit, first, second).transpose(FACTOR, WAVE).to_numpy()
    shared = by_factor(shared_questions(fit, first, second), fit).to_numpy()
    names = []
    for factor, waves in zip(design.factors, one_scale, strict=True):
        if not waves.any():
            names.append(factor)
        else:
            names += [f"{factor} ({design.waves[w]})" for w in np.flatnonzero(~waves)]
    refusals = []
    if names:
        reason = _(
            "The groups were asked no common question, directly or in a chain: their levels "
            "have no common scale."
        )
        remedy = _(
            "Ask both groups some of the same questions; meanwhile compare their changes, each "
            "within its own scale."
        )
        refusals.append(Refusal(claim, listed(names, design.factors), SCALES, reason, remedy))
    other = one_scale.any(axis=1) & ~shared
    if other.any():
        reason = _(
            "No question was asked of both groups in every wave: per cent and score would be "
            "of different questions."
        )
        remedy = _("Compare them on the latent scale, or ask both the same questions.")
        where = listed(np.asarray(design.factors)[other], design.factors)
        refusals.append(Refusal(claim, where, _POINTS, reason, remedy))
    return refusals


def factor_refusal() -> Refusal:
    """Why latent levels of two factors cannot be compared."""
    return Refusal(
        _("Difference of levels between factors"),
        _("all factors"),
        (LATENT,),
        _("The latent scale has an origin of its own in every factor, set by its questions."),
        _("Compare the changes of factors, or their levels in per cent or score."),
    )


def level_refusals(fit: Fit) -> list[Refusal]:
    """Which differences between levels cannot be told: of every two groups, and of factors."""
    refusals = [
        r for pair in combinations(fit.design.groups, 2) for r in group_refusals(fit, *pair)
    ]
    return refusals + ([factor_refusal()] if len(fit.design.factors) > 1 else [])
