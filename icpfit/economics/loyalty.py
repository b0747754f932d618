"""Loyalty: retention, enrichment and advocacy, each alone and as one composite."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from icpfit.errors import SourceError

__all__ = [
    "LoyaltyRows",
    "LoyaltySpec",
    "Weights",
    "advocacy",
    "composite",
    "enrichment",
    "retention",
    "usable_loyalty",
]

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Weights:
    """Weights of the three components; those that are observed share the whole."""

    retention: float = 0.50
    enrichment: float = 0.25
    advocacy: float = 0.25

    def __post_init__(self) -> None:
        values = (self.retention, self.enrichment, self.advocacy)
        if min(values) < 0 or sum(values) <= 0 or not np.isfinite(sum(values)):
            raise ValueError("weights: none may be below 0, and one must be above")


@dataclass(frozen=True)
class LoyaltySpec:
    """How loyalty observations are read.

    Parameters
    ----------
    csat_scale : list of float or None
        Lowest and highest value of the company's CSAT, such as ``[1, 5]``; CSAT then counts like
        an NPS answer, rescaled to 0 to 10. Without it CSAT is not used.
    prior_answers : float
        Weight, in answers, of the mean over all accounts in the mean of one.
    """

    csat_scale: list[float] | None = field(default=None)
    prior_answers: float = 2.0

    def __post_init__(self) -> None:
        scale = self.csat_scale
        if scale is not None and (len(scale) != 2 or not scale[0] < scale[1]):
            raise ValueError(f"csat_scale: expected [lowest, highest], found {scale}")
        if self.prior_answers < 0:
            raise ValueError(f"prior_answers: expected 0 or more, found {self.prior_answers:g}")


@dataclass(frozen=True)
class LoyaltyRows:
    """The observations whose value means something.

    Parameters
    ----------
    rows : pyarrow Table
        As typed; CSAT with a scale has become ``nps``.
    set_aside : dict of str to int
        Rows whose value is out of range, by reason.
    notes : list of str
        What isn't used, and why.
    """

    rows: pa.Table
    set_aside: dict[str, int]
    notes: list[str]


def usable_loyalty(loyalty: pa.Table, spec: LoyaltySpec, max_lost_share: float) -> LoyaltyRows:
    """Set aside observations with a value out of range, and bring CSAT to the scale of NPS.

    A renewal is 1 (accepted), .5 (downgraded) or 0 (declined), an NPS answer 0 to 10.

    Parameters
    ----------
    loyalty : pyarrow Table
        The typed table of loyalty.
    spec : LoyaltySpec
        The scale of CSAT.
    max_lost_share : float
        Share of the rows of one kind that may be out of range, 0 to 1.

    Returns
    -------
    LoyaltyRows
        The rows that are left.

    Raises
    ------
    SourceError
        When more rows of one kind are out of range: the values then mean something else.
    """
    kind = loyalty["kind"].combine_chunks()
    value = loyalty["value"].combine_chunks()
    notes = []
    usable = pa.array(np.ones(len(kind), dtype=bool))
    allowed = {
        "renewal": pc.is_in(value, pa.array([0.0, 0.5, 1.0])),
        "nps": pc.and_(pc.greater_equal(value, 0.0), pc.less_equal(value, 10.0)),
    }
    rules = {"renewal": "neither 0, 0.5 nor 1", "nps": "outside 0 to 10"}
    csat = pc.equal(kind, "csat")
    if spec.csat_scale is not None:
        low, high = spec.csat_scale
        allowed["csat"] = pc.and_(pc.greater_equal(value, low), pc.less_equal(value, high))
        rules["csat"] = f"outside {low:g} to {high:g}"
    elif pc.any(csat).as_py():
        notes.append("csat is not used: data.economics.loyalty.csat_scale doesn't say its scale")
    set_aside = {}
    for name, inside in allowed.items():
        mine = pc.equal(kind, name)
        wrong = pc.and_(mine, pc.invert(pc.fill_null(inside, False)))
        count = pc.sum(wrong).as_py() or 0
        if not count:
            continue
        row = int(np.flatnonzero(wrong.to_numpy(zero_copy_only=False))[0])
        reason = f"{name} {rules[name]}"
        if count > max_lost_share * pc.sum(mine).as_py():
            raise SourceError(
                f"{loyalty['_file'][row].as_py()}: column value: {count:,} of"
                f" {pc.sum(mine).as_py():,} rows of {reason}, first line"
                f" {loyalty['_line'][row].as_py()} ({value[row].as_py()}); map them to that scale"
            )
        set_aside[reason] = count
        usable = pc.and_(usable, pc.invert(wrong))
    if spec.csat_scale is not None:
        low, high = spec.csat_scale
        rescaled = pc.divide(pc.multiply(pc.subtract(value, low), 10.0), high - low)
        value = pc.if_else(csat, rescaled, value)
        kind = pc.if_else(csat, "nps", kind)
    names = loyalty.column_names
    rows = loyalty.set_column(names.index("value"), "value", value)
    rows = rows.set_column(names.index("kind"), "kind", kind)
    return LoyaltyRows(rows.filter(usable), set_aside, notes)


def retention(lost: np.ndarray[Any, Any], worst_renewal: Floats) -> Floats:
    """Retention of every account: 0, .5 or 1.

    The smaller of 1[still active at the end of the horizon] and the worst renewal due within it
    (1 accepted, .5 downgraded, 0 declined).

    Parameters
    ----------
    lost : ndarray of bool, shape (n,)
        Whether the account was lost within the horizon.
    worst_renewal : ndarray of float64, shape (n,)
        NaN where none was due, which changes nothing.

    Returns
    -------
    ndarray of float64, shape (n,)
        Never missing.

    Examples
    --------
    >>> retention(np.array([False, True, False]), np.array([0.5, 1.0, np.nan])).tolist()
    [0.5, 0.0, 1.0]
    """
    return np.minimum(np.where(lost, 0.0, 1.0), np.where(np.isnan(worst_renewal), 1, worst_renewal))


def enrichment(first_half: Floats, second_half: Floats, cohort: np.ndarray[Any, Any]) -> Floats:
    """Enrichment of every account: how its revenue grew, as a rank within its cohort-year.

    ``rank of log((second half + c) / (first half + c))``, with c 5 % of the median revenue of
    both halves; ``(rank - .5) / n`` lies in (0, 1) and is .5 on average.

    Parameters
    ----------
    first_half, second_half : ndarray of float64, shape (n,)
        Net revenue in the halves of the horizon, currency units, not discounted. Below 0 it
        counts as 0.
    cohort : ndarray, shape (n,)
        Year of the start.

    Returns
    -------
    ndarray of float64, shape (n,)
        Ties share their average rank. NaN for all where no account has revenue.

    Examples
    --------
    >>> enrichment(np.array([10.0, 10.0]), np.array([5.0, 20.0]), np.array([2024, 2024])).tolist()
    [0.25, 0.75]
    """
    first, second = np.maximum(first_half, 0.0), np.maximum(second_half, 0.0)
    both = first + second
    paying = both[both > 0]
    if len(paying) == 0:
        return np.full(len(both), np.nan)
    # A median of 0 (most accounts never paid) would leave a division by zero.
    middle = float(np.median(both)) or float(np.median(paying))
    constant = 0.05 * middle
    growth = pd.Series(np.log((second + constant) / (first + constant)))
    # Equal growth must tie, though its last binary digit may differ.
    ranks = growth.round(12).groupby(np.asarray(cohort)).rank(method="average")
    sizes = growth.groupby(np.asarray(cohort)).transform("size")
    return ((ranks - 0.5) / sizes).to_numpy("float64")


def advocacy(
    answers: Floats, answer_sum: Floats, referred: np.ndarray[Any, Any], prior: float = 2.0
) -> Floats:
    """Advocacy of every account, 0 to 1.

    ``max(1[referral made], clip((s - 4) / 6, 0, 1))`` with the shrunk mean
    ``s = (sum of answers + prior * mean of all answers) / (number of answers + prior)``.

    Parameters
    ----------
    answers, answer_sum : ndarray of float64, shape (n,)
        Number of NPS answers (0 to 10) within the horizon, and their sum.
    referred : ndarray of bool, shape (n,)
        Whether the account referred somebody within it.
    prior : float
        Weight of the mean over all accounts, in answers.

    Returns
    -------
    ndarray of float64, shape (n,)
        NaN where an account neither answered nor referred: silence is no detractor.

    References
    ----------
    Reichheld (2003), The one number you need to grow; Baehre et al. (2021), JAMS.

    Examples
    --------
    >>> advocacy(np.array([1.0, 0.0]), np.array([10.0, 0.0]), np.array([False, False])).tolist()
    [1.0, nan]
    """
    total = float(answers.sum())
    mean = float(answer_sum.sum()) / total if total else 0.0
    shrunk = (answer_sum + prior * mean) / np.maximum(answers + prior, np.finfo(float).tiny)
    said = np.where(answers > 0, np.clip((shrunk - 4.0) / 6.0, 0.0, 1.0), np.nan)
    return np.where(referred, 1.0, said)


def composite(
    retained: Floats, enriched: Floats, advocated: Floats, weights: Weights | None = None
) -> Floats:
    """Loyalty of every account, 0 to 1: the weighted mean of the components observed.

    ``sum of w * component / sum of w``, over those that aren't missing.

    Parameters
    ----------
    retained, enriched, advocated : ndarray of float64, shape (n,)
        The components; NaN is absent.
    weights : Weights, optional
        .50, .25 and .25 by default.

    Returns
    -------
    ndarray of float64, shape (n,)
        NaN where nothing with a weight is observed.

    Examples
    --------
    >>> one = np.array([1.0]), np.array([0.2]), np.array([np.nan])
    >>> round(float(composite(*one)[0]), 4)
    0.7333
    """
    given = weights or Weights()
    values = np.vstack([retained, enriched, advocated])
    weight = np.array([[given.retention], [given.enrichment], [given.advocacy]])
    weight = np.where(np.isnan(values), 0.0, weight)
    whole = weight.sum(axis=0)
    part = (weight * np.nan_to_num(values, nan=0.0)).sum(axis=0)
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), np.nan)
