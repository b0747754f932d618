"""The list benchmark: CPU per row and peak memory of whole processes, CSV to CSV.

python -m benchmarks.speed_lists --rows 10000,100000,1000000 --slow-rows 10000
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from benchmarks.list_market import write_market_list, write_market_model

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ListRun", "differences", "list_lines", "main"]

HEADER = (
    f"{'way':<10}{'rows':>11}{'CPU s':>9}{'us/row':>9}{'beyond start':>14}{'peak MB':>9}{'x':>7}"
)
TARGETS = {"pipeline": 120, "contrib": 80}
_START_ROWS = 10


@dataclass(frozen=True)
class ListRun:
    """One process.

    Parameters
    ----------
    way : str
        One of `benchmarks.list_sides.SIDES`.
    rows : int
        Of the list.
    cpu : float
        CPU seconds of the whole process.
    start : float
        CPU seconds of the same way for ten rows: imports, the model, what is compiled.
    memory : float
        Peak memory in MB.
    """

    way: str
    rows: int
    cpu: float
    start: float
    memory: float

    @property
    def per_row(self) -> float:
        """CPU microseconds per row beyond the start."""
        return max(self.cpu - self.start, 1e-6) / self.rows * 1e6


def process_run(given: Sequence[str], stdout: int | None = None) -> tuple[float, float]:
    """Return CPU seconds and peak MB of a process.

    Parameters
    ----------
    given : sequence of str
        Its command.
    stdout : int, optional
        Where its output goes, as for `subprocess.Popen`.

    Returns
    -------
    tuple of float
        User and system time together, and the largest resident size.

    Raises
    ------
    RuntimeError
        When it fails.
    """
    quiet = {**os.environ, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive"}
    with subprocess.Popen(given, env=quiet, stdout=stdout) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(given)}: ended with {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def differences(ours: Path, theirs: Path) -> list[str]:
    """Return what two scored lists say differently.

    Parameters
    ----------
    ours, theirs : Path
        Of the same list.

    Returns
    -------
    list of str
        A line for each column that differs; none where all is the same. Money may differ by one
        cent, and a reason where rounding to two digits is undecided in the last bit: in at most
        one row of a thousand.
    """
    one, other = (pd.read_csv(path, dtype=str, keep_default_na=False) for path in (ours, theirs))
    if list(one) != list(other) or len(one) != len(other):
        return [f"{len(one)} rows and {len(other)}; columns {sorted(set(one) ^ set(other))}"]
    lines = []
    for name in one:
        a, b = one[name], other[name]
        differs = a != b
        if name.startswith(("margin_", "fit_if", "number_")):
            x, y = pd.to_numeric(a), pd.to_numeric(b)
            step = 0.00011 if name == "fit_if_won" else 0.011
            differs = ~(((x - y).abs() <= step) | (x.isna() & y.isna()))
        if differs.mean() > (0.001 if name.startswith(("reasons", "caution")) else 0):
            first = int(differs.to_numpy().argmax())
            lines.append(
                f"{name}: {int(differs.sum())} rows, such as {a[first]!r} and {b[first]!r}"
            )
    return lines


def list_lines(runs: Sequence[ListRun]) -> list[str]:
    """Return the table, each way against the tables' figure at the most rows.

    Parameters
    ----------
    runs : sequence of ListRun
        Some of them by tables.

    Returns
    -------
    list of str
        A line each.
    """
    ours = max((run for run in runs if run.way == "tables"), key=lambda run: run.rows).per_row
    lines = []
    for run in runs:
        verdict = ""
        if run.way in TARGETS:
            reached = "reached" if run.per_row / ours >= TARGETS[run.way] else "MISSED"
            verdict = f"  target {TARGETS[run.way]}: {reached}"
        lines.append(
            f"{run.way:<10}{run.rows:>11,}{run.cpu:>9.1f}{run.cpu / run.rows * 1e6:>9.1f}"
            f"{run.per_row:>14.1f}{run.memory:>9,.0f}{run.per_row / ours:>7,.0f}{verdict}"
        )
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
        1 when two ways write different lists, else 0.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed_lists", description=__doc__)
    parser.add_argument("--model", default="300x31", help="trees x leaves")
    parser.add_argument("--rows", default="10000,100000,1000000", help="for the tables")
    parser.add_argument("--slow-rows", type=int, default=10_000, help="for the other two")
    told = parser.parse_args(given)
    trees, leaves = (int(size) for size in told.model.split("x"))
    print(f"{os.cpu_count()} cores; one thread; CPU of whole processes; 25 columns; {told.model}")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write_market_model(place / "model", trees, leaves)
        runs = []
        for way, counts in (
            ("tables", [*map(int, told.rows.split(",")), told.slow_rows]),
            ("contrib", [told.slow_rows]),
            ("pipeline", [told.slow_rows]),
        ):
            _scored(place, way, _START_ROWS)  # fills the cache of what is compiled
            start, _ = _scored(place, way, _START_ROWS)
            for rows in dict.fromkeys(counts):
                cpu, memory = _scored(place, way, rows)
                runs.append(ListRun(way, rows, cpu, start, memory))
        print(HEADER, *list_lines(runs), sep="\n")
        wrong = [
            f"{way}: {line}"
            for way in ("contrib", "pipeline")
            for line in differences(
                place / f"tables_{told.slow_rows}.csv", place / f"{way}_{told.slow_rows}.csv"
            )
        ]
        print(*(wrong or ["all three write the same cells"]), sep="\n")
    print(_start_up())
    return int(bool(wrong))


def _scored(place: Path, way: str, rows: int) -> tuple[float, float]:
    listed = place / f"list_{rows}.csv"
    if not listed.exists():
        write_market_list(listed, rows)
    out = place / f"{way}_{rows}.csv"
    paths = [str(path) for path in (place / "model", listed, out)]
    return process_run([sys.executable, "-m", "benchmarks.list_sides", way, *paths])


def _start_up() -> str:
    bare, _ = process_run([sys.executable, "-c", "pass"])
    asked = "import sys; from icpfit.pipelines.dispatch import main; sys.exit(main(['--help']))"
    helped, _ = process_run([sys.executable, "-c", asked], stdout=subprocess.DEVNULL)
    return f"icpfit --help: {helped - bare:.2f} s of CPU more than Python itself (target 1)"


if __name__ == "__main__":
    sys.exit(main())
