"""Sums of curves learned by penalised regression: what a forest of few accounts can't see.

Two bases are learned from: ``linear`` (a straight line in normal scores for each number, one
encoding for each category, cross-fitted so that no account's own outcome is in it) and ``bent``
(the line and hats at five quantiles, one constant for each level).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from icpfit.fit.curves import Curve, Curves, curve_sums
from icpfit.fit.regressions import least_squares, logistic_regression

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.fit.contract import Feature, FeatureContract
    from icpfit.fit.stopping import LearningRows

__all__ = ["PENALTIES", "Ridge", "mean_losses", "ridge", "ridge_curves", "ridge_path"]

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
    paths : tuple of tuple of Curves
        The fits of each fold, one for each penalty, the largest first.
    """

    basis: Basis
    penalty: float
    losses: dict[str, float]
    raw: Floats
    paths: tuple[tuple[Curves, ...], ...] = ()

    @property
    def folds(self) -> tuple[Curves, ...]:
        """The fit of each fold with the penalty that was chosen."""
        return tuple(path[PENALTIES.index(self.penalty)] for path in self.paths)


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
    lost = np.full(raw.shape, np.nan)
    paths = []
    for fold in range(rows.n_folds):
        held, target = rows.held(fold), rows.target_in(fold)
        paths.append(tuple(ridge_path(replace(rows, target=target), ~held, basis, loss, PENALTIES)))
        for k, found in enumerate(paths[fold]):
            raw[k, held] = curve_sums(found, rows.matrix[held])
            lost[k, held] = mean_losses(raw[k, held], target[held], loss)
    losses = np.nanmean(lost, axis=1).tolist()
    best = int(np.argmin(losses))
    named = {f"{penalty:g}": told for penalty, told in zip(PENALTIES, losses, strict=True)}
    return Ridge(basis, PENALTIES[best], named, raw[best], tuple(paths))


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
    return ridge_path(rows, everything, chosen.basis, loss, (chosen.penalty,))[0]


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


def ridge_path(
    rows: LearningRows,
    learned: npt.NDArray[np.bool_],
    basis: Basis,
    loss: Loss,
    penalties: Sequence[float],
) -> list[Curves]:
    """Return the curves fitted on some rows, one for each penalty.

    Parameters
    ----------
    rows : LearningRows
        Features, target and folds.
    learned : numpy.ndarray of bool, shape (n,)
        The rows to learn from.
    basis : {"linear", "bent"}
        What is learned from.
    loss : {"log-loss", "squared"}
        What is minimised.
    penalties : sequence of float
        From the largest down.

    Returns
    -------
    list of Curves
        In the order of the penalties, each of share 1.
    """
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
    signs = [term.sign for term in terms]
    fitted = logistic_regression if loss == "log-loss" else least_squares
    found = []
    for base, coefficients in fitted(standard, target, penalties, signs):
        weights = coefficients / scale
        found.append(_assembled(terms, weights, base - float((weights * mean).sum()), matrix))
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
