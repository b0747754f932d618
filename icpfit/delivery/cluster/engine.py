"""Where the work is done: on this machine, or on a Spark cluster that is there already."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["EXECUTORS_PYTHON", "Engine", "servers"]

EXECUTORS_PYTHON = "spark.sql.execution.pyspark.python"
_HERE = "127.0.0.1"

_LOCAL = re.compile(r"local(\[(\*|[1-9]\d*)(,\s*\d+)?\])?")
_SERVER = re.compile(r"(\[[0-9a-fA-F:]+\]|[^\s:/,;]+):(\d{1,5})")
_MEMORY = re.compile(r"[1-9]\d*[mg]")
_FORMS = "local[4], spark://host:7077, sc://host:15002, yarn or k8s://https://host:443"


@dataclass(frozen=True)
class Engine:
    """What does the work; ``conf/engine/*.yaml`` says what each key means.

    Parameters
    ----------
    name : {"local", "spark"}
        This machine, or Spark.
    master : str or None
        Of Spark: ``local[N]``, ``spark://…``, ``sc://…``, ``yarn`` or ``k8s://…``. None: the
        session that is open already, or what spark-submit says.
    python : str or None
        The Python of the executors; by default the path of this one.
    cores : int
        Of each executor.
    memory : str
        Of each executor, such as ``2g``.
    wait : float
        Seconds after which icpfit gives up on a master that doesn't answer as one, and on a cluster
        that has no executor.
    conf : dict of str to any
        Further settings of Spark.

    Examples
    --------
    >>> Engine("spark", "spark//host").master
    Traceback (most recent call last):
    ...
    ValueError: master: expected local[4], spark://host:7077, sc://host:15002, yarn or
    k8s://https://host:443; found 'spark//host'
    """

    name: Literal["local", "spark"] = "local"
    master: str | None = None
    python: str | None = None
    cores: int = 1
    memory: str = "2g"
    wait: float = 60.0
    conf: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what no cluster could be."""
        if self.name == "local":
            return
        if self.master is not None and not _is_master(self.master):
            raise ValueError(f"master: expected {_FORMS}; found {self.master!r}")
        if self.cores < 1:
            raise ValueError(f"cores: expected 1 or more, found {self.cores}")
        if not _MEMORY.fullmatch(self.memory):
            raise ValueError(f"memory: expected a size such as 2g or 900m, found {self.memory!r}")
        if self.wait <= 0:
            raise ValueError(f"wait: expected seconds above 0, found {self.wait:g}")

    @property
    def where(self) -> str:
        """For words of progress: nothing for this machine."""
        return " on Spark" if self.name == "spark" else ""

    @property
    def is_connect(self) -> bool:
        """Whether Spark is spoken to through Spark Connect, without a Java of our own."""
        return self.master is not None and self.master.startswith("sc://")

    @property
    def is_here(self) -> bool:
        """Whether Spark runs on this machine, within this process."""
        return self.master is not None and self.master.startswith("local")

    @property
    def settings(self) -> Mapping[str, str]:
        """The settings of Spark that icpfit makes, those of `conf` last."""
        threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")
        ours = {
            "spark.app.name": "icpfit",
            "spark.executor.cores": str(self.cores),
            "spark.executor.memory": self.memory,
            "spark.sql.session.timeZone": "UTC",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            # A task takes one core; a library that took all of them would slow down the others.
            **{f"spark.executorEnv.{name}": "1" for name in threads},
        }
        if self._is_local:
            ours |= {"spark.driver.host": _HERE, "spark.driver.bindAddress": _HERE}
        return ours | self._further

    @property
    def environment(self) -> Mapping[str, str]:
        """What Java is started with.

        Spark asks for the address of this machine's own name, which nobody may know, and which it
        needs for others alone.
        """
        return {"SPARK_LOCAL_IP": _HERE} if self._is_local else {}

    @property
    def session_settings(self) -> Mapping[str, str]:
        """What can be asked of a session that is open, or of a server: `python` and `conf`.

        The number and the sizes of the executors were said when it was started.
        """
        asked = {} if self.python is None else {EXECUTORS_PYTHON: self.python}
        return asked | self._further

    @property
    def _further(self) -> dict[str, str]:
        return {key: _text(value) for key, value in _flat(self.conf).items()}

    @property
    def _is_local(self) -> bool:
        return self.is_here or any(host in {_HERE, "localhost"} for host, _ in self._servers)

    @property
    def _servers(self) -> tuple[tuple[str, int], ...]:
        return servers(self.master)


def servers(master: str | None) -> tuple[tuple[str, int], ...]:
    """Return the machines and ports that a master stands for.

    Parameters
    ----------
    master : str or None
        As `Engine` takes it.

    Returns
    -------
    tuple of (str, int)
        None where it names none, such as ``yarn``.

    Examples
    --------
    >>> servers("spark://one:7077,two:7077")
    (('one', 7077), ('two', 7077))
    >>> servers("sc://one/;token=x")
    (('one', 15002),)
    >>> servers("local[4]")
    ()
    """
    if master is None or "://" not in master:
        return ()
    scheme, _, rest = master.partition("://")
    rest = re.split(r"[/;?]", rest.removeprefix("https://").removeprefix("http://"))[0]
    usual = {"spark": 7077, "sc": 15002, "k8s": 443}.get(scheme, 0)
    found = []
    for server in rest.split(","):
        match = _SERVER.fullmatch(server if ":" in server else f"{server}:{usual}")
        if match is not None:
            found.append((match[1].strip("[]"), int(match[2])))
    return tuple(found)


def _is_master(master: str) -> bool:
    if _LOCAL.fullmatch(master) or master == "yarn":
        return True
    if master.startswith(("spark://", "sc://", "k8s://")):
        return bool(servers(master)) and all(port < 65536 for _, port in servers(master))
    return bool(re.fullmatch(r"local-cluster\[\d+,\s*\d+,\s*\d+\]", master))


def _flat(values: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Return nested keys as dotted ones: the command line reads the dots of a key as nesting."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{above}{name}.")
        else:
            flat[f"{above}{name}"] = value
    return flat


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
