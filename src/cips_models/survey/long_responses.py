"""Responses with one row an answer, gathered into one row a respondent."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cips_models.errors import Problem
from cips_models.survey.cells import at
from cips_models.survey.document import did_you_mean, quoted
from cips_models.survey.recoding import normalised
from cips_models.survey.study import Columns, Study

_SHOWN = 5  # respondents, or their answers, that a message names


def gather(
    table: pd.DataFrame, study: Study, items: Sequence[str], source: str, problems: list[Problem]
) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Gather the answers of each respondent into one row.

    Parameters
    ----------
    table : pandas.DataFrame
        Texts with one row an answer, index = row number in the file.
    study : Study
        Its ``columns`` name ``item`` and ``answer``.  Items in ``ignore`` are left out.
    items : sequence of str
        All items that the codebook names.
    source : str
        Name of the file, for messages.
    problems : list of Problem
        Collector; added are columns and items that are missing or unknown, rows without a
        respondent or an item, respondents whose rows disagree, and items answered twice.

    Returns
    -------
    respondents : pandas.DataFrame
        Texts, index = row number of a respondent's first answer; the columns that describe
        respondents, then a column an item, blank where there is no row.
    rows : pandas.DataFrame
        Row number of every answer, with the same index and a column an item.
        None in place of both where a column is missing without which nothing can be read.
    """
    columns = study.columns
    item, answer = str(columns.item), str(columns.answer)
    if not _check_header(table, study, items, source, problems):
        return None
    table = table.apply(lambda column: column.str.strip())
    table = table.assign(**{name: normalised(table[name]) for name in study.labellings})
    for column, what in ((columns.respondent, "an id"), (item, "an item")):
        blank = table.index[table[column] == ""]
        if len(blank):
            found, hint = f"{len(blank)} blank", "Fill it in, or remove the row."
            problems.append(Problem(at(source, blank, column), found, what, hint))
    table = table[(table[columns.respondent] != "") & (table[item] != "")]
    if table.empty:
        return None
    _check_items(table[item], list(table), study, items, source, problems)
    excluded = _excluded(table, study)
    person = _person(table, study, excluded)
    first = table.index[~pd.Series(person).duplicated().to_numpy()]
    traits = [name for name in (*study.labellings, *columns.kept) if name in table]
    for name in traits:
        differs = table[name].to_numpy() != table.loc[first, name].to_numpy()[person]
        _report_disagreement(table, name, differs & ~excluded, columns, source, problems)
    known = ~table[item].isin([*columns.ignore, *table]).to_numpy()
    answers, person = table[known], person[known]
    pairs = pd.DataFrame({"person": person, "item": answers[item].to_numpy()})
    again = pairs.duplicated(keep=False).to_numpy() & ~excluded[known]
    _report_repeated(answers[again], columns, source, problems)
    question, names = pd.factorize(answers[item])
    values = np.full((len(first), len(names)), "", dtype=object)
    rows = np.repeat(first.to_numpy()[:, None], len(names), axis=1)
    values[person, question] = answers[answer]
    rows[person, question] = answers.index
    described = table.loc[first, [columns.respondent, *traits]]
    gathered = pd.DataFrame(values, index=first, columns=names, dtype=object)
    return pd.concat([described, gathered], axis=1), pd.DataFrame(rows, first, names)


def _check_header(
    table: pd.DataFrame, study: Study, items: Sequence[str], source: str, problems: list[Problem]
) -> bool:
    """Say whether the columns are there without which nothing can be read."""
    columns = study.columns
    needed = (columns.respondent, *study.labellings, str(columns.item), str(columns.answer))
    extra = [str(name) for name in table if name not in columns.known]
    where = f"{source}, header"
    for name in needed:
        if name not in table:
            found = f'no column "{name}"; the columns are {quoted(table.columns)}'
            expected = f"the columns that {study.source} names"
            hint = did_you_mean(name, extra) or f"Correct [columns] of {study.source}."
            problems.append(Problem(where, found, expected, hint))
    if extra:
        hint = f"Add it to `background` or `ignore` of {study.source} [columns]."
        if not {*extra}.isdisjoint(items):
            hint = "Remove `item` and `answer` of [columns] if a row is a respondent."
        expected = "columns of the study file, where a row is an answer"
        problems.append(Problem(where, f"column {quoted(extra, 40)}", expected, hint))
    return all(name in table for name in needed)


def _check_items(
    column: pd.Series,
    header: Sequence[str],
    study: Study,
    items: Sequence[str],
    source: str,
    problems: list[Problem],
) -> None:
    """Compare the items of the file with the codebook and the study file."""
    columns = study.columns
    found = list(column.unique())
    unknown = [name for name in found if name not in (*items, *columns.kept, *columns.ignore)]
    name = str(column.name)
    for item in unknown if items else ():
        rows = column.index[column == item]
        hint = did_you_mean(item, [i for i in items if i not in found])
        hint = hint or "Add it to the codebook, or to `background` or `ignore` of the study file."
        expected = "items of the codebook"
        problems.append(Problem(at(source, rows, name), f'"{item}"', expected, hint))
    for item in items:
        if item in header:
            expected = f"an item that is no column of {source}"
            problems.append(Problem(source, f'"{item}", an item of the codebook', expected))
        elif item not in found:
            hint = did_you_mean(item, unknown) or "Remove the item from the codebook, or add it."
            where = f"{source}, column {name}"
            problems.append(Problem(where, f'no row with "{item}"', "every item", hint))
    for trait in columns.kept:
        if trait not in header and trait not in found:
            where = f"{source}, header"
            expected = f'"{trait}", a column of {study.source}'
            problems.append(Problem(where, f'neither a column nor an item "{trait}"', expected))


def _excluded(table: pd.DataFrame, study: Study) -> NDArray[np.bool_]:
    """Rows that the study file leaves out; nothing about them needs to be right."""
    excluded = np.zeros(len(table), dtype=bool)
    for name, labelling in study.labellings.items():
        excluded |= table[name].isin(labelling.exclude).to_numpy()
    return excluded


def _person(table: pd.DataFrame, study: Study, excluded: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Number the respondents in the order of the file.

    Excluded rows make respondents of their own: an id of a pilot may come again.
    """
    key = table[study.columns.respondent]
    apart = key
    for name in study.labellings:
        apart = apart + "\n" + table[name]
    numbers, _ = pd.factorize(key.where(~excluded, apart))
    return np.asarray(numbers, dtype=np.intp)


def _report_disagreement(
    table: pd.DataFrame,
    name: str,
    differs: NDArray[np.bool_],
    columns: Columns,
    source: str,
    problems: list[Problem],
) -> None:
    """Report respondents who are described in one row otherwise than in their first."""
    if not differs.any():
        return
    rows = table.index[differs]
    who = table.loc[rows, columns.respondent].unique()
    values = (table.loc[table[columns.respondent] == one, name].unique() for one in who[:_SHOWN])
    shown = [f'"{one}" with {quoted(of, 3)}' for one, of in zip(who, values, strict=False)]
    more = f" and {len(who) - _SHOWN} more" if len(who) > _SHOWN else ""
    hint = "Correct the rows; for two people, make ids unique (country and wave in front)."
    expected = "the same value in all rows of a respondent"
    problems.append(Problem(at(source, rows, name), ", ".join(shown) + more, expected, hint))


def _report_repeated(
    repeated: pd.DataFrame, columns: Columns, source: str, problems: list[Problem]
) -> None:
    """Report items that a respondent answered in more than one row."""
    if repeated.empty:
        return
    item = str(columns.item)
    named = repeated[columns.respondent] + " / " + repeated[item]
    found = f"{quoted(named.unique(), _SHOWN)} in more than one row"
    expected = "one answer of a respondent to an item"
    where = at(source, repeated.index, item)
    problems.append(Problem(where, found, expected, "Keep one of the rows."))
