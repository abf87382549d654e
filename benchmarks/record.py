"""Results with what it takes to judge them: machine, versions, command, date."""

import json
import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
_PACKAGES = ("cips-models", "numba", "numpy", "nutpie", "pymc", "pytensor", "scipy")


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    return next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")),
        platform.processor(),
    )


def record(name: str, figures: Any) -> None:
    """Write ``results/NAME.json`` and print the figures."""
    content = {
        "command": f"python -m benchmarks.{name}",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {"processor": _processor(), "cores": os.cpu_count(), "system": sys.platform},
        "versions": {"python": platform.python_version()} | {p: version(p) for p in _PACKAGES},
        "figures": figures,
    }
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(content, indent=2) + "\n"
    (RESULTS / f"{name}.json").write_text(text, encoding="utf-8")
    print(json.dumps(figures, indent=2))
