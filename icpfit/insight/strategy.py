"""What a strategy team decides from: groups, the two profiles, service, money, and the drivers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from icpfit.insight.driver_evidence import DriverEvidence, FormerDrivers, driver_evidence
from icpfit.insight.profit.money import WhereTheMoneyIs, where_the_money_is
from icpfit.insight.redefinition.redefinition import Redefinition, redefinition
from icpfit.insight.segments.proposal import proposed_profile
from icpfit.insight.segments.search import found_segments
from icpfit.insight.service.ability import AbilityToServe, ability_to_serve

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from icpfit.data.table_spec import DataSpec
    from icpfit.data.tables import Tables
    from icpfit.economics.outcome import Accounts
    from icpfit.economics.spec import EconomicsSpec
    from icpfit.evidence.trial import Trial
    from icpfit.icp.profile import Profile
    from icpfit.insight.explanation import Explanation
    from icpfit.insight.segments.found import FoundSegments

__all__ = ["Strategy", "next_quarter", "strategy"]

# Half-samples behind the stability of a rule.
_HALF_SAMPLES = {"quick": 10, "full": 30}


@dataclass(frozen=True, eq=False)
class Strategy:
    """What was found out for those who decide whom to win.

    Parameters
    ----------
    found : FoundSegments or None
        Groups to win, to fix and to avoid.
    redefined : Redefinition or None
        The current ICP against the one proposed.
    service : AbilityToServe or None
        What each profile asks of the teams; None without any known cost.
    money : WhereTheMoneyIs or None
        Where the margin is made and lost; None without any known margin.
    drivers : DriverEvidence or None
        What tells accounts apart; None where nothing does.
    """

    found: FoundSegments | None = None
    redefined: Redefinition | None = None
    service: AbilityToServe | None = None
    money: WhereTheMoneyIs | None = None
    drivers: DriverEvidence | None = None


def strategy(
    accounts: Accounts,
    trial: Trial,
    explained: Explanation,
    *,
    tables: Tables,
    data: DataSpec,
    economics: EconomicsSpec,
    current: Profile | None = None,
    prospects: pd.DataFrame | None = None,
    former: FormerDrivers | None = None,
    evidence: Literal["quick", "full"] = "full",
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Strategy:
    """Find the groups, propose a profile, and hold it against the current one.

    Parameters
    ----------
    accounts : Accounts
        Facts and outcomes, joined.
    trial : Trial
        The challenger. Groups are sought in its training part; the profiles are compared on its
        hold-out, or where there is none on the part that the groups were reported on.
    explained : Explanation
        SHAP values of the accounts judged.
    tables : Tables
        For the deals, won and lost.
    data : DataSpec
        For the capacities of the teams.
    economics : EconomicsSpec
        Rule of the label, and rate card.
    current : Profile, optional
        The current ICP.
    prospects : DataFrame, optional
        Facts of a list that looks like those to be scored: the market that is left.
    former : FormerDrivers, optional
        Driver shares of the model in use.
    evidence : {"quick", "full"}
        Quick draws fewer half-samples and refits.
    seed : int
        Of everything drawn.
    progress : callable, optional
        Told what is being done.

    Returns
    -------
    Strategy
        All of it rests on association: what accounts like these left, not what a change would do.
    """
    told = progress or (lambda _text: None)
    found = found_segments(
        accounts,
        trial,
        economics=economics,
        seed=seed,
        half_samples=_HALF_SAMPLES[evidence],
        progress=told,
    )
    proposal = proposed_profile(found, current, effective_from=next_quarter(accounts.as_of))
    told("the current ICP against the one proposed")
    held = trial.split.basis != "none"
    redefined = redefinition(
        accounts,
        trial,
        current,
        proposal,
        prospects=prospects,
        judged=None if held or not len(found.report) else found.report,
        basis="" if held else found.basis,
        # The part reported on also decided which groups passed, so it can't decide for them again.
        independent=held,
        seed=seed,
    )
    told("what each profile asks of the teams")
    service = ability_to_serve(
        accounts,
        trial,
        tables,
        data,
        economics,
        current=current,
        proposed=proposal,
        found=found,
        seed=seed,
        progress=told,
    )
    money = where_the_money_is(
        accounts,
        trial,
        economics,
        current=current,
        proposed=proposal,
        reported_on=found.report if len(found.report) else None,
        seed=seed,
        progress=told,
    )
    told("how firmly the drivers stand")
    drivers = driver_evidence(
        accounts,
        trial,
        explained=explained,
        card=economics.rate_card,
        former=former,
        evidence=evidence,
        seed=seed,
        progress=told,
    )
    return Strategy(found, redefined, service, money, drivers)


def next_quarter(day: dt.date) -> dt.date:
    """Return the first day of the quarter after a day.

    Parameters
    ----------
    day : date
        Any day.

    Returns
    -------
    date
        January, April, July or October 1st.

    Examples
    --------
    >>> next_quarter(dt.date(2026, 6, 30)), next_quarter(dt.date(2026, 12, 1))
    (datetime.date(2026, 7, 1), datetime.date(2027, 1, 1))
    """
    month = 3 * ((day.month - 1) // 3) + 4
    return dt.date(day.year + month // 13, (month - 1) % 12 + 1, 1)
