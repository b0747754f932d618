"""Which accounts come in, leave, or change their place when the profile changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from icpfit.icp.calling_order import tiers
from icpfit.icp.selection import selected

if TYPE_CHECKING:
    from icpfit.icp.profile import Profile

__all__ = ["ALL_MOVES", "moves"]

ALL_MOVES = ("in", "out", "moved", "kept")
_PLACES = {3.0: "first priority", 2.0: "second priority", 1.0: "to fix"}


def moves(current: Profile | None, proposed: Profile, facts: pd.DataFrame) -> pd.DataFrame:
    """Say of each account that either profile selects what the change would do to it.

    Parameters
    ----------
    current : Profile or None
        The profile in use; None means that every account is taken.
    proposed : Profile
        The one proposed.
    facts : DataFrame, n rows
        As `icpfit.icp.selection.selected` takes them, indexed by account.

    Returns
    -------
    DataFrame
        Indexed like the facts, in plain order of the index: ``move`` ("in", "out", "moved" when
        both select it at another place, "kept"), ``current`` and ``proposed`` (the segment, or
        None), ``current_place`` and ``proposed_place`` ("first priority", "second priority", "to
        fix", or None). Accounts that neither selects are left out.

    Raises
    ------
    SettingsError
        If a profile has a condition on an attribute that the facts don't have.

    Notes
    -----
    Only the place moves an account, not a segment's new name.

    Examples
    --------
    >>> import datetime as dt
    >>> from icpfit.icp.profile import Profile, Segment
    >>> day = dt.date(2025, 1, 1)
    >>> old = Profile("old", 1, day, (Segment("a", {"x": ["1", "2"]}),))
    >>> new = Profile("new", 2, day, (Segment("b", {"x": ["3"]}),), (Segment("c", {"x": ["2"]}),))
    >>> found = moves(old, new, pd.DataFrame({"x": ["1", "2", "3", "4"]}))
    >>> found["move"].tolist(), found["proposed_place"].tolist()
    (['out', 'moved', 'in'], [None, 'to fix', 'first priority'])
    """
    everyone = pd.Series(3.0, index=facts.index)
    before = everyone if current is None else tiers(current, facts)
    after = tiers(proposed, facts)
    names = pd.Series(None, index=facts.index, dtype=object)
    found = pd.DataFrame(
        {
            "move": np.select(
                [(before == 0) & (after == 0), before == 0, after == 0, before != after],
                ["neither", "in", "out", "moved"],
                "kept",
            ).astype(object),
            "current": names if current is None else selected(current, facts),
            "proposed": selected(proposed, facts),
            "current_place": _places(before) if current is not None else names,
            "proposed_place": _places(after),
        }
    )
    if current is None:
        # Without an order there is nothing to move within.
        found["move"] = found["move"].replace("moved", "kept")
    return found[found["move"] != "neither"].sort_index(kind="stable")


def _places(order: pd.Series) -> pd.Series:
    return pd.Series([_PLACES.get(tier) for tier in order], index=order.index, dtype=object)
