"""From before to after: paths over waves, and dumbbells.

python docs/gallery/03_before_and_after.py RESULTS PICTURES
"""

import sys
from pathlib import Path

import cips_models as cips
from cips_models.tables import read_table

results, pictures = map(Path, sys.argv[1:3])
levels = read_table(results, "levels")
changes = read_table(results, "changes")

figure = cips.charts.paths(levels, changes=changes)
cips.charts.save(figure, pictures, "03-paths")

for by in ("factor", "country"):
    figure = cips.charts.dumbbells(changes, by=by, size="slide")
    cips.charts.save(figure, pictures, f"03-{by}")
