"""Draw a subsample for a routine run: N respondents per country, wave and residence.

    python analyses/afrobarometer/01_subsample.py responses.csv.gz subsample.csv.gz --respondents 40

The order of the rows stays that of the file.  A stratum with fewer people is kept whole.
Residences that the study file excludes are left in the file, so that they are counted.
"""

import argparse
from pathlib import Path

import pandas as pd

STRATA = ["country", "wave", "residence"]


def subsample(responses: pd.DataFrame, respondents: int, seed: int) -> pd.DataFrame:
    """Draw the same number of people from each stratum, without replacement."""
    shuffled = responses.sample(frac=1, random_state=seed)
    drawn = shuffled.groupby(STRATA, sort=False).head(respondents)
    return drawn.sort_index()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="responses.csv.gz of the Afrobarometer extract")
    parser.add_argument("out", type=Path, help="where to write the subsample (.csv.gz)")
    parser.add_argument("--respondents", type=int, default=40, help="per stratum (default 40)")
    parser.add_argument("--seed", type=int, default=1, help="of the draw (default 1)")
    options = parser.parse_args()
    responses = pd.read_csv(options.data, dtype=str, keep_default_na=False)
    drawn = subsample(responses, options.respondents, options.seed)
    drawn.to_csv(options.out, index=False)
    print(f"{len(drawn)} of {len(responses)} respondents written to {options.out}")


if __name__ == "__main__":
    main()
