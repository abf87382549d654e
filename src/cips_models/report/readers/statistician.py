"""The technical annex, by the Bayesian analysis reporting guidelines (BARG; Kruschke, 2021).

Its headings follow the steps of the guidelines one by one, so that a reviewer can tick them off:
J. K. Kruschke, "Bayesian analysis reporting guidelines", Nature Human Behaviour 5 (2021).
"""

from cips_models.report import colophon, front
from cips_models.report.assessment import Assessment
from cips_models.report.document import Document, Paragraph, Section, bullets, said
from cips_models.report.readers import barg_model, barg_results
from cips_models.report.readers.others import others
from cips_models.wording import _


def document(assessment: Assessment) -> Document:
    """The technical annex.

    Parameters
    ----------
    assessment : Assessment
    """
    return Document(
        kind=_("Technical annex"),
        title=assessment.about["name"],
        origin=front.origin(assessment),
        banners=front.banners(assessment),
        links=others("statistician", assessment),
        sections=(
            _preamble(),
            barg_model.model(assessment),
            barg_model.computation(assessment),
            barg_results.posterior(assessment),
            barg_results.decisions(assessment),
            barg_results.sensitivity(assessment),
            barg_results.reproducibility(assessment),
            barg_results.rules(),
            colophon.section(),
        ),
    )


def _preamble() -> Section:
    return Section(
        _("Preamble"),
        said(
            Paragraph(
                _(
                    "The headings are the steps of the Bayesian analysis reporting guidelines "
                    "(Kruschke, 2021, Nature Human Behaviour 5), one by one. Where a step does not "
                    "apply, the reason stands there."
                ),
                tone="soft",
            ),
            Section(
                _("Why Bayesian"),
                (
                    Paragraph(
                        _(
                            "Cells hold few people, answers are ordered words, and one person's "
                            "answers go together. A hierarchical model carries all of that into "
                            "the interval of every quantity, and gives the share of cells improved "
                            "and the probability of an effect of a stated size, which are "
                            "functions of many parameters at once."
                        )
                    ),
                ),
            ),
            Section(
                _("Goals"),
                (
                    bullets(
                        (
                            _("Estimation: level and change of every country × factor × group, and "
                              "the effect of support. No null hypothesis is tested."),
                            _("Checks of the claims by other means stand beside the posterior: "
                              "permuted support, a bootstrap, one country left out."),
                        )
                    ),
                ),
            ),
        ),
        key="preamble",
    )  # fmt: skip
