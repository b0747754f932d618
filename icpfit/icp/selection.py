"""Which accounts a profile selects.

The current ICP is its segments and those to be fixed: both are customers that Sales goes for today.
Whoever is in a group to avoid is taken out of either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from icpfit.errors import SettingsError
from icpfit.icp.conditions import check_kind, is_range

if TYPE_CHECKING:
    from icpfit.icp.profile import Profile, Segment

__all__ = ["is_selected", "meets", "selected", "undefined_share"]

Flags = NDArray[np.bool_]


def selected(profile: Profile, facts: pd.DataFrame) -> pd.Series[Any]:
    """Name the segment that each account falls in.

    Parameters
    ----------
    profile : Profile
        The profile.
    facts : DataFrame, n rows
        One column per attribute: object (category), float64 (number; flag as 1, 0), datetime64
        (date); missing as None, NaN, NaT.

    Returns
    -------
    Series of str or None, n rows
        The first segment, in the profile's order and those to fix last, whose conditions the
        account meets; None where there is none or a group to avoid takes it out.

    Raises
    ------
    SettingsError
        If a condition is on an attribute that the facts don't have, or of another kind.

    Notes
    -----
    A missing value meets a condition only where the condition lists null. `from` is inclusive,
    `below` exclusive.

    Examples
    --------
    >>> import datetime as dt
    >>> from icpfit.icp.profile import Profile, Segment
    >>> profile = Profile(
    ...     "ICP",
    ...     1,
    ...     dt.date(2025, 1, 1),
    ...     segments=(Segment("mid", {"employees": {"from": 200, "below": 1000}}),),
    ...     avoid=(Segment("agencies", {"industry": ["Agency"]}),),
    ... )
    >>> facts = pd.DataFrame(
    ...     {"employees": [200.0, 300.0, 1000.0], "industry": [None, "Agency", "A"]}
    ... )
    >>> selected(profile, facts).tolist()
    ['mid', None, None]
    """
    names = np.full(len(facts), None, dtype=object)
    for segment in reversed((*profile.segments, *profile.fix)):
        names[_met(segment, facts)[0]] = segment.name
    for segment in profile.avoid:
        names[_met(segment, facts)[0]] = None
    return pd.Series(names, index=facts.index, dtype=object, name=profile.name)


def is_selected(profile: Profile, facts: pd.DataFrame) -> pd.Series[bool]:
    """Say of each account whether the profile selects it: in a segment or to be fixed, not avoided.

    Parameters
    ----------
    profile : Profile
        The profile.
    facts : DataFrame, n rows
        As `selected` takes them.

    Returns
    -------
    Series of bool, n rows
        Where missing facts leave the rule open: False.

    Raises
    ------
    SettingsError
        If a condition is on an attribute that the facts don't have, or of another kind.

    Examples
    --------
    >>> import datetime as dt
    >>> from icpfit.icp.profile import Profile, Segment
    >>> profile = Profile("ICP", 1, dt.date(2025, 1, 1), (Segment("DACH", {"country": ["DE"]}),))
    >>> is_selected(profile, pd.DataFrame({"country": ["DE", "NA", None]})).tolist()
    [True, False, False]
    """
    return selected(profile, facts).notna().rename(profile.name)


def meets(segment: Segment, facts: pd.DataFrame) -> pd.Series[bool]:
    """Say of each account whether it meets every condition of one group.

    Parameters
    ----------
    segment : Segment
        The group.
    facts : DataFrame, n rows
        As `selected` takes them.

    Returns
    -------
    Series of bool, n rows
        Whatever other groups say of the account; False where missing facts leave it open.

    Raises
    ------
    SettingsError
        If a condition is on an attribute that the facts don't have, or of another kind.

    Examples
    --------
    >>> from icpfit.icp.profile import Segment
    >>> meets(
    ...     Segment("DACH", {"country": ["DE"]}), pd.DataFrame({"country": ["DE", None]})
    ... ).tolist()
    [True, False]
    """
    return pd.Series(_met(segment, facts)[0], index=facts.index, dtype=bool, name=segment.name)


def undefined_share(profile: Profile, facts: pd.DataFrame) -> float:
    """Give the share of accounts for which missing facts leave the rule open.

    Parameters
    ----------
    profile : Profile
        The profile.
    facts : DataFrame, n rows
        As `selected` takes them.

    Returns
    -------
    float
        0 to 1; 0 for no rows.

    Raises
    ------
    SettingsError
        If a condition is on an attribute that the facts don't have, or of another kind.

    Notes
    -----
    The rule is open where knowing the missing values could turn it either way, condition by
    condition (three-valued logic, as in SQL); a missing industry doesn't matter where the size
    already rules the account out.

    References
    ----------
    Kleene (1938), Journal of Symbolic Logic 3.

    Examples
    --------
    >>> import datetime as dt
    >>> from icpfit.icp.profile import Profile, Segment
    >>> profile = Profile(
    ...     "ICP",
    ...     1,
    ...     dt.date(2025, 1, 1),
    ...     (Segment("big", {"employees": {"from": 9}, "country": ["DE"]}),),
    ... )
    >>> facts = pd.DataFrame({"employees": [10.0, 5.0], "country": [None, None]}, dtype=object)
    >>> undefined_share(profile, facts.astype({"employees": float}))
    0.5
    """
    if facts.empty:
        return 0.0
    surely_in, maybe_in = _any_met((*profile.segments, *profile.fix), facts)
    surely_out, maybe_out = _any_met(profile.avoid, facts)
    surely_selected = surely_in & ~maybe_out
    surely_not = ~maybe_in | surely_out
    return float((~surely_selected & ~surely_not).mean())


def _any_met(segments: tuple[Segment, ...], facts: pd.DataFrame) -> tuple[Flags, Flags]:
    surely = maybe = np.zeros(len(facts), dtype=bool)
    for segment in segments:
        met, possible = _met(segment, facts)
        surely, maybe = surely | met, maybe | possible
    return surely, maybe


def _met(segment: Segment, facts: pd.DataFrame) -> tuple[Flags, Flags]:
    """Give where all conditions are met, and where they could be, were nothing missing."""
    surely = maybe = np.ones(len(facts), dtype=bool)
    for attribute, form in segment.where.items():
        if attribute not in facts.columns:
            known = ", ".join(sorted(map(str, facts.columns))[:12])
            raise SettingsError(
                f"segment '{segment.name}', where.{attribute}: the data have no such attribute; "
                f"declared are {known}"
            )
        column = facts[attribute]
        missing = column.isna().to_numpy(dtype=bool)
        met = _met_by_known(column[~missing], form, f"segment '{segment.name}', where.{attribute}")
        among_all = np.zeros(len(facts), dtype=bool)
        among_all[~missing] = met
        # A listed null asks for missing values; otherwise a missing value leaves it open.
        if not is_range(form) and None in form:
            among_all |= missing
            surely, maybe = surely & among_all, maybe & among_all
        else:
            surely, maybe = surely & among_all, maybe & (among_all | missing)
    return surely, maybe


def _met_by_known(column: pd.Series[Any], form: Any, where: str) -> Flags:
    if column.empty:
        return np.zeros(0, dtype=bool)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        kind = "a date"
    else:
        kind = "a number" if pd.api.types.is_numeric_dtype(column.dtype) else "a text"
    values = list(form.values()) if is_range(form) else [v for v in form if v is not None]
    for value in values:
        check_kind(value, kind, where, ranged=is_range(form))
    if not is_range(form):
        wanted = [float(v) if kind == "a number" else v for v in values]
        return column.isin(wanted).to_numpy(dtype=bool)
    met = np.ones(len(column), dtype=bool)
    ends = {key: pd.Timestamp(end) if kind == "a date" else float(end) for key, end in form.items()}
    if "from" in ends:
        met &= (column >= ends["from"]).to_numpy(dtype=bool)
    if "below" in ends:
        met &= (column < ends["below"]).to_numpy(dtype=bool)
    return met
