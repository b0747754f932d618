"""The report's tables on how far to trust it: checks, exclusions, and the join ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from icpfit.delivery.amounts import UNKNOWN, count, money, percent
from icpfit.delivery.report.tables import ReportTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from icpfit.evidence.leakage.gates import Gate

__all__ = ["exclusion_table", "gate_table", "ledger_table"]

LINE_NAME = ("table", "column")


def gate_table(gates: Sequence[Gate]) -> ReportTable:
    """Return the checks that the model had to pass.

    Parameters
    ----------
    gates : sequence of Gate
        In the order of the judgement.

    Returns
    -------
    ReportTable
        Check, result, what was found.
    """
    rows = tuple((gate.name, _result(gate), gate.text) for gate in gates)
    columns = (("Check", False), ("Result", False), ("What was found", False))
    return ReportTable("Checks before any figure counts", columns, rows)


def _result(gate: Gate) -> str:
    if not gate.passed:
        return "✗\N{NO-BREAK SPACE}failed"
    return "!\N{NO-BREAK SPACE}mind" if gate.warned else "✓\N{NO-BREAK SPACE}passed"


def exclusion_table(excluded: Mapping[str, int], read: int, used: int) -> ReportTable:
    """Return why accounts of the export were not learned from.

    Parameters
    ----------
    excluded : Mapping of str to int
        Reason, and how many accounts.
    read, used : int
        Accounts in the export, and those that could be learned from.

    Returns
    -------
    ReportTable
        From all accounts down to those used.
    """
    left_out = sorted(excluded.items(), key=lambda item: (-item[1], item[0]))
    rows = [("Accounts in the export", count(read), percent(1.0) if read else UNKNOWN)]
    rows += [(f"Left out: {why}", f"−{count(n)}", _share(n, read)) for why, n in left_out]
    unexplained = read - used - sum(excluded.values())
    if unexplained:
        rows.append(("Left out: other reasons", count(-unexplained), _share(unexplained, read)))
    rows.append(("Accounts used", count(used), _share(used, read)))
    columns = (("", False), ("Accounts", True), ("Share", True))
    return ReportTable("From the export to the accounts used", columns, tuple(rows))


def ledger_table(lines: Sequence[Mapping[str, Any]], currency: str) -> ReportTable:
    """Return the join ledger.

    Parameters
    ----------
    lines : sequence of Mapping
        See `icpfit.data.joining.ledger.ledger_lines`: counts are whole numbers, amounts of money
        are not. Columns that are empty in every line are left out.
    currency : str
        ISO code.

    Returns
    -------
    ReportTable
        One row per line.
    """
    named = [{"": _line_name(line, currency), **line} for line in lines]
    names = [n for n in dict.fromkeys(n for line in named for n in line) if n not in LINE_NAME]
    kept = [n for n in names if any(_cell(line.get(n)) for line in named)]
    right = [all(isinstance(line.get(n), int | float | None) for line in named) for n in kept]
    columns = tuple(
        (n.replace("_", " "), is_right) for n, is_right in zip(kept, right, strict=True)
    )
    rows = tuple(tuple(_cell(line.get(n)) for n in kept) for line in named)
    return ReportTable("Every row and every amount read, and what became of it", columns, rows)


def _line_name(line: Mapping[str, Any], currency: str) -> str:
    table, column = (str(line.get(name) or "") for name in LINE_NAME)
    return f"{table}: {column}, {currency}" if column else f"{table}: rows"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        return count(value)
    if isinstance(value, float):
        return money(value, "")
    return str(value)


def _share(n: int, of: int) -> str:
    return percent(n / of) if of else UNKNOWN
