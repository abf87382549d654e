"""A plan of the next wave, read from a file.

A plan is a small TOML file,

    format = 1
    wave = "2027"                      # label of the wave
    time = 2027.0                      # its year
    countries = ["Angola", "Benin"]    # default: those of the last wave
    respondents = 300                  # of each group in each country; or by group:
    # respondents = { officials = 300, "private sector" = 120 }
    # respondents = "respondents.csv"  # country, group, respondents
    support = "support.csv"            # country, factor, supported: from this wave on

or only the table of respondents.  What it does not say is as now.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from cips_models.did.next_wave.planned import PlannedWave, as_now
from cips_models.errors import Problem, SurveyError
from cips_models.inference.fit import Fit
from cips_models.model.design import Design
from cips_models.names import COUNTRY, GROUP
from cips_models.survey.cells import at
from cips_models.survey.document import Table, did_you_mean, open_document, quoted
from cips_models.survey.study import CsvFormat
from cips_models.survey.support import lay_out_support
from cips_models.survey.table_file import read_table

_COUNT = "respondents"


def read_planned_wave(path: str | Path, fit: Fit) -> PlannedWave:
    """Read a plan for the wave that follows those of a fit.

    Parameters
    ----------
    path : path
        TOML, or a table (CSV, Excel, ...) with columns country, group and respondents.
    fit : Fit

    Raises
    ------
    SurveyError
        With every problem of the plan and of the tables that it names.
    FitError
        The fit does not know how many respondents there were.
    """
    path, now, problems = Path(path), as_now(fit), list[Problem]()
    design = fit.design
    if path.suffix.lower() != ".toml":
        counts = _counts(path, design, design.countries, problems)
        plan = PlannedWave(now.wave, now.time, counts, now.supported, now.intensity)
        _check_somebody(plan, fit, path.name, problems)
        return _or_raise(plan, problems)
    document = open_document(path, "plan of the next wave", problems)
    if document is None:
        raise SurveyError(problems)
    wave = document.text("wave", now.wave) or now.wave
    if wave in design.waves:
        expected = f"a label that is not one of {quoted(design.waves)}"
        document.problem("wave", f'"{wave}"', expected)
    time = _time(document, now.time, design.times[-1])
    countries = _countries(document, design, now)
    counts = _respondents(document, path.parent, design, countries, now, problems)
    supported, intensity = _support(document, path.parent, design, now, problems)
    document.finish()
    plan = PlannedWave(wave, time, counts, supported, intensity)
    _check_somebody(plan, fit, path.name, problems)
    return _or_raise(plan, problems)


def _or_raise(plan: PlannedWave, problems: Sequence[Problem]) -> PlannedWave:
    if problems:
        raise SurveyError(problems)
    return plan


def _time(document: Table, default: float, last: float) -> float:
    value = document.value("time")
    if value is None:
        return default
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and value > last:
        return float(value)
    document.problem("time", repr(value), f"a year after {last:g}, the last wave of the fit")
    return default


def _countries(document: Table, design: Design, now: PlannedWave) -> tuple[str, ...]:
    asked = document.texts("countries")
    for name in dict.fromkeys(asked):
        if name not in design.countries:
            expected = f"countries of the fit: {quoted(design.countries, 30)}"
            hint = did_you_mean(name, design.countries) or (
                "A country seen for the first time tells nothing of changes."
            )
            document.problem("countries", f'"{name}"', expected, hint)
        elif asked.count(name) > 1:
            document.problem("countries", f'"{name}" {asked.count(name)} times', "it once")
    if asked or document.data.get("countries") == []:
        return asked
    seen = now.respondents.any(axis=1)
    return tuple(name for name, yes in zip(design.countries, seen, strict=True) if yes)


def _respondents(
    document: Table,
    folder: Path,
    design: Design,
    countries: Sequence[str],
    now: PlannedWave,
    problems: list[Problem],
) -> np.ndarray:
    value, groups = document.value(_COUNT), design.groups
    asked = np.isin(design.countries, countries)[:, None]
    if value is None:
        usual = np.nanmean(np.where(now.respondents > 0, now.respondents, np.nan), axis=0)
        return np.asarray(np.where(asked, np.where(now.respondents > 0, now.respondents, usual), 0))
    if isinstance(value, str):
        return _counts(folder / value, design, countries, problems)
    if isinstance(value, dict):
        for name in value:
            if name not in groups:
                expected = f"groups of the fit: {quoted(groups)}"
                document.problem(_COUNT, f'"{name}"', expected, did_you_mean(name, groups))
        for name in groups:
            if name not in value:
                document.problem(_COUNT, f'nothing for "{name}"', "a number for every group")
        given = [value.get(name, 0) for name in groups]
    else:
        given = [value] * len(groups)
    for number in {repr(each): each for each in given}.values():
        whole = isinstance(number, int) and not isinstance(number, bool) and number >= 0
        if not whole:
            expected = "a whole number, a table of them by group, or the name of a file"
            document.problem(_COUNT, repr(number), expected)
            given = [0.0] * len(groups)
    return np.asarray(asked * np.array(given, dtype=float))


def _counts(
    path: Path, design: Design, countries: Sequence[str], problems: list[Problem]
) -> np.ndarray:
    """(country, group) respondents of a table; what it does not name is not asked."""
    counts = np.zeros((len(design.countries), len(design.groups)))
    table, source = _table(path, problems), path.name
    if table is None:
        return counts
    wanted = (COUNTRY, GROUP, _COUNT)
    missing = [name for name in wanted if name not in table]
    extra = [name for name in table if name not in wanted]
    if missing or extra:
        found = f"no column {quoted(missing)}" if missing else f"column {quoted(extra)}"
        problems.append(Problem(f"{source}, header", found, f"columns {quoted(wanted)}"))
    if missing:
        return counts
    known = {COUNTRY: design.countries, GROUP: design.groups}
    seen = set()
    for row, entry in table.iterrows():
        labels = {dim: str(entry[dim]).strip() for dim in known}
        good = True
        for dim, label in labels.items():
            if label not in known[dim]:
                expected = f"a {dim} of the fit: {quoted(known[dim], 30)}"
                hint = did_you_mean(label, known[dim])
                problems.append(Problem(at(source, [row], dim), f'"{label}"', expected, hint))
                good = False
        number = str(entry[_COUNT]).strip()
        if not number.isdecimal():
            problems.append(Problem(at(source, [row], _COUNT), f'"{number}"', "a whole number"))
            continue
        if not good:
            continue
        country, group = labels.values()
        if (country, group) in seen:
            found = f'"{country}" / "{group}" again'
            problems.append(Problem(at(source, [row]), found, "each country and group once"))
        if country not in countries:
            expected = "a country that the plan lists"
            problems.append(Problem(at(source, [row], COUNTRY), f'"{country}"', expected))
        seen.add((country, group))
        counts[design.countries.index(country), design.groups.index(group)] = float(number)
    return counts


def _table(path: Path, problems: list[Problem]) -> pd.DataFrame | None:
    if not path.is_file():
        problems.append(Problem(str(path), "no such file", "a table", "Check the path."))
        return None
    return read_table(path, CsvFormat(), problems)


def _support(
    document: Table, folder: Path, design: Design, now: PlannedWave, problems: list[Problem]
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Cells supported by the next wave, and how much; what began before goes on."""
    name = document.text("support")
    table = None if name is None else _table(folder / name, problems)
    if name is None or table is None:
        return now.supported, now.intensity
    source = Path(name).name
    if "start" in table:
        expected = "no start: what is supported newly is so from the next wave on"
        problems.append(Problem(f"{source}, header", 'column "start"', expected))
        table = table.drop(columns="start")
    laid = lay_out_support(table, design.countries, design.factors, design.waves, source, problems)
    if laid is None:
        return now.supported, now.intensity
    supported, _start, intensity = (array.to_numpy() for array in laid)
    before = np.zeros_like(supported) if now.supported is None else now.supported
    ended = np.argwhere(before & ~supported)
    if len(ended):
        pairs = [f"{design.countries[c]} / {design.factors[f]}" for c, f in ended]
        problems.append(
            Problem(
                f"{source}, column supported",
                f"0 for {quoted(pairs)}",
                "1, because support began before: an effect does not end with it in the model",
                "Write 1.",
            )
        )
    old = intensity if now.intensity is None else now.intensity
    return supported | before, np.where(before, old, intensity)


def _check_somebody(plan: PlannedWave, fit: Fit, source: str, problems: list[Problem]) -> None:
    """Somebody is asked, and only groups that were asked in a country before."""
    if problems:
        return
    if not plan.respondents.any():
        problems.append(Problem(source, "no respondents", "some in one country or more"))
    before = fit.design.observed.any(axis=(1, 3))
    for c, g in np.argwhere((plan.respondents > 0) & ~before):
        where = f"{source}, {fit.design.countries[c]} / {fit.design.groups[g]}"
        found = f"{plan.respondents[c, g]:.0f} respondents, and none in any wave of the fit"
        problems.append(
            Problem(where, found, "a group asked there before", "It has no change; leave it out.")
        )
