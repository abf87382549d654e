"""What a chart is: a function from result tables to a figure, and what it needs.

A chart is one file with one function.  :func:`chart` gives it the options that all charts
have, writes down what they mean, and keeps it by its name.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from types import MappingProxyType
from typing import Any, Final

import pandas as pd
from matplotlib.figure import Figure

from cips_models.charts.settings import SIZES, settings, settle
from cips_models.charts.sheet import Sheet
from cips_models.tables.telling import told_table

#: Every option that a chart may have: its type, and what it means.  Said once.
OPTIONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "scale": ('{"percent", "score", "latent"}', "Scale on which estimates are shown."),
        "between": (
            "pair of str, optional",
            "The two waves compared; default the first and the last, where that can be told.",
        ),
        "wave": ("str, optional", "The wave shown; default the last."),
        "specification": ('{"did", "exchangeable", "conditional"}', "What is assumed."),
        "route": ('{"joint", "cut"}', "Way to the posterior."),
        "parallel_trends": ('{"latent", "points"}', "Scale on which trends are parallel."),
        "refitted": ('{"stage 2", "whole"}', "What was fitted again without each one."),
        "marks": (
            '{"dots", "gradients", "ridges"}',
            "Dots with intervals; bars that fade away from the median; or densities. The last "
            "two need ``densities``.",
        ),
        "by": (
            '{"cell", "factor", "country"}',
            "What a row is: a country, in one panel a factor; a factor, countries pooled; or a "
            "country, mean over its factors.",
        ),
        "densities": (
            "pandas.DataFrame, optional",
            "The densities table (:func:`cips_models.densities`).",
        ),
        "changes": ("pandas.DataFrame", "The changes table, whose numbers the title says."),
        "size": (
            '{"page", "slide"}',
            "A column of a portrait page, 6.5 inches wide and as high as needed; or a 16:9 slide.",
        ),
        "source": ("str", "Name of the survey (and fit), for the source line."),
        "synthetic": ("bool", "The data were simulated; the chart then says so."),
    }
)

_COMMON: Final = (
    inspect.Parameter("size", inspect.Parameter.KEYWORD_ONLY, default="page", annotation=str),
    inspect.Parameter("source", inspect.Parameter.KEYWORD_ONLY, default="", annotation=str),
    inspect.Parameter("synthetic", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=bool),
)

type Draw = Callable[..., Figure]


@dataclass(frozen=True)
class Chart:
    """One kind of chart.

    Attributes
    ----------
    name : str
    tables : tuple of str
        Result tables that it shows: the first is its argument, others are arguments of their
        name.
    draw : callable
        ``draw(table, *, ..., size, source, synthetic)`` returns the figure, whose axes can be
        changed; :func:`cips_models.charts.title` and :func:`cips_models.charts.alt_text` say
        what it found and shows.
    says_fit : bool
        It says itself of which fits it is; otherwise the source line does.
    """

    name: str
    tables: tuple[str, ...]
    draw: Draw
    says_fit: bool

    @property
    def options(self) -> frozenset[str]:
        """Names of its options; not of tables."""
        return frozenset(inspect.signature(self.draw).parameters) - {"table", *self.tables}


_KNOWN: dict[str, Chart] = {}

#: Every chart by its name.
CHARTS: Mapping[str, Chart] = MappingProxyType(_KNOWN)


def chart(*tables: str, says_fit: bool = False) -> Callable[[Draw], Draw]:
    """Make a chart of a function ``draw(table, sheet, *, ...)``, under its name.

    The chart has the function's options and ``size``, ``source`` and ``synthetic``; it is
    drawn with the settings of this package and laid out.
    """

    def made(draw: Draw) -> Draw:
        own = list(inspect.signature(draw).parameters.values())

        @wraps(draw)
        def drawn(
            table: pd.DataFrame,
            *,
            size: str = "page",
            source: str = "",
            synthetic: bool = False,
            **chosen: Any,
        ) -> Figure:
            if size not in SIZES:
                raise ValueError(f"size: found {size!r}; expected one of {', '.join(SIZES)}")
            sheet = Sheet(SIZES[size], source, synthetic)
            shown = {name: _told(value) for name, value in chosen.items()}
            with settings(sheet.size.label):
                figure = draw(told_table(table), sheet, **shown)
                settle(figure)
            return figure

        drawn.__doc__ = _documented(draw, tables[0], [*own[2:], *_COMMON])
        drawn.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [own[0], *own[2:], *_COMMON], return_annotation=Figure
        )
        _KNOWN[draw.__name__] = Chart(draw.__name__, tables, drawn, says_fit)
        return drawn

    return made


def _told(value: Any) -> Any:
    return told_table(value) if isinstance(value, pd.DataFrame) else value


def _documented(draw: Draw, table: str, parameters: list[inspect.Parameter]) -> str:
    """The function's docstring with its parameters, as numpydoc has them."""
    lines = [inspect.getdoc(draw) or "", "", "Parameters", "----------"]
    lines += ["table : pandas.DataFrame", f"    The {table} table."]
    for parameter in parameters:
        kind, meaning = OPTIONS[parameter.name]
        lines += [f"{parameter.name} : {kind}", f"    {meaning}"]
    lines += ["", "Returns", "-------", "matplotlib.figure.Figure"]
    lines += ["", "Raises", "------", "IdentificationError"]
    lines += ["    The table holds no such estimates; the message says what it holds."]
    return "\n".join(lines)
