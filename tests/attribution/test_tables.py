"""Values from tables against pred_contrib, and against the definition over all subsets."""

import importlib.util
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.attribution.explainer import checked, explainer, probe_rows
from icpfit.attribution.refusals import AttributionError, TablesRefused
from icpfit.attribution.table_file import tables_bytes, tables_from
from icpfit.attribution.tables import shapley_tables
from icpfit.attribution.values import raw_scores, shapley_values, values_and_scores

_place = Path(__file__).parents[1] / "insight" / "shapley_oracle.py"
_spec = importlib.util.spec_from_file_location("shapley_oracle", _place)
oracle = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(oracle)

QUIET = {
    "verbosity": -1, "num_threads": 1, "min_data_in_leaf": 1, "min_data_per_group": 1, "cat_smooth": 1,
    "max_cat_to_onehot": 2, "min_sum_hessian_in_leaf": 0, "feature_pre_filter": False,
}  # fmt: skip


def market(n=300, seed=0, p=6):
    """The last two columns are categories, with level 7 not in training; some zeros, some NaN."""
    draw = np.random.default_rng(seed)
    rows = draw.normal(size=(n, p))
    rows[draw.random((n, p)) < 0.1] = 0.0
    rows[:, -2:] = draw.integers(0, 7, (n, 2))
    rows[draw.random((n, p)) < 0.15] = np.nan
    full = np.nan_to_num(rows)
    return rows, full[:, 0] * full[:, 1] + np.sin(3 * full[:, -1]) + full[:, -2] % 3 + draw.normal(
        size=n
    ) / 9


def trained(rows, target, trees=5, **told):
    params = {**QUIET, **told}
    categories = told.pop("categories", [rows.shape[1] - 2, rows.shape[1] - 1])
    params.pop("categories", None)
    return lgb.train(
        params, lgb.Dataset(rows, target, categorical_feature=categories, params=params), trees
    )


def strange(rows, seed=0):
    """The same rows with unseen levels, infinities, fractions of levels, tiny numbers and NaN put in."""
    draw = np.random.default_rng(seed)
    found = rows.copy()
    odd = [
        np.inf,
        -np.inf,
        np.nan,
        0.0,
        -0.0,
        1e-36,
        -1e-36,
        1e-34,
        -1e-34,
        1e300,
        -1.0,
        7.0,
        99.0,
        2.7,
        -0.5,
        5e9,
        2.0**31,
        2.0**32 + 1,
    ]
    where = draw.random(found.shape) < 0.3
    found[where] = draw.choice(odd, int(where.sum()))
    return found


def assert_same(booster, rows, **told):
    tables = shapley_tables(booster, **told)
    found = shapley_values(tables, rows)
    expected = booster.predict(rows, pred_contrib=True, num_threads=1)
    size = max(1.0, np.abs(expected).max())
    assert np.abs(found - expected).max() <= 1e-11 * size
    raw = booster.predict(rows, raw_score=True, num_threads=1)
    scores = raw_scores(tables, rows)
    assert np.abs(scores - raw).max() <= 1e-11 * size
    assert np.abs(found.sum(axis=1) - scores).max() <= 1e-10 * size
    both = values_and_scores(tables, rows)
    assert np.array_equal(both[0], found)
    assert np.array_equal(both[1], scores)
    return tables


SHAPES = {
    "plain": {},
    "zero is missing": {"zero_as_missing": True},
    "missing is nothing": {"use_missing": False},
    "random thresholds": {"extra_trees": True, "extra_seed": 5},
    "monotone": {"monotone_constraints": [1, -1, 0, 0, 0, 0]},
    "monotone, advanced": {"monotone_constraints": [1, -1, 0, 0, 0, 0], "monotone_constraints_method": "advanced"},
    "stumps": {"num_leaves": 2, "trees": 40},
    "pairs": {"max_depth": 2, "trees": 40},
    "one-hot categories": {"max_cat_to_onehot": 50},
    "probabilities": {"objective": "binary"},
    "goss": {"data_sample_strategy": "goss"},
    "dart": {"boosting": "dart"},
    "bagging": {"bagging_fraction": 0.5, "bagging_freq": 1, "feature_fraction": 0.5},
    "huber": {"objective": "huber"},
    "early": {"early": True},
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_every_kind_of_forest_is_as_pred_contrib_has_it(shape):
    rows, target = market()
    told = dict(SHAPES[shape])
    early = told.pop("early", False)
    if told.get("objective") == "binary":
        target = (target > 1).astype(float)
    booster = trained(rows, target, **told)
    if early:
        booster.best_iteration = 3
    assert_same(booster, strange(rows))


@given(
    st.integers(0, 10**6), st.integers(2, 20), st.integers(1, 4),
    st.sampled_from([{}, {"zero_as_missing": True}, {"use_missing": False}, {"extra_trees": True}]),
    st.sampled_from([1, 4, 64, 1024]),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_random_forests(seed, leaves, trees, told, most):
    rows, target = market(80, seed)
    booster = trained(rows, target, trees, num_leaves=leaves, seed=seed % 997, **told)
    assert_same(booster, strange(rows, seed), most_patterns=most)


@pytest.mark.parametrize(
    "told", [{}, {"zero_as_missing": True}, {"use_missing": False}, {"num_leaves": 3}]
)
def test_values_are_those_of_the_definition(told):
    rows, target = market(120, 3, p=5)
    booster = trained(rows, target, 2, **{"num_leaves": 9, **told})
    asked = strange(rows)[:40]
    asked[
        np.isin(asked, [1e-36, -1e-36, -1e-34, -0.5, 5e9, 2.0**31, 2.0**32 + 1]) | np.isinf(asked)
    ] = 3.0
    values, base = oracle.forest_shapley(booster, asked)
    found = shapley_values(shapley_tables(booster), asked)
    assert np.abs(found[:, :-1] - values).max() < 1e-12
    assert found[:, -1] == pytest.approx(base, abs=1e-12)


def test_a_value_by_hand():
    # One split in the middle, leaves at 0 and 8: the mean is 4, and the feature moves by 4 each way.
    rows = np.repeat([[0.0], [1.0]], 20, axis=0)
    booster = trained(rows, 8 * rows[:, 0], 1, categories=[], learning_rate=1.0)
    assert shapley_values(shapley_tables(booster), np.array([[0.0], [1.0]])).round(9).tolist() == [
        [-4, 4],
        [4, 4],
    ]


def test_a_forest_without_a_split():
    rows = np.arange(60.0).reshape(30, 2)
    booster = trained(rows, np.full(30, 3.0), 2, categories=[])
    tables = assert_same(booster, rows)
    assert len(tables.rows) == 0
    assert shapley_values(tables, rows)[:, -1] == pytest.approx(3.0)


def test_a_deep_unbalanced_tree():
    # Each level of a ladder asks for another feature: one leaf lies under 14 of them.
    draw = np.random.default_rng(1)
    rows = draw.random((3000, 14))
    target = np.cumprod(rows < 0.8, axis=1) @ (2.0 ** np.arange(14))
    booster = trained(rows, target, 1, num_leaves=20, categories=[], min_data_in_leaf=3)
    depth = booster.trees_to_dataframe().node_depth.max()
    assert depth >= 12
    assert_same(booster, rows[:500])


def test_more_features_on_a_path_than_tables_hold_is_said_and_explained():
    draw = np.random.default_rng(1)
    rows = draw.random((6000, 20))
    target = np.cumprod(rows < 0.85, axis=1) @ (2.0 ** np.arange(20))
    booster = trained(rows, target, 1, num_leaves=24, categories=[], min_data_in_leaf=1)
    engine = explainer(booster)
    assert (engine.path, engine.tables) == ("pred_contrib", None)
    assert "features, and tables hold up to 16 on one path" in engine.why
    assert np.array_equal(engine.values(rows[:50]), booster.predict(rows[:50], pred_contrib=True))


def test_a_mean_of_boosters_and_a_weighted_sum():
    rows, target = market()
    boosters = [trained(rows[s::2], target[s::2], seed=s) for s in (0, 1)]
    contrib = [b.predict(strange(rows), pred_contrib=True) for b in boosters]
    mean = shapley_values(shapley_tables(boosters), strange(rows))
    assert np.abs(mean - (contrib[0] + contrib[1]) / 2).max() < 1e-12
    raw = [b.predict(strange(rows), raw_score=True) for b in boosters]
    assert (
        np.abs(
            raw_scores(shapley_tables(boosters, [3.0, 1.0]), strange(rows)) - 3 * raw[0] - raw[1]
        ).max()
        < 1e-11
    )
    weighted = shapley_values(shapley_tables(boosters, [0.7, -2.0]), strange(rows))
    assert np.abs(weighted - 0.7 * contrib[0] + 2 * contrib[1]).max() < 1e-12


def test_both_paths_weigh_the_boosters_alike():
    rows, target = market()
    boosters = [trained(rows[s::2], target[s::2], seed=s) for s in (0, 1)]
    tables, contrib = (explainer(boosters, [0.7, -2.0], most_bytes=most) for most in (2**29, 1000))
    assert (tables.path, contrib.path) == ("tables", "pred_contrib")
    assert np.abs(tables.values(rows) - contrib.values(rows)).max() < 1e-11
    assert checked(tables.tables, boosters, [0.7, -2.0]).weights == (0.7, -2.0)


def test_a_row_has_the_same_bytes_wherever_it_stands():
    rows, target = market(400)
    tables = shapley_tables(trained(rows, target, 20))
    many = np.tile(strange(rows), (100, 1))  # three blocks
    whole = shapley_values(tables, many)
    assert np.array_equal(whole, shapley_values(tables, many, threads=2))
    scores = raw_scores(tables, many)
    assert np.array_equal(scores, raw_scores(tables, many, threads=2))
    assert np.array_equal(
        scores[:700],
        np.concatenate([raw_scores(tables, many[:1]), raw_scores(tables, many[1:700])]),
    )
    order = np.random.default_rng(0).permutation(len(many))
    assert np.array_equal(whole[order], shapley_values(tables, many[order]))
    pieces = [
        shapley_values(tables, piece) for piece in np.split(many[:1000], [1, 2, 3, 20, 437, 999])
    ]
    assert np.array_equal(whole[:1000], np.concatenate(pieces))
    fortran = np.asfortranarray(many[:500])
    fortran.flags.writeable = False
    assert np.array_equal(whole[:500], shapley_values(tables, fortran))
    assert shapley_values(tables, many[:0]).shape == (0, 7)


def test_a_feature_with_more_than_256_codes():
    draw = np.random.default_rng(2)
    rows = draw.normal(size=(2000, 2))
    booster = trained(
        rows, draw.normal(size=2000), 30, categories=[], max_bin=2000, min_data_in_bin=1
    )
    tables = assert_same(booster, rows)
    assert tables.codes.max() > 255


def test_kept_tables_are_read_back_and_checked():
    rows, target = market()
    booster = trained(rows, target)
    content = tables_bytes(shapley_tables(booster))
    assert content == tables_bytes(shapley_tables(booster))
    tables = tables_from(content)
    engine = checked(tables, booster)
    assert (engine.path, engine.why) == ("tables", "")
    assert np.array_equal(engine.values(rows), shapley_values(shapley_tables(booster), rows))
    other = trained(rows, target, seed=9, extra_trees=True)
    with pytest.raises(AttributionError, match="not those of these boosters"):
        checked(tables, other)
    with pytest.raises(AttributionError, match="the tables have 6 features, the boosters 5"):
        checked(tables, trained(rows[:, 1:], target))


def test_probe_rows_reach_every_code():
    rows, target = market()
    tables = shapley_tables(trained(rows, target, 20))
    probes = probe_rows(tables, 3000)
    assert np.isnan(probes).any(axis=0).all()
    for feature in range(6):
        cuts = tables.cuts[tables.cut_at[feature] : tables.cut_at[feature + 1]]
        assert set(cuts) <= set(probes[:, feature])


def _damaged(tables, **changes):
    from dataclasses import replace

    return tables_bytes(replace(tables, **changes))


def test_damaged_tables_never_reach_the_loops():
    rows, target = market()
    tables = shapley_tables(trained(rows, target))
    weight = tables.weight.copy()
    weight[weight.argmax()] = 65_535
    beyond = tables.slot_feature.copy()
    beyond[0] = 6
    codes = tables.codes.copy()
    codes[3] = 400
    content = tables_bytes(tables)
    for bad in (
        _damaged(tables, weight=weight), _damaged(tables, slot_feature=beyond), _damaged(tables, codes=codes),
        _damaged(tables, constant=np.zeros(2)),
        _damaged(tables, table=tables.table[:-1]), _damaged(tables, rows=tables.rows - 1),
        _damaged(tables, cut_at=tables.cut_at[::-1].copy()), _damaged(tables, weight_at=tables.weight_at[:-1]),
        _damaged(tables, table=tables.table.astype(np.float32)), b"", content[: len(content) // 2], b"PK" + content[9:],
    ):  # fmt: skip
        with pytest.raises(AttributionError, match="make the tables again"):
            tables_from(bad)


def test_what_has_no_exact_values_is_refused():
    rows, target = market()
    for told, said in (
        ({"linear_tree": True}, "linear leaves"),
        ({"objective": "multiclass", "num_class": 3}, "3 outputs"),
        ({"boosting": "rf", "bagging_fraction": 0.5, "bagging_freq": 1}, "boosting=rf"),
    ):
        wanted = (np.nan_to_num(target) % 3).astype(int) % 3 if "num_class" in told else target
        with pytest.raises(AttributionError, match=said) as error:
            explainer(trained(np.nan_to_num(rows), wanted, categories=[], **told))
        assert not isinstance(error.value, TablesRefused)


def test_tables_that_would_be_too_large_are_said():
    rows, target = market()
    booster = trained(rows, target)
    with pytest.raises(TablesRefused, match="the tables would take"):
        shapley_tables(booster, most_bytes=1000)
    assert explainer(booster, most_bytes=1000).path == "pred_contrib"


def test_another_matrix_is_refused():
    rows, target = market()
    booster = trained(rows, target)
    with pytest.raises(ValueError, match=r"shape \(300, 5\), the tables 6 features"):
        shapley_values(shapley_tables(booster), rows[:, 1:])
    with pytest.raises(ValueError, match="2 boosters have 1 weights"):
        shapley_tables([booster, booster], [1.0])
