"""A calibration of the log-odds: two constants that bring stated shares to those that happen."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Calibration", "calibrated"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Calibration:
    """A line through the log-odds (Platt's), which keeps the order of the accounts.

    Parameters
    ----------
    slope : float
        Above 0; below 1 draws the probabilities towards each other.
    intercept : float
        In log-odds; above 0 raises all of them.

    Raises
    ------
    ValueError
        When a constant isn't finite, or the slope isn't above 0.

    References
    ----------
    Platt (1999), Probabilistic outputs for support vector machines.

    Examples
    --------
    >>> Calibration(slope=0.0, intercept=0.1)
    Traceback (most recent call last):
    ...
    ValueError: a calibration needs a slope above 0 and finite constants, found 0.0 and 0.1
    """

    slope: float
    intercept: float

    def __post_init__(self) -> None:
        """Refuse what would turn the order of the accounts, or say nothing."""
        if not (self.slope > 0 and math.isfinite(self.slope) and math.isfinite(self.intercept)):
            raise ValueError(
                "a calibration needs a slope above 0 and finite constants, found "
                f"{self.slope} and {self.intercept}"
            )


def calibrated(log_odds: Floats, calibration: Calibration | None) -> Floats:
    """Return ``slope * log_odds + intercept``, or the log-odds as they are.

    Parameters
    ----------
    log_odds : numpy.ndarray of float64, shape (n,)
        Of a profitable fit.
    calibration : Calibration or None
        None: none was needed.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        In the same order; NaN stays NaN.

    Examples
    --------
    >>> import numpy as np
    >>> calibrated(np.array([-1.0, 2.0]), Calibration(slope=0.5, intercept=0.25))
    array([-0.25,  1.25])
    """
    if calibration is None:
        return log_odds
    return calibration.slope * log_odds + calibration.intercept
