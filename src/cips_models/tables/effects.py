"""Tables of effects of support."""

from typing import Final

from cips_models.names import COUNTRY, FACTOR, GROUP
from cips_models.tables.columns import ESTIMAND, Column, Tables, estimates

_ROUTE: Final = Column("route", "text", "joint: one model; cut: cells first, hierarchy second.")
_SPECIFICATION: Final = Column("specification", "text", "Model specification.")

EFFECTS: Final[Tables] = {
    "effects": estimates(
        COUNTRY,
        FACTOR,
        GROUP,
        extras=(
            _ROUTE,
            _SPECIFICATION,
            Column("parallel_trends", "text", "Scale on which trends are taken as parallel."),
            *ESTIMAND,
            Column(
                "already_treated", "count", "Cells set aside: under support when first observed."
            ),
        ),
    ),
    "selection": estimates(
        COUNTRY,
        FACTOR,
        GROUP,
        extras=(
            Column(
                "read",
                "number",
                "The same as stage 1 reads it from the answers of each cell alone; in logits.",
            ),
            Column("supported", "text", "Of a cell: supported or unsupported by the Programme."),
            _ROUTE,
            _SPECIFICATION,
        ),
    ),
}
