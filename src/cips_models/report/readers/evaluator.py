"""The full impact assessment, for an evaluator who must defend every number."""

from collections.abc import Mapping
from typing import Final

from cips_models.charts.findings import interval
from cips_models.charts.labels import capital
from cips_models.report import change_tables, colophon, figures, front, sections
from cips_models.report.answers import Answer, answers
from cips_models.report.assessment import Assessment
from cips_models.report.document import (
    Document,
    Paragraph,
    Picture,
    Section,
    Table,
    bullets,
    said,
)
from cips_models.report.effect_sections import effect, to_estimand
from cips_models.report.readers.others import others
from cips_models.wording import _

#: Charts of the report; what it has no estimates for is not drawn.
CHARTS: Final = (
    "headline", "dumbbells", "improved", "changes", "composition", "levels", "drift", "bracket",
    "outcomes", "effect_path", "selection", "effect", "permutations", "influence", "trends",
    "spillover", "decision", "specification_curve", "predictive", "calibration",
)  # fmt: skip


def document(assessment: Assessment) -> Document:
    """The impact assessment.

    Parameters
    ----------
    assessment : Assessment
    """
    # Between two waves paths would say what dumbbells say.
    wanted = (*CHARTS, "paths") if len(assessment.about["waves"]) > 2 else CHARTS
    pictures = figures.pictures(assessment, wanted=wanted, alone=False)
    return Document(
        kind=_("Impact assessment"),
        title=assessment.about["name"],
        origin=front.origin(assessment),
        banners=front.banners(assessment),
        links=others("evaluator", assessment),
        sections=(
            sections.asked(assessment),
            _brief(assessment, pictures),
            sections.changes(assessment, pictures),
            *([effect(assessment, pictures)] if sections.has_effects(assessment) else []),
            sections.data(assessment),
            sections.diagnostics(assessment, pictures),
            sections.limits(assessment),
            sections.method(assessment),
            colophon.section(),
        ),
    )


def _brief(assessment: Assessment, pictures: Mapping[str, Picture]) -> Section:
    assumed = str(assessment.about.get("assumption", ""))
    ends = interval(assessment["levels"].iloc[0])
    return Section(
        _("The answer in brief"),
        said(
            Paragraph(
                _(
                    "A cell is one factor in one country. Points are percentage points of positive "
                    "answers. The {interval} holds the quantity with that probability, given the "
                    "model and the data."
                ).format(interval=ends),
                tone="soft",
            ),
            Paragraph(assumed, lead=_("Assumed, not found."), tone="warning") if assumed else None,
            to_estimand() if sections.has_effects(assessment) else None,
            *(_card(answer, ends) for answer in answers(assessment)),
            pictures.get("headline"),
            change_tables.headline(assessment),
        ),
        key="brief",
    )


def _card(answer: Answer, ends: str) -> Section:
    return Section(
        capital(answer.group),
        said(
            bullets(answer.sentences),
            Table(
                _("Effect of support in percentage points, by what is assumed"),
                (_("Estimated by"), _("Effect"), capital(ends), _("P(> 0)")),
                answer.estimates,
            ),
            *(Paragraph(warning, lead=_("Beware."), tone="warning") for warning in answer.warnings),
        ),
        card=True,
    )
