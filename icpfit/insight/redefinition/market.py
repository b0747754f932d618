"""How many of each profile's accounts stand in a list of prospects: the market that is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from icpfit.icp.selection import PARTS, parted, selected, undefined_share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.icp.profile import Profile

__all__ = ["MarketCounts", "market_counts"]


@dataclass(frozen=True)
class MarketCounts:
    """Counts in a list.

    Parameters
    ----------
    n : int
        Prospects in the list.
    current, proposed : int or None
        How many targets each profile has; None where there is no such profile.
    both : int or None
        How many are targets of both.
    by_part : Mapping of str to int
        Of the proposed ICP "segments" (its targets), "fix" and "avoid", each account in one; the
        rest of the list is in none. Empty without one.
    by_segment : Mapping of str to int
        Targets of the proposed ICP by the name of their segment.
    current_undefined, proposed_undefined : float
        Share of the prospects for which missing facts leave the rule open, 0 to 1; they are not
        counted as selected.
    absent : tuple of str
        Attributes that a profile asks for and the list has no column of.
    """

    n: int
    current: int | None
    proposed: int | None
    both: int | None
    by_part: Mapping[str, int]
    by_segment: Mapping[str, int]
    current_undefined: float
    proposed_undefined: float
    absent: tuple[str, ...] = ()

    @property
    def overlap(self) -> float:
        """Prospects that both select, of those that either does; NaN where nobody is selected."""
        if self.current is None or self.proposed is None or self.both is None:
            return float("nan")
        either = self.current + self.proposed - self.both
        return self.both / either if either else float("nan")


def market_counts(
    facts: pd.DataFrame, current: Profile | None, proposed: Profile | None
) -> MarketCounts:
    """Count the prospects that are targets of each profile, and those that it sets apart.

    Parameters
    ----------
    facts : DataFrame, n rows
        The facts of the list, as `icpfit.icp.selection.selected` takes them. An attribute that has
        no column counts as missing everywhere.
    current, proposed : Profile or None
        The profiles.

    Returns
    -------
    MarketCounts
        The counts.

    Raises
    ------
    SettingsError
        If a condition is of another kind than its attribute.

    Examples
    --------
    >>> import datetime as dt
    >>> from icpfit.icp.profile import Profile, Segment
    >>> day = dt.date(2025, 1, 1)
    >>> old = Profile("old", 1, day, (Segment("a", {"x": ["1", "2"]}),))
    >>> new = Profile("new", 2, day, (Segment("b", {"x": ["2", "3"]}),))
    >>> found = market_counts(pd.DataFrame({"x": ["1", "2", "3", None]}), old, new)
    >>> found.current, found.proposed, found.both, found.proposed_undefined
    (2, 2, 1, 0.25)
    """
    profiles = [profile for profile in (current, proposed) if profile is not None]
    asked = {
        attribute: None
        for profile in profiles
        for segment in (*profile.segments, *profile.fix, *profile.avoid)
        for attribute in segment.where
    }
    absent = tuple(attribute for attribute in asked if attribute not in facts.columns)
    known = facts.assign(**{name: pd.Series(None, facts.index, dtype=object) for name in absent})
    parts = [None if one is None else parted(one, known) for one in (current, proposed)]
    chosen = [None if part is None else (part == "segments").to_numpy() for part in parts]
    by_part: dict[str, int] = {}
    by_segment: dict[str, int] = {}
    if proposed is not None and parts[1] is not None:
        by_part = {part: int((parts[1] == part).sum()) for part in PARTS}
        counts = selected(proposed, known).value_counts()
        by_segment = {group.name: int(counts.get(group.name, 0)) for group in proposed.segments}
    both = None
    if chosen[0] is not None and chosen[1] is not None:
        both = int(np.count_nonzero(chosen[0] & chosen[1]))
    return MarketCounts(
        n=len(known),
        current=None if chosen[0] is None else int(np.count_nonzero(chosen[0])),
        proposed=None if chosen[1] is None else int(np.count_nonzero(chosen[1])),
        both=both,
        by_part=by_part,
        by_segment=by_segment,
        current_undefined=0.0 if current is None else undefined_share(current, known),
        proposed_undefined=0.0 if proposed is None else undefined_share(proposed, known),
        absent=absent,
    )
