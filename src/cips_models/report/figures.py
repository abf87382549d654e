"""Charts of a report: drawn from its tables, as SVG that can stand inside a page."""

import os
import re
from dataclasses import dataclass
from html import escape

from matplotlib.figure import Figure

from cips_models import charts
from cips_models.errors import IdentificationError
from cips_models.report.assessment import Assessment
from cips_models.report.words import default_specification
from cips_models.wording import _

#: Charts of one specification, and tables of all.
_OF_ONE = ("effect", "trends")


@dataclass(frozen=True)
class Picture:
    """A chart inside the page.

    Attributes
    ----------
    svg : str
        One ``<svg>`` element, labelled with ``alt``; its ids are the chart's own.
    alt : str
        What the chart shows, in words.
    """

    svg: str
    alt: str


def pictures(
    assessment: Assessment, charts_dir: str | os.PathLike[str] | None = None
) -> dict[str, Picture]:
    """Draw every chart for which the assessment has estimates.

    Parameters
    ----------
    assessment : Assessment
    charts_dir : path, optional
        Folder that also receives every chart as SVG and PNG.

    Returns
    -------
    dict of str to Picture
        By name of the chart; a chart without estimates is not there.
    """
    drawn = {}
    for name, draw in charts.CHARTS.items():
        table = assessment[charts.TABLES[name]]
        own = {"specification": default_specification(assessment)} if name in _OF_ONE else {}
        try:
            figure = draw(
                table,
                source=_source(assessment, name),
                synthetic=bool(assessment.about["synthetic"]),
                **own,
            )
        except IdentificationError:
            continue  # the page says in words what is not there
        if charts_dir is not None:
            charts.save(figure, charts_dir, name)
        drawn[name] = Picture(_inline(figure, name), charts.alt_text(figure))
    return drawn


#: Tables of several fits, or of stage 1: their charts say themselves of which.
_OF_SEVERAL = frozenset(
    {
        "effects",
        "outcomes",
        "effect_paths",
        "decision",
        "permutation_distribution",
        "leave_one_out",
        "multiverse",
    }
)


def _source(assessment: Assessment, name: str) -> str:
    """Survey and fit, and what the study takes to be true without being told by the data."""
    about = assessment.about
    source = str(about["name"])
    if charts.TABLES[name] not in _OF_SEVERAL:
        source = _("{survey}; fit: {specification}, joint route").format(
            survey=source, specification=about["specification"]
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
        f'<svg viewBox="{box.group(1)}" style="width:{width / 72:.2f}in" role="img" '
        f'aria-label="{alt}" xmlns:xlink="http://www.w3.org/1999/xlink">{body.strip()}'
    )
