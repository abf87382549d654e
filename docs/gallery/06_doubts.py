"""What would overturn it: parting trends, few countries, drifting questions.

python docs/gallery/06_doubts.py RESULTS PICTURES
"""

import sys
from pathlib import Path

import cips_models as cips
from cips_models.tables import read_table

results, pictures = map(Path, sys.argv[1:3])
trends = read_table(results, "trends")
spillover = read_table(results, "spillover")
permutations = read_table(results, "permutation_distribution")
left_out = read_table(results, "leave_one_out")
drift = read_table(results, "drift")
decision = read_table(results, "decision")

for draw, table in (
    (cips.charts.trends, trends),
    (cips.charts.spillover, spillover),
    (cips.charts.permutations, permutations),
    (cips.charts.influence, left_out),
    (cips.charts.drift, drift),
    (cips.charts.decision, decision),
):
    cips.charts.save(draw(table, size="slide"), pictures, f"06-{draw.__name__}")
