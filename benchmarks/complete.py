"""A complete fit of the full CIPS, as a user would run it, compilation included."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cips_models as cips
from benchmarks.record import record
from benchmarks.surveys import full


def main() -> None:
    """Fit by ``cips fit`` with empty compile caches, then hold the fit against every gate."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study, target = full(folder), folder / "fit.nc"
        command = [str(Path(sys.executable).with_name("cips")), "fit", str(study)]
        caches = {
            "NUMBA_CACHE_DIR": str(folder / "numba"),
            "PYTENSOR_FLAGS": f"base_compiledir={folder / 'pytensor'}",
        }
        start = time.perf_counter()
        done = subprocess.run(
            [*command, "--out", str(target), "--json"],
            check=True,
            capture_output=True,
            text=True,
            env=os.environ | caches,
        )
        wall = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
        fit, survey = cips.load(target), cips.read(study)
    diagnosis = cips.diagnose(fit, survey)
    table = diagnosis.table
    figures = {
        "respondents": len(survey.respondents),
        "answers": int((survey.answers >= 0).sum()),
        "sampler": fit.provenance["settings"],
        "wall, s": wall,
        "largest process, GiB": peak,
        "said": json.loads(done.stdout)["passed"],
        "all gates passed": diagnosis.passed,
        "pareto k": float(fit.sample_stats["pareto_k"]),
        "efficiency": float(fit.sample_stats["efficiency"]),
        "least ESS, bulk and tail": float(table[["ess_bulk", "ess_tail"]].min().min()),
        "highest R-hat": table.groupby("kind")["rhat"].max().dropna().to_dict(),
    }
    record("complete", figures)


if __name__ == "__main__":
    main()
