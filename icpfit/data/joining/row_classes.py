"""Counts of what became of every row of one ledger, and why some of them find no account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from icpfit.data.joining.ledger import CLASSES, TableLedger
from icpfit.data.joining.mismatch import Unmatched, differing_only_in_case, likely_cause

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from icpfit.data.tables import SourceRead

__all__ = ["table_ledger"]

UNITS = 10_000
"""Parts of a currency unit in which ledgers hold money."""


def table_ledger(
    table: str,
    totals: pd.DataFrame,
    money: Sequence[str],
    *,
    reads: Sequence[SourceRead],
    set_aside: Mapping[str, int],
    accounts_with_rows: int,
    accounts: int,
    unmatched: Unmatched | None,
) -> TableLedger:
    """Count what became of every row of a table.

    Parameters
    ----------
    table : str
        Name of the table.
    totals : DataFrame
        ``class``, the money columns (int64 ten-thousandths) and ``rows``.
    money : sequence of str
        The money columns.
    reads : sequence of SourceRead
        What the reader did with the exports of this table.
    set_aside : mapping of str to int
        Rows set aside after reading, by reason.
    accounts_with_rows, accounts : int
        Accounts with a row in their window, and all.
    unmatched : Unmatched or None
        What finds no account.

    Returns
    -------
    TableLedger
        The counts, the money, and the likely cause of what is lost.
    """
    rows = totals.groupby("class")["rows"].sum()
    count = {name: int(rows.get(name, 0)) for name in CLASSES}
    accepted = sum(count.values())
    amounts: dict[str, dict[str, float]] = {}
    for name in money:
        sums = totals.groupby("class")[name].sum()
        amounts[name] = {"read": int(sums.sum()) / UNITS}
        amounts[name] |= {one: int(sums.get(one, 0)) / UNITS for one in CLASSES}
    aside = dict(set_aside)
    for read in reads:
        for reason, number in read.set_aside.items():
            aside[reason] = aside.get(reason, 0) + number
    notes: list[str] = []
    found: dict[str, Any] = {}
    if unmatched is not None:
        found = _lost(unmatched, money, notes)
    return TableLedger(
        table=table,
        read=sum(read.read for read in reads) if reads else accepted + sum(aside.values()),
        rejected=sum(read.rejected for read in reads),
        set_aside={reason: aside[reason] for reason in sorted(aside)},
        matched=accepted - count["unmatched"],
        unmatched=count["unmatched"],
        after_as_of=count["after_as_of"],
        before_start=count["before_start"],
        after_horizon=count["after_horizon"],
        in_window=count["in_window"],
        accounts_with_rows=accounts_with_rows,
        accounts_without_rows=accounts - accounts_with_rows,
        money=amounts,
        notes=notes,
        **found,
    )


def _lost(unmatched: Unmatched, money: Sequence[str], notes: list[str]) -> dict[str, Any]:
    by_id = unmatched.by_id
    ids = [one for one in by_id["account_id"] if one]
    cause = likely_cause(ids, unmatched.account_ids)
    case = differing_only_in_case(unmatched)
    if len(case):
        worth = "".join(
            f", {name} {int(case[name].sum()) / UNITS:,.2f}" for name in money if case[name].any()
        )
        notes.append(
            f"{int(case['rows'].sum()):,} rows{worth} would find an account if case were ignored;"
            " data.keys.ignore_case: true does that"
        )
    without = int(by_id.loc[by_id["account_id"] == "", "rows"].sum())
    if without:
        notes.append(f"{without:,} rows have no account_id")
    share = {
        name: int(by_id[f"abs:{name}"].sum()) / unmatched.absolute_total[name]
        for name in money
        if unmatched.absolute_total[name]
    }
    return {
        "lost_share": share,
        "unmatched_examples": ids[:3],
        "account_examples": sorted(unmatched.account_ids)[:3],
        "cause": cause.text,
        "remedy": cause.remedy,
    }
