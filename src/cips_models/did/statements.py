"""What an effect is an effect of, and what identifies it, in words."""

from cips_models.did.contrast import comparison
from cips_models.inference.fit import Fit
from cips_models.wording import _


def identifying_statements(fit: Fit) -> list[str]:
    """One statement a group: estimand, comparison, assumption, what contributes."""
    design = fit.design
    first, last = design.waves[0], design.waves[-1]
    assumption = _ASSUMPTIONS.get(str(fit.provenance["specification"]), _own_assumption)()
    statements = []
    for g, group in enumerate(design.groups):
        compared = comparison(design, g)
        statements.append(
            _(
                "{group}: the average effect of support from {first} to {last} on the {cells} "
                "supported country x factor cells seen in both waves, each weighing the same. "
                "Supported and unsupported factors are compared within countries, net of each "
                "factor's common change; {countries} countries with both kinds of factors and "
                "{factors} factors supported in some countries but not all contribute. "
                "{assumption}"
            ).format(
                group=group,
                first=first,
                last=last,
                cells=compared.cells,
                countries=compared.countries,
                factors=compared.factors,
                assumption=assumption,
            )
        )
    already = int(design.already_treated.sum())
    if already:
        statements.append(
            _(
                "{count} cells were already supported at their country's first wave: they enter "
                "neither the effect nor the comparison."
            ).format(count=already)
        )
    return statements


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


_ASSUMPTIONS = {"did": _did, "exchangeable": _exchangeable, "conditional": _conditional}
