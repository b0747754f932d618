"""Work given to a cluster: looked after until it is done, and given up when nobody does it."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from icpfit.delivery.cluster.failures import ClusterError, failed_work, where_said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from icpfit.delivery.cluster.session import Cluster

__all__ = ["check_workers", "done_work", "versions", "watched"]

T = TypeVar("T")

_LOOK = 0.5
_MARK = ".icpfit-mark"


def done_work(
    cluster: Cluster,
    work: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]],
    tasks: int,
    returned: pa.Schema,
    *,
    look: Callable[[], None] | None = None,
    deadline: float | None = None,
) -> pa.Table:
    """Return what tasks give, each of which is told its number.

    Parameters
    ----------
    cluster : Cluster
        Who does it.
    work : callable
        Takes batches with one column of numbers, gives batches of `returned`.
    tasks : int
        How many; numbered from 0, each a task of its own.
    returned : pyarrow.Schema
        What comes back.
    look : callable, optional
        Called twice a second meanwhile.
    deadline : float, optional
        Seconds after which it is given up, where Spark doesn't tell how many executors there are.

    Returns
    -------
    pyarrow.Table
        In no order.

    Raises
    ------
    ClusterError
        When the executors can't do it, or there is none for longer than ``engine.wait`` seconds.
    """
    from pyspark.sql.pandas.types import from_arrow_schema

    session = cluster.session

    def run() -> pa.Table:
        numbers = session.range(0, tasks, 1, tasks)
        return numbers.mapInArrow(work, from_arrow_schema(returned)).toArrow().cast(returned)

    return watched(cluster, run, look=look, deadline=deadline)


def watched(
    cluster: Cluster,
    call: Callable[[], T],
    *,
    look: Callable[[], None] | None = None,
    deadline: float | None = None,
) -> T:
    """Return what a call that Spark answers gives.

    Parameters
    ----------
    cluster : Cluster
        Who does it.
    call : callable
        Waits for Spark; run in a thread of its own.
    look : callable, optional
        Called twice a second meanwhile.
    deadline : float, optional
        Seconds after which it is given up, where Spark doesn't tell how many executors there are.

    Returns
    -------
    any
        Of `call`.

    Raises
    ------
    ClusterError
        When the executors can't do it, or there is none for longer than ``engine.wait`` seconds.
    OverflowError
        When a sum is beyond 64 bits, which is no mistake of the cluster's.

    Notes
    -----
    Spark itself waits for ever for an executor that no worker has room for.
    """
    session, engine, is_here = cluster.session, cluster.engine, cluster.is_here
    tag = f"icpfit-{secrets.token_hex(6)}"
    found: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            session.addTag(tag)
            found.append(call())
        except BaseException as error:  # noqa: BLE001 - handed on to whoever waits
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    began = last_seen = time.monotonic()
    try:
        while thread.is_alive():
            thread.join(_LOOK)
            now, executors = time.monotonic(), cluster.executors()
            if executors is None or executors > 0:
                last_seen = now
            if look is not None:
                look()
            told = executors is not None or is_here or deadline is None
            late = now - last_seen > engine.wait or (not told and now - began > (deadline or 0))
            if late and thread.is_alive():
                break
        else:
            late = False
    except BaseException:
        _interrupt(session, tag)
        raise
    if late:
        _interrupt(session, tag)
        raise _nobody(cluster)
    if failed:
        raise _told(failed[0], cluster) from None
    return found[0]


def check_workers(cluster: Cluster, folder: Path) -> None:
    """Refuse workers that couldn't do the work, before it is given to them.

    Parameters
    ----------
    cluster : Cluster
        Which.
    folder : Path
        In which they are to write; it must be the same folder for all.

    Raises
    ------
    ClusterError
        When a worker lacks a package, has another version of what the numbers come from, or
        doesn't see the folder.
    """
    token = secrets.token_hex(8)
    mark = folder / _MARK
    mark.write_text(token, encoding="ascii")
    answer = done_work(
        cluster,
        _Probe(str(mark), token),
        2,
        pa.schema([("host", pa.string()), ("python", pa.string()), ("said", pa.string())]),
        deadline=cluster.engine.wait,
    )
    mark.unlink()
    ours = versions()
    for row in answer.to_pylist():
        if row["said"] == "folder":
            raise ClusterError(
                f"out: worker {row['host']} doesn't see {folder}, or may not write there; list and"
                " out must lie on a disk that all workers mount under the same path"
            )
        if row["said"] != ours:
            raise ClusterError(
                f"worker {row['host']} ({row['python']}) has {row['said']}, here it is {ours}; the"
                " same row might get another score there: install the same versions"
            )


@dataclass(frozen=True)
class _Probe:
    mark: str
    token: str

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import platform
        import sys
        from pathlib import Path

        for _ in batches:
            mark = Path(self.mark)
            said = versions()
            try:
                seen = mark.read_text(encoding="ascii") == self.token
                beside = mark.with_name(f"{mark.name}-{secrets.token_hex(6)}")
                beside.write_text("", encoding="ascii")
                beside.unlink()
            except OSError:
                seen = False
            yield pa.RecordBatch.from_pydict(
                {
                    "host": [platform.node()],
                    "python": [sys.executable],
                    "said": [said if seen else "folder"],
                }
            )


def versions() -> str:
    """Return the versions of what a row's numbers and texts come from.

    Returns
    -------
    str
        Of this process.
    """
    import lightgbm
    import numba
    import numpy as np
    import scipy

    from icpfit import __version__

    # Texts of numbers and days come from pyarrow, the last digits of a score from the others.
    packages = (lightgbm, numba, np, pa, scipy)
    found = [f"{package.__name__} {package.__version__}" for package in packages]
    return ", ".join([f"icpfit {__version__}", *found])


def _told(error: BaseException, cluster: Cluster) -> Exception:
    if "ARITHMETIC_OVERFLOW" in str(error):
        return OverflowError()
    return failed_work(error, cluster.engine, cluster.log)


def _nobody(cluster: Cluster) -> ClusterError:
    engine = cluster.engine
    return ClusterError(
        f"for {engine.wait:g} s {engine.master or 'the cluster'} had no executor for this work"
        f" (asked for: cores={engine.cores}, memory={engine.memory} each); its workers are smaller,"
        " busy or gone: lower engine.memory or engine.cores, free some, or raise engine.wait"
        f"{where_said(cluster.log)}"
    )


def _interrupt(session: Any, tag: str) -> None:
    with contextlib.suppress(Exception):
        session.interruptTag(tag)
