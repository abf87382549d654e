"""Everything a report shows, as one frozen record."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from cips_models.tables import empty_table


@dataclass(frozen=True, eq=False)
class Assessment:
    """Results of one run, for charts and report.

    ``assessment["effects"]`` is a table; one that the run did not make has no rows.

    Attributes
    ----------
    about : mapping
        ``name, synthetic, countries, followed`` (countries seen in two or more waves),
        ``groups, waves, factors, respondents, answers`` (substantive ones), ``compared`` (the two
        waves that alone are, where somebody chose them),
        ``specification, seed, fingerprint, versions, created`` (ISO date), ``forced``
        (the report is wanted although the diagnostics fail), ``plan`` (``created, fingerprint,
        points`` of the pre-analysis plan, if there was one) and, where the study takes
        something to be true of the mode, ``assumption``.
    tables : mapping of str to pandas.DataFrame
        Any of :data:`cips_models.tables.TABLES`, one row an estimate.
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
    tables: Mapping[str, pd.DataFrame]
    notes: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    identification: tuple[str, ...] = ()
    passed: bool = True

    def __getitem__(self, name: str) -> pd.DataFrame:
        """A table by its name.

        Raises
        ------
        KeyError
            There is no table of this name.
        """
        if name in self.tables:
            return self.tables[name]
        return empty_table(name)

    def with_tables(self, **tables: pd.DataFrame) -> "Assessment":
        """The same with these tables in place of its own."""
        return replace(self, tables={**self.tables, **tables})
