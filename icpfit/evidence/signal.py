"""Whether the model knows anything at all: the no-signal gate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from icpfit.errors import EvidenceRefused
from icpfit.measure.accuracy import account_log_loss
from icpfit.measure.intervals import REPLICATES, paired_bootstrap
from icpfit.measure.weighted import weighted_mean

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["SIGNAL_FROM", "WEAK_FROM", "Signal", "check_signal", "signal", "signal_sentence"]

SIGNAL_FROM = 0.95
# What is judged had no say in any choice (icpfit.fit.nested): of outcomes dealt at random 1 % then
# pass as a signal and 6 % as weak at least (docs/decisions/0006-weak-from-80.md).
WEAK_FROM = 0.8


@dataclass(frozen=True)
class Signal:
    """How sure it is that out-of-fold predictions beat the plain fit rate.

    Parameters
    ----------
    tier : {"signal", "weak", "none"}
        "signal" from a probability of .95 on, "weak" from .80 on.
    probability : float
        Share of bootstrap replicates in which the model's log-loss is the lower one.
    log_loss, prevalence_log_loss : float
        Out-of-fold log-loss (nats) of the model and of the fit rate alone.
    n : int
        Accounts.
    """

    tier: Literal["signal", "weak", "none"]
    probability: float
    log_loss: float
    prevalence_log_loss: float
    n: int


def signal(
    oof_probability: ArrayLike,
    is_fit: ArrayLike,
    prevalence: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    n_boot: int = REPLICATES,
    seed: int = 0,
) -> Signal:
    """Judge whether out-of-fold probabilities say more than the fit rate alone.

    P = share of bootstrap replicates in which mean log-loss(model) < mean log-loss(prevalence).

    Parameters
    ----------
    oof_probability : array_like of float, shape (n,)
        Each account's probability of a fit from a model that did not see it, 0 to 1.
    is_fit : array_like of bool, shape (n,)
        Whether the account was a profitable fit.
    prevalence : array_like of float, scalar or shape (n,)
        The fit rate of the accounts that each account's model learned from, 0 to 1: one figure, or
        one per account (its fold's), so that neither side has seen the account.
    groups : array_like, shape (n,), optional
        The parent of each account; by default each is its own.
    n_boot : int
        Bootstrap replicates.
    seed : int
        The same seed gives the same probability.

    Returns
    -------
    Signal
        "signal" from P = .95 on, "weak" from .80 on, else "none".

    Raises
    ------
    ValueError
        If a value is missing, or a probability lies outside 0 to 1.

    Notes
    -----
    That the mean log-loss is lower proves little: on shuffled outcomes it is in 8 to 20 of 100
    runs. Equal log-losses count as no improvement. The result doesn't depend on the order of rows.

    References
    ----------
    Efron (1979), Annals of Statistics 7.

    Examples
    --------
    >>> is_fit = np.arange(200) % 2 == 0
    >>> signal(np.where(is_fit, 0.7, 0.3), is_fit, 0.5).tier
    'signal'
    >>> signal(np.full(200, 0.5), is_fit, 0.5).tier
    'none'
    """
    model = account_log_loss(is_fit, oof_probability)
    plain = account_log_loss(is_fit, np.broadcast_to(np.asarray(prevalence, float), model.shape))
    order = np.lexsort((plain, model))
    group = np.arange(len(model))
    if groups is not None:
        members = np.unique(np.asarray(groups), return_inverse=True)[1]
        order = np.lexsort((plain, model, members))
        group = members[order]
    model, plain = model[order], plain[order]
    gain = plain - model

    def mean_gain(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return weighted_mean(weights, gain)

    samples = paired_bootstrap(mean_gain, group, n_boot=n_boot, seed=seed)
    # A sum of zeros may come out as a rounding error: that is no improvement.
    probability = float((samples > 1e-12).mean())
    tier: Literal["signal", "weak", "none"] = "none"
    if probability >= WEAK_FROM:
        tier = "signal" if probability >= SIGNAL_FROM else "weak"
    return Signal(tier, probability, float(model.mean()), float(plain.mean()), len(model))


def signal_sentence(found: Signal) -> str:
    """Put the finding into words.

    Parameters
    ----------
    found : Signal
        From `signal`.

    Returns
    -------
    str
        One sentence with its figures.

    Examples
    --------
    >>> signal_sentence(Signal("none", 0.31, 0.69, 0.68, 300))
    'There is no signal: on 300 accounts the out-of-fold log-loss is 0.690 against 0.680 for the
    fit rate alone, better in 31 of 100 resamples (95 are asked for, 80 for a weak signal).'
    """
    said = {
        "signal": "There is a signal",
        "weak": "The signal is weak",
        "none": "There is no signal",
    }
    # Rounded down, so that the text never reaches a threshold that the figure misses.
    resamples = math.floor(found.probability * 100 + 1e-9)
    return (
        f"{said[found.tier]}: on {found.n:,} accounts the out-of-fold log-loss is "
        f"{found.log_loss:.3f} against {found.prevalence_log_loss:.3f} for the fit rate alone, "
        f"better in {resamples} of 100 resamples (95 are asked for, 80 for a weak signal)."
    )


def check_signal(found: Signal, company: str) -> None:
    """Refuse a model that knows nothing.

    Parameters
    ----------
    found : Signal
        From `signal`.
    company : str
        The company's name, for the message.

    Raises
    ------
    EvidenceRefused
        For the tier "none".

    Examples
    --------
    >>> check_signal(Signal("weak", 0.88, 0.613, 0.619, 484), "acme")
    """
    if found.tier == "none":
        raise EvidenceRefused(
            f"no signal in the data of {company}, nothing was registered: {signal_sentence(found)}"
        )
