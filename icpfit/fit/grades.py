"""Grades A to D and the score 0–100: cut-offs stored with the model, evidence for each grade."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from icpfit.fit.grading import (
    GradeEvidence,
    Grading,
    grade_sentence,
    grading_from,
    grading_record,
)
from icpfit.measure.estimate import Estimate
from icpfit.measure.intervals import bootstrap, paired_bootstrap, wilson
from icpfit.measure.weighted import ratio

__all__ = [
    "LETTERS",
    "GradeEvidence",
    "Grading",
    "fit_score",
    "grade_sentence",
    "graded",
    "grading",
    "grading_from",
    "grading_record",
]

LETTERS = ("A", "B", "C", "D")
Basis = Literal["hold-out (later)", "hold-out (random, not later)", "cross-validated"]
_PERCENTILES = (80.0, 50.0, 20.0)
_REFERENCE_MAX = 1001
_LEVEL = 0.9
# Resampling so few accounts shows how few they are, not how far their mean may be off.
_FEWEST = 10
# Below this many judged accounts, intervals of money cover less often than they say.
_APPROXIMATE_BELOW = 600
# Share of resamples in which the better grade must do better to be called another grade.
_SURE = 0.9

Floats = npt.NDArray[np.float64]


def grading(
    objective: npt.ArrayLike,
    is_fit: npt.ArrayLike,
    margin: npt.ArrayLike,
    basis: Basis,
    *,
    margin_if_won: npt.ArrayLike | None = None,
    groups: npt.ArrayLike | None = None,
    ranks: Literal["margin", "fit"] = "margin",
    n_boot: int = 2000,
    seed: int = 0,
) -> Grading:
    """Return the cut-offs at the 80th, 50th and 20th percentile, with each grade's evidence.

    Parameters
    ----------
    objective : array_like of float, shape (n,)
        The number that ranks, of accounts that the model has not learned from; ``Scores.ranking``.
    is_fit : array_like of bool, shape (n,)
        Whether each was a profitable fit.
    margin : array_like of float, shape (n,)
        Its realised margin, in currency units.
    basis : {"hold-out (later)", "hold-out (random, not later)", "cross-validated"}
        What kept these accounts from the model.
    margin_if_won : array_like of float, shape (n,), optional
        Expected margin; needed when the fit ranks, else it is the objective.
    groups : array_like, shape (n,), optional
        Parent of each account; accounts of one parent are resampled together. By default each
        stands alone.
    ranks : {"margin", "fit"}
        Which number the objective is.
    n_boot : int
        Bootstrap replicates.
    seed : int
        The same seed gives the same intervals.

    Returns
    -------
    Grading
        Evidence only for grades that occurred.

    Raises
    ------
    ValueError
        For no accounts, shapes that differ, an objective that is missing, or a fit that ranks
        without `margin_if_won`.

    Notes
    -----
    An objective exactly at a cut-off belongs to the better grade, so tied accounts always share
    one, and with many ties a grade holds more or fewer accounts than its percentile says. Where
    all have the same objective all have the same grade. The percentile interpolates linearly.
    Neighbouring grades of which the better did not earn more on average (fit more often, when the
    fit ranks) can't be told apart; they name each other in `merged_with`, chains of them all
    together. Fewer than 10 accounts give no interval of the mean margin; below 600 judged
    accounts the estimate's note calls it approximate.

    Examples
    --------
    >>> expected = np.arange(-100.0, 900.0, 10.0)
    >>> found = grading(expected, expected > 300, expected, "cross-validated", n_boot=50)
    >>> [round(cut, 6) for cut in found.cuts]
    [692.0, 395.0, 98.0]
    >>> [(letter, each.n) for letter, each in found.evidence.items()]
    [('A', 20), ('B', 30), ('C', 30), ('D', 20)]
    """
    ranked, earned = _numbers("objective", objective), np.asarray(margin, dtype=np.float64)
    fit = np.asarray(is_fit, dtype=bool)
    if margin_if_won is None and ranks == "fit":
        raise ValueError("margin_if_won is needed where the fit ranks")
    expected = ranked if margin_if_won is None else np.asarray(margin_if_won, dtype=np.float64)
    parents = np.arange(len(ranked)) if groups is None else np.asarray(groups)
    if len(ranked) == 0 or len({len(x) for x in (ranked, earned, fit, expected, parents)}) > 1:
        raise ValueError(
            "objective, is_fit, margin, margin_if_won and groups: one value per account"
        )
    first, second, third = (float(cut) for cut in np.percentile(ranked, _PERCENTILES))
    reference = np.sort(ranked)
    if len(reference) > _REFERENCE_MAX:
        reference = np.quantile(reference, np.linspace(0, 1, _REFERENCE_MAX))
    bare = Grading((first, second, third), reference, {}, basis)
    letters = graded(ranked, expected, bare)
    evidence = {}
    for letter in LETTERS:
        chosen = letters == letter
        if chosen.any():
            note = "approximate" if len(ranked) < _APPROXIMATE_BELOW else ""
            evidence[letter] = GradeEvidence(
                n=int(chosen.sum()),
                fit_rate=wilson(int(fit[chosen].sum()), int(chosen.sum()), _LEVEL),
                margin_mean=_margin_mean(earned[chosen], parents[chosen], note, n_boot, seed),
            )
    told_apart = _told_apart(
        letters, fit.astype(np.float64) if ranks == "fit" else earned, parents, n_boot, seed
    )
    return dataclasses.replace(bare, evidence=_merged(evidence, ranks, told_apart))


def graded(
    objective: npt.ArrayLike, margin_if_won: npt.ArrayLike, grading: Grading
) -> npt.NDArray[np.object_]:
    """Return the grade of each account.

    Parameters
    ----------
    objective : array_like of float, shape (n,)
        The number that ranks.
    margin_if_won : array_like of float, shape (n,)
        Expected margin, in currency units.
    grading : Grading
        The model's cut-offs.

    Returns
    -------
    numpy.ndarray of str, shape (n,)
        ``"A"`` to ``"D"``; an expected margin at or below zero gets C at best.

    Raises
    ------
    ValueError
        When an objective is missing.

    Notes
    -----
    An objective exactly at a cut-off gets the better grade. A row's grade depends on that row.

    Examples
    --------
    >>> cuts = Grading((3.0, 2.0, 1.0), np.array([0.0, 4.0]), {}, "cross-validated")
    >>> graded([3.0, 2.9, 3.5, 0.5], [10.0, 10.0, 0.0, -5.0], cuts).tolist()
    ['A', 'B', 'C', 'D']
    """
    ranked = _numbers("objective", objective)
    expected = np.asarray(margin_if_won, dtype=np.float64)
    # Position 0 is an A: as many steps down as there are cut-offs above the account.
    steps = sum((ranked < cut).astype(np.int64) for cut in grading.cuts)
    steps = np.where(np.round(expected, 2) > 0, steps, np.maximum(steps, LETTERS.index("C")))
    letters: npt.NDArray[np.object_] = np.array(LETTERS, dtype=object)[steps]
    return letters


def fit_score(objective: npt.ArrayLike, grading: Grading) -> npt.NDArray[np.int64]:
    """Return the percentile of each account among the judged ones, 0 to 100.

    ``100 * (share below + half of the share equal)``, rounded half up.

    Parameters
    ----------
    objective : array_like of float, shape (n,)
        The number that ranks.
    grading : Grading
        The model's, with its reference.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        Never falls as the objective rises.

    Raises
    ------
    ValueError
        When an objective is missing.

    Notes
    -----
    Mid-ranks: a value that many judged accounts share stands in the middle of them.

    Examples
    --------
    >>> judged = Grading((3.0, 2.0, 1.0), np.array([0.0, 1.0, 1.0, 4.0]), {}, "cross-validated")
    >>> fit_score([-1.0, 0.0, 1.0, 2.0, 9.0], judged).tolist()
    [0, 13, 50, 75, 100]
    """
    ranked = _numbers("objective", objective)
    below = np.searchsorted(grading.reference, ranked, side="left")
    up_to = np.searchsorted(grading.reference, ranked, side="right")
    percent = 100.0 * (below + up_to) / (2.0 * len(grading.reference))
    scores: npt.NDArray[np.int64] = np.floor(percent + 0.5).astype(np.int64)
    return scores


def _numbers(name: str, values: npt.ArrayLike) -> Floats:
    found = np.asarray(values, dtype=np.float64)
    if np.isnan(found).any():
        raise ValueError(f"{name}: {int(np.isnan(found).sum())} of {len(found)} are missing")
    return found


def _margin_mean(
    margin: Floats, groups: npt.NDArray[Any], note: str, n_boot: int, seed: int
) -> Estimate:
    distinct = len(np.unique(groups))
    if distinct < _FEWEST:
        why = f"insufficient: {distinct} accounts, {_FEWEST} are needed"
        return Estimate(float(margin.mean()), level=_LEVEL, n=len(margin), note=why)
    found = bootstrap(
        lambda weights: (weights @ margin) / weights.sum(axis=1),
        groups,
        n_boot=n_boot,
        seed=seed,
        level=_LEVEL,
    )
    return dataclasses.replace(found, note=found.note or note)


def _told_apart(
    letters: npt.NDArray[np.object_],
    outcome: Floats,
    groups: npt.NDArray[Any],
    n_boot: int,
    seed: int,
) -> dict[tuple[str, str], bool]:
    """Return for each pair of neighbours whether the better one surely did better."""
    given = [letter for letter in LETTERS if (letters == letter).any()]
    chosen = np.column_stack([letters == letter for letter in given]).astype(np.float64)
    drawn = paired_bootstrap(
        lambda weights: ratio(weights @ (chosen * outcome[:, None]), weights @ chosen),
        groups,
        n_boot=n_boot,
        seed=seed,
    )
    return {
        (better, worse): bool(np.mean(drawn[:, at] > drawn[:, at + 1]) >= _SURE)
        for at, (better, worse) in enumerate(itertools.pairwise(given))
    }


def _merged(
    evidence: dict[str, GradeEvidence], ranks: str, told_apart: dict[tuple[str, str], bool]
) -> dict[str, GradeEvidence]:
    """Pool neighbours that can't be told apart, and pools that stand in the wrong order."""

    def result(pool: list[str]) -> float:
        parts = [evidence[letter] for letter in pool]
        values = [(each.fit_rate if ranks == "fit" else each.margin_mean).value for each in parts]
        return float(np.average(values, weights=[each.n for each in parts]))

    pools: list[list[str]] = []
    for letter in evidence:
        if pools and not told_apart[pools[-1][-1], letter]:
            pools[-1] = [*pools[-1], letter]
        else:
            pools.append([letter])
        while len(pools) > 1 and result(pools[-2]) <= result(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    return {
        letter: dataclasses.replace(
            evidence[letter], merged_with=tuple(other for other in pool if other != letter)
        )
        for pool in pools
        for letter in pool
    }
