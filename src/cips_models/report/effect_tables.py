"""Tables of effects of support: every way of estimating them, where they differ."""

from collections.abc import Mapping

from cips_models.charts.labels import capital, unit, word
from cips_models.charts.numbers import count
from cips_models.charts.people import fewest, people
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT
from cips_models.report.assessment import Assessment
from cips_models.report.document import Table
from cips_models.report.estimates import estimate, numbers_head
from cips_models.wording import _


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
    smallest = smallest_cells(assessment)
    rows = [
        (
            row[COUNTRY] or row[FACTOR] or elsewhere[row["estimand"]],
            capital(row[GROUP]),
            people(smallest.get((row[COUNTRY], row[GROUP]), "")),
            *estimate(row),
        )
        for _index, row in table.iterrows()
    ]
    return Table(
        _("Effect of support by factor and by country, in percentage points"),
        (
            _("Where"),
            _("Group"),
            _("People in the smallest cell"),
            *numbers_head(table, _("Effect")),
        ),
        tuple(rows),
        words=3,
    )


def smallest_cells(assessment: Assessment) -> Mapping[tuple[str, str], str]:
    """Band of the smallest cell of every country and group that has a change."""
    cells = assessment["changes"]
    cells = cells[(cells["estimand"] == "change") & (cells["scale"] == PERCENT)]
    return {
        (str(country), str(group)): fewest(own["sample"])
        for (country, group), own in cells.groupby([COUNTRY, GROUP])
    }


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
    table = table[
        (table["estimand"] == "ATT")
        & (table["specification"] == specification)
        & (table["parallel_trends"] == "latent")
    ]
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
