"""How near icpfit comes to the best possible, and the others on the same draws."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.contenders import OTHERS, said, trained
from benchmarks.worlds import best_auc, company

if TYPE_CHECKING:
    from benchmarks.worlds import Floats, WorldName

__all__ = ["TARGETS", "margin_of_top", "nearness"]

JUDGED_ROWS = 6_000
TOP = 0.20
TARGETS = {
    # customers learned from: AUC / optimum on average, in the worst world, margin of the top 20 %
    300: (0.854, 0.80, 0.71),
    1_000: (0.922, 0.89, 0.89),
    3_000: (0.957, 0.935, 0.935),
    10_000: (0.978, 0.965, 0.96),
}


def nearness(world: WorldName, n: int, seed: int, rows: int = JUDGED_ROWS) -> dict[str, Any]:
    """Train everybody on n customers and judge them on fresh ones, by the known truth.

    Parameters
    ----------
    world : {"A", "B", "C"}
        The kind of company.
    n : int
        Customers to learn from.
    seed : int
        The company.
    rows : int
        Fresh customers to judge on; without the luck of outcomes, as the truth of each is known.

    Returns
    -------
    dict
        AUC and margin of the top 20 %, each over the optimum; the signal; seconds of CPU.
    """
    learned, judged = company(world, n, seed), company(world, rows, seed, draw=1)
    p, money = judged.probability, judged.expected_margin
    best, most = best_auc(p), margin_of_top(money, money)
    began = time.process_time()
    model = trained(learned, seed)
    seconds = time.process_time() - began
    found = said(model, judged)
    auc = {"icpfit": best_auc(p, found.fit_if_won)}
    auc |= {name: best_auc(p, other(learned, judged, seed)) for name, other in OTHERS.items()}
    return {
        "part": "nearness",
        "world": world,
        "n": n,
        "seed": seed,
        "best_auc": best,
        "auc": auc,
        "margin_top": margin_of_top(found.margin_if_won, money) / most,
        "margin_top_by_fit": margin_of_top(found.fit_if_won, money) / most,
        "margin_top_at_random": TOP * float(money.sum()) / most,
        "excess_brier": float(np.mean((found.fit_if_won - p) ** 2)),
        "signal": model.signal.tier,
        "cpu_seconds": seconds,
    }


def margin_of_top(score: Floats, money: Floats, share: float = TOP) -> float:
    """Return the sum of money over the share of rows that score highest.

    Parameters
    ----------
    score, money : ndarray of float, shape (n,)
        What ranks, and what is summed.
    share : float
        Between 0 and 1.

    Returns
    -------
    float
        Rows with equal scores share the places that are left, in expectation.

    Examples
    --------
    >>> margin_of_top(np.array([3.0, 2.0, 2.0, 1.0]), np.array([10.0, 4.0, 0.0, -5.0]), 0.5)
    12.0
    """
    k = share * len(score)
    level, place, count = np.unique(-score, return_inverse=True, return_counts=True)
    taken = np.clip(k - (np.cumsum(count) - count), 0, count) / count
    return float(money @ taken[place]) if len(level) else 0.0
