"""The verdict on a challenger."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Literal

from icpfit.errors import EvidenceRefused
from icpfit.evidence.signal import signal_sentence
from icpfit.evidence.succession.looks import look_sentence
from icpfit.measure.estimate import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.evidence.current_icp import IcpComparison
    from icpfit.evidence.judgement import Judgement
    from icpfit.evidence.signal import Signal
    from icpfit.measure.estimate import Estimate

__all__ = [
    "SURE_FROM",
    "Decision",
    "Verdict",
    "accounts_needed",
    "check_promoted",
    "enough_accounts",
    "model_criteria",
    "sure_text",
    "verdict",
]

SURE_FROM = 0.90
Decision = Literal["PROMOTE", "HOLD", "REFRESH"]


@dataclass(frozen=True)
class Verdict:
    """Whether a challenger may go live, and why.

    Parameters
    ----------
    decision : {"PROMOTE", "HOLD", "REFRESH"}
        What is to be done: put it in use, leave things as they are, or put it in use because the
        model in use has grown unfit and this one is no worse.
    reasons : tuple of str
        Full sentences with figures: first what speaks against it, then what speaks for it.
    exploratory : bool
        The model was judged by cross-validation only: its lists are for exploring.
    headline : str
        What that means, in a few words; empty where the decision says it all.
    notes : tuple of str
        Full sentences that a reader must know and that decide nothing.
    figures : Mapping
        Every figure behind the sentences, for the record.
    """

    decision: Decision
    reasons: tuple[str, ...]
    exploratory: bool = False
    headline: str = ""
    notes: tuple[str, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)


def verdict(
    judgement: Judgement, signal: Signal, *, champion_exists: bool, look: int = 0
) -> Verdict:
    """Decide whether a first model may go live.

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
        Whether a model is in use. It isn't replaced on these figures, see
        `icpfit.evidence.succession.succession`; a first model may go live on them, also without a
        hold-out, and is then marked exploratory.
    look : int
        How often this hold-out has been looked at; 0 where nobody counts.

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
    criteria = model_criteria(judgement, signal)
    criteria.append(_against_prevalence(judgement))
    criteria.append(_against_icp(judgement))
    if champion_exists:
        criteria.append(
            (
                False,
                (
                    "A model is in use, which is replaced only by one that did better on accounts "
                    "that neither learned from: icpfit promote compares the two."
                ),
            )
        )
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
    decision: Decision = "PROMOTE" if all(ok for ok, _ in criteria) else "HOLD"
    # A stable sort: what speaks against it comes first, otherwise in the order above.
    reasons = tuple(text for _, text in sorted(criteria, key=lambda item: item[0]))
    notes = (look_sentence(look),) if look else ()
    return Verdict(decision, reasons, exploratory=not judgement.holdout, notes=notes)


def model_criteria(judgement: Judgement, signal: Signal) -> list[tuple[bool, str]]:
    """List what any model must pass before it is compared with anything: signal and gates.

    Parameters
    ----------
    judgement : Judgement
        With its gates.
    signal : Signal
        Of the out-of-fold predictions.

    Returns
    -------
    list of tuple of bool and str
        Whether each is passed, and a sentence with its figures.
    """
    return [(signal.tier == "signal", signal_sentence(signal))] + [
        (gate.passed, f"{'Gate passed' if gate.passed else 'Gate not passed'}: {gate.text}")
        for gate in judgement.gates
    ]


def _against_prevalence(found: Judgement) -> tuple[bool, str]:
    passed = found.p_beats_prevalence >= SURE_FROM
    word = "beats" if passed else "doesn't surely beat"
    sure = sure_text(found.p_beats_prevalence)
    return passed, (
        f"The model {word} the fit rate alone: log-loss {shown(found.log_loss)} against "
        f"{found.prevalence_log_loss:.3f} on {found.n:,} accounts, {sure}."
    )


def sure_text(probability: float, asked: float = SURE_FROM, word: str = "better") -> str:
    """Say how sure something is and how sure it has to be.

    Parameters
    ----------
    probability : float
        Share of resamples in which it holds; NaN where there are too few accounts.
    asked : float
        What it has to reach.
    word : str
        What holds in them.

    Returns
    -------
    str
        Rounded down, so that the text never reaches a threshold that the figure misses.

    Examples
    --------
    >>> sure_text(0.8999)
    'better in 89 of 100 resamples (90 are asked for)'
    """
    if math.isnan(probability):
        return "too few for a probability"
    hundredths = math.floor(probability * 100 + 1e-9)
    return f"{word} in {hundredths} of 100 resamples ({asked * 100:.0f} are asked for)"


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
        f"{shown(against.icp_margin, found.currency)}, {sure_text(against.p_better)}"
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
    return accounts_needed(against.difference, against.n)


def accounts_needed(gain: Estimate, n: int) -> int | None:
    """Estimate on how many accounts a gain would be sure, see `enough_accounts`.

    Parameters
    ----------
    gain : Estimate
        Above zero is better, with its interval.
    n : int
        Accounts that it was found on.

    Returns
    -------
    int or None
        More than `n`, rounded up to hundreds; None where there is no gain, or no interval.

    Examples
    --------
    >>> from icpfit.measure.estimate import Estimate
    >>> accounts_needed(Estimate(100.0, -100.0, 300.0), 400)
    1000
    """
    if gain.low is None or gain.high is None or gain.value <= 0:
        return None
    normal = NormalDist()
    error = (gain.high - gain.low) / (2 * normal.inv_cdf(0.5 + gain.level / 2))
    needed = n * (normal.inv_cdf(SURE_FROM) * error / gain.value) ** 2
    # Not fewer than there are: these were not enough.
    return math.ceil(max(needed, n + 1) / 100) * 100


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
