"""A table as LaTeX, with the rules of the booktabs package; long ones go over pages."""

import re
from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Final

from cips_models.files import new_file
from cips_models.numerals import bare
from cips_models.report.columns import widths
from cips_models.report.document import Table

#: Lines from which a table goes over pages (longtable).
LONG: Final = 40

#: Letters of a line of the type of footnotes, where the class article leaves its margins as they
#: are, and between two columns.
_LINE: Final = 88
_BETWEEN: Final = 2.1
_SET: Final = r"\footnotesize\setlength{\tabcolsep}{4pt}"

#: The side that is not even, as LaTeX names it, by the one that is.
_FREE: Final = {"left": "right", "right": "left"}

_SPECIAL: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    **{mark: rf"\{mark}" for mark in "&%$#_"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "\N{MINUS SIGN}": r"$-$",
    "\N{EN DASH}": "--",
    "×": r"$\times$",
    "±": r"$\pm$",
    "∞": r"$\infty$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "ν": r"$\nu$",
    "π": r"$\pi$",
    "κ": r"$\kappa$",
    "\N{NO-BREAK SPACE}": "~",
    "\N{NARROW NO-BREAK SPACE}": r"\,",
    "“": "``",
    "”": "''",
}
_PATTERN: Final = re.compile("|".join(map(re.escape, _SPECIAL)))


def escaped(text: str) -> str:
    """Text in which nothing is a command of LaTeX."""
    plain = re.sub(r"\s", lambda found: found[0] if found[0] in _SPECIAL else " ", bare(text))
    return _PATTERN.sub(lambda found: _SPECIAL[found[0]], plain)


def latex(table: Table, name: str, notes: Sequence[str] = ()) -> str:
    r"""A table that a document includes by ``\input``; needs booktabs, longtable and array.

    Parameters
    ----------
    table : Table
    name : str
        Its label is ``tab:NAME``.
    notes : sequence of str
        Sentences that stand below it.
    """
    below = " ".join(map(escaped, notes))
    heading = f"\\caption{{{escaped(table.caption)}}}\\label{{tab:{name}}}"
    head = _row(table.head)
    rows = [_row(row) for row in table.rows]
    wide = [width - _BETWEEN for width in widths(table, _LINE, _BETWEEN)]
    columns = "@{}" + "".join(_columns(table, wide)) + "@{}"
    if _lines(table, wide) >= LONG:
        lines = [
            f"{{{_SET}\\begin{{longtable}}{{{columns}}}",
            heading + r" \\",
            r"\toprule", head, r"\midrule", r"\endfirsthead",
            r"\toprule", head, r"\midrule", r"\endhead",
            r"\bottomrule", r"\endfoot",
            *rows,
            rf"\end{{longtable}}\noindent {below}\par}}" if notes else r"\end{longtable}}",
        ]  # fmt: skip
    else:
        lines = [
            r"\begin{table}", rf"\centering{_SET}", heading,
            f"\\begin{{tabular}}{{{columns}}}",
            r"\toprule", head, r"\midrule", *rows, r"\bottomrule",
            r"\end{tabular}",
            *([rf"\par\smallskip\raggedright {below}"] if notes else []),
            r"\end{table}",
        ]  # fmt: skip
    return "\n".join(["% needs \\usepackage{array,booktabs,longtable}", *lines, ""])


def write_latex(table: Table, path: Path, notes: Sequence[str] = ()) -> Path:
    """Write a table as ``NAME.tex``, with notes below it.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    with new_file(path) as draft:
        draft.write_text(latex(table, path.stem, notes), encoding="utf-8", newline="\n")
    return path


def _row(cells: tuple[str, ...]) -> str:
    # A cell that begins with a bracket would be an argument of the line break before it.
    first, *others = (escaped(cell) for cell in cells)
    first = f"{{}}{first}" if first.startswith(("[", "*")) else first
    return " & ".join([first, *others]) + r" \\"


def _lines(table: Table, wide: Sequence[float]) -> int:
    """Lines of the rows, of columns so many letters wide."""
    return sum(
        max(ceil(len(cell) / width) for cell, width in zip(row, wide, strict=True))
        for row in table.rows
    )


def _columns(table: Table, wide: Sequence[float]) -> list[str]:
    """Words to the left, numbers to the right; paragraphs where a column is to break its lines."""
    whole = [max(map(len, column)) for column in zip(table.head, *table.rows, strict=True)]
    return [
        _column("left" if place < table.words else "right", width, breaks=width < natural)
        for place, (width, natural) in enumerate(zip(wide, whole, strict=True))
    ]


def _column(side: str, width: float, *, breaks: bool) -> str:
    if not breaks:
        return side[0]
    return f">{{\\ragged{_FREE[side]}\\arraybackslash}}p{{{width / _LINE:.3g}\\linewidth}}"
