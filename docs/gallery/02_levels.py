"""Where things stand: levels by factor and by country.

python docs/gallery/02_levels.py RESULTS PICTURES
"""

import sys
from pathlib import Path

import cips_models as cips
from cips_models.tables import read_table

results, pictures = map(Path, sys.argv[1:3])
levels = read_table(results, "levels")

for by in ("factor", "country"):
    figure = cips.charts.levels(levels, by=by, size="slide")
    cips.charts.save(figure, pictures, f"02-{by}")
