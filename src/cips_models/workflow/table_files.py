"""Result tables in other formats: a workbook of all of them, the main ones as LaTeX and Word."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cips_models.charts.labels import word
from cips_models.files import new_file, refuse_to_replace
from cips_models.report.assessment import Assessment
from cips_models.report.in_language import in_language
from cips_models.report.latex import write_latex
from cips_models.report.main_tables import main_tables, statements, tables_only
from cips_models.report.word_file import word as set_for_word
from cips_models.tables.workbook import write_workbook
from cips_models.wording import _
from cips_models.workflow.assessment import assessment

FORMATS: Final = ("xlsx", "latex", "docx")
WORKBOOK: Final = "tables.xlsx"


def write_table_files(
    folder: Path, formats: Sequence[str], out: Path, *, overwrite: bool = False
) -> list[Path]:
    """Write the tables of a results folder in other formats, or none when one is there already.

    Parameters
    ----------
    folder : Path
        Results of ``cips run``.
    formats : sequence of {"xlsx", "latex", "docx"}
        ``tables.xlsx``: every table; ``latex/NAME.tex`` and ``tables.docx``: the main ones, as
        the report prints them.
    out : Path
        Folder to write into.
    overwrite : bool

    Raises
    ------
    OutputError
        A file exists and ``overwrite`` is not set; a table is missing.
    """
    found = assessment(folder)
    printed = main_tables(found)
    texts = {out / "latex" / f"{name}.tex": table for name, table in printed.items()}
    workbook, word = out / WORKBOOK, out / "tables.docx"
    paths = [
        *([workbook] if "xlsx" in formats else []),
        *(texts if "latex" in formats else []),
        *([word] if "docx" in formats else []),
    ]
    refuse_to_replace(paths, overwrite=overwrite)
    if "docx" in formats:
        with new_file(word) as draft:
            draft.write_bytes(set_for_word(tables_only(found, printed), found.about, on_side=True))
    if "xlsx" in formats:
        write_results_workbook(found, workbook)
    if "latex" in formats:
        notes = statements(found)
        for path, table in texts.items():
            write_latex(table, path, notes.get(path.stem, []))
    return paths


def write_results_workbook(assessed: Assessment, path: Path) -> Path:
    """Write every table of an assessment as one workbook."""
    assessed = in_language(assessed)
    about = assessed.about
    facts = [
        (_("Survey"), str(about["name"])),
        (_("Specification"), word(str(about["specification"]))),
        (_("Seed"), str(about["seed"])),
        (_("Fingerprint of the data"), str(about["fingerprint"])),
    ]
    if about["synthetic"]:
        facts.insert(1, (_("Synthetic data."), _("Everything here was simulated.")))
    if not assessed.passed:
        facts.insert(1, (_("Beware."), _("The fit failed its diagnostics.")))
    return write_workbook(path, assessed.tables, about=facts)
