"""Penalised regressions of few columns, with the signs that a declared direction asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["least_squares", "logistic_regression"]

Floats = npt.NDArray[np.float64]


def least_squares(
    design: Floats, target: Floats, penalties: Sequence[float], signs: Sequence[int]
) -> list[tuple[float, Floats]]:
    """Return intercept and coefficients by penalty, in closed form.

    ``minimise sum (target - a - design @ w)**2 / 2 + penalty * sum w**2 / 2``.

    Parameters
    ----------
    design : numpy.ndarray of float64, shape (n, p)
        Columns of mean 0, so that the intercept is the target's mean.
    target : numpy.ndarray of float64, shape (n,)
        What is expected.
    penalties : sequence of float
        Above 0.
    signs : sequence of int, length p
        1 for a coefficient that must not fall below 0, -1 for one not above it, else 0.

    Returns
    -------
    list of (float, numpy.ndarray of shape (p,))
        One for each penalty.

    References
    ----------
    Hoerl and Kennard (1970), Ridge regression.

    Examples
    --------
    >>> design, target = np.array([[-1.0], [1.0]]), np.array([0.0, 4.0])
    >>> least_squares(design, target, [2.0], [0])  # by hand: 4 / (2 + 2)
    [(2.0, array([1.]))]
    >>> least_squares(design, target, [2.0], [-1])
    [(2.0, array([0.]))]
    """
    from scipy.optimize import lsq_linear

    # einsum adds on one thread in one order, whatever linear algebra numpy was built with.
    gram = np.einsum("ij,ik->jk", design, design)
    base = float(target.mean())
    moment = np.einsum("ij,i->j", design, target - base)
    bound = np.array(signs)
    low, high = np.where(bound > 0, 0.0, -np.inf), np.where(bound < 0, 0.0, np.inf)
    found = []
    for penalty in penalties:
        whole = gram + penalty * np.eye(len(gram))
        weights = np.linalg.solve(whole, moment)
        if (bound * weights < 0).any():
            # The same minimum within bounds: |L'w - L^-1 m|^2 with whole = L L'.
            root = np.linalg.cholesky(whole)
            aim = np.linalg.solve(root, moment)
            weights = lsq_linear(root.T, aim, (low, high), method="bvls").x
        found.append((base, np.asarray(weights, dtype=np.float64)))
    return found


def logistic_regression(
    design: Floats, target: Floats, penalties: Sequence[float], signs: Sequence[int]
) -> list[tuple[float, Floats]]:
    """Return intercept and coefficients of the log-odds by penalty.

    ``minimise sum log(1 + exp(s)) - target * s + penalty * sum w**2 / 2, s = a + design @ w``.

    Parameters
    ----------
    design : numpy.ndarray of float64, shape (n, p)
        Columns.
    target : numpy.ndarray of float64, shape (n,)
        1 or 0, both occurring.
    penalties : sequence of float
        Above 0; from the largest down, as each fit starts where the last one ended.
    signs : sequence of int, length p
        1 for a coefficient that must not fall below 0, -1 for one not above it, else 0.

    Returns
    -------
    list of (float, numpy.ndarray of shape (p,))
        One for each penalty.

    References
    ----------
    le Cessie and van Houwelingen (1992), Ridge estimators in logistic regression.

    Examples
    --------
    >>> design, target = np.array([[-1.0], [1.0]]), np.array([0.0, 1.0])
    >>> [(base, weights)] = logistic_regression(design, target, [1.0], [0])
    >>> weights.round(3)  # where 2 / (1 + exp(w)) = w
    array([0.675])
    """
    from scipy.optimize import minimize
    from scipy.special import expit

    def summed(coefficients: Floats, penalty: float) -> tuple[float, Floats]:
        # einsum, as in least_squares: the same bytes whatever linear algebra is there.
        weights = coefficients[1:]
        raw = coefficients[0] + np.einsum("ij,j->i", design, weights)
        slope = expit(raw) - target
        gradient = np.einsum("ij,i->j", design, slope) + penalty * weights
        total = float((np.logaddexp(0.0, raw) - target * raw).sum())
        total += 0.5 * penalty * float((weights * weights).sum())
        return total, np.concatenate([[slope.sum()], gradient])

    mean = float(target.mean())
    start = np.zeros(design.shape[1] + 1)
    start[0] = np.log(mean / (1 - mean))
    ends = {1: (0.0, None), -1: (None, 0.0), 0: (None, None)}
    found = []
    for penalty in penalties:
        start = np.asarray(
            minimize(
                summed,
                start,
                args=(penalty,),
                jac=True,
                method="L-BFGS-B",
                bounds=[(None, None), *(ends[sign] for sign in signs)],
                options={"maxiter": 500, "ftol": 1e-9, "gtol": 1e-6},
            ).x,
            dtype=np.float64,
        )
        found.append((float(start[0]), start[1:].copy()))
    return found
