"""How many accounts would show a signal, if there is as much of one as there seems to be."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

from icpfit.evidence.signal import SIGNAL_FROM

if TYPE_CHECKING:
    from icpfit.evidence.signal import Signal

__all__ = ["accounts_for_signal"]

# Below it the model is better about as often as a coin: nothing can be carried forward from that.
_LEAST_PROBABILITY = 0.6


def accounts_for_signal(found: Signal) -> int | None:
    """Return about how many accounts would be enough to be sure of a signal.

    The mean difference in log-loss stays what it is, its error shrinks with the root of n:
    n' = n (z(.95) / z(p))^2, with z the normal quantile and p the share of resamples in which the
    model was better.

    Parameters
    ----------
    found : Signal
        One that is weak or none.

    Returns
    -------
    int or None
        Rounded up to two figures; None where the model was better in fewer than 60 of 100
        resamples, or where there is a signal already.

    Examples
    --------
    >>> from icpfit.evidence.signal import Signal
    >>> accounts_for_signal(Signal("none", 0.79, 0.616, 0.619, 484))
    2100
    >>> accounts_for_signal(Signal("none", 0.55, 0.62, 0.62, 484)) is None
    True
    """
    if found.tier == "signal" or not _LEAST_PROBABILITY <= found.probability < SIGNAL_FROM:
        return None
    z = NormalDist().inv_cdf
    enough = found.n * (z(SIGNAL_FROM) / z(found.probability)) ** 2
    step = 10.0 ** max(0, math.floor(math.log10(enough)) - 1)
    return int(math.ceil(enough / step) * step)
