"""Words for the values that tables hold as short codes."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from cips_models import names
from cips_models.numerals import ISOLATE, alike
from cips_models.wording import N_, NC_, _, listed, ngettext, pgettext

_QUANTITIES: Mapping[str, str] = MappingProxyType(
    {
        names.PERCENT: N_("positive answers"),
        names.SCORE: N_("the score"),
        names.LATENT: N_("the latent level"),
    }
)
_SCALES: Mapping[str, str] = MappingProxyType(
    {
        names.PERCENT: NC_("scale", "positive answers"),
        names.SCORE: NC_("scale", "score"),
        names.LATENT: NC_("scale", "latent level"),
    }
)
_UNITS: Mapping[str, str] = MappingProxyType(
    {
        names.PERCENT: N_("percentage points"),
        names.SCORE: N_("points of 100"),
        names.LATENT: N_("logits"),
    }
)
_LEVEL_UNITS: Mapping[str, str] = MappingProxyType(
    {
        names.PERCENT: N_("per cent"),
        names.SCORE: N_("points of 100"),
        names.LATENT: N_("logits"),
    }
)
_SHORT_UNITS: Mapping[str, str] = MappingProxyType(
    {
        names.PERCENT: N_("points"),
        names.SCORE: N_("score points"),
        names.LATENT: N_("logits"),
    }
)
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "did": N_("difference in differences"),
        "no-general-factor": N_("without a general outlook of persons"),
        "exchangeable": N_("baselines exchangeable"),
        "conditional": N_("given the baseline"),
        "joint": N_("joint"),
        "cut": N_("cut"),
        "latent": N_("parallel in logits"),
        "points": N_("parallel in points"),
        "distribution": N_("between countries, distributional"),
        "shares": N_("between countries, parallel in shares"),
        "supported": N_("supported"),
        "unsupported": N_("not supported"),
        "effects and scales": N_("effects and scales"),
        "single cells": N_("single cells"),
        "sampler": N_("sampler"),
        "as is": N_("as they are"),
        "wide": N_("twice as wide"),
        "narrow": N_("half as wide"),
        "all": N_("all"),
        "on": N_("on"),
        "off": N_("off"),
        "dropped": N_("dropped"),
        "informative": N_("informative"),
        "level": N_("level"),
        "pooled level": N_("level, countries pooled"),
        "pooled path": N_("level, countries seen at every wave pooled"),
        "pooled level before": N_("level before the change, countries pooled"),
        "pooled level after": N_("level after the change, countries pooled"),
        "country level before": N_("level before the change, mean over factors"),
        "country level after": N_("level after the change, mean over factors"),
        "change": N_("change"),
        "pooled change": N_("change, countries pooled"),
        "country level": N_("level, mean over factors"),
        "country change": N_("change, mean over factors"),
        "change as composed": N_("change, as the waves were composed"),
        "pooled change as composed": N_("change, countries pooled, as the waves were composed"),
        "raw pooled change": N_("change of raw results, countries pooled"),
        "ATT": N_("average effect on supported cells"),
        "ATT of one unit": N_("average effect of one unit of support on supported cells"),
        "ATT by country": N_("effect by country"),
        "ATT by factor": N_("effect by factor"),
        "ATT in a new country": N_("effect in a new country"),
        "baseline difference": N_("how far supported cells started from others"),
        "odds ratio of support": N_("odds of support for a start one sd lower, as a ratio"),
        "reliability": N_("share of the variance of readings that is not noise"),
        "regression to the mean": N_(
            "effect that noise alone would show, were support given by it"
        ),
        "baseline slope": N_("how far supported cells started from others (ν)"),
        "spillover slope": N_("spillover within a country (π)"),
        "persistence": N_("how much of a baseline deviation is lost again (κ)"),
    }
)


def word(code: str) -> str:
    """Words for a code of a table; a code that is the user's own stands for itself."""
    return _(_WORDS[code]) if code in _WORDS else code


def outcome(scale: str, trends: str) -> str:
    """Name an outcome: what is measured, and what is taken to be parallel."""
    return _("{quantity}: {trends}").format(
        quantity=capital(scale_name(scale)), trends=word(trends)
    )


#: Kinds of intervals as tables hold them, in words.
_INTERVALS: Mapping[str, str] = MappingProxyType(
    {
        "ETI": N_("{mass}% ETI"),
        "HDI": N_("{mass}% HDI"),
        "t": N_("{mass}% t"),
        "WCR": N_("{mass}% WCR"),
        "": N_("{mass}%"),
    }
)


def intervals(kinds: Iterable[str]) -> str:
    """Distinct kinds of intervals of a table ("95% ETI"), for the head of a column."""
    return listed(_interval(kind) for kind in dict.fromkeys(map(str, kinds)) if kind)


def _interval(kind: str) -> str:
    mass, _percent, name = kind.partition("%")
    template = _INTERVALS.get(name.strip())
    return kind if template is None else _(template).format(mass=mass)


def quantity(scale: str) -> str:
    """Name what a scale measures, within a sentence ("the latent level")."""
    return _(_QUANTITIES[scale])


def scale_name(scale: str) -> str:
    """Name a scale by itself, in a table or a list ("latent level")."""
    return pgettext("scale", _SCALES[scale])


def unit(scale: str) -> str:
    """Name the unit of a difference on a scale ("percentage points")."""
    return _(_UNITS[scale])


def level_unit(scale: str) -> str:
    """Name the unit of a level on a scale ("per cent")."""
    return _(_LEVEL_UNITS[scale])


def short_unit(scale: str) -> str:
    """Name the unit where the quantity beside it says the rest ("points")."""
    return _(_SHORT_UNITS[scale])


def unit_of(scale: str, value: float, digits: int = 1) -> str:
    """Name the unit behind a number as it is printed: "0.9 points", in French "0,9 point"."""
    n = alike(f"{value:.{digits}f}")
    if scale == names.PERCENT:
        return ngettext("point", "points", n)
    if scale == names.SCORE:
        return ngettext("score point", "score points", n)
    return ngettext("logit", "logits", n)


def small(sentence: str) -> str:
    """A sentence as it goes on after a colon; one that begins with a formula stays: "P(> 0)"."""
    second = sentence[1:2]
    goes_on = second.islower() or second in (" ", "\N{RIGHT SINGLE QUOTATION MARK}")
    return sentence[:1].lower() + sentence[1:] if goes_on else sentence


def capital(text: str) -> str:
    """Text with its first letter in upper case and the rest as it is."""
    if text.startswith(ISOLATE):
        return ISOLATE + capital(text[1:])
    return text[:1].upper() + text[1:]
