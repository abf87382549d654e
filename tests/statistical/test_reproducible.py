"""The same seed gives the same draws, bit for bit: compiled anew or from the cache, any cores."""

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import hashlib, sys
import numpy as np
import cips_models as cips
from tests.conftest import build_survey

survey = build_survey(supported=np.eye(3, dtype=bool), respondents=8)
spec, cores = cips.specification("did"), int(sys.argv[1])
fits = [
    cips.importance(survey, spec, seed=3, draws=40, cores=cores),
    cips.cut(survey, spec, seed=3, draws=40, cores=cores),
    cips.fit(cips.build(survey, spec), seed=3, draws=10, tune=20, chains=2, cores=cores),
]
for fit in fits:
    draws = [fit.posterior[name].to_numpy().tobytes() for name in sorted(fit.posterior.data_vars)]
    print(hashlib.sha256(b"".join(draws)).hexdigest())
"""


def draws(cache: Path, cores: int) -> list[str]:
    """Hashes of all draws by every sampler, from a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(cores)],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"NUMBA_CACHE_DIR": str(cache)},
    )
    return done.stdout.split()


def test_same_seed_same_draws(tmp_path: Path) -> None:
    cold = draws(tmp_path, cores=2)
    assert len(cold) == 3
    assert list(tmp_path.rglob("*.nbi"))  # the second run finds compiled code
    assert draws(tmp_path, cores=2) == cold
    assert draws(tmp_path, cores=1) == cold
