"""The join ledger: what became of every row read, and of the money in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from icpfit.data.joining.reconciliation import share_text
from icpfit.errors import JoinError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.data.joining.matching import SourceMatching
    from icpfit.data.joining.reconciliation import ReconcileLine
    from icpfit.data.table_spec import JoinLimits

__all__ = [
    "CLASSES",
    "JoinLedger",
    "TableLedger",
    "check_ledger",
    "join_ledger",
    "ledger_lines",
]

CLASSES = ("unmatched", "after_as_of", "before_start", "after_horizon", "in_window")
"""Every accepted row of a ledger falls in exactly one, tried in this order."""


@dataclass(frozen=True)
class TableLedger:
    """What became of the rows of one table.

    ``read == rejected + sum(set_aside) + accepted``, and ``accepted == unmatched + after_as_of +
    before_start + after_horizon + in_window``; the same holds for the money of accepted rows.

    Parameters
    ----------
    table : str
        Name of the table.
    read, rejected : int
        Rows of the exports, and those whose cells could not be parsed.
    set_aside : dict of str to int
        Rows set aside before the join, by reason.
    matched, unmatched : int
        Accepted rows that find an account, and that don't.
    after_as_of, before_start, after_horizon, in_window : int
        Matched rows by where they lie.
    accounts_with_rows, accounts_without_rows : int
        Accounts with a row in the window, and without.
    money : dict of str to dict of str to float
        Money column to class (and ``read``: all accepted rows) to currency units.
    lost_share : dict of str to float
        Money column to the share of its absolute amounts that finds no account, 0 to 1.
    unmatched_examples, account_examples : list of str
        Up to three ids of each side.
    cause, remedy : str
        Why ids find no account, most likely, and what to do; empty when all do.
    notes : list of str
        What the join has to say; the reader's notes stay with what it read.
    """

    table: str
    read: int
    rejected: int
    set_aside: dict[str, int]
    matched: int
    unmatched: int
    after_as_of: int
    before_start: int
    after_horizon: int
    in_window: int
    accounts_with_rows: int
    accounts_without_rows: int
    money: dict[str, dict[str, float]]
    lost_share: dict[str, float] = field(default_factory=dict)
    unmatched_examples: list[str] = field(default_factory=list)
    account_examples: list[str] = field(default_factory=list)
    cause: str = ""
    remedy: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """Rows that reached the join."""
        return self.matched + self.unmatched


@dataclass(frozen=True)
class JoinLedger:
    """The ledgers of all tables, and how they reconcile to the books.

    Parameters
    ----------
    tables : tuple of TableLedger
        One for each table.
    reconciliation : tuple of ReconcileLine
        One for each figure under ``data.controls``.
    warnings : tuple of str
        What a careful reader should look at.
    matching : tuple of SourceMatching
        How the rows of each export found their accounts, where more than equal ids was asked for.
    """

    tables: tuple[TableLedger, ...]
    reconciliation: tuple[ReconcileLine, ...] = ()
    warnings: tuple[str, ...] = ()
    matching: tuple[SourceMatching, ...] = ()


def join_ledger(
    tables: Sequence[TableLedger],
    limits: JoinLimits,
    reconciliation: Sequence[ReconcileLine] = (),
) -> JoinLedger:
    """Put the ledgers of all tables together, with what should be looked at.

    Parameters
    ----------
    tables : sequence of TableLedger
        One for each table.
    limits : JoinLimits
        The share of money before the start from which there is a warning is the same.
    reconciliation : sequence of ReconcileLine
        The tables against the books.

    Returns
    -------
    JoinLedger
        The join ledger.
    """
    warnings = []
    for ledger in tables:
        early = ledger.before_start / ledger.matched if ledger.matched else 0.0
        if early > limits.max_lost_share:
            warnings.append(
                f"{ledger.table}: {share_text(early, 1)} of the rows lie before their"
                " account's started_on and are set aside; is it the contract start?"
            )
        warnings.extend(f"{ledger.table}: {note}" for note in ledger.notes)
    warnings.extend(line.text for line in reconciliation if line.status == "warning")
    return JoinLedger(tuple(tables), tuple(reconciliation), tuple(warnings))


def check_ledger(ledger: JoinLedger, limits: JoinLimits) -> None:
    """Stop where the tables don't fit together, or don't reconcile to the books.

    Parameters
    ----------
    ledger : JoinLedger
        The join ledger.
    limits : JoinLimits
        How much may be lost; for a table without money, of its rows.

    Raises
    ------
    JoinError
        When no row of a table finds an account, when more money than the limit finds none, or
        when a control is out of bounds.
    """
    for table in ledger.tables:
        if table.unmatched == 0:
            continue
        shown = ", ".join(repr(one) for one in table.unmatched_examples) or "none"
        accounts = ", ".join(repr(one) for one in table.account_examples)
        sides = f"its ids: {shown}; ids of accounts: {accounts}; {table.cause}: {table.remedy}"
        if table.matched == 0:
            raise JoinError(
                f"{table.table}: none of {table.unmatched:,} rows finds an account; {sides}"
            )
        shares = table.lost_share or {"rows": table.unmatched / table.accepted}
        for name, share in shares.items():
            if share > limits.max_lost_share:
                limit = share_text(limits.max_lost_share, 1)
                raise JoinError(
                    f"{table.table}: {share_text(share, 1)} of {name} ({table.unmatched:,} of"
                    f" {table.accepted:,} rows) finds no account, more than"
                    f" {limit}; {sides}; or raise data.join.max_lost_share"
                )
    for line in ledger.reconciliation:
        if line.status == "error":
            raise JoinError(line.text)


def ledger_lines(ledger: JoinLedger) -> list[dict[str, Any]]:
    """Rows for printing: one for each table and money column, or one for a table without money.

    Parameters
    ----------
    ledger : JoinLedger
        The join ledger.

    Returns
    -------
    list of dict
        ``table``, ``column`` (empty for the rows), ``read``, ``rejected``, ``set_aside``,
        the five classes, ``accounts_with_rows``, ``accounts_without_rows``. In a row for money
        the counts are currency units, and what money was never parsed is None.
    """
    lines: list[dict[str, Any]] = []
    for table in ledger.tables:
        lines.append(
            {
                "table": table.table,
                "column": "",
                "read": table.read,
                "rejected": table.rejected,
                "set_aside": sum(table.set_aside.values()),
                **{name: getattr(table, name) for name in CLASSES},
                "accounts_with_rows": table.accounts_with_rows,
                "accounts_without_rows": table.accounts_without_rows,
            }
        )
        for column, amounts in table.money.items():
            lines.append(
                {
                    "table": table.table,
                    "column": column,
                    "read": amounts["read"],
                    "rejected": None,
                    "set_aside": None,
                    **{name: amounts[name] for name in CLASSES},
                    "accounts_with_rows": None,
                    "accounts_without_rows": None,
                }
            )
    return lines
