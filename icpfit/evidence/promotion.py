"""The verdict on a challenger."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

from icpfit.errors import EvidenceRefused
from icpfit.evidence.signal import signal_sentence
from icpfit.measure.estimate import shown

if TYPE_CHECKING:
    from icpfit.evidence.current_icp import IcpComparison
    from icpfit.evidence.judgement import Judgement
    from icpfit.evidence.signal import Signal

__all__ = ["SURE_FROM", "Verdict", "check_promoted", "enough_accounts", "verdict"]

SURE_FROM = 0.90


@dataclass(frozen=True)
class Verdict:
    """Whether a challenger may go live, and why.

    Parameters
    ----------
    decision : {"PROMOTE", "HOLD"}
        What is to be done.
    reasons : tuple of str
        Full sentences with figures: first what speaks against it, then what speaks for it.
    exploratory : bool
        The model was judged by cross-validation only: its lists are for exploring.
    """

    decision: Literal["PROMOTE", "HOLD"]
    reasons: tuple[str, ...]
    exploratory: bool = False


def verdict(judgement: Judgement, signal: Signal, *, champion_exists: bool) -> Verdict:
    """Decide whether a model may go live.

    PROMOTE if there is a signal, every gate passes, P(log-loss below that of the fit rate) >= .90,
    and, where there is a current ICP that can be compared, the model's choice left more at the same
    volume and P(difference > 0) >= .90. HOLD otherwise.

    Parameters
    ----------
    judgement : Judgement
        On a hold-out, or by cross-validation.
    signal : Signal
        Of the out-of-fold predictions.
    champion_exists : bool
        Whether a model is in use. Without a hold-out only a first model may go live, and is marked
        exploratory.

    Returns
    -------
    Verdict
        With every criterion in a sentence.

    Notes
    -----
    What can't be computed, such as a probability from fewer than 40 accounts of a class, counts as
    not reached.

    Examples
    --------
    >>> import numpy as np
    >>> from icpfit.evidence.judgement import judgement
    >>> from icpfit.evidence.signal import Signal
    >>> rng = np.random.default_rng(1)
    >>> margin = rng.normal(0, 100, 300)
    >>> score = margin + rng.normal(0, 100, 300)
    >>> found = judgement(
    ...     ranking=score,
    ...     fit_probability=1 / (1 + np.exp(-score / 80)),
    ...     is_fit=margin > 0,
    ...     margin=margin,
    ...     basis="later hold-out of 300 accounts",
    ...     holdout=True,
    ...     train_prevalence=0.5,
    ... )
    >>> given = verdict(found, Signal("signal", 1.0, 0.5, 0.69, 900), champion_exists=False)
    >>> given.decision, given.exploratory
    ('PROMOTE', False)
    >>> print(given.reasons[-1])
    There is no current ICP to compare with: only the fit rate had to be beaten.
    """
    criteria = [(signal.tier == "signal", signal_sentence(signal))]
    criteria += [
        (gate.passed, f"{'Gate passed' if gate.passed else 'Gate not passed'}: {gate.text}")
        for gate in judgement.gates
    ]
    criteria.append(_against_prevalence(judgement))
    criteria.append(_against_icp(judgement))
    if not judgement.holdout:
        criteria.append(
            (
                not champion_exists,
                "There is no later hold-out, so these figures are cross-validated: "
                + (
                    "a model in use is not replaced on them."
                    if champion_exists
                    else "a first model may go live on them, marked exploratory."
                ),
            )
        )
    decision: Literal["PROMOTE", "HOLD"] = "PROMOTE" if all(ok for ok, _ in criteria) else "HOLD"
    # A stable sort: what speaks against it comes first, otherwise in the order above.
    reasons = tuple(text for _, text in sorted(criteria, key=lambda item: item[0]))
    return Verdict(decision, reasons, exploratory=not judgement.holdout)


def _against_prevalence(found: Judgement) -> tuple[bool, str]:
    passed = found.p_beats_prevalence >= SURE_FROM
    word = "beats" if passed else "doesn't surely beat"
    sure = _sure(found.p_beats_prevalence)
    return passed, (
        f"The model {word} the fit rate alone: log-loss {shown(found.log_loss)} against "
        f"{found.prevalence_log_loss:.3f} on {found.n:,} accounts, {sure}."
    )


def _sure(probability: float) -> str:
    if math.isnan(probability):
        return "too few for a probability"
    # Rounded down, so that the text never reaches a threshold that the figure misses.
    hundredths = math.floor(probability * 100 + 1e-9)
    return f"better in {hundredths} of 100 resamples ({SURE_FROM * 100:.0f} are asked for)"


def _against_icp(found: Judgement) -> tuple[bool, str]:
    against = found.against_icp
    if against is None:
        return True, "There is no current ICP to compare with: only the fit rate had to be beaten."
    if not against.comparable:
        return True, f"{against.note} Only the fit rate had to be beaten."
    better = against.difference.value > 0
    passed = better and against.p_better >= SURE_FROM
    left = "more" if better else "less"
    said = (
        f"At the same volume ({against.n_selected:,} of {against.n:,} accounts) the model's choice "
        f"left {_money(abs(against.difference.value), found.currency)} {left} per account than "
        f"{against.profile_name}: {shown(against.model_margin, found.currency)} against "
        f"{shown(against.icp_margin, found.currency)}, {_sure(against.p_better)}"
    )
    if against.one_account:
        said += "; the difference rests on one account"
    if against.verdict == "cannot tell yet" and not passed:
        return passed, f"{said}. Cannot tell yet: {_how_many(against)}"
    return passed, f"{said}."


def _money(value: float, currency: str) -> str:
    return f"{value:,.0f} {currency}".strip()


def _how_many(against: IcpComparison) -> str:
    enough = enough_accounts(against)
    if enough is None:
        return "more accounts to judge on are needed, or a model that chooses better."
    return f"about {enough:,} such accounts would be enough if the difference stayed the same."


def enough_accounts(against: IcpComparison) -> int | None:
    """Estimate on how many accounts this difference would be sure: n (z_.90 se / difference)^2.

    Parameters
    ----------
    against : IcpComparison
        The comparison, with the interval of its difference.

    Returns
    -------
    int or None
        Accounts to judge on, more than now, rounded up to hundreds; None where the model's choice
        left less, or there is no interval.

    Notes
    -----
    The standard error is read off the interval as if the difference were normal, and shrinks with
    the root of the number of accounts. An order of magnitude, not a promise.

    Examples
    --------
    >>> import numpy as np
    >>> from icpfit.evidence.current_icp import icp_comparison
    >>> rng = np.random.default_rng(3)
    >>> margin = rng.normal(0, 100, 300)
    >>> enough_accounts(
    ...     icp_comparison(
    ...         ranking=margin + rng.normal(0, 600, 300),
    ...         is_fit=margin > 0,
    ...         margin=margin,
    ...         icp_selected=rng.random(300) < 0.3,
    ...     )
    ... )
    400
    """
    difference = against.difference
    if difference.low is None or difference.high is None or difference.value <= 0:
        return None
    normal = NormalDist()
    error = (difference.high - difference.low) / (2 * normal.inv_cdf(0.5 + difference.level / 2))
    needed = against.n * (normal.inv_cdf(SURE_FROM) * error / difference.value) ** 2
    # Not fewer than there are: these were not enough.
    return math.ceil(max(needed, against.n + 1) / 100) * 100


def check_promoted(decided: Verdict, model: str) -> None:
    """Refuse to call a challenger promoted that was held.

    Parameters
    ----------
    decided : Verdict
        From `verdict`.
    model : str
        The challenger, for the message.

    Raises
    ------
    EvidenceRefused
        For "HOLD", with the first of the reasons.

    Examples
    --------
    >>> check_promoted(Verdict("PROMOTE", ("It beats the fit rate.",)), "icpfit-acme v1")
    """
    if decided.decision == "HOLD":
        raise EvidenceRefused(f"{model} was not put in use: {decided.reasons[0]}")
