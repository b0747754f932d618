"""What a whole process costs, and the machine that it was measured on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["MOST_MEMORY", "icpfit_command", "machine", "memory_verdict", "process_run"]

MOST_MEMORY = 1.5e9 / 2**20
"""What scoring may take at most, whatever the list's length: 1.5 GB, in MB of 2^20 bytes."""

# The system counts what the parent held at the start as the child's peak, too, and a benchmark that
# has just trained a forest holds much. So a process that holds nothing starts what is measured.
_STARTER = """
import json, os, sys
process = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(process, 0)
code = os.waitstatus_to_exitcode(status)
told = [code, used.ru_utime + used.ru_stime, used.ru_maxrss]
os.write(int(sys.argv[1]), json.dumps(told).encode())
"""


def process_run(
    given: Sequence[str],
    stdout: int | None = None,
    *,
    expected: int = 0,
    stderr: int | None = None,
    cwd: Path | None = None,
) -> tuple[float, float]:
    """Return CPU seconds and peak MB of a process.

    Parameters
    ----------
    given : sequence of str
        Its command.
    stdout, stderr : int, optional
        Where its output goes, as for `subprocess.Popen`.
    expected : int
        The code that it ends with when all is as it should be.
    cwd : Path, optional
        Where it runs.

    Returns
    -------
    tuple of float
        User and system time together, and the largest resident size.

    Raises
    ------
    RuntimeError
        When it ends with another code.
    """
    quiet = {**os.environ, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive"}
    read, write = os.pipe()
    try:
        command = [sys.executable, "-I", "-S", "-c", _STARTER, str(write), *given]
        subprocess.run(
            command, env=quiet, stdout=stdout, stderr=stderr, cwd=cwd, pass_fds=[write], check=True
        )
        code, cpu, peak = json.loads(os.read(read, 1000))
    finally:
        os.close(read)
        os.close(write)
    if code != expected:
        raise RuntimeError(f"{' '.join(given)}: ended with {code}")
    return cpu, peak / (2**20 if sys.platform == "darwin" else 2**10)


def icpfit_command(*words: str) -> list[str]:
    """Return the command that runs icpfit with this Python, as the console script does.

    Parameters
    ----------
    *words : str
        What stands behind `icpfit`.

    Returns
    -------
    list of str
        For `process_run`.
    """
    run = "from icpfit.pipelines.dispatch import main; raise SystemExit(main())"
    return [sys.executable, "-c", run, *words]


def machine() -> str:
    """Return the machine, by what a figure hangs on: its cores and its memory.

    Returns
    -------
    str
        Such as "2 cores, 24 GB of memory".
    """
    cores = f"{os.cpu_count()} cores"
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError):  # not on every system
        return cores
    return f"{cores}, {size / 2**30:.0f} GB of memory"


def memory_verdict(peak: float, rows: int) -> str:
    """Return whether the most memory that a process took is within what is asked for.

    Parameters
    ----------
    peak : float
        MB of 2^20 bytes.
    rows : int
        Of the list that took it.

    Returns
    -------
    str
        A line.
    """
    verdict = "reached" if peak <= MOST_MEMORY else "MISSED"
    gigabytes = peak * 2**20 / 1e9
    return (
        f"peak memory of icpfit: {gigabytes:.2f} GB, with {rows:,} rows; target 1.5 GB: {verdict}"
    )
