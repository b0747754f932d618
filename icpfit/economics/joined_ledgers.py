"""The ledgers joined to the accounts, before anything is concluded from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from icpfit.data.joining.accounts import account_rows
from icpfit.data.joining.join import account_months, join_keys
from icpfit.data.joining.matching import with_matching
from icpfit.data.sources.rejected_groups import nothing_read
from icpfit.economics.company_ledger import company_ledger
from icpfit.economics.cost_to_serve import priced_costs
from icpfit.economics.loyalty import usable_loyalty
from icpfit.errors import OutcomeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from icpfit.data.joining.accounts import AccountRows
    from icpfit.data.joining.join import AccountMonths
    from icpfit.data.joining.join_engine import JoinEngine
    from icpfit.data.joining.ledger import JoinLedger
    from icpfit.data.table_spec import DataSpec
    from icpfit.data.tables import Tables
    from icpfit.economics.cost_to_serve import PricedCosts
    from icpfit.economics.loyalty import LoyaltyRows
    from icpfit.economics.spec import EconomicsSpec

__all__ = ["JoinedLedgers", "joined_ledgers"]


@dataclass(frozen=True, eq=False)
class JoinedLedgers:
    """The accounts, and what each ledger holds of them.

    Parameters
    ----------
    rows : AccountRows
        The accounts.
    priced : PricedCosts
        The cost rows, priced.
    observed : LoyaltyRows
        The observations whose value means something.
    revenue, costs, loyalty : AccountMonths
        Sums per account and month.
    ledger : JoinLedger
        What became of every row; not checked against the limits.
    """

    rows: AccountRows
    priced: PricedCosts
    observed: LoyaltyRows
    revenue: AccountMonths
    costs: AccountMonths
    loyalty: AccountMonths
    ledger: JoinLedger


def joined_ledgers(
    tables: Tables,
    data: DataSpec,
    economics: EconomicsSpec,
    progress: Callable[[str], None] | None = None,
    engine: JoinEngine | None = None,
) -> JoinedLedgers:
    """Roll the accounts up, price the costs and join every ledger.

    Parameters
    ----------
    tables : Tables
        The typed tables.
    data : DataSpec
        The settings of the company's data.
    economics : EconomicsSpec
        The settings of its economics.
    progress : callable, optional
        Told what is being done.
    engine : JoinEngine, optional
        What runs the joins; DuckDB by default.

    Returns
    -------
    JoinedLedgers
        With the ledger of every row, also where nothing matches: who concludes anything checks it
        first (`icpfit.data.joining.ledger.check_ledger`).

    Raises
    ------
    SourceError
        When there is no account, or an account stands twice and differs.
    OutcomeError
        When there is no revenue.
    SettingsError
        When an activity has no rate.
    EngineError
        When the engine that was handed down can't do it.
    """
    where = "" if engine is None else engine.where
    tell = progress or (lambda _text: None)
    tell("rolling accounts up")
    rows = account_rows(tables, data)
    keys = join_keys(rows)
    if tables.typed["revenue"].num_rows == 0:
        why = nothing_read(tables.rejected, tables.reads, "revenue")
        raise OutcomeError(f"revenue: no row could be read, so no margin can be computed; {why}")
    tell(f"joining revenue{where}")
    revenue = account_months(
        tables.typed["revenue"],
        keys,
        data,
        table="revenue",
        money=["amount", "direct_cost"],
        reads=tables.reads,
        engine=engine,
    )
    tell(f"pricing and joining cost to serve{where}")
    priced = priced_costs(tables.typed["costs"], economics.rate_card)
    costs = account_months(
        priced.rows,
        keys,
        data,
        table="costs",
        money=["amount"],
        quantities=["quantity"],
        by=["activity", "remedial", "caused_by", "served_by"],
        reads=tables.reads,
        engine=engine,
    )
    tell(f"joining loyalty{where}")
    observed = usable_loyalty(tables.typed["loyalty"], economics.loyalty, data.join.max_lost_share)
    loyalty = account_months(
        observed.rows,
        keys,
        data,
        table="loyalty",
        money=[],
        by=["kind", "value"],
        reads=tables.reads,
        set_aside=observed.set_aside,
        engine=engine,
    )
    ledger = company_ledger(
        tables.reads, rows, (revenue, costs, loyalty), data, economics.rate_card
    )
    counted = {
        "revenue": tables.typed["revenue"],
        "costs": priced.rows,
        "loyalty": tables.typed["loyalty"],
    }
    ledger = with_matching(ledger, tables.identity, counted, rows, data.currencies)
    return JoinedLedgers(rows, priced, observed, revenue, costs, loyalty, ledger)
