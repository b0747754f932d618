"""How many rows, accounts and how much money each way of matching brought in, step by step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from icpfit.data.identity.identification import WAYS
from icpfit.data.joining.reconciliation import amount_text, share_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from icpfit.data.identity.identification import Identity
    from icpfit.data.joining.accounts import AccountRows
    from icpfit.data.joining.ledger import JoinLedger

__all__ = ["MatchStep", "SourceMatching", "matching_lines", "source_matching", "with_matching"]

UNITS = 10_000


@dataclass(frozen=True)
class MatchStep:
    """What one way of matching found that those before it had not.

    Parameters
    ----------
    way : str
        One of ``WAYS``.
    rows : int
        Rows of the export.
    accounts : int
        Accounts that no way before reached.
    money : float or None
        Sum of their amounts, in currency units; None where the export has none.
    """

    way: str
    rows: int
    accounts: int
    money: float | None


@dataclass(frozen=True)
class SourceMatching:
    """How the rows of one export found their accounts: steps and the rest make all.

    Parameters
    ----------
    source, table : str
        Its key in the settings, and its table.
    steps : tuple of MatchStep
        The ways that found any, in the order of ``WAYS``.
    unmatched : MatchStep
        What no way found; it has no accounts.
    rows, accounts : int
        All rows of the export that were accepted, and all accounts that there are.
    money : float or None
        All money in it.
    """

    source: str
    table: str
    steps: tuple[MatchStep, ...]
    unmatched: MatchStep
    rows: int
    accounts: int
    money: float | None


def with_matching(
    ledger: JoinLedger,
    identity: Identity | None,
    tables: Mapping[str, pa.Table],
    rows: AccountRows,
    rates: Mapping[str, float],
) -> JoinLedger:
    """Add to a join ledger what each way of matching brought in.

    Parameters
    ----------
    ledger : JoinLedger
        The ledger.
    identity : Identity or None
        By what each row found its account; None leaves the ledger as it is.
    tables : mapping of str to pyarrow.Table
        The tables whose money counts, with all rows that were accepted.
    rows : AccountRows
        The accounts.
    rates : mapping of str to float
        What a unit of another currency is worth.

    Returns
    -------
    JoinLedger
        With ``matching``, and the notes of the identity among its warnings.
    """
    if identity is None:
        return ledger
    found = [
        one
        for table, read in tables.items()
        if table in identity.ways
        for one in source_matching(
            table,
            read,
            identity.ways[table],
            rows.parent_of,
            accounts=len(rows.frame),
            rates=rates,
        )
    ]
    return replace(ledger, matching=tuple(found), warnings=(*ledger.warnings, *identity.notes))


def source_matching(
    table: str,
    rows: pa.Table,
    ways: pa.Array,
    roots: Mapping[str, str],
    *,
    accounts: int,
    rates: Mapping[str, float],
) -> tuple[SourceMatching, ...]:
    """Count what each way of matching found, source by source.

    Parameters
    ----------
    table : str
        The table's name.
    rows : pyarrow.Table
        Its rows, priced where need be: ``_source``, ``account_id``, and ``amount`` (ten-
        thousandths) and ``currency`` where there are such.
    ways : pyarrow.Array of int8
        The way of each row, as `icpfit.data.identity.identification.Identity` has it.
    roots : mapping of str to str
        Account to the one that it rolls up to.
    accounts : int
        How many accounts there are.
    rates : mapping of str to float
        What a unit of another currency is worth.

    Returns
    -------
    tuple of SourceMatching
        In the order of the sources. For each, rows and money of the steps and of what is unmatched
        add up to all.
    """
    names = [name for name in ("amount", "currency") if name in rows.column_names]
    narrow = rows.select(["_source", "account_id", *names]).append_column("way", ways)
    keys = ["_source", "way", "account_id", *(["currency"] if "currency" in names else [])]
    asked: list[tuple[str, str]] = [("way", "count")]
    if "amount" in names:
        asked += [("amount", "sum"), ("amount", "count")]
    frame: pd.DataFrame = narrow.group_by(keys).aggregate(asked).to_pandas()
    frame["account"] = [roots.get(one, one) for one in frame["account_id"]]
    if "amount" in names:
        worth = pd.Series(1.0, index=frame.index)
        if "currency" in names:
            worth = frame["currency"].map(lambda one: rates.get(one, 1.0))
        frame["money"] = frame["amount_sum"].fillna(0).astype("float64") * worth / UNITS
    order = rows["_source"].unique().to_pylist()
    return tuple(
        _of_source(source, table, frame[frame["_source"] == source], accounts) for source in order
    )


def _of_source(source: str, table: str, mine: pd.DataFrame, accounts: int) -> SourceMatching:
    has_money = "money" in mine and int(mine["amount_count"].sum()) > 0
    reached: set[Any] = set()
    steps = []
    for code, way in enumerate(WAYS):
        found = mine[mine["way"] == code]
        if found.empty:
            continue
        new = set(found["account"]) - reached
        reached |= new
        steps.append(_step(way, found, len(new), has_money=has_money))
    rest = _step("", mine[mine["way"] == len(WAYS)], 0, has_money=has_money)
    everything = _step("", mine, 0, has_money=has_money)
    return SourceMatching(
        source, table, tuple(steps), rest, everything.rows, accounts, everything.money
    )


def _step(way: str, rows: pd.DataFrame, accounts: int, *, has_money: bool) -> MatchStep:
    money = float(rows["money"].sum()) if has_money else None
    return MatchStep(way, int(rows["way_count"].sum()), accounts, money)


def matching_lines(found: Sequence[SourceMatching], currency: str) -> list[str]:
    """Say in a line for each export how its rows found their accounts.

    Parameters
    ----------
    found : sequence of SourceMatching
        The exports; one without rows is passed over.
    currency : str
        Of the money.

    Returns
    -------
    list of str
        With the share of rows matched after each step, and what is left.

    Examples
    --------
    >>> steps = (MatchStep("id", 60, 5, 600.0), MatchStep("crosswalk", 30, 2, 300.0))
    >>> rest = MatchStep("", 10, 0, 100.0)
    >>> print(*matching_lines([SourceMatching("a", "costs", steps, rest, 100, 9, 1000.0)], "EUR"))
    a: by id 60 rows (60.0 %), 600.00 EUR, 5 accounts; by crosswalk 30 rows (then 90.0 %), 300.00
    EUR, 2 accounts more; unmatched 10 rows (10.0 %), 100.00 EUR; 2 of 9 accounts have no row
    """
    lines = []
    for one in found:
        if not one.rows:
            continue
        parts, rows = [], 0
        for step in one.steps:
            then = "then " if rows else ""
            more = " more" if rows else ""
            rows += step.rows
            parts.append(
                f"by {step.way} {_rows(step)} ({then}{share_text(rows / one.rows, 1)})"
                f"{_money(step, currency)}, {step.accounts:,} account"
                f"{'' if step.accounts == 1 else 's'}{more}"
            )
        rest = one.unmatched
        if rest.rows:
            share = share_text(rest.rows / one.rows, 1)
            parts.append(f"unmatched {_rows(rest)} ({share}){_money(rest, currency)}")
        without = one.accounts - sum(step.accounts for step in one.steps)
        parts.append(f"{without:,} of {one.accounts:,} accounts have no row")
        lines.append(f"{one.source}: {'; '.join(parts)}")
    return lines


def _rows(step: MatchStep) -> str:
    return f"{step.rows:,} row{'' if step.rows == 1 else 's'}"


def _money(step: MatchStep, currency: str) -> str:
    return "" if step.money is None else f", {amount_text(step.money, currency)}"
