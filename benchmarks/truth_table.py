"""The table of the truth benchmark: target, what is reached, its standard error, the verdict."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.nearness import TARGETS

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["line", "lines", "mean_error"]

Run = dict[str, Any]


def lines(runs: Sequence[Run]) -> list[str]:
    """Put all runs into a table of text.

    Parameters
    ----------
    runs : sequence of dict
        What the parts returned, in any order.

    Returns
    -------
    list of str
        Standard errors are over the companies of each world; a target is "met" or "short by".
    """
    said = [f"{'what':<58}{'target':>9}{'reached':>9}{'se':>7}  verdict"]
    said += _nearness([r for r in runs if r["part"] == "nearness"])
    said += _shuffled([r for r in runs if r["part"] == "shuffled"])
    said += _coverage([r for r in runs if r["part"] == "coverage"])
    said += _promotion([r for r in runs if r["part"] == "promotion"])
    return said


def line(
    what: str,
    target: float,
    values: Sequence[float],
    *,
    most: bool = False,
    worlds: Sequence[str] | None = None,
) -> str:
    """Write one line; `most` when the target is an upper bound; `worlds` as in `mean_error`."""
    reached = float(np.mean(values))
    error = mean_error(values, worlds)
    gap = reached - target if most else target - reached
    shown = "" if math.isnan(target) else f"{'<=' if most else '>='}{target:.3f}"
    verdict = "" if math.isnan(target) else ("met" if gap <= 0 else f"short by {gap:.3f}")
    return f"{what:<58}{shown:>9}{reached:>9.3f}{error:>7.3f}  {verdict}".rstrip()


def mean_error(values: Sequence[float], worlds: Sequence[str] | None = None) -> float:
    """Return the standard error of a mean over companies.

    Parameters
    ----------
    values : sequence of float
        One figure a company.
    worlds : sequence of str, optional
        The world of each company. The worlds are the three that the target is a mean over, not a
        sample of worlds, so what lies between them is no luck: the error is that of the means of
        the worlds, each weighed by its share of the companies. Without it, all are one world.

    Returns
    -------
    float
        ``sqrt(sum_w n_w s_w^2) / n``; NaN where a world has a single company.

    Examples
    --------
    >>> mean_error([1.0, 1.0, 3.0, 3.0], ["A", "A", "B", "B"])
    0.0
    >>> round(mean_error([1.0, 1.0, 3.0, 3.0]), 3)
    0.577
    """
    given = np.asarray(values, dtype=np.float64)
    places = np.zeros(len(given)) if worlds is None else np.asarray(worlds)
    inside = [given[places == world] for world in np.unique(places)]
    if min(len(part) for part in inside) < 2:
        return math.nan
    return float(math.sqrt(sum(len(p) * np.var(p, ddof=1) for p in inside)) / len(given))


def _nearness(runs: Sequence[Run]) -> list[str]:
    said: list[str] = []
    for n in sorted({r["n"] for r in runs}):
        cells = [r for r in runs if r["n"] == n]
        mean, worst, money = TARGETS.get(n, (math.nan,) * 3)
        ratio = {w: [_ratio(r) for r in cells if r["world"] == w] for w in _worlds(cells)}
        where = [r["world"] for r in cells]
        weakest = min(ratio, key=lambda w: float(np.mean(ratio[w])))
        said += ["", f"learned from {n:,} customers, {len(cells)} companies"]
        said.append(line("AUC / optimum", mean, [_ratio(r) for r in cells], worlds=where))
        said.append(line(f"AUC / optimum, worst world ({weakest})", worst, ratio[weakest]))
        said.append(
            line(
                "margin of the top 20 % / optimum",
                money,
                [r["margin_top"] for r in cells],
                worlds=where,
            )
        )
        for what, key in (("by P(fit)", "margin_top_by_fit"), ("random", "margin_top_at_random")):
            values = [r[key] for r in cells]
            said.append(line(f"  the same, ranked {what}", math.nan, values, worlds=where))
        others = sorted(set(cells[0]["auc"]) - {"icpfit"})
        for other in others:
            values = [_ratio(r, other) for r in cells]
            said.append(line(f"  {other}: AUC / optimum", math.nan, values, worlds=where))
        ahead = {o: [r["auc"]["icpfit"] - r["auc"][o] for r in cells] for o in others}
        # At one size the mean of a world is what is held against -.003: single draws are luck.
        by_world = [
            [r["auc"]["icpfit"] - r["auc"]["LightGBM"] for r in cells if r["world"] == w]
            for w in _worlds(cells)
        ]
        said.append(
            line(
                "AUC ahead of default LightGBM, least of the worlds",
                -0.003,
                min(by_world, key=lambda values: float(np.mean(values))),
            )
        )
        goal = 0.015 if n <= 3_000 else math.nan
        said.append(
            line("AUC ahead of default LightGBM, mean", goal, ahead["LightGBM"], worlds=where)
        )
        rivals = [o for o in others if o != "LightGBM"]
        best = max(rivals, key=lambda o: float(np.mean([r["auc"][o] for r in cells])))
        values = ahead[best]
        slack = 2 * mean_error(values, where)
        asked = 0.0 if math.isnan(slack) else -slack
        said.append(line(f"AUC ahead of {best}, the better rival", asked, values, worlds=where))
        said.append(
            line(
                "share of runs that pass the no-signal gate",
                math.nan,
                [float(r["signal"] == "signal") for r in cells],
            )
        )
        said.append(line("CPU seconds to train", math.nan, [r["cpu_seconds"] for r in cells]))
    return said


def _shuffled(runs: Sequence[Run]) -> list[str]:
    if not runs:
        return []
    said = ["", f"shuffled outcomes, {len(runs)} runs"]
    for what, target, hits in (
        ("claims a signal", 0.03, [r["signal"] == "signal" for r in runs]),
        ("puts a first model in use", 0.03, [r["decision"] == "PROMOTE" for r in runs]),
        ("claims at least an exploratory signal", 0.10, [r["signal"] != "none" for r in runs]),
    ):
        said.append(line(what, target, [float(hit) for hit in hits], most=True))
    return said


def _coverage(runs: Sequence[Run]) -> list[str]:
    if not runs:
        return []
    draws = runs[0]["draws"]
    said = ["", f"90 % intervals that hold the truth, {len(runs)} models, {draws} hold-outs each"]
    for size in runs[0]["held"]:
        for figure in runs[0]["held"][size]:
            asked = 0.85 if figure != "money" or int(size) >= 600 else math.nan
            values = [r["held"][size][figure] for r in runs]
            said.append(line(f"{figure}, hold-out of {size}", asked, values))
    return said


def _promotion(runs: Sequence[Run]) -> list[str]:
    if not runs:
        return []
    said = ["", f"promotion at 600 accounts, {len(runs)} pairs, {runs[0]['draws']} hold-outs each"]
    said.append(
        line("truly worse put in use", 0.05, [r["in_use"]["worse"] for r in runs], most=True)
    )
    said.append(line("truly better put in use", 0.75, [r["in_use"]["better"] for r in runs]))
    for name in ("worse", "better"):
        values = [r["promoted"][name] for r in runs]
        said.append(line(f"  of these by PROMOTE, truly {name}", math.nan, values))
    return said


def _ratio(run: Run, who: str = "icpfit") -> float:
    return float(run["auc"][who] / run["best_auc"])


def _worlds(cells: Sequence[Run]) -> list[str]:
    return sorted({r["world"] for r in cells})
