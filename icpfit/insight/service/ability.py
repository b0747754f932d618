"""Ability to serve: what a profile would ask of the teams, and what to do with those it strains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from icpfit.economics.coverage import logs
from icpfit.icp.selection import is_selected
from icpfit.insight.service.apart import accounts_apart
from icpfit.insight.service.deals import DealPanel, deal_panel
from icpfit.insight.service.drop_or_fix import DropOrFix, FoundGroup, drop_or_fix
from icpfit.insight.service.quantities import ServedActivity, service_quantities
from icpfit.insight.service.team_load import TeamLoad, team_loads

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    import pandas as pd

    from icpfit.data.table_spec import DataSpec
    from icpfit.data.tables import Tables
    from icpfit.economics.outcome import Accounts
    from icpfit.economics.spec import EconomicsSpec
    from icpfit.evidence.trial import Trial
    from icpfit.icp.profile import Profile, Segment

__all__ = ["AbilityToServe", "FoundGroups", "ability_to_serve"]

DAYS_PER_YEAR = 365.25


class FoundGroups(Protocol):
    """Groups that were found, as `icpfit.insight.segments` gives them.

    Attributes
    ----------
    segments : sequence of FoundGroup
        The groups.
    report : Index
        Accounts on which they are reported, apart from those on which they were found.
    """

    @property
    def segments(self) -> Sequence[FoundGroup]:
        """The groups."""
        ...

    @property
    def report(self) -> pd.Index:
        """Accounts on which they are reported."""
        ...


@dataclass(frozen=True)
class _ProfileGroup:
    segment: Segment
    part: Literal["segments", "fix", "avoid"]
    status: Literal["segment", "candidate"] = "segment"


@dataclass(frozen=True, eq=False)
class AbilityToServe:
    """What serving takes, today and under another profile.

    Parameters
    ----------
    currency, horizon : str
        As in the settings; the horizon as "12mo".
    n : int
        Accounts that the quantities rest on.
    years : float
        That the logs of cost to serve cover; NaN where none does.
    intake : float
        Customers won in a year over that time, on average.
    activities : tuple of ServedActivity
        What is needed, and how far it can be foreseen.
    teams : tuple of TeamLoad
        What is asked of each team by customers as won, the current and the proposed ICP.
    deals : DealPanel
        Win rate, sales cycle, selection.
    drop_or_fix : tuple of DropOrFix
        Attractive groups that cost more to serve than others.
    note : str
        What is missing, such as the capacities; else "".
    n_apart : int or None
        Accounts over which the choices of customers are compared: those that took no part in
        finding the proposed ICP. None where all n are.
    """

    currency: str
    horizon: str
    n: int
    years: float
    intake: float
    activities: tuple[ServedActivity, ...]
    teams: tuple[TeamLoad, ...]
    deals: DealPanel
    drop_or_fix: tuple[DropOrFix, ...]
    note: str = ""
    n_apart: int | None = None


def ability_to_serve(
    accounts: Accounts,
    trial: Trial | None,
    tables: Tables,
    data: DataSpec,
    economics: EconomicsSpec,
    *,
    current: Profile | None = None,
    proposed: Profile | None = None,
    found: FoundGroups | None = None,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> AbilityToServe | None:
    """Double-check a profile against the company's ability to serve.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.
    trial : Trial or None
        Its features foresee the quantities; without one the groups' means are taken.
    tables : Tables
        For the deals, and for the days that the logs cover.
    data, economics : DataSpec, EconomicsSpec
        The company's settings: pools with their capacity, rate card.
    current, proposed : Profile, optional
        What the company uses today, and what was found.
    found : FoundGroups, optional
        Groups for *drop it or fix it*, those that passed the test; without them the groups of the
        proposed, else of the current profile. What was found on one part of the accounts is
        reported on the other; loads and deals also on the hold-out.
    seed : int
        Of every fold, forest and bootstrap.
    progress : callable, optional
        Told what is being done.

    Returns
    -------
    AbilityToServe or None
        None where no account may be learned from, or there is no cost to serve.

    Notes
    -----
    The model that foresees quantities sees facts known before the sale only, and every account is
    foreseen by a model that had not seen it. Profiles are compared at the same number of customers
    won, and over the same accounts: those that took no part in finding the proposed one.

    References
    ----------
    Kaplan and Anderson (2007), Time-Driven Activity-Based Costing.
    """
    tell = progress or (lambda _text: None)
    if not len(accounts.used) or accounts.activity_costs.empty:
        return None
    tell("what each account needs")
    quantities = service_quantities(accounts, trial, economics.rate_card, seed=seed)
    facts = accounts.facts.loc[quantities.accounts]
    chosen = {
        role: is_selected(profile, facts).to_numpy(dtype=bool)
        for role, profile in (("current ICP", current), ("proposed ICP", proposed))
        if profile is not None
    }
    groups, reported_on = _groups(found, proposed, current)
    apart = accounts_apart(accounts, trial, reported_on)
    tell("what it asks of the teams")
    first, last = _covered(tables, data)
    years = float("nan") if first is None or last is None else _years(first, last)
    started = accounts.dates["started_on"].dt.date
    intake = float("nan")
    if first is not None and last is not None:
        intake = float(((started >= first) & (started <= last)).sum()) / years
    teams = team_loads(
        quantities,
        chosen,
        data.controls,
        accounts.ledger.reconciliation,
        years=years,
        intake=intake,
        among=None if apart is None else quantities.accounts.isin(apart),
        seed=seed,
    )
    tell("drop it or fix it")
    priced = drop_or_fix(accounts, groups, economics.rate_card, reported_on=reported_on, seed=seed)
    deals = deal_panel(
        tables.typed.get("opportunities"),
        accounts,
        [group.segment for group in groups],
        reported_on=apart,
        seed=seed,
    )
    capacities = any(pool.capacity is not None for pool in data.controls.pools.values())
    note = (
        ""
        if capacities
        else (
            "no capacity is given, so no overload can be named: add cost, capacity and unit of each"
            " team under data.controls.pools"
        )
    )
    return AbilityToServe(
        currency=accounts.currency,
        horizon=str(accounts.horizon),
        n=len(quantities.accounts),
        years=years,
        intake=intake,
        activities=quantities.activities,
        teams=teams,
        deals=deals,
        drop_or_fix=priced,
        note=note,
        n_apart=None if apart is None else len(apart),
    )


def _groups(
    found: FoundGroups | None, proposed: Profile | None, current: Profile | None
) -> tuple[list[FoundGroup], pd.Index | None]:
    passed = [] if found is None else [one for one in found.segments if one.status == "segment"]
    if found is not None and passed:
        return passed, found.report if len(found.report) else None
    profile = proposed if proposed is not None else current
    if profile is None:
        return [], None
    groups: list[FoundGroup] = [_ProfileGroup(one, "segments") for one in profile.segments]
    groups += [_ProfileGroup(one, "fix") for one in profile.fix]
    groups += [_ProfileGroup(one, "avoid") for one in profile.avoid]
    return groups, None


def _covered(tables: Tables, data: DataSpec) -> tuple[dt.date | None, dt.date | None]:
    """First and last day that every log of cost to serve covers, up to as_of."""
    spans = [log.spans for log in logs(tables.reads, data) if log.name != "revenue" and log.spans]
    if not spans:
        return None, None
    first = max(days[0][0] for days in spans)
    last = min(min(days[-1][1], data.as_of) for days in spans)
    return (first, last) if last > first else (None, None)


def _years(first: dt.date, last: dt.date) -> float:
    return ((last - first).days + 1) / DAYS_PER_YEAR
