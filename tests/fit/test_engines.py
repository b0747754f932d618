"""Engines: the same numbers as LightGBM's, one way per model, and never another model's tables."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from icpfit.attribution.explainer import explainer
from icpfit.fit.engines import engine, engine_words, mean_raw_scores, with_engines
from icpfit.fit.scores import scores
from icpfit.insight.contributions import contributions


@pytest.fixture(scope="module")
def tabled(small):
    return with_engines(small.model)


def test_tables_say_what_lightgbm_says(small, tabled, matrix):
    assert engine_words(tabled) == "tables"
    for which in ("fit", "margin"):
        plain = mean_raw_scores(small.model, which, matrix)
        np.testing.assert_allclose(mean_raw_scores(tabled, which, matrix), plain, atol=1e-12)
        found, expected = (contributions(one, matrix, which) for one in (tabled, small.model))
        size = np.abs(expected.values).max()
        np.testing.assert_allclose(found.values, expected.values, rtol=0, atol=1e-9 * size)
        assert found.base == pytest.approx(expected.base, rel=1e-12)


def test_values_add_up_to_what_ranks(tabled, matrix):
    found, said = contributions(tabled, matrix), scores(tabled, matrix)
    np.testing.assert_allclose(found.base + found.values.sum(axis=1), said.ranking, rtol=1e-9)


def test_a_row_is_the_same_alone_in_pieces_and_on_two_threads(tabled, matrix):
    whole, values = scores(tabled, matrix).ranking, contributions(tabled, matrix).values
    two = replace(tabled, threads=2)
    assert scores(two, matrix).ranking.tobytes() == whole.tobytes()
    for rows in (slice(7, 8), slice(100, 137), slice(None, None, -1)):
        assert scores(tabled, matrix[rows]).ranking.tobytes() == whole[rows].tobytes()
        again = contributions(tabled, matrix[rows]).values
        assert np.ascontiguousarray(again).tobytes() == np.ascontiguousarray(values[rows]).tobytes()


def test_replaced_forests_are_not_explained_with_the_old_tables(tabled, matrix):
    other = replace(tabled, margin_boosters=tabled.fit_boosters[:1])
    assert engine(other, "margin").path == "pred_contrib"
    expected = other.margin_boosters[0].predict(matrix[:5], raw_score=True)
    assert mean_raw_scores(other, "margin", matrix[:5]).tolist() == expected.tolist()
    assert engine(other, "fit").path == "tables"


def test_why_there_are_no_tables_is_said(small):
    refused = explainer(small.model.margin_boosters, most_bytes=1000)
    said = engine_words(replace(small.model, margin_engine=refused))
    assert said.startswith("pred_contrib, because the tables would take ")
    assert engine_words(small.model) == "pred_contrib, because no tables were made for this model"


def test_scores_are_finite_where_facts_are_strange(tabled, matrix):
    odd = np.vstack([np.full(6, v) for v in (math.nan, math.inf, -math.inf, 1e30, -1.0)])
    assert np.isfinite(scores(tabled, odd).ranking).all()
