"""Means of groups, all in the same resamples."""

import numpy as np

from icpfit.measure.group_means import figures_of_means


def test_without_any_account_every_figure_is_unknown():
    found = figures_of_means(
        np.empty((0, 2)),
        np.empty((0, 3), dtype=bool),
        np.array([]),
        lambda m: m[:, :, 0],
        n_boot=20,
    )
    assert len(found) == 3
    assert all(np.isnan(one.value) and one.n == 0 for one in found)
