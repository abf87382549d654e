"""How the hierarchy of a fit ties its cells together, in sentences."""

from collections.abc import Iterator, Mapping

from cips_models.inference.fit import Fit
from cips_models.wording import N_, _, listed_apart, ngettext

#: Families of deviations: what they are, and over what they sum to zero.
_FAMILIES: Mapping[str, str] = {
    "country_baseline": N_("baselines of countries (over countries)"),
    "cell_baseline": N_("baselines of cells (over countries and over factors)"),
    "country_change": N_("changes of countries (over followed countries)"),
    "cell_change": N_("changes of cells (over followed countries and over factors)"),
    "country_effect": N_("effects in countries (over supported countries)"),
    "factor_effect": N_("effects on factors (over supported factors)"),
}


def pooled(fit: Fit) -> Iterator[str]:
    """Route, deviations that sum to zero, and what support may shift."""
    if not fit.provenance["structure"]["pooling"]:
        yield _("No pooling: every cell has a level of its own, with a flat prior.")
        return
    if fit.provenance["route"] == "cut":
        yield _(
            "Cut route: levels are estimated cell by cell, without pooling and without knowing the "
            "support; the hierarchy takes them as measured with that error."
        )
    if "sd" in fit.posterior:
        terms = [_(_FAMILIES[str(term)]) for term in fit.posterior["term"].to_numpy()]
        yield _(
            "Pooling: deviations are normal around zero with estimated sds, and sum to zero: "
            "{terms}."
        ).format(terms=listed_apart(terms))
        if "correlation" in fit.posterior:
            yield _(
                "Each of these has an sd for every group and one correlation between groups, equal "
                "for all pairs."
            )
    yield from _waves(fit)
    yield from _support(fit)


def _waves(fit: Fit) -> Iterator[str]:
    """What is said of changes."""
    design = fit.design
    if len(design.waves) > 2:
        yield _(
            "Changes are random walks: the sd of a step grows with the root of its length, and is "
            "otherwise equal for all steps."
        )
    once = len(design.countries) - len(design.followed)
    if once and len(design.waves) > 1:
        yield ngettext(
            "{n} country seen in one wave informs questions and levels, and no change.",
            "{n} countries seen in one wave inform questions and levels, and no change.",
            once,
        ).format(n=once)


def _support(fit: Fit) -> Iterator[str]:
    """What support may shift, and how."""
    posterior, design = fit.posterior, fit.design
    if design.supported is None:
        return
    if "baseline_slope" in posterior:
        yield _(
            "Baselines of cells that were ever supported may differ, by one coefficient a group; "
            "the indicator of support is centred by country and by factor."
        )
    else:
        yield _("Baselines of supported cells are exchangeable with those of the others.")
    if "spillover_slope" in posterior:
        yield _("Changes of a country may follow {share}, by one coefficient a group.").format(
            share=_("its mean intensity of support over all factors")
            if design.graded
            else _("its share of supported factors")
        )
    if "persistence" in posterior:
        yield _(
            "A share, one a group, of what a cell's baseline deviates from its country's and its "
            "factor's may be gone at the second wave."
        )
    if "effect_cell" in posterior:
        yield _(
            "The effect on a supported cell is a group's mean, plus the country's and the factor's "
            "deviation where there are several; there is none of the single cell."
        )
        if design.graded:
            yield _(
                "It is proportional to the intensity of support in the cell; mean and deviations "
                "are those of one unit."
            )
    else:
        yield _("No effect of support is part of this model.")
    if design.already_treated[design.followed].any():
        yield _("Cells under support when first seen change freely and inform no other change.")
