"""The speed benchmark: CPU per row of exact SHAP values, by tables and by what there was before.

python -m benchmarks.speed --models 300x31 --rows 100000 --slow-rows 10000
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lightgbm as lgb
import numpy as np

from benchmarks.processes import machine
from benchmarks.speed_market import forest_text, market_rows
from icpfit.attribution.tables import shapley_tables
from icpfit.attribution.values import shapley_values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

__all__ = ["Measured", "main", "measured", "speed_lines"]

HEADER = (
    f"{'model':>9}  {'way':<14}{'rows':>10}{'us/row':>10}{'x tables':>9}{'ready s':>9}"
    f"{'peak MB':>9}{'off by':>9}"
)
WAYS = ("tables", "pred_contrib", "TreeExplainer")
COMPARED = 500
TARGET = 80


@dataclass(frozen=True)
class Measured:
    """One way of explaining one forest, measured in a process of its own.

    Parameters
    ----------
    model, way : str
        Trees x leaves; one of `WAYS`.
    rows : int
        Rows that were explained.
    per_row : float
        CPU microseconds per row, median of the repeats, on one thread.
    ready : float
        CPU seconds before the first row: parsing, tables, compiling; shap's import.
    memory : float
        Peak memory of the process in MB, rows and values included.
    off : float
        Largest difference from pred_contrib over 500 rows, in units of the raw score.
    """

    model: str
    way: str
    rows: int
    per_row: float
    ready: float
    memory: float
    off: float


def measured(model: str, way: str, text: str, rows: int, repeats: int) -> Measured:
    """Return how fast one way explains one forest.

    Parameters
    ----------
    model, way : str
        Trees x leaves; one of `WAYS`.
    text : str
        The forest.
    rows : int
        How many to explain.
    repeats : int
        How often.

    Returns
    -------
    Measured
        CPU time of this process, which the wall clock's neighbours don't change much.
    """
    began = time.process_time()
    booster = lgb.Booster(model_str=text)
    values = _way(way, booster)
    values(market_rows(10, 2))
    ready = time.process_time() - began
    asked = market_rows(rows, 1)
    times = []
    for _ in range(repeats):
        began = time.process_time()
        found = values(asked)
        times.append(time.process_time() - began)
    first = min(COMPARED, rows)
    expected = np.asarray(booster.predict(asked[:first], pred_contrib=True, num_threads=1))
    off = float(np.abs(np.asarray(found)[:first, :25] - expected[:, :25]).max())
    per_row = statistics.median(times) / rows * 1e6
    return Measured(model, way, rows, per_row, ready, _peak(), off)


def speed_lines(found: Sequence[Measured]) -> list[str]:
    """Return the table, with how many times as much CPU each way takes.

    Parameters
    ----------
    found : sequence of Measured
        With the tables' figure of each model.

    Returns
    -------
    list of str
        A line each.
    """
    ours = {one.model: one.per_row for one in found if one.way == "tables"}
    lines = []
    for one in found:
        ratio = one.per_row / ours[one.model]
        verdict = ""
        if one.way == "pred_contrib":
            verdict = f"  target {TARGET}: {'reached' if ratio >= TARGET else 'MISSED'}"
        lines.append(
            f"{one.model:>9}  {one.way:<14}{one.rows:>10,}{one.per_row:>10,.2f}{ratio:>9,.0f}"
            f"{one.ready:>9.2f}{one.memory:>9,.0f}{one.off:>9.0e}{verdict}"
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
        1 when the values differ, else 0; a machine that is too slow is no mistake.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--models", default="100x31,300x31,1000x31", help="trees x leaves")
    parser.add_argument("--rows", type=int, default=200_000, help="for the tables")
    parser.add_argument("--slow-rows", type=int, default=10_000, help="for the other two")
    parser.add_argument("--repeats", type=int, default=3)
    told = parser.parse_args(given)
    print(f"{machine()}; one thread; CPU time; 25 columns, 8 of them categories")
    print(HEADER, flush=True)
    found: list[Measured] = []
    for model in told.models.split(","):
        trees, leaves = (int(size) for size in model.split("x"))
        text = forest_text(trees, leaves)
        for way in WAYS:
            is_ours = way == "tables"
            rows, repeats = (told.rows, told.repeats) if is_ours else (told.slow_rows, 1)
            # A process of its own: nothing is warm, and the peak is its own.
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                found.append(pool.submit(measured, model, way, text, rows, repeats).result())
            print(speed_lines(found)[-1], flush=True)
    return int(any(one.off > 1e-9 for one in found))


def _way(way: str, booster: Any) -> Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]:
    if way == "tables":
        tables = shapley_tables(booster)
        return lambda rows: shapley_values(tables, rows)
    if way == "pred_contrib":
        return lambda rows: booster.predict(rows, pred_contrib=True, num_threads=1)
    import shap  # noqa: PLC0415 - its import is part of what it costs

    # TreeExplainer asks LightGBM for its own values, on as many threads as the booster says.
    booster.params["num_threads"] = 1
    explain = shap.TreeExplainer(booster, feature_perturbation="tree_path_dependent")
    warnings.filterwarnings("ignore", "LightGBM binary classifier", UserWarning)
    return lambda rows: explain.shap_values(rows, check_additivity=False)


def _peak() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        # Linux counts what the parent held at the start in ru_maxrss, too, but not in this.
        told = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
        return int(told["VmHWM"].split()[0]) / 2**10
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:  # Windows counts otherwise
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    sys.exit(main())
