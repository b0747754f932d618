"""Two parts: disjoint, like shares of each quarter, parents kept together."""

import numpy as np
import pandas as pd
import pytest

from icpfit.insight.segments.parts import find_and_report


def starts(n, seed=0):
    rng = np.random.default_rng(seed)
    return pd.Series(
        pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 700, n), "D"),
        [f"a{i:04}" for i in range(n)],
    )


@pytest.mark.parametrize(("n", "share"), [(900, 0.6), (599, 0.5)])
def test_each_quarter_is_divided_alike(n, share):
    started = starts(n)
    find, report = find_and_report(started, seed=3)
    assert find.is_monotonic_increasing
    assert sorted([*find, *report]) == list(started.index)
    assert abs(len(find) - share * n) <= 1
    quarters = started.dt.to_period("Q")
    for quarter in quarters.unique():
        members = started.index[quarters == quarter]
        assert abs(members.isin(find).sum() - share * len(members)) <= 1


def test_the_rows_order_changes_nothing_and_the_seed_does():
    started = starts(300)
    mixed = started.sample(frac=1, random_state=1)
    assert find_and_report(started)[0].equals(find_and_report(mixed)[0])
    assert not find_and_report(started)[0].equals(find_and_report(started, seed=1)[0])


def test_accounts_of_one_parent_stay_together():
    started = starts(300)
    parents = {account: f"p{i // 3}" for i, account in enumerate(started.index)}
    find, report = find_and_report(started, parents)
    assert not {parents[a] for a in find} & {parents[a] for a in report}
    assert abs(len(find) - 150) <= 3
