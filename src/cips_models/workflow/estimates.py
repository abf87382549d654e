"""Result tables of fits, as the files of a results folder hold them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

import cips_models as cips
from cips_models.did.statements import identifying_statements
from cips_models.did.tables import effects_table as did_table
from cips_models.survey.survey import Survey


def diagnostics_table(fits: Mapping[str, Any]) -> pd.DataFrame:
    """Diagnose several fits; the first column says which."""
    tables = []
    for name, fit in fits.items():
        table = cips.diagnose(fit).table.copy()
        table.insert(0, "fit", name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def estimate_tables(fit: Any, *, margin: float = 0.0) -> dict[str, pd.DataFrame]:
    """Tables ``levels``, ``changes`` and ``improved`` of a fit."""
    raise NotImplementedError("waits for cips_models.estimands")


def effects_table(fits: Mapping[str, Any]) -> pd.DataFrame:
    """Difference in differences of several fits."""
    return pd.concat([did_table(fit) for fit in fits.values()], ignore_index=True)


def effect_statements(fits: Mapping[str, Any]) -> list[str]:
    """Sentences on what identifies the effects."""
    return identifying_statements(next(iter(fits.values())))


def predictive_table(fit: Any, survey: Survey, *, seed: int) -> pd.DataFrame:
    """Posterior predictive check of every cell."""
    raise NotImplementedError("waits for cips_models.inference.predictive")


def prior_table(draws: Any) -> pd.DataFrame:
    """Levels and changes that a specification expects, in per cent."""
    raise NotImplementedError("waits for cips_models.inference.prior")
