"""Sums of curves learned by penalised regression: what a forest of few accounts can't see.

Two bases are learned from: ``linear`` (a straight line in normal scores for each number, one
encoding for each category, cross-fitted so that no account's own outcome is in it) and ``bent``
(the line and hats at five quantiles, one constant for each level).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from icpfit.fit.curves import Curve, Curves, curve_sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.fit.contract import Feature, FeatureContract
    from icpfit.fit.stopping import LearningRows

__all__ = ["Ridge", "mean_losses", "ridge", "ridge_curves"]

Floats = npt.NDArray[np.float64]
Basis = Literal["linear", "bent"]
Loss = Literal["log-loss", "squared"]

KNOTS = (0.005, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.995)
HATS = (0.1, 0.3, 0.5, 0.7, 0.9)
PENALTIES = (1000.0, 300.0, 100.0, 30.0, 10.0, 3.0)
ENCODING_ROWS = 10.0
"""Weight, in accounts, of the mean of all when a level is encoded."""
MISSING_ROWS = 5


@dataclass(frozen=True, eq=False)
class Ridge:
    """What cross-validation chose for one basis.

    Parameters
    ----------
    basis : {"linear", "bent"}
        What is learned from.
    penalty : float
        Half of it times the sum of squared coefficients is added to the summed loss.
    losses : dict of str to float
        Mean loss on held-out rows, by penalty.
    raw : numpy.ndarray of float64, shape (n,)
        Score of each row by a fit that has not seen it; NaN for a row in no fold.
    """

    basis: Basis
    penalty: float
    losses: dict[str, float]
    raw: Floats


@dataclass(frozen=True, eq=False)
class _Term:
    """One column to learn a coefficient for, told as a curve of one feature."""

    feature: int
    curve: Curve
    sign: int = 0
    scaled: bool = True
    encoding: bool = False


def ridge(rows: LearningRows, basis: Basis, loss: Loss) -> Ridge:
    """Return the penalty with the lowest mean loss on held-out rows, and the scores out of fold.

    Parameters
    ----------
    rows : LearningRows
        Features, target (0 or 1 for the log-loss) and folds.
    basis : {"linear", "bent"}
        What is learned from.
    loss : {"log-loss", "squared"}
        What is minimised and compared.

    Returns
    -------
    Ridge
        The largest penalty wins a tie.

    References
    ----------
    Hoerl and Kennard (1970), Ridge regression. Micci-Barreca (2001), A preprocessing scheme for
    high-cardinality categorical attributes.
    """
    raw = np.full((len(PENALTIES), len(rows.target)), np.nan)
    for fold in range(rows.n_folds):
        held = rows.held(fold)
        for k, found in enumerate(_path(rows, ~held, basis, loss, PENALTIES)):
            raw[k, held] = curve_sums(found, rows.matrix[held])
    seen = ~np.isnan(raw[0])
    losses = [float(mean_losses(r[seen], rows.target[seen], loss).mean()) for r in raw]
    best = int(np.argmin(losses))
    named = {f"{penalty:g}": lost for penalty, lost in zip(PENALTIES, losses, strict=True)}
    return Ridge(basis, PENALTIES[best], named, raw[best])


def ridge_curves(rows: LearningRows, chosen: Ridge, loss: Loss) -> Curves:
    """Return the curves fitted on all rows with the penalty that was chosen.

    Parameters
    ----------
    rows : LearningRows
        As for `ridge`.
    chosen : Ridge
        What `ridge` returned.
    loss : {"log-loss", "squared"}
        As for `ridge`.

    Returns
    -------
    Curves
        Of share 1.
    """
    everything = np.ones(len(rows.target), dtype=np.bool_)
    return _path(rows, everything, chosen.basis, loss, (chosen.penalty,))[0]


def mean_losses(raw: Floats, target: Floats, loss: Loss) -> Floats:
    """Return the loss of each row.

    Parameters
    ----------
    raw : numpy.ndarray of float64, shape (n,)
        Log-odds, or the expected target.
    target : numpy.ndarray of float64, shape (n,)
        What happened.
    loss : {"log-loss", "squared"}
        ``log(1 + exp(raw)) - target * raw``, or ``(raw - target)**2 / 2``.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        The lower the better.

    Examples
    --------
    >>> mean_losses(np.array([0.0, 2.0]), np.array([1.0, 1.0]), "squared")
    array([0.5, 0.5])
    """
    if loss == "log-loss":
        return np.asarray(np.logaddexp(0.0, raw) - target * raw)
    return np.asarray(0.5 * (raw - target) ** 2)


def _path(
    rows: LearningRows,
    learned: npt.NDArray[np.bool_],
    basis: Basis,
    loss: Loss,
    penalties: Sequence[float],
) -> list[Curves]:
    """Return the curves by penalty, each fit starting where the last one ended."""
    matrix, target, folds = rows.matrix[learned], rows.target[learned], rows.folds[learned]
    terms = _terms(matrix, target, rows.contract, basis)
    design = np.column_stack([_column(term, matrix) for term in terms])
    for fold in np.unique(folds):
        # An account's own outcome must not be in the encoding that it is learned with.
        held = folds == fold
        for k, term in enumerate(terms):
            if term.encoding and not held.all():
                others = _encoding(matrix[~held, term.feature], target[~held], term.curve)
                design[held, k] = _column(_Term(term.feature, others), matrix[held])
    mean, spread = design.mean(axis=0), design.std(axis=0)
    scaled = np.array([term.scaled for term in terms])
    scale = np.where(scaled, np.where(spread > 1e-9, spread, np.inf), 1.0)
    standard = np.ascontiguousarray((design - mean) / scale)
    found, coefficients = [], None
    signs = [term.sign for term in terms]
    for penalty in penalties:
        coefficients = _fitted(standard, target, penalty, signs, loss=loss, start=coefficients)
        weights = coefficients[1:] / scale
        base = float(coefficients[0]) - float((weights * mean).sum())
        found.append(_assembled(terms, weights, base, matrix))
    return found


def _terms(matrix: Floats, target: Floats, contract: FeatureContract, basis: Basis) -> list[_Term]:
    terms: list[_Term] = []
    for feature in sorted(contract.features, key=lambda f: f.column):
        column = matrix[:, feature.column]
        if feature.kind == "category":
            terms += _category_terms(feature, column, target, basis)
        else:
            terms += _number_terms(feature, column, basis)
    return terms


def _category_terms(feature: Feature, column: Floats, target: Floats, basis: Basis) -> list[_Term]:
    zeros = (0.0,) * len(feature.levels)
    if basis == "linear":
        encoded = _encoding(column, target, Curve((), zeros, 0.0))
        return [_Term(feature.column, encoded, encoding=True)]
    units = np.eye(len(feature.levels) + 1)
    curves = [Curve((), tuple(unit[:-1].tolist()), float(unit[-1])) for unit in units]
    return [_Term(feature.column, curve, scaled=False) for curve in curves]


def _number_terms(feature: Feature, column: Floats, basis: Basis) -> list[_Term]:
    from scipy.special import ndtri

    present = column[~np.isnan(column)]
    if len(present) == 0:
        return [_Term(feature.column, Curve((0.0,), (0.0,), 1.0), scaled=False)]
    at, places = np.unique(np.quantile(present, KNOTS), return_inverse=True)
    score = np.bincount(places, ndtri(KNOTS)) / np.bincount(places)
    told = tuple(at.tolist())
    sign = {"+": 1, "-": -1, None: 0}[feature.direction]
    terms = [_Term(feature.column, Curve(told, tuple(score.tolist()), 0.0), sign)]
    if len(column) - len(present) >= MISSING_ROWS:
        terms.append(_Term(feature.column, Curve(told, (0.0,) * len(at), 1.0), scaled=False))
    # A declared direction binds the line; hats could bend it against that.
    if basis == "bent" and sign == 0 and len(at) > 3:
        tops = np.unique(np.quantile(present, HATS))
        for hat in np.eye(len(tops)):
            shape = tuple(np.interp(at, tops, hat).tolist())
            terms.append(_Term(feature.column, Curve(told, shape, 0.0), scaled=False))
    return terms


def _encoding(column: Floats, target: Floats, like: Curve) -> Curve:
    """Return each level's mean of the target, drawn towards the mean of all."""
    n_levels = len(like.values)
    codes = np.where(np.isnan(column), n_levels, column).astype(np.intp)
    count = np.bincount(codes, minlength=n_levels + 1)
    total = np.bincount(codes, target, n_levels + 1)
    means = (total + ENCODING_ROWS * float(target.mean())) / (count + ENCODING_ROWS)
    return Curve((), tuple(means[:-1].tolist()), float(means[-1]))


def _column(term: _Term, matrix: Floats) -> Floats:
    only = Curves(0.0, 1.0, (term.curve,))
    return curve_sums(only, matrix[:, [term.feature]])


def _assembled(terms: list[_Term], weights: Floats, base: float, matrix: Floats) -> Curves:
    """Return the terms of each feature added up to one curve with the mean 0 over the rows."""
    curves = []
    for feature in range(matrix.shape[1]):
        own = [
            (t.curve, float(w)) for t, w in zip(terms, weights, strict=True) if t.feature == feature
        ]
        values = np.sum([w * np.array(curve.values) for curve, w in own], axis=0)
        missing = sum(w * curve.missing for curve, w in own)
        whole = Curve(own[0][0].at, tuple(values.tolist()), missing)
        mean = float(_column(_Term(feature, whole), matrix).mean())
        base += mean
        curves.append(Curve(whole.at, tuple((values - mean).tolist()), missing - mean))
    return Curves(base, 1.0, tuple(curves))


def _fitted(
    design: Floats,
    target: Floats,
    penalty: float,
    signs: list[int],
    *,
    loss: Loss,
    start: Floats | None,
) -> Floats:
    """Return intercept and coefficients; a coefficient with a sign keeps to it."""
    from scipy.optimize import minimize
    from scipy.special import expit

    def summed(coefficients: Floats) -> tuple[float, Floats]:
        # einsum adds on one thread in one order, whatever linear algebra numpy was built with.
        weights = coefficients[1:]
        raw = coefficients[0] + np.einsum("ij,j->i", design, weights)
        slope = (expit(raw) if loss == "log-loss" else raw) - target
        gradient = np.einsum("ij,i->j", design, slope) + penalty * weights
        total = float(mean_losses(raw, target, loss).sum())
        total += 0.5 * penalty * float((weights * weights).sum())
        return total, np.concatenate([[slope.sum()], gradient])

    if start is None:
        mean = float(target.mean())
        start = np.zeros(design.shape[1] + 1)
        start[0] = np.log(mean / (1 - mean)) if loss == "log-loss" else mean
    ends = {1: (0.0, None), -1: (None, 0.0), 0: (None, None)}
    found = minimize(
        summed,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None), *(ends[sign] for sign in signs)],
        options={"maxiter": 500, "ftol": 1e-10, "gtol": 1e-6},
    )
    return np.asarray(found.x, dtype=np.float64)
