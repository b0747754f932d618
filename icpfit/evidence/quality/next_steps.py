"""What to do next to get more out of the data, most valuable first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from icpfit.data.joining.mismatch import likely_cause
from icpfit.data.joining.reconciliation import amount_text, share_text
from icpfit.economics.coverage import covered_shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.data.identity.proposal_file import ProposalFile
    from icpfit.data.joining.ledger import JoinLedger, TableLedger
    from icpfit.data.sources.rejected_groups import RejectedGroup
    from icpfit.economics.coverage import Log
    from icpfit.economics.outcome import Accounts
    from icpfit.evidence.quality.attribute_quality import AttributeQuality
    from icpfit.evidence.quality.cohorts import Maturing
    from icpfit.evidence.quality.readiness import Readiness

__all__ = ["NextStep", "next_steps"]

LOW_FILL = 0.5
SOON_MONTHS = 3
MOST_REJECTED = 5
_ORDER = {"stop": 0, "reason": 1, "gain": 2, "better": 3}


@dataclass(frozen=True)
class NextStep:
    """One thing to do.

    Parameters
    ----------
    text : str
        What to do and what it brings, in a sentence.
    kind : {"stop", "reason", "gain", "better"}
        Without it nothing goes on; without it no model is promoted; it brings money or accounts
        into the reckoning; it makes the figures mean more.
    share : float
        How much it brings, of the money, rows or accounts that there are, 0 to 1 or more: what
        the steps of a kind are ordered by.
    """

    text: str
    kind: Literal["stop", "reason", "gain", "better"]
    share: float = 0.0


def next_steps(
    *,
    stop: str,
    rejected: Sequence[RejectedGroup],
    read: dict[str, int],
    ledger: JoinLedger | None,
    currency: str,
    accounts: Accounts | None = None,
    covering: Sequence[Log] = (),
    attributes: Sequence[AttributeQuality] = (),
    young: Sequence[Maturing] = (),
    ready: Readiness | None = None,
    has_profile: bool = True,
    has_controls: bool = True,
    proposed: Sequence[ProposalFile] = (),
) -> tuple[NextStep, ...]:
    """List what to do next.

    Parameters
    ----------
    stop : str
        Why nothing goes on; empty where all does.
    rejected : sequence of RejectedGroup
        Rejected cells, the largest group first.
    read : dict of str to int
        Source to the rows read.
    ledger : JoinLedger or None
        What became of every row; None where it didn't come to a join.
    currency : str
        Of all money.
    accounts : Accounts or None
        The joined accounts.
    covering : sequence of Log
        The days that each log covers.
    attributes : sequence of AttributeQuality
        What is filled.
    young : sequence of Maturing
        How many accounts mature when.
    ready : Readiness or None
        The rules of the training.
    has_profile, has_controls : bool
        Whether the current ICP and the totals of the books are written down.
    proposed : sequence of ProposalFile
        Accounts that wait for a person to confirm them.

    Returns
    -------
    tuple of NextStep
        What stops first, then what a promotion waits for, then what brings money or accounts in,
        then what makes the figures mean more; within each the largest share first, ties in the
        order of the tables.
    """
    steps = [NextStep(f"first mend what stops: {stop}", "stop", 1.0)] if stop else []
    steps += _rejected_steps(rejected, read)
    for table in ledger.tables if ledger is not None else ():
        steps += _ledger_steps(table, currency)
    steps += [_confirm_step(one, read, currency) for one in proposed]
    if ready is not None:
        waiting = [rule for rule in ready.rules if rule.verdict == "weaker"]
        steps += [
            NextStep(f"{rule.remedy}: {rule.found}", "reason")
            for rule in waiting
            if rule.name == "columns that may be used"
        ]
    if accounts is not None:
        steps += _account_steps(accounts, covering)
        steps += _cost_steps(accounts, currency)
    steps += _young_steps(young, 0 if accounts is None else len(accounts.used))
    steps += _attribute_steps(attributes)
    if ledger is not None and not has_controls:
        text = "give the totals of your books (data.controls), so that a missing export shows"
        steps.append(NextStep(text, "better"))
    if not has_profile:
        text = "write the current ICP down (conf/icp/<company>.yaml): a model is held against it"
        steps.append(NextStep(text, "better"))
    return tuple(sorted(steps, key=lambda one: (_ORDER[one.kind], -one.share)))


def _rejected_steps(rejected: Sequence[RejectedGroup], read: dict[str, int]) -> list[NextStep]:
    steps = []
    for one in rejected[:MOST_REJECTED]:
        share = one.cells / max(1, read.get(one.source, 0))
        # A setting of the whole export is no remedy for a few cells that differ from the rest.
        is_odd = one.how_to_fix.startswith("set format") and share < 0.5
        fix = "it differs from the rest, correct it in the source" if is_odd else one.how_to_fix
        text = (
            f"mend {one.cells:,} cell{'' if one.cells == 1 else 's'} of column '{one.column}' in"
            f" {one.file} (line {one.first_line}: '{one.example}' {one.problem}): {fix}"
        )
        steps.append(NextStep(text, "gain", share))
    return steps


def _ledger_steps(table: TableLedger, currency: str) -> list[NextStep]:
    steps = []
    if table.unmatched:
        worth = [
            amount_text(amounts["unmatched"], currency)
            for amounts in table.money.values()
            if amounts["unmatched"]
        ]
        money = f", {' and '.join(worth)}" if worth else ""
        share = max(table.lost_share.values(), default=0.0) or table.unmatched / table.accepted
        cause = f"{table.cause}: {table.remedy}"
        if table.matched and table.cause == likely_cause([], []).text:
            some = ", ".join(repr(one) for one in table.unmatched_examples) or "an empty id"
            cause = f"no account has their ids ({some}); is the accounts export complete?"
        text = (
            f"map {table.unmatched:,} unmatched row{'' if table.unmatched == 1 else 's'} of"
            f" {table.table}{money}: {cause}"
        )
        steps.append(NextStep(text, "gain", share))
    early = [
        (name, amounts["before_start"], abs(amounts["before_start"]) / abs(amounts["read"]))
        for name, amounts in table.money.items()
        if amounts["before_start"] and amounts["read"]
    ]
    if early and early[0][2] > 0.02:
        name, amount, share = early[0]
        text = (
            f"look at started_on: {table.before_start:,} rows of {table.table},"
            f" {amount_text(amount, currency)} of {name}, lie before their account's start and"
            " don't count; is it the contract start?"
        )
        steps.append(NextStep(text, "gain", share))
    return steps


def _confirm_step(one: ProposalFile, read: dict[str, int], currency: str) -> NextStep:
    if not one.waiting:
        text = (
            f"name {one.path.name} in {one.path.parent}, which has all its answers: set"
            f" data.sources.{one.source}.crosswalk: {{files: {one.files}}} and check again; until"
            " then no answer counts"
        )
        return NextStep(text, "gain", 1.0)
    customers = f"{one.waiting:,} customer{'' if one.waiting == 1 else 's'} of {one.source}"
    worth = f"{one.rows:,} rows"
    if one.money is not None:
        worth += f", {amount_text(one.money, currency)}"
    named = (
        "check again then"
        if one.is_named
        else f"then set data.sources.{one.source}.crosswalk: {{files: {one.files}}} and check again"
    )
    text = (
        f"look through {one.path.name} in {one.path.parent}: an account is proposed for"
        f" {one.proposed:,} of {customers} without one ({worth}); write yes or no under 'confirm',"
        f" {named}"
    )
    return NextStep(text, "gain", one.rows / max(1, read.get(one.source, 0)))


def _account_steps(accounts: Accounts, covering: Sequence[Log]) -> list[NextStep]:
    reasons = accounts.outcomes["excluded_because"].dropna()
    used = max(1, len(accounts.used))
    steps = []
    for reason, n in sorted(reasons.value_counts().items(), key=lambda item: str(item[0])):
        mine = reasons.index[reasons == reason]
        if str(reason) == "not mature":
            continue
        what = _uncovered(accounts, mine, covering) or f"correct the accounts of which {reason}"
        noun = "account" if n == 1 else "accounts"
        steps.append(NextStep(f"{what}: {n:,} {noun} more to learn from", "gain", n / used))
    return steps


def _uncovered(accounts: Accounts, mine: pd.Index, covering: Sequence[Log]) -> str:
    """Say which days of the log that leaves out most of these accounts are missing."""
    starts = accounts.dates.loc[mine, "started_on"]
    ends = accounts.dates.loc[mine, "horizon_end"]
    if not covering or not len(mine):
        return ""
    shares = covered_shares(starts, ends, covering)
    worst = str(shares.mean().idxmin())
    if shares[worst].mean() >= 1:
        return ""
    log = next(one for one in covering if one.name == worst)
    if not log.spans:
        return f"bring rows of {worst}, or say which days it covers"
    first, last = log.spans[0][0], log.spans[-1][1]
    needed = [starts.min().date(), (ends.max() - pd.Timedelta(days=1)).date()]
    sides = []
    if needed[0] < first:
        sides.append(f"from {needed[0]} (it begins on {first})")
    if needed[1] > last:
        sides.append(f"to {needed[1]} (it ends on {last})")
    where = " and ".join(sides) or "without gaps"
    return f"bring {worst} {where}, or say in covers: that it was empty then"


def _cost_steps(accounts: Accounts, currency: str) -> list[NextStep]:
    costs, steps = accounts.activity_costs, []
    total = float(costs["amount"].sum()) if len(costs) else 0.0
    if total > 0:
        unknown = costs[costs["caused_by"] == "unknown"].groupby("activity")["amount"].sum()
        amount = float(unknown.sum())
        if amount > 0:
            most = str(unknown.sort_index().idxmax())
            text = (
                f"say who causes '{most}' (data.economics.rate_card.caused_by):"
                f" {amount_text(amount, currency)}, {share_text(amount / total)} of the cost to"
                " serve, has no known cause"
            )
            steps.append(NextStep(text, "better", amount / total))
    used = accounts.outcomes.loc[accounts.used]
    if len(used) and not np.any(used["direct_cost"].to_numpy("float64")):
        text = "bring direct_cost with the invoices: without it all revenue counts as gross margin"
        steps.append(NextStep(text, "better", 0.5))
    if len(used) and total == 0:
        text = "bring a log of service (table: costs): without it nobody costs anything to serve"
        steps.append(NextStep(text, "better", 1.0))
    return steps


def _young_steps(young: Sequence[Maturing], used: int) -> list[NextStep]:
    soon = [one for one in young[:SOON_MONTHS] if one.accounts]
    if not soon:
        return []
    last = soon[-1]
    noun = "account matures" if last.accounts == 1 else "accounts mature"
    text = f"wait until {last.on}: {last.accounts:,} more {noun} by then"
    return [NextStep(text, "gain", last.accounts / max(1, used))]


def _attribute_steps(attributes: Sequence[AttributeQuality]) -> list[NextStep]:
    steps = []
    empty = [one for one in attributes if one.is_learned_from and one.n and one.fill < LOW_FILL]
    empty.sort(key=lambda one: one.fill)
    if empty:
        shown = ", ".join(f"{one.attribute.words} ({share_text(one.fill)})" for one in empty[:3])
        more = f" and {len(empty) - 3} more" if len(empty) > 3 else ""
        text = f"have these filled in the CRM, few accounts have them: {shown}{more}"
        steps.append(NextStep(text, "better", float(np.mean([1 - one.fill for one in empty]))))
    changed = [one for one in attributes if one.is_learned_from and one.has_changed]
    changed.sort(key=lambda one: -(one.change.value if one.change else 0.0))
    if changed:
        shown = "; ".join(f"{one.attribute.words}: {one.moved}" for one in changed[:3])
        more = f"; and {len(changed) - 3} more" if len(changed) > 3 else ""
        text = f"find out what changed over time, the way of recording or the market: {shown}{more}"
        steps.append(NextStep(text, "better", len(changed) / len(attributes)))
    return steps
