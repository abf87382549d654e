"""Make up the support map: a placebo, drawn from a seed and from nothing else.

    python analyses/afrobarometer/00_placebo_support.py analyses/afrobarometer/support.csv

Of the 20 countries 16 support exactly one of the two factors (8 each), so that a contrast
within the country exists; 2 support both and 2 support none.  Half of all pairs are
supported.  Which country gets which pattern is a random permutation.
"""

import argparse
import csv
from pathlib import Path

import numpy as np

SEED = 20081013
COUNTRIES = (
    "Benin", "Botswana", "Burkina Faso", "Cabo Verde", "Ghana", "Kenya", "Lesotho",
    "Liberia", "Madagascar", "Malawi", "Mali", "Mozambique", "Namibia", "Nigeria",
    "Senegal", "South Africa", "Tanzania", "Uganda", "Zambia", "Zimbabwe",
)  # fmt: skip
FACTORS = ("Trust", "Clean government")
PATTERNS = [(1, 0)] * 8 + [(0, 1)] * 8 + [(1, 1)] * 2 + [(0, 0)] * 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="where to write support.csv")
    out = parser.parse_args().out
    order = np.random.default_rng(SEED).permutation(len(PATTERNS))
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["country", "factor", "supported"])
        for country, k in zip(COUNTRIES, order, strict=True):
            for factor, supported in zip(FACTORS, PATTERNS[k], strict=True):
                writer.writerow([country, factor, supported])


if __name__ == "__main__":
    main()
