"""What support had to do with it, and what that rests on.

python docs/gallery/05_effect.py RESULTS PICTURES
"""

import sys
from pathlib import Path

import cips_models as cips
from cips_models.tables import read_table

results, pictures = map(Path, sys.argv[1:3])
effects = read_table(results, "effects")
outcomes = read_table(results, "outcomes")
selection = read_table(results, "selection")

for draw, table in (
    (cips.charts.effect, effects),
    (cips.charts.bracket, effects),
    (cips.charts.outcomes, outcomes),
    (cips.charts.selection, selection),
):
    cips.charts.save(draw(table, size="slide"), pictures, f"05-{draw.__name__}")
