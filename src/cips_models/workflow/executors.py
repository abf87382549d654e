"""Where jobs run: in this process, in others, or on the machines of a Dask scheduler."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import Any

import cloudpickle

from cips_models.errors import OutputError
from cips_models.inference.chains import leave_interrupts_to_the_parent


class _InThisProcess(Executor):
    """Runs a job when it is submitted, so that a debugger and Ctrl-C see it."""

    def submit[**P, T](self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@dataclass(frozen=True)
class Hands:
    """Something to run jobs, and how many at a time.

    Attributes
    ----------
    executor : concurrent.futures.Executor
    count : int
    here : bool
        In this process: nothing needs to be packed.
    send : callable
        What a parcel is passed as: itself, or where a cluster keeps it.
    """

    executor: Executor
    count: int
    here: bool = False
    send: Callable[[bytes], Any] = lambda parcel: parcel

    def submit(self, work: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        """Submit a job; a parcel takes what the standard pickle does not (read-only mappings)."""
        if self.here:
            return self.executor.submit(work, *arguments)
        return self.executor.submit(_unpacked, self.send(cloudpickle.dumps((work, arguments))))


def _unpacked(parcel: bytes) -> Any:
    work, arguments = cloudpickle.loads(parcel)
    return work(*arguments)


@contextmanager
def hands(cores: int, scheduler: str | None = None) -> Iterator[Hands]:
    """Lend hands: this process for one core, other processes for more, or a Dask cluster.

    Parameters
    ----------
    cores : int
    scheduler : str, optional
        Address of a Dask scheduler, whose workers take the place of processes here.

    Raises
    ------
    OutputError
        Dask is not installed, or there is no scheduler at the address.
    """
    if scheduler is not None:
        with _cluster(scheduler) as lent:
            yield lent
        return
    if cores < 2:
        yield Hands(_InThisProcess(), 1, here=True)
        return
    # Spawned, not forked: a fork inherits locks that threads of BLAS and numba may hold.
    pool = ProcessPoolExecutor(
        cores, mp_context=get_context("spawn"), initializer=leave_interrupts_to_the_parent
    )
    try:
        yield Hands(pool, cores)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _cluster(scheduler: str) -> Iterator[Hands]:
    try:
        from distributed import Client
    except ImportError:
        raise OutputError(
            f"--scheduler {scheduler}: found no Dask; expected the package distributed. "
            "`pip install cips-models[dask]` installs it, here and on every worker."
        ) from None
    try:
        client = Client(scheduler, timeout="20s")
    except (OSError, ValueError) as error:
        raise OutputError(
            f"--scheduler {scheduler}: found no scheduler ({error}); expected an address such as "
            "tcp://machine:8786, of `dask scheduler`"
        ) from None
    with client:
        count = sum(client.nthreads().values())
        if not count:
            raise OutputError(
                f"--scheduler {scheduler}: found no worker; expected at least one: "
                "`dask worker ADDRESS --nthreads 1`"
            )
        # Not pure: a job that failed on a worker that died may succeed on another.
        # Data go to a worker, not with the graph of tasks, which the scheduler holds.
        send = partial(client.scatter, hash=False)
        yield Hands(client.get_executor(pure=False), count, send=send)
