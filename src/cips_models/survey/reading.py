"""Read a survey: every problem of every file, together, or a survey that has none."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.disclosure.rule import Rule
from cips_models.errors import Problem, SurveyError
from cips_models.names import COUNTRY, GROUP, ITEM, RESPONDENT, WAVE
from cips_models.survey.codebook import Codebook
from cips_models.survey.codebook_file import parse_codebook
from cips_models.survey.composition import Composition, compose
from cips_models.survey.composition_notes import composition_notes, mode_assumption
from cips_models.survey.coverage import check_coverage, survey_notes
from cips_models.survey.exposure import lay_out_exposure
from cips_models.survey.long_responses import gather
from cips_models.survey.patterns import repeated, with_identities
from cips_models.survey.population import lay_out_population
from cips_models.survey.recoding import Int8Array, check_labels, recode_items
from cips_models.survey.respondents import Respondents, check_columns, describe_respondents
from cips_models.survey.study import Study
from cips_models.survey.study_composition import check_standard_mode
from cips_models.survey.study_file import parse_study
from cips_models.survey.support import lay_out_support
from cips_models.survey.survey import Survey
from cips_models.survey.table_file import read_table

type Support = tuple[xr.DataArray, xr.DataArray, xr.DataArray]


def read(
    study: str | Path,
    *,
    responses: str | Path | None = None,
    codebook: str | Path | None = None,
    support: str | Path | None = None,
    threshold: int | None = None,
) -> Survey:
    """Read and validate a survey.

    Parameters
    ----------
    study : str or Path
        The study file (TOML).
    responses, codebook, support : str or Path, optional
        Files to read instead of those that the study file names.
    threshold : int, optional
        Counts of fewer people are withheld from what leaves, instead of the study's.

    Returns
    -------
    Survey
        Rows in the order of the file, without those that the study file excludes.

    Raises
    ------
    SurveyError
        With every problem of all files.  What could not be checked because of an
        earlier problem (a file that cannot be parsed) is checked at the next reading.
    """
    problems: list[Problem] = []
    known = parse_study(Path(study), problems)
    if known is None:
        raise SurveyError(problems)
    if threshold is not None:
        known = replace(known, disclosure=Rule(threshold))
    files = known.files
    book, items = parse_codebook(
        Path(codebook or known.folder / files.codebook), known.groups.names, problems
    )
    path = Path(responses or known.folder / files.responses)
    respondents = _read_respondents(path, known, items, problems)
    answers = reasons = np.empty((0, 0), dtype=np.int8)
    if respondents is not None and book is not None:
        cells = [respondents.answers_to(item.id) for item in book.items]
        answers, reasons = recode_items(cells, book, path.name, problems)
        check_coverage(respondents, book, answers, reasons, path.name, problems)
        respondents, answers, reasons = repeated(
            respondents, answers, reasons, known, path.name, problems
        )
    laid_out = None
    if support is not None or files.support is not None:
        support_path = Path(support or known.folder / str(files.support))
        laid_out = _read_support(support_path, known, book, respondents, problems)
    exposure = None if files.exposure is None else _read_exposure(known, book, problems)
    composition = (
        None
        if respondents is None
        else _composition(known, respondents, answers, path.name, problems)
    )
    if problems or book is None or respondents is None:
        raise SurveyError(problems)
    survey = _survey(known, book, respondents, answers, reasons, laid_out, composition)
    return replace(survey, exposure=exposure)


def _read_respondents(
    path: Path, study: Study, items: tuple[str, ...], problems: list[Problem]
) -> Respondents | None:
    table = read_table(path, study.csv, problems, study.sheets.responses)
    if table is None:
        return None
    table = with_identities(table, study)
    if study.columns.item is None or study.columns.answer is None:
        if not check_columns(table, study, items, path.name, problems):
            return None
        return describe_respondents(table, study, path.name, problems)
    gathered = gather(table, study, items, path.name, problems)
    if gathered is None:
        return None
    respondents = describe_respondents(gathered[0], study, path.name, problems)
    if respondents is None:
        return None
    return replace(respondents, answer_column=study.columns.answer, answer_rows=gathered[1])


def _read_support(
    path: Path,
    study: Study,
    book: Codebook | None,
    respondents: Respondents | None,
    problems: list[Problem],
) -> Support | None:
    table = read_table(path, study.csv, problems, study.sheets.support)
    if table is None or book is None:
        return None
    # Without respondents (their file is broken) any country of the table is as good as another.
    countries = study.countries.names or tuple(table.get("country", pd.Series()).unique())
    if respondents is not None:
        countries = respondents.countries
    waves, decimal = study.waves.names, study.csv.decimal
    return lay_out_support(
        table, countries, book.factors, waves, path.name, problems, decimal=decimal
    )


def _read_exposure(
    study: Study, book: Codebook | None, problems: list[Problem]
) -> xr.DataArray | None:
    path = study.folder / str(study.files.exposure)
    table = read_table(path, study.csv, problems, study.sheets.exposure)
    if table is None or book is None:
        return None
    return lay_out_exposure(table, book.factors, path.name, problems, decimal=study.csv.decimal)


def _composition(
    study: Study,
    respondents: Respondents,
    answers: Int8Array,
    responses: str,
    problems: list[Problem],
) -> Composition | None:
    """Strata and standard composition; None without any, or where they have problems."""
    plan, described, mode = study.composition, respondents.described, study.columns.mode
    population = None
    wanted = [*plan.strata, *([] if mode is None else [mode])]
    if not wanted or not all(name in described for name in wanted):
        return None
    for name in wanted:
        check_labels(respondents.table[name].str.strip(), responses, problems)
    if study.files.population is not None:
        path = study.folder / study.files.population
        table = read_table(path, study.csv, problems, study.sheets.population)
        if table is not None:
            population = lay_out_population(
                table, plan.strata, described, path.name, problems, decimal=study.csv.decimal
            )
    if mode is not None and study.mode.standard is not None:
        check_standard_mode(study, described[mode], problems)
    if problems:
        return None
    found = compose(
        described, plan.strata, standard=plan.standard, population=population, mode=mode,
        assumed=study.mode, rule=study.disclosure, answers=answers,
    )  # fmt: skip
    found = replace(found, assumption=mode_assumption(described, mode, study.mode.sd))
    return replace(found, notes=composition_notes(described, study, population, found))


def _survey(
    study: Study,
    book: Codebook,
    respondents: Respondents,
    answers: Int8Array,
    reasons: Int8Array,
    support: Support | None,
    composition: Composition | None,
) -> Survey:
    described = respondents.described
    supported, start, intensity = support if support is not None else (None, None, None)
    coords = {RESPONDENT: described.index.to_numpy(dtype=str), ITEM: [i.id for i in book.items]}
    dims = (RESPONDENT, ITEM)
    survey = Survey(
        name=study.name,
        synthetic=study.synthetic,
        codebook=book,
        countries=respondents.countries,
        groups=respondents.groups,
        waves=respondents.waves,
        times=study.wave_times,
        respondents=described,
        answers=xr.DataArray(answers, coords, dims, "answers"),
        reasons=xr.DataArray(reasons, coords, dims, "reasons"),
        supported=supported,
        support_start=start,
        exclusions=respondents.exclusions,
        notes=(
            *survey_notes(described, book, answers, supported, start, study.disclosure),
            *(() if composition is None else composition.notes),
        ),
        fingerprint="",
        support_intensity=intensity,
        composition=composition,
        weight=study.columns.weight,
        disclosure=study.disclosure,
    )
    return replace(survey, fingerprint=fingerprint(survey))


def fingerprint(survey: Survey) -> str:
    """SHA-256 over everything in a survey that a fit depends on, as hexadecimal text.

    Labels, times, codebook (without wordings), answers, reasons, support, who is in which
    cell and stratum, and the standard composition.  Not the respondents' ids, nor the name of
    the study.  The order of the rows counts: results by respondent refer to it.
    """
    items = [
        (i.id, i.factor, i.codes, i.positive, i.points, i.groups, i.versions_differ)
        for i in survey.codebook.items
    ]
    labels = (survey.countries, survey.groups, survey.waves, survey.times, survey.factors)
    digest = hashlib.sha256(json.dumps([labels, items]).encode())
    cells = [survey.respondents[dim].cat.codes for dim in (COUNTRY, GROUP, WAVE)]
    arrays = [survey.answers, survey.reasons, survey.supported, survey.support_start, *cells]
    for array in arrays:
        if array is not None:
            digest.update(np.ascontiguousarray(array).astype("<i8").tobytes())
    if survey.support_intensity is not None:
        intensity = survey.support_intensity.to_numpy()
        if not np.isin(intensity, (0.0, 1.0)).all():  # else it says no more than ``supported``
            digest.update(intensity.astype("<f8").tobytes())
    if survey.composition is not None:
        digest.update(_of_composition(survey.composition))
    return digest.hexdigest()


def _of_composition(composition: Composition) -> bytes:
    """Everything in a composition that a fit depends on."""
    told = [composition.strata.to_csv(), composition.mode, composition.mode_sd]
    return b"".join(
        [
            json.dumps(told).encode(),
            composition.stratum.astype("<i8").tobytes(),
            composition.standard.to_numpy().astype("<f8").tobytes(),
        ]
    )
