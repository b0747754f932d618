"""What a session with Spark needs, looked for before it is opened: in seconds, not minutes."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from icpfit.delivery.cluster.engine import servers
from icpfit.delivery.cluster.failures import ClusterError
from icpfit.errors import SettingsError, fault_text

if TYPE_CHECKING:
    from icpfit.delivery.cluster.engine import Engine

__all__ = ["active_session", "ignore_pandas_warning", "java_version", "require_cluster"]

_ANSWER = 5.0
_JAVA = 17
_INSTALL = "install icpfit[spark]: pip install 'icpfit[spark]'"


def require_cluster(engine: Engine) -> None:
    """Refuse what no session could be opened with, before the work that comes first.

    Parameters
    ----------
    engine : Engine
        Which cluster; of this machine's own engine nothing is asked.

    Raises
    ------
    ClusterError
        Without pyspark, without Java, or when nothing answers at the master's address.
    SettingsError
        When no master is named and no session is open.
    """
    if engine.name == "local":
        return
    with warnings.catch_warnings():
        ignore_pandas_warning()
        try:
            import pyspark
        except ImportError:
            raise ClusterError(f"engine=spark needs pyspark; {_INSTALL}") from None
        del pyspark
        if engine.master is None and active_session() is not None:
            return
    _check_reachable(engine)
    if not engine.is_connect:
        _check_java()


def java_version(text: str) -> int | None:
    """Return the number of a Java, from what it says about itself.

    Parameters
    ----------
    text : str
        What ``java -version`` prints.

    Returns
    -------
    int or None
        8 for "1.8.0"; None where there is no number.

    Examples
    --------
    >>> java_version('openjdk version "17.0.15" 2025-04-15')
    17
    >>> java_version('java version "1.8.0_391"')
    8
    """
    found = re.search(r'version "(?:1\.)?(\d+)', text)
    return int(found[1]) if found else None


def ignore_pandas_warning() -> None:
    """Leave out what pyspark 4.3 says of every pandas from 3.0 on, within `catch_warnings`.

    icpfit hands it Arrow batches only, and the tests hold the results equal to those of one
    machine.
    """
    warnings.filterwarnings(
        "ignore", message="PySpark does not yet fully support pandas", category=FutureWarning
    )


def active_session() -> Any:
    """Return the session of Spark that is open here already, in whichever thread it was opened.

    Returns
    -------
    SparkSession or None
        None where none is, or where it was stopped.
    """
    from pyspark import SparkContext
    from pyspark.errors import PySparkRuntimeError
    from pyspark.sql import SparkSession

    with contextlib.suppress(PySparkRuntimeError):
        session: Any = SparkSession.active()
        # One of Spark Connect has no context of ours; whether it was stopped pyspark looks at.
        if not isinstance(session, SparkSession) or _is_alive(session._sc):  # noqa: SLF001
            return session
    context = SparkContext._active_spark_context  # noqa: SLF001 - there is no other way to ask
    # A context without a session is somebody's, too: whoever made one would stop both.
    return SparkSession(context) if _is_alive(context) else None


def _is_alive(context: Any) -> bool:
    try:
        return context is not None and not context._jsc.sc().isStopped()  # noqa: SLF001
    except Exception:  # noqa: BLE001 - its Java has gone
        return False


def _check_reachable(engine: Engine) -> None:
    asked = servers(engine.master)
    if engine.master is None:
        if not {"PYSPARK_GATEWAY_PORT", "SPARK_REMOTE", "DATABRICKS_RUNTIME_VERSION"} & {
            *os.environ
        }:
            raise SettingsError(
                "engine.master: no session of Spark is open here; name the cluster, such as"
                " engine.master=spark://host:7077, or local[4] for this machine"
            )
        return
    said = []
    for host, port in asked:
        try:
            socket.create_connection((host, port), timeout=_ANSWER).close()
        except OSError as error:
            said.append(f"{host}:{port} ({_reason(error)})")
        else:
            return
    if said:
        raise ClusterError(
            f"engine.master: nothing answers at {', '.join(said)}; is the cluster running, and is"
            f" '{engine.master}' its address?"
        )


def _reason(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {_ANSWER:g} s"
    return fault_text(error)


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    advice = f"install Java {_JAVA} or 21 (Debian: openjdk-{_JAVA}-jre-headless), or set JAVA_HOME"
    try:
        done = subprocess.run(
            [java or "java", "-version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        where = f"JAVA_HOME={home} has none" if home else "there is none on the path"
        raise ClusterError(f"Spark needs Java, and {where}; {advice}") from None
    found = java_version(done.stderr + done.stdout)
    if found is not None and found < _JAVA:
        raise ClusterError(f"Spark needs Java {_JAVA}, found {found} ({java}); {advice}")
