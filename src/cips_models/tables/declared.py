"""All tables of a results folder."""

from collections.abc import Iterator
from typing import Final

import pandas as pd

from cips_models.tables.columns import Tables
from cips_models.tables.design import DESIGN
from cips_models.tables.disclosure import DISCLOSURE
from cips_models.tables.effects import EFFECTS
from cips_models.tables.estimates import ESTIMATES
from cips_models.tables.few_clusters import FEW_CLUSTERS
from cips_models.tables.fits import FITS
from cips_models.tables.models import MODELS
from cips_models.tables.outcomes import OUTCOMES
from cips_models.tables.sensitivity import SENSITIVITY
from cips_models.tables.survey import SURVEY
from cips_models.tables.trends import TRENDS

#: Tables of a results folder by name; ``NAME.csv`` is the file.
TABLES: Final[Tables] = {
    **SURVEY,
    **ESTIMATES,
    **EFFECTS,
    **OUTCOMES,
    **TRENDS,
    **FEW_CLUSTERS,
    **SENSITIVITY,
    **FITS,
    **MODELS,
    **DISCLOSURE,
}

#: These, and tables that a command writes apart from a results folder.
EVERY_TABLE: Final[Tables] = {**TABLES, **DESIGN}


def data_dictionary() -> pd.DataFrame:
    """Describe every column of every table: table, column, kind, meaning."""

    def rows() -> Iterator[tuple[str, str, str, str]]:
        for table, columns in TABLES.items():
            yield from ((table, column.name, column.kind, column.meaning) for column in columns)

    return pd.DataFrame(rows(), columns=["table", "column", "kind", "meaning"])
