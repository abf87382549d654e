"""How the items of a fit shift, and what of their drift nothing identifies, in sentences."""

from collections.abc import Iterator, Mapping

import numpy as np

from cips_models.inference.fit import Fit
from cips_models.names import GROUP, WAVE
from cips_models.wording import N_, _, listed_apart

#: Item shifts by term, in words.
_SHIFTS: Mapping[str, str] = {
    "item_country": N_(
        "A question may be harder in one country than in others ({sd}): the shifts of a country "
        "sum to zero over the questions of a factor and block that it was asked; their mean over "
        "countries is added to the question's location."
    ),
    "item_wave": N_(
        "A question may drift in all countries alike ({sd} for a step between waves of mean "
        "length)."
    ),
    "item_country_wave": N_(
        "A question may drift in one country ({sd} for a step between waves of mean length)."
    ),
}


def shifted(fit: Fit) -> Iterator[str]:
    """Item shifts in force, and what of them nothing identifies."""
    normal, sparse = (_labels(fit, name) for name in ("item_term", "sparse_term"))
    if not normal and not sparse:
        yield _(
            "Held equal there too: a question's location. No item shifts in this model: where one "
            "does, it is read as level or change of its factor."
        )
        return
    for term in (*normal, *sparse):
        yield _(_SHIFTS[term]).format(sd=_sd(fit, term) if term in normal else _sparse(fit, term))
    if set(normal) - {"item_country"}:
        yield _(
            "Drift that all J questions of a factor have in common is not identified: with sd "
            "omega of the drift of a question, a change bears omega / sqrt(J), and its interval is "
            "so much wider."
        )
    elif sparse:
        yield _(
            "Drift that all J questions of a factor have in common is not identified: a change "
            "bears the mean of the J drifts, of which a large one is unlikely."
        )
    if ({*normal, *sparse} - {"item_country"}) and (single := _single(fit)):
        yield _("All of it is borne where one question was asked: {where}.").format(
            where=listed_apart(single)
        )


def _labels(fit: Fit, dim: str) -> list[str]:
    return list(map(str, fit.posterior[dim].to_numpy())) if dim in fit.posterior.coords else []


def _sd(fit: Fit, term: str) -> str:
    """The sd of an item shift: held, or estimated."""
    draws = fit.posterior["item_sd"].sel(item_term=term).to_numpy()
    words = _("sd held at {sd} logits") if np.ptp(draws) == 0 else _("sd estimated, {sd}")
    return words.format(sd=f"{draws.mean():.2f}")


def _sparse(fit: Fit, term: str) -> str:
    """The scales of sparse shifts."""
    return _(
        "most by next to nothing and a few by much; regularised horseshoe, global scale estimated, "
        "{scale}, slab estimated, {slab}"
    ).format(
        scale=f"{float(fit.posterior['item_scale'].sel(sparse_term=term).mean()):.3f}",
        slab=f"{float(fit.posterior['item_slab'].mean()):.2f}",
    )


def _single(fit: Fit) -> list[str]:
    """Factors and groups with one question."""
    book, names = fit.questionnaire, fit.design.factors
    asked = book["asked"].any(WAVE).transpose("question", GROUP).to_numpy().astype(bool)
    number = book["factor"].to_numpy()
    return [
        f"{factor}, {group}"
        for f, factor in enumerate(names)
        for g, group in enumerate(fit.design.groups)
        if asked[number == f, g].sum() == 1
    ]
