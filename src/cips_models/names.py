"""The vocabulary that every layer speaks: dimensions, variables, scales.

These strings are the public contract: they are dimension names of every array,
column names of every table and keys of every fit file.  ``tests/contract`` locks
them; change one only together with the format version.
"""

from typing import Final

# Dimensions of arrays and columns of tables.
COUNTRY: Final = "country"
FACTOR: Final = "factor"
GROUP: Final = "group"
WAVE: Final = "wave"
ITEM: Final = "item"
LEVEL: Final = "level"
RESPONDENT: Final = "respondent"
STRATUM: Final = "stratum"
CHAIN: Final = "chain"
DRAW: Final = "draw"

#: The order in which dimensions appear as columns of a table.
DIMS: Final = (COUNTRY, FACTOR, GROUP, WAVE)

# Scales on which a level, a change or an effect is stated.
LATENT: Final = "latent"  # logits of a typical item of the factor
PERCENT: Final = "percent"  # per cent of substantive answers that are positive, 0-100
SCORE: Final = "score"  # mean points of substantive answers, 0-100
SCALES: Final = (LATENT, PERCENT, SCORE)

# Columns of every result table, after its dimension columns.
TABLE_COLUMNS: Final = (
    "estimand",
    "scale",
    "mean",
    "sd",
    "lower",
    "upper",
    "interval",
    "p_positive",
)

#: Version of the study, codebook, specification and fit files written by this package.
FORMAT: Final = 1
