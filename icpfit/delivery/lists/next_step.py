"""What sales does next with each company of a scored list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["NEXT_STEPS", "NextStep", "next_steps"]

NextStep = Literal["call", "explore", "nurture", "leave", "check"]

NEXT_STEPS: dict[str, str] = {
    "call": "grade A or B, an expected margin above zero, and nothing that calls for caution",
    "explore": "grade A or B, but something of it was never served before (see caution): call a"
    " few of them to learn whether the model is right",
    "nurture": "grade C with an expected margin above zero: worth a place in campaigns, not a"
    " seller's hour",
    "leave": "grade D, or an expected margin at or below zero",
    "check": "not a plain prospect (see relation), or not rated (see caution): a person looks at"
    " it first; it is never ranked",
}
"""What each step means; the first rule that holds from check, leave, call, explore, nurture."""

_STEPS = pa.array(list(NEXT_STEPS))
_CALL, _EXPLORE, _NURTURE, _LEAVE, _CHECK = range(len(NEXT_STEPS))


def next_steps(scored: pa.RecordBatch, related: npt.NDArray[np.bool_]) -> pa.Array:
    """Return what sales does next with each row.

    The rules of `NEXT_STEPS`, in this order: *check* where the row has a relation or is unrated;
    *leave* at grade D or an expected margin at or below zero; *call* at grade A or B without a
    caution; *explore* at A or B with one; *nurture* for what is left.

    Parameters
    ----------
    scored : pyarrow.RecordBatch, n rows
        From `scored_batch`.
    related : numpy.ndarray of bool, shape (n,)
        Rows that have a relation.

    Returns
    -------
    pyarrow.Array of text, length n
        Of a row without a relation it depends on that row and the model only.

    Raises
    ------
    ValueError
        When the two don't have the same rows.

    Notes
    -----
    The caution is that of the row by itself: what support found (levels and ranges never served,
    facts missing), and cells that couldn't be read.

    Examples
    --------
    >>> rows = {
    ...     "fit_grade": ["A", "B", "C", "C", "unrated"],
    ...     "margin_if_won": [9.0, 1.0, 2.0, -1.0, None],
    ...     "caution": [None, "never served country 'NA'", None, None, "not rated"],
    ... }
    >>> next_steps(pa.record_batch(rows), np.zeros(5, dtype=bool)).to_pylist()
    ['call', 'explore', 'nurture', 'leave', 'check']
    """
    if len(related) != scored.num_rows:
        raise ValueError(f"{scored.num_rows} rows, {len(related)} relations")
    grade = scored["fit_grade"]
    gains = _true(pc.greater(scored["margin_if_won"], 0))
    good, rated = (_true(pc.is_in(grade, pa.array(list(these)))) for these in ("AB", "ABCD"))
    steps = np.where(good, _CALL, _NURTURE)
    steps[good & _true(scored["caution"].is_valid())] = _EXPLORE
    steps[_true(pc.equal(grade, "D")) | ~gains] = _LEAVE
    steps[related | ~rated] = _CHECK
    return _STEPS.take(pa.array(steps))


def _true(found: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.fill_null(found, False).to_numpy(zero_copy_only=False), dtype=bool)
