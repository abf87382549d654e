"""Tables for reading: what is in the result tables, chosen, rounded and captioned."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from cips_models.charts.findings import RULES
from cips_models.charts.labels import capital, quantity, unit, word
from cips_models.charts.numbers import NONE, amount, count, points, probability, span
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT, WAVE
from cips_models.report.assessment import Assessment
from cips_models.report.words import AGREEMENT
from cips_models.wording import N_, _

#: Words of a band of a sample size, and how they are said.
_BANDS = (("fewer than", N_("fewer than {n}")), ("or more", N_("{n} or more")))


@dataclass(frozen=True)
class Table:
    """A table as it is printed.

    Attributes
    ----------
    caption : str
    head : tuple of str
    rows : tuple of tuple of str
    words : int
        How many columns on the left hold words; the others hold numbers.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1


def estimate(row: pd.Series, *, signed: bool = True) -> tuple[str, str, str]:
    """Mean, interval and probability of being above zero, as printed."""
    digits = 2 if row["scale"] == "latent" else 1
    written = points if signed else amount
    return (
        written(row["mean"], digits),
        span(row["lower"], row["upper"], signed=signed, digits=digits)
        if pd.notna(row["lower"])
        else NONE,
        probability(row["p_positive"]),
    )


def numbers_head(table: pd.DataFrame, quantity: str) -> tuple[str, str, str]:
    """Heads of the columns of :func:`estimate`."""
    kinds = [kind for kind in pd.unique(table["interval"]) if isinstance(kind, str) and kind]
    return quantity, ", ".join(kinds), _("P(> 0)")


def people(band: str) -> str:
    """Band of a sample size, in the reader's language."""
    for word_of, template in _BANDS:
        if band.startswith(word_of) or band.endswith(word_of):
            return _(template).format(n=band.replace(word_of, "").strip())
    return band.replace("-", "\N{EN DASH}") or NONE


def bracket(assessment: Assessment) -> Table:
    """Every estimate of the average effect, on all scales."""
    table = assessment["effects"][assessment["effects"]["estimand"] == "ATT"]
    rows = [
        (
            capital(row[GROUP]),
            word(row["specification"]),
            word(row["route"]),
            word(row["parallel_trends"]),
            unit(row["scale"]),
            *estimate(row),
        )
        for _index, row in table.iterrows()
    ]
    return Table(
        _("Average effect of support on supported cells: every way of estimating it"),
        (
            _("Group"),
            _("Specification"),
            _("Route"),
            _("Trends"),
            _("Unit"),
            *numbers_head(table, _("Effect")),
        ),
        tuple(rows),
        words=5,
    )


def headline(assessment: Assessment) -> Table:
    """Shares of cells improved, model and raw."""
    table = assessment["improved"][assessment["improved"]["estimand"] != "improved"]
    rows = []
    for _index, row in table.iterrows():
        difference = "difference" in row["estimand"]
        raw = row["estimand"].startswith("raw")
        rows.append(
            (
                capital(row[GROUP]),
                _("{first} to {last}").format(first=row["from"], last=row["to"]),
                _("difference") if difference else word(row["supported"]) or _("all"),
                _("raw scores")
                if raw
                else _("model, {quantity}").format(quantity=quantity(row["scale"])),
                count(row["cells"]),
                *estimate(row, signed=difference)[: 3 if difference else 2],
                *(() if difference else (NONE,)),
            )
        )
    return Table(
        _("Share of country × factor cells that improved, per cent (differences in points)"),
        (
            _("Group"),
            _("Waves"),
            _("Cells"),
            _("Judged by"),
            _("Number"),
            *numbers_head(table, _("Share")),
        ),
        tuple(rows),
        words=4,
    )


def pooled_changes(assessment: Assessment) -> Table:
    """Change by factor, countries pooled."""
    table = assessment["changes"]
    table = table[(table["estimand"] == "pooled change") & (table["scale"] == PERCENT)]
    return _changes(table, _("Change by factor, countries pooled, in percentage points"), ())


def cell_changes(assessment: Assessment) -> Table:
    """Change of every cell."""
    table = assessment["changes"][
        (assessment["changes"]["estimand"] == "change")
        & (assessment["changes"]["scale"] == PERCENT)
    ]
    caption = _("Change of every country × factor cell, in percentage points")
    return _changes(table, caption, (COUNTRY,))


def _changes(table: pd.DataFrame, caption: str, dims: Sequence[str]) -> Table:
    supported = bool(dims) and (table["supported"] != "").any()
    rows = [
        (
            *(row[dim] for dim in dims),
            row[FACTOR] or _("Mean over factors"),
            capital(row[GROUP]),
            _("{first} to {last}").format(first=row["from"], last=row["to"]),
            *((word(row["supported"]),) if supported else ()),
            *((people(row["sample"]),) if dims else ()),
            *estimate(row),
        )
        for _index, row in table.iterrows()
    ]
    head = (
        *((_("Country"),) if dims else ()),
        _("Factor"),
        _("Group"),
        _("Waves"),
        *((_("Support"),) if supported else ()),
        *((_("People"),) if dims else ()),
    )
    return Table(caption, (*head, *numbers_head(table, _("Change"))), tuple(rows), len(head))


def pooled_levels(assessment: Assessment) -> Table:
    """Level by factor and wave, countries pooled."""
    caption = _("Positive answers by factor and wave, followed countries pooled, per cent")
    return _levels(assessment, "pooled level", caption, ())


def cell_levels(assessment: Assessment) -> Table:
    """Level of every cell: all there is to show where no country was seen twice."""
    caption = _("Positive answers by country, factor and wave, per cent")
    return _levels(assessment, "level", caption, (COUNTRY,))


def _levels(assessment: Assessment, estimand: str, caption: str, dims: Sequence[str]) -> Table:
    levels = assessment["levels"]
    table = levels[(levels["estimand"] == estimand) & (levels["scale"] == PERCENT)]
    rows = [
        (
            *(row[dim] for dim in dims),
            row[FACTOR] or _("Mean over factors"),
            capital(row[GROUP]),
            str(row[WAVE]),
            *((people(row["sample"]),) if dims else ()),
            *estimate(row, signed=False)[:2],
        )
        for _index, row in table.iterrows()
    ]
    head = (
        *((_("Country"),) if dims else ()),
        _("Factor"),
        _("Group"),
        _("Wave"),
        *((_("People"),) if dims else ()),
    )
    return Table(
        caption, (*head, *numbers_head(table, _("Level"))[:2]), tuple(rows), words=len(head)
    )


def heterogeneity(assessment: Assessment, specification: str) -> Table:
    """Effects by country and by factor and in a new country, of the default estimate."""
    table = assessment["effects"]
    table = table[
        table["estimand"].isin(
            ("ATT of one unit", "ATT by country", "ATT by factor", "ATT in a new country")
        )
        & (table["specification"] == specification)
        & (table["route"] == "joint")
        & (table["parallel_trends"] == "latent")
        & (table["scale"] == PERCENT)
    ]
    elsewhere = {
        "ATT of one unit": _("All supported cells, one unit of support each"),
        "ATT in a new country": _("A new country"),
    }
    rows = [
        (
            row[COUNTRY] or row[FACTOR] or elsewhere[row["estimand"]],
            capital(row[GROUP]),
            *estimate(row),
        )
        for _index, row in table.iterrows()
    ]
    return Table(
        _("Effect of support by factor and by country, in percentage points"),
        (_("Where"), _("Group"), *numbers_head(table, _("Effect"))),
        tuple(rows),
        words=2,
    )


def slopes(assessment: Assessment) -> Table:
    """How support goes with starting points and with whole countries."""
    table = assessment["effects"]
    table = table[table["estimand"].isin(("baseline slope", "spillover slope", "persistence"))]
    rows = [
        (
            word(row["estimand"]),
            capital(row[GROUP]),
            word(row["specification"]),
            word(row["route"]),
            *estimate(row),
        )
        for _index, row in table.iterrows()
    ]
    return Table(
        _("Starting points and spillover, on the latent scale"),
        (
            _("Quantity"),
            _("Group"),
            _("Specification"),
            _("Route"),
            *numbers_head(table, _("Estimate")),
        ),
        tuple(rows),
        words=4,
    )


def contributions(assessment: Assessment, specification: str) -> Table:
    """How many countries, factors and cells an effect rests on."""
    table = assessment["effects"]
    table = table[(table["estimand"] == "ATT") & (table["specification"] == specification)]
    counted = ("countries", "factors", "cells", "already_treated")
    table = table.drop_duplicates([GROUP, *counted])
    return Table(
        _("What the effect rests on"),
        (
            _("Group"),
            _("Countries with supported and other factors"),
            _("Factors supported somewhere, not everywhere"),
            _("Supported cells seen before and after"),
            _("Cells set aside: under support when first seen"),
        ),
        tuple(
            (capital(row[GROUP]), *(count(row[name]) for name in counted))
            for _index, row in table.iterrows()
        ),
    )


def bare(template: str) -> str:
    """A sentence with its places for numbers left open."""
    return re.sub(r"\{\w+\}", "…", template)


def rules() -> Table:
    """The rules by which numbers become words."""
    return Table(
        _("From numbers to words: the first rule that holds applies"),
        (_("Probability of being above zero"), _("Change"), _("Effect"), _("Shares")),
        tuple(
            (
                _("from {low} to {high}").format(low=f"{rule.low:g}", high=f"{rule.high:g}"),
                bare(_(rule.change).split(",")[0]),
                bare(_(rule.effect).split(",")[0]),
                bare(_(rule.share).split(",")[0]),
            )
            for rule in RULES
        ),
        words=4,
    )


def agreement_rules() -> Table:
    """The rules by which several estimates become one sentence."""
    return Table(
        _("What several estimates say together: the first rule that holds applies"),
        (_("When"), _("Words")),
        tuple((_(each.when), _(each.sentence)) for each in AGREEMENT),
        words=2,
    )
