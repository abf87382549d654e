"""Tables of effects of support."""

from typing import Final

from cips_models.names import COUNTRY, FACTOR, GROUP
from cips_models.tables.columns import ESTIMAND, Column, Tables, estimates

EFFECTS: Final[Tables] = {
    "effects": estimates(
        COUNTRY,
        FACTOR,
        GROUP,
        extras=(
            Column("route", "text", "joint: one model; cut: cells first, hierarchy second."),
            Column("specification", "text", "Model specification."),
            Column("parallel_trends", "text", "Scale on which trends are taken as parallel."),
            *ESTIMAND,
            Column(
                "already_treated", "count", "Cells set aside: under support when first observed."
            ),
        ),
    ),
}
