"""The parts of the report that are not about effects: question, changes, data, limits, method."""

from collections.abc import Mapping

from cips_models.charts.labels import word
from cips_models.charts.numbers import count, count_or_withheld
from cips_models.numerals import isolated
from cips_models.report import (
    change_tables,
    composition,
    data_tables,
    drift,
    nonresponse,
    plan,
    rule_tables,
)
from cips_models.report.assessment import Assessment
from cips_models.report.document import (
    Bullets,
    Paragraph,
    Picture,
    Section,
    Terms,
    bullets,
    fold,
    said,
)
from cips_models.report.front import failed_gates
from cips_models.report.limits import LIMITS
from cips_models.wording import _, listed, ngettext


def has_effects(assessment: Assessment) -> bool:
    """Whether there are estimates of effects of support."""
    return not assessment["effects"].empty


def who_was_asked(assessment: Assessment) -> str:
    """People, countries, answers, groups, waves; and how many countries can show a change."""
    about = assessment.about
    countries, followed = len(about["countries"]), len(about["followed"])
    return " ".join(
        (
            _("{respondents} people in {countries} gave {answers} answers on {factors}.").format(
                respondents=count_or_withheld(about["respondents"]),
                countries=ngettext("one country", "{n} countries", countries).format(n=countries),
                answers=count_or_withheld(about["answers"]),
                factors=ngettext("one factor", "{n} factors", len(about["factors"])).format(
                    n=len(about["factors"])
                ),
            ),
            _("Groups: {groups}. Waves: {waves}.").format(
                groups=listed(about["groups"]), waves=listed(map(str, about["waves"]))
            ),
            ngettext(
                "One country was seen in two or more waves; only it can show a change.",
                "{n} countries were seen in two or more waves; only they can show a change.",
                followed,
            ).format(n=followed),
            *only_compared(assessment),
        )
    )


def only_compared(assessment: Assessment) -> list[str]:
    """Say that whoever asked for the report chose the waves between which there are changes."""
    pair = assessment.about.get("compared", ())
    if not pair:
        return []
    said = _("Changes are from {first} to {last} alone, which were chosen for this report.")
    of_all = [_("Effects of support are of all waves.")] if has_effects(assessment) else []
    return [said.format(first=pair[0], last=pair[1]), *of_all]


def asked(assessment: Assessment) -> Section:
    """What was asked, of whom, and what was planned."""
    followed = bool(assessment.about["followed"])
    effects = has_effects(assessment)
    questions = [
        _("How did perceptions change between the waves, for each factor, country and group?")
        if followed
        else _("How are perceptions, for each factor, country and group?")
    ]
    cells, supported = _cells(assessment)
    if effects:
        questions.append(
            _(
                "Did they change more where a factor was supported, and by how much because of the "
                "support?"
            )
            + (
                " "
                + _(
                    "Of the {n} country × factor cells in the followed countries, {s} were "
                    "supported."
                ).format(n=count(cells), s=count(supported))
                if cells
                else ""
            )
        )
    without = (
        _(
            "There are no estimates of effects of support: this report describes change, not its "
            "causes."
        )
        if followed
        else _("No country was seen in two waves: this report describes levels.")
    )
    return Section(
        _("What was asked"),
        said(
            Paragraph(who_was_asked(assessment)),
            Bullets(tuple(questions), ordered=True),
            None if effects else Paragraph(without),
            Paragraph(plan.sentence(assessment)),
            plan.deviations(assessment),
        ),
        key="asked",
    )


def _cells(assessment: Assessment) -> tuple[int, int]:
    """Count all cells, and supported ones, of the countries that were followed."""
    table = assessment["support"]
    followed = table[table["country"].astype(str).isin(list(assessment.about["followed"]))]
    return len(followed), int(followed["supported"].astype(bool).sum())


def changes(assessment: Assessment, pictures: Mapping[str, Picture]) -> Section:
    """What changed, and where, and what of it may be drift of the questions."""
    return Section(
        _("What changed, and where"),
        said(
            pictures.get("dumbbells"),
            pictures.get("improved"),
            change_tables.pooled_changes(assessment),
            pictures.get("paths"),
            pictures.get("changes"),
            fold(change_tables.cell_changes(assessment)),
            pictures.get("composition"),
            composition.compositions(assessment),
            Section(
                _("Where things stand"),
                said(
                    pictures.get("levels"),
                    fold(change_tables.pooled_levels(assessment)),
                    None if assessment.about["followed"] else change_tables.cell_levels(assessment),
                ),
            ),
            Section(
                _("Change, or drift of the questions?"),
                said(
                    bullets(drift.sentences(assessment)),
                    pictures.get("drift"),
                    drift.under_drift(assessment),
                    drift.odd_items(assessment),
                ),
            ),
        ),
        key="changes",
    )


def data(assessment: Assessment) -> Section:
    """Who was asked, what became of the questions, what was left out."""
    exclusions = data_tables.exclusions(assessment)
    return Section(
        _("Data and exclusions"),
        said(
            Paragraph(data_tables.withheld(assessment)),
            data_tables.respondents(assessment),
            nonresponse.nonresponse(assessment),
            bullets(nonresponse.shifts(assessment)),
            nonresponse.changed_most(assessment),
            exclusions if exclusions.rows else Paragraph(_("The study file excludes no rows.")),
            Section(_("Notes on the data"), said(bullets(assessment.notes))),
            fold(data_tables.support(assessment)) if _cells(assessment)[1] else None,
        ),
        key="data",
    )


def diagnostics(assessment: Assessment, pictures: Mapping[str, Picture]) -> Section:
    """Whether the fits can be relied on."""
    return Section(
        _("Diagnostics"),
        said(
            Paragraph(gates(assessment)),
            fold(data_tables.diagnostics(assessment)),
            pictures.get("predictive"),
            pictures.get("calibration"),
            data_tables.comparison(assessment),
        ),
        key="diagnostics",
    )


def gates(assessment: Assessment) -> str:
    """Say whether all diagnostics pass."""
    if assessment.passed:
        return _("All sampling diagnostics pass their gates.")
    return _("Sampling diagnostics failed: {list}.").format(list=listed(failed_gates(assessment)))


def limits(assessment: Assessment) -> Section:
    """What cannot be said, and reasons to doubt what is."""
    effects = has_effects(assessment)
    return Section(
        _("Limits"),
        said(
            data_tables.refusals(assessment),
            *(
                Section(_(each.title), (Paragraph(_(each.text), aside=_(each.here)),))
                for each in LIMITS
                if effects or not each.of_effects
            ),
        ),
        key="limits",
    )


def method(assessment: Assessment) -> Section:
    """Settings, scales, what identifies the model, and the rules of the words."""
    return Section(
        _("How it was made"),
        said(
            settings(assessment),
            Terms(conventions()),
            Section(
                _("What identifies the model, and what is held equal across what"),
                said(bullets(assessment.identification)),
            ),
            rule_tables.rules(),
            rule_tables.agreement_rules(),
        ),
        key="annex",
    )


def settings(assessment: Assessment) -> Terms:
    """Specification, seed, fingerprint, versions."""
    about = assessment.about
    versions = listed(isolated(f"{name} {version}") for name, version in about["versions"].items())
    pairs = (
        (_("Specification"), word(str(about["specification"]))),
        (_("Seed"), str(about["seed"])),
        (_("Fingerprint of the data"), about["fingerprint"]),
        (_("Versions"), versions),
    )
    return Terms(tuple((name, value) for name, value in pairs if value))


def conventions() -> tuple[tuple[str, str], ...]:
    """Intervals, scales, and how countries are pooled."""
    return (
        (
            _("Intervals"),
            _("95 % equal-tailed, inner interval 50 %; means are posterior means. A probability "
              "is not written as 0 or 1 but as < 0.01 or > 0.99."),
        ),
        (
            _("Scales"),
            _("Positive answers: per cent of substantive answers that the codebook counts as "
              "positive. Score: mean points of substantive answers, 0–100. Latent: logits of a "
              "typical question of the factor. “Don't know” is never an answer."),
        ),
        (_("Pooled"), _("Every followed country weighs the same.")),
    )  # fmt: skip
