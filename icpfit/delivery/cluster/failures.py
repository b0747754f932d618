"""What went wrong on a cluster, in one line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from icpfit.data.joining.join_engine import EngineError
from icpfit.delivery.cluster.engine import EXECUTORS_PYTHON
from icpfit.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path

    from icpfit.delivery.cluster.engine import Engine
    from icpfit.errors import IcpfitError

__all__ = [
    "ClusterError",
    "failed_session",
    "failed_work",
    "is_of_a_disk",
    "refused_setting",
    "where_said",
]

_SAME_PYTHON = "set engine.python to one that every worker has, with icpfit[spark] installed"


class ClusterError(EngineError):
    """A cluster can't be reached, or can't do the work."""


def failed_session(
    error: BaseException, engine: Engine, log: Path | None, said: str = ""
) -> ClusterError:
    """Return why no session could be opened.

    Parameters
    ----------
    error : BaseException
        What Spark raised.
    engine : Engine
        What was asked for.
    log : Path or None
        Where Spark's own words are.
    said : str
        What Java said there, if it was started.

    Returns
    -------
    ClusterError
        One line.

    Examples
    --------
    >>> from icpfit.delivery.cluster.engine import Engine
    >>> told = RuntimeError("[JAVA_GATEWAY_EXITED] Java gateway process exited before …")
    >>> words = "Caused by: java.net.UnknownHostException: vm7: vm7: Name or service not known"
    >>> print(failed_session(told, Engine("spark", "yarn"), None, words))
    Spark could not be started for yarn: the name vm7 has no address; write it into /etc/hosts, or
    where it is this machine's own, set SPARK_LOCAL_IP to the address at which the workers reach it
    """
    master = engine.master or "the open session"
    nameless = re.search(r"UnknownHostException: (?:Unable to resolve host )?([^\s:]+)", said)
    causes = re.findall(
        r"^(?:Caused by: |Exception in thread \S+ |Error: )(.+)$", said, re.MULTILINE
    )
    why = _first(error)
    if nameless:
        why = (
            f"the name {nameless[1]} has no address; write it into /etc/hosts, or where it is this"
            " machine's own, set SPARK_LOCAL_IP to the address at which the workers reach it"
        )
    elif causes and "JAVA_GATEWAY_EXITED" in why:
        why = f"Java ended: {_shortened(causes[-1].strip())}"
    return ClusterError(f"Spark could not be started for {master}: {why}{where_said(log)}")


def refused_setting(error: BaseException, key: str, engine: Engine) -> ClusterError:
    """Return why an open session, or a server of Spark Connect, doesn't take a setting.

    Parameters
    ----------
    error : BaseException
        What Spark raised.
    key : str
        The setting.
    engine : Engine
        What was asked for.

    Returns
    -------
    ClusterError
        One line.

    Examples
    --------
    >>> from icpfit.delivery.cluster.engine import Engine
    >>> told = RuntimeError("[CANNOT_MODIFY_CONFIG] Cannot modify the value.")
    >>> print(refused_setting(told, "spark.executor.cores", Engine("spark", "sc://one")))
    engine.conf: sc://one doesn't take spark.executor.cores: Cannot modify the value.
    """
    where = "engine.python" if key == EXECUTORS_PYTHON else "engine.conf"
    said = re.sub(r"^\[[\w.]+\] ", "", _first(error))
    return ClusterError(
        f"{where}: {engine.master or 'the open session'} doesn't take {key}: {said}"
    )


def failed_work(error: BaseException, engine: Engine, log: Path | None) -> ClusterError:
    r"""Return why work failed on the executors.

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
    >>> told = RuntimeError("Traceback …\nicpfit.errors.OutputError: a.csv: the disk is full\n")
    >>> print(failed_work(told, Engine("spark", "local"), None))
    a.csv: the disk is full
    """
    text = str(error)
    told = _of_the_task(text)
    if told:
        return ClusterError(f"{told}{where_said(log)}")
    lacking = _of_python(text)
    if lacking:
        return ClusterError(f"{lacking}; {_SAME_PYTHON}")
    if "No space left on device" in text:
        return ClusterError(f"a disk of the workers is full; make room{where_said(log)}")
    if re.search(r"OutOfMemory|MemoryError|ExecutorLostFailure|exited with code 137", text):
        return ClusterError(
            f"executors died more often than Spark repeats their work, most likely for want of"
            f" memory (engine.memory={engine.memory}); give them more{where_said(log)}"
        )
    if re.search(r"StatusCode\.UNAVAILABLE|RETRIES_EXCEEDED", text):
        return ClusterError(
            f"{engine.master or 'the open session'} has stopped answering: its server of Spark"
            f" Connect has ended, or isn't reached any more (tried for {engine.wait:g} s)"
        )
    return ClusterError(f"Spark could not finish: {_first(error)}{where_said(log)}")


def _of_the_task(text: str) -> str | None:
    """Return what a task says of a file: with what to do, so that only where is to be added."""
    told = re.findall(r"^icpfit\.errors\.\w+: (.+)$", text, re.MULTILINE)
    host = re.findall(r"\(TID \d+\) \((\S+) executor (?!driver)", text)
    return f"{f'worker {host[-1]}: ' if host else ''}{told[-1]}" if told else None


def _of_python(text: str) -> str | None:
    """Return what is wrong with the Python of the executors."""
    lacking = re.search(r"No module named '?\"?([\w.]+)", text)
    if lacking or "PACKAGE_NOT_INSTALLED" in text:
        name = lacking[1].partition(".")[0] if lacking else "a package"
        return f"the Python of the executors lacks {name}"
    if "PYTHON_VERSION_MISMATCH" in text or "different version" in text:
        found = re.search(r"different version[:\s(]*([\d., ]+)", text)
        other = f" ({found[1].strip(' ,.').replace(', ', '.')})" if found else ""
        return f"the Python of the executors is of another version{other} than this one"
    missing = re.search(r'Cannot run program "([^"]+)"', text)
    return f"the workers have no Python '{missing[1]}'" if missing else None


def is_of_a_disk(error: IcpfitError) -> bool:
    """Return whether a mistake may be one of the worker that met it, not of the list.

    Parameters
    ----------
    error : IcpfitError
        What a task raised.

    Returns
    -------
    bool
        True for what the system said of a file: another worker may have room, or see the file.

    Examples
    --------
    >>> is_of_a_disk(OutputError("part-00003.csv: can't be written"))
    True
    """
    return isinstance(error, OutputError) or isinstance(error.__context__, OSError)


def _first(error: BaseException) -> str:
    """Return the line of a trace that says most: the last one of an executor's Python, if any."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if re.match(r"[\w.]*(Error|Exception): ", line)]
    line = told[-1] if told else lines[0] if lines else type(error).__name__
    return _shortened(line)


def _shortened(line: str) -> str:
    return line if len(line) <= 300 else f"{line[:300]}…"


def where_said(log: Path | None) -> str:
    """Return where to read on, to be put after what went wrong.

    Parameters
    ----------
    log : Path or None
        Takes Spark's own words.

    Returns
    -------
    str
        Nothing without a log.

    Examples
    --------
    >>> where_said(None)
    ''
    """
    return "" if log is None else f"; Spark's own words: {log}"
