"""Drop it or fix it: what to do with attractive groups that cost more to serve than others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from icpfit.icp.profile import Profile
from icpfit.icp.selection import is_selected
from icpfit.insight.service.cost_causes import CostCause, cost_causes
from icpfit.measure.group_means import figures_of_means

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import pandas as pd

    from icpfit.economics.outcome import Accounts
    from icpfit.economics.rate_card import RateCard
    from icpfit.icp.profile import Segment
    from icpfit.measure.estimate import Estimate

__all__ = ["DropOrFix", "FoundGroup", "drop_or_fix", "members_of"]


class FoundGroup(Protocol):
    """A group that was found, as `icpfit.insight.segments` gives it.

    Attributes
    ----------
    segment : Segment
        Its name and conditions.
    part : {"segments", "fix", "avoid"}
        Where it stands in the proposed ICP.
    status : {"segment", "candidate"}
        Whether it passed the test.
    """

    @property
    def segment(self) -> Segment:
        """Its name and conditions."""
        ...

    @property
    def part(self) -> Literal["segments", "fix", "avoid"]:
        """Where it stands in the proposed ICP."""
        ...

    @property
    def status(self) -> Literal["segment", "candidate"]:
        """Whether it passed the test."""
        ...


@dataclass(frozen=True)
class DropOrFix:
    """One attractive group that costs more to serve than the company's other customers.

    Parameters
    ----------
    name : str
        Of the group.
    segment : Segment
        Its conditions.
    n : int
        Its accounts.
    fit_rate, base_fit : float
        Share of profitable fits, in the group and of all.
    margin, margin_if_fixed : Estimate
        Of an account; with remedial cost taken out of the books; currency units.
    cost_to_serve, cost_elsewhere, extra_cost : Estimate
        Of an account in the group, of the other customers, and the difference; currency units.
    remedial_cost : Estimate
        Of an account in the group, currency units.
    drop : Estimate
        Worth of winning 100 of the other customers instead of 100 of the group: 100 times the
        others' margin less the group's; currency units over the horizon.
    drop_alone : Estimate
        Worth of not winning 100 of the group and nobody instead.
    fix : Estimate
        Worth of bringing the group's remedial cost down to that of the other customers, per 100
        customers won; at least 0.
    fix_all : Estimate
        Worth of removing all of it: the most that fixing can bring.
    fix_less_drop : Estimate
        The two prices paired.
    advice : {"fix", "drop", "cannot tell", "nothing to fix"}
        "drop" where that is surely worth more; else remedial cost first: "fix" where that is surely
        worth something; "nothing to fix" where it isn't, and the remedial cost is no higher than
        elsewhere or the group surely leaves more than the others.
    causes : tuple of CostCause
        Remedial first, the largest first.
    """

    name: str
    segment: Segment
    n: int
    fit_rate: float
    base_fit: float
    margin: Estimate
    margin_if_fixed: Estimate
    cost_to_serve: Estimate
    cost_elsewhere: Estimate
    extra_cost: Estimate
    remedial_cost: Estimate
    drop: Estimate
    drop_alone: Estimate
    fix: Estimate
    fix_all: Estimate
    fix_less_drop: Estimate
    advice: Literal["fix", "drop", "cannot tell", "nothing to fix"]
    causes: tuple[CostCause, ...]

    @property
    def is_sure(self) -> bool:
        """Whether the data tell which of the two is worth more."""
        low, high = self.fix_less_drop.low, self.fix_less_drop.high
        return low is not None and high is not None and (low > 0 or high < 0)


def members_of(segment: Segment, facts: pd.DataFrame, effective: dt.date) -> pd.Series:
    """Say which accounts meet a segment's conditions, by itself.

    Parameters
    ----------
    segment : Segment
        The segment.
    facts : DataFrame, n rows
        As `icpfit.icp.selection.selected` takes them.
    effective : date
        Any day; a profile has one.

    Returns
    -------
    Series of bool, n rows
        False where missing facts leave it open.

    Examples
    --------
    >>> import datetime as dt
    >>> import pandas as pd
    >>> from icpfit.icp.profile import Segment
    >>> facts = pd.DataFrame({"country": ["DE", None]})
    >>> members_of(Segment("DACH", {"country": ["DE"]}), facts, dt.date(2025, 1, 1)).tolist()
    [True, False]
    """
    return is_selected(Profile(segment.name, 1, effective, (segment,)), facts)


def drop_or_fix(
    accounts: Accounts,
    groups: Sequence[FoundGroup],
    card: RateCard,
    *,
    reported_on: pd.Index | None = None,
    seed: int = 0,
) -> tuple[DropOrFix, ...]:
    """Price both ways out for every attractive group that costs more to serve than others.

    Attractive: to be fixed by the proposed ICP, or with a fit rate above that of all. Costs
    more: a cost to serve per account above that of the other customers.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.
    groups : sequence of FoundGroup
        The groups found, or those of a profile; those to avoid are not attractive.
    card : RateCard
        Units of the activities.
    reported_on : Index, optional
        Accounts to report on, apart from those on which the groups were found; by default all that
        a model may learn from.
    seed : int
        Of the bootstrap.

    Returns
    -------
    tuple of DropOrFix
        In the order given; groups without an account, or of all accounts, are left out.

    Notes
    -----
    Both prices rest on the same accounts in the same replicates. They hold if win rates, the mix
    within the group and what others leave stay the same, over the horizon.
    """
    used = accounts.used if reported_on is None else accounts.used.intersection(reported_on)
    used = used.sort_values()
    facts, outcomes = accounts.facts.loc[used], accounts.outcomes.loc[used]
    is_fit = outcomes["fit"].astype(bool).to_numpy()
    found = []
    for group in groups:
        if group.part == "avoid":
            continue
        inside = members_of(group.segment, facts, accounts.as_of).to_numpy(dtype=bool)
        if not inside.any() or inside.all():
            continue
        fit_rate, base = float(is_fit[inside].mean()), float(is_fit.mean())
        cost = outcomes["cost_to_serve"].to_numpy("float64")
        dearer = float(cost[inside].mean()) > float(cost[~inside].mean())
        if dearer and (group.part == "fix" or fit_rate > base):
            rates = (fit_rate, base)
            found.append(
                _priced(
                    accounts,
                    outcomes,
                    inside,
                    segment=group.segment,
                    card=card,
                    rates=rates,
                    seed=seed,
                )
            )
    return tuple(found)


def _priced(
    accounts: Accounts,
    outcomes: pd.DataFrame,
    inside: np.ndarray,
    *,
    segment: Segment,
    card: RateCard,
    rates: tuple[float, float],
    seed: int,
) -> DropOrFix:
    columns = ["margin", "cost_to_serve", "remedial_cost"]

    def figures(means: np.ndarray) -> np.ndarray:
        (margin, cost, remedial), (other_margin, other_cost, other_remedial) = (
            means[:, side].T for side in (0, 1)
        )
        fix = 100 * np.maximum(remedial - other_remedial, 0.0)
        drop = 100 * (other_margin - margin)
        return np.column_stack(
            [
                margin,
                margin + remedial,
                cost,
                other_cost,
                cost - other_cost,
                remedial,
                drop,
                -100 * margin,
                fix,
                100 * remedial,
                fix - drop,
            ]
        )

    told = figures_of_means(
        outcomes[columns].to_numpy("float64"),
        np.column_stack([inside, ~inside]),
        outcomes.index.to_numpy(),
        figures,
        seed=seed,
        counts=[int(inside.sum())] * 3 + [int((~inside).sum())] + [int(inside.sum())] * 7,
    )
    margin, fixed, cost, elsewhere, extra, remedial, drop, alone, fix, fix_all, apart = told
    return DropOrFix(
        name=segment.name,
        segment=segment,
        n=int(inside.sum()),
        fit_rate=rates[0],
        base_fit=rates[1],
        margin=margin,
        margin_if_fixed=fixed,
        cost_to_serve=cost,
        cost_elsewhere=elsewhere,
        extra_cost=extra,
        remedial_cost=remedial,
        drop=drop,
        drop_alone=alone,
        fix=fix,
        fix_all=fix_all,
        fix_less_drop=apart,
        advice=_advice(drop, fix, apart),
        causes=cost_causes(accounts, outcomes.index, inside, card),
    )


def _advice(
    drop: Estimate, fix: Estimate, apart: Estimate
) -> Literal["fix", "drop", "cannot tell", "nothing to fix"]:
    if apart.high is not None and apart.high < 0:
        return "drop"
    if fix.low is not None and fix.low > 0:
        return "fix"
    keep = drop.high is not None and drop.high < 0
    return "nothing to fix" if keep or fix.value <= 0 else "cannot tell"
