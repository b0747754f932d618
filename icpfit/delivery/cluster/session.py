"""A session with Spark: looked at before it is opened, with a deadline, and quiet."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from icpfit.delivery.cluster.failures import (
    ClusterError,
    failed_session,
    refused_setting,
    where_said,
)
from icpfit.delivery.cluster.preconditions import (
    active_session,
    ignore_pandas_warning,
    require_cluster,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from icpfit.delivery.cluster.engine import Engine

__all__ = ["Cluster", "opened_cluster"]

_QUERIES = ("DataFrame", "SQL")
_MARKS = ("SPARK_CONNECT_MODE_ENABLED", "SPARK_REMOTE")
_LEAVE = 2.0  # seconds for taking leave of a server that may have gone


@dataclass(frozen=True, eq=False)
class Cluster:
    """A cluster that is ready to be given work.

    Attributes
    ----------
    session : SparkSession
        Open.
    engine : Engine
        What was asked for.
    log : Path or None
        Where Spark's own words are; None where another program keeps them.
    """

    session: Any
    engine: Engine
    log: Path | None

    @property
    def is_connect(self) -> bool:
        """Whether it is spoken to through Spark Connect, also in a session opened by others."""
        return type(self.session).__module__.startswith("pyspark.sql.connect")

    @property
    def is_here(self) -> bool:
        """Whether Spark runs on this machine alone, also in a session opened by others."""
        if self.engine.master is not None or self.is_connect:
            return self.engine.is_here
        try:
            master = str(self.session.sparkContext.master)
        except Exception:  # noqa: BLE001 - its Java has gone
            return False
        return master.startswith("local") and not master.startswith("local-cluster")

    def executors(self) -> int | None:
        """Return how many executors there are now; None where Spark doesn't tell.

        Returns
        -------
        int or None
            Without the driver. Spark Connect doesn't tell, and on one machine there are none.
        """
        if self.is_here or self.is_connect:
            return None
        try:
            context = self.session.sparkContext
            return len(context._jsc.sc().statusTracker().getExecutorInfos()) - 1  # noqa: SLF001
        except Exception:  # noqa: BLE001 - its Java has gone
            return None


@contextlib.contextmanager
def opened_cluster(engine: Engine, log: Path) -> Iterator[Cluster]:
    """Open a session with Spark, or take the one that is open already.

    Parameters
    ----------
    engine : Engine
        Which cluster.
    log : Path
        Takes what Spark and Java say; its folder is created where it isn't there.

    Yields
    ------
    Cluster
        Its session is stopped at the end if it was opened here; one that was open already has its
        own settings again.

    Raises
    ------
    ClusterError
        Without pyspark, without Java, for a master that doesn't answer or isn't one, within the
        deadline, and for `engine.python` or `engine.conf` that an open session or a server of Spark
        Connect doesn't take.
    SettingsError
        When no master is named and no session is open.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        ignore_pandas_warning()
        # Spark Connect raises it, too, and that becomes the line that is said.
        warnings.filterwarnings("ignore", message=r"\[RETRIES_EXCEEDED\]")
        require_cluster(engine)
        active = active_session() if engine.master is None else None
        stack.enter_context(_silenced())
        if active is not None:
            before = _changed_settings(active, engine)
            try:
                yield Cluster(active, engine, None)
            finally:
                _restore(active, before)
            return
        # Spark Connect leaves marks by which nobody else in this process could start a Spark.
        stack.enter_context(_environment(*_MARKS))
        log.parent.mkdir(parents=True, exist_ok=True)
        session = _connect(engine) if engine.is_connect else _classic(engine, log)
        try:
            if engine.is_connect or engine.master is None:
                _changed_settings(session, engine)
            yield Cluster(session, engine, None if engine.is_connect else log)
        finally:
            with contextlib.suppress(Exception):
                if engine.is_connect:
                    _set_patience(session, _LEAVE)
                session.stop()


@contextlib.contextmanager
def _silenced() -> Iterator[None]:
    """Keep pyspark from writing the trace of a query on stderr; Java's is in the log."""
    from pyspark.logger import PySparkLogger

    loggers = [PySparkLogger.getLogger(f"{kind}QueryContextLogger") for kind in _QUERIES]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _connect(engine: Engine) -> Any:
    from pyspark.sql import SparkSession

    try:
        session = SparkSession.builder.remote(engine.master or "").create()
    except ImportError as error:
        raise ClusterError(
            f"engine.master={engine.master} needs Spark Connect ({error.name or error});"
            " pip install 'pyspark[connect]'"
        ) from None
    except Exception as error:  # noqa: BLE001 - whatever Spark says becomes one line
        raise failed_session(error, engine, None) from None
    try:
        _bounded(lambda: session.version, engine)
        _set_patience(session, engine.wait)
    except BaseException as error:
        # An open client takes leave of its server when Python ends, and tries to for ten minutes.
        session.client.close()
        if isinstance(error, ClusterError) or not isinstance(error, Exception):
            raise
        raise failed_session(error, engine, None) from None
    return session


def _changed_settings(session: Any, engine: Engine) -> dict[str, str | None]:
    """Make the settings that a session takes after it was opened, and return what they were."""
    before: dict[str, str | None] = {}
    for key, value in engine.session_settings.items():
        try:
            found = session.conf.get(key, None)
            if found != value:
                session.conf.set(key, value)
                before[key] = found
        except Exception as error:  # noqa: BLE001 - whatever Spark says becomes one line
            _restore(session, before)
            raise refused_setting(error, key, engine) from None
    return before


def _restore(session: Any, before: dict[str, str | None]) -> None:
    for key, value in before.items():
        with contextlib.suppress(Exception):
            if value is None:
                session.conf.unset(key)
            else:
                session.conf.set(key, value)


def _set_patience(session: Any, seconds: float) -> None:
    """Say for how long Spark Connect looks for a server that is lost; by itself ten minutes."""
    from pyspark.sql.connect.client.retries import DefaultPolicy

    # From a twentieth of a second on four times as long each, up to a tenth of it all.
    policy = DefaultPolicy(max_retries=13, max_backoff=max(1, int(seconds * 100)), jitter=0)
    session.client.set_retry_policies([policy])


def _classic(engine: Engine, log: Path) -> Any:
    """Start Java ourselves, so that its words go to a log and it can be given up on."""
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    launch: Any = launch_gateway  # it has no types
    if engine.master is None:
        return SparkSession.builder.config(map=dict(engine.settings)).getOrCreate()
    running = SparkContext._active_spark_context  # noqa: SLF001
    if running is not None:
        raise ClusterError(
            f"a session of Spark is open already ({running.master}); leave engine.master away to"
            " use it, or stop it first"
        )
    python = engine.python or os.environ.get("PYSPARK_PYTHON") or sys.executable
    # Executors take it from the environment at the time when the session is opened.
    ours = {key: os.environ.get(key, value) for key, value in engine.environment.items()}
    with _environment(PYSPARK_PYTHON=python, PYSPARK_DRIVER_PYTHON=sys.executable, **ours):
        settings = {**engine.settings, "spark.master": engine.master}
        conf = SparkConf(loadDefaults=False).setAll(list(settings.items()))
        gateway = SparkContext._gateway  # noqa: SLF001 - of an earlier session in this process
        given_up = threading.Event()
        before = log.stat().st_size if log.exists() else 0
        try:
            if gateway is None:
                with log.open("ab") as words:
                    gateway = launch(conf, {"stdout": words, "stderr": words})
            watch = threading.Timer(engine.wait, _give_up, (gateway, given_up))
            watch.daemon = True
            watch.start()
            try:
                context = SparkContext(
                    conf=SparkConf(_jvm=gateway.jvm).setAll(list(settings.items())), gateway=gateway
                )
            finally:
                watch.cancel()
        except Exception as error:  # noqa: BLE001 - whatever Spark says becomes one line
            SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001
            _end(gateway)
            if given_up.is_set():
                raise ClusterError(
                    f"engine.master: {engine.master} answers, but not as a master of Spark within"
                    f" {engine.wait:g} s; is the port the right one, and its Spark a 4.x?"
                    f"{where_said(log)}"
                ) from None
            raise failed_session(error, engine, log, _words(log, before)) from None
    context.setLogLevel("WARN")
    return SparkSession(context)


def _words(log: Path, start: int) -> str:
    """Return what Java said since then, as far as it can be read."""
    with contextlib.suppress(OSError), log.open("rb") as file:
        file.seek(start)
        return file.read(1 << 20).decode(errors="replace")
    return ""


def _give_up(gateway: Any, given_up: threading.Event) -> None:
    given_up.set()
    with contextlib.suppress(Exception):
        gateway.proc.kill()


def _end(gateway: Any) -> None:
    """Leave no Java behind that nobody will speak to again."""
    with contextlib.suppress(Exception):
        gateway.proc.kill()
        gateway.proc.wait(timeout=10)
        gateway.proc.stdin.close()


def _bounded(call: Callable[[], Any], engine: Engine) -> Any:
    """Return what a call gives; one that takes longer is left to itself."""
    found: list[Any] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(call())
        except BaseException as error:  # noqa: BLE001 - handed on
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(engine.wait)
    if failed:
        raise failed[0]
    if not found:
        raise ClusterError(
            f"engine.master: {engine.master} did not answer as Spark within {engine.wait:g} s;"
            " is the port the right one?"
        )
    return found[0]


@contextlib.contextmanager
def _environment(*kept: str, **values: str) -> Iterator[None]:
    """Set some variables for a while; they, and others named, are afterwards as before."""
    before = {name: os.environ.get(name) for name in (*kept, *values)}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
