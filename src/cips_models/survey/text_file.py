"""Text files (.csv, .csv.gz): every cell as it stands in the file, nothing coerced."""

import csv
import gzip
import io
import zlib
from pathlib import Path

import pandas as pd

from cips_models.errors import Problem
from cips_models.survey.cells import at, check_header
from cips_models.survey.document import quoted
from cips_models.survey.source import MOST_BYTES, too_large, unreadable
from cips_models.survey.study import CsvFormat

_PIECE = 2**24  # bytes read at a time
_DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}


def read_text(path: Path, form: CsvFormat, problems: list[Problem]) -> pd.DataFrame | None:
    """Read a .csv or .csv.gz file, as :func:`~cips_models.survey.table_file.read_table`."""
    raw = read_bytes(path, problems)
    text = None if raw is None else _decode(raw, path.name, form.encoding, problems)
    return None if text is None else _parse(text, path.name, form, problems)


def read_bytes(path: Path, problems: list[Problem]) -> bytes | None:
    """Read a .csv or .csv.gz file, uncompressed; None, and a problem, where that fails."""
    packed = path.name.lower().endswith(".gz")
    pieces: list[bytes] = []
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            while piece := file.read(_PIECE):
                pieces.append(piece)
                if sum(map(len, pieces)) > MOST_BYTES:
                    problems.append(too_large(path))
                    return None
        return b"".join(pieces)
    except (OSError, EOFError, zlib.error) as error:
        problems.append(unreadable(path, error))
        return None


def guess_encoding(raw: bytes) -> str:
    """Guess how a text file is encoded; UTF-8 is certain, cp1252 is only likely."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def guess_delimiter(header: str, default: str = ",") -> str:
    """Guess the delimiter of a text file: the candidate that its first line has most of."""
    best = max(_DELIMITERS, key=header.count)
    return best if best in header else default


def _decode(raw: bytes, source: str, encoding: str, problems: list[Problem]) -> str | None:
    likely = guess_encoding(raw)
    next_step = f'Set [csv] encoding = "{likely}" in the study file if that is what it is.'
    if likely == "cp1252":
        next_step += ' Arabic text is often "cp1256"; or save the file as UTF-8.'
    try:
        text = raw.decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)
    except UnicodeError as error:
        where = source
        found = "other bytes"
        if isinstance(error, UnicodeDecodeError):
            where = f"{source}, row {raw.count(b'\n', 0, error.start) + 1}"
            found = f"byte {raw[error.start]:#04x}"
        problems.append(Problem(where, found, f"text in {encoding}", next_step))
        return None
    # Mojibake is silent: one-byte encodings accept every UTF-8 file and garble its accents.
    if not raw.isascii() and likely != "cp1252" and len(text) >= len(raw):
        problems.append(Problem(source, f"text in {likely}", f"text in {encoding}", next_step))
        return None
    return text


def _parse(text: str, source: str, form: CsvFormat, problems: list[Problem]) -> pd.DataFrame | None:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=form.delimiter, strict=True)
    try:
        records = list(reader)
    except csv.Error as error:
        expected = f"cells separated by {_delimiter_name(form.delimiter)}, closed quotation marks"
        problems.append(Problem(f"{source}, row {reader.line_num}", str(error), expected))
        return None
    if not any(records):
        problems.append(Problem(source, "an empty file", "a header and one row or more"))
        return None
    header = [name.strip() for name in records[0]]
    if not _check_header(header, text, source, form, problems):
        return None
    rows = [number for number, record in enumerate(records[1:], start=2) if record]
    records = [record for record in records[1:] if record]
    if not records:
        problems.append(Problem(source, "a header and no rows", "one row or more"))
        return None
    widths = pd.Series([len(record) for record in records], index=rows)
    ragged = widths[widths != len(header)]
    if len(ragged):
        found = f"{quoted(sorted(set(ragged)))} cells".replace('"', "")
        expected = f"{len(header)} cells, as in the header"
        hint = "Put cells that contain the delimiter in quotation marks."
        problems.append(Problem(at(source, ragged.index), found, expected, hint))
        return None
    cells = dict(zip(header, zip(*records, strict=True), strict=True))
    return pd.DataFrame(cells, index=pd.Index(rows), dtype=object)


def _check_header(
    header: list[str], text: str, source: str, form: CsvFormat, problems: list[Problem]
) -> bool:
    """Say whether the header is usable; one cell means that the delimiter is another."""
    where = f"{source}, row 1"
    if len(header) == 1:
        likely = guess_delimiter(text.partition("\n")[0], form.delimiter)
        hint = ""
        if likely != form.delimiter:
            shown = likely.replace("\t", "\\t")
            hint = f"It looks separated by {_delimiter_name(likely)}: set [csv] delimiter = "
            hint += f'"{shown}" in the study file.'
        expected = f"columns separated by {_delimiter_name(form.delimiter)}"
        problems.append(Problem(where, f"one column, {quoted(header)}", expected, hint))
        return False
    return check_header(header, where, problems)


def _delimiter_name(delimiter: str) -> str:
    return _DELIMITERS.get(delimiter, f'"{delimiter}"')
