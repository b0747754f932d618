"""Reconciliation: what the ledgers hold against what the books say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.data.table_spec import Controls

__all__ = ["PoolUse", "ReconcileLine", "amount_text", "reconciliation", "share_text"]

LOWEST_ALLOCATED = 0.6
"""Below this share of a pool's cost, the drivers that allocate it are missing or it stood idle."""


@dataclass(frozen=True)
class ReconcileLine:
    """One figure against the books.

    Parameters
    ----------
    name : str
        The control, such as ``"revenue"`` or ``"support"``.
    text : str
        The line to print; it says what to do where something is wrong.
    found, books : float
        What the ledgers hold and what the books say.
    share : float
        found / books.
    status : {"ok", "warning", "error"}
        Whether it is within bounds.
    """

    name: str
    text: str
    found: float
    books: float
    share: float
    status: Literal["ok", "warning", "error"]


@dataclass(frozen=True)
class PoolUse:
    """What the cost rows charge to a pool: money in currency units, and quantity by unit."""

    cost: float
    quantity: dict[str, float]


def amount_text(amount: float, currency: str = "") -> str:
    """Write an amount of money shortly.

    Parameters
    ----------
    amount : float
        Currency units.
    currency : str
        Added behind the number when given.

    Returns
    -------
    str
        Such as ``"41.2 M EUR"``.

    Examples
    --------
    >>> amount_text(41_234_567, "EUR"), amount_text(-1234), amount_text(5.25)
    ('41.2 M EUR', '-1,234', '5.25')
    """
    size = abs(amount)
    if size >= 1e9:
        text = f"{amount / 1e9:,.1f} bn"
    elif size >= 1e6:
        text = f"{amount / 1e6:,.1f} M"
    elif size >= 1e3:
        text = f"{amount:,.0f}"
    else:
        text = f"{amount:,.2f}"
    return f"{text} {currency}".strip()


def share_text(share: float, decimals: int = 0) -> str:
    """Write a share in percent.

    Parameters
    ----------
    share : float
        1 is 100 %.
    decimals : int
        Digits behind the point.

    Returns
    -------
    str
        Such as ``"98.7 %"``.

    Examples
    --------
    >>> share_text(0.9871, 1), share_text(0.6)
    ('98.7 %', '60 %')
    """
    return f"{100 * share:.{decimals}f} %"


def reconciliation(
    controls: Controls, revenue: float, pools: Mapping[str, PoolUse], currency: str
) -> list[ReconcileLine]:
    """Reconcile the ledgers to the books.

    Revenue must be within the tolerance. Of a pool's cost, .6 to 1 must be allocated: more than
    the pool cost is an error (the rates are too high), less a warning (idle capacity, or drivers
    that no activity has). Use beyond its capacity, in the unit of its activities, is a warning.

    Parameters
    ----------
    controls : Controls
        What the books say.
    revenue : float
        Sum of all accepted revenue rows, currency units.
    pools : mapping of str to PoolUse
        ``served_by`` to what is charged to it, over all accepted cost rows.
    currency : str
        For the text.

    Returns
    -------
    list of ReconcileLine
        One for each control, revenue first.

    References
    ----------
    Kaplan and Anderson (2007), Time-Driven Activity-Based Costing.
    """
    lines = []
    if controls.revenue_total is not None:
        lines.append(_revenue_line(controls, revenue, currency))
    for name in sorted(controls.pools):
        pool = controls.pools[name]
        use = pools.get(name, PoolUse(0.0, {}))
        text = (
            f"{name} cost allocated {share_text(_share(use.cost, pool.cost))}"
            f" ({amount_text(use.cost)} of {amount_text(pool.cost, currency)})"
        )
        lines.append(_pool_line(name, text, use.cost, pool.cost, sorted(pools)))
        if pool.capacity is not None:
            used = use.quantity.get(pool.unit, 0.0)
            text = (
                f"{name} capacity used {share_text(_share(used, pool.capacity))}"
                f" ({used:,.0f} of {pool.capacity:,.0f} {pool.unit})"
            )
            status: Literal["ok", "warning"] = "warning" if used > pool.capacity else "ok"
            lines.append(
                ReconcileLine(name, text, used, pool.capacity, _share(used, pool.capacity), status)
            )
    return lines


def _share(found: float, books: float) -> float:
    return found / books if books else float("inf") if found else 0.0


def _revenue_line(controls: Controls, revenue: float, currency: str) -> ReconcileLine:
    books = controls.revenue_total or 0.0
    share = _share(revenue, books)
    text = f"revenue {amount_text(revenue, currency)} = {share_text(share, 1)} of the ledger"
    off = abs(share - 1) > controls.tolerance
    if off:
        text += (
            f" ({amount_text(books, currency)}), off by more than"
            f" {share_text(controls.tolerance, 1)}; complete the export, or correct"
            " data.controls.revenue_total"
        )
    return ReconcileLine("revenue", text, revenue, books, share, "error" if off else "ok")


def _pool_line(name: str, text: str, found: float, books: float, known: list[str]) -> ReconcileLine:
    share = _share(found, books)
    if share > 1:
        advice = "; more than there is: lower the rates, or correct data.controls.pools." + name
        return ReconcileLine(name, text + advice, found, books, share, "error")
    if share < LOWEST_ALLOCATED:
        advice = "; idle capacity, or a driver of its cost is missing"
        if name not in known:
            advice = f"; no cost is served_by {name!r} (known: {', '.join(known[:3]) or 'none'})"
        return ReconcileLine(name, text + advice, found, books, share, "warning")
    return ReconcileLine(name, text, found, books, share, "ok")
