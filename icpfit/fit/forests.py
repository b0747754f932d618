"""LightGBM's forests: grown on one thread, read with their raw scores."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from icpfit.fit.missing import missing_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.fit.contract import FeatureContract

__all__ = [
    "dataset",
    "forest",
    "lightgbm",
    "lightgbm_without_wrappers",
    "majority_for_missing",
    "raw_scores",
]

Floats = npt.NDArray[np.float64]

_RARELY = (50_000, 20, 20)


def lightgbm() -> Any:
    """Return the lightgbm module, imported such that idle threads don't burn the processor.

    Returns
    -------
    module
        lightgbm, with ``OMP_WAIT_POLICY`` set to passive unless the user has set it.

    Notes
    -----
    OpenMP reads the policy when it is loaded, so this is the only place that imports lightgbm.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import lightgbm as module

    return module


def lightgbm_without_wrappers() -> None:
    """Load lightgbm without its wrappers for scikit-learn, where it isn't loaded yet.

    Notes
    -----
    They load scikit-learn and scipy.stats, which takes longer than scoring 50,000 rows, and nothing
    here uses them. Only for a process that icpfit has to itself: ``lightgbm.LGBMClassifier`` can't
    be used in it, and garbage is collected every 50,000 objects.
    """
    if {"lightgbm", "sklearn"} & set(sys.modules):
        return
    # The libraries make half a million objects that stay: to look through them for garbage every
    # 700 takes a tenth of a short command's time.
    gc.set_threshold(*_RARELY)
    # What Python looks up as None can't be imported; lightgbm then does without.
    sys.modules["sklearn"] = None  # type: ignore[assignment]
    try:
        lightgbm()
    finally:
        del sys.modules["sklearn"]


def dataset(
    matrix: Floats,
    target: Floats,
    contract: FeatureContract,
    told: Mapping[str, Any],
    reference: Any = None,
) -> Any:
    """Return rows as LightGBM's binned data.

    Parameters
    ----------
    matrix : numpy.ndarray of float64, shape (n, p)
        Features.
    target : numpy.ndarray of float64, shape (n,)
        What is learned.
    contract : FeatureContract
        Tells the categories.
    told : mapping
        LightGBM's parameters.
    reference : lightgbm.Dataset, optional
        Training data whose bins held-out rows share.

    Returns
    -------
    lightgbm.Dataset
        Not yet constructed.
    """
    return lightgbm().Dataset(
        matrix,
        label=target,
        reference=reference,
        categorical_feature=contract.category_columns,
        params=dict(told),
    )


def forest(
    matrix: Floats,
    target: Floats,
    contract: FeatureContract,
    told: Mapping[str, Any],
    iterations: int,
) -> Any:
    """Return a forest grown for so many iterations.

    Parameters
    ----------
    matrix : numpy.ndarray of float64, shape (n, p)
        Features.
    target : numpy.ndarray of float64, shape (n,)
        What is learned.
    contract : FeatureContract
        Tells the categories.
    told : mapping
        LightGBM's parameters.
    iterations : int
        At least 1.

    Returns
    -------
    lightgbm.Booster
        Without its training data; a missing number that it has never seen missing follows the
        larger part of the rows.
    """
    lgb = lightgbm()
    data = dataset(matrix, target, contract, told)
    booster = lgb.Booster(params=dict(told), train_set=data)
    for _ in range(iterations):
        booster.update()
    return majority_for_missing(booster)


def raw_scores(booster: Any, matrix: Floats, threads: int = 1) -> Floats:
    """Return a forest's raw score of each row.

    Parameters
    ----------
    booster : lightgbm.Booster
        The forest.
    matrix : numpy.ndarray of float64, shape (n, p)
        Features.
    threads : int
        Threads that it may use; the scores don't depend on it.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        Sum of the trees' values.
    """
    if len(matrix) == 0:
        return np.zeros(0)
    raw = booster.predict(matrix, raw_score=True, num_threads=threads, num_iteration=-1)
    return np.asarray(raw, dtype=np.float64)


def majority_for_missing(booster: Any, trees: int = -1) -> Any:
    """Return the forest such that a missing number follows the larger part of the accounts.

    Where no account that a forest learned from lacked a number, LightGBM reads a missing one as 0:
    a prospect without employees would be scored as the smallest of all. Here it goes to the child
    with more training rows (left on a tie) at each split on such a number. Splits that have seen
    missing numbers, and splits on categories, stay as they are.

    Parameters
    ----------
    booster : lightgbm.Booster
        A grown forest.
    trees : int
        Count of the first trees to keep; below 1 all of them.

    Returns
    -------
    lightgbm.Booster
        The same scores for rows without missing numbers; without its training data. Its SHAP
        values follow the same paths.
    """
    text = missing_text(booster.model_to_string(num_iteration=trees if trees > 0 else -1))
    return lightgbm().Booster(model_str=text)
