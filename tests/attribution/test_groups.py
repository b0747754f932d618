"""Groups that were joined step by step are those that their leaves alone would make."""

from collections import Counter
from math import prod

import lightgbm as lgb
import numpy as np
import pytest

from icpfit.attribution.codes import feature_codes
from icpfit.attribution.forest import forest_trees
from icpfit.attribution.groups import classes, forest_groups
from icpfit.attribution.leaves import tree_leaves

QUIET = {
    "verbosity": -1,
    "num_threads": 1,
    "min_data_in_leaf": 2,
    "min_data_per_group": 2,
    "cat_smooth": 1,
}


@pytest.mark.parametrize("most", [1, 40, 4096])
@pytest.mark.parametrize("leaves", [2, 3, 15])
def test_classes_are_what_the_leaves_tell_apart(leaves, most):
    draw = np.random.default_rng(leaves)
    rows = draw.normal(size=(400, 5)).round(1)
    rows[:, 4] = draw.integers(0, 9, 400)
    rows[draw.random(rows.shape) < 0.1] = np.nan
    full = np.nan_to_num(rows)
    target = full[:, 0] * full[:, 1] + full[:, 2] + full[:, 4] % 3
    params = {**QUIET, "num_leaves": leaves}
    data = lgb.Dataset(rows, target, categorical_feature=[4], params=params)
    trees = [(tree, 0.5) for tree in forest_trees(lgb.train(params, data, 30))]
    codes = feature_codes([tree for tree, _ in trees], 5)
    groups = forest_groups(trees, codes, most)
    for group in groups:
        assert group.features == tuple(sorted({f for leaf in group.leaves for f in leaf.asked}))
        for feature, found in zip(group.features, group.classes, strict=True):
            assert found == classes(group.leaves, feature, codes[feature].all_codes)
        sizes = [len(found) for found in group.classes]
        assert group.n_patterns == prod(sizes)
        assert group.strides == tuple(prod(sizes[:slot]) for slot in range(len(sizes)))
        assert group.n_patterns <= most or len(group.leaves) == 1 or len(sizes) == 1
    values = Counter(leaf.value for group in groups for leaf in group.leaves)
    assert values == Counter(
        0.5 * leaf.value for tree, _ in trees for leaf in tree_leaves(tree, codes)
    )
