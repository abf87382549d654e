"""Which of the three specifications is right when, and what the union of their intervals holds.

    python analyses/simulated/01_selection.py FOLDER [SURVEYS]

simulates surveys of 17 countries, 10 factors and one group, twice, in worlds that differ in how
support was chosen, analyses each by the three specifications of the bracket and by three naive
ways, and writes ``01_selection.csv`` beside this script.  What is done already in FOLDER is not
done again.  With 200 surveys of a world (the default) it takes about forty minutes on one core.

A survey is the estimates that stage 1 would give: the true levels plus Gaussian errors with the
covariance that persons and items of the demonstration cause.  Constants are those of the
demonstration without an effect, where nothing else is said.

Choice of support, three to seven factors of a country; a transient part of the baseline, of sd .1
logits, is there at the first wave and gone at the second:

    lot                    drawn by lot                             all three assumptions are true
    observed, noise        lowest observed, nothing transient       exchangeable and conditional
    observed, transient    lowest observed, a transient part        conditional only
    true                   lowest true baselines                    difference in differences only
    true, transient        lowest true baselines, a transient part  none
    willing                those that were about to rise            none

Gates, set before the run.  The standard error of a share of .95 is .015 with 200 surveys, .031
with 50.

- *right* where its assumption is true: the mean error of the posterior mean is within .015 logits
  (a tenth of the effect), and the 95 % interval holds the truth as often as it says: not rejected
  by a one-sided binomial test at 1 % (with 200 surveys: in 182 or more, with 50: in 43).
- *wrong* where it is not, in worlds in which another's is: the mean error is more than three
  standard errors from zero and, in cells of 75 respondents, beyond .015.  With 300 there is less
  noise, and less harm.
- The union of the three 95 % intervals holds the truth in 95 % or more of the surveys of every
  world in which any assumption is true (not rejected by the same test).

Where no assumption is true there is no gate: nothing is promised.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr
from scipy.stats import binom, t
from threadpoolctl import threadpool_limits

import cips_models as cips
from cips_models.inference.collapse import Collapsed
from cips_models.inference.mixture import mixture
from cips_models.inference.support_maps import SupportMaps
from cips_models.model.build import CellEstimates
from cips_models.model.design import Design, of_observed
from cips_models.model.hierarchy import doubly_centred
from cips_models.survey.simulation.selection import support_lowest_observed, support_regardless
from cips_models.survey.simulation.world import WORLDS, World, draw_cells

COUNTRIES, FACTORS = 17, 10
SIZES, EFFECTS = (75, 300), (0.0, 0.15)
BRACKET = ("did", "exchangeable", "conditional")

#: Variances of one respondent's reading of a factor: of the outlook, which all factors share, of
#: what is specific to one, and of four items with information .3 each at a typical trait.
SHARED, OWN = 0.9**2, 0.62**2 + 1 / (4 * 0.3)

#: Sd of the persistent and of the transient part of a cell's baseline.
PERSISTENT, TRANSIENT = 0.25, 0.10

#: Of cells' coming changes as they are foreseen: noise in logits.
FORESIGHT = 0.1

#: All worlds in which an assumption is true.
ANY = "any but the last two"

TOLERANCE = 0.015
LEVEL, SIGNIFICANCE = 0.95, 0.01

#: Points of the scales: with 32 the ends of an interval err by some hundredths of an sd.
POINTS = 32


@dataclass(frozen=True)
class Choice:
    """How support is chosen, and which specifications' assumptions are then true."""

    by: str
    transient: bool
    right: tuple[str, ...]


CHOICES: Final[Mapping[str, Choice]] = {
    "lot": Choice("lot", False, BRACKET),
    "observed, noise": Choice("observed", False, ("exchangeable", "conditional")),
    "observed, transient": Choice("observed", True, ("conditional",)),
    "true": Choice("true", False, ("did",)),
    "true, transient": Choice("true", True, ()),
    "willing": Choice("willing", False, ()),
}


@dataclass(frozen=True)
class Simulated:
    """A survey: estimates (country, factor, wave), support, and the true average effect."""

    estimates: np.ndarray
    supported: np.ndarray
    truth: float


def world(choice: Choice, effect: float) -> World:
    """Constants; a transient part is a share of the baseline deviations that is lost again."""
    variance = PERSISTENT**2 + TRANSIENT**2 * choice.transient
    return replace(
        WORLDS["small", "none"],
        cell_sd=variance**0.5,
        kappa=1 - PERSISTENT**2 / variance,
        att=(effect, effect),
        att_country_sd=0.06 if effect else 0.0,
        att_factor_sd=0.04 if effect else 0.0,
        officials_voice=1.0,
        other_reasons=FORESIGHT if choice.by == "willing" else 0.0,
    )


def simulate(choice: Choice, effect: float, size: int, rng: np.random.Generator) -> Simulated:
    """Draw one survey with cells of ``size`` respondents."""
    constants = world(choice, effect)
    cells = draw_cells(COUNTRIES, FACTORS, constants, rng)
    unsupported = cells.mu(np.zeros((COUNTRIES, FACTORS), dtype=bool))
    common = rng.normal(0, SHARED**0.5, (COUNTRIES, 1, 1, 2))
    noise = (common + rng.normal(0, OWN**0.5, unsupported.shape)) / size**0.5
    if choice.by == "lot":
        supported = support_regardless(COUNTRIES, FACTORS, rng)
    else:
        change = unsupported[..., 1:] - unsupported[..., :1]
        seen = {"observed": unsupported + noise, "true": unsupported, "willing": -change}
        supported = support_lowest_observed(seen[choice.by], constants, rng)
    observed = (cells.mu(supported) + noise)[:, :, 0]
    return Simulated(observed, supported, float(cells.att[:, :, 0][supported].mean()))


def design(supported: np.ndarray) -> Design:
    """The design of such a survey."""
    lengths = {"country": COUNTRIES, "factor": FACTORS, "group": 1, "wave": 2}
    names = [[f"{word} {k}" for k in range(length)] for word, length in lengths.items()]
    told = (supported, np.where(supported, 1, -1), None)
    return of_observed(np.ones(tuple(lengths.values()), bool), names, (2021, 2023), told)


@cache
def _stage_two(specification: str, helped: bytes) -> SupportMaps:
    """Compiled once for maps of support with cells in the same countries and factors."""
    supported = np.frombuffer(helped, dtype=bool).reshape(COUNTRIES, FACTORS)
    return SupportMaps.of(cips.specification(specification), design(supported))


def stage_two(specification: str, supported: np.ndarray) -> SupportMaps:
    """Stage 2 for this map of support and others like it."""
    alike = supported.any(axis=1)[:, None] & supported.any(axis=0)
    return _stage_two(specification, alike.tobytes())


def estimates(survey: Simulated, size: int) -> CellEstimates:
    """What stage 1 would hand on."""
    position = np.argwhere(np.ones((COUNTRIES, FACTORS, 1, 2), bool))
    country, factor, _, wave = position.T
    together = (country[:, None] == country) & (wave[:, None] == wave)
    covariance = (SHARED * together + OWN * np.eye(len(position))) / size
    mean = survey.estimates[country, factor, wave]
    return CellEstimates(position, mean, covariance, np.zeros((len(position), 0)))


def average_effect(supported: np.ndarray) -> Any:
    """The average effect on supported cells, read from public variables."""
    weight = xr.DataArray(supported / supported.sum(), dims=("followed", "factor"))
    return lambda public: (public["effect_cell"].isel(group=0) * weight).sum(weight.dims)


def by_model(
    specification: str, survey: Simulated, size: int, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Posterior mean and 95 % interval of the average effect."""
    supported = survey.supported
    hierarchy, coefficients = stage_two(specification, supported).under(
        design(supported), average_effect(supported)
    )
    marginal = Collapsed.fitted_to(estimates(survey, size), hierarchy)
    found = mixture(marginal, coefficients, rng, POINTS)
    return found.mean, *found.interval()


def naive(survey: Simulated) -> dict[str, tuple[float, float, float]]:
    """Estimates from observed means with 95 % intervals.

    Differences in differences with effects of country and factor, as if cells were independent
    and with countries as clusters (CR1; Cameron & Miller 2015, section II.B, t with C - 1
    degrees of freedom); and the latter given the observed baseline, too.
    """
    first, second = survey.estimates[..., 0], survey.estimates[..., 1]
    change = doubly_centred(second - first)
    treatment, baseline = doubly_centred(survey.supported), doubly_centred(first)
    free = (COUNTRIES - 1) * (FACTORS - 1)

    def fitted(*columns: np.ndarray) -> tuple[float, float, float]:
        x = np.column_stack([column.ravel() for column in columns])
        bread = np.linalg.inv(x.T @ x)
        slope = bread @ x.T @ change.ravel()
        residual = change.ravel() - x @ slope
        scores = (x * residual[:, None]).reshape(COUNTRIES, FACTORS, -1).sum(axis=1)
        cells, used = change.size, COUNTRIES + FACTORS - 1 + len(columns)
        correction = COUNTRIES / (COUNTRIES - 1) * (cells - 1) / (cells - used)
        clustered = correction * (bread @ scores.T @ scores @ bread)[0, 0]
        apart = residual @ residual / (free - len(columns)) * bread[0, 0]
        return float(slope[0]), float(clustered**0.5), float(apart**0.5)

    plain, given = fitted(treatment), fitted(treatment, baseline)

    def interval(mean: float, error: float, freedom: int) -> tuple[float, float, float]:
        half = t.ppf(0.975, freedom) * error
        return mean, mean - half, mean + half

    return {
        "two-way, cells independent": interval(plain[0], plain[2], free - 1),
        "two-way, clustered": interval(plain[0], plain[1], COUNTRIES - 1),
        "given observed baseline, clustered": interval(given[0], given[1], COUNTRIES - 1),
    }


def analysed(name: str, effect: float, size: int, number: int) -> Iterator[dict[str, Any]]:
    """Rows of one survey: every way of analysing it."""
    key = [list(CHOICES).index(name), round(1000 * effect), size, number]
    rng = np.random.default_rng(np.random.SeedSequence(key))
    survey = simulate(CHOICES[name], effect, size, rng)
    ways = naive(survey) | {way: by_model(way, survey, size, rng) for way in BRACKET}
    ways["union"] = (
        np.nan,
        min(ways[way][1] for way in BRACKET),
        max(ways[way][2] for way in BRACKET),
    )
    told = {"support": name, "effect": effect, "respondents": size, "survey": number}
    for way, (mean, lower, upper) in ways.items():
        yield told | {
            "analysis": way, "truth": survey.truth, "mean": mean, "lower": lower, "upper": upper,
        }  # fmt: skip


def summary(surveys: pd.DataFrame) -> pd.DataFrame:
    """Errors, coverage and shares of intervals above zero, with their standard errors."""
    told = surveys.assign(
        error=surveys["mean"] - surveys["truth"],
        width=surveys["upper"] - surveys["lower"],
        holds=(surveys["lower"] <= surveys["truth"]) & (surveys["truth"] <= surveys["upper"]),
        above=surveys["lower"] > 0,
    )
    # The union of every world as a whole, and of all those in which an assumption is true.
    union = told[told["analysis"] == "union"].assign(effect="all", respondents="all")
    bracketed = union[[bool(CHOICES[name].right) for name in union["support"]]]
    told = pd.concat([told, union, bracketed.assign(support=ANY)])
    keys = ["support", "effect", "respondents", "analysis"]
    groups = told.groupby(keys, sort=False)
    found = groups.agg(
        surveys=("survey", "size"),
        mean_error=("error", "mean"),
        sd_error=("error", "std"),
        width=("width", "mean"),
        coverage=("holds", "mean"),
        above_zero=("above", "mean"),
    ).reset_index()
    root = found["surveys"] ** 0.5
    found["se_error"] = found["sd_error"] / root
    for share in ("coverage", "above_zero"):
        found[f"se_{share}"] = (found[share] * (1 - found[share])) ** 0.5 / root
    assumed = [
        "" if name != ANY and not CHOICES[name].right else
        "any" if way == "union" else
        "" if way not in BRACKET else
        "true" if way in CHOICES[name].right else "false"
        for name, way in zip(found["support"], found["analysis"], strict=True)
    ]  # fmt: skip
    return found.assign(assumption=assumed, gate=[
        verdict(row, assumption)
        for (_, row), assumption in zip(found.iterrows(), assumed, strict=True)
    ])  # fmt: skip


def verdict(row: pd.Series, assumption: str) -> str:
    """Whether a row is as the gates expect: passed, failed, or empty where there is no gate."""
    held = round(row["coverage"] * row["surveys"])
    covers = binom.cdf(held, row["surveys"], LEVEL) > SIGNIFICANCE
    near = abs(row["mean_error"]) <= TOLERANCE
    far = abs(row["mean_error"]) > 3 * row["se_error"] and not (row["respondents"] == 75 and near)
    expected = {"true": covers and near, "false": far, "any": covers}
    if not assumption:
        return ""
    return "passed" if expected[assumption] else "failed"


def parts() -> list[tuple[str, float, int]]:
    """Worlds, effects and sizes; where no assumption is true, without an effect only."""
    everything = product(CHOICES, EFFECTS, SIZES)
    return [part for part in everything if CHOICES[part[0]].right or not part[1]]


def main(folder: Path, surveys: int = 200, together: int = 25) -> None:
    """Simulate, analyse, summarise."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for first, part in product(range(0, surveys, together), parts()):
        path = folder / ("-".join(map(str, part)).replace(", ", "_") + f"-{first}.csv")
        files.append(path)
        if path.exists():
            continue
        numbers = range(first, first + together)
        with threadpool_limits(1):
            rows = [row for number in numbers for row in analysed(*part, number)]
        draft = path.with_suffix(".draft")
        pd.DataFrame(rows).to_csv(draft, index=False)
        draft.replace(path)
        print(path.name, file=sys.stderr, flush=True)
    table = summary(pd.concat([pd.read_csv(path, dtype={"support": str}) for path in files]))
    used = ", ".join(f"{name} {version(name)}" for name in ("cips-models", "numpy", "scipy"))
    with Path(__file__).with_suffix(".csv").open("w", encoding="utf-8") as out:
        print(f"# python {Path(__file__).name} FOLDER {surveys}", file=out)
        print(f"# {datetime.now(UTC).date()}; {used}", file=out)
        table.to_csv(out, index=False, float_format="%.4g", lineterminator="\n")
    print(table.to_string(index=False, float_format="{:.3f}".format))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
