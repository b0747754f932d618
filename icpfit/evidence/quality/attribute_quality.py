"""Each attribute as it lies in the exports: how much is filled, with what, did it change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from icpfit.fit.phrases import number_phrase
from icpfit.measure.discoveries import discoveries
from icpfit.measure.psi import psi

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from icpfit.data.contract import Attribute
    from icpfit.measure.psi import Psi

__all__ = ["AttributeQuality", "attribute_quality"]

FEWEST_PER_HALF = 50
"""Accounts on either side below which nothing is said of a change."""

_MANY = 0.5
_LONGEST = 24
_LEVEL = 0.01
_DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class AttributeQuality:
    """One declared attribute, over all accounts of the export.

    Parameters
    ----------
    attribute : Attribute
        As declared.
    n, filled : int
        Accounts, and those that have a value.
    levels : int
        Different values.
    commonest : str
        The value that most have, empty where there is none; ties go to the first in order.
    commonest_share : float
        Its share of the accounts with a value, 0 to 1.
    low, middle, high : str
        Smallest, middle and largest value of a number or a date; empty for others.
    change : Psi or None
        Accounts that started later against those that started earlier, beside what luck gives;
        None where there are too few, or nearly every account has a value of its own.
    has_changed : bool
        Whether it is more than luck, also among all attributes looked at.
    moved : str
        What moved most, such as "filled for 10 % of the earlier, 95 % of the later".
    """

    attribute: Attribute
    n: int
    filled: int
    levels: int
    commonest: str = ""
    commonest_share: float = 0.0
    low: str = ""
    middle: str = ""
    high: str = ""
    change: Psi | None = None
    has_changed: bool = False
    moved: str = ""

    @property
    def fill(self) -> float:
        """Share of the accounts that have a value, 0 to 1; 0 without accounts."""
        return self.filled / self.n if self.n else 0.0

    @property
    def is_learned_from(self) -> bool:
        """Whether a model may learn from it by what was declared."""
        return self.attribute.known == "before_sale" and not self.attribute.never_use


def attribute_quality(
    facts: pd.DataFrame, dates: pd.DataFrame, attributes: Mapping[str, Attribute]
) -> tuple[AttributeQuality, ...]:
    """Describe each attribute, and compare accounts that started late with those before.

    Parameters
    ----------
    facts : DataFrame, shape (n, ...)
        One column for each attribute, indexed by account_id.
    dates : DataFrame, shape (n, ...)
        ``started_on`` and ``decided_on``, on the same index.
    attributes : Mapping of str to Attribute
        As declared.

    Returns
    -------
    tuple of AttributeQuality
        In the order declared.

    Notes
    -----
    The border is the start day that parts the accounts most evenly; all of a day are on one side,
    and either side needs 50. An attribute has changed when its stability index is above .10 and
    above what luck gives in 95 of 100 cases, and still stands by Benjamini and Hochberg's rule at
    .01 over all attributes. A missing value is a level like any other. Dates are compared by their
    age at the decision.

    References
    ----------
    Yurdakul (2018), Statistical Properties of Population Stability Index.

    Examples
    --------
    >>> from icpfit.data.contract import Attribute
    >>> facts = pd.DataFrame({"size": [1.0, 2.0, None, 4.0]})
    >>> day = pd.to_datetime(["2024-01-01"] * 4)
    >>> dates = pd.DataFrame({"started_on": day, "decided_on": day})
    >>> [one] = attribute_quality(
    ...     facts, dates, {"size": Attribute("size", "number", "before_sale")}
    ... )
    >>> one.fill, one.levels, one.low, one.middle, one.high
    (0.75, 3, '1', '2', '4')
    """
    late = _late(dates["started_on"])
    described = [
        _described(attribute, facts[name], dates["decided_on"], late)
        for name, attribute in attributes.items()
    ]
    known = [one.change.p_value for one in described if one.change is not None]
    stands = iter(discoveries(known, _LEVEL).tolist())
    found = []
    for one in described:
        if one.change is None:
            found.append(one)
            continue
        changed = bool(next(stands)) and one.change.warns
        found.append(replace(one, has_changed=changed, moved=one.moved if changed else ""))
    return tuple(found)


def _late(started_on: pd.Series) -> NDArray[np.bool_] | None:
    """Return which accounts started in the later half; None where a half is too small."""
    days = started_on.to_numpy(dtype="datetime64[D]").astype("int64")
    borders = np.unique(days)
    if len(borders) < 2:
        return None
    later = len(days) - np.searchsorted(np.sort(days), borders[1:], side="left")
    best = int(np.argmin(np.abs(later - len(days) / 2)))
    late: NDArray[np.bool_] = days >= borders[1:][best]
    return late if min(int(late.sum()), int((~late).sum())) >= FEWEST_PER_HALF else None


def _described(
    attribute: Attribute,
    column: pd.Series[Any],
    decided_on: pd.Series,
    late: NDArray[np.bool_] | None,
) -> AttributeQuality:
    present = column.dropna()
    counts = present.value_counts()
    n, filled, levels = len(column), len(present), len(counts)
    commonest, share, ends = "", 0.0, ("", "", "")
    if filled and attribute.kind in ("category", "flag"):
        most = min(counts[counts == counts.iloc[0]].index, key=str)
        commonest = _flag_text(most) if attribute.kind == "flag" else str(most)
        share = float(counts.iloc[0]) / filled
    elif filled:
        ordered = np.sort(present.to_numpy())
        low, middle, high = (ordered[place] for place in (0, (filled - 1) // 2, -1))
        ends = (_shown(low), _shown(middle), _shown(high))
    change, moved = None, ""
    is_id = attribute.kind == "category" and levels > _MANY * filled
    if late is not None and filled and not is_id:
        values = _compared(attribute, column, decided_on)
        change = psi(values[~late], values[late])
        moved = _moved(attribute, values[~late], values[late])
    return AttributeQuality(
        attribute, n, filled, levels, commonest, share, *ends, change, moved=moved
    )


def _shown(value: Any) -> str:
    if isinstance(value, np.datetime64):
        return str(value.astype("datetime64[D]"))
    return number_phrase(float(value))


def _flag_text(value: Any) -> str:
    return "yes" if float(value) else "no"


def _compared(attribute: Attribute, column: pd.Series[Any], decided_on: pd.Series) -> NDArray[Any]:
    if attribute.kind == "date":
        days = (decided_on - pd.to_datetime(column)) / pd.Timedelta(days=1)
        years: NDArray[Any] = days.to_numpy(dtype="float64") / _DAYS_PER_YEAR
        return years
    if attribute.kind in ("number", "flag"):
        return column.to_numpy(dtype="float64")
    text: NDArray[Any] = np.empty(len(column), dtype=object)
    text[:] = [None if pd.isna(one) else str(one) for one in column]
    return text


def _moved(attribute: Attribute, early: NDArray[Any], late: NDArray[Any]) -> str:
    sides = [pd.Series(side) for side in (early, late)]
    fills = [float(side.notna().mean()) for side in sides]
    known = [side.dropna() for side in sides]
    if abs(fills[1] - fills[0]) > 0.1 or not all(map(len, known)):
        return _shares("filled for", *fills)
    if attribute.kind == "category":
        shares = [side.value_counts(normalize=True) for side in known]
        both = pd.concat(shares, axis=1, keys=["before", "after"]).fillna(0.0).sort_index()
        most = str((both["after"] - both["before"]).abs().idxmax())
        before, after = (float(both[side][most]) for side in both.columns)
        shown = most if len(most) <= _LONGEST else f"{most[: _LONGEST - 1]}…"
        return _shares(f"“{shown}” for", before, after)
    if attribute.kind == "flag":
        return _shares("yes for", *(float(np.mean(side.to_numpy("float64"))) for side in known))
    what = "median age in years" if attribute.kind == "date" else "median"
    middles = [float(np.median(side.to_numpy("float64"))) for side in known]
    ends = [number_phrase(round(middle, 1)) for middle in middles]
    return f"{what} {ends[0]} of the earlier, {ends[1]} of the later"


def _shares(what: str, early: float, late: float) -> str:
    return f"{what} {100 * early:.0f} % of the earlier, {100 * late:.0f} % of the later"
