"""Drivers: sizes, directions and words, worked out by hand."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.fit.features import Feature, FeatureContract
from icpfit.insight.contributions import Contributions
from icpfit.insight.drivers import drivers

NAN = np.nan
CAUSAL = re.compile(
    r"\b(because|cause|causes|increase\w*|decrease\w*|drive\w*|lead to|leads to|due to|effect\w*|impact\w*)\b"
)


def contract(*features):
    placed = [
        Feature(**{"name": name, "kind": kind, "column": column, **rest})
        for column, (name, kind, rest) in enumerate(features)
    ]
    return FeatureContract(tuple(placed), {})


def margin(values):
    return Contributions(np.array(values, dtype=float), 100.0, "EUR", "margin")


def test_sizes_and_shares_by_hand():
    # |phi| of employees: 30, 10, 20 -> 20; of age: 5, 5, 5 -> 5; shares 20/25 and 5/25.
    found = drivers(
        margin([[5, -30], [5, 10], [-5, 20]]),
        np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]),
        contract(("age", "number", {}), ("employees", "number", {})),
    )
    assert found["feature"].tolist() == ["employees", "age"]
    assert found["mean_abs"].tolist() == [20.0, 5.0]
    assert found["share"].tolist() == [0.8, 0.2]
    assert found["n"].tolist() == [3, 3]


def test_ties_stand_by_name_whatever_the_columns_order():
    values, matrix = [[7, -7], [-7, 7]], np.array([[1.0, 2.0], [2.0, 1.0]])
    one = drivers(margin(values), matrix, contract(("b", "number", {}), ("a", "number", {})))
    two = drivers(margin(values), matrix, contract(("a", "number", {}), ("b", "number", {})))
    assert one["feature"].tolist() == two["feature"].tolist() == ["a", "b"]


@pytest.mark.parametrize(
    ("kind", "column", "effect", "direction"),
    [
        ("number", [1, 2, 3, 4], [-9, -1, 2, 8], "higher goes with more margin"),
        ("number", [1, 2, 3, 4], [8, 2, -1, -9], "lower goes with more margin"),
        # Rank correlation of 1 2 3 4 5 with 2 -1 -2 -1 2, whose ranks are 4.5 2.5 1 2.5 4.5: 0.
        ("number", [1, 2, 3, 4, 5], [2, -1, -2, -1, 2], "mixed"),
        ("date", [1, 5, 9, 12], [-9, -1, 2, 8], "older goes with more margin"),
        ("date", [1, 5, 9, 12], [9, 1, -2, -8], "younger goes with more margin"),
        ("flag", [0, 0, 1, 1], [-3, -3, 3, 3], "yes goes with more margin"),
        ("flag", [0, 0, 1, 1], [3, 3, -3, -3], "no goes with more margin"),
        ("number", [7, 7, 7, 7], [3, 3, -3, -3], "mixed"),
        ("number", [1, 2, 3, 4], [0, 0, 0, 0], "none"),
        # The missing value is left out of the direction: without it higher always goes with more.
        ("number", [1, 2, 3, NAN], [-9, -1, 2, 50], "higher goes with more margin"),
    ],
)
def test_directions(kind, column, effect, direction):
    found = drivers(
        margin([[x] for x in effect]), np.array([column]).T.astype(float), contract(("x", kind, {}))
    )
    assert found.loc[0, "direction"] == direction


def test_rank_correlation_by_hand():
    # Ranks 1 2 3 4 against 2 1 4 3: 1 - 6 * (1 + 1 + 1 + 1) / (4 * 15) = 0.6.
    found = drivers(
        margin([[2], [1], [40], [3]]),
        np.array([[10.0], [20.0], [30.0], [40.0]]),
        contract(("x", "number", {})),
    )
    assert found.loc[0, "rank_correlation"] == pytest.approx(0.6)


def test_levels_that_go_with_most_and_least():
    levels = ("Agency", "Food", "Software", "other")
    feature = ("industry", "category", {"levels": levels, "rare_levels": ("Mining",)})
    # Software +9, rare levels +4, not known +1, Food -2, Agency -8; on six accounts each.
    means = {0: -8.0, 1: -2.0, 2: 9.0, 3: 4.0, NAN: 1.0}
    matrix = np.repeat(np.array(list(means))[:, None], 6, axis=0)
    values = np.repeat(np.array(list(means.values()))[:, None], 6, axis=0)
    found = drivers(margin(values), matrix, contract(feature)).loc[0]
    assert found["most_with"] == "Software, rare levels"
    assert found["least_with"] == "Agency, Food"
    assert found["direction"] == "by level"
    assert np.isnan(found["rank_correlation"])
    assert found["n"] == 24
    assert found["sentence"] == (
        "industry (100 % of what tells accounts apart, 4.8 EUR on average): among accounts like these, "
        "Software and rare levels are associated with more margin, Agency and Food are associated with less margin."
    )


def test_a_level_on_four_accounts_is_not_named():
    feature = ("industry", "category", {"levels": ("Big", "Small")})
    matrix = np.array([[0.0]] * 5 + [[1.0]] * 4)
    values = np.array([[1.0]] * 5 + [[99.0]] * 4)
    found = drivers(margin(values), matrix, contract(feature)).loc[0]
    assert (found["most_with"], found["least_with"]) == ("Big", "")


def test_a_model_that_uses_nothing_has_no_shares():
    found = drivers(
        margin([[0, 0]] * 3),
        np.ones((3, 2)),
        contract(("b", "flag", {}), ("a", "category", {"levels": ("x", "y")})),
    )
    assert found["share"].tolist() == [0.0, 0.0]
    assert found["direction"].tolist() == ["none", "none"]


def test_sentences_for_the_fit_and_for_each_kind_never_speak_of_causes():
    features = (
        ("employees", "number", {}),
        ("founded", "date", {}),
        ("has_webshop", "flag", {}),
        ("industry", "category", {"levels": ("A", "B")}),
        ("noise", "number", {}),
        ("unused", "number", {}),
    )
    rng = np.random.default_rng(0)
    n = 40
    matrix = np.column_stack(
        [
            np.arange(n),
            np.arange(n),
            np.arange(n) % 2,
            np.arange(n) % 2,
            rng.normal(size=n),
            np.arange(n),
        ]
    ).astype(float)
    values = matrix - matrix.mean(axis=0)
    values[:, 4], values[:, 5] = np.abs(matrix[:, 4]) - 0.8, 0.0
    log_odds = Contributions(values, 0.0, "log-odds", "fit")
    for found in (
        drivers(log_odds, matrix, contract(*features)),
        drivers(margin(values), matrix, contract(*features)),
    ):
        for sentence in found["sentence"]:
            assert not CAUSAL.search(sentence)
            assert "associated with" in sentence or sentence.endswith(
                ("the model does not use it.", "which values go with more or less.")
            )
    by_name = drivers(log_odds, matrix, contract(*features)).set_index("feature")["sentence"]
    assert by_name["founded"].endswith(
        "among accounts like these, an earlier date is associated with a better fit."
    )
    assert by_name["has_webshop"].endswith(
        "among accounts like these, having it is associated with a better fit."
    )
    assert by_name["employees"].endswith("higher values are associated with a better fit.")


def test_no_rows_or_other_rows_are_refused():
    one = contract(("x", "number", {}))
    with pytest.raises(ValueError, match="must match"):
        drivers(margin(np.zeros((0, 1))), np.zeros((0, 1)), one)
    with pytest.raises(ValueError, match="must match"):
        drivers(margin([[1.0]]), np.zeros((2, 1)), one)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 30), st.integers(1, 5))
def test_shares_sum_to_one_and_do_not_depend_on_scale_or_column_order(seed, n, p):
    rng = np.random.default_rng(seed)
    values, matrix = rng.normal(size=(n, p)), rng.normal(size=(n, p))
    features = [(f"f{j}", "number", {}) for j in range(p)]
    found = drivers(margin(values), matrix, contract(*features))
    assert found["share"].sum() == pytest.approx(1.0)
    scaled = drivers(margin(8 * values), matrix, contract(*features))
    assert found[["feature", "share", "direction"]].equals(
        scaled[["feature", "share", "direction"]]
    )
    turned = drivers(margin(values[:, ::-1]), matrix[:, ::-1], contract(*features[::-1]))
    assert found["feature"].tolist() == turned["feature"].tolist()
    assert found["mean_abs"].tolist() == turned["mean_abs"].tolist()
