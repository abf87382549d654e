"""What a check of a claim finds: a number as printed, and whether the rule holds."""

from dataclasses import dataclass

import pandas as pd

from cips_models.charts.numbers import span


@dataclass(frozen=True)
class Found:
    """What a check finds.

    Attributes
    ----------
    number : str
        The number behind it, as printed.
    holds : bool
        Whether the declared rule holds.
    """

    number: str
    holds: bool


def excludes_zero(row: pd.Series, digits: int = 1) -> Found:
    """The interval of a row, and whether zero lies outside."""
    outside = row["lower"] > 0 or row["upper"] < 0
    return Found(span(row["lower"], row["upper"], digits=digits), bool(outside))
