"""Tables of levels, of changes and of shares of cells improved."""

from collections.abc import Sequence

import pandas as pd

from cips_models.charts.labels import capital, scale_name, word
from cips_models.charts.numbers import NONE, count
from cips_models.charts.people import people
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT, WAVE
from cips_models.report.assessment import Assessment
from cips_models.report.document import Table
from cips_models.report.estimates import estimate, numbers_head
from cips_models.wording import _


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
                else _("model, {quantity}").format(quantity=scale_name(row["scale"])),
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
