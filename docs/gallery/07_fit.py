"""Whether the model describes the answers.

python docs/gallery/07_fit.py RESULTS PICTURES
"""

import sys
from pathlib import Path

import cips_models as cips
from cips_models.tables import read_table

results, pictures = map(Path, sys.argv[1:3])
predictive = read_table(results, "predictive")

cips.charts.save(cips.charts.predictive(predictive), pictures, "07-predictive")
cips.charts.save(cips.charts.calibration(predictive), pictures, "07-calibration")
