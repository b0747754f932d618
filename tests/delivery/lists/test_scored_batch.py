"""Batches of Arrow columns get, cell by cell, what the data frame got, however a list is cut up."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from icpfit.delivery.lists.batched_frame import batched_frame, fact_batch
from icpfit.delivery.lists.scored_batch import SCORED_SCHEMA, scored_batch, scorer
from icpfit.delivery.lists.scored_list import ADDED_COLUMNS, scored_frame
from icpfit.errors import FeatureError, ModelError, SettingsError
from icpfit.fit.calibration import Calibration
from icpfit.fit.engines import with_engines
from icpfit.icp.profile import Profile, Segment

ICP = Profile(
    "ICP",
    1,
    dt.date(2025, 1, 1),
    segments=(Segment("mid", {"employees": {"from": 200, "below": 600}}),),
    fix=(Segment("shops", {"has_shop": [True], "size": [None]}),),
    avoid=(Segment("austria", {"country": ["AT"]}),),
)


@pytest.fixture(scope="module")
def given(facts):
    """A list with everything that a list can have."""
    found = facts(3000, 4)
    found.loc[3, ["employees", "country", "has_shop"]] = [np.nan, None, np.nan]
    found.loc[4:40:3, "country"] = "XX"
    found.loc[9:80:7, "employees"] = 1_234_567.5
    found.loc[5:90:9, "employees"] = 12.345
    found.loc[5:90:9, "founded"] = pd.Timestamp("1950-02-03")
    found.loc[6:90:9, "founded"] = pd.NaT
    found.loc[7, "founded"] = pd.Timestamp("2031-01-01")
    opened = pd.Series(pd.to_datetime(["2026-01-15", None, "2025-06-01"] * 1000))
    unreadable = {5: ["employees 'abc' is not a number"], 2999: ["a", "b"]}
    return found, opened.astype("datetime64[s]"), unreadable


@pytest.fixture(scope="module", params=["margin", "fit", "calibrated", "without tables"])
def model(request, small_model):
    if request.param == "without tables":
        return small_model
    made = with_engines(small_model)
    if request.param == "margin":
        return made
    line = Calibration(0.9, -0.1) if request.param == "calibrated" else None
    return dataclasses.replace(made, objective="fit", calibration=line)


def taken(listed, given, rows):
    found, opened, unreadable = given
    places = {int(row): place for place, row in enumerate(rows)}
    return listed(
        found.iloc[rows].reset_index(drop=True),
        opened.iloc[rows].reset_index(drop=True),
        {places[row]: said for row, said in unreadable.items() if row in places},
        absent=["size"],
    )


def test_the_same_cells_as_the_frame(model, listed, given):
    expected = scored_frame(
        model, taken(listed, given, range(3000)), current_icp=ICP, proposed_icp=ICP
    )
    told = []
    found = batched_frame(
        scorer(model, current_icp=ICP, proposed_icp=ICP),
        taken(listed, given, range(3000)),
        batch_rows=1300,
        progress=lambda done, n: told.append((done, n)),
    )
    assert told == [(1300, 3000), (2600, 3000), (3000, 3000)]
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    for column in ("reasons_for", "reasons_against", "caution", "icp_current"):
        assert found[column].notna().any()


def test_however_a_list_is_cut_up(model, listed, given):
    asked = scorer(model, current_icp=ICP)
    whole = batched_frame(asked, taken(listed, given, range(3000)))
    order = np.random.default_rng(0).permutation(3000)
    two = dataclasses.replace(asked, model=dataclasses.replace(model, threads=2))
    mixed = batched_frame(two, taken(listed, given, order))
    pd.testing.assert_frame_equal(mixed, whole.iloc[order].reset_index(drop=True), check_exact=True)
    for rows in ([5], [7], [2999], range(2, 19)):
        alone = batched_frame(asked, taken(listed, given, list(rows)), batch_rows=5)
        pd.testing.assert_frame_equal(
            alone, whole.iloc[list(rows)].reset_index(drop=True), check_exact=True
        )


def test_no_rows(model, listed, given):
    found = batched_frame(scorer(model), taken(listed, given, []))
    assert (list(found), len(found)) == (list(ADDED_COLUMNS), 0)
    empty = scored_batch(scorer(model), fact_batch(given[0].iloc[:0]))
    assert empty.schema.equals(SCORED_SCHEMA)


def test_absent_columns_are_missing_whether_they_are_there_or_not(model, given):
    asked = scorer(model, current_icp=ICP)
    batch = fact_batch(given[0].iloc[:50])
    without = batch.drop_columns(["employees"])
    nulls = without.append_column("employees", pa.nulls(50))
    absent = ["employees", "size"]
    expected = scored_batch(asked, without, absent=absent)
    assert scored_batch(asked, nulls, absent=absent).equals(expected)


def test_true_and_false_are_one_and_zero(model, given):
    batch = fact_batch(given[0].iloc[:50])
    place = batch.schema.get_field_index("has_shop")
    flags = batch.set_column(place, "has_shop", batch["has_shop"].cast(pa.bool_()))
    assert scored_batch(scorer(model), flags).equals(scored_batch(scorer(model), batch))


def test_what_is_refused(small_model, given):
    batch = fact_batch(given[0].iloc[:5])
    with pytest.raises(ModelError, match="was never graded"):
        scorer(dataclasses.replace(small_model, grading=None))
    with pytest.raises(SettingsError, match="size"):
        scored_batch(scorer(small_model, current_icp=ICP), batch)
    wrong = batch.set_column(0, batch.schema.names[0], pa.array(["a"] * 5))
    with pytest.raises(FeatureError, match="employees: numbers were expected, found string"):
        scored_batch(scorer(small_model), wrong)
    with pytest.raises(FeatureError, match=r"tier: a category holds texts, found 7"):
        fact_batch(pd.DataFrame({"tier": pd.Series(["a", 7], dtype=object)}))
