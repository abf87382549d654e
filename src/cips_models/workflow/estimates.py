"""Result tables of fits, as the files of a results folder hold them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

import cips_models as cips


def diagnostics_table(fits: Mapping[str, Any]) -> pd.DataFrame:
    """Diagnose several fits; the first column says which."""
    tables = []
    for name, fit in fits.items():
        table = cips.diagnose(fit).table.copy()
        table.insert(0, "fit", name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
