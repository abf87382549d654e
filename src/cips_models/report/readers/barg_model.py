"""BARG, steps 1 and 2: the model and the computation."""

from typing import Any, Final

from cips_models.charts.numbers import count
from cips_models.numerals import isolated
from cips_models.report import data_tables, model_tables, sections
from cips_models.report.assessment import Assessment
from cips_models.report.document import (
    Bullets,
    Paragraph,
    Section,
    Terms,
    bullets,
    fold,
    said,
)
from cips_models.report.effect_sections import assumptions, what_effects_are
from cips_models.wording import N_, _, listed

#: The model, term by term.
_FORMULA: Final = (
    (
        N_("Answer"),
        N_("P(Y > k) = logit⁻¹( a (θ − b_k − d) ), of person i to question j; b_k increase with k. "
           "Graded response model (Samejima, 1969)."),
    ),
    (
        N_("Person"),
        N_("θ = μ + λ u + v, with u ~ N(0, σ²) the general outlook of a person and v ~ N(0, τ²) "
           "what is specific to one factor. Both are integrated out, not sampled."),
    ),
    (
        N_("Question"),
        N_("a: discrimination; b: thresholds; d: shifts of a question by country, by wave and by "
           "both, N(0, ω²). Shifts by wave do not sum to zero: their mean is drift."),
    ),
    (
        N_("Cell"),
        N_("μ = β + α_country + α_cell, and at later waves + γ_factor + δ_country + δ_cell + "
           "S · ATT, with S the support."),
    ),
    (N_("Effect"), N_("ATT = mean + by country + by factor; deviations sum to zero.")),
    (
        N_("Selection"),
        N_("α_cell ~ N(ν E, ·), E: ever supported; δ_country ~ N(π (share supported − mean), ·); "
           "δ_cell ~ N(−κ α_cell, ·)."),
    ),
    (
        N_("Specifications"),
        N_("Difference in differences: ν and π free, κ = 0. Baselines exchangeable: ν = κ = 0. "
           "Given the baseline: ν = 0, κ free."),
    ),
    (
        N_("Two routes"),
        N_("Joint: all of it at once. Cut: stage 1 estimates every cell without knowing the "
           "support, stage 2 is the hierarchy fitted to cells with known error."),
    ),
)  # fmt: skip

_SAMPLERS: Final = {
    "importance": N_(
        "Importance sampling from a Gaussian approximation whose scales are integrated "
        "numerically; weights are Pareto-smoothed (Vehtari et al.), draws are independent."
    ),
    "approximate": N_(
        "A Gaussian in place of the likelihood; the weights of some draws say how far that moves "
        "the results."
    ),
    "nutpie": N_("The no-U-turn sampler of nutpie, over all parameters."),
    "pymc": N_("The no-U-turn sampler of PyMC, over all parameters."),
}


def model(assessment: Assessment) -> Section:
    """Step 1: data, likelihood, priors, formal specification, prior predictive."""
    formula = Terms(tuple((_(name), _(text)) for name, text in _FORMULA))
    expected = model_tables.expected(assessment)
    return Section(
        _("1. The model"),
        said(
            Section(
                _("1.A Data variables"),
                said(
                    Paragraph(sections.who_was_asked(assessment)),
                    Paragraph(
                        _(
                            "The answer to each question is ordinal, with the levels of the "
                            "codebook; predictors are country, factor, group, wave and support. "
                            "“Don't know” is no answer."
                        )
                    ),
                    fold(data_tables.respondents(assessment)),
                ),
            ),
            Section(_("1.B Likelihood and parameters"), said(formula)),
            Section(
                _("1.C Prior distribution"),
                said(
                    model_tables.priors(assessment),
                    model_tables.other_priors(assessment),
                    Paragraph(_("The table of priors is missing from this results folder."))
                    if assessment["priors"].empty
                    else None,
                ),
            ),
            Section(
                _("1.D Formal specification: what identifies it, what is held equal"),
                said(
                    bullets(assessment.identification),
                    assumptions() if sections.has_effects(assessment) else None,
                    bullets(what_effects_are(assessment)),
                ),
                key="estimand",
            ),
            Section(
                _("1.E Prior predictive check"),
                said(
                    Paragraph(
                        _(
                            "Every cell of a draw from the prior is a case: the table says what a "
                            "single cell may look like before any answer is seen."
                        )
                    )
                    if expected.rows
                    else Paragraph(_("Not computed in this results folder.")),
                    expected,
                ),
            ),
        ),
        key="model",
    )


def computation(assessment: Assessment) -> Section:
    """Step 2: software, convergence, resolution."""
    settings = dict(assessment.about.get("settings", {}))
    return Section(
        _("2. The computation"),
        said(
            Section(_("2.A Software"), said(Terms((_versions(assessment),)))),
            Section(
                _("2.B Convergence of chains"),
                said(
                    Paragraph(sections.gates(assessment)),
                    Paragraph(
                        _(
                            "Gates, the same for every fit: bulk and tail effective sample size of "
                            "every estimand at least 400; rank-normalised split R-hat at most 1.01 "
                            "for effects, shares, pooled quantities and scales, at most 1.05 for "
                            "single cells (Vehtari et al., 2021); Pareto k of weights at most 0.7."
                        )
                    ),
                    fold(data_tables.diagnostics(assessment)),
                ),
            ),
            Section(
                _("2.C Resolution"),
                said(
                    Paragraph(
                        _(
                            "The error of a posterior mean through the finite number of draws "
                            "stands beside every estimate in the CSV files (column mcse)."
                        )
                    ),
                    Terms(_settings(settings)),
                ),
            ),
            Section(
                _("2.D Where no Markov chain is used"),
                (Bullets(_algorithms(settings)),),
            ),
        ),
        key="computation",
    )


def _versions(assessment: Assessment) -> tuple[str, str]:
    versions = assessment.about["versions"].items()
    return _("Versions"), listed(isolated(f"{name} {version}") for name, version in versions)


def _settings(settings: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    names = {
        "sampler": _("Sampler of the joint fit"),
        "chains": _("Chains"),
        "draws": _("Draws kept of each chain"),
        "tune": _("Steps to adapt each chain"),
        "quadrature": _("Grid of the integrals"),
    }
    return tuple((names[key], _setting(settings[key])) for key in names if key in settings)


def _setting(value: Any) -> str:
    return count(value) if isinstance(value, int) else _(str(value))


def _algorithms(settings: dict[str, Any]) -> tuple[str, ...]:
    joint = _SAMPLERS.get(str(settings.get("sampler", "")))
    return (
        *([_("Joint fit: {how}").format(how=_(joint))] if joint else []),
        _(
            "Cut route: stage 1 is a Gaussian at the mode of every cell; in stage 2 everything "
            "linear is integrated out, scales are drawn from a proposal and weighed, by the no-U-"
            "turn sampler where the weights fail."
        ),
        _(
            "Persons are integrated out on a fixed grid. Its error is gated: the sd over draws of "
            "fine less coarse log-likelihood is at most 0.1, else draws are weighed or refitted."
        ),
    )
