"""The student: one forest that says what a teacher says, with reasons that add up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from icpfit.fit.boosting import BoosterSettings, parameters
from icpfit.fit.forests import forest

if TYPE_CHECKING:
    from collections.abc import Callable

    from icpfit.fit.contract import FeatureContract

__all__ = ["mixed_accounts", "student"]

Floats = npt.NDArray[np.float64]

MIXED = 12_000
SWAPPED = 0.3
TAIL = 0.001
TREES = 300
DECIMALS = 6
SETTINGS = BoosterSettings("relaxed", 16, -1, 0.1, 0.1, 1, False, 10, 5, 0.6, 1)


def mixed_accounts(matrix: Floats, count: int, seed: int) -> Floats:
    """Return accounts that might have been: mixed from those that are.

    Parameters
    ----------
    matrix : numpy.ndarray of float64, shape (n, p)
        Features of real accounts.
    count : int
        How many to make.
    seed : int
        Of the draws.

    Returns
    -------
    numpy.ndarray of float64, shape (count, p)
        Every value stands in the same column of some row.

    Examples
    --------
    >>> mixed_accounts(np.array([[1.0, 10.0], [2.0, 20.0]]), 4, seed=1).shape
    (4, 2)
    """
    draw = np.random.default_rng(seed)
    first, second = draw.integers(0, len(matrix), (2, count))
    swapped = draw.random((count, matrix.shape[1])) < SWAPPED
    return np.asarray(np.where(swapped, matrix[second], matrix[first]), dtype=np.float64)


def student(
    matrix: Floats,
    expectation: Callable[[Floats], Floats],
    contract: FeatureContract,
    seed: int,
    mixed: int = MIXED,
) -> Any:
    """Return a forest grown on what a teacher expects of real and of mixed accounts.

    The teacher's word has no luck in it, so the student may grow larger than a forest that learns
    outcomes, and learns from as many accounts as can be made up.

    Parameters
    ----------
    matrix : numpy.ndarray of float64, shape (n, p)
        Features of real accounts.
    expectation : callable
        The teacher: a matrix to its expectation of each row.
    contract : FeatureContract
        Its declared directions bind the student.
    seed : int
        Of the mixed accounts and the forest.
    mixed : int
        How many mixed accounts to learn from besides the real ones.

    Returns
    -------
    lightgbm.Booster
        300 trees of up to 16 leaves.

    References
    ----------
    Bucila, Caruana and Niculescu-Mizil (2006), Model compression. KDD.
    """
    rows = np.vstack([matrix, mixed_accounts(matrix, mixed, seed)])
    target = expectation(rows)
    low, high = np.quantile(target, (TAIL, 1 - TAIL))
    # Rounded, so that a teacher without an opinion has a student without one.
    tamed: Floats = np.asarray(np.clip(target, low, high), dtype=np.float64)
    target = np.asarray(np.round(tamed, DECIMALS), dtype=np.float64)
    told = parameters(SETTINGS, contract, seed, {"objective": "regression", "metric": "l2"})
    return forest(rows, target, contract, told, TREES)
