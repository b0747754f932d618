"""The table of the list benchmark: each way of scoring against icpfit's at a million rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.processes import memory_verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["HEADER", "REFERENCE_ROWS", "TARGETS", "ListRun", "list_lines"]

HEADER = (
    f"{'way':<9}{'model':>9}{'rows':>12}{'CPU s':>9}{'us/row':>10}{'x':>6}"
    f"{'beyond start':>14}{'x':>6}{'peak MB':>9}"
)
TARGETS = {"pipeline": 120, "contrib": 80}
"""How many times as much CPU per row as icpfit's each way takes, by what was promised."""
REFERENCE_ROWS = 1_000_000


@dataclass(frozen=True)
class ListRun:
    """One process.

    Parameters
    ----------
    way : str
        One of `benchmarks.list_sides.SIDES`, or shapash.
    model : str
        Trees x leaves.
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
    model: str
    rows: int
    cpu: float
    start: float
    memory: float

    @property
    def whole(self) -> float:
        """CPU microseconds per row of the whole process."""
        return self.cpu / self.rows * 1e6

    @property
    def beyond(self) -> float:
        """CPU microseconds per row beyond the start."""
        return max(self.cpu - self.start, 1e-6) / self.rows * 1e6


def list_lines(runs: Sequence[ListRun], compared: str) -> list[str]:
    """Return the table, each way against the tables' figure at a million rows.

    Parameters
    ----------
    runs : sequence of ListRun
        Some of them by tables, with the model that is compared.
    compared : str
        Trees x leaves of the model that all ways were run with.

    Returns
    -------
    list of str
        A line each, and one for the memory. A target is judged where the other way had most rows,
        by whole processes; what it would be without both starts is said beside.
    """
    ours = [run for run in runs if (run.way, run.model) == ("tables", compared)]
    # Where a million rows were left out, the nearest number of them stands in.
    reference = min(ours, key=lambda run: (abs(run.rows - REFERENCE_ROWS), -run.rows))
    lines = [HEADER]
    for run in runs:
        whole, beyond = run.whole / reference.whole, run.beyond / reference.beyond
        verdict = ""
        most = max(other.rows for other in runs if other.way == run.way)
        if run.way in TARGETS and run.rows == most:
            target = TARGETS[run.way]
            verdict = f"  target {target}: {_reached(whole, target)}"
            verdict += f" (beyond start: {_reached(beyond, target)})"
        lines.append(
            f"{run.way:<9}{run.model:>9}{run.rows:>12,}{run.cpu:>9.1f}{run.whole:>10.1f}"
            f"{whole:>6,.{_decimals(whole)}f}{run.beyond:>14.1f}{beyond:>6,.{_decimals(beyond)}f}"
            f"{run.memory:>9,.0f}{verdict}"
        )
    hungriest = max((run for run in runs if run.way == "tables"), key=lambda run: run.memory)
    lines.append(f"x is over icpfit's tables, {compared}, {reference.rows:,} rows")
    lines.append(memory_verdict(hungriest.memory, hungriest.rows))
    return lines


def _reached(ratio: float, target: float) -> str:
    return "reached" if ratio >= target else "MISSED"


def _decimals(ratio: float) -> int:
    return 0 if ratio >= 9.95 else 1
