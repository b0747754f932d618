"""What went wrong on a cluster, in one line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from icpfit.data.joining.join_engine import EngineError

if TYPE_CHECKING:
    from pathlib import Path

    from icpfit.delivery.cluster.engine import Engine

__all__ = ["ClusterError", "failed_session", "failed_work"]

_SAME_PYTHON = "set engine.python to one that every worker has, with icpfit[spark] installed"


class ClusterError(EngineError):
    """A cluster can't be reached, or can't do the work."""


def failed_session(error: BaseException, engine: Engine, log: Path | None) -> ClusterError:
    """Return why no session could be opened.

    Parameters
    ----------
    error : BaseException
        What Spark raised.
    engine : Engine
        What was asked for.
    log : Path or None
        Where Spark's own words are.

    Returns
    -------
    ClusterError
        One line.
    """
    master = engine.master or "the open session"
    return ClusterError(f"Spark could not be started for {master}: {_first(error)}{_see(log)}")


def failed_work(error: BaseException, engine: Engine, log: Path | None) -> ClusterError:
    """Return why work failed on the executors.

    Parameters
    ----------
    error : BaseException
        What Spark raised; its text holds that of the executors.
    engine : Engine
        What was asked for.
    log : Path or None
        Where Spark's own words are.

    Returns
    -------
    ClusterError
        One line that says what to do.

    Examples
    --------
    >>> from icpfit.delivery.cluster.engine import Engine
    >>> told = RuntimeError("… ModuleNotFoundError: No module named 'icpfit'")
    >>> print(failed_work(told, Engine("spark", "local"), None))
    the Python of the executors lacks icpfit; set engine.python to one that every worker has, with
    icpfit[spark] installed
    """
    text = str(error)
    lacking = re.search(r"No module named '?\"?([\w.]+)", text)
    if lacking or "PACKAGE_NOT_INSTALLED" in text:
        name = lacking[1].partition(".")[0] if lacking else "a package"
        return ClusterError(f"the Python of the executors lacks {name}; {_SAME_PYTHON}")
    if "PYTHON_VERSION_MISMATCH" in text or "different version" in text:
        found = re.search(r"different version[:\s(]*([\d., ]+)", text)
        other = f" ({found[1].strip(' ,.').replace(', ', '.')})" if found else ""
        return ClusterError(
            f"the Python of the executors is of another version{other} than this one;"
            f" {_SAME_PYTHON}"
        )
    missing = re.search(r'Cannot run program "([^"]+)"', text)
    if missing:
        return ClusterError(f"the workers have no Python '{missing[1]}'; {_SAME_PYTHON}")
    if "No space left on device" in text:
        return ClusterError(f"a disk of the workers is full; make room{_see(log)}")
    if re.search(r"OutOfMemory|MemoryError|ExecutorLostFailure|exited with code 137", text):
        return ClusterError(
            f"executors died more often than Spark repeats their work, most likely for want of"
            f" memory (engine.memory={engine.memory}); give them more{_see(log)}"
        )
    return ClusterError(f"Spark could not finish: {_first(error)}{_see(log)}")


def _first(error: BaseException) -> str:
    """Return the line of a trace that says most: the last one of an executor's Python, if any."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if re.match(r"[\w.]*(Error|Exception): ", line)]
    line = told[-1] if told else lines[0] if lines else type(error).__name__
    return line if len(line) <= 300 else f"{line[:300]}…"


def _see(log: Path | None) -> str:
    return "" if log is None else f"; Spark's own words: {log}"
