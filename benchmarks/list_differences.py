"""What two scored lists of the same companies say differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["contradictions", "differences"]

_MOST_UNDECIDED = 0.001


def differences(ours: Path, theirs: Path) -> list[str]:
    """Return what two scored lists say differently.

    Parameters
    ----------
    ours, theirs : Path
        Of the same list.

    Returns
    -------
    list of str
        A line for each column that differs; none where all is the same. Money may differ by one
        cent, and a reason where rounding to two digits is undecided in the last bit: in at most
        one row of a thousand.
    """
    one, other = _cells(ours), _cells(theirs)
    if list(one) != list(other) or len(one) != len(other):
        return [f"{len(one)} rows and {len(other)}; columns {sorted(set(one) ^ set(other))}"]
    lines = []
    for name in one:
        a, b = one[name], other[name]
        differs = a != b
        if name.startswith(("margin_", "fit_if", "number_")):
            differs = _other_amounts(a, b, 0.00011 if name == "fit_if_won" else 0.011)
        if differs.mean() > (_MOST_UNDECIDED if name.startswith(("reasons", "caution")) else 0):
            lines.append(_example(name, differs, a, b))
    return lines


def contradictions(ours: Path, shapash: Path) -> list[str]:
    """Return where shapash's reasons and margins contradict a scored list.

    Parameters
    ----------
    ours : Path
        The scored list.
    shapash : Path
        The same list with `margin_if_won`, `reasons_for` and `reasons_against` by shapash.

    Returns
    -------
    list of str
        A line for each column. shapash picks the three strongest before what isn't known is left
        out, so its reasons for may be fewer: they must be the first of ours. Rows that icpfit
        doesn't rate aren't compared. One cent, and one row of a thousand, as in `differences`.
    """
    one, other = _cells(ours), _cells(shapash)
    if len(one) != len(other):
        return [f"{len(one)} rows and {len(other)}"]
    rated = one["fit_grade"] != "unrated"
    one, other = one[rated].reset_index(drop=True), other[rated].reset_index(drop=True)
    name = "margin_if_won"
    found = {
        name: _other_amounts(one[name], other[name], 0.011),
        "reasons_against": one["reasons_against"] != other["reasons_against"],
        "reasons_for": pd.Series(
            [
                not f"{a}; ".startswith(f"{b}; ") and bool(b)
                for a, b in zip(one["reasons_for"], other["reasons_for"], strict=True)
            ],
            dtype=bool,
        ),
    }
    return [
        _example(name, differs, one[name], other[name])
        for name, differs in found.items()
        if differs.mean() > (0 if name == "margin_if_won" else _MOST_UNDECIDED)
    ]


def _cells(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _other_amounts(a: pd.Series, b: pd.Series, step: float) -> pd.Series:
    x, y = pd.to_numeric(a), pd.to_numeric(b)
    return ~(((x - y).abs() <= step) | (x.isna() & y.isna()))


def _example(name: str, differs: pd.Series, a: pd.Series, b: pd.Series) -> str:
    first = int(differs.to_numpy().argmax())
    return f"{name}: {int(differs.sum())} rows, such as {a[first]!r} and {b[first]!r}"
