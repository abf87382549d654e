"""Draft a study file and a codebook from a data file or a form, for a person to check."""

from pathlib import Path

from cips_models.errors import OutputError, Problem, SurveyError
from cips_models.files import new_files
from cips_models.survey.codebook_file import write_codebook
from cips_models.survey.document import quoted
from cips_models.survey.draft import Draft
from cips_models.survey.form import is_form
from cips_models.survey.form_draft import draft_form
from cips_models.survey.responses_draft import draft_responses
from cips_models.survey.source import missing
from cips_models.survey.study_file import write_study
from cips_models.survey.workbook import sheets_with_cells


def write_draft(data: str | Path, directory: str | Path) -> tuple[Path, Path]:
    """Draft ``study.toml`` and ``codebook.toml`` in a folder, which is made if need be.

    Returns
    -------
    study, codebook : Path

    Raises
    ------
    OutputError
        If one of the two files exists, or cannot be written.
    SurveyError
        If the data cannot be read, or no column looks like an item.
    """
    folder = Path(directory)
    paths = folder / "study.toml", folder / "codebook.toml"
    existing = [str(path) for path in paths if path.exists()]
    if existing:
        raise OutputError(f"{quoted(existing)} exists already: choose another folder, or move it.")
    drafted = draft(data, folder)
    with new_files(paths) as (study, codebook):
        write_study(drafted.study, study, drafted.study_checks)
        write_codebook(drafted.codebook, codebook, drafted.codebook_checks)
    return paths


def draft(data: str | Path, directory: str | Path | None = None) -> Draft:
    """Guess roles of columns, answer scales and factors from names, values and labels.

    Parameters
    ----------
    data : str or Path
        Responses, in any form that is read; or an XLSForm, an .xlsx file with the sheets
        ``survey`` and ``choices``.
    directory : str or Path, optional
        Where the study file will stand; default the folder of the data.

    Raises
    ------
    SurveyError
        If the data cannot be read, or no column looks like an item.
    """
    path = Path(data)
    folder = path.parent if directory is None else Path(directory)
    sheets: tuple[str, ...] = ()
    problem = missing(path, "responses or an XLSForm")
    if problem is not None:
        raise SurveyError([problem])
    if path.name.lower().endswith(".xlsx"):
        problems: list[Problem] = []
        sheets = sheets_with_cells(path, problems)
        if problems:
            raise SurveyError(problems)
    if is_form(sheets):
        return draft_form(path, sheets)
    return draft_responses(path, folder, sheets)
