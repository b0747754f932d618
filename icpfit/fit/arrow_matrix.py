"""Facts as Arrow columns → the matrix that the model reads, without Python per row."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from icpfit.errors import FeatureError
from icpfit.fit.encoding import DAYS_PER_YEAR, POOLED
from icpfit.fit.support import LevelStates

if TYPE_CHECKING:
    from icpfit.fit.contract import Feature, FeatureContract

__all__ = ["level_states", "matrix_of"]

Floats = npt.NDArray[np.float64]


def matrix_of(
    batch: pa.RecordBatch, decided_on: pa.Array | dt.date, contract: FeatureContract
) -> Floats:
    """Return the facts as numbers, one column per feature; `feature_matrix` for Arrow.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        A column per attribute: text (also as a dictionary), numbers, true and false (or 1 and 0),
        or days. Columns that are no feature are not looked at.
    decided_on : pyarrow.Array of days, or one day for all rows
        The day as of which each row is scored.
    contract : FeatureContract
        The contract learned from the training part.

    Returns
    -------
    numpy.ndarray of float64, shape (n, p)
        The same bytes as `icpfit.fit.features.feature_matrix` gives. In Fortran order.

    Raises
    ------
    FeatureError
        For values of the wrong kind.

    Notes
    -----
    Each row depends on itself only.

    Examples
    --------
    >>> from icpfit.fit.contract import Feature, FeatureContract
    >>> levels = {"levels": ("AT", "DE", "other"), "rare_levels": ("NA",)}
    >>> contract = FeatureContract(
    ...     (Feature("land", "category", **levels), Feature("founded", "date", column=1)), {}
    ... )
    >>> batch = pa.record_batch(
    ...     {"land": ["DE", "NA", "XX"], "founded": [dt.date(2020, 1, 1), None, None]}
    ... )
    >>> matrix_of(batch, dt.date(2024, 1, 1), contract)
    array([[ 1.,  4.],
           [ 2., nan],
           [nan, nan]])
    """
    matrix = np.full((batch.num_rows, len(contract.features)), np.nan, order="F")
    names = set(batch.schema.names)
    for feature in contract.features:
        if feature.name not in names:
            continue
        column = batch.column(feature.name)
        if pa.types.is_null(column.type):
            continue
        matrix[:, feature.column] = _numbers(feature, column, decided_on)
    return matrix


def level_states(feature: Feature, column: pa.Array) -> LevelStates:
    """Return where a category's level is missing or was never served.

    Parameters
    ----------
    feature : Feature
        A category.
    column : pyarrow.Array of text, length n
        Its levels.

    Returns
    -------
    LevelStates
        For `icpfit.fit.support.support_of`.
    """
    missing = column.is_null().to_numpy(zero_copy_only=False)
    if pa.types.is_null(column.type):
        return LevelStates(missing, np.zeros(len(column), dtype=bool), {})
    if pa.types.is_dictionary(column.type):
        told = level_states(feature, column.dictionary)
        is_new = np.append(told.new, False)[_places(column)]
        texts, places = column.dictionary.to_pylist(), _places(column)
        named = {row: texts[places[row]] for row in np.flatnonzero(is_new).tolist()}
        return LevelStates(missing, is_new, named)
    served = pa.array([*feature.levels, *feature.rare_levels], column.type)
    known = pc.is_in(column, value_set=served).to_numpy(zero_copy_only=False)
    new = ~known & ~missing
    rows = np.flatnonzero(new)
    levels = column.take(pa.array(rows)).to_pylist()
    return LevelStates(missing, new, dict(zip(rows.tolist(), levels, strict=True)))


def _numbers(feature: Feature, column: pa.Array, decided_on: pa.Array | dt.date) -> Floats:
    if pa.types.is_dictionary(column.type):
        # What each level is need be found out once only.
        levels = np.append(_numbers(feature, column.dictionary, decided_on), np.nan)
        return np.asarray(levels[_places(column)], dtype=np.float64)
    kind = column.type
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    is_day = pa.types.is_date(kind) or pa.types.is_timestamp(kind)
    if feature.kind == "category":
        if not is_text:
            raise _wrong(feature, column, "texts")
        return _codes(feature, column)
    if feature.kind == "date":
        if not is_day:
            raise _wrong(feature, column, "days")
        return _ages(column, decided_on)
    if is_text or is_day:
        raise _wrong(feature, column, "numbers")
    return _floats(column)


def _places(column: pa.DictionaryArray) -> npt.NDArray[np.int64]:
    """Return the place of each row's level in the dictionary; one beyond it where there is none."""
    indices = pc.fill_null(column.indices, len(column.dictionary))
    return np.asarray(indices.to_numpy(zero_copy_only=False), dtype=np.int64)


def _codes(feature: Feature, column: pa.Array) -> Floats:
    # A rare level may itself be called "other": the levels' own position comes first then.
    known = list(dict.fromkeys(feature.levels + feature.rare_levels))
    position = pc.index_in(column, value_set=pa.array(known, column.type), skip_nulls=True)
    pooled = feature.levels.index(POOLED) if POOLED in feature.levels else -1
    codes = _floats(position)
    codes[codes >= len(feature.levels)] = np.nan if pooled < 0 else pooled
    return codes


def _ages(column: pa.Array, decided_on: pa.Array | dt.date) -> Floats:
    born = _floats(column.cast(pa.date32(), safe=False).cast(pa.int32()))
    if isinstance(decided_on, dt.date):
        decided: Floats | float = float((decided_on - dt.date(1970, 1, 1)).days)
    else:
        decided = _floats(decided_on.cast(pa.date32(), safe=False).cast(pa.int32()))
    years: Floats = (decided - born) / DAYS_PER_YEAR
    years[years < 0] = np.nan
    return years


def _floats(column: pa.Array) -> Floats:
    values = pc.fill_null(column.cast(pa.float64()), float("nan"))
    return np.array(values.to_numpy(zero_copy_only=False), dtype=np.float64)


def _wrong(feature: Feature, column: pa.Array, expected: str) -> FeatureError:
    return FeatureError(
        f"attributes.{feature.name}: {expected} were expected, found {column.type} values; "
        "declare the kind that it has"
    )
