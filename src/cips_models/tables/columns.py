"""What a column of a result table holds, and the columns that many tables share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from cips_models.names import COUNTRY, FACTOR, GROUP, ITEM, WAVE

type Kind = Literal["text", "number", "count", "flag"]

#: Tables by name; ``NAME.csv`` is the file.
type Tables = Mapping[str, tuple[Column, ...]]


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name : str
    kind : {"text", "number", "count", "flag"}
    meaning : str
        What it holds, with its unit.
    """

    name: str
    kind: Kind
    meaning: str


#: Dimensions as columns.
DIMS: Final = {
    COUNTRY: Column(COUNTRY, "text", "Country; empty where the row is about all countries."),
    FACTOR: Column(FACTOR, "text", "Integrity factor; empty where the row is about all factors."),
    GROUP: Column(GROUP, "text", "Group of respondents."),
    WAVE: Column(WAVE, "text", "Wave of the survey."),
    ITEM: Column(ITEM, "text", "Item of the codebook."),
    "from": Column("from", "text", "Wave from which the change is counted."),
    "to": Column("to", "text", "Wave up to which the change is counted."),
}

#: How many people an estimate of a cell rests on, without counting a few.
SAMPLE: Final = Column(
    "sample",
    "text",
    "Band of respondents with an answer in the cell, of the wave with fewer where two are "
    "compared, of a path the later; empty where the row is about several cells.",
)

#: An estimate and its interval.
ESTIMATE: Final = (
    Column("estimand", "text", "What is estimated."),
    Column(
        "scale",
        "text",
        "latent: logits of a typical item of the factor; percent: per cent of answers that are "
        "positive; score: mean points of answers, 0-100.",
    ),
    Column("mean", "number", "Posterior mean, on the scale; raw estimands: the observed value."),
    Column("sd", "number", "Posterior standard deviation, on the scale."),
    Column("lower", "number", "Lower end of the interval."),
    Column("upper", "number", "Upper end of the interval."),
    Column("interval", "text", "Kind and mass of the interval; ETI: equal-tailed."),
    Column("p_positive", "number", "Posterior probability that the estimand is positive, 0-1."),
)

#: What an effect is an effect of; with ``estimand``, ``scale`` and ``group`` the whole of it.
ESTIMAND: Final = (
    Column("weights", "text", "How supported cells weigh in the average: name of the weights."),
    Column("countries", "count", "Countries with supported and unsupported factors."),
    Column("factors", "count", "Factors supported somewhere and not everywhere."),
    Column("cells", "count", "Supported cells, observed before and after."),
    Column("population", "text", "Cells that the effect is about."),
    Column("comparison", "text", "With what supported cells are compared."),
    Column("assumption", "text", "What must be true for the comparison to give the effect."),
)

#: What stands at the end of every estimate.
PRECISION: Final = (
    Column("inner_lower", "number", "Lower end of the inner 50% equal-tailed interval."),
    Column("inner_upper", "number", "Upper end of the inner 50% equal-tailed interval."),
    Column("mcse", "number", "Monte Carlo standard error of the mean."),
)


def estimates(*dims: str, extras: tuple[Column, ...] = ()) -> tuple[Column, ...]:
    """Columns of a table of estimates: its dimensions, the estimate, ``extras``, precision."""
    return (*(DIMS[dim] for dim in dims), *ESTIMATE, *extras, *PRECISION)
