"""The drivers now against an earlier run's shares, inside the band that luck alone gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from icpfit.evidence.drift.driver_drift import DriverDrift, DriverShift, null_spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.fit.model import Model
    from icpfit.insight.driver_stability import DriverStability

__all__ = ["shares_since"]

Floats = npt.NDArray[np.float64]


def shares_since(
    found: DriverStability, model: Model, before: Mapping[str, float], before_on: int
) -> DriverDrift:
    """Hold the drivers against an earlier run's, inside the band that luck alone gives.

    Pairs of refits say how far luck moves a share between two models of as many accounts; the band
    is scaled to the two models' sizes, ``(1/n_before + 1/n_now) / (2/n)``.

    Parameters
    ----------
    found : DriverStability
        The refits of the model now.
    model : Model
        The model now.
    before : mapping of str to float
        The earlier model's ``driver_shares``.
    before_on : int
        Accounts that it was trained on.

    Returns
    -------
    DriverDrift
        As `icpfit.evidence.drift.driver_drift` gives it: only what lies outside the band counts,
        changes of rank never. Shares are of the features that both models have.

    Notes
    -----
    For where the earlier run kept only its shares; with its accounts at hand
    `icpfit.evidence.drift.driver_drift.driver_drift` takes the band from those.
    """
    names = [name for name in found.names if name in before]
    words = {feature.name: feature.words for feature in model.contract.features}
    earlier, now = (
        _of_all(np.array([one[n] for n in names])) for one in (before, model.driver_shares)
    )
    places = [found.names.index(name) for name in names]
    single = np.array([_of_all(row) for row in found.column_shares[:, places]])
    even = single[: 2 * (len(single) // 2)]
    gaps = even[0::2] - even[1::2]
    sizes = (1 / before_on + 1 / model.trained_on) / (2 / found.trained_on)
    reach = null_spread(gaps, single.mean(axis=0)) * np.sqrt(sizes) if names else np.zeros(0)
    shifts = [
        DriverShift(
            name,
            words[name],
            float(earlier[i]),
            float(now[i]),
            max(0.0, float(earlier[i] - reach[i])),
            min(1.0, float(earlier[i] + reach[i])),
        )
        for i, name in enumerate(names)
    ]
    return DriverDrift(
        tuple(sorted(shifts, key=lambda s: (-s.before, s.feature))),
        tuple(sorted(set(before) - set(names))),
        tuple(sorted(set(found.names) - set(names))),
        found.refits,
        "",
    )


def _of_all(shares: Floats) -> Floats:
    total = float(shares.sum())
    return shares / total if total > 0 else shares
