"""Which accounts a profile selects.

A target is in a segment, and in no group to fix or to avoid. Whoever is to be fixed loses money
until the cause of the cost is gone, so nobody goes for them yet; whoever is to be avoided isn't a
target at all, and isn't to be fixed either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from icpfit.errors import SettingsError
from icpfit.icp.conditions import check_kind, is_range

if TYPE_CHECKING:
    from icpfit.icp.profile import Profile, Segment

__all__ = [
    "PARTS",
    "Part",
    "is_selected",
    "listed",
    "meets",
    "parted",
    "selected",
    "undefined_share",
]

Flags = NDArray[np.bool_]
Part = Literal["segments", "fix", "avoid"]
PARTS: tuple[Part, ...] = ("segments", "fix", "avoid")


def selected(profile: Profile, facts: pd.DataFrame) -> pd.Series[Any]:
    """Name the segment that each target falls in.

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
        The first segment, in the profile's order, whose conditions the account meets; None where
        there is none, or a group to fix or to avoid takes it out.

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
    parts, names = _placed(profile, facts)
    return names.where(parts == "segments", None)


def parted(profile: Profile, facts: pd.DataFrame) -> pd.Series[Any]:
    """Say of each account in which part of the profile it stands.

    Parameters
    ----------
    profile : Profile
        The profile.
    facts : DataFrame, n rows
        As `selected` takes them.

    Returns
    -------
    Series of str or None, n rows
        "avoid" where it meets a group to avoid; else "fix" where it meets one to fix; else
        "segments" where it meets a segment; else None.

    Raises
    ------
    SettingsError
        If a condition is on an attribute that the facts don't have, or of another kind.

    Examples
    --------
    >>> import datetime as dt
    >>> from icpfit.icp.profile import Profile, Segment
    >>> profile = Profile(
    ...     "ICP",
    ...     1,
    ...     dt.date(2025, 1, 1),
    ...     (Segment("a", {"x": ["1", "2"]}),),
    ...     (Segment("b", {"x": ["2"]}),),
    ... )
    >>> parted(profile, pd.DataFrame({"x": ["1", "2", "3"]})).tolist()
    ['segments', 'fix', None]
    """
    return _placed(profile, facts)[0]


def listed(profile: Profile, facts: pd.DataFrame) -> pd.Series[Any]:
    """Say of each account where it stands in the profile, as a list for Sales shows it.

    Parameters
    ----------
    profile : Profile
        The profile.
    facts : DataFrame, n rows
        As `selected` takes them.

    Returns
    -------
    Series of str or None, n rows
        The name of its segment for a target, ``"fix: <group>"``, ``"avoid: <group>"``, or None; the
        first group in the profile's order where it meets several of that part.

    Raises
    ------
    SettingsError
        If a condition is on an attribute that the facts don't have, or of another kind.

    Examples
    --------
    >>> import datetime as dt
    >>> from icpfit.icp.profile import Profile, Segment
    >>> profile = Profile(
    ...     "ICP",
    ...     1,
    ...     dt.date(2025, 1, 1),
    ...     (Segment("a", {"x": ["1", "2"]}),),
    ...     (Segment("b", {"x": ["2"]}),),
    ... )
    >>> listed(profile, pd.DataFrame({"x": ["1", "2", "3"]})).tolist()
    ['a', 'fix: b', None]
    """
    parts, names = _placed(profile, facts)
    told = [
        name if part in ("segments", None) else f"{part}: {name}"
        for part, name in zip(parts, names, strict=True)
    ]
    return pd.Series(told, index=facts.index, dtype=object, name=profile.name)


def _placed(profile: Profile, facts: pd.DataFrame) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Give part and group of each account; who is in several is in the last part, first group."""
    parts, names = (np.full(len(facts), None, dtype=object) for _ in range(2))
    for part in PARTS:
        groups: tuple[Segment, ...] = getattr(profile, part)
        for segment in reversed(groups):
            met = _met(segment, facts)[0]
            parts[met], names[met] = part, segment.name
    return (
        pd.Series(parts, index=facts.index, dtype=object, name=profile.name),
        pd.Series(names, index=facts.index, dtype=object, name=profile.name),
    )


def is_selected(profile: Profile, facts: pd.DataFrame) -> pd.Series[bool]:
    """Say of each account whether it is a target: in a segment, and neither to fix nor to avoid.

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
    surely_in, maybe_in = _any_met(profile.segments, facts)
    surely_out, maybe_out = _any_met((*profile.fix, *profile.avoid), facts)
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
