"""What is kept of the accounts learned from: the same when read back, small, without names."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from icpfit.errors import ModelError
from icpfit.fit.features import Feature, FeatureContract, feature_matrix
from icpfit.fit.reference import (
    REFERENCE_ROWS,
    compared_columns,
    read_reference,
    reference,
    write_reference,
)

DAY = dt.date(2026, 1, 1)
CONTRACT = FeatureContract(
    (
        Feature("country", "category", levels=("AT", "DE", "other"), rare_levels=("Malta",)),
        Feature("employees", "number", column=1),
    ),
    {},
)


def kept(n_learned, n_judged, *, whole=False):
    n = n_learned if whole else n_learned + n_judged
    is_learned = np.ones(n, dtype=bool) if whole else np.arange(n) < n_learned
    return reference(
        np.column_stack([np.arange(n) % 3, np.arange(n)]).astype(float),
        is_learned=is_learned,
        is_judged=np.ones(n, dtype=bool) if whole else ~is_learned,
        started_on=pd.Series(pd.date_range("2024-01-01", periods=n, freq="h")),
        is_fit=np.arange(n) % 2 == 0,
        margin=np.arange(n) * 1.5,
        ranking=np.where(is_learned & (not whole), np.nan, 7.0),
    )


def test_a_level_never_served_is_told_from_a_missing_and_from_a_rare_one():
    facts = pd.DataFrame({"country": ["DE", "Malta", "JP", None], "employees": [1.0, 2, 3, np.nan]})
    found = compared_columns(facts, DAY, CONTRACT)
    np.testing.assert_array_equal(found[:, 0], [1, 2, 3, np.nan])
    seen = [0, 1, 3]
    np.testing.assert_array_equal(found[seen], feature_matrix(facts, DAY, CONTRACT)[seen])


def test_a_list_without_the_column_is_missing_throughout():
    found = compared_columns(pd.DataFrame({"employees": [1.0]}), DAY, CONTRACT)
    assert np.isnan(found[0, 0])


def test_read_back_it_is_the_same(tmp_path):
    before = kept(300, 100)
    write_reference(tmp_path / "reference.parquet", before, CONTRACT)
    after = read_reference(tmp_path / "reference.parquet", CONTRACT)
    for name in ("columns", "is_learned", "is_judged", "started_on", "is_fit", "margin", "ranking"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name), err_msg=name)
    # No ids and no names: only the facts and what came of them.
    stored = set(pd.read_parquet(tmp_path / "reference.parquet").columns)
    assert stored == {
        "fact:country", "fact:employees", "is_learned", "is_judged", "started_on", "is_fit", "margin", "ranking",
    }  # fmt: skip


def test_of_many_accounts_an_even_part_is_kept():
    found = kept(9_000, 3_000)
    assert (found.is_learned.sum(), found.is_judged.sum()) == (REFERENCE_ROWS, REFERENCE_ROWS)
    # Every 4.5th of 9,000: the mean place is that of all of them.
    assert found.columns[found.is_learned, 1].mean() == pytest.approx(4_499.5, abs=1)
    assert len(kept(9_000, 0, whole=True).margin) == REFERENCE_ROWS
    assert len(kept(1_999, 10).margin) == 2_009


@pytest.mark.parametrize("damage", ["cut", "other model"])
def test_a_damaged_file_is_named_in_one_line(tmp_path, damage):
    path = tmp_path / "reference.parquet"
    write_reference(path, kept(50, 50), CONTRACT)
    contract = CONTRACT
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:200])
    else:
        contract = FeatureContract((Feature("sites", "number"),), {})
    with pytest.raises(ModelError, match=r"reference\.parquet: the kept accounts are damaged") as e:
        read_reference(path, contract)
    assert "\n" not in str(e.value)
