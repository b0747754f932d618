"""The truth benchmark: each target beside what icpfit reaches on companies whose truth is known.

python -m benchmarks.truth --seeds 4 --sizes 300,1000
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import honesty, nearness, segments
from benchmarks.segments_table import segment_lines
from benchmarks.truth_table import lines
from benchmarks.worlds import WORLDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["main", "results"]

PARTS = ("nearness", "shuffled", "coverage", "promotion", "segments")
SHUFFLED_SIZES = (300, 1_000)
SEGMENT_ROWS_QUICK = 400
RESULTS = Path(__file__).parent / "results"

Job = tuple[str, tuple[Any, ...]]


def jobs(
    parts: Sequence[str], sizes: Sequence[int], seeds: Sequence[int], *, quick: bool
) -> list[Job]:
    """List what is to be run, the longest first.

    Parameters
    ----------
    parts : sequence of str
        Some of nearness, shuffled, coverage, promotion, segments.
    sizes : sequence of int
        Customers to learn from.
    seeds : sequence of int
        Companies of each world.
    quick : bool
        The plumbing only: few rows, few draws.

    Returns
    -------
    list of tuple
        The part and its arguments.
    """
    each = [(world, seed) for seed in seeds for world in (WORLDS[:1] if quick else WORLDS)]
    found: list[Job] = []
    if "promotion" in parts and not quick:
        found += [("promotion", (w, s, 8)) for w, s in each]
    if "coverage" in parts:
        found += [("coverage", (w, s, *((2, 2_000) if quick else (20, 40_000)))) for w, s in each]
    if "nearness" in parts:
        found += [
            ("nearness", (w, n, s, 1_000 if quick else 6_000))
            for n in sorted(sizes, reverse=True)
            for w, s in each
        ]
    if "shuffled" in parts:
        small = SHUFFLED_SIZES[:1] if quick else SHUFFLED_SIZES
        found += [("shuffled", (w, n, s)) for n in small for w, s in each]
    if "segments" in parts:
        n = SEGMENT_ROWS_QUICK if quick else segments.LEARNED_ROWS
        found += [("segments", (s, n, 2_000 if quick else segments.MARKET_ROWS)) for s in seeds]
        found += [("shuffled segments", (w, n, s)) for w, s in each]
    return found


def results(
    todo: Sequence[Job], processes: int, progress: Callable[[str], None] | None = None
) -> list[dict[str, Any]]:
    """Run all jobs, each in one thread of one process.

    Parameters
    ----------
    todo : sequence of tuple
        From `jobs`.
    processes : int
        How many at once.
    progress : callable, optional
        Told of each job done.

    Returns
    -------
    list of dict
        In the order of `todo`, whatever finished first.
    """
    told = progress or (lambda _text: None)
    began = time.monotonic()
    if processes <= 1:
        found = []
        for i, job in enumerate(todo):
            found.append(_run(job))
            told(f"{i + 1} of {len(todo)}, {time.monotonic() - began:.0f} s: {job[0]} {job[1]}")
        return found
    done: dict[int, dict[str, Any]] = {}
    with ProcessPoolExecutor(processes) as pool:
        waiting = {pool.submit(_run, job): i for i, job in enumerate(todo)}
        for future in as_completed(waiting):
            i = waiting[future]
            done[i] = future.result()
            told(f"{len(done)} of {len(todo)}, {time.monotonic() - began:.0f} s: {todo[i]}")
    return [done[i] for i in range(len(todo))]


def main(given: Sequence[str] | None = None) -> int:
    """Run the benchmark, print the table, write the runs as JSON.

    Parameters
    ----------
    given : sequence of str, optional
        Arguments of the command line.

    Returns
    -------
    int
        0: a target that is missed is a figure in the table, not an error.
    """
    parser = argparse.ArgumentParser(prog="benchmarks.truth", description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=4, help="companies of each world")
    parser.add_argument("--first-seed", type=int, default=0, help="seeds never tuned on: 100 on")
    parser.add_argument("--sizes", default="300,1000,3000", help="customers to learn from")
    parser.add_argument("--parts", default=",".join(PARTS), help="which parts")
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--quick", action="store_true", help="the plumbing only")
    parser.add_argument("--out", type=Path, default=None, help="where the JSON goes")
    told = parser.parse_args(given)
    parts = told.parts.split(",")
    unknown = sorted(set(parts) - set(PARTS))
    if unknown:
        parser.error(f"--parts: {', '.join(unknown)} isn't one of {', '.join(PARTS)}")
    sizes = [int(n) for n in ([300] if told.quick else told.sizes.split(","))]
    seeds = range(told.first_seed, told.first_seed + (1 if told.quick else told.seeds))
    todo = jobs(parts, sizes, seeds, quick=told.quick)
    found = results(todo, told.processes, lambda text: print(text, file=sys.stderr, flush=True))
    print("\n".join([*lines(found), *segment_lines(found)]))
    out = told.out or RESULTS / f"truth-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(
        json.dumps({"arguments": vars(told) | {"out": str(out)}, "runs": found}, indent=1)
    )
    print(f"\nruns: {out}")
    return 0


def _run(job: Job) -> dict[str, Any]:
    part, arguments = job
    runs: dict[str, Callable[..., dict[str, Any]]] = {
        "nearness": nearness.nearness,
        "coverage": honesty.coverage,
        "shuffled": honesty.shuffled_run,
        "promotion": honesty.promotion,
        "segments": segments.segments_run,
        "shuffled segments": segments.shuffled_segments_run,
    }
    return runs[part](*arguments)


if __name__ == "__main__":
    sys.exit(main())
