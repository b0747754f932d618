"""The verdict on a challenger where a model is in use: whether it may take its place."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from icpfit.evidence.promotion import (
    SURE_FROM,
    Decision,
    Verdict,
    accounts_needed,
    model_criteria,
    sure_text,
)
from icpfit.evidence.succession.grade_changes import change_counts
from icpfit.evidence.succession.looks import look_sentence
from icpfit.evidence.succession.paired_comparison import NON_INFERIOR
from icpfit.measure.estimate import Estimate, shown
from icpfit.measure.intervals import FEWEST_PER_CLASS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.evidence.judgement import Judgement
    from icpfit.evidence.signal import Signal
    from icpfit.evidence.succession.champion_challenger import ChampionChallenger
    from icpfit.evidence.succession.paired_comparison import PairedComparison
    from icpfit.measure.psi import Psi

__all__ = ["FEWEST_COMPARED", "succession"]

FEWEST_COMPARED = 150
_GUARD = 0.20
_WORSE = 0.95
# A model in use that is off by more than luck gives one time in a hundred has grown unfit.
_OFF_BY_LUCK = 0.01
_DRIFTED = 0.25
_LITTLE_OVERLAP = 0.30
_USUAL_BELOW = 600

Criterion = tuple[bool, str]


def succession(
    judgement: Judgement,
    signal: Signal,
    compared: ChampionChallenger,
    *,
    look: int = 0,
    changed_exports: Sequence[str] = (),
    rolled_back: str = "",
) -> Verdict:
    """Decide whether a challenger takes the place of the model in use.

    PROMOTE if there is a signal, the challenger's gates pass, and on at least 150 accounts that
    neither learned from: P(log-loss lower) >= .90, P(winsorised margin of its choice higher) >= .20
    and not P(worse calibrated) >= .95. REFRESH if the model in use has drifted or is no longer
    calibrated, the challenger is, and P(log-loss lower, or higher by less than .005) >= .90. HOLD
    otherwise.

    Parameters
    ----------
    judgement, signal : Judgement, Signal
        Of the challenger's training; its gates count here, not its figures.
    compared : ChampionChallenger
        Both models on the same accounts.
    look : int
        How often this hold-out has been looked at, this time included; 0 where nobody counts.
    changed_exports : sequence of str
        Files that are not those which the challenger was trained and judged on.
    rolled_back : str
        When and why this very version was taken out of use; empty where it wasn't.

    Returns
    -------
    Verdict
        Each criterion in a sentence; every figure in `figures`.

    Notes
    -----
    Log-loss decides and money guards: on hold-outs of this size a higher profit of the first 20 %
    is won by truly worse models more often than not. At 600 accounts this rule puts about 3 of 100
    truly worse models in use and 79 of 100 truly better ones. No two models can each replace the
    other by PROMOTE on the same accounts.

    References
    ----------
    Efron (1979), Annals of Statistics 7; Wellek (2010), Testing Statistical Hypotheses of
    Equivalence and Noninferiority.
    """
    found = compared.comparison
    gates = model_criteria(judgement, signal)
    back = f"This version was taken out of use before: {rolled_back}."
    undone: list[Criterion] = [(False, back)] if rolled_back else []
    notes = _context(compared, look, changed_exports)
    figures = {
        "comparison": found,
        "currency": judgement.currency,
        "candidates": compared.candidates,
        "learned_from_by_champion": compared.seen,
        "no_longer_there": compared.gone,
        "drift_of_champion": compared.drift,
        "grade_changes": change_counts(compared.changes),
        "grade_change_examples": compared.changes.head(20),
        "look": look,
        "changed_exports": list(changed_exports),
    }
    if found is None or found.n < FEWEST_COMPARED or found.note:
        criteria = [*undone, (False, _too_few(compared)), *gates]
        return Verdict("HOLD", _sorted(criteria), False, _stays(found), notes, figures)
    paired = [_log_loss(found), _margin(found, judgement.currency), _calibration(found)]
    criteria = [*undone, *paired, *gates]
    notes = (*_beside(found, compared, judgement.currency), *notes)
    decision: Decision = "HOLD"
    headline = _stays(found)
    reasons = _sorted(criteria)
    unfit = _unfit(found, compared.drift)
    if all(passed for passed, _ in criteria):
        decision, headline = "PROMOTE", "the challenger replaces the model in use"
    elif unfit:
        refresh = [_not_inferior(found), _calibrated(found)]
        if all(passed for passed, _ in [*undone, *gates, *refresh, paired[2]]):
            decision = "REFRESH"
            headline = "the model in use has grown unfit and the challenger is no worse"
            reasons = (*unfit, *(text for _, text in refresh), *reasons)
        else:
            notes = (*unfit, *notes)
    return Verdict(decision, reasons, not judgement.holdout, headline, notes, figures)


def _sorted(criteria: Sequence[Criterion]) -> tuple[str, ...]:
    # A stable sort: what speaks against it comes first, otherwise in the order given.
    return tuple(text for _, text in sorted(criteria, key=lambda item: item[0]))


def _stays(found: PairedComparison | None) -> str:
    usual = found is None or found.n < _USUAL_BELOW
    return "the model in use stays" + (
        f": usual below {_USUAL_BELOW} hold-out accounts" if usual else ""
    )


def _too_few(compared: ChampionChallenger) -> str:
    if compared.unknown:
        return (
            "It wasn't kept which accounts the model in use learned from (an earlier icpfit "
            "trained it), so none is known to be new to both; force=true reason=… puts the "
            "challenger in use."
        )
    found = compared.comparison
    n, fits = (0, 0) if found is None else (found.n, found.n_fit)
    return (
        f"There are {n:,} accounts that neither model learned from, {fits:,} of them a profitable "
        f"fit; {FEWEST_COMPARED} and {FEWEST_PER_CLASS} of each class would be enough to compare. "
        "Two stored models can't be compared by cross-validation: wait until more accounts that "
        "came after the model in use are mature, then train again."
    )


def _log_loss(found: PairedComparison) -> Criterion:
    passed = found.p_log_loss_lower >= SURE_FROM
    said = (
        f"Log-loss of the challenger {shown(found.log_loss_challenger)} against "
        f"{shown(found.log_loss_champion)} for the model in use, on the same {found.n:,} accounts: "
        f"{sure_text(found.p_log_loss_lower, word='lower')}."
    )
    gain = found.log_loss_difference
    if passed or gain.low is None or gain.high is None:
        return passed, said
    enough = accounts_needed(Estimate(-gain.value, -gain.high, -gain.low, gain.level), found.n)
    if enough is not None:
        said += f" About {enough:,} accounts would be enough if the difference stayed the same."
    return passed, said


def _margin(found: PairedComparison, currency: str) -> Criterion:
    return found.p_margin_higher >= _GUARD, (
        f"Margin of the {found.k:,.0f} accounts that each ranks first ({found.volume}): "
        f"{shown(found.margin_challenger, currency)} each against "
        f"{shown(found.margin_champion, currency)}, a difference of "
        f"{shown(found.margin_difference, currency)}, winsorised "
        f"{shown(found.margin_difference_winsorised, currency)}: "
        f"{sure_text(found.p_margin_higher, _GUARD, 'higher')}."
    )


def _calibration(found: PairedComparison) -> Criterion:
    hundredths = math.floor(found.p_calibration_worse * 100 + 1e-9)
    return not found.p_calibration_worse >= _WORSE, (
        "Miscalibration (what a new intercept and slope would take off the log-loss) "
        f"{found.miscalibration_challenger.value:.4f} against "
        f"{found.miscalibration_champion.value:.4f}: worse in {hundredths} of 100 resamples "
        f"({_WORSE * 100:.0f} hold it back)."
    )


def _not_inferior(found: PairedComparison) -> Criterion:
    said = sure_text(found.p_not_inferior, word=f"lower, or higher by less than {NON_INFERIOR},")
    return found.p_not_inferior >= SURE_FROM, f"The challenger's log-loss is no worse: {said}."


def _calibrated(found: PairedComparison) -> Criterion:
    passed = found.calibration_p_challenger >= _OFF_BY_LUCK
    return passed, (
        f"The challenger {'is' if passed else 'is not'} calibrated: a perfect scorer looks as far "
        f"off {_one_in(found.calibration_p_challenger)}."
    )


def _unfit(found: PairedComparison, drift: Psi | None) -> tuple[str, ...]:
    """Say what is wrong with the model in use, if anything."""
    said = []
    if found.calibration_p_champion < _OFF_BY_LUCK:
        said.append(
            "The model in use is no longer calibrated: a perfect scorer looks as far off "
            f"{_one_in(found.calibration_p_champion)}."
        )
    if drift is not None and drift.value > max(_DRIFTED, drift.null_99):
        said.append(
            "The model in use has drifted: its ranking of the accounts that came since has a "
            f"stability index of {drift.value:.2f}; more than {_DRIFTED:.2f} is a shift, and luck "
            f"alone stays below {drift.null_99:.2f} in 99 of 100 cases."
        )
    return tuple(said)


def _one_in(chance: float) -> str:
    if chance < 0.001:
        return "less than once in 1,000 times"
    return f"{1000 * chance:.0f} times in 1,000"


def _beside(found: PairedComparison, compared: ChampionChallenger, currency: str) -> list[str]:
    """Say what stands beside the criteria and decides nothing."""
    notes = [
        (
            f"The margin models by themselves: profit-Gini {shown(found.gini_challenger)} against "
            f"{shown(found.gini_champion)}, difference {shown(found.gini_difference)}; the "
            f"first {found.k:,.0f} by expected margin left a difference of "
            f"{shown(found.money_difference, currency)} each."
        )
    ]
    caution = (
        f"; below {_LITTLE_OVERLAP:.0%}, so Sales would get a very different list"
        if found.overlap < _LITTLE_OVERLAP
        else ""
    )
    notes.append(f"Of what either chooses, both choose {found.overlap:.0%}{caution}.")
    counts = change_counts(compared.changes)
    moved = sum(counts.values())
    causes = ", ".join(f"{n:,} by {cause}" for cause, n in counts.items())
    notes.append(
        f"{moved:,} of {found.n:,} accounts change grade{f' ({causes})' if causes else ''}."
    )
    return notes


def _context(
    compared: ChampionChallenger, look: int, changed_exports: Sequence[str]
) -> tuple[str, ...]:
    found = compared.comparison
    kept = 0 if found is None else found.n
    notes = [
        (
            f"Compared on {kept:,} of {compared.candidates:,} accounts that the challenger didn't "
            f"learn from; the model in use learned from {compared.seen:,} of them, "
            f"{compared.gone:,} no longer count."
        )
    ]
    if look:
        notes.append(look_sentence(look))
    if changed_exports:
        shown_files = ", ".join(changed_exports[:3]) + ("…" if len(changed_exports) > 3 else "")
        notes.append(
            f"The exports have changed since the challenger was trained ({len(changed_exports):,} "
            f"files: {shown_files}), so facts and outcomes are not quite those it was judged on."
        )
    return (*notes, *compared.notes)
