"""The books of the demo company: what its ledgers must reconcile to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from icpfit.data.demo.world import RATES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

__all__ = ["books"]

SUPPORT_USED, FIELD_USED, RETURNS_USED = 0.84, 0.78, 0.92
"""Share of each pool's cost and time that the ledgers account for; the rest stood idle."""


def books(files: Mapping[str, pd.DataFrame], revenue: Decimal) -> dict[str, Any]:
    """Write what the books say, in the form of the key ``controls`` of a company's YAML.

    Parameters
    ----------
    files : Mapping of str to pandas.DataFrame
        The exports, text columns.
    revenue : decimal.Decimal
        Sum of the total lines of the invoices, EUR.

    Returns
    -------
    dict
        revenue_total and pools, with the cost in EUR and the capacity of each.
    """
    minutes = _sum(files["tickets.csv"]["Minutes worked [dec]"])
    hours = _sum(files["visits.csv"]["Hours"])
    returns = _sum(files["returns.csv"]["Handling and Replacement Cost"])

    def pool(cost: float, used: float, quantity: float, unit: str) -> dict[str, Any]:
        return {
            "cost": round(cost / used, -3),
            "capacity": round(quantity / used, -3),
            "unit": unit,
        }

    return {
        "revenue_total": float(revenue),
        "pools": {
            "support desk": pool(minutes * RATES["support"], SUPPORT_USED, minutes, "minute"),
            "field service": pool(hours * RATES["service_visit"], FIELD_USED, hours, "hour"),
            "returns desk": {"cost": round(returns / RETURNS_USED, -3)},
        },
    }


def _sum(column: pd.Series) -> float:
    # Cells that can't be read don't matter to books that are rounded to thousands and part idle.
    return float(pd.to_numeric(column, errors="coerce").sum())
