"""The multiverse in the report, where a results folder holds one."""

from typing import Final

from cips_models.charts.specification_curve import choice, finding
from cips_models.names import GROUP, SCALES
from cips_models.report.assessment import Assessment
from cips_models.report.document import Table
from cips_models.wording import _, listed

#: Failed specifications that are listed.
_SHOWN: Final = 10


def sentences(assessment: Assessment) -> tuple[str, ...]:
    """How many specifications say what, by scale and group; nothing without a multiverse."""
    table = assessment["multiverse"]
    if table.empty:
        return ()
    found = []
    for scale in (scale for scale in SCALES if (table["scale"] == scale).any()):
        for group in dict.fromkeys(table[GROUP]):
            rows = table[(table["scale"] == scale) & (table[GROUP] == group)]
            if rows["mean"].notna().any():
                found.append(finding(rows) + ".")
    failing = table["mean"].notna() & ~table["passed"].fillna(False).astype(bool)
    if failing.any():
        found.append(
            _("{n} of the {all} rows are of fits that fail their diagnostics.").format(
                n=int(failing.sum()), all=len(table)
            )
        )
    found += assessment.about.get("multiverse", [])
    return (
        *found,
        _(
            "These specifications were chosen, not drawn: how many agree is no probability, and "
            "the least and the most favourable are not the ends of an interval."
        ),
    )


def failures(assessment: Assessment) -> Table:
    """Specifications without an estimate, and why."""
    table = assessment["multiverse"]
    failed = table[table["mean"].isna()].drop_duplicates([GROUP, "reason"]).head(_SHOWN)
    columns = ("bracket", "drift", "priors", "countries", "general_factor", "strata", "dont_know")
    rows = tuple(
        (str(row[GROUP]), listed(choice(each, row[each]) for each in columns), str(row["reason"]))
        for _index, row in failed.iterrows()
    )
    return Table(
        _("Specifications that gave no estimate"),
        (_("Group"), _("Specification"), _("Reason")),
        rows,
        words=3,
    )
