"""What became of the accounts of each group of a profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from icpfit.icp.selection import PARTS, listed, meets
from icpfit.measure.estimate import Estimate
from icpfit.measure.intervals import bootstrap, wilson
from icpfit.measure.weighted import weighted_mean

if TYPE_CHECKING:
    import pandas as pd

    from icpfit.icp.profile import Profile

__all__ = ["FEWEST_CHOSEN", "GroupOutcome", "group_outcomes"]

# A figure of fewer accounts than this is an anecdote.
FEWEST_CHOSEN = 10


@dataclass(frozen=True)
class GroupOutcome:
    """What became of the accounts of one group of a profile.

    Parameters
    ----------
    profile : {"current", "proposed"}
        Whose group it is.
    part : {"segments", "fix", "avoid"}
        Where it stands in the profile.
    name : str
        The group's name.
    n : int
        Accounts judged that fall in it: of a segment its targets, each in the first segment that
        fits; of a group to fix those that are in none to avoid, in the same way; of a group to
        avoid all that meet it.
    fit_rate : Estimate
        Share that was a profitable fit, with Wilson's interval.
    margin : Estimate
        Mean margin in currency units per account; without an interval below 10 accounts.
    """

    profile: Literal["current", "proposed"]
    part: Literal["segments", "fix", "avoid"]
    name: str
    n: int
    fit_rate: Estimate
    margin: Estimate


def group_outcomes(
    profile: Profile | None,
    whose: Literal["current", "proposed"],
    facts: pd.DataFrame,
    outcomes: pd.DataFrame,
    seed: int,
) -> tuple[GroupOutcome, ...]:
    """Say what became of the accounts of each group of a profile.

    Parameters
    ----------
    profile : Profile or None
        The profile.
    whose : {"current", "proposed"}
        Which one it is.
    facts : DataFrame, n rows
        As `icpfit.icp.selection.selected` takes them.
    outcomes : DataFrame, n rows
        With ``fit`` and ``margin``, in the same order.
    seed : int
        Of the bootstrap.

    Returns
    -------
    tuple of GroupOutcome
        Segments, groups to fix, groups to avoid; empty without a profile.

    Raises
    ------
    SettingsError
        If a condition is on an attribute that the facts don't have.
    """
    if profile is None:
        return ()
    named = listed(profile, facts)
    found = []
    for part in PARTS:
        for group in getattr(profile, part):
            told = group.name if part == "segments" else f"{part}: {group.name}"
            inside = meets(group, facts) if part == "avoid" else named == told
            chosen = outcomes[inside.to_numpy(dtype=bool)]
            n, fits = len(chosen), int(chosen["fit"].astype(bool).sum())
            margin = _mean(chosen["margin"].to_numpy(dtype=np.float64), seed)
            found.append(GroupOutcome(whose, part, group.name, n, wilson(fits, n), margin))
    return tuple(found)


def _mean(margin: np.ndarray[Any, np.dtype[np.float64]], seed: int) -> Estimate:
    n = len(margin)
    if n < FEWEST_CHOSEN:
        value = float(margin.mean()) if n else float("nan")
        return Estimate(value, n=n, note=f"insufficient: {n} accounts")
    return bootstrap(lambda weights: weighted_mean(weights, margin), np.arange(n), seed=seed)
