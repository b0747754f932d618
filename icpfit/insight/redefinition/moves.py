"""Which accounts become targets, stop being ones, or move when the profile changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from icpfit.icp.calling_order import tiers
from icpfit.icp.selection import listed, parted

if TYPE_CHECKING:
    from icpfit.icp.profile import Profile

__all__ = ["ALL_MOVES", "moves"]

ALL_MOVES = ("in", "out", "to fix", "moved", "kept")
_PLACES = {3.0: "first priority", 2.0: "second priority"}


def moves(current: Profile | None, proposed: Profile, facts: pd.DataFrame) -> pd.DataFrame:
    """Say of each account that is a target of either profile what the change would do to it.

    Parameters
    ----------
    current : Profile or None
        The current ICP; None means that every account is taken.
    proposed : Profile
        The one proposed.
    facts : DataFrame, n rows
        As `icpfit.icp.selection.selected` takes them, indexed by account.

    Returns
    -------
    DataFrame
        Indexed like the facts, in plain order of the index: ``move`` ("in", "out", "to fix" when it
        stops being a target until its cost is fixed, "moved" when both select it at another place,
        "kept"), ``current`` and ``proposed`` (as `icpfit.icp.selection.listed` names the group, or
        None), ``current_place`` and ``proposed_place`` ("first priority", "second priority", or
        None for no target). Accounts that are no target of either are left out.

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
    >>> found["move"].tolist(), found["proposed"].tolist()
    (['out', 'to fix', 'in'], [None, 'fix: c', 'b'])
    """
    everyone = pd.Series(3.0, index=facts.index)
    before = everyone if current is None else tiers(current, facts)
    after = tiers(proposed, facts)
    names = pd.Series(None, index=facts.index, dtype=object)
    found = pd.DataFrame(
        {
            "move": np.select(
                [
                    (before == 0) & (after == 0),
                    before == 0,
                    (after == 0) & (parted(proposed, facts) == "fix"),
                    after == 0,
                    before != after,
                ],
                ["neither", "in", "to fix", "out", "moved"],
                "kept",
            ).astype(object),
            "current": names if current is None else listed(current, facts),
            "proposed": listed(proposed, facts),
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
