"""How many people are behind the estimates of cells, in bands: a few are never counted."""

import re
from collections.abc import Sequence
from typing import Final

import pandas as pd

from cips_models.charts.numbers import NONE, count
from cips_models.wording import N_, _, listed

#: Words of a band of a sample size, and how they are said.
_BANDS: Final = (("fewer than", N_("fewer than {n}")), ("or more", N_("{n} or more")))


def people(band: str) -> str:
    """Band of a sample size, in the reader's language."""
    for word_of, template in _BANDS:
        if band.startswith(word_of) or band.endswith(word_of):
            return _(template).format(n=band.replace(word_of, "").strip())
    return band.replace("-", "\N{EN DASH}") or NONE


def fewest(bands: Sequence[str]) -> str:
    """The lowest of some bands, as tables hold them; "" where none is known."""
    return min(filter(None, map(str, bands)), key=_start, default="")


def in_cells(cells: pd.DataFrame) -> tuple[str, ...]:
    """The note of a chart of cells: how many of them rest on how many people.

    Parameters
    ----------
    cells : pandas.DataFrame
        Estimates of cells, with their ``sample``.
    """
    found = cells["sample"].astype(str) if "sample" in cells else pd.Series(dtype=str)
    counted = found[found != ""].value_counts()
    bands = [
        _("{people} in {n}").format(people=people(band), n=count(counted[band]))
        for band in sorted(counted.index, key=_start)
    ]
    if not bands:
        return ()
    return (
        _("People behind an estimate, by number of cells: {bands}.").format(bands=listed(bands)),
    )


def _start(band: str) -> int:
    """Where a band begins: "fewer than 10" at none, "10-29" at 10."""
    digits = re.search(r"\d+", band)
    return 0 if digits is None or band.startswith("fewer") else int(digits[0])
