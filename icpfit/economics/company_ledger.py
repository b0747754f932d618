"""The join ledger of a company: its tables together, and against the books."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.data.joining.ledger import JoinLedger, TableLedger, join_ledger
from icpfit.data.joining.reconciliation import PoolUse, reconciliation
from icpfit.economics.units import hours_per

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from icpfit.data.joining.accounts import AccountRows
    from icpfit.data.joining.join import AccountMonths
    from icpfit.data.table_spec import Controls, DataSpec
    from icpfit.data.tables import SourceRead
    from icpfit.economics.rate_card import RateCard

__all__ = ["company_ledger"]

_UNITS = 10_000


def company_ledger(
    reads: Sequence[SourceRead],
    rows: AccountRows,
    joined: tuple[AccountMonths, AccountMonths, AccountMonths],
    data: DataSpec,
    card: RateCard,
) -> JoinLedger:
    """Put the ledgers of accounts, revenue, costs and loyalty together, against the books.

    Parameters
    ----------
    reads : sequence of SourceRead
        What the reader did.
    rows : AccountRows
        The accounts; every row that became a member counts as matched.
    joined : tuple of AccountMonths
        Revenue, costs and loyalty.
    data : DataSpec
        The controls, limits and currency.
    card : RateCard
        Units of the activities, for the capacity of the pools.

    Returns
    -------
    JoinLedger
        Not checked yet.
    """
    revenue, costs, _ = joined
    crm_reads = [read for read in reads if read.table == "accounts"]
    aside = dict(rows.set_aside)
    for read in crm_reads:
        for reason, number in read.set_aside.items():
            aside[reason] = aside.get(reason, 0) + number
    members = int(rows.frame["members"].sum())
    crm = TableLedger(
        table="accounts",
        read=sum(read.read for read in crm_reads) or members + sum(aside.values()),
        rejected=sum(read.rejected for read in crm_reads),
        set_aside=aside,
        matched=members,
        unmatched=0,
        after_as_of=0,
        before_start=0,
        after_horizon=0,
        in_window=members,
        accounts_with_rows=len(rows.frame),
        accounts_without_rows=0,
        money={},
    )
    lines = reconciliation(
        data.controls,
        float(revenue.totals["amount"].sum()) / _UNITS,
        _pool_use(costs.totals, card, data.controls),
        data.currency,
    )
    return join_ledger([crm, *(one.ledger for one in joined)], data.join, lines)


def _pool_use(totals: pd.DataFrame, card: RateCard, controls: Controls) -> dict[str, PoolUse]:
    """Sum what the cost rows charge to each group that serves: the books know no accounts."""
    units = {name: one.unit for name, one in card.activities.items()}
    unit = totals["activity"].map(units).fillna("event")
    pools = {}
    for name, mine in totals.groupby("served_by"):
        quantity = mine["quantity"].groupby(unit[mine.index]).sum() / _UNITS
        amounts = {str(key): float(value) for key, value in quantity.items()}
        asked = controls.pools.get(str(name))
        if asked is not None:
            amounts = _in_unit(amounts, asked.unit)
        pools[str(name)] = PoolUse(float(mine["amount"].sum()) / _UNITS, amounts)
    return pools


def _in_unit(amounts: dict[str, float], unit: str) -> dict[str, float]:
    """Add what is counted in other units of time to what is counted in the pool's own."""
    size = hours_per(unit)
    if size is None or set(amounts) <= {unit}:
        return amounts
    hours = [(hours_per(key), value) for key, value in amounts.items()]
    total = sum(value * each for each, value in hours if each is not None)
    return {**amounts, unit: total / size}
