"""A chart is a Matplotlib figure: change what you like, then save it.

python docs/gallery/08_own_changes.py RESULTS PICTURES
"""

import sys
from pathlib import Path

import cips_models as cips
from cips_models.tables import read_table

results, pictures = map(Path, sys.argv[1:3])
effects = read_table(results, "effects")

figure = cips.charts.effect(effects, source="My survey", size="slide")
left, right = figure.axes
left.axvline(2, linestyle=":", color="black")
left.set_title("By factor; dotted: smallest effect worth having", loc="left")
right.set_xlim(left.get_xlim())
right.set_title("Country by country", loc="left")
cips.charts.save(figure, pictures, "08-own", ["svg", "pdf", "png"])
print(cips.charts.title(figure))
print(cips.charts.alt_text(figure))
