"""In which order a profile's accounts are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from icpfit.icp.selection import selected

if TYPE_CHECKING:
    from icpfit.icp.profile import Profile

__all__ = ["tiers"]


def tiers(profile: Profile, facts: pd.DataFrame) -> pd.Series[float]:
    """Give the order in which a profile's accounts are called.

    Parameters
    ----------
    profile : Profile
        The profile.
    facts : DataFrame, n rows
        As `selected` takes them.

    Returns
    -------
    Series of float, n rows
        3 for the first priority, 2 for the second, 1 for a group to fix, 0 where the profile
        doesn't select the account. An account counts in the group that `selected` names.

    Raises
    ------
    SettingsError
        If a condition is on an attribute that the facts don't have, or of another kind.

    Notes
    -----
    Who is to be fixed comes last: until the cause of the cost is gone, such an account loses money.

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
    >>> tiers(profile, pd.DataFrame({"x": ["1", "2", "3", "4"]})).tolist()
    [3.0, 2.0, 1.0, 0.0]
    """
    order = {
        segment.name: 3.0 if segment.priority == "first" else 2.0 for segment in profile.segments
    }
    order |= {segment.name: 1.0 for segment in profile.fix}
    named = selected(profile, facts)
    found = [order.get(name, 0.0) for name in named]
    return pd.Series(found, index=facts.index, dtype=np.float64, name=profile.name)
