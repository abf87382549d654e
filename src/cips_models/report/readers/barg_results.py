"""BARG, steps 3 to 6: posterior, decisions, sensitivity, reproducibility."""

from collections.abc import Iterator
from typing import Final

from cips_models.report import (
    certainty,
    change_tables,
    data_tables,
    decision,
    drift,
    effect_tables,
    few_clusters,
    figures,
    model_tables,
    multiverse,
    outcomes,
    prior_sensitivity,
    prior_words,
    rule_tables,
    sections,
    trends,
)
from cips_models.report.assessment import Assessment
from cips_models.report.document import (
    Link,
    Paragraph,
    Part,
    Section,
    Table,
    bullets,
    fold,
    said,
)
from cips_models.report.ways import default_specification
from cips_models.wording import _

#: Where the annex has the rules of its words.
RULES: Final = "rules"


def posterior(assessment: Assessment) -> Section:
    """Step 3: posterior predictive check, summaries, model probabilities."""
    pictures = figures.pictures(assessment, wanted=("predictive", "bracket"), alone=False)
    return Section(
        _("3. The posterior"),
        said(
            Section(
                _("3.A Posterior predictive check"),
                said(
                    bullets(model_tables.predictive(assessment)),
                    pictures.get("predictive"),
                ),
            ),
            Section(
                _("3.B Summary of the variables"),
                said(
                    pictures.get("bracket"),
                    effect_tables.bracket(assessment),
                    effect_tables.slopes(assessment),
                    fold(
                        effect_tables.heterogeneity(assessment, default_specification(assessment))
                    ),
                    fold(change_tables.pooled_changes(assessment)),
                    fold(change_tables.pooled_levels(assessment)),
                    *_parameters(assessment),
                ),
            ),
            Section(
                _("3.C Bayes factors and model probabilities"),
                said(
                    Paragraph(
                        _(
                            "None: no hypotheses are compared. Fits are compared by how well they "
                            "predict a respondent left out (PSIS-LOO)."
                        )
                    ),
                    data_tables.comparison(assessment),
                ),
            ),
        ),
        key="posterior",
    )


def _parameters(assessment: Assessment) -> Iterator[Table]:
    for fit in dict.fromkeys(assessment["parameters"]["fit"]):
        yield fold(model_tables.parameters(assessment, str(fit)))
    yield fold(model_tables.parameters(assessment, "fit", items=True))


def decisions(assessment: Assessment) -> Section:
    """Step 4: decisions and their criteria."""
    return Section(
        _("4. Decisions and their criteria"),
        said(
            Section(
                _("4.A Why decide"),
                (
                    Paragraph(
                        _(
                            "The report decides nothing. It states how probable effects of stated "
                            "sizes are and how often a rule for naming cells improved errs, for "
                            "those who must decide."
                        )
                    ),
                ),
            ),
            Section(
                _("4.B Loss function"),
                (Paragraph(_("None is stated: what an error costs is for the reader to say.")),),
            ),
            Section(
                _("4.C Limits of practical equivalence"),
                said(
                    bullets(decision.sentences(assessment)),
                    decision.equivalence(assessment),
                    decision.naming(assessment),
                ),
            ),
            Section(
                _("4.D Threshold for Bayes factors"),
                (Paragraph(_("Does not apply: there are none.")),),
            ),
            Section(
                _("4.E Estimates beside decisions"),
                (
                    Paragraph(
                        _(
                            "Every statement stands with its estimate, interval and probability; "
                            "the rules from numbers to words are at the end."
                        )
                    ),
                ),
            ),
        ),
        key="decisions",
    )


def sensitivity(assessment: Assessment) -> Section:
    """Step 5: priors, model, data."""
    first = default_specification(assessment)
    effects = sections.has_effects(assessment)
    by_other_means: tuple[Part | None, ...] = (
        (
            to_rules(),
            *outcomes.sections(assessment, {}, ruled=False),
            few_clusters.section(assessment, {}, ruled=False),
            Section(
                _("If trends were not parallel"),
                said(bullets(trends.sentences(assessment)), fold(trends.breakdowns(assessment))),
            ),
        )
        if effects
        else ()
    )
    return Section(
        _("5. Sensitivity"),
        said(
            Section(
                _("5.A–C Broad, informed and default priors"),
                said(
                    bullets(prior_words.sentences(assessment, first)),
                    prior_sensitivity.sensitivity_table(assessment, first),
                ),
            ),
            Section(_("5.D Bayes factors"), (Paragraph(_("Does not apply: there are none.")),)),
            Section(
                _("5.E Decisions, and what else they depend on"),
                said(
                    *map(certainty.table, certainty.claims(assessment)),
                    Section(
                        _("Drift of the questions"),
                        said(bullets(drift.sentences(assessment)), drift.under_drift(assessment)),
                    ),
                    *by_other_means,
                    Section(
                        _("Under other choices of the analyst"),
                        said(bullets(multiverse.sentences(assessment))),
                    ),
                ),
            ),
        ),
        key="sensitivity",
    )


def reproducibility(assessment: Assessment) -> Section:
    """Step 6: what is needed to repeat it."""
    return Section(
        _("6. Reproducibility"),
        said(
            Section(_("Software, seed and fingerprint"), said(sections.settings(assessment))),
            Section(
                _("Script and data"),
                (
                    bullets(
                        (
                            _("`cips run` with the study file, the specification and the seed "
                              "gives the same draws, bit for bit, on one machine and one set of "
                              "versions."),
                            _("run.json lists every step with its settings, the fingerprint "
                              "(SHA-256) of what it read and of every file that it wrote."),
                            _("Answers of respondents are not published; the fingerprint says "
                              "whether two analyses used the same."),
                        )
                    ),
                ),
            ),
            Section(
                _("Tables and figures"),
                (
                    bullets(
                        (
                            _("Every number of the reports is in a CSV file of the results folder; "
                              "data-dictionary.csv describes every column."),
                            _("The fits are netCDF files, which any program of the ArviZ and "
                              "xarray family reads."),
                        )
                    ),
                ),
            ),
        ),
        key="reproducibility",
    )  # fmt: skip


def to_rules() -> Link:
    """The way to :func:`rules`, from where several results become one sentence."""
    return Link(_("The rules from numbers to words are at the end."), f"#{RULES}")


def rules() -> Section:
    """The rules from numbers to words."""
    return Section(
        _("From numbers to words"),
        (
            rule_tables.rules(),
            rule_tables.agreement_rules(),
            outcomes.rules(),
            few_clusters.standings(),
        ),
        key=RULES,
    )
