"""What is compared of each account, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from icpfit.economics.margin import without_remedial
from icpfit.icp.selection import parted

if TYPE_CHECKING:
    from icpfit.icp.profile import Profile

__all__ = ["account_figures"]

_WINSORISED = 0.02


def account_figures(
    outcomes: pd.DataFrame, proposed: Profile, facts: pd.DataFrame
) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    """Return the figures of each account, the margin first: it is what decides.

    Parameters
    ----------
    outcomes : DataFrame, n rows
        Outcomes of the accounts judged.
    proposed : Profile
        For its groups to fix.
    facts : DataFrame, n rows
        In the same order.

    Returns
    -------
    dict of str to ndarray of float, shape (n,)
        See `icpfit.insight.redefinition.redefinition.Redefinition`; NaN where one is unknown.

    Raises
    ------
    SettingsError
        If a condition is on an attribute that the facts don't have.

    References
    ----------
    Dixon & Tukey (1968), Technometrics 10 (winsorising).
    """

    def column(name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        return pd.to_numeric(outcomes[name], errors="coerce").to_numpy(dtype=np.float64)

    margin = column("margin")
    low, high = np.quantile(margin, [_WINSORISED, 1 - _WINSORISED])
    found = {"margin": margin, "margin_winsorised": np.clip(margin, low, high)}
    names = ("fit", "cost_to_serve", "remedial_cost", "retained", "loyalty")
    found |= {name: column(name) for name in names}
    if proposed.fix:
        is_fixed = (parted(proposed, facts) == "fix").to_numpy()
        without = without_remedial(outcomes)["margin"].to_numpy(dtype=np.float64)
        found["margin_once_fixed"] = np.where(is_fixed, without, margin)
    return found
