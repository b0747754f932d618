"""The explanation of a model: the SHAP values of the accounts judged, and the drivers in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from icpfit.insight.contributions import Contributions, contributions
from icpfit.insight.drivers import drivers

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from icpfit.evidence.trial import Trial

__all__ = ["Explanation", "explanation"]


_WHICH = {
    "later": "later accounts",
    "random": "accounts held out at random, not later",
    "none": "training accounts",
}


@dataclass(frozen=True, eq=False)
class Explanation:
    """What moves the number that ranks, among accounts that the model did not learn from.

    Parameters
    ----------
    contributions : Contributions
        SHAP values, one row per account.
    drivers : DataFrame
        See `icpfit.insight.drivers.drivers`.
    matrix : numpy.ndarray of float64, shape (n, p)
        The accounts' features.
    basis : str
        Which accounts these are, in words.
    """

    contributions: Contributions
    drivers: pd.DataFrame
    matrix: npt.NDArray[np.float64]
    basis: str


def explanation(trial: Trial) -> Explanation:
    """Explain a challenger on the accounts that judged it.

    Parameters
    ----------
    trial : Trial
        From `icpfit.evidence.trial.trial`.

    Returns
    -------
    Explanation
        SHAP values are association: what accounts like these left, not what a fact would change.
    """
    found = contributions(trial.model, trial.matrix)
    table = drivers(found, trial.matrix, trial.model.contract)
    basis = f"{len(trial.judged):,} {_WHICH[trial.split.basis]}"
    return Explanation(found, table, trial.matrix, basis)
