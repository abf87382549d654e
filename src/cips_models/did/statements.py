"""What an effect is an effect of, and what identifies it: the record of a fit, in words."""

import numpy as np

from cips_models.did.contrast import Comparison
from cips_models.did.estimand import Estimand, in_words
from cips_models.did.on_cells import LATENT_TRENDS
from cips_models.did.refusals import compared_group, effect_refusals
from cips_models.estimands.composition import assumption as mode_assumption
from cips_models.inference.fit import Fit
from cips_models.model.design import Design
from cips_models.names import LATENT, SCALES
from cips_models.wording import _, ngettext


def estimand(
    fit: Fit,
    group: str,
    *,
    effect: str = "ATT",
    scale: str = LATENT,
    trends: str = LATENT_TRENDS,
    weights: str = "cells",
) -> Estimand:
    """What an effect of a fit is an effect of, compared with what, under which assumption.

    Parameters
    ----------
    fit : Fit
    group : str
    effect : str
        As in the column ``estimand`` of the effects table.
    scale : {"latent", "percent", "score"}
    trends : {"latent", "points"}
        Scale on which trends are taken as parallel.
    weights : str
        Name of the weights of cells.
    """
    compared = compared_group(fit, fit.design.groups.index(group))
    specification = str(fit.provenance["specification"])
    model = _ASSUMPTIONS.get(specification, _own_assumption)
    by_imputation = trends != LATENT_TRENDS
    return Estimand(
        effect=effect,
        group=group,
        population=_population(fit.design, compared, by_imputation=by_imputation),
        scale=scale,
        comparison=_comparison(len(fit.design.waves)),
        assumption=_in_points() if by_imputation else model(),
        countries=compared.countries,
        factors=compared.factors,
        cells=compared.told if by_imputation else compared.cells,
        weights=weights,
    )


def identifying_statements(fit: Fit) -> list[str]:
    """One statement a group: estimand, comparison, assumption, what contributes."""
    said = []
    for group in fit.design.groups:
        if refused := _refused(fit, group):
            said += refused
        else:
            said.append(" ".join(in_words(estimand(fit, group, scale=s) for s in SCALES)))
    return [*said, *_of_the_mode(fit)]


def what_is_not_told(fit: Fit) -> list[str]:
    """Groups without an effect, each with the reason; and what is taken to be true of the mode."""
    refused = [said for group in fit.design.groups for said in _refused(fit, group)]
    return [*refused, *_of_the_mode(fit)]


def _refused(fit: Fit, group: str) -> list[str]:
    if compared_group(fit, fit.design.groups.index(group)).identified:
        return []
    return [str(refusal) for refusal in effect_refusals(fit, group=group)]


def _of_the_mode(fit: Fit) -> list[str]:
    return [said] if (said := mode_assumption(fit)) else []


def _alone(compared: Comparison, *, by_imputation: bool) -> str:
    """How many supported cells nothing is compared with; empty if none."""
    number = compared.cells - compared.told
    if not number:
        return ""
    said = (
        ngettext(
            "(one more has no others to be compared with, of its country and of its factor)",
            "({n} more have no others to be compared with, of their country and of their factor)",
            number,
        )
        if by_imputation
        else ngettext(
            "(one of them has no others to be compared with, of its country and of its factor: its "
            "effect is what the model takes to be common to all)",
            "({n} of them have no others to be compared with, of their country and of their "
            "factor: their effect is what the model takes to be common to all)",
            number,
        )
    )
    return " " + said.format(n=number)


def _population(design: Design, compared: Comparison, *, by_imputation: bool) -> str:
    template = (
        _("the {cells} supported country x factor cells seen in both waves, {first} and {last}")
        if len(design.waves) == 2
        else _(
            "the {cells} supported country x factor cells seen before and after their support "
            "began, each with its own waves and at the last in which it was seen, from {first} at "
            "the earliest to {last} at the latest"
        )
    )
    cells = compared.told if by_imputation else compared.cells
    said = template.format(cells=cells, first=design.waves[0], last=design.waves[-1])
    said += _alone(compared, by_imputation=by_imputation)
    if compared.already_treated:
        said += " " + ngettext(
            "(one cell was under support when first seen: it enters neither the effect nor the "
            "comparison)",
            "({n} cells were under support when first seen: they enter neither the effect nor "
            "the comparison)",
            compared.already_treated,
        ).format(n=compared.already_treated)
    return _graded(said, design.given[compared.treated]) if design.graded else said


def _graded(population: str, intensity: np.ndarray) -> str:
    """What the effect is where support was more intense in some cells than in others."""
    return _(
        "{population}, at the intensity that each cell was given (intensities from {least} to "
        "{most}), to which the effect is taken as proportional; in a new country it is that of one "
        "unit"
    ).format(population=population, least=f"{intensity.min():g}", most=f"{intensity.max():g}")


def _comparison(waves: int) -> str:
    if waves == 2:
        return _(
            "Supported and unsupported factors are compared within countries that have both, net "
            "of the common change of each factor that is supported in some countries and not in "
            "others."
        )
    return _(
        "Supported and unsupported factors are compared within countries that have both and over "
        "the same waves, net of the common change of each factor that is supported in some "
        "countries and not in others."
    )


def parallel_in_logits() -> str:
    """The assumption of a difference in differences on the latent scale."""
    return _(
        "Assumption (difference in differences): without support, supported and unsupported "
        "factors of a country would have changed alike, in logits of a typical item of each factor."
    )


def _in_points() -> str:
    return _(
        "Assumption (trends parallel in points): without support, levels of supported and "
        "unsupported factors of a country would have changed by equally many points. The interval "
        "holds errors of the levels, not how far single cells stray from parallel trends."
    )


def _exchangeable() -> str:
    return _(
        "Assumption (baselines exchangeable): before support, supported and unsupported cells did "
        "not differ systematically, so that a low first measurement is partly noise; and without "
        "support both would have changed alike."
    )


def _conditional() -> str:
    return _(
        "Assumption (given the baseline): supported and unsupported cells with the same true level "
        "at the first wave would have changed alike without support."
    )


def _own_assumption() -> str:
    return _("Assumption: that of the specification used.")


_ASSUMPTIONS = {
    "did": parallel_in_logits,
    "informative-dont-know": parallel_in_logits,
    "sparse-shifts": parallel_in_logits,
    "exchangeable": _exchangeable,
    "conditional": _conditional,
}
