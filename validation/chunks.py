"""Simulations by the hundred: in chunks that are done once, side by side, and kept."""

import argparse
import os
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import pandas as pd
from threadpoolctl import threadpool_limits

#: Rows of one simulation: told its scenario and its number.
Simulation = Callable[[str, int], Iterable[dict[str, Any]]]

#: Simulations of a chunk: what is lost when a run is stopped.
TOGETHER: Final = 5


@dataclass(frozen=True)
class Chunk:
    """Some consecutive simulations of one scenario, and the file of their rows."""

    scenario: str
    first: int
    together: int
    path: Path

    @classmethod
    def planned(
        cls, folder: Path, scenarios: Sequence[str], count: int, together: int
    ) -> list["Chunk"]:
        """Chunks of ``count`` simulations of every scenario, the scenarios in turns."""
        return [
            cls(
                scenario,
                first,
                together,
                folder / f"{scenario.replace(' ', '-')}-{first:03d}.csv.gz",
            )
            for first, scenario in product(range(0, count, together), scenarios)
        ]

    def done(self, simulation: Simulation) -> "Chunk":
        """Simulate, and write the rows, whole or not at all."""
        with threadpool_limits(1):
            numbers = range(self.first, self.first + self.together)
            rows = [row for number in numbers for row in simulation(self.scenario, number)]
        draft = self.path.with_suffix(f".{os.getpid()}")
        compressed = {"method": "gzip", "mtime": 0}
        pd.DataFrame(rows).to_csv(draft, index=False, float_format="%.5g", compression=compressed)
        draft.replace(self.path)
        return self


def options(folder: Path) -> argparse.ArgumentParser:
    """What the commands have in common: how many, how long, how many at a time, and where."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--surveys", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=folder)
    return parser


def simulated(
    folder: Path,
    simulation: Simulation,
    scenarios: Sequence[str],
    count: int,
    *,
    processes: int = 2,
    minutes: float = float("inf"),
    together: int = TOGETHER,
) -> pd.DataFrame:
    """Rows of ``count`` simulations of every scenario, or of as many as there was time for.

    Parameters
    ----------
    folder : Path
        Of the chunks, made if need be; what is in it already is not done again.
    simulation : callable
        Of a module, so that other processes can import it.
    scenarios : sequence of str
    count : int
        Simulations of each.
    processes : int
        As many at a time.
    minutes : float
        After which no other chunk is begun.
    together : int
        Simulations of a chunk.

    Returns
    -------
    DataFrame
        Rows of all chunks that are there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    planned = Chunk.planned(folder, scenarios, count, together)
    missing = iter([chunk for chunk in planned if not chunk.path.exists()])
    until = time.monotonic() + 60 * minutes
    os.environ.update(OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1")
    task = partial(Chunk.done, simulation=simulation)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        running: set[Future[Chunk]] = set()
        while True:
            while len(running) < processes and time.monotonic() < until:
                if (chunk := next(missing, None)) is None:
                    break
                running.add(pool.submit(task, chunk))
            if not running:
                break
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for one in finished:
                print(one.result().path.name, flush=True)
    present = [chunk.path for chunk in planned if chunk.path.exists()]
    if not present:
        return pd.DataFrame()
    return pd.concat([pd.read_csv(path) for path in present], ignore_index=True)
