"""Charts of a report: drawn from its tables, as SVG that can stand inside a page."""

import os
import re
from collections.abc import Container
from html import escape
from typing import Any, Final

from matplotlib.figure import Figure

from cips_models import charts
from cips_models.charts.labels import word
from cips_models.errors import IdentificationError
from cips_models.report.assessment import Assessment
from cips_models.report.document import Picture
from cips_models.report.in_language import in_language
from cips_models.report.ways import default_specification
from cips_models.tables import TABLES
from cips_models.wording import _

#: On a screen charts are larger than on paper, so that their letters are as large as the text's.
_ON_SCREEN: Final = 1.35


def pictures(
    assessment: Assessment,
    charts_dir: str | os.PathLike[str] | None = None,
    *,
    wanted: Container[str] | None = None,
    alone: bool = True,
    **options: Any,
) -> dict[str, Picture]:
    """Draw every chart for which the assessment has estimates.

    Parameters
    ----------
    assessment : Assessment
    charts_dir : path, optional
        Folder that also receives every chart as SVG and PNG.
    wanted : container of str, optional
        Names of the charts to draw; all by default.
    alone : bool
        A chart may be taken out of the report, and says itself what an effect is an effect of.
        In a report, which says it once, it need not.
    **options
        Of every chart, as ``size``.

    Returns
    -------
    dict of str to Picture
        By name of the chart; a chart without estimates is not there.
    """
    shown = assessment if alone else _without_statements(assessment)
    drawn = {}
    for name, chart in charts.CHARTS.items():
        if wanted is not None and name not in wanted:
            continue
        try:
            figure = drawing(shown, chart, **options)
        except IdentificationError:
            continue  # the page says in words what is not there
        if charts_dir is not None:
            charts.save(figure, charts_dir, name)
        drawn[name] = Picture(_inline(figure, name), charts.alt_text(figure))
    return drawn


def _without_statements(assessment: Assessment) -> Assessment:
    """The assessment without the column of which charts make their statement of an effect."""
    stating = {
        name: table.assign(population="")
        for name, table in assessment.tables.items()
        if "population" in table
    }
    return assessment.with_tables(**stating)


def drawing(assessment: Assessment, chart: charts.Chart, **options: Any) -> Figure:
    """Draw one chart of an assessment.

    Parameters
    ----------
    assessment : Assessment
    chart : Chart
    **options
        Of the chart; default those of the assessment.

    Raises
    ------
    IdentificationError
        The assessment has no estimates for it.
    """
    if chart.tables[0] not in TABLES:
        raise IdentificationError(
            f"chart {chart.name}: its table {chart.tables[0]} is of a command of its own, and in "
            "no results folder"
        )
    assessment = in_language(assessment)
    first, *others = (assessment[name] for name in chart.tables)
    own = dict(zip(chart.tables[1:], others, strict=True))
    if "specification" in chart.options:
        own["specification"] = default_specification(assessment)
    return chart.draw(
        first,
        source=_source(assessment, chart),
        synthetic=bool(assessment.about["synthetic"]),
        **{**own, **options},
    )


def _source(assessment: Assessment, chart: charts.Chart) -> str:
    """Survey and fit, and what the study takes to be true without being told by the data."""
    about = assessment.about
    source = str(about["name"])
    if not chart.says_fit:
        source = _("{survey}; fit: {specification}, joint route").format(
            survey=source, specification=word(str(about["specification"]))
        )
    if assumed := about.get("assumption"):
        source = _("{source}. Assumed, not found: {assumption}").format(
            source=source, assumption=assumed
        )
    return source.removesuffix(".")


def _inline(figure: Figure, name: str) -> str:
    """Turn a figure into an element of a page: no prolog, no size, ids of its own."""
    text = charts.svg(figure)
    start = text.index("<defs>")
    box = re.search(r'viewBox="([^"]+)"', text)
    assert box is not None
    width = float(box.group(1).split()[2])
    body = re.sub(r'( id="|href="#|url\(#)', rf"\g<1>{name}-", text[start:])
    alt = escape(charts.alt_text(figure))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="{box.group(1)}" style="width:{_ON_SCREEN * width / 72:.2f}in" role="img" '
        f'aria-label="{alt}">{body.strip()}'
    )
