"""A complete fit of the full CIPS, as a user would run it, compilation included."""

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import cips_models as cips
from benchmarks.record import record
from benchmarks.surveys import full


def gibibytes(process: int) -> float:
    """Memory of a process and all that it started, what they share counted once (Linux)."""
    total = 0.0
    with suppress(OSError, StopIteration):  # it ended meanwhile
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        own = next(line for line in rollup if line.startswith("Pss:"))
        total = int(own.split()[1]) / 1024**2
        for task in Path(f"/proc/{process}/task").iterdir():
            total += sum(gibibytes(int(child)) for child in (task / "children").read_text().split())
    return total


def complete(specification: str) -> dict[str, object]:
    """Fit by ``cips fit`` with empty compile caches, then hold the fit against every gate."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study, target = full(folder), folder / "fit.nc"
        command = [str(Path(sys.executable).with_name("cips")), "fit", str(study)]
        command += ["--spec", specification]
        caches = {
            "NUMBA_CACHE_DIR": str(folder / "numba"),
            "PYTENSOR_FLAGS": f"base_compiledir={folder / 'pytensor'}",
        }
        start = time.perf_counter()
        with subprocess.Popen(
            [*command, "--out", str(target), "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | caches,
        ) as fitting:
            peak = 0.0
            while fitting.poll() is None:
                peak = max(peak, gibibytes(fitting.pid))
                time.sleep(0.2)
            wall = time.perf_counter() - start
            said, told = fitting.communicate()
        fit, survey = cips.load(target), cips.read(study)
    diagnosis = cips.diagnose(fit, survey)
    table = diagnosis.table
    return {
        "specification": specification,
        "respondents": len(survey.respondents),
        "answers": int((survey.answers >= 0).sum()),
        "sampler": fit.provenance["settings"],
        "wall, s": wall,
        "peak of all processes, GiB": peak,
        "expected": next(line for line in told.splitlines() if "expect" in line),
        "said": json.loads(said)["passed"],
        "all gates passed": diagnosis.passed,
        "pareto k": float(fit.sample_stats["pareto_k"]),
        "efficiency": float(fit.sample_stats["efficiency"]),
        "least ESS, bulk and tail": float(table[["ess_bulk", "ess_tail"]].min().min()),
        "highest R-hat": table.groupby("kind")["rhat"].max().dropna().to_dict(),
    }


def main() -> None:
    """With item shifts (drift on), the default, and without."""
    record("complete", {name: complete(name) for name in ("did", "no-item-shifts")})


if __name__ == "__main__":
    main()
