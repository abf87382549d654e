"""What two releases of one survey give away together, though each by itself is safe.

A count that is withheld in one and shown in the other is not withheld; and two totals that
differ by a few count these few.  Differencing: Hundepool et al. (2012), section 4.3.
"""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from cips_models.disclosure.rule import Rule
from cips_models.tables import TABLES

#: Tables that count people, or what people did.
COUNTING: Final = ("respondents", "nonresponse", "nonresponse_items", "exclusions")

#: Columns of what is found.
COLUMNS: Final = ("table", "row", "column", "found")


def given_away(
    earlier: Mapping[str, pd.DataFrame], later: Mapping[str, pd.DataFrame], rule: Rule
) -> pd.DataFrame:
    """Counts that follow from two releases together.

    Parameters
    ----------
    earlier, later : mapping of str to pandas.DataFrame
        The tables of :data:`COUNTING` of each, with what is withheld missing.
    rule : Rule
        The stricter of theirs.

    Returns
    -------
    pandas.DataFrame
        Columns ``table``, ``row`` (labels, separated by slashes), ``column`` and ``found``: why.
        It names places and no value.
    """
    rows = [row for name in COUNTING for row in _of_table(name, earlier[name], later[name], rule)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _of_table(
    name: str, earlier: pd.DataFrame, later: pd.DataFrame, rule: Rule
) -> list[tuple[str, str, str, str]]:
    labels = [column.name for column in TABLES[name] if column.kind == "text"]
    counts = [column.name for column in TABLES[name] if column.kind == "count"]
    before, after = (each.astype(dict.fromkeys(labels, "str")) for each in (earlier, later))
    both = before.merge(after, on=labels, suffixes=("", " later"))
    found = []
    for _index, row in both.iterrows():
        place = " / ".join(str(row[label]) for label in labels if row[label])
        for column in counts:
            first, last = row[column], row[f"{column} later"]
            if pd.isna(first) and pd.isna(last):
                continue
            if pd.isna(first) or pd.isna(last):
                when = "earlier" if pd.isna(first) else "later"
                found.append((name, place, column, f"withheld in the {when} release alone"))
            elif rule.small(abs(float(last) - float(first))):
                why = f"differs by fewer than {rule.threshold}"
                found.append((name, place, column, why))
    return found
