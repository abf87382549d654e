"""The population table: how many people of each kind there are, to weigh answers by."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cips_models.errors import Problem
from cips_models.names import COUNTRY, GROUP
from cips_models.survey.cells import at
from cips_models.survey.composition import COUNT, UNKNOWN
from cips_models.survey.document import did_you_mean, quoted
from cips_models.survey.recoding import numbers

_SHOWN = 12


def lay_out_population(
    table: pd.DataFrame,
    columns: Sequence[str],
    described: pd.DataFrame,
    source: str,
    problems: list[Problem],
    *,
    decimal: str = ".",
) -> pd.DataFrame | None:
    """Check a population table and repeat it for every country and group it is about.

    Parameters
    ----------
    table : pandas.DataFrame
        Texts: the columns, ``count`` and optionally ``country`` and ``group``; without these
        a row is about all of them.
    columns : sequence of str
        Columns of the strata, which ``described`` has.
    described : pandas.DataFrame
        The respondents.
    source : str
        Name of the file, for messages.
    problems : list of Problem
        Collector; unknown, missing and repeated strata are added, and bad counts.
    decimal : str
        Decimal mark of counts.

    Returns
    -------
    pandas.DataFrame or None
        Columns ``country``, ``group``, the columns and ``count``; None where the table has a
        problem.
    """
    before = len(problems)
    if not _check_columns(table, columns, source, problems):
        return None
    table = table.apply(lambda column: column.str.strip())
    given = [dim for dim in (COUNTRY, GROUP) if dim in table]
    known = {dim: list(described[dim].cat.categories) for dim in (COUNTRY, GROUP)}
    values = {name: sorted(set(described[name]) - {"", UNKNOWN}) for name in columns}
    # Of a kind of which there is nobody, nobody need have answered.
    table = table.assign(**{COUNT: numbers(table[COUNT], decimal, source, problems)})
    there = table[~(table[COUNT] == 0)]
    for name, expected in ({dim: known[dim] for dim in given} | values).items():
        for value in there[name][~there[name].isin(expected)].unique():
            where = at(source, there.index[there[name] == value], name)
            what = f"a {name} of the survey: {quoted(expected, 30)}"
            problems.append(Problem(where, f'"{value}"', what, did_you_mean(value, expected)))
    keys = [*given, *columns]
    for key, rows in table[table.duplicated(keys, keep=False)].groupby(keys):
        found = f"{quoted(key)} {len(rows)} times"
        hint = "Keep one of the rows, or add their counts."
        problems.append(Problem(at(source, rows.index), found, "each stratum once", hint))
    if len(problems) > before:
        return None
    for dim in (COUNTRY, GROUP):
        if dim not in table:
            table = table.merge(pd.DataFrame({dim: known[dim]}), how="cross")
    _check_strata(table, columns, described, source, problems)
    return None if len(problems) > before else table[[COUNTRY, GROUP, *columns, COUNT]]


def _check_columns(
    table: pd.DataFrame, columns: Sequence[str], source: str, problems: list[Problem]
) -> bool:
    where, needed = f"{source}, header", [*columns, COUNT]
    expected = f"columns {quoted(needed)}, and optionally {quoted([COUNTRY, GROUP])}"
    missing = [name for name in needed if name not in table]
    if missing:
        hint = did_you_mean(missing[0], [name for name in table if name not in needed])
        problems.append(Problem(where, f"no column {quoted(missing)}", expected, hint))
    extra = [name for name in table if name not in (*needed, COUNTRY, GROUP)]
    if extra:
        problems.append(Problem(where, f"column {quoted(extra)}", expected, "Remove it."))
    return not missing and not extra


def _check_strata(
    table: pd.DataFrame,
    columns: Sequence[str],
    described: pd.DataFrame,
    source: str,
    problems: list[Problem],
) -> None:
    """Look for every stratum of the survey where the table is about its country and group."""
    keys = [COUNTRY, GROUP, *columns]
    surveyed = described[keys].astype(str).drop_duplicates()
    told = ~surveyed[[*columns]].isin(["", UNKNOWN]).any(axis=1)
    places = set(table[[COUNTRY, GROUP]].itertuples(index=False, name=None))
    here = np.array([p in places for p in surveyed[[COUNTRY, GROUP]].itertuples(False, None)])
    rows = set(table[keys].itertuples(index=False, name=None))
    wanted = surveyed[told & here].itertuples(index=False, name=None)
    missing = sorted(key for key in wanted if key not in rows)
    if missing:
        shown = "; ".join(" / ".join(key) for key in missing[:_SHOWN])
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        expected = "every stratum in which somebody answered"
        hint = "Add the rows; a country and group of which nothing is known is left out whole."
        problems.append(Problem(source, f"no row for {shown}{more}", expected, hint))
    sums = table.groupby([COUNTRY, GROUP])[COUNT].sum()
    for country, group in sums.index[sums == 0]:
        expected = "a count above 0 in every country and group"
        problems.append(Problem(source, f"nobody in {country} / {group}", expected))
