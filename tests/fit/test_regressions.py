"""Penalised regressions against scikit-learn, and with signs against a search without derivatives."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from icpfit.fit.regressions import least_squares, logistic_regression

PENALTIES = (100.0, 3.0)


@pytest.fixture
def rows():
    draw = np.random.default_rng(2)
    design = draw.normal(size=(200, 4)) @ draw.normal(size=(4, 4))
    design -= design.mean(axis=0)
    raw = design @ np.array([0.5, -0.3, 0.0, 0.2])
    return design, raw + draw.normal(size=200) + 7, (draw.random(200) < 1 / (1 + np.exp(-raw)))


def test_least_squares_is_scikit_learns(rows):
    design, target, _ = rows
    for penalty, (base, weights) in zip(
        PENALTIES, least_squares(design, target, PENALTIES, [0] * 4), strict=True
    ):
        oracle = Ridge(alpha=penalty).fit(design, target)
        np.testing.assert_allclose([base, *weights], [oracle.intercept_, *oracle.coef_], rtol=1e-9)


def test_logistic_regression_is_scikit_learns(rows):
    design, _, is_fit = rows
    told = logistic_regression(design, is_fit.astype(float), PENALTIES, [0] * 4)
    for penalty, (base, weights) in zip(PENALTIES, told, strict=True):
        oracle = LogisticRegression(C=1 / penalty, tol=1e-10, max_iter=10_000).fit(design, is_fit)
        expected = [oracle.intercept_[0], *oracle.coef_[0]]
        np.testing.assert_allclose([base, *weights], expected, atol=2e-4)


@pytest.mark.parametrize("signs", [[-1, 1, 0, 0], [1, -1, 0, -1]])
def test_a_sign_is_kept_and_nothing_else_is_lost(rows, signs):
    design, target, is_fit = rows
    aim = target - target.mean()

    def squares(weights):
        return 0.5 * ((aim - design @ weights) ** 2).sum() + 1.5 * (weights**2).sum()

    (_, weights), *_ = least_squares(design, target, [3.0], signs)
    (_, classified), *_ = logistic_regression(design, is_fit.astype(float), [3.0], signs)
    for found in (weights, classified):
        assert (np.array(signs) * found >= 0).all()
    # No step that keeps the signs makes the loss smaller.
    draw = np.random.default_rng(4)
    for step in draw.normal(scale=0.01, size=(300, 4)):
        moved = weights + step
        kept = np.where(np.array(signs) * moved < 0, 0.0, moved)
        assert squares(kept) >= squares(weights) - 1e-9
