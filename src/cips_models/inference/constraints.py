"""What identifies a fit: its constraints, and which parameters are held equal across what.

Every sentence follows from the fit's own specification, design, questionnaire and draws; what is
not in force is not said, or said not to be.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from cips_models.errors import FitError
from cips_models.inference.exchange import POOLED
from cips_models.inference.fit import Fit
from cips_models.inference.pooling_words import pooled
from cips_models.inference.shift_words import shifted
from cips_models.model.answering import ANSWERING
from cips_models.model.likelihood import EFFECT
from cips_models.names import FACTOR, GROUP, WAVE
from cips_models.wording import _, listed, listed_apart, ngettext


def identification(fit: Fit) -> list[str]:
    """Which constraints identify a fit, and which parameters are held equal across what.

    Parameters
    ----------
    fit : Fit
        Of either route.

    Returns
    -------
    list of str
        Sentences: scale and origin, questions, item shifts, persons, pooling, support.

    Raises
    ------
    FitError
        The fit was written before fits kept what is needed.
    """
    if "structure" not in fit.provenance or "block" not in fit.questionnaire:
        raise FitError(
            f"Identification of {fit.provenance.get('study')}: found a fit without the structure "
            "of its model; expected one of this version of cips-models. Fit again."
        )
    if fit.provenance["settings"].get("sampler") == POOLED:
        return [*_scale(fit), *_elsewhere(fit), *pooled(fit)]
    return [
        *_scale(fit),
        *_questions(fit),
        *shifted(fit),
        *_dont_know(fit),
        *_persons(fit),
        *pooled(fit),
    ]


def _scale(fit: Fit) -> Iterator[str]:
    """Scale and origin of the trait, and which groups share one."""
    yield _(
        "Scale and origin of a factor: once per block (groups linked by questions they share), the "
        "log discriminations of its questions sum to zero, and so do the questions' locations "
        "(mean thresholds)."
    )
    alike: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for f, factor in enumerate(fit.design.factors):
        alike.setdefault(_groups_by_block(fit, f), []).append(factor)
    for blocks, factors in alike.items():
        named = _listed(factors, fit.design.factors)
        if len(blocks) > 1:
            yield _(
                "{factors}: {count} blocks ({blocks}), each with a scale and origin of its own, so "
                "that levels are not comparable between them."
            ).format(
                factors=named,
                count=len(blocks),
                blocks=listed_apart(map(listed, blocks)),
            )
        elif blocks and len(blocks[0]) > 1:
            yield _("{factors}: one block ({groups}), whose levels are comparable.").format(
                factors=named, groups=listed(blocks[0])
            )


def _groups_by_block(fit: Fit, factor: int) -> tuple[tuple[str, ...], ...]:
    """Groups of each block of a factor."""
    book = fit.questionnaire
    asked = book["asked"].any(WAVE).transpose("question", GROUP).to_numpy().astype(bool)
    block = np.where(book["factor"].to_numpy() == factor, book["block"].to_numpy(), -1)
    found = [asked[block == number].any(axis=0) for number in np.unique(block[block >= 0])]
    groups = fit.design.groups
    return tuple(
        tuple(g for g, here in zip(groups, own, strict=True) if here) for own in found if own.any()
    )


def _elsewhere(fit: Fit) -> Iterator[str]:
    """What is each file's own, of a fit to the cells of files."""
    yield _(
        "Questions and spreads of persons were estimated file by file, under the same constraints "
        "in each: levels are in units of the questions of their own file, and about the standard "
        "composition that it states."
    )
    if fit.provenance["settings"]["files"] > 1:
        yield _(
            "A drift of questions that all countries have in common counts as if each file had "
            "one of its own: the interval of a change pooled over files is too narrow by it. "
            "Effects of support, in which most of it cancels, are hardly touched."
        )


def _questions(fit: Fit) -> Iterator[str]:
    """What of a question is the same everywhere."""
    several = _(", all groups that were asked it") if len(fit.design.groups) > 1 else ""
    if (fit.questionnaire["levels"] > 2).any():
        yield _(
            "Held equal in all countries and waves{groups}: a question's discrimination and the "
            "distances between its thresholds."
        ).format(groups=several)
    else:
        yield _(
            "Held equal in all countries and waves{groups}: a question's discrimination."
        ).format(groups=several)
    versions = int(fit.questionnaire["version"].sum())
    if versions:
        yield ngettext(
            "{n} question is one group's version of an item and has parameters of its own.",
            "{n} questions are one group's version of an item each and have parameters of their "
            "own.",
            versions,
        ).format(n=versions)


def _dont_know(fit: Fit) -> Iterator[str]:
    """What is taken of people who say don't know."""
    if ANSWERING[0] not in fit.posterior:
        yield _(
            "Don't know is left out: who says it is taken to be like others of the cell with the "
            "same other answers."
        )
        return
    yield _(
        "Answering rather than don't know depends on a propensity of each person, which the "
        "general outlook moves by one slope a group, equal for all questions, countries and waves; "
        "its sd is one a group. How readily a question is answered differs by group and wave, how "
        "readily people answer whatever the question by country, group and wave, and each question "
        "has something to itself there, so that only people of one cell tell the slope."
    )


def _persons(fit: Fit) -> Iterator[str]:
    """Spread of persons around their cell's level."""
    structure: Mapping[str, Any] = fit.provenance["structure"]
    factors, waves = fit.design.factors, fit.design.waves
    if EFFECT in fit.posterior:
        yield _(
            "A cell's level is the mean trait of the standard composition. Effects of strata and "
            "modes are equal in all countries and waves; in each group those of a column's values "
            "sum to zero, and their deviations by factor sum to zero over factors."
        )
    else:
        yield _("A cell's level is the mean trait of its persons.")
    yield _("General outlook and factor-specific deviations of persons are normal with mean zero.")
    if len(factors) == 1:
        yield _("With one factor a general outlook cannot be told from it and is left out.")
    elif not structure["general_factor"]:
        yield _(
            "Persons have no general outlook in this model: their answers to different factors are "
            "independent given the cell."
        )
    else:
        if structure["spread_by_wave"] and len(waves) > 1:
            yield _(
                "The sd of the general outlook differs by group and wave and is equal in all "
                "countries."
            )
        else:
            yield _(
                "The sd of the general outlook differs by group and is equal in all countries and "
                "waves."
            )
        if structure["loadings"] and len(factors) >= 3:
            yield _(
                "The weight of the outlook differs by factor and group, with geometric mean 1 over "
                "factors, and is equal in all countries and waves."
            )
        else:
            yield _("The weight of the outlook is 1 in every factor.")
    yield _(
        "The sd of factor-specific deviations differs by factor and group and is equal in all "
        "countries and waves."
    )
    if fixed := _fixed_specific(fit):
        yield _("It is held at {sd} where one question cannot tell it: {where}.").format(
            sd=f"{fit.provenance['least_specific']:g}", where=listed_apart(fixed)
        )


def _fixed_specific(fit: Fit) -> list[str]:
    """Factors and groups whose specific sd is held."""
    draws = fit.posterior["specific_spread"].transpose("chain", "draw", FACTOR, GROUP).to_numpy()
    held = (draws == fit.provenance["least_specific"]).all(axis=(0, 1))
    seen = fit.design.observed.any(axis=(0, 3))
    return [f"{fit.design.factors[f]}, {fit.design.groups[g]}" for f, g in np.argwhere(held & seen)]


def _listed(names: Sequence[str], whole: Sequence[str]) -> str:
    return _("All factors") if len(names) == len(whole) > 1 else listed(names)
