"""Change of a standard composition beside change as the waves were composed, and raw."""

from cips_models.charts.labels import capital
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT
from cips_models.report.assessment import Assessment
from cips_models.report.document import Table
from cips_models.report.estimates import estimate, numbers_head
from cips_models.tables.estimates import AS_COMPOSED, RAW_CHANGE
from cips_models.wording import _

_WAYS = ("pooled change", f"pooled change{AS_COMPOSED}", RAW_CHANGE)


def compositions(assessment: Assessment) -> Table:
    """Mean change over factors and countries of every group, three ways; no rows without strata."""
    table = assessment["changes"][
        assessment["changes"]["estimand"].isin(_WAYS)
        & (assessment["changes"]["scale"] == PERCENT)
        & (assessment["changes"][FACTOR] == "")
        & (assessment["changes"][COUNTRY] == "")
    ]
    told_apart = (table["estimand"] == _WAYS[1]).any()
    ranks = {group: rank for rank, group in enumerate(assessment.about["groups"])}
    table = table.assign(
        rank=table[GROUP].map(ranks), order=table["estimand"].map(_WAYS.index)
    ).sort_values(["rank", "order"], kind="stable")
    labels = {
        _WAYS[0]: _("of one composition at both waves"),
        _WAYS[1]: _("as the waves were composed"),
        _WAYS[2]: _("raw answers, no model"),
    }
    rows = [
        (
            capital(row[GROUP]),
            _("{first} to {last}").format(first=row["from"], last=row["to"]),
            labels[row["estimand"]],
            *estimate(row),
        )
        for _index, row in table.iterrows()
    ]
    return Table(
        _("Change and who answered: mean over factors and countries, in percentage points"),
        (_("Group"), _("Waves"), _("Change"), *numbers_head(table, _("Mean"))),
        tuple(rows) if told_apart else (),
        words=3,
    )
