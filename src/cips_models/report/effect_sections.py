"""The effect of support: the parts of the report about it, in their order."""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from cips_models.charts.labels import capital, word
from cips_models.did.estimand import in_words, of_rows
from cips_models.report import (
    certainty,
    decision,
    effect_tables,
    few_clusters,
    multiverse,
    outcomes,
    prior_sensitivity,
    prior_words,
    selection,
    selection_tables,
    spillover,
    trends,
)
from cips_models.report.assessment import Assessment
from cips_models.report.document import (
    Link,
    Picture,
    Section,
    Terms,
    bullets,
    fold,
    said,
)
from cips_models.report.outcome_words import averages
from cips_models.report.ways import default_specification
from cips_models.wording import _

#: Where the report says what an effect is an effect of.
ESTIMAND: Final = "estimand"


def effect(assessment: Assessment, pictures: Mapping[str, Picture]) -> Section:
    """Everything about the effect of support."""
    return Section(
        _("The effect of support"),
        said(
            _identification(assessment),
            certainty.section(assessment),
            _assumed(assessment, pictures),
            *outcomes.sections(assessment, pictures),
            Section(
                _("How support was chosen, and what follows"),
                said(
                    bullets(selection.sentences(assessment)),
                    pictures.get("selection"),
                    fold(selection_tables.quantities(assessment)),
                ),
            ),
            Section(
                _("Where it differs"),
                said(
                    pictures.get("effect"),
                    fold(
                        effect_tables.heterogeneity(assessment, default_specification(assessment))
                    ),
                ),
            ),
            few_clusters.section(assessment, pictures),
            Section(
                _("Starting points and spillover"), said(fold(effect_tables.slopes(assessment)))
            ),
            *_trends(assessment, pictures),
            Section(
                _("How far it depends on the priors"),
                said(
                    bullets(prior_words.sentences(assessment, default_specification(assessment))),
                    fold(
                        prior_sensitivity.sensitivity_table(
                            assessment, default_specification(assessment)
                        )
                    ),
                ),
            ),
            Section(
                _("Under other choices of the analyst"),
                said(
                    bullets(multiverse.sentences(assessment)),
                    pictures.get("specification_curve"),
                    multiverse.failures(assessment),
                ),
            ),
        ),
        key="effect",
    )


def what_effects_are(assessment: Assessment) -> tuple[str, ...]:
    """What every average effect of the report is an effect of, each thing said once."""
    effects = assessment["effects"]
    shown = pd.concat([effects[effects["estimand"] == "ATT"], averages(assessment)])
    written = in_words(of_rows(shown))
    return tuple(dict.fromkeys([*written, *assessment.statements]))


def to_estimand() -> Link:
    """The way to :func:`what_effects_are`, from where an effect is shown."""
    return Link(
        _("What is estimated, on which cells, against what and assuming what: stated once, here."),
        f"#{ESTIMAND}",
    )


def _identification(assessment: Assessment) -> Section:
    return Section(
        _("What identifies it"),
        said(
            bullets(what_effects_are(assessment)),
            effect_tables.contributions(assessment, default_specification(assessment)),
        ),
        key=ESTIMAND,
    )


def assumptions() -> Terms:
    """What the three specifications, two routes and two kinds of trends assume."""
    return Terms(
        (
            (
                capital(word("did")),
                _("Supported cells may start higher or lower than others; only the changes are "
                  "compared."),
            ),
            (
                capital(word("exchangeable")),
                _("Supported cells start like others, up to chance: right when support went to "
                  "low readings that were partly noise."),
            ),
            (
                capital(word("conditional")),
                _("Cells with the same latent starting point are compared."),
            ),
            (
                _("Joint and cut route"),
                _("Joint: one model for everything. Cut: all levels are estimated without knowing "
                  "the support, and only then compared."),
            ),
            (
                _("Trends parallel in logits or in points"),
                _("The scale on which supported cells would have changed like the others without "
                  "support."),
            ),
        )
    )  # fmt: skip


def _assumed(assessment: Assessment, pictures: Mapping[str, Picture]) -> Section:
    return Section(
        _("How it depends on what is assumed"),
        said(
            assumptions(),
            pictures.get("bracket"),
            fold(effect_tables.bracket(assessment)),
        ),
    )


def _trends(assessment: Assessment, pictures: Mapping[str, Picture]) -> tuple[Section, ...]:
    return (
        Section(
            _("If trends were not parallel"),
            said(
                bullets(trends.sentences(assessment)),
                pictures.get("trends"),
                fold(trends.breakdowns(assessment)),
            ),
        ),
        Section(
            _("Spillover"),
            said(bullets(spillover.sentences(assessment)), pictures.get("spillover")),
        ),
        Section(
            _("What may be decided by it"),
            said(
                bullets(decision.sentences(assessment)),
                pictures.get("decision"),
                fold(decision.equivalence(assessment)),
                decision.naming(assessment),
            ),
        ),
    )
