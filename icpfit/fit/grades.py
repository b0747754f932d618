"""Grades A to D and the 0–100 score: cut-offs stored with the model, each grade with its evidence."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from icpfit.errors import EvidenceRefused, ModelError
from icpfit.measure.estimate import Estimate
from icpfit.measure.intervals import bootstrap, wilson

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
Basis = Literal["hold-out (later)", "cross-validated"]
_PERCENTILES = (80.0, 50.0, 20.0)
_REFERENCE_MAX = 1001
_LEVEL = 0.9


@dataclass(frozen=True)
class GradeEvidence:
    """What became of the accounts of one grade that the model had not learned from.

    Attributes
    ----------
    n : int
        Accounts of this grade.
    fit_rate : Estimate
        Share that was a profitable fit, 0 to 1, with its Wilson 90 % interval.
    margin_mean : Estimate
        Mean realised margin per account, in currency units, with its bootstrap 90 % interval.
    merged_with : tuple of str
        Grades that can't be told apart from this one: the better one did not earn more.
    """

    n: int
    fit_rate: Estimate
    margin_mean: Estimate
    merged_with: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Grading:
    """The cut-offs of the grades, and what the score is a percentile of.

    Attributes
    ----------
    cuts : tuple of float
        Lowest objective of an A, a B and a C; descending.
    reference : numpy.ndarray
        Ascending objective of the judged accounts, or 1,001 quantiles of it.
    evidence : dict
        Per grade that occurred, what became of it.
    basis : str
        ``"hold-out (later)"`` or ``"cross-validated"``.

    Notes
    -----
    Compare two by their `grading_record`.
    """

    cuts: tuple[float, float, float]
    reference: npt.NDArray[np.float64]
    evidence: dict[str, GradeEvidence]
    basis: str


def grading_record(grading: Grading) -> dict[str, Any]:
    """Return the grading as plain JSON values; `grading_from` is its inverse, to the last bit.

    Parameters
    ----------
    grading : Grading
        As made by `grading`.

    Returns
    -------
    dict
        Strings, numbers, lists, dicts and None only; a number that is not finite is None.

    Examples
    --------
    >>> one = Grading((2.0, 1.0, 0.0), np.array([0.0, 1.0, 2.0]), {}, "cross-validated")
    >>> grading_record(one)["cuts"]
    [2.0, 1.0, 0.0]
    """
    return {
        "basis": grading.basis,
        "cuts": [float(cut) for cut in grading.cuts],
        "reference": [float(value) for value in grading.reference],
        "evidence": {
            letter: {
                "n": int(found.n),
                "fit_rate": _estimate_record(found.fit_rate),
                "margin_mean": _estimate_record(found.margin_mean),
                "merged_with": list(found.merged_with),
            }
            for letter, found in sorted(grading.evidence.items())
        },
    }


def grading_from(record: Mapping[str, Any]) -> Grading:
    """Return the grading that a record holds.

    Parameters
    ----------
    record : Mapping
        As made by `grading_record`, perhaps through JSON.

    Returns
    -------
    Grading
        Equal in every number.

    Raises
    ------
    ModelError
        When a part of the record is missing or of the wrong kind.

    Examples
    --------
    >>> one = Grading((2.0, 1.0, 0.0), np.array([0.0, 1.0, 2.0]), {}, "cross-validated")
    >>> grading_from(grading_record(one)).cuts
    (2.0, 1.0, 0.0)
    """
    try:
        first, second, third = (float(cut) for cut in record["cuts"])
        reference = np.array([float(value) for value in record["reference"]], dtype=np.float64)
        evidence = {
            str(letter): GradeEvidence(
                n=int(found["n"]),
                fit_rate=_estimate_from(found["fit_rate"]),
                margin_mean=_estimate_from(found["margin_mean"]),
                merged_with=tuple(str(other) for other in found["merged_with"]),
            )
            for letter, found in record["evidence"].items()
        }
        basis = str(record["basis"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        message = f"model: its grading is damaged ({error!r}); train again, or restore the files"
        raise ModelError(message) from None
    return Grading((first, second, third), reference, evidence, basis)


def _estimate_record(estimate: Estimate) -> dict[str, Any]:
    values = dataclasses.asdict(estimate)
    return {key: _finite(value) for key, value in values.items()}


def _finite(value: Any) -> Any:
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return value


def _estimate_from(record: Mapping[str, Any]) -> Estimate:
    given = dict(record)
    if given["value"] is None:
        given["value"] = float("nan")
    return Estimate(**given)
