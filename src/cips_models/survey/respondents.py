"""Who answered: identity, country, group, wave and background of every respondent."""

from dataclasses import dataclass

import pandas as pd

from cips_models.errors import Problem
from cips_models.names import COUNTRY, GROUP, RESPONDENT, WAVE
from cips_models.survey.cells import at
from cips_models.survey.document import did_you_mean, quoted
from cips_models.survey.recoding import exclude_rows, normalised, numbers, relabel
from cips_models.survey.study import Study
from cips_models.survey.table_file import is_typed


@dataclass(frozen=True)
class Respondents:
    """The respondents of a survey, and the rows of the file that they stand in.

    Attributes
    ----------
    table : pandas.DataFrame
        Texts of the respondents that are kept, index = row number in the file.
    described : pandas.DataFrame
        As :attr:`cips_models.survey.survey.Survey.respondents`, same rows.
    countries, groups, waves : tuple of str
    exclusions : pandas.DataFrame
    answer_column : str
        Column that holds the answers, where a row of the file is an answer; else "".
    answer_rows : pandas.DataFrame or None
        Row number of every answer, index as ``table``, a column an item; None where a row
        of the file is a respondent.
    """

    table: pd.DataFrame
    described: pd.DataFrame
    countries: tuple[str, ...]
    groups: tuple[str, ...]
    waves: tuple[str, ...]
    exclusions: pd.DataFrame
    answer_column: str = ""
    answer_rows: pd.DataFrame | None = None

    def answers_to(self, item: str) -> pd.Series:
        """Texts of an item, blank where it has none; index = row number in the file.

        The series is named as messages name its place.
        """
        column = self.table.get(item)
        if column is None:
            return pd.Series("", self.table.index, dtype=object, name=item)
        if self.answer_rows is None:
            return column
        rows = self.answer_rows.loc[self.table.index, item]
        return column.set_axis(pd.Index(rows)).rename(f"{self.answer_column}, item {item}")


def check_columns(
    table: pd.DataFrame, study: Study, items: tuple[str, ...], source: str, problems: list[Problem]
) -> bool:
    """Compare the columns of the file with the study file and the codebook.

    Returns
    -------
    bool
        Whether the four columns are there without which nothing can be read.
    """
    columns = study.columns
    where = f"{source}, header"
    extra = [str(name) for name in table if name not in (*columns.known, *items)]
    roles = {role: getattr(columns, role) for role in (RESPONDENT, COUNTRY, GROUP, WAVE)}
    asked = {f"the {role} column of {study.source}": name for role, name in roles.items()}
    asked |= {f'"{name}", a column of {study.source}': name for name in columns.kept}
    for what, name in asked.items():
        if name not in table:
            hint = did_you_mean(name, extra) or f"Correct [columns] of {study.source}."
            found = f'no column "{name}"; the columns are {quoted(table.columns)}'
            problems.append(Problem(where, found, what, hint))
    for name in items:
        if name in columns.known:
            found = f'"{name}", an item of the codebook'
            expected = f"a column that {study.source} gives no role"
            problems.append(Problem(where, found, expected, "Remove one of the two."))
        elif name not in table:
            hint = did_you_mean(name, extra) or "Remove the item from the codebook, or add it."
            problems.append(Problem(where, f'no column "{name}"', "every item's column", hint))
    if extra and items:
        hint = (
            f"Add it to the codebook, or to `background` or `ignore` of {study.source} [columns]."
        )
        expected = "items of the codebook and columns of the study file"
        problems.append(Problem(where, f"column {quoted(extra, 40)}", expected, hint))
    return all(name in table for name in roles.values())


def describe_respondents(
    table: pd.DataFrame, study: Study, source: str, problems: list[Problem]
) -> Respondents | None:
    """Label countries, groups and waves, and check the respondents' identities.

    Parameters
    ----------
    table : pandas.DataFrame
        Texts of the responses file, with the four columns of :func:`check_columns`.
    study : Study
    source : str
        Name of the responses file, for messages.
    problems : list of Problem
        Collector; appended to.

    Returns
    -------
    Respondents or None
        None where no row is left.
    """
    columns = study.columns
    labellings = study.labellings
    table = table.assign(**{name: normalised(table[name]) for name in labellings})
    table, exclusions = exclude_rows(table, labellings)
    if table.empty:
        hint = f"Correct `exclude` in {study.source}."
        problems.append(Problem(source, "no row that is not excluded", "one row or more", hint))
        return None
    labels: list[tuple[str, ...]] = []
    described: dict[str, object] = {}
    for role, heading, (column, labelling) in zip(
        (COUNTRY, GROUP, WAVE), ("countries", "groups", "waves"), labellings.items(), strict=True
    ):
        where = f"{study.source} [{heading}]"
        names, described[role] = relabel(table[column], labelling, where, source, problems)
        labels.append(names)
    for name in columns.kept:
        if name in table:
            described[name] = table[name].str.strip().to_numpy()
    if columns.weight is not None and columns.weight in table:
        # A number that is none of text has a decimal point, whatever the office writes.
        decimal = "." if is_typed(source) else study.csv.decimal
        hint = f'The decimal mark is "{decimal}"'
        hint += "." if is_typed(source) else " ([csv] decimal of the study file)."
        weight = table[columns.weight].str.strip()
        weights = numbers(weight, decimal, source, problems, hint=hint)
        described[columns.weight] = weights.to_numpy()
    identity = table[columns.respondent].str.strip()
    _check_identity(identity, source, problems)
    frame = pd.DataFrame(described, index=pd.Index(identity, dtype=str, name=RESPONDENT))
    return Respondents(table, frame, labels[0], labels[1], labels[2], exclusions)


def _check_identity(identity: pd.Series, source: str, problems: list[Problem]) -> None:
    column = str(identity.name)
    blank = identity.index[identity == ""]
    if len(blank):
        where = at(source, blank, column)
        hint = "Give every respondent an id; a running number will do."
        problems.append(Problem(where, f"{len(blank)} blank", "an id", hint))
    repeated = identity[identity.duplicated(keep=False) & (identity != "")]
    if len(repeated):
        values = repeated.unique()
        found = f"{quoted(values, 5)} in more than one row"
        hint = "Remove the copy; for two people, make ids unique (country and wave in front)."
        problems.append(Problem(at(source, repeated.index, column), found, "unique ids", hint))
