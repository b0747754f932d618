"""The start-up benchmark: CPU until icpfit has answered a short question, beyond Python's own.

python -m benchmarks.start_up
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.processes import icpfit_command, machine, process_run

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ASKED", "main", "start_up_lines"]

ASKED = {
    "icpfit --help": (("--help",), 0),
    "icpfit score --help": (("score", "--help"), 0),
    "a job misspelt": (("scor", "data=demo"), 1),
    "a key that isn't there": (("score", "data=demo", "nosuchkey=1"), 1),
    "a company that isn't there": (("score", "data=dmo"), 1),
    "a value of the wrong kind": (("score", "data=demo", "prospects=demo", "threads=many"), 1),
}
"""What is asked for, to the words of the command and the code that it ends with."""
HEADER = f"{'what':<30}{'CPU s':>8}{'beyond Python':>15}{'x Python':>10}"
TARGET = 1.0


def start_up_lines(cpu: dict[str, float], python: float) -> list[str]:
    """Return the table of what each question takes.

    Parameters
    ----------
    cpu : dict of str to float
        Question to the CPU seconds of its process.
    python : float
        Those of a Python that does nothing.

    Returns
    -------
    list of str
        A line each, under a header.
    """
    lines = [HEADER]
    for what, seconds in {"Python itself": python, **cpu}.items():
        beyond = seconds - python
        reached = "reached" if beyond < TARGET else "MISSED"
        verdict = f"  target {TARGET:.0f} s: {reached}" if what in cpu else ""
        lines.append(f"{what:<30}{seconds:>8.2f}{beyond:>15.2f}{seconds / python:>10.0f}{verdict}")
    return lines


def main(given: Sequence[str] | None = None) -> int:
    """Run the benchmark and print the table.

    Parameters
    ----------
    given : sequence of str, optional
        Arguments of the command line.

    Returns
    -------
    int
        1 when a mistake isn't said in one line, else 0; a slow machine is no mistake.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.start_up", description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    told = parser.parse_args(given)
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        place, said = Path(folder), Path(folder) / "said"
        python = _median([sys.executable, "-c", "pass"], 0, told.repeats, place, said)
        cpu = {}
        for what, (words, code) in ASKED.items():
            cpu[what] = _median(icpfit_command(*words), code, told.repeats, place, said)
            lines = said.read_text(encoding="utf-8").splitlines()
            # Where it works is said before; the mistake itself is one line and the last.
            if code and [line[:7] for line in lines if line[:6] != "root: "] != ["icpfit:"]:
                wrong.append(f"{what}: not said in one line: {lines}")
    print(f"{machine()}; CPU of whole processes, median of {told.repeats}")
    print(*start_up_lines(cpu, python), *wrong, sep="\n")
    return int(bool(wrong))


def _median(command: Sequence[str], code: int, repeats: int, place: Path, said: Path) -> float:
    costs = []
    for _ in range(repeats):
        with said.open("wb") as words:
            cost, _ = process_run(
                command,
                subprocess.DEVNULL,
                expected=code,
                stderr=words.fileno(),
                cwd=place,
            )
        costs.append(cost)
    return statistics.median(costs)


if __name__ == "__main__":
    sys.exit(main())
