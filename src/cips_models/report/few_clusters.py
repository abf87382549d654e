"""What few countries leave of an effect: the part of the report about it."""

from collections.abc import Mapping

from cips_models.charts.labels import capital, short_unit
from cips_models.charts.numbers import NONE, amount, count, p_value, points, probability, span
from cips_models.names import COUNTRY, FACTOR, GROUP, LATENT, PERCENT
from cips_models.report.assessment import Assessment
from cips_models.report.document import Paragraph, Picture, Section, Table, bullets, fold, said
from cips_models.report.estimates import estimate, numbers_head
from cips_models.report.few_clusters_words import SCHEMES, STANDINGS, sentences
from cips_models.report.rule_tables import bare
from cips_models.report.ways import default_specification
from cips_models.wording import _


def section(
    assessment: Assessment, pictures: Mapping[str, Picture], *, ruled: bool = True
) -> Section:
    """What few countries leave of the effect; ``ruled`` as for outcomes."""
    permuted = permutations(assessment)
    return Section(
        _("With few countries"),
        said(
            Paragraph(
                _(
                    "Support is permuted: if it did nothing, other maps of who was supported would "
                    "do as well as the real one. Then each country and each factor is left out in "
                    "turn."
                )
            ),
            bullets(sentences(assessment, default_specification(assessment))),
            pictures.get("permutations"),
            fold(permuted),
            pictures.get("influence"),
            fold(left_out(assessment)),
            fold(wild(assessment)),
            placebo(assessment),
            fold(standings()) if permuted.rows and ruled else None,
        ),
    )


def permutations(assessment: Assessment) -> Table:
    """Observed two-way effects among those of permuted maps."""
    units = {LATENT: short_unit(LATENT), "sds": _("sds over maps")}
    rows = [
        (
            capital(row[GROUP]) or _("All together"),
            _(SCHEMES[row["scheme"]]),
            units[row["scale"]],
            points(row["observed"], 2),
            span(row["lower"], row["upper"], digits=2),
            (_("{n} (all)") if row["exact"] else "{n}").format(n=count(row["maps"])),
            p_value(row["p"]),
            amount(row["mcse"], 3),
        )
        for _index, row in assessment["permutations"].iterrows()
    ]
    return Table(
        _("Support permuted: the effect adjusted for country and factor, among permuted maps"),
        (
            _("Group"),
            _("Maps keep"),
            _("Unit"),
            _("Observed"),
            _("95 % of maps"),
            _("Maps"),
            _("p, two-sided"),
            _("Its error"),
        ),
        tuple(rows),
        words=3,
    )


def left_out(assessment: Assessment) -> Table:
    """Effects without each country and each factor, in percentage points."""
    table = assessment["leave_one_out"]
    table = table[table["scale"] == PERCENT]
    rows = [
        (
            row[COUNTRY] or row[FACTOR] or _("nothing"),
            capital(row[GROUP]),
            _("all of it") if row["refitted"] == "whole" else _("stage 2"),
            *estimate(row),
            points(row["change"]) if row[COUNTRY] or row[FACTOR] else NONE,
        )
        for _index, row in table.iterrows()
    ]
    return Table(
        _("Effect in percentage points without one country or factor (cut route)"),
        (
            _("Left out"),
            _("Group"),
            _("Fitted anew"),
            *numbers_head(table, _("Effect")),
            _("Change"),
        ),
        tuple(rows),
        words=3,
    )


def wild(assessment: Assessment) -> Table:
    """The wild cluster bootstrap on raw cells."""
    rows = [
        (
            capital(row[GROUP]),
            short_unit(row["scale"]),
            points(row["mean"]),
            span(row["lower"], row["upper"]),
            p_value(row["p"]),
            count(row["clusters"]),
            count(row["replications"]),
        )
        for _index, row in assessment["wild_bootstrap"].dropna(subset="mean").iterrows()
    ]
    return Table(
        _("Two-way regression on raw cells, wild cluster bootstrap over countries"),
        (
            _("Group"),
            _("Unit"),
            _("Effect"),
            _("95 % interval"),
            _("p, two-sided"),
            _("Countries"),
            _("Replications"),
        ),
        tuple(rows),
        words=2,
    )


def placebo(assessment: Assessment) -> Table:
    """How often the model finds an effect where support is put at random."""
    rows = [
        (
            capital(row[GROUP]),
            _(SCHEMES[row["scheme"]]),
            count(row["maps"]),
            count(row["rejected"]),
            probability(row["rate"]),
            span(row["lower"], row["upper"], signed=False, digits=2),
        )
        for _index, row in assessment["placebo_maps"].iterrows()
    ]
    return Table(
        _("Placebo maps: how often the model's 95 % interval excludes zero"),
        (_("Group"), _("Maps keep"), _("Maps"), _("Found"), _("Rate"), _("95 % interval")),
        tuple(rows),
        words=2,
    )


def standings() -> Table:
    """The rules that put model and permutations side by side."""
    return Table(
        _("Words for what the model and permuted maps say together; the first rule that holds"),
        (_("When"), _("Words")),
        tuple((_(rule.when), bare(_(rule.sentence))) for rule in STANDINGS),
        words=2,
    )
