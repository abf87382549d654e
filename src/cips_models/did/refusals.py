"""What cannot be said of effects, and everything that cannot be said of a fit."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from cips_models.did.contrast import Comparison, comparison, nothing_compared
from cips_models.estimands.changes import support_status
from cips_models.estimands.composition import assumption, comparable, mode_scale
from cips_models.estimands.identification import Refusal, by_factor, listed
from cips_models.estimands.improved import SUPPORTED, UNSUPPORTED
from cips_models.estimands.refusals import (
    change_refusals,
    level_refusals,
    mode_reason,
    mode_remedy,
)
from cips_models.inference.fit import Fit
from cips_models.model.record import reference
from cips_models.names import FACTOR, GROUP, PERCENT, SCALES, SCORE
from cips_models.survey.wave_pairs import pairs_of_waves
from cips_models.wording import _

COLUMNS = ["claim", "where", "scales", "reason", "remedy"]


def refusals(fit: Fit, *, pairs: Sequence[tuple[str, str]] | None = None) -> list[Refusal]:
    """Everything that the data cannot tell of a fit: levels, changes, effects.

    Parameters
    ----------
    fit : Fit
    pairs : sequence of pair of str, optional
        Waves between which changes are wanted; default from the first to the last and from
        each to the next.

    Returns
    -------
    list of Refusal
        Which claim, where, on which scales, why it cannot be told, and what would help.
    """
    waves = fit.design.waves
    found = level_refusals(fit)
    for start, end in pairs_of_waves(waves) if pairs is None else pairs:
        found += [*change_refusals(fit, start, end), *_of_shares(fit, start, end)]
    if len(waves) == 1:
        reason = _("The survey has one wave.")
        found.append(Refusal(_("Change"), "", SCALES, reason, _("Survey again.")))
    if said := assumption(fit):
        claim = _("What the mode in which people answered does to answers")
        found.append(Refusal(claim, "", SCALES, said, mode_remedy()))
    return found + effect_refusals(fit)


def _of_shares(fit: Fit, start: str, end: str) -> Iterator[Refusal]:
    """Shares of cells improved that have no cell."""
    design = fit.design
    pair = [design.waves.index(wave) for wave in (start, end)]
    seen = design.observed[design.followed][..., pair].all(axis=-1)
    common = by_factor(reference(fit.questionnaire, (start, end)), fit)
    told = comparable(fit, start, end).to_numpy()[design.followed]
    seen = seen & common.transpose(FACTOR, GROUP).to_numpy() & told[:, None]
    if design.support is None or not seen.any():
        return  # then there is no change either, and that is said
    status = support_status(design, start, end).to_numpy()
    kinds = {SUPPORTED: _("supported cells"), UNSUPPORTED: _("cells without support")}
    for g, group in enumerate(design.groups):
        for kind, words in kinds.items():
            if not (seen[:, :, g] & (status == kind)).any():
                claim = _("Share of cells improved from {first} to {last}, {group}").format(
                    first=start, last=end, group=group
                )
                reason = _("No such cell has a change, so that there is no difference either.")
                remedy = _("Look at the share of the others alone, or compare other waves.")
                yield Refusal(claim, words, (PERCENT,), reason, remedy)


def refusals_table(found: Sequence[Refusal]) -> pd.DataFrame:
    """Refusals as a table, one row each; scales separated by commas."""
    rows = [(r.claim, r.where, ", ".join(r.scales), r.reason, r.remedy) for r in found]
    return pd.DataFrame(rows, columns=COLUMNS)


def has_effect(fit: Fit) -> bool:
    """Whether support began between two observed waves somewhere, and the fit has its effect."""
    return "effect_cell" in fit.posterior


def effect_refusals(fit: Fit, *, group: str | None = None) -> list[Refusal]:
    """Which effects of support cannot be told: of every group, or of one."""
    design = fit.design
    effect = _("Effect of support")
    if design.support is None:
        reason = _("The study has no support table.")
        return [Refusal(effect, "", SCALES, reason, _("Name the support table in the study."))]
    if not design.treated.any():
        reason = _("Support began between two waves of a country nowhere.")
        remedy = _("Survey countries before and after their support begins.")
        return [Refusal(effect, "", SCALES, reason, remedy)]
    if not has_effect(fit):
        reason = _("The specification has no effect of support.")
        return [Refusal(effect, "", SCALES, reason, _("Set support_effect = true in it."))]
    return [
        refusal
        for g, name in enumerate(design.groups)
        if group in (None, name)
        for refusal in _of_group(fit, name, compared_group(fit, g))
    ]


def compared_group(fit: Fit, group: int) -> Comparison:
    """The comparison of a group; nothing to compare where its mode cannot be told from change."""
    found = comparison(fit.design, group)
    return found if _told(fit, group) else nothing_compared(found)


def _told(fit: Fit, group: int) -> bool:
    """Whether the mode stands between no two waves of any followed country."""
    scale = mode_scale(fit).isel({GROUP: group}).to_numpy()[fit.design.followed]
    return not (scale > 0).any()


def _of_group(fit: Fit, group: str, compared: Comparison) -> Iterator[Refusal]:
    claim = _("Effect of support, {group}").format(group=group)
    factors = fit.design.factors
    if not _told(fit, fit.design.groups.index(group)):
        yield Refusal(claim, "", SCALES, mode_reason(), mode_remedy())
    elif not compared.cells:
        reason = _("No supported cell was seen before and after its support began.")
        remedy = _("Survey the group before and after.")
        yield Refusal(claim, "", SCALES, reason, remedy)
    elif not compared.identified:
        reason = _(
            "No supported cell can be compared over the same waves: it takes an unsupported "
            "factor of the same country, the same factor unsupported elsewhere, and factors "
            "unsupported in both countries."
        )
        remedy = _("Compare changes; a within-country effect needs factors without support.")
        yield Refusal(claim, "", SCALES, reason, remedy)
    else:
        used = (compared.weights != 0).any(axis=(0, 2))
        counted = by_factor(reference(fit.questionnaire), fit).sel({GROUP: group}).to_numpy()
        lacking = used & ~counted
        if lacking.any():
            reason = _("No question was asked in every wave, so that levels in points are of "
                       "different questions.")  # fmt: skip
            remedy = _("Ask some of the same questions in every wave.")
            where = listed(np.asarray(factors)[lacking], factors)
            yield Refusal(claim, where, (PERCENT, SCORE), reason, remedy)
