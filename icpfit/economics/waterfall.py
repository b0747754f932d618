"""The way from revenue to margin: what each activity takes away, planned and remedial apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

    from icpfit.economics.outcome import Accounts

__all__ = ["MarginStep", "margin_waterfall"]

StepKind = Literal["revenue", "direct", "planned", "remedial", "acquisition", "margin"]


@dataclass(frozen=True)
class MarginStep:
    """One step from revenue to margin; what is taken away is negative.

    Parameters
    ----------
    label : str
        Such as an activity's name.
    kind : {"revenue", "direct", "planned", "remedial", "acquisition", "margin"}
        What it is; the first and the last stand on zero.
    amount : float
        Average of an account, currency units.
    total : float
        Sum over the accounts, currency units.
    """

    label: str
    kind: StepKind
    amount: float
    total: float


def margin_waterfall(accounts: Accounts, members: pd.Index | None = None) -> list[MarginStep]:
    """Walk from revenue to margin over the accounts that have an outcome.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts; those with a margin count.
    members : Index, optional
        Only these accounts, such as those of a segment; all by default.

    Returns
    -------
    list of MarginStep
        Revenue, direct cost, planned cost by activity, remedial cost by activity (each largest
        first), acquisition cost, margin. All but the last add up to it. Acquisition cost is left
        out where no account has one.
    """
    known = accounts.outcomes[accounts.outcomes["margin"].notna()]
    if members is not None:
        known = known[known.index.isin(members)]
    n = max(len(known), 1)
    costs = accounts.activity_costs
    costs = costs[costs["account_id"].isin(known.index)]

    def step(label: str, kind: StepKind, total: float) -> MarginStep:
        return MarginStep(label, kind, total / n, total)

    steps = [
        step("revenue", "revenue", float(known["revenue"].sum())),
        step("direct cost", "direct", -float(known["direct_cost"].sum())),
    ]
    kinds: tuple[tuple[StepKind, bool], ...] = (("planned", False), ("remedial", True))
    for kind, remedial in kinds:
        by_activity = costs[costs["remedial"] == remedial].groupby("activity")["amount"].sum()
        largest = sorted(by_activity.items(), key=lambda item: (-item[1], str(item[0])))
        steps += [step(str(name), kind, -float(amount)) for name, amount in largest]
    acquisition = float(known["acquisition_cost"].sum())
    if known["acquisition_cost"].notna().any():
        steps.append(step("acquisition", "acquisition", -acquisition))
    return [*steps, step("margin", "margin", float(known["margin"].sum()))]
