"""What an effect is an effect of, and what identifies it, in words."""

import numpy as np

from cips_models.did.refusals import compared_group, effect_refusals
from cips_models.estimands.composition import assumption as mode_assumption
from cips_models.inference.fit import Fit
from cips_models.wording import _, ngettext


def identifying_statements(fit: Fit) -> list[str]:
    """One statement a group: estimand, comparison, assumption, what contributes."""
    design = fit.design
    assumption = _ASSUMPTIONS.get(str(fit.provenance["specification"]), _own_assumption)()
    template = _two_waves() if len(design.waves) == 2 else _several_waves()
    statements = []
    for g, group in enumerate(design.groups):
        compared = compared_group(fit, g)
        if not compared.identified:
            statements += [str(refusal) for refusal in effect_refusals(fit, group=group)]
            continue
        statement = template.format(
            group=group,
            first=design.waves[0],
            last=design.waves[-1],
            cells=compared.cells,
            countries=compared.countries,
            factors=compared.factors,
            assumption=assumption,
        )
        if compared.already_treated:
            statement += " " + ngettext(
                "One cell was under support when first seen: it enters neither the effect nor "
                "the comparison.",
                "{n} cells were under support when first seen: they enter neither the effect "
                "nor the comparison.",
                compared.already_treated,
            ).format(n=compared.already_treated)
        if design.graded:
            statement += " " + _graded(design.given[compared.treated])
        statements.append(statement)
    return [*statements, *([said] if (said := mode_assumption(fit)) else [])]


def _graded(intensity: np.ndarray) -> str:
    """What the effect is where support was more intense in some cells than in others."""
    return _(
        "Support had intensities from {least:g} to {most:g}: this is the effect at the intensity "
        "that each cell was given, taken as proportional to it. The effect of one unit stands "
        "beside it; in a new country it is that of one unit."
    ).format(least=intensity.min(), most=intensity.max())


def _two_waves() -> str:
    return _(
        "{group}: the average effect of support from {first} to {last} on the {cells} "
        "supported country x factor cells seen in both waves, each weighing the same. "
        "Supported and unsupported factors are compared within countries, net of each "
        "factor's common change; {countries} countries with both kinds of factors and "
        "{factors} factors supported in some countries but not all contribute. "
        "{assumption}"
    )


def _several_waves() -> str:
    return _(
        "{group}: the average effect of support, at the last wave in which each was seen, on the "
        "{cells} supported country x factor cells seen before and after their support began, "
        "each weighing the same. Every cell counts with its own waves, from {first} at the "
        "earliest to {last} at the latest. Supported and unsupported factors are compared "
        "within countries and over the same waves, net of each factor's common change; "
        "{countries} countries with both kinds of factors and {factors} factors supported in "
        "some countries but not all contribute. {assumption}"
    )


def _did() -> str:
    return _(
        "Assumption: without support, supported and unsupported factors of a country would have "
        "changed alike, in logits of a typical item of each factor."
    )


def _exchangeable() -> str:
    return _(
        "Assumption: before support, supported and unsupported cells did not differ "
        "systematically, so that a low first measurement is partly noise; and without support "
        "both would have changed alike."
    )


def _conditional() -> str:
    return _(
        "Assumption: supported and unsupported cells with the same true level at the first wave "
        "would have changed alike without support."
    )


def _own_assumption() -> str:
    return _("Assumption: that of the specification used.")


_ASSUMPTIONS = {
    "did": _did,
    "informative-dont-know": _did,
    "sparse-shifts": _did,
    "exchangeable": _exchangeable,
    "conditional": _conditional,
}
