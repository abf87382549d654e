"""Reports outside the chain: of one country, or with the countries behind letters."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from cips_models.files import refuse_to_replace
from cips_models.report.anonymity import anonymised
from cips_models.report.readers import READERS, national
from cips_models.report.writing import check, write_document
from cips_models.wording import folder_of, language
from cips_models.workflow.assessment import assessment

#: Folder of the anonymised reports inside a results folder.
ANONYMOUS: Final = "anonymous"


def write_national(
    folder: Path,
    country: str,
    *,
    kinds: Sequence[str] = ("html",),
    out: Path | None = None,
    force: bool = False,
    overwrite: bool = False,
) -> list[Path]:
    """Write the report of one country; by default ``country-NAME.html`` in the results folder.

    It is in the language that is being spoken, and in that language's folder.

    Parameters
    ----------
    folder : Path
    country : str
    kinds : sequence of str
        Some of :data:`cips_models.report.writing.FORMATS`.
    out : Path, optional
        The one file to write; its name ends in its format.
    force, overwrite : bool

    Raises
    ------
    IdentificationError
        The survey has no such country.
    FitError
        The diagnostics fail and the report is not forced.
    OutputError
        A file exists and ``overwrite`` is not set; or a table is missing.
    """
    found = assessment(folder, force=force)
    name = folder / folder_of(language()) / f"country-{_file_name(country)}"
    paths = [out] if out else [name.with_name(f"{name.name}.{kind}") for kind in kinds]
    refuse_to_replace(paths, overwrite=overwrite)
    check(found)
    document = national.document(found, country)
    return [write_document(document, found, path) for path in paths]


def write_anonymous(
    folder: Path,
    readers: Sequence[str],
    *,
    kinds: Sequence[str] = ("html",),
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
    into = out or folder / folder_of(language()) / ANONYMOUS
    paths = {reader: [into / READERS[reader].file_as(kind) for kind in kinds] for reader in readers}
    refuse_to_replace((path for some in paths.values() for path in some), overwrite=overwrite)
    check(hidden)
    documents = ((READERS[reader].document(hidden), some) for reader, some in paths.items())
    return [write_document(each, hidden, path) for each, some in documents for path in some]


def _file_name(label: str) -> str:
    """A label as a part of a file's name: letters and digits of any script, and hyphens."""
    return re.sub(r"[^\w]+", "-", label).strip("-")[:60] or "unnamed"
