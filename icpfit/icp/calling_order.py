"""In which order a profile's accounts are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from icpfit.icp.selection import parted, selected

if TYPE_CHECKING:
    from icpfit.icp.profile import Profile

__all__ = ["tiers"]


def tiers(profile: Profile, facts: pd.DataFrame, *, once_fixed: bool = False) -> pd.Series[float]:
    """Give the order in which a profile's accounts are called.

    Parameters
    ----------
    profile : Profile
        The profile.
    facts : DataFrame, n rows
        As `selected` takes them.
    once_fixed : bool
        Whether those to fix are called as well, as they would be once the cause is gone.

    Returns
    -------
    Series of float, n rows
        3 for the first priority, 2 for the second, 0 where the account is no target; 1 for a group
        to fix where those are called as well. An account counts in the group that `selected` names.

    Raises
    ------
    SettingsError
        If a condition is on an attribute that the facts don't have, or of another kind.

    Notes
    -----
    Who is to be fixed is no target: until the cause of the cost is gone, such an account loses
    money. Once it is gone, it comes last.

    Examples
    --------
    >>> import datetime as dt
    >>> from icpfit.icp.profile import Profile, Segment
    >>> profile = Profile(
    ...     "ICP",
    ...     1,
    ...     dt.date(2025, 1, 1),
    ...     segments=(Segment("a", {"x": ["1"]}), Segment("b", {"x": ["2"]}, "second")),
    ...     fix=(Segment("c", {"x": ["3"]}),),
    ... )
    >>> facts = pd.DataFrame({"x": ["1", "2", "3", "4"]})
    >>> tiers(profile, facts).tolist(), tiers(profile, facts, once_fixed=True).tolist()
    ([3.0, 2.0, 0.0, 0.0], [3.0, 2.0, 1.0, 0.0])
    """
    order = {
        segment.name: 3.0 if segment.priority == "first" else 2.0 for segment in profile.segments
    }
    found = np.array([order.get(name, 0.0) for name in selected(profile, facts)], dtype=np.float64)
    if once_fixed:
        found[(parted(profile, facts) == "fix").to_numpy()] = 1.0
    return pd.Series(found, index=facts.index, name=profile.name)
