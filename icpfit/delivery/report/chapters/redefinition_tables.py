"""The tables of the chapter on the profile."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from icpfit.delivery.amounts import account_count, count, interval, money, percent
from icpfit.delivery.report.tables import ReportTable

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from icpfit.insight.redefinition.market import MarketCounts
    from icpfit.insight.redefinition.redefinition import Redefinition
    from icpfit.measure.estimate import Estimate

__all__ = [
    "accounts_table",
    "compared_table",
    "groups_table",
    "market_table",
    "moves_table",
]

MOST_NAMED = 10
_FIGURES = (
    ("margin", "Margin per account", True),
    ("margin_winsorised", "The same\nextremes winsorised at 2 %", True),
    ("margin_once_fixed", "The same\nwith the groups to fix mended, and won as well", True),
    ("cost_to_serve", "Cost to serve per account", True),
    ("remedial_cost", "of it remedial", True),
    ("fit", "Profitable fits", False),
    ("retained", "Stayed", False),
    ("loyalty", "Loyalty\ncomposite, 0 to 100 %", False),
)
_MOVES = (
    ("in", "Come in"),
    ("out", "Leave"),
    ("to fix", "Leave until their cost is fixed"),
    ("moved", "Stay, at another place"),
    ("kept", "Stay as they are"),
)
_PARTS = {"segments": "win", "fix": "fix", "avoid": "leave"}


def compared_table(
    found: Redefinition, volume: Literal["equal", "own"], currency: str
) -> ReportTable:
    """Return both profiles' figures at one volume.

    Parameters
    ----------
    found : Redefinition
        With a comparison.
    volume : {"equal", "own"}
        As many accounts by each, or all that each selects.
    currency : str
        ISO code.

    Returns
    -------
    ReportTable
        One row per figure that is known; differences are proposed minus current.
    """
    compared = found.comparison
    assert compared is not None  # noqa: S101 - the caller looked
    figures = compared.equal if volume == "equal" else compared.own
    sizes = (compared.n_current, compared.n_proposed)
    if volume == "equal":
        sizes = (compared.volume, compared.volume)
    rows = [("Accounts", count(sizes[0]), count(sizes[1]), count(sizes[1] - sizes[0]))]

    def amount(value: float) -> str:
        return money(value, currency)

    for name, words, is_money in _FIGURES:
        one = figures.get(name)
        if one is None or (math.isnan(one.current.value) and math.isnan(one.proposed.value)):
            continue
        said = amount if is_money else percent
        rows.append(
            (
                words,
                _two_lines(one.current, said),
                _two_lines(one.proposed, said),
                _two_lines(one.difference, amount if is_money else _points),
            )
        )
    current = "Every account won" if found.current is None else "Current"
    columns = (("", False), (current, True), ("Proposed", True), ("Difference", True))
    at = "At equal volume" if volume == "equal" else "Each at its own volume"
    basis = f"{account_count(compared.n)} judged: {found.basis}"
    return ReportTable(f"{at}, with 90 % intervals; {basis}", columns, tuple(rows))


def moves_table(found: Redefinition, currency: str) -> ReportTable:
    """Return how many accounts come in, leave, and move.

    Parameters
    ----------
    found : Redefinition
        With the accounts that either profile selects.
    currency : str
        ISO code.

    Returns
    -------
    ReportTable
        One row per move, with what became of those accounts.
    """
    rows = []
    for move, words in _MOVES:
        of_move = found.moved[found.moved["move"] == move]
        n = len(of_move)
        rows.append(
            (
                words,
                count(n),
                percent(float(of_move["fit"].mean())) if n else "–",
                money(float(of_move["margin"].mean()), currency) if n else "–",
            )
        )
    columns = (
        ("", False),
        ("Accounts", True),
        ("Profitable fits", True),
        ("Margin per account", True),
    )
    shared = ""
    if not math.isnan(found.overlap):
        shared = f"; of all accounts that either selects, {percent(found.overlap)} are in both"
    return ReportTable(f"What a change does to the accounts judged{shared}", columns, tuple(rows))


def accounts_table(
    accounts: pd.DataFrame, caption: str, currency: str, *, hide_names: bool
) -> ReportTable:
    """Return accounts by name, with where they stand in each profile.

    Parameters
    ----------
    accounts : DataFrame
        See `icpfit.insight.redefinition.moves.moves`; the first ones are shown.
    caption : str
        Who they are.
    currency : str
        ISO code.
    hide_names : bool
        Whether they bear numbers instead of names and ids.

    Returns
    -------
    ReportTable
        At most ten rows; the caption says of how many.
    """
    shown = accounts.iloc[:MOST_NAMED]
    rows = []
    for place, (account_id, row) in enumerate(shown.iterrows(), start=1):
        name = row["name"] if isinstance(row["name"], str) and row["name"] else ""
        named = f"{name}\n{account_id}" if name else str(account_id)
        rows.append(
            (
                f"account {place}" if hide_names else named,
                str(row["current"] or "–"),
                str(row["proposed"] or "–"),
                money(float(row["margin"]), currency),
                money(float(row["remedial_cost"]), currency),
            )
        )
    columns = (
        ("Account", False),
        ("Current: group", False),
        ("Proposed: group", False),
        ("Margin", True),
        ("Remedial cost", True),
    )
    n = len(accounts)
    which = f"{count(n)}" if n <= MOST_NAMED else f"{MOST_NAMED} of {count(n)}"
    return ReportTable(f"{caption} ({which})", columns, tuple(rows))


def groups_table(found: Redefinition, currency: str) -> ReportTable:
    """Return what became of each group of both profiles.

    Parameters
    ----------
    found : Redefinition
        With the groups.
    currency : str
        ISO code.

    Returns
    -------
    ReportTable
        One row per group, the proposed ICP first.
    """

    def amount(value: float) -> str:
        return money(value, currency)

    ordered = sorted(found.groups, key=lambda group: group.profile != "proposed")
    rows = tuple(
        (
            (f"{group.name}\n{group.profile}: {_PARTS[group.part]}"),
            count(group.n),
            _two_lines(group.fit_rate, percent),
            _two_lines(group.margin, amount),
        )
        for group in ordered
    )
    columns = (
        ("Group", False),
        ("Accounts", True),
        ("Profitable fits", True),
        ("Margin per account", True),
    )
    basis = f"{account_count(found.n)} judged: {found.basis}"
    return ReportTable(f"Each group, with 90 % intervals; {basis}", columns, rows)


def market_table(market: MarketCounts) -> ReportTable:
    """Return how many prospects of the list are in each profile.

    Parameters
    ----------
    market : MarketCounts
        The counts.

    Returns
    -------
    ReportTable
        One row per profile, one per segment of the proposed one, and those that it sets apart.
    """

    def row(name: str, n: int) -> tuple[str, ...]:
        return (name, count(n), percent(n / market.n) if market.n else "–")

    rows = [row("All prospects of the list", market.n)]
    if market.current is not None:
        rows.append(row("Targets of the current ICP", market.current))
    if market.proposed is not None:
        rows.append(row("Targets of the proposed ICP", market.proposed))
    if market.both is not None:
        rows.append(row("Targets of both", market.both))
    rows += [row(f"{name}\nproposed: targets", n) for name, n in market.by_segment.items()]
    if market.by_part:
        apart = {"fix": "To fix, no targets until then", "avoid": "To avoid"}
        rows += [row(f"{words}\nproposed", market.by_part[part]) for part, words in apart.items()]
        rows.append(row("In no group of it\nproposed", market.n - sum(market.by_part.values())))
    columns = (("", False), ("Prospects", True), ("Share", True))
    return ReportTable("The prospect list, counted by both ICPs", columns, tuple(rows))


def _two_lines(estimate: Estimate, shown: Callable[[float], str]) -> str:
    return f"{shown(estimate.value)}\n{interval(estimate.low, estimate.high, shown)}"


def _points(share: float) -> str:
    if math.isnan(share):
        return "–"
    points = round(100 * share)
    return f"{'+' if points > 0 else ''}{count(points)} points"
