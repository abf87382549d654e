"""How sure: the probability that each cell improved, and the shares that did.

python docs/gallery/04_improved.py RESULTS PICTURES
"""

import sys
from pathlib import Path

import cips_models as cips
from cips_models.tables import read_table

results, pictures = map(Path, sys.argv[1:3])
improved = read_table(results, "improved")

cips.charts.save(cips.charts.improved(improved), pictures, "04-cells")
cips.charts.save(cips.charts.headline(improved, size="slide"), pictures, "04-headline")
