"""A row's numbers depend on that row and the model only."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.fit.calibration import Calibration
from icpfit.fit.curves import curve_sums
from icpfit.fit.scores import scores


def numbers(found):
    return np.column_stack([getattr(found, field.name) for field in fields(found)])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 399), min_size=1, max_size=70))
def test_any_batch_in_any_order_gives_the_same_bytes(small, matrix, rows):
    whole = numbers(scores(small.model, matrix))
    assert numbers(scores(small.model, matrix[rows])).tobytes() == whole[rows].tobytes()


def test_each_row_alone_gives_the_same_bytes(small, matrix):
    whole = numbers(scores(small.model, matrix))
    alone = np.vstack([numbers(scores(small.model, matrix[i : i + 1])) for i in range(60)])
    assert alone.tobytes() == whole[:60].tobytes()


def test_threads_and_memory_layout_change_nothing(small, matrix):
    whole = numbers(scores(small.model, matrix)).tobytes()
    assert numbers(scores(replace(small.model, threads=2), matrix)).tobytes() == whole
    assert numbers(scores(small.model, np.asfortranarray(matrix))).tobytes() == whole


def test_numbers_are_what_the_model_says(small, matrix):
    model, found = small.model, scores(small.model, matrix)
    log_odds = np.mean([b.predict(matrix, raw_score=True) for b in model.fit_boosters], axis=0)
    curves = model.fit_curves
    assert curves is not None
    log_odds = (1 - curves.share) * log_odds + curves.share * curve_sums(curves, matrix)
    np.testing.assert_allclose(found.fit_if_won, 1 / (1 + np.exp(-log_odds)), atol=1e-12)
    money = (
        model.margin_scale * model.margin_boosters[0].predict(matrix, raw_score=True)
        + model.margin_shift
    )
    np.testing.assert_allclose(found.margin_if_won, money, atol=1e-9)
    assert (found.margin_p10 <= found.margin_p90).all()


def test_a_calibration_is_laid_over_the_log_odds_and_nothing_else(small, matrix):
    plain = scores(replace(small.model, objective="fit"), matrix)
    line = Calibration(slope=0.8, intercept=-0.3)
    found = scores(replace(small.model, objective="fit", calibration=line), matrix)
    np.testing.assert_allclose(found.ranking, 0.8 * plain.ranking - 0.3, rtol=1e-12)
    np.testing.assert_allclose(found.fit_if_won, 1 / (1 + np.exp(-found.ranking)), rtol=1e-12)
    for name in ("margin_if_won", "margin_p10", "margin_p90"):
        np.testing.assert_array_equal(getattr(found, name), getattr(plain, name))


def test_the_expected_margin_lies_within_its_range(small, matrix):
    found = scores(small.model, matrix)
    assert (found.margin_p10 <= found.margin_if_won).all()
    assert (found.margin_if_won <= found.margin_p90).all()


def test_ranking_follows_the_objective(small, matrix):
    by_margin, by_fit = (
        scores(small.model, matrix),
        scores(replace(small.model, objective="fit"), matrix),
    )
    np.testing.assert_array_equal(by_margin.ranking, by_margin.margin_if_won)
    assert (np.argsort(by_fit.ranking) == np.argsort(by_fit.fit_if_won)).mean() > 0.99
    assert by_fit.ranking.min() < 0


def test_rows_of_missing_and_unknown_values_get_numbers(small):
    odd = np.full((3, 6), np.nan)
    odd[1] = [1e12, -1e12, 0, 99, 1, -5]
    odd[2] = [np.inf, -np.inf, np.inf, 0, 0, np.inf]
    assert np.isfinite(numbers(scores(small.model, odd))).all()


def test_no_rows_give_no_numbers(small):
    assert numbers(scores(small.model, np.empty((0, 6)))).shape == (0, 5)


def test_a_crooked_matrix_is_refused(small, matrix):
    with pytest.raises(ValueError, match=r"shape \(400, 5\), the contract 6 features"):
        scores(small.model, matrix[:, :5])
