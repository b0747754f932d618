"""By what the rows of each export found their account, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.amounts import UNKNOWN, account_count, count, money, percent
from icpfit.delivery.report.tables import ReportTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.data.joining.matching import MatchStep, SourceMatching

__all__ = ["matching_table"]


def matching_table(found: Sequence[SourceMatching], currency: str) -> ReportTable:
    """Return how the rows of each export found their accounts, step by step.

    Parameters
    ----------
    found : sequence of SourceMatching
        The exports; one without rows is passed over.
    currency : str
        Of all money.

    Returns
    -------
    ReportTable
        One row for each way that found any, with what is matched once it was tried, and one for
        what is left.
    """
    rows = []
    for one in (each for each in found if each.rows):
        matched = accounts = 0
        for step in one.steps:
            matched, accounts = matched + step.rows, accounts + step.accounts
            share = f"{percent(matched / one.rows)} of rows"
            reached = f"{share}\n{count(accounts)} of {account_count(one.accounts)}"
            rows.append((f"{one.source}\nby {step.way}", *_step_cells(step, currency), reached))
        if one.unmatched.rows:
            left = f"{count(one.accounts - accounts)} accounts have no row"
            rows.append((f"{one.source}\nunmatched", *_step_cells(one.unmatched, currency), left))
    columns = (("Export", False), ("Rows", True), ("Money", True), ("Matched by then", True))
    return ReportTable("By what each row found its account", columns, tuple(rows))


def _step_cells(step: MatchStep, currency: str) -> tuple[str, str]:
    return count(step.rows), UNKNOWN if step.money is None else money(step.money, currency)
