"""Results with what it takes to judge them: command, versions, date."""

import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import pandas as pd

RESULTS: Final = Path(__file__).parent / "results"
_PACKAGES = ("cips-models", "numba", "numpy", "nutpie", "pymc", "pytensor", "scipy")


def write(name: str, table: pd.DataFrame) -> Path:
    """Write ``results/NAME.csv``, below two lines that say whence it comes."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.csv"
    command = " ".join([f"python -m validation.{Path(sys.argv[0]).stem}", *sys.argv[1:]])
    used = ", ".join(f"{package} {version(package)}" for package in _PACKAGES)
    with path.open("w", encoding="utf-8") as out:
        print(f"# {command}", file=out)
        print(f"# {datetime.now(UTC).date()}; {used}", file=out)
        table.to_csv(out, index=False, float_format="%.4g", lineterminator="\n")
    return path
