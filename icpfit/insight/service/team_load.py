"""What a profile asks of each team that serves, against what the team can give."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from icpfit.economics.units import hours_per
from icpfit.measure.estimate import Estimate
from icpfit.measure.group_means import money_note
from icpfit.measure.intervals import interval, paired_bootstrap
from icpfit.measure.weighted import ratio

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from icpfit.data.joining.reconciliation import ReconcileLine
    from icpfit.data.table_spec import Controls
    from icpfit.insight.service.quantities import ServiceQuantities

__all__ = ["AS_WON", "ProfileLoad", "TeamLoad", "team_loads"]

Floats = npt.NDArray[np.float64]

AS_WON = "customers as won"
LEDGER = "from the ledger"
REPLICATES = 1000


@dataclass(frozen=True)
class ProfileLoad:
    """What one choice of customers asks of one team.

    Parameters
    ----------
    profile : str
        "customers as won", "current ICP" or "proposed ICP".
    n : int
        Accounts that it rests on.
    per_100 : Estimate
        Per 100 customers won, over their horizon, in the team's unit.
    per_year : Estimate
        The team's load in a year, were the yearly intake all of this kind: what is used today,
        less what an intake as won asks for, plus what this one asks for. NaN where the use isn't
        known.
    short : Estimate
        That load less the team's capacity in a year: above 0 it is overloaded. NaN without a
        capacity.
    """

    profile: str
    n: int
    per_100: Estimate
    per_year: Estimate
    short: Estimate

    @property
    def is_overloaded(self) -> bool:
        """Whether the load lies above the capacity, by the figure itself."""
        return self.short.value > 0

    @property
    def is_sure(self) -> bool:
        """Whether the interval says the same as the figure, or it is the ledger's own."""
        if self.short.note == LEDGER:
            return True
        low, high = self.short.low, self.short.high
        return low is not None and high is not None and (low > 0 or high < 0)


@dataclass(frozen=True)
class TeamLoad:
    """One team with what is asked of it.

    Parameters
    ----------
    team : str
        Who serves.
    unit : str
        ``hour`` where all it does is counted in time; else the one unit of its activities, or
        "event" where they differ and only rows can be added.
    capacity : float or None
        What it can give in a year at practical capacity; None where the settings don't say.
    used : float or None
        What is used in a year on average over the exports, by customers of any age.
    loads : tuple of ProfileLoad
        Customers as won first.
    note : str
        What is missing for a comparison, else "".
    """

    team: str
    unit: str
    capacity: float | None
    used: float | None
    loads: tuple[ProfileLoad, ...]
    note: str = ""


def team_loads(
    quantities: ServiceQuantities,
    chosen: Mapping[str, npt.NDArray[np.bool_]],
    controls: Controls,
    reconciled: Sequence[ReconcileLine],
    *,
    years: float,
    intake: float,
    among: npt.NDArray[np.bool_] | None = None,
    seed: int = 0,
) -> tuple[TeamLoad, ...]:
    """Set what each choice of customers asks for against the capacity of every team.

    Where the model beats the mean, a choice is expected to need the mean of its predictions; the
    interval adds the luck of its residuals to that of which accounts were drawn.

    Parameters
    ----------
    quantities : ServiceQuantities
        Needed and expected, account by account.
    chosen : Mapping of str to ndarray of bool, shape (n,)
        Name to accounts chosen, as "current ICP"; a choice of none is left out.
    controls : Controls
        The pools with their capacity over the time of the exports.
    reconciled : sequence of ReconcileLine
        The ledger's lines; those of capacity say what is used.
    years : float
        Years that the exports cover, above 0.
    intake : float
        Customers won in a year, on average over the same time.
    among : ndarray of bool, shape (n,), optional
        Accounts over which every choice is taken, customers as won too; by default all.
    seed : int
        Of the bootstrap.

    Returns
    -------
    tuple of TeamLoad
        By name; a team whose activities can't be added up is counted in rows.

    Notes
    -----
    All loads are at the same number of customers won. Customers won in earlier years are served on
    as they are: only the intake changes, and only over its horizon. A choice is compared with
    customers as won over the same accounts, so that what drifts over the years cancels out.

    References
    ----------
    Kaplan and Anderson (2007), Time-Driven Activity-Based Costing.
    """
    everyone = np.ones(len(quantities.accounts), dtype=bool) if among is None else among
    choices = {AS_WON: everyone, **{name: inside & everyone for name, inside in chosen.items()}}
    choices = {name: inside for name, inside in choices.items() if inside.any()}
    if AS_WON not in choices:
        return ()
    loads = []
    for team in sorted({one.served_by for one in quantities.activities}):
        mine = [at for at, one in enumerate(quantities.activities) if one.served_by == team]
        units = sorted({quantities.activities[at].unit for at in mine})
        pool = controls.pools.get(team)
        if len(units) > 1:
            text = f"its activities are counted in {' and '.join(units)}, which don't add up"
            loads.append(TeamLoad(team, " and ".join(units), None, None, (), text))
            continue
        unit, capacity, used = units[0], None, None
        note = "the settings name no capacity for it (data.controls.pools)"
        if pool is not None and pool.capacity is not None:
            factor = 1.0 if pool.unit == unit else hours_per(pool.unit) if unit == "hour" else None
            if factor is None:
                note = f"its capacity is in {pool.unit}, its activities in {unit}"
            else:
                capacity, note = pool.capacity * factor / years, ""
                found = _used(reconciled, team, pool.capacity)
                used = None if found is None else found * factor / years
                if not years > 0:
                    capacity = used = None
                    note = "no log of its cost says which days it covers"
                elif used is None:
                    note = "what is used of it is not in the ledger"
        profiles = _profile_loads(
            quantities, mine, choices, capacity=capacity, used=used, intake=intake, seed=seed
        )
        loads.append(TeamLoad(team, unit, capacity, used, profiles, note))
    return tuple(loads)


def _used(reconciled: Sequence[ReconcileLine], team: str, capacity: float) -> float | None:
    """Find what all customers, of any age, used of a team over the time of the exports."""
    for line in reconciled:
        if line.name == team and line.books == capacity and " capacity used " in line.text:
            return line.found
    return None


def _profile_loads(
    quantities: ServiceQuantities,
    mine: list[int],
    choices: Mapping[str, npt.NDArray[np.bool_]],
    *,
    capacity: float | None,
    used: float | None,
    intake: float,
    seed: int,
) -> tuple[ProfileLoad, ...]:
    expected = quantities.expected[:, mine].sum(axis=1)
    needed = quantities.needed[:, mine].sum(axis=1)
    inside = np.column_stack(list(choices.values())).astype(np.float64)

    def means(weights: Floats) -> Floats:
        sizes = np.einsum("bi,ig->bg", weights, inside)
        parts = [
            ratio(np.einsum("bi,ig->bg", weights, inside * values[:, None]), sizes)
            for values in (expected, needed - expected)
        ]
        return np.hstack(parts)

    ids, wide = quantities.accounts.to_numpy(), inside.shape[1]
    now = means(np.ones((1, len(ids))))[0]
    drawn = paired_bootstrap(means, ids, n_boot=REPLICATES, seed=seed)
    value = now[:wide]
    samples = drawn[:, :wide] + (drawn[:, wide:] - now[wide:])
    start = float("nan") if used is None else used
    room = float("nan") if capacity is None else capacity
    loads = []
    for at, (name, members) in enumerate(choices.items()):
        n = int(members.sum())
        note = money_note(n)
        if name == AS_WON or math.isnan(start):
            # What is used today is a figure of the ledger; without it nothing can be compared.
            told = LEDGER if name == AS_WON else "what is used today isn't known"
            year_told = Estimate(start, n=n, note=told)
            short_told = Estimate(start - room, n=n, note=told)
            hundred = interval(100 * value[at], 100 * samples[:, at], n=n, note=note)
            loads.append(ProfileLoad(name, n, hundred, year_told, short_told))
            continue
        # Paired: the accounts of the choice also count among the customers as won.
        year = start + intake * (value[at] - value[0])
        years = start + intake * (samples[:, at] - samples[:, 0])
        loads.append(
            ProfileLoad(
                profile=name,
                n=n,
                per_100=interval(100 * value[at], 100 * samples[:, at], n=n, note=note),
                per_year=interval(year, years, n=n, note=note),
                short=interval(year - room, years - room, n=n, note=note),
            )
        )
    return tuple(loads)
