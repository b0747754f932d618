"""The grading that travels with a model: cut-offs, reference and evidence, and its plain record."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from icpfit.errors import ModelError
from icpfit.fit.phrases import amount_phrase
from icpfit.measure.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["GradeEvidence", "Grading", "grade_sentence", "grading_from", "grading_record"]


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


def grade_sentence(grade: str, evidence: GradeEvidence | None, currency: str) -> str:
    """Return what became of the accounts of a grade, in words.

    Parameters
    ----------
    grade : str
        The letter.
    evidence : GradeEvidence or None
        None where no judged account had the grade.
    currency : str
        Unit of the margin.

    Returns
    -------
    str
        Shares in per cent, money to two significant digits; 90 % intervals in brackets.

    Examples
    --------
    >>> found = GradeEvidence(
    ...     61, Estimate(0.71, 0.63, 0.78, n=61), Estimate(48213.0, 35012.0, 62300.0, n=61)
    ... )
    >>> grade_sentence("A", found, "EUR")
    'A: 71 % were a profitable fit (63–78), 48 k EUR each (35–62), 61 accounts'
    """
    if evidence is None or evidence.n == 0:
        return f"{grade}: no account had it among those judged"
    rate, mean = evidence.fit_rate, evidence.margin_mean
    scale, suffix = 1.0, ""
    for size, letter in ((1e4, " k"), (1e6, " M")):
        if abs(mean.value) >= size:
            scale, suffix = (1e3 if letter == " k" else 1e6), letter
    money = f"{amount_phrase(mean.value / scale)}{suffix} {currency} each"
    share = f"{rate.value * 100:.0f} % were a profitable fit"
    accounts = "1 account" if evidence.n == 1 else f"{evidence.n:,} accounts"
    ends = _ends(rate, 100.0, "{:.0f}".format)
    said = f"{grade}: {share}{ends}, {money}{_ends(mean, 1 / scale, amount_phrase)}, {accounts}"
    if evidence.merged_with:
        said += f"; can't be told apart from {' and '.join(evidence.merged_with)}"
    return said


def _ends(estimate: Estimate, scale: float, words: Callable[[float], str]) -> str:
    if estimate.low is None or estimate.high is None:
        return ""
    low, high = words(estimate.low * scale), words(estimate.high * scale)
    # A dash beside a minus sign misleads.
    between = " to " if min(estimate.low, estimate.high) < 0 else "–"
    return f" ({low}{between}{high})"


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
