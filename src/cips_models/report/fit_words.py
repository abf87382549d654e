"""Fits, what is examined in them, and their parameters, in words."""

import re
from typing import Final

from cips_models.charts.labels import word
from cips_models.wording import N_, _

#: Parameters.
_PARAMETERS: Final = {
    "effect": N_("mean effect of support"),
    "baseline_slope": N_("other starting points of supported cells (ν)"),
    "spillover_slope": N_("spillover within a country (π)"),
    "persistence": N_("loss of baseline deviations (κ)"),
    "mean_change": N_("change common to all countries and factors"),
    "sd": N_("sd over countries, factors or cells"),
    "correlation": N_("correlation between groups"),
    "sd_outlook": N_("sd of persons' general outlook"),
    "sd_specific": N_("sd of persons by factor"),
    "loading": N_("weight of the outlook in a factor"),
    "item_sd": N_("sd of item shifts"),
    "item_scale": N_("scale of sparse item shifts"),
    "answering_slope": N_("don't know and the outlook"),
    "answering_spread": N_("how readily persons say don't know"),
    "discrimination": N_("discrimination"),
    "threshold": N_("threshold"),
}

#: What an element of a parameter is of, where that is no label of the survey's.
_FAMILIES: Final = {
    "country_baseline": N_("baselines of countries"),
    "cell_baseline": N_("baselines of cells"),
    "country_change": N_("changes of countries"),
    "cell_change": N_("changes of cells"),
    "country_effect": N_("effects in countries"),
    "factor_effect": N_("effects on factors"),
    "item_country": N_("items in a country"),
    "item_wave": N_("items at a wave"),
    "item_country_wave": N_("items in a country at a wave"),
}

#: What is gated and is a parameter by another name, or none.
_EXAMINED: Final = {
    words: words
    for words in (
        N_("importance"),
        N_("importance of scales"),
        N_("approximation"),
        N_("quadrature"),
        N_("divergences"),
        N_("interrupted"),
        N_("effect"),
        N_("effect by country"),
        N_("effect by factor"),
        N_("level"),
        N_("change"),
        N_("pooled change"),
        N_("share improved"),
    )
}


def parameter(name: object) -> str:
    """A parameter in words; one that is not known stands for itself."""
    return _(_PARAMETERS[str(name)]) if str(name) in _PARAMETERS else str(name)


def element(where: object) -> str:
    """Labels of an element of a parameter, with families of parameters in words."""
    return re.sub(
        r"\w+", lambda each: _(_FAMILIES[each[0]]) if each[0] in _FAMILIES else each[0], str(where)
    )


def examined(quantity: object) -> str:
    """What a gate is about, in words."""
    return _(_EXAMINED[str(quantity)]) if str(quantity) in _EXAMINED else parameter(quantity)


def fit_name(fit: object) -> str:
    """A fit of a results folder by its route and assumption; another stands for itself."""
    if str(fit) == "fit":
        return _("joint fit")
    assumed = str(fit).removeprefix("cut-")
    return str(fit) if assumed == str(fit) else _("cut route: {fit}").format(fit=word(assumed))
