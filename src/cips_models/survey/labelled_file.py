"""SPSS and Stata files: codes as texts, and the words that the file has for them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cips_models.errors import Problem
from cips_models.survey.cells import as_seen
from cips_models.survey.source import unreadable

#: Formats that show leading zeros: N4 in SPSS, %04.0f in Stata.
_ZEROS = re.compile(r"N(\d+)|%0(\d+)\.0[fg]")


@dataclass(frozen=True)
class LabelledFile:
    """What an SPSS or Stata file holds.

    Attributes
    ----------
    table : pandas.DataFrame
        Texts, index = row number from 1.  User-missing codes are codes like any other
        (Stata's are ".a" to ".z"); system-missing is blank.
    wordings : mapping of str to str
        Label of a variable, by its name; variables without one are absent.
    labels : mapping of str to mapping of str to str
        Label of each labelled code of a variable, numbers by size.
    missing : mapping of str to tuple of str
        Codes of a variable, labelled or found, that the file declares missing.
    """

    table: pd.DataFrame
    wordings: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]
    missing: Mapping[str, tuple[str, ...]]


def read_labelled(path: Path, problems: list[Problem]) -> LabelledFile | None:
    """Read a .sav or .dta file.

    Parameters
    ----------
    path : Path
    problems : list of Problem
        Collector; appended to.

    Returns
    -------
    LabelledFile or None
        None where the file cannot be read, or has no rows.
    """
    import pyreadstat

    stata = path.name.lower().endswith(".dta")
    read = pyreadstat.read_dta if stata else pyreadstat.read_sav
    try:
        path.open("rb").close()  # the library does not say why it cannot open a file
        frame, meta = read(path, user_missing=True)
        # Stata only: with user_missing, pyreadstat 1.3 gives 0 for system-missing in a column
        # of whole numbers that has user-missing codes too; without it, both are missing.
        hidden = read(path)[0] if stata else frame
    except (OSError, ValueError, OverflowError, pyreadstat.ReadstatError) as error:
        problems.append(unreadable(path, error))
        return None
    if frame.empty:
        problems.append(Problem(path.name, "no rows", "one row or more"))
        return None
    columns = {
        name: _texts(frame[name], hidden[name].isna(), _Variable(name, meta)) for name in frame
    }
    table = pd.DataFrame(columns)
    table.index = pd.RangeIndex(1, len(table) + 1)
    variables = [_Variable(name, meta) for name in table]
    labels = {v.name: found for v in variables if (found := v.labels())}
    missing = {}
    for variable in variables:
        codes = dict.fromkeys([*labels.get(variable.name, {}), *table[variable.name].unique()])
        declared = tuple(code for code in codes if variable.is_missing(code))
        if declared:
            missing[variable.name] = declared
    wordings = {name: text for name, text in meta.column_names_to_labels.items() if text}
    return LabelledFile(table, wordings, labels, missing)


def _texts(column: pd.Series, hidden: pd.Series, variable: "_Variable") -> pd.Series:
    """Codes of a column as texts; blank is ""."""
    found, values = pd.factorize(column)  # -1 where missing, which takes the last of the texts
    texts = np.array([*map(variable.code, values), ""], dtype=object)[found]
    if variable.tagged:
        tags = pd.Series(texts).str.startswith(".").to_numpy()
        texts[hidden.to_numpy() & ~tags] = ""
    return pd.Series(texts, dtype=object)


class _Variable:
    """What the file says of one variable."""

    def __init__(self, name: str, meta: Any):
        self.name = name
        kind = meta.readstat_variable_types[name]
        self.single = kind == "float"
        self.tagged = meta.file_format == "dta" and kind != "string"
        form = _ZEROS.fullmatch(meta.original_variable_types[name] or "")
        self.zeros = int(form[1] or form[2]) if form else 0
        self.ranges = meta.missing_ranges.get(name, [])
        self.printed = meta.variable_value_labels.get(name, {})

    def code(self, value: Any) -> str:
        """Text of a value; ".a" where Stata shows that."""
        if isinstance(value, str):
            return f".{value}" if self.tagged else value.strip()
        if self.single:
            value = float(str(np.float32(value)))  # 0.1, not 0.100000001490116
        return as_seen(value, self.zeros)

    def labels(self) -> dict[str, str]:
        """Labels by code, numbers by size and before other codes."""
        by_code = {self.code(value): label.strip() for value, label in self.printed.items()}
        return dict(sorted(by_code.items(), key=lambda pair: (number_of(pair[0]), pair[0])))

    def is_missing(self, code: str) -> bool:
        """Say whether the file declares a code missing."""
        if self.tagged:
            return code.startswith(".")
        texts = any(code == area["lo"] for area in self.ranges if isinstance(area["lo"], str))
        number = number_of(code)
        spans = [area for area in self.ranges if not isinstance(area["lo"], str)]
        return texts or any(area["lo"] <= number <= area["hi"] for area in spans)


def number_of(code: str) -> float:
    """Return a code as a number; infinity, which sorts last, where it is none."""
    try:
        return float(code)
    except ValueError:
        return float("inf")
