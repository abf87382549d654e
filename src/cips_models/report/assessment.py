"""Everything a report shows, as one frozen record that can be written and read back."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Self

import pandas as pd

from cips_models.errors import OutputError
from cips_models.names import COUNTRY, FACTOR, FORMAT, GROUP, ITEM, WAVE

_RECORD: Final = "assessment.json"
#: Columns that hold text in every table, so that a wave "2021" stays a label.
_TEXT: Final = frozenset(
    {
        *(COUNTRY, FACTOR, GROUP, WAVE, ITEM, "from", "to", "start"),
        *("estimand", "scale", "interval", "route", "specification", "parallel_trends"),
        *("fit", "quantity", "kind", "worst", "column", "value"),
        *("claim", "where", "scales", "reason", "remedy"),
    }
)


@dataclass(frozen=True, eq=False)
class Assessment:
    """Results of one run, for charts and report.

    Attributes
    ----------
    about : mapping
        ``name, synthetic, countries, followed`` (countries seen in two or more waves),
        ``groups, waves, factors, respondents, answers`` (substantive ones),
        ``specification, seed, fingerprint, versions, created`` (ISO date), ``forced``
        (the report is wanted although the diagnostics fail) and, where the study takes
        something to be true of the mode, ``assumption``.
    respondents : pandas.DataFrame
        ``country, group, wave, respondents``.
    nonresponse : pandas.DataFrame
        ``group, wave, answered, dont_know, refused, not_asked``, in answers.
    nonresponse_items : pandas.DataFrame
        Don't know and refusals by item, group and wave.
    dont_know : pandas.DataFrame
        Change of the rate of don't know of every item and group.
    exclusions : pandas.DataFrame
        ``column, value, rows``: what the study file leaves out.
    support : pandas.DataFrame
        ``country, factor, supported, start, intensity``; empty without a support table.
    levels, changes, improved, effects, diagnostics, predictive : pandas.DataFrame
        Result tables, one row an estimate.
    comparison : pandas.DataFrame
        Joint fits by how well they predict a respondent left out; empty if there is but one.
    items : pandas.DataFrame
        How every item drifts apart from its factor's others, and differs in each country.
    drift : pandas.DataFrame
        Pooled changes and average effects under several amounts of drift; empty without any.
    refusals : pandas.DataFrame
        What cannot be said, on which scales, why, and what would make it possible.
    notes : tuple of str
        What is fine but must be said about the data.
    statements : tuple of str
        What identifies each effect.
    identification : tuple of str
        Which constraints identify the joint fit, and what is held equal across what.
    passed : bool
        The fit passes its diagnostics.
    """

    about: Mapping[str, Any]
    respondents: pd.DataFrame
    nonresponse: pd.DataFrame
    nonresponse_items: pd.DataFrame
    dont_know: pd.DataFrame
    exclusions: pd.DataFrame
    support: pd.DataFrame
    levels: pd.DataFrame
    changes: pd.DataFrame
    improved: pd.DataFrame
    effects: pd.DataFrame
    diagnostics: pd.DataFrame
    predictive: pd.DataFrame
    comparison: pd.DataFrame
    items: pd.DataFrame
    drift: pd.DataFrame
    refusals: pd.DataFrame
    notes: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    identification: tuple[str, ...] = ()
    passed: bool = True

    def save(self, directory: str | os.PathLike[str]) -> Path:
        """Write one CSV file a table, and the rest as ``assessment.json``.

        Returns
        -------
        Path
            The directory.
        """
        folder = Path(directory)
        folder.mkdir(parents=True, exist_ok=True)
        for name in _tables():
            getattr(self, name).to_csv(folder / f"{name}.csv", index=False)
        record = {
            "format": FORMAT,
            "about": dict(self.about),
            "notes": self.notes,
            "statements": self.statements,
            "identification": self.identification,
            "passed": self.passed,
        }
        text = json.dumps(record, indent=2, ensure_ascii=False)
        (folder / _RECORD).write_text(text + "\n", encoding="utf-8")
        return folder

    @classmethod
    def load(cls, directory: str | os.PathLike[str]) -> Self:
        """Read what :meth:`save` wrote.

        Raises
        ------
        OutputError
            The folder holds no assessment, or one of another format.
        """
        folder = Path(directory)
        if not (folder / _RECORD).is_file():
            raise OutputError(
                f"{folder}: found no {_RECORD}; expected a folder that Assessment.save wrote"
            )
        record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
        if (found := record.pop("format", None)) != FORMAT:
            raise OutputError(
                f"{folder / _RECORD}: found format {found!r}; expected {FORMAT}. It was written "
                "by another version of this package: run it again with this one."
            )
        tables = {name: _read(folder / f"{name}.csv") for name in _tables()}
        return cls(
            about=record["about"],
            notes=tuple(record["notes"]),
            statements=tuple(record["statements"]),
            identification=tuple(record["identification"]),
            passed=record["passed"],
            **tables,
        )


def _tables() -> list[str]:
    return [each.name for each in fields(Assessment) if each.type is pd.DataFrame]


def _read(path: Path) -> pd.DataFrame:
    columns = pd.read_csv(path, nrows=0).columns
    # "supported" is a word in result tables and true or false in the support table.
    text = _TEXT | ({"supported"} if "estimand" in columns else set())
    return pd.read_csv(
        path,
        dtype={name: "str" for name in columns if name in text},
        keep_default_na=False,
        na_values={name: [""] for name in columns if name not in text},
    )
