"""The blend of forests and curves: adopted where it predicts accounts not seen better."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from icpfit.fit.curves import Curves, merged_curves
from icpfit.fit.ridge import Ridge, mean_losses, ridge, ridge_curves

if TYPE_CHECKING:
    from icpfit.fit.ridge import Loss
    from icpfit.fit.stopping import LearningRows

__all__ = [
    "SHARE",
    "Blend",
    "blend",
    "blend_curves",
    "blend_record",
    "blended",
    "gain_probability",
    "is_adopted",
    "is_question",
]

Floats = npt.NDArray[np.float64]

BLEND_BELOW = 2_500
ALWAYS_BELOW = 750
SHARE = 0.5
ADOPTED_AT = 0.8
DRAWS = 1_000


@dataclass(frozen=True, eq=False)
class Blend:
    """Whether the curves join the forests, and what both say of rows not seen.

    Parameters
    ----------
    parts : tuple of Ridge
        One for each basis; empty where the blend wasn't tried.
    share : float
        Weight of the curves; 0 where the forests stay alone.
    probability : float
        Share of paired bootstrap draws of the groups in which the blend has the lower loss.
    gain : float
        Mean loss of the forests less that of the blend, out of fold.
    raw : numpy.ndarray of float64, shape (n,)
        Score out of fold of what was adopted; NaN for a row in no fold. The rows had a say in the
        choice: not for judging.
    """

    parts: tuple[Ridge, ...]
    share: float
    probability: float
    gain: float
    raw: Floats


def blend(rows: LearningRows, forest_raw: Floats, groups: npt.NDArray[Any], loss: Loss) -> Blend:
    """Return the blend of forests and curves, adopted where it is better out of fold.

    The curves of both bases are averaged, and this with the forests' score half and half. Below 750
    rows the blend is always adopted: on generated companies of 300 accounts that was better than to
    ask so few. Below 2,500 it is adopted when its mean loss out of fold is lower in at least 80 %
    of 1,000 paired bootstrap draws of the groups.

    Parameters
    ----------
    rows : LearningRows
        Features, target and folds.
    forest_raw : numpy.ndarray of float64, shape (n,)
        The forests' score of each row out of fold.
    groups : numpy.ndarray, shape (n,)
        Ultimate parent of each row; drawn whole.
    loss : {"log-loss", "squared"}
        What is compared.

    Returns
    -------
    Blend
        With share 0 and the forests' own score where it isn't adopted.

    Notes
    -----
    The penalty, as the forests' number of trees, is chosen on the same folds that this choice is
    made on. What the model is judged by are the scores of `icpfit.fit.nested`, not these.
    """
    if len(rows.target) >= BLEND_BELOW:
        return Blend((), 0.0, 0.0, 0.0, forest_raw)
    parts = (ridge(rows, "linear", loss), ridge(rows, "bent", loss))
    curves_raw = np.mean([part.raw for part in parts], axis=0)
    raw = (1 - SHARE) * forest_raw + SHARE * curves_raw
    gains = mean_losses(forest_raw, rows.target, loss) - mean_losses(raw, rows.target, loss)
    probability = gain_probability(gains, groups)
    tried = Blend(parts, SHARE, probability, float(np.nanmean(gains)), raw)
    if is_adopted(len(rows.target), probability):
        return tried
    return replace(tried, share=0.0, raw=forest_raw)


def is_question(n: int) -> bool:
    """Return whether it is asked of so many rows if the curves join.

    Parameters
    ----------
    n : int
        Training rows.

    Returns
    -------
    bool
        False where they always do or never.

    Examples
    --------
    >>> [is_question(n) for n in (300, 1_000, 3_000)]
    [False, True, False]
    """
    return ALWAYS_BELOW <= n < BLEND_BELOW


def is_adopted(n: int, probability: float) -> bool:
    """Return whether the curves join the forests.

    Parameters
    ----------
    n : int
        Training rows.
    probability : float
        What `gain_probability` returned.

    Returns
    -------
    bool
        Below 750 rows always, below 2,500 from a probability of .8 on.

    Examples
    --------
    >>> is_adopted(300, 0.1), is_adopted(1_000, 0.7), is_adopted(1_000, 0.8)
    (True, False, True)
    """
    return n < ALWAYS_BELOW or (n < BLEND_BELOW and probability >= ADOPTED_AT)


def gain_probability(gains: Floats, groups: npt.NDArray[Any]) -> float:
    """Return the share of bootstrap draws of the groups in which the gains add up to more than 0.

    Parameters
    ----------
    gains : numpy.ndarray of float64, shape (n,)
        Loss of the forests less that of the blend; NaN for a row in no fold.
    groups : numpy.ndarray, shape (n,)
        Ultimate parent of each row; drawn whole.

    Returns
    -------
    float
        Of 1,000 draws.

    Examples
    --------
    >>> gain_probability(np.array([0.5, 0.1, np.nan]), np.array(["a", "b", "c"]))
    1.0
    """
    known = ~np.isnan(gains)
    _, members = np.unique(groups[known].astype(str), return_inverse=True)
    by_group = np.bincount(members, gains[known])
    random = np.random.default_rng(0)
    counts = random.multinomial(len(by_group), np.full(len(by_group), 1 / len(by_group)), DRAWS)
    return float((np.einsum("ij,j->i", counts.astype(float), by_group) > 0).mean())


def blend_curves(rows: LearningRows, chosen: Blend, loss: Loss) -> Curves | None:
    """Return the curves fitted on all rows, or None where the forests stay alone.

    Parameters
    ----------
    rows : LearningRows
        As for `blend`.
    chosen : Blend
        What `blend` returned.
    loss : {"log-loss", "squared"}
        As for `blend`.

    Returns
    -------
    Curves or None
        The mean of both bases' curves, with the blend's share.
    """
    if chosen.share == 0:
        return None
    return merged_curves([ridge_curves(rows, part, loss) for part in chosen.parts], chosen.share)


def blended(forest_raw: Floats, curves_raw: Floats, share: float) -> Floats:
    """Return the weighted mean of two scores.

    Parameters
    ----------
    forest_raw, curves_raw : numpy.ndarray of float64
        Scores of the same rows.
    share : float
        Weight of the curves.

    Returns
    -------
    numpy.ndarray of float64
        ``(1 - share) * forest_raw + share * curves_raw``.
    """
    return (1 - share) * forest_raw + share * curves_raw


def blend_record(chosen: Blend) -> dict[str, Any]:
    """Return what was tried and adopted, as plain values for the model's record.

    Parameters
    ----------
    chosen : Blend
        What `blend` returned.

    Returns
    -------
    dict
        Share, probability, gain, and each basis with its penalty and losses.
    """
    return {
        "share": chosen.share,
        "probability": chosen.probability,
        "gain": chosen.gain,
        "parts": {p.basis: {"penalty": p.penalty, "losses": dict(p.losses)} for p in chosen.parts},
    }
