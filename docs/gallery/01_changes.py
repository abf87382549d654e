"""What changed: every cell, and by factor with the whole posterior.

python docs/gallery/01_changes.py RESULTS PICTURES
"""

import sys
from pathlib import Path

import cips_models as cips
from cips_models.tables import read_table

results, pictures = map(Path, sys.argv[1:3])
changes = read_table(results, "changes")
densities = read_table(results, "densities")

figure = cips.charts.changes(changes)
cips.charts.save(figure, pictures, "01-cells")

for marks in ("dots", "gradients", "ridges"):
    figure = cips.charts.changes(
        changes, by="factor", marks=marks, densities=densities, size="slide"
    )
    cips.charts.save(figure, pictures, f"01-{marks}")
