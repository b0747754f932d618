"""The folds of cross-validation: like shares of the classes, parents kept together."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from icpfit.errors import EvidenceRefused

__all__ = ["SINGLE_SPLIT_ROWS", "account_folds"]

FOLDS = 5
SINGLE_SPLIT_ROWS = 200_000
"""From so many rows on, one tenth held out tells as much as five folds."""


def account_folds(
    is_fit: npt.NDArray[np.bool_], groups: npt.NDArray[Any], seed: int, n_folds: int | None = None
) -> npt.NDArray[np.int64]:
    """Return the fold of each account, with like shares of the classes, groups kept together.

    Parameters
    ----------
    is_fit : numpy.ndarray of bool, shape (n,)
        The outcome, in account_id order.
    groups : numpy.ndarray, shape (n,)
        Ultimate parent of each account.
    seed : int
        Another seed gives other folds.
    n_folds : int, optional
        5 by default; 1, the default from 200,000 rows, holds out one tenth.

    Returns
    -------
    numpy.ndarray of int64, shape (n,)
        0 to n_folds - 1; -1 for a row that is never held out.

    Raises
    ------
    EvidenceRefused
        When there are fewer groups than folds.

    Notes
    -----
    The folds follow the order of the rows, so these stand in account_id order.

    References
    ----------
    Kohavi (1995), A study of cross-validation and bootstrap for accuracy estimation and model
    selection.
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    n = len(is_fit)
    if n_folds is None:
        n_folds = FOLDS if n < SINGLE_SPLIT_ROWS else 1
    parts = n_folds if n_folds > 1 else 10
    names, members = np.unique(groups, return_inverse=True)
    if len(names) < parts:
        raise EvidenceRefused(
            f"training: the accounts belong to {len(names)} parents; at least {parts} are needed"
        )
    # With single accounts both draw alike balanced folds; the grouped one loops over the groups.
    if len(names) == n:
        splits = StratifiedKFold(parts, shuffle=True, random_state=seed).split(is_fit, is_fit)
    else:
        grouped = StratifiedGroupKFold(parts, shuffle=True, random_state=seed)
        splits = grouped.split(is_fit, is_fit, members)
    folds = np.full(n, -1, dtype=np.int64)
    for fold, (_, held) in enumerate(splits):
        if fold < n_folds:
            folds[held] = fold
    return folds
