"""What sales does next with each company of a scored list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

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


def next_steps(
    scored: pd.DataFrame, related: Sequence[str | None]
) -> np.ndarray[tuple[int], np.dtype[Any]]:
    """Return what sales does next with each row.

    The rules of `NEXT_STEPS`, in this order: *check* where the row has a relation or is unrated;
    *leave* at grade D or an expected margin at or below zero; *call* at grade A or B without a
    caution; *explore* at A or B with one; *nurture* for what is left.

    Parameters
    ----------
    scored : pandas.DataFrame, shape (n, 14)
        From `scored_frame`.
    related : sequence of str or None, length n
        From `relations`.

    Returns
    -------
    numpy.ndarray of str, shape (n,)
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
    >>> import pandas as pd
    >>> rows = {
    ...     "fit_grade": ["A", "B", "C", "C", "unrated"],
    ...     "margin_if_won": [9.0, 1.0, 2.0, -1.0, None],
    ...     "caution": [None, "never served country 'NA'", None, None, "not rated"],
    ... }
    >>> next_steps(pd.DataFrame(rows), [None] * 5).tolist()
    ['call', 'explore', 'nurture', 'leave', 'check']
    """
    if len(related) != len(scored):
        raise ValueError(f"{len(scored)} rows, {len(related)} relations")
    grade = scored["fit_grade"].to_numpy(dtype=object)
    margin = scored["margin_if_won"].to_numpy(dtype=np.float64)
    cautioned = scored["caution"].notna().to_numpy()
    known = np.array([bool(each) for each in related], dtype=bool)
    good = np.isin(grade, ["A", "B"])
    steps: np.ndarray[tuple[int], np.dtype[Any]] = np.full(len(scored), "nurture", dtype=object)
    steps[good] = "call"
    steps[good & cautioned] = "explore"
    steps[(grade == "D") | ~(margin > 0)] = "leave"
    steps[known | np.isin(grade, ["A", "B", "C", "D"], invert=True)] = "check"
    return steps
