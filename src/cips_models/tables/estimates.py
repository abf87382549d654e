"""Tables of levels and changes, and of what may disturb them."""

from typing import Final

from cips_models.names import COUNTRY, FACTOR, GROUP, ITEM, WAVE
from cips_models.tables.columns import (
    DIMS,
    ESTIMAND,
    ESTIMATE,
    PRECISION,
    SAMPLE,
    Column,
    Tables,
    estimates,
)

#: What changes of the waves' own composition are called, and pooled ones of raw results.
AS_COMPOSED, RAW_CHANGE = " as composed", "raw pooled change"
#: Levels of the countries seen at every wave, pooled.
PATH: Final = "pooled path"
#: Levels at both ends of a pooled change, of the very cells that are pooled in it.
ENDS: Final = ("before", "after")

_SUPPORTED: Final = Column(
    "supported", "text", "supported or unsupported by the Programme; empty where neither applies."
)

ESTIMATES: Final[Tables] = {
    "levels": estimates(COUNTRY, FACTOR, GROUP, WAVE, extras=(SAMPLE,)),
    "changes": estimates(COUNTRY, FACTOR, GROUP, "from", "to", extras=(_SUPPORTED, SAMPLE)),
    "improved": estimates(
        COUNTRY,
        FACTOR,
        GROUP,
        "from",
        "to",
        extras=(
            _SUPPORTED,
            Column("margin", "number", "Points by which a change must exceed zero to count."),
            Column("cells", "count", "Country x factor cells that the row is about."),
            Column(
                "already_treated",
                "count",
                "Cells set aside: under support at the first of the waves compared.",
            ),
            SAMPLE,
        ),
    ),
    "densities": (
        *(DIMS[dim] for dim in (COUNTRY, FACTOR, GROUP, WAVE, "from", "to")),
        *ESTIMATE[:2],
        Column("x", "number", "Value, on the scale."),
        Column("density", "number", "Posterior density there."),
        Column("cumulative", "number", "Posterior probability of values up to there."),
    ),
    "refusals": (
        Column("claim", "text", "What cannot be said."),
        Column("where", "text", "Factors, countries or cells that this is about; empty: all."),
        Column("scales", "text", "Scales on which it cannot be said, separated by commas."),
        Column("reason", "text", "Why the data cannot tell it."),
        Column("remedy", "text", "What would make it possible, or what can be said instead."),
    ),
    "items": (
        *(DIMS[dim] for dim in (ITEM, FACTOR, COUNTRY, "from", "to")),
        *ESTIMATE,
        Column("p_odd", "number", "Posterior probability of differing by more than 0.2 logits."),
        *PRECISION,
    ),
    "drift": estimates(
        COUNTRY,
        FACTOR,
        GROUP,
        "from",
        "to",
        extras=(
            Column("drift", "number", "Times the drift that items show: 0, 1 or 2."),
            Column("item_wave", "number", "Sd of an item's drift in all countries, logits."),
            Column("item_country_wave", "number", "Sd of an item's drift in one, logits."),
            Column(
                "drift_alone",
                "number",
                "Half the width of the 95 % interval of the change that drift alone may feign.",
            ),
            *ESTIMAND,
        ),
    ),
}
