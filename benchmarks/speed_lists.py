"""The list benchmark: CPU per row and peak memory of whole processes, CSV to CSV.

python -m benchmarks.speed_lists --rows 10000,100000,1000000,10000000 --slow-rows 10000,100000
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.list_differences import contradictions, differences
from benchmarks.list_market import write_market_list, write_market_model
from benchmarks.list_table import REFERENCE_ROWS, ListRun, list_lines
from benchmarks.processes import machine, process_run

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main", "room_lacking"]

# The nearest one last: a shared machine's speed moves by a third within half an hour, and icpfit's
# own million rows, which its figure is held against, come next.
SLOW = ("shapash", "pipeline", "contrib")
NO_SHAPASH = (
    "shapash: left out; --shapash takes a Python in which benchmarks/requirements-shapash.txt is "
    "installed, and `make benchmark-speed` makes one in .venv-shapash"
)
_HAS_SHAPASH = (
    "import sys; from importlib.util import find_spec; "
    "sys.exit(None in map(find_spec, ('shapash', 'lightgbm', 'pandas')))"
)
_START_ROWS = 10
_REPEATED_UP_TO = REFERENCE_ROWS
_REPEATS = 3
_LIST_BYTES, _SCORED_BYTES = 300, 700  # a row, with some to spare


@dataclass
class _Bench:
    """Where the lists lie, what was measured, and what differed."""

    place: Path
    shapash: str | None
    starts: dict[tuple[str, str], float] = field(default_factory=dict)
    runs: list[ListRun] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def run(self, way: str, model: str, rows: int) -> None:
        """Score the list of so many rows in one way, and keep what it cost."""
        print(f"{way}, {model}, {rows:,} rows … ", end="", file=sys.stderr, flush=True)
        if (way, model) not in self.starts:
            self._scored(way, model, _START_ROWS)  # fills the cache of what is compiled
            again = _REPEATS if way == "tables" else 1
            few = [self._scored(way, model, _START_ROWS)[0] for _ in range(again)]
            self.starts[way, model] = statistics.median(few)
        again = _REPEATS if way == "tables" and rows <= _REPEATED_UP_TO else 1
        costs = [self._scored(way, model, rows) for _ in range(again)]
        cpu = statistics.median(cost for cost, _ in costs)
        peak = max(memory for _, memory in costs)
        print(f"{cpu:.1f} s of CPU, {peak:,.0f} MB", file=sys.stderr, flush=True)
        self.runs.append(ListRun(way, model, rows, cpu, self.starts[way, model], peak))

    def compare(self, way: str, model: str, rows: int) -> None:
        """Hold one way's cells against those of the tables."""
        ours, theirs = self.scored("tables", model, rows), self.scored(way, model, rows)
        found = (contradictions if way == "shapash" else differences)(ours, theirs)
        self.wrong += [f"{way}, {rows:,} rows: {line}" for line in found]
        print(*(found or ["… says the same as the tables"]), sep="\n", file=sys.stderr, flush=True)
        theirs.unlink()

    def scored(self, way: str, model: str, rows: int) -> Path:
        """Return where a way's scored list lies."""
        return self.place / f"{way}_{model}_{rows}.csv"

    def listed(self, rows: int) -> Path:
        """Return the list of so many rows, written where it isn't yet."""
        path = self.place / f"list_{rows}.csv"
        if not path.exists():
            write_market_list(path, rows)
        return path

    def _scored(self, way: str, model: str, rows: int) -> tuple[float, float]:
        python, module = [sys.executable], ["-m", "benchmarks.list_sides", way]
        if way == "shapash":
            # By its path, not as a module: so that nothing of icpfit is on its way.
            python, module = [str(self.shapash)], [str(Path(__file__).with_name("shapash_side.py"))]
        paths = [self.place / model, self.listed(rows), self.scored(way, model, rows)]
        told = subprocess.DEVNULL if way == "shapash" else None  # it says which explainer it uses
        return process_run([*python, *module, *map(str, paths)], told)


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
    parser.add_argument("--models", default="300x31", help="trees x leaves, by tables")
    parser.add_argument("--compared", default="300x31", help="the one that all ways score with")
    parser.add_argument("--rows", default="10000,100000,1000000", help="for the tables")
    parser.add_argument("--slow-rows", default="10000", help="for the other ways")
    parser.add_argument("--shapash", help="a Python that has shapash")
    told = parser.parse_args(given)
    models = list(dict.fromkeys([told.compared, *told.models.split(",")]))
    slow_rows = _counts(told.slow_rows)
    rows = sorted({*_counts(told.rows), *slow_rows})
    # One size is enough to tell the models apart.
    wide = max((count for count in rows if count <= REFERENCE_ROWS), default=rows[0])
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(Path(folder), told.shapash)
        slow = SLOW if _has_shapash(told.shapash) else SLOW[1:]
        if slow != SLOW:
            bench.notes.append(NO_SHAPASH)
        for model in models:
            trees, leaves = (int(size) for size in model.split("x"))
            write_market_model(bench.place / model, trees, leaves)
        for count in rows:
            lacking = room_lacking(bench.place, count, beside=count in slow_rows)
            if lacking:
                bench.notes.append(lacking)
                continue
            for model in models if count == wide else [told.compared]:
                bench.run("tables", model, count)
                if model != told.compared:
                    bench.scored("tables", model, count).unlink()
            for way in slow if count in slow_rows else ():
                bench.run(way, told.compared, count)
                bench.compare(way, told.compared, count)
            bench.scored("tables", told.compared, count).unlink()
            bench.listed(count).unlink()
        print(f"{machine()}; one thread; CPU of whole processes; CSV to CSV; 25 columns")
        if bench.runs:
            print(*list_lines(bench.runs, told.compared), sep="\n")
        same = f"all ways say the same: {', '.join(('tables', *slow))}"
        print(*(bench.wrong or [same]), *bench.notes, sep="\n")
    return int(bool(bench.wrong))


def room_lacking(place: Path, rows: int, *, beside: bool) -> str:
    """Return that the disk has no room for a list and what is made of it.

    Parameters
    ----------
    place : Path
        Where they would be written.
    rows : int
        Of the list.
    beside : bool
        Whether another way's scored list lies beside icpfit's.

    Returns
    -------
    str
        A line; empty where there is room.
    """
    needed = rows * (_LIST_BYTES + _SCORED_BYTES * (1 + beside))
    free = shutil.disk_usage(place).free
    if needed <= free:
        return ""
    return (
        f"{rows:,} rows: left out; they take {needed / 1e9:.1f} GB of disk and {free / 1e9:.1f} GB "
        "are free; TMPDIR says where they are written"
    )


def _has_shapash(python: str | None) -> bool:
    if python is None:
        return False
    try:
        asked = subprocess.run([python, "-c", _HAS_SHAPASH], check=False)
    except OSError:
        return False
    return asked.returncode == 0


def _counts(text: str) -> list[int]:
    return [int(count) for count in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
