"""Charts: result tables in, matplotlib figures out.  No statistics are computed here.

Every chart is one call with sensible defaults, ``cips.charts.changes(table)``; the axes of
the figure that comes back can be changed.  The title says the finding, in words that
follow from the numbers by the rules of :mod:`cips_models.charts.findings`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from matplotlib.figure import Figure

from cips_models.charts.bracket import bracket
from cips_models.charts.changes import changes
from cips_models.charts.decision import decision
from cips_models.charts.effect import effect
from cips_models.charts.headline import headline
from cips_models.charts.improved import improved
from cips_models.charts.influence import influence
from cips_models.charts.next_wave import next_wave
from cips_models.charts.outcomes import effect_path, outcomes
from cips_models.charts.permutations import permutations
from cips_models.charts.predictive import predictive
from cips_models.charts.selection import selection
from cips_models.charts.specification_curve import specification_curve
from cips_models.charts.spillover import spillover
from cips_models.charts.style import alt_text, save, svg
from cips_models.charts.trends import trends

#: Every chart by its name, for the command line.
CHARTS: Mapping[str, Callable[..., Figure]] = MappingProxyType(
    {
        "headline": headline,
        "effect": effect,
        "bracket": bracket,
        "outcomes": outcomes,
        "effect_path": effect_path,
        "permutations": permutations,
        "influence": influence,
        "changes": changes,
        "improved": improved,
        "predictive": predictive,
        "trends": trends,
        "spillover": spillover,
        "decision": decision,
        "selection": selection,
        "specification_curve": specification_curve,
    }
)

#: Name of the result table that each chart shows.
TABLES: Mapping[str, str] = MappingProxyType(
    {
        "headline": "improved",
        "effect": "effects",
        "bracket": "effects",
        "outcomes": "outcomes",
        "effect_path": "effect_paths",
        "permutations": "permutation_distribution",
        "influence": "leave_one_out",
        "changes": "changes",
        "improved": "improved",
        "predictive": "predictive",
        "trends": "trends",
        "spillover": "spillover",
        "decision": "decision",
        "selection": "selection",
        "specification_curve": "multiverse",
    }
)

__all__ = [
    "CHARTS",
    "TABLES",
    "alt_text",
    "bracket",
    "changes",
    "decision",
    "effect",
    "effect_path",
    "headline",
    "improved",
    "influence",
    "next_wave",
    "outcomes",
    "permutations",
    "predictive",
    "save",
    "selection",
    "specification_curve",
    "spillover",
    "svg",
    "trends",
]
