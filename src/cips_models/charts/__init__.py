"""Charts: result tables in, matplotlib figures out.  No statistics are computed here.

Every chart is one call with sensible defaults, ``cips.charts.changes(table)``; the axes of
the figure that comes back can be changed.  The title says the finding, in words that
follow from the numbers by the rules of :mod:`cips_models.charts.findings`.

A new chart is a file with one function under :func:`cips_models.charts.chart.chart`, and its
name below.
"""

from cips_models.charts.bracket import bracket
from cips_models.charts.calibration import calibration
from cips_models.charts.changes import changes
from cips_models.charts.chart import CHARTS, Chart
from cips_models.charts.composition import composition
from cips_models.charts.decision import decision
from cips_models.charts.drift import drift
from cips_models.charts.dumbbells import dumbbells
from cips_models.charts.effect import effect
from cips_models.charts.headline import headline
from cips_models.charts.improved import improved
from cips_models.charts.influence import influence
from cips_models.charts.levels import levels
from cips_models.charts.next_wave import next_wave
from cips_models.charts.outcomes import effect_path, outcomes
from cips_models.charts.paths import paths
from cips_models.charts.permutations import permutations
from cips_models.charts.predictive import predictive
from cips_models.charts.saving import FORMATS, alt_text, pdf, png, save, svg, title
from cips_models.charts.selection import selection
from cips_models.charts.settings import SIZES
from cips_models.charts.specification_curve import specification_curve
from cips_models.charts.spillover import spillover
from cips_models.charts.trends import trends

__all__ = [
    "CHARTS",
    "FORMATS",
    "SIZES",
    "Chart",
    "alt_text",
    "bracket",
    "calibration",
    "changes",
    "composition",
    "decision",
    "drift",
    "dumbbells",
    "effect",
    "effect_path",
    "headline",
    "improved",
    "influence",
    "levels",
    "next_wave",
    "outcomes",
    "paths",
    "pdf",
    "permutations",
    "png",
    "predictive",
    "save",
    "selection",
    "specification_curve",
    "spillover",
    "svg",
    "title",
    "trends",
]
