"""The whole product: a model trained on the demo company scores its prospects, many times over.

python -m benchmarks.speed_product --rows 100000,1000000
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from benchmarks.processes import icpfit_command, machine, memory_verdict, process_run

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ProductRun", "main", "product_lines", "unlike_copies", "write_prospects"]

HEADER = f"{'what':<34}{'rows':>11}{'CPU s':>8}{'us/row':>9}{'beyond start':>14}{'peak MB':>9}"
COPIED = ("fit_grade", "fit_score", "margin_if_won", "fit_if_won", "reasons_for", "reasons_against")
"""What says the same of a company's copies, which differ by number, name and site only."""
EXPORTED = 2_000  # prospects of the demo company
_START_ROWS = 10
_ROW_BYTES = 1_200  # of the list and the scored list together


@dataclass(frozen=True)
class ProductRun:
    """One process.

    Parameters
    ----------
    what : str
        In words.
    rows : int
        Of the list.
    cpu, start : float
        CPU seconds of the process, and of one for ten rows.
    memory : float
        Peak memory in MB.
    """

    what: str
    rows: int
    cpu: float
    start: float
    memory: float


def write_prospects(exported: Path, out: Path, rows: int) -> None:
    """Write the demo's prospects again and again, under other numbers, names and sites.

    Parameters
    ----------
    exported : Path
        The demo's own list.
    out : Path
        The long one.
    rows : int
        How many.
    """
    with exported.open(encoding="utf-8-sig", newline="") as file:
        header, *found = csv.reader(file)
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for number in range(rows):
            row, again = found[number % len(found)], number // len(found)
            if again:
                site = row[2] and f"{again}-{row[2]}"
                row = [f"N{number:08d}", f"{row[1]} {again}", site, *row[3:]]
            writer.writerow(row)


def unlike_copies(scored: Path, exported: int) -> list[str]:
    """Return which columns say something else of a copy than of the company itself.

    Parameters
    ----------
    scored : Path
        The scored list.
    exported : int
        Rows after which the copies begin.

    Returns
    -------
    list of str
        A line for each column of `COPIED` that does.
    """
    wrong: dict[str, int] = {}
    pieces = pd.read_csv(
        scored, dtype=str, usecols=list(COPIED), keep_default_na=False, chunksize=exported
    )
    with pieces:
        first = next(pieces)
        for piece in pieces:
            for name in COPIED:
                other = piece[name].to_numpy() != first[name].to_numpy()[: len(piece)]
                if other.any():
                    wrong[name] = wrong.get(name, 0) + int(other.sum())
    return [f"{name}: {count} copies unlike their company" for name, count in wrong.items()]


def product_lines(runs: Sequence[ProductRun]) -> list[str]:
    """Return the table.

    Parameters
    ----------
    runs : sequence of ProductRun
        Scored lists.

    Returns
    -------
    list of str
        A line each, and one for the memory.
    """
    lines = [HEADER]
    for run in runs:
        beyond = max(run.cpu - run.start, 0.0) / run.rows * 1e6
        lines.append(
            f"{run.what:<34}{run.rows:>11,}{run.cpu:>8.1f}{run.cpu / run.rows * 1e6:>9.1f}"
            f"{beyond:>14.1f}{run.memory:>9,.0f}"
        )
    hungriest = max(runs, key=lambda run: run.memory)
    return [*lines, memory_verdict(hungriest.memory, hungriest.rows)]


def main(given: Sequence[str] | None = None) -> int:
    """Run the benchmark and print the table.

    Parameters
    ----------
    given : sequence of str, optional
        Arguments of the command line.

    Returns
    -------
    int
        1 when a copy is scored unlike its company, else 0.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed_product", description=__doc__)
    parser.add_argument("--rows", default="100000,1000000")
    parser.add_argument("--root", type=Path, help="where the demo was trained; it isn't changed")
    told = parser.parse_args(given)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        if told.root is None:
            _train(root)
        else:
            shutil.copytree(told.root, root)
        exported = root / "data" / "demo" / "prospects.csv"
        with exported.open(encoding="utf-8-sig", newline="") as file:
            own = sum(1 for _ in csv.reader(file)) - 1
        _scored(root, _START_ROWS)  # fills the cache of what is compiled
        start = statistics.median(_scored(root, _START_ROWS)[0] for _ in range(3))
        runs, wrong, notes = [], [], []
        for rows in map(int, told.rows.split(",")):
            free = shutil.disk_usage(root).free
            if rows * _ROW_BYTES > free:
                notes.append(f"{rows:,} rows: left out; {free / 1e9:.1f} GB of disk are free")
                continue
            print(f"icpfit score, {rows:,} rows … ", end="", file=sys.stderr, flush=True)
            cpu, memory = _scored(root, rows)
            print(f"{cpu:.1f} s of CPU, {memory:,.0f} MB", file=sys.stderr, flush=True)
            runs.append(ProductRun("icpfit score, all that it adds", rows, cpu, start, memory))
            out = root / f"scored_{rows}.csv"
            wrong += unlike_copies(out, own)
            out.unlink()
            (root / f"list_{rows}.csv").unlink()
        print(f"{machine()}; one thread; CPU of whole processes; CSV to CSV; {_model_words(root)}")
        if runs:
            print(*product_lines(runs), sep="\n")
        same = "each copy is graded and explained as its company is"
        print(*(wrong or [same]), *notes, sep="\n")
    return int(bool(wrong))


def _train(root: Path) -> None:
    from icpfit.data.demo.company import write_demo_company  # noqa: PLC0415 - not for a given root

    print("training the demo company's model …", file=sys.stderr, flush=True)
    write_demo_company(root / "data" / "demo", prospects=EXPORTED)
    words = ("train", "data=demo", "evidence=quick", f"root={root}")
    quiet = subprocess.DEVNULL
    process_run(icpfit_command(*words), quiet, stderr=quiet, cwd=root)


def _scored(root: Path, rows: int) -> tuple[float, float]:
    listed, out = root / f"list_{rows}.csv", root / f"scored_{rows}.csv"
    if not listed.exists():
        write_prospects(root / "data" / "demo" / "prospects.csv", listed, rows)
    # What was trained isn't in use yet: the list says so, and all else is as in use.
    words = ("data=demo", f"root={root}", f"prospects={listed}", f"out={out}", "model=challenger")
    quiet = subprocess.DEVNULL
    return process_run(icpfit_command("score", *words), quiet, stderr=quiet, cwd=root)


def _model_words(root: Path) -> str:
    [found, *_] = islice(root.rglob("bundle/model.json"), 1)
    model = json.loads(found.read_text(encoding="utf-8"))
    sizes = []
    for side, count in sorted(model["forests"].items()):
        texts = [
            (found.parent / f"{side}_{k}.txt").read_text(encoding="utf-8") for k in range(count)
        ]
        trees = sum(line.startswith("Tree=") for text in texts for line in text.splitlines())
        sizes.append(f"{side}: {trees:,} trees in {count} forest{'s' * (count > 1)}")
    return f"{len(model['features'])} facts; {'; '.join(sizes)}"


if __name__ == "__main__":
    sys.exit(main())
