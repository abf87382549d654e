"""Tables of one effect in several ways: outcomes, weights, cells, time since support."""

from typing import Final

from cips_models.names import COUNTRY, FACTOR, GROUP, WAVE
from cips_models.tables.columns import ESTIMAND, SAMPLE, Column, Tables, estimates

_TRENDS: Final = Column(
    "parallel_trends",
    "text",
    "What would have moved alike without support: latent or points, within countries; "
    "distribution (a normal latent response) or shares (of answers), between countries.",
)

OUTCOMES: Final[Tables] = {
    "outcomes": estimates(
        GROUP,
        extras=(
            _TRENDS,
            Column("level", "text", "Level of the answer, from least favourable; else empty."),
            Column("items", "count", "Items compared between countries; else empty."),
            Column("left_out", "count", "Items that cannot be compared so; else empty."),
            *ESTIMAND,
        ),
    ),
    "weightings": estimates(GROUP, extras=(_TRENDS, *ESTIMAND)),
    "cell_effects": estimates(COUNTRY, FACTOR, GROUP, extras=(_TRENDS, SAMPLE, *ESTIMAND)),
    "effect_paths": estimates(
        COUNTRY,
        FACTOR,
        GROUP,
        WAVE,
        extras=(
            Column("since", "number", "Years since the first wave under support."),
            _TRENDS,
            *ESTIMAND,
        ),
    ),
}
