"""Reports outside the chain: of one country, or with the countries behind letters."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from cips_models.files import refuse_to_replace
from cips_models.report.anonymity import anonymised
from cips_models.report.page import write, write_document
from cips_models.report.readers import READERS, national
from cips_models.wording import language
from cips_models.workflow.assessment import assessment
from cips_models.workflow.steps.pages import place

#: Folder of the anonymised reports inside a results folder.
ANONYMOUS: Final = "anonymous"


def write_national(
    folder: Path,
    country: str,
    *,
    out: Path | None = None,
    force: bool = False,
    overwrite: bool = False,
) -> Path:
    """Write the report of one country; by default ``country-NAME.html`` in the results folder.

    It is in the language that is being spoken, and in that language's folder.

    Raises
    ------
    IdentificationError
        The survey has no such country.
    FitError
        The diagnostics fail and the report is not forced.
    OutputError
        The file exists and ``overwrite`` is not set; or a table is missing.
    """
    found = assessment(folder, force=force)
    path = out or folder / place(language()) / f"country-{_file_name(country)}.html"
    refuse_to_replace([path], overwrite=overwrite)
    return write_document(lambda each: national.document(each, country), found, path)


def write_anonymous(
    folder: Path,
    readers: Sequence[str],
    *,
    out: Path | None = None,
    force: bool = False,
    overwrite: bool = False,
) -> list[Path]:
    """Write reports with the countries behind letters, by default into ``anonymous/``.

    They are in the language that is being spoken, and in that language's folder.

    Raises
    ------
    FitError
        The diagnostics fail and the reports are not forced.
    OutputError
        A file exists and ``overwrite`` is not set; or a table is missing.
    """
    hidden = anonymised(assessment(folder, force=force))
    hidden = replace(hidden, about={**hidden.about, "beside": tuple(readers)})
    into = out or folder / place(language()) / ANONYMOUS
    paths = {reader: into / READERS[reader].file for reader in readers}
    refuse_to_replace(paths.values(), overwrite=overwrite)
    return [write(hidden, path, reader=reader) for reader, path in paths.items()]


def _file_name(label: str) -> str:
    """A label as a part of a file's name: letters and digits of any script, and hyphens."""
    return re.sub(r"[^\w]+", "-", label).strip("-")[:60] or "unnamed"
