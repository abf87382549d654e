"""Figures as files: SVG, PDF and PNG, each with words for who cannot see it.

The same figure always gives the same bytes: no file holds a date or a version.
"""

import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from matplotlib.figure import Figure

from cips_models.charts.settings import settings
from cips_models.files import new_file
from cips_models.numerals import bare

#: Kinds of files that charts can be.
FORMATS: Final = ("svg", "pdf", "png")

_DPI: Final = 200


def title(figure: Figure) -> str:
    """What a chart found, in words; several findings are separated by full stops."""
    found = [
        bare(text.get_text()) for text in figure.texts if str(text.get_gid()).startswith("finding-")
    ]
    return " ".join(f"{line}." for line in (" ".join(each.split("\n")) for each in found))


def alt_text(figure: Figure) -> str:
    """Words for who cannot see the chart: its findings, what it shows, its source."""
    return str(figure.get_label())


def svg(figure: Figure) -> str:
    """Figure as the text of an SVG file, with title and description."""
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    written = io.StringIO()
    with settings():
        figure.savefig(written, format="svg", metadata=nothing)
    head, mark, body = written.getvalue().partition("<defs>")
    words = f"<title>{escape(title(figure))}</title>\n <desc>{escape(alt_text(figure))}</desc>"
    return f"{head}{words}\n {mark}{body}"


def pdf(figure: Figure) -> bytes:
    """Figure as the bytes of a PDF file, with title and subject."""
    words = {"Title": title(figure), "Subject": alt_text(figure)}
    nothing = dict.fromkeys(("Creator", "Producer", "CreationDate"))
    written = io.BytesIO()
    with settings():
        figure.savefig(written, format="pdf", metadata={**words, **nothing})
    return written.getvalue()


def png(figure: Figure) -> bytes:
    """Figure as the bytes of a PNG file, with title and description; 200 dots per inch."""
    words = {"Title": title(figure), "Description": alt_text(figure), "Software": None}
    written = io.BytesIO()
    with settings():
        figure.savefig(written, format="png", dpi=_DPI, metadata=words)
    return written.getvalue()


def save(
    figure: Figure,
    directory: str | os.PathLike[str],
    stem: str,
    formats: Iterable[str] = ("svg", "png"),
) -> tuple[Path, ...]:
    """Write a figure to ``directory/stem.svg`` and so on.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    directory : path
        Made where it is not there.
    stem : str
    formats : iterable of {"svg", "pdf", "png"}

    Returns
    -------
    tuple of Path
        In the order of ``formats``.

    Raises
    ------
    ValueError
        There is no such format.
    OutputError
        The directory cannot be written.
    """
    formats = tuple(formats)
    for kind in formats:
        if kind not in FORMATS:
            raise ValueError(f"chart format: found {kind!r}; expected one of {', '.join(FORMATS)}")
    paths = tuple(Path(directory) / f"{stem}.{kind}" for kind in formats)
    for kind, path in zip(formats, paths, strict=True):
        with new_file(path) as draft:
            draft.write_bytes(_WRITTEN[kind](figure))
    return paths


_WRITTEN: Final = {"svg": lambda figure: svg(figure).encode(), "pdf": pdf, "png": png}
