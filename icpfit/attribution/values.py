"""Rows in, Shapley values out, in blocks that stay in the processor's cache."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from icpfit.attribution.forest import ZERO
from icpfit.attribution.kernels import coded, compiled, summed

if TYPE_CHECKING:
    from icpfit.attribution.tables import ShapleyTables

__all__ = ["Jumps", "jumps", "raw_scores", "shapley_values", "values_and_scores"]

Floats = npt.NDArray[np.float64]

_BLOCK = 16_384
# A comparison costs a twelfth of a lookup.
_MOST_JUMPS = 12


@dataclass(frozen=True, eq=False)
class Jumps:
    """Where the weights of slots change from one code to the next, for slots with few changes.

    Attributes
    ----------
    at : numpy.ndarray of int64, shape (s + 1,)
        Jumps of slot i: from ``at[i]`` to ``at[i + 1]``; none where codes are to be looked up.
    code : numpy.ndarray of uint8 or uint16
        The codes above this one get the change; of the kind that codes have.
    weight : numpy.ndarray of uint16
        The change, modulo 65,536.
    """

    at: npt.NDArray[np.int64]
    code: npt.NDArray[np.uint8 | np.uint16]
    weight: npt.NDArray[np.uint16]


def shapley_values(tables: ShapleyTables, matrix: Floats, threads: int = 1) -> Floats:
    """Return the exact path-dependent Shapley values of each row, as ``pred_contrib`` does.

    Parameters
    ----------
    tables : ShapleyTables
        Of a booster, or of several.
    matrix : numpy.ndarray of float64, shape (n, p)
        Features as the boosters were trained on; NaN for missing, a category's level as a number.
    threads : int, default 1
        Blocks of rows that are worked on at once, at least 1.

    Returns
    -------
    numpy.ndarray of float64, shape (n, p + 1)
        One column per feature and the bias last; they sum to the raw score. Columns lie together
        in memory (Fortran order).

    Raises
    ------
    ValueError
        For a matrix of another number of columns.

    Notes
    -----
    A row's bytes depend on that row alone: neither on the rows beside it nor on their order, their
    number, or the threads. They differ from LightGBM's in the order of summing only, in the
    13th digit or so.

    Examples
    --------
    >>> import lightgbm as lgb
    >>> from icpfit.attribution.tables import shapley_tables
    >>> x = np.repeat([[0.0], [1.0]], 20, axis=0)
    >>> quiet = {"verbosity": -1, "num_threads": 1, "learning_rate": 1.0}
    >>> booster = lgb.train(quiet, lgb.Dataset(x, 8 * x[:, 0], params=quiet), 1)
    >>> shapley_values(shapley_tables(booster), np.array([[0.0], [1.0]])).round(6).tolist()
    [[-4.0, 4.0], [4.0, 4.0]]
    """
    found = _sums(tables, matrix, threads, scores_only=False)
    found[-1] = tables.bias
    return found.T


def raw_scores(tables: ShapleyTables, matrix: Floats, threads: int = 1) -> Floats:
    """Return the raw score of each row, in about a third of the time of its Shapley values.

    Parameters
    ----------
    tables : ShapleyTables
        Of a booster, or of several.
    matrix : numpy.ndarray of float64, shape (n, p)
        As for `shapley_values`.
    threads : int, default 1
        As for `shapley_values`.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        The (weighted) sum of the boosters' ``predict(raw_score=True)``.

    Raises
    ------
    ValueError
        For a matrix of another number of columns.

    Notes
    -----
    A row's bytes depend on that row alone. They may differ from LightGBM's in the last digit or
    two, so cut-offs and what is held against them should come from the same function.

    Examples
    --------
    >>> import lightgbm as lgb
    >>> from icpfit.attribution.tables import shapley_tables
    >>> x = np.repeat([[0.0], [1.0]], 20, axis=0)
    >>> quiet = {"verbosity": -1, "num_threads": 1, "learning_rate": 1.0}
    >>> booster = lgb.train(quiet, lgb.Dataset(x, 8 * x[:, 0], params=quiet), 1)
    >>> raw_scores(shapley_tables(booster), np.array([[0.0], [1.0]])).round(6).tolist()
    [0.0, 8.0]
    """
    scores: Floats = _sums(tables, matrix, threads, scores_only=True)[0]
    return scores


def values_and_scores(
    tables: ShapleyTables, matrix: Floats, threads: int = 1
) -> tuple[Floats, Floats]:
    """Return `shapley_values` and `raw_scores` of the same rows, in one pass.

    Parameters
    ----------
    tables : ShapleyTables
        Of a booster, or of several.
    matrix : numpy.ndarray of float64, shape (n, p)
        As for `shapley_values`.
    threads : int, default 1
        As for `shapley_values`.

    Returns
    -------
    values : numpy.ndarray of float64, shape (n, p + 1)
        The same bytes as from `shapley_values`.
    scores : numpy.ndarray of float64, shape (n,)
        The same bytes as from `raw_scores`.

    Raises
    ------
    ValueError
        For a matrix of another number of columns.
    """
    found = _sums(tables, matrix, threads, scores_only=False)
    scores = found[-1].copy()
    found[-1] = tables.bias
    return found.T, scores


def _sums(tables: ShapleyTables, matrix: Floats, threads: int, *, scores_only: bool) -> Floats:
    """Return sums per output and row: the features' values and last the score, or the score."""
    if matrix.ndim != 2 or matrix.shape[1] != tables.n_features:
        raise ValueError(
            f"the matrix has shape {matrix.shape}, the tables {tables.n_features} features"
        )
    rows = np.asarray(matrix, dtype=np.float64)
    told = jumps(tables)
    found = np.zeros((1 if scores_only else tables.n_features + 1, len(rows)))

    def fill(start: int) -> None:
        block = slice(start, start + _BLOCK)
        found[:, block] = _block_sums(tables, told, rows[block], scores_only)

    starts = range(0, len(rows), _BLOCK)
    if threads <= 1 or len(starts) <= 1:
        for start in starts:
            fill(start)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(fill, starts))
    return found


def jumps(tables: ShapleyTables) -> Jumps:
    """Return where weights change, for the slots with one to twelve changes.

    Parameters
    ----------
    tables : ShapleyTables
        Of any forest.

    Returns
    -------
    Jumps
        Follows from the tables' weights.
    """
    change = np.diff(tables.weight, append=tables.weight[-1:])
    lengths = np.diff(tables.weight_at)
    change[tables.weight_at[1:] - 1] = 0  # from one slot to the next there is no step
    places = np.flatnonzero(change)
    slots = np.repeat(np.arange(len(lengths)), lengths)[places]
    counts = np.bincount(slots, minlength=len(lengths))
    kept = counts[slots] <= _MOST_JUMPS
    places, slots = places[kept], slots[kept]
    ends = np.concatenate([[0], np.cumsum(np.bincount(slots, minlength=len(lengths)))])
    code: npt.NDArray[np.uint8 | np.uint16] = (places - tables.weight_at[slots]).astype(
        _code_kind(tables)
    )
    return Jumps(ends.astype(np.int64), code, change[places])


def _block_sums(tables: ShapleyTables, told: Jumps, rows: Floats, scores_only: bool) -> Floats:
    # One layout for all: another one, or a locked array, would be compiled anew.
    block = np.require(rows, requirements=("C", "W"))
    codes = np.empty((tables.n_features, len(block)), dtype=_code_kind(tables))
    compiled(coded)(
        block, tables.cuts, tables.cut_at, tables.codes, tables.is_category, ZERO, codes
    )
    found = np.zeros((1 if scores_only else tables.n_features + 1, len(block)))
    found[-1] = tables.constant
    compiled(summed)(
        codes,
        tables.slot_feature,
        tables.slot_at,
        tables.weight,
        tables.weight_at,
        told.at,
        told.code,
        told.weight,
        tables.rows,
        tables.table,
        np.zeros(len(block), dtype=np.uint16),
        scores_only,
        found,
    )
    return found


def _code_kind(tables: ShapleyTables) -> type[np.uint8 | np.uint16]:
    return np.uint8 if int(tables.codes.max(initial=0)) < 256 else np.uint16
