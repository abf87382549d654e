"""The tables of a results folder: every column described once, and written and read by that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pandas as pd

from cips_models.errors import OutputError
from cips_models.names import COUNTRY, FACTOR, GROUP, ITEM, WAVE
from cips_models.workflow.files import new_file, refuse_to_replace

type Kind = Literal["text", "number", "count", "flag"]

_DTYPES: Final[Mapping[Kind, str]] = {
    "text": "str",
    "number": "float64",
    "count": "Int64",
    "flag": "boolean",
}


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


_DIMS: Final = {
    COUNTRY: Column(COUNTRY, "text", "Country; empty where the row is about all countries."),
    FACTOR: Column(FACTOR, "text", "Integrity factor; empty where the row is about all factors."),
    GROUP: Column(GROUP, "text", "Group of respondents."),
    WAVE: Column(WAVE, "text", "Wave of the survey."),
    ITEM: Column(ITEM, "text", "Item of the codebook."),
    "from": Column("from", "text", "Wave from which the change is counted."),
    "to": Column("to", "text", "Wave up to which the change is counted."),
}

_ESTIMATE: Final = (
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

_PRECISION: Final = (
    Column("inner_lower", "number", "Lower end of the inner 50% equal-tailed interval."),
    Column("inner_upper", "number", "Upper end of the inner 50% equal-tailed interval."),
    Column("mcse", "number", "Monte Carlo standard error of the mean."),
)

_SUPPORTED: Final = Column(
    "supported", "text", "supported or unsupported by the Programme; empty where neither applies."
)


def _estimates(*dims: str, extras: tuple[Column, ...] = ()) -> tuple[Column, ...]:
    return (*(_DIMS[dim] for dim in dims), *_ESTIMATE, *extras, *_PRECISION)


#: Tables of a results folder by name; ``NAME.csv`` is the file.
TABLES: Final[Mapping[str, tuple[Column, ...]]] = {
    "respondents": (
        *(_DIMS[dim] for dim in (COUNTRY, GROUP, WAVE)),
        Column("respondents", "count", "Respondents."),
    ),
    "nonresponse": (
        *(_DIMS[dim] for dim in (GROUP, WAVE)),
        Column("answered", "count", "Substantive answers."),
        Column("dont_know", "count", "Answers that are don't know."),
        Column("refused", "count", "Answers that were refused."),
        Column("not_asked", "count", "Questions that were not asked."),
    ),
    "nonresponse_items": (
        *(_DIMS[dim] for dim in (ITEM, FACTOR, GROUP, WAVE)),
        Column("asked", "count", "People who were asked, all countries together."),
        Column("dont_know", "count", "Of these, people who answered don't know."),
        Column("refused", "count", "Of these, people who refused to answer."),
        Column("rate", "number", "Don't know in per cent of people who were asked."),
    ),
    "dont_know": (
        *(_DIMS[dim] for dim in (ITEM, FACTOR, GROUP, "from", "to")),
        Column("countries", "count", "Countries in which the item was asked in both waves."),
        Column("rate_from", "number", "Per cent don't know in the first, mean of the countries."),
        Column("rate_to", "number", "Per cent don't know in the last, mean of the countries."),
        Column("change", "number", "Change of the rate in points, mean of the countries."),
        Column("lower", "number", "Lower end of the interval; empty with fewer than 2 countries."),
        Column("upper", "number", "Upper end of the interval; empty with fewer than 2 countries."),
        Column(
            "interval",
            "text",
            "Kind and mass of the interval; t: mean of the countries' differences and their "
            "spread, countries as clusters.",
        ),
    ),
    "exclusions": (
        Column("column", "text", "Column of the responses file."),
        Column("value", "text", "Value that the study file excludes."),
        Column("rows", "count", "Rows left out because of it."),
    ),
    "support": (
        *(_DIMS[dim] for dim in (COUNTRY, FACTOR)),
        Column("supported", "flag", "The Programme supported the factor in the country."),
        Column("start", "text", "First wave at which support is in force; empty if none."),
        Column("intensity", "number", "How intense support was; 1 by default, 0 if none."),
    ),
    "levels": _estimates(COUNTRY, FACTOR, GROUP, WAVE),
    "changes": _estimates(COUNTRY, FACTOR, GROUP, "from", "to", extras=(_SUPPORTED,)),
    "improved": _estimates(
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
        ),
    ),
    "refusals": (
        Column("claim", "text", "What cannot be said."),
        Column("where", "text", "Factors, countries or cells that this is about; empty: all."),
        Column("scales", "text", "Scales on which it cannot be said, separated by commas."),
        Column("reason", "text", "Why the data cannot tell it."),
        Column("remedy", "text", "What would make it possible, or what can be said instead."),
    ),
    "effects": _estimates(
        COUNTRY,
        FACTOR,
        GROUP,
        extras=(
            Column("route", "text", "joint: one model; cut: cells first, hierarchy second."),
            Column("specification", "text", "Model specification."),
            Column("parallel_trends", "text", "Scale on which trends are taken as parallel."),
            Column("countries", "count", "Countries with supported and unsupported factors."),
            Column("factors", "count", "Factors supported somewhere and not everywhere."),
            Column("cells", "count", "Supported cells, observed before and after."),
            Column(
                "already_treated", "count", "Cells set aside: under support when first observed."
            ),
        ),
    ),
    "items": (
        *(_DIMS[dim] for dim in (ITEM, FACTOR, COUNTRY, "from", "to")),
        *_ESTIMATE,
        Column("p_odd", "number", "Posterior probability of differing by more than 0.2 logits."),
        *_PRECISION,
    ),
    "drift": _estimates(
        COUNTRY,
        FACTOR,
        GROUP,
        extras=(
            Column("drift", "number", "Times the drift that items show: 0, 1 or 2."),
            Column("item_wave", "number", "Sd of an item's drift in all countries, logits."),
            Column("item_country_wave", "number", "Sd of an item's drift in one, logits."),
            Column(
                "drift_alone",
                "number",
                "Half the width of the 95 % interval of the change that drift alone may feign.",
            ),
        ),
    ),
    "diagnostics": (
        Column("fit", "text", "File of the fit."),
        Column("quantity", "text", "What was examined."),
        Column("kind", "text", "Which gate applies."),
        Column("n", "count", "Number of elements examined."),
        Column("ess_bulk", "number", "Lowest bulk effective sample size."),
        Column("ess_tail", "number", "Lowest tail effective sample size."),
        Column("rhat", "number", "Highest rank-normalised split R-hat."),
        Column("worst", "text", "The element that is worst."),
        Column("passed", "flag", "Whether the gate is passed."),
    ),
    "comparison": (
        Column("fit", "text", "Specification of the joint fit."),
        Column("rank", "count", "0 for the best."),
        Column("elpd", "number", "Expected log predictive density, summed over respondents."),
        Column("se", "number", "Standard error of elpd."),
        Column("p", "number", "Effective number of parameters."),
        Column("elpd_diff", "number", "Difference of elpd to the best."),
        Column("dse", "number", "Standard error of the difference."),
        Column("weight", "number", "Stacking weight, 0-1."),
        Column("respondents", "count", "Respondents, left out one at a time."),
        Column("pareto_k_bad", "count", "Respondents whose Pareto k exceeds 0.7."),
    ),
    "predictive": (
        *(_DIMS[dim] for dim in (COUNTRY, FACTOR, GROUP, WAVE)),
        Column("respondents", "count", "Respondents with an answer in the cell."),
        Column("observed", "number", "Mean score observed, 0-100."),
        Column("mean", "number", "Mean score that the model predicts, 0-100."),
        Column("lower", "number", "Lower end of the predictive interval."),
        Column("upper", "number", "Upper end of the predictive interval."),
        Column("interval", "text", "Kind and mass of the interval; ETI: equal-tailed."),
        Column("p", "number", "Posterior predictive p-value, 0-1."),
    ),
}


def write_table(folder: Path, name: str, table: pd.DataFrame) -> Path:
    """Write a table as ``NAME.csv``.

    Raises
    ------
    ValueError
        The columns are not those that are described here.
    """
    declared = [column.name for column in TABLES[name]]
    if list(table.columns) != declared:
        raise ValueError(f"{name}: columns {list(table.columns)}; described are {declared}")
    path = folder / f"{name}.csv"
    with new_file(path) as draft:
        table.to_csv(draft, index=False, float_format="%.6g")
    return path


def write_tables(
    folder: Path, tables: Mapping[str, pd.DataFrame], *, overwrite: bool = False
) -> list[Path]:
    """Write several tables, or none when one is there already.

    Raises
    ------
    OutputError
        A file exists and ``overwrite`` is not set.
    """
    refuse_to_replace([folder / f"{name}.csv" for name in tables], overwrite=overwrite)
    return [write_table(folder, name, table) for name, table in tables.items()]


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """Read a table of a results folder.

    Raises
    ------
    OutputError
        The table is not there, or is not one of this version.
    """
    path = folder / f"{name}.csv"
    if not path.exists():
        raise OutputError(f"{path} is not there. `cips run STUDY --out {folder}` writes it.")
    text = pd.read_csv(path, dtype="str", keep_default_na=False)
    declared = [column.name for column in TABLES[name]]
    if list(text.columns) != declared:
        raise OutputError(f"{path}: found columns {list(text.columns)}; expected {declared}")
    return pd.DataFrame({c.name: _typed(text[c.name], c.kind) for c in TABLES[name]})


def _typed(text: pd.Series, kind: Kind) -> pd.Series:
    if kind == "text":
        return text
    if kind == "flag":
        return text.map({"True": True, "False": False}).astype("boolean")
    return pd.to_numeric(text.where(text != ""), errors="raise").astype(_DTYPES[kind])


def data_dictionary() -> pd.DataFrame:
    """Describe every column of every table: table, column, kind, meaning."""

    def rows() -> Iterator[tuple[str, str, str, str]]:
        for table, columns in TABLES.items():
            yield from ((table, column.name, column.kind, column.meaning) for column in columns)

    return pd.DataFrame(rows(), columns=["table", "column", "kind", "meaning"])
