"""A table as LaTeX, with the rules of the booktabs package; long ones go over pages."""

import re
from pathlib import Path
from typing import Final

from cips_models.files import new_file
from cips_models.numerals import bare
from cips_models.report.document import Table

#: Rows from which a table goes over pages (longtable).
LONG: Final = 40
_CHARACTERS_OF_A_LINE: Final = 40

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


def latex(table: Table, name: str) -> str:
    r"""A table that a document includes by ``\input``; needs booktabs, longtable and array.

    Parameters
    ----------
    table : Table
    name : str
        Its label is ``tab:NAME``.
    """
    heading = f"\\caption{{{escaped(table.caption)}}}\\label{{tab:{name}}}"
    head = _row(table.head)
    rows = [_row(row) for row in table.rows]
    columns = "@{}" + "".join(_columns(table)) + "@{}"
    if len(rows) >= LONG:
        lines = [
            f"\\begin{{longtable}}{{{columns}}}",
            heading + r" \\",
            r"\toprule", head, r"\midrule", r"\endfirsthead",
            r"\toprule", head, r"\midrule", r"\endhead",
            r"\bottomrule", r"\endfoot",
            *rows,
            r"\end{longtable}",
        ]  # fmt: skip
    else:
        lines = [
            r"\begin{table}", r"\centering", heading,
            f"\\begin{{tabular}}{{{columns}}}",
            r"\toprule", head, r"\midrule", *rows, r"\bottomrule",
            r"\end{tabular}", r"\end{table}",
        ]  # fmt: skip
    return "\n".join(["% needs \\usepackage{array,booktabs,longtable}", *lines, ""])


def write_latex(table: Table, path: Path) -> Path:
    """Write a table as ``NAME.tex``.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    with new_file(path) as draft:
        draft.write_text(latex(table, path.stem), encoding="utf-8", newline="\n")
    return path


def _row(cells: tuple[str, ...]) -> str:
    # A cell that begins with a bracket would be an argument of the line break before it.
    first, *others = (escaped(cell) for cell in cells)
    first = f"{{}}{first}" if first.startswith(("[", "*")) else first
    return " & ".join([first, *others]) + r" \\"


def _columns(table: Table) -> list[str]:
    """Numbers to the right, words to the left, sentences in paragraphs that share the line."""
    widths = [
        max(len(cell) for cell in column) for column in zip(table.head, *table.rows, strict=True)
    ]
    long = [
        place < table.words and width > _CHARACTERS_OF_A_LINE for place, width in enumerate(widths)
    ]
    share = round(0.75 / max(sum(long), 1), 2)
    paragraph = f">{{\\raggedright\\arraybackslash}}p{{{share:g}\\linewidth}}"
    return [
        paragraph if sentence else "l" if place < table.words else "r"
        for place, sentence in enumerate(long)
    ]
