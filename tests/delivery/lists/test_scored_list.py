"""A scored row depends on that row and the model only, and says what it rests on."""

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest

from icpfit.delivery.lists.scored_list import ADDED_COLUMNS, UNRATED, absence_warnings, scored_frame
from icpfit.errors import ModelError
from icpfit.icp.profile import Profile, Segment

NUMBERS = [name for name, decimals in ADDED_COLUMNS.items() if decimals is not None]


def _cells(frame):
    """Every cell by its exact value; NaN and None are the same everywhere."""
    return [
        tuple("" if pd.isna(cell) else repr(cell) for cell in row)
        for row in frame.itertuples(index=False)
    ]


@pytest.fixture(scope="module")
def icp():
    return Profile(
        "ICP",
        1,
        dt.date(2025, 1, 1),
        segments=(Segment("mid", {"employees": {"from": 200, "below": 600}}),),
        avoid=(Segment("austria", {"country": ["AT"]}),),
    )


def test_columns_are_those_of_the_design_in_their_order(small_model, listed, facts):
    scored = scored_frame(small_model, listed(facts(7, 3)), model_label="icpfit-acme v3")
    assert list(scored.columns) == [
        "fit_grade", "fit_score", "margin_if_won", "margin_p10", "margin_p90", "currency", "horizon",
        "fit_if_won", "reasons_for", "reasons_against", "icp_current", "icp_proposed", "caution", "model_version",
    ]  # fmt: skip
    assert scored.index.equals(pd.RangeIndex(7))
    assert set(scored["model_version"]) == {"icpfit-acme v3"}
    assert set(scored["currency"]) == {"EUR"}
    assert set(scored["horizon"]) == {"12mo"}


@pytest.mark.parametrize("objective", ["margin", "fit"])
def test_a_row_does_not_depend_on_its_neighbours(small_model, listed, facts, icp, objective):
    """Shuffled, one at a time, in batches of 7 and with another thread: the same cells, to the last bit."""
    model = dataclasses.replace(small_model, objective=objective)
    given = facts(60, 4)
    given.loc[3, ["employees", "country", "has_shop"]] = [np.nan, None, np.nan]
    given.loc[4, "country"] = "XX"
    opened = pd.Series(pd.to_datetime(["2026-01-15"] * 30 + [None] * 30)).astype("datetime64[s]")
    unreadable = {5: ["employees 'abc' is not a number"]}
    whole = _cells(scored_frame(model, listed(given, opened, unreadable), current_icp=icp))

    in_batches = scored_frame(
        model, listed(given, opened, unreadable), current_icp=icp, batch_size=7
    )
    assert _cells(in_batches) == whole

    order = np.random.default_rng(0).permutation(60)
    shuffled = scored_frame(
        dataclasses.replace(model, threads=2),
        listed(
            given.iloc[order].reset_index(drop=True),
            opened.iloc[order].reset_index(drop=True),
            {int(np.flatnonzero(order == 5)[0]): unreadable[5]},
        ),
        current_icp=icp,
    )
    assert _cells(shuffled) == [whole[row] for row in order]

    for row in range(10):
        alone = listed(
            given.iloc[[row]].reset_index(drop=True), opened.iloc[[row]].reset_index(drop=True),
            {0: unreadable[row]} if row in unreadable else {},
        )  # fmt: skip
        assert _cells(scored_frame(model, alone, current_icp=icp)) == [whole[row]]


def test_the_numbers_are_the_model_s(small_model, listed, facts):
    """margin_if_won by hand: 1000 x LightGBM's own prediction; its range and grade follow."""
    given = facts(20, 5)
    codes = given["country"].map({"AT": 0.0, "DE": 1.0, "NA": 2.0}).astype(float)
    age = (pd.Timestamp("2026-06-30") - given["founded"]).dt.days / 365.25
    matrix = np.column_stack([given["employees"], codes, given["has_shop"], age])
    expected = 1000 * small_model.margin_boosters[0].predict(matrix, num_threads=1)
    raw = np.mean(
        [b.predict(matrix, raw_score=True, num_threads=1) for b in small_model.fit_boosters], axis=0
    )
    scored = scored_frame(small_model, listed(given))
    rated = (scored["fit_grade"] != UNRATED).to_numpy()
    assert rated.sum() > 10
    np.testing.assert_allclose(scored["margin_if_won"][rated], expected[rated], atol=0.00501)
    np.testing.assert_allclose(
        scored["fit_if_won"][rated], 1 / (1 + np.exp(-raw[rated])), atol=0.0000501
    )
    above = rated & (expected >= 0)
    np.testing.assert_allclose(
        scored["margin_p90"][above] - scored["margin_if_won"][above], 3000, atol=0.02
    )
    top = rated & (expected >= small_model.grading.cuts[0]) & (expected > 0)
    assert set(scored["fit_grade"][top]) == {"A"}
    assert not scored["fit_grade"][rated & (expected <= 0)].isin(["A", "B"]).any()


def test_an_opportunity_without_a_day_is_as_of_the_model(small_model, listed, facts):
    given = facts(30, 6)
    # A contract that calls every age an outlier puts the age into the caution.
    *others, founded = small_model.contract.features
    narrow = dataclasses.replace(founded, low=99.0, high=100.0)
    contract = dataclasses.replace(small_model.contract, features=(*others, narrow))
    model = dataclasses.replace(small_model, contract=contract)

    def scored(days):
        opened = None if days is None else pd.Series(pd.to_datetime(days)).astype("datetime64[s]")
        return _cells(scored_frame(model, listed(given, opened)))

    expected = scored(["2026-06-30"] * 30)
    assert scored(None) == expected
    assert scored([None] * 30) == expected
    mixed = scored(["2020-06-30", None] * 15)
    assert mixed[1::2] == expected[1::2]
    assert not set(mixed[0::2]) & set(expected[0::2])


def test_absent_columns_are_missing_in_every_row_and_named_once(small_model, listed, facts):
    given = facts(30, 7)
    empty = given.assign(has_shop=np.nan, founded=pd.NaT)
    without = given.drop(columns=["has_shop", "founded"])
    marked = listed(empty, absent=["has_shop", "founded"])
    assert _cells(scored_frame(small_model, listed(without))) == _cells(
        scored_frame(small_model, marked)
    )
    [said] = absence_warnings(small_model, ["has_shop", "founded"])
    assert "no column for 2 of the model's 4 facts" in said
    share = small_model.driver_shares["founded"]
    assert f"founded ({100 * share:.0f} %)" in said
    assert "not known in every row" in said
    assert (scored_frame(small_model, marked)["fit_grade"] != UNRATED).any()


def test_where_the_absent_carry_more_than_half_no_row_is_rated(small_model, listed, facts, icp):
    assert small_model.driver_shares["employees"] > 0.5
    given = listed(facts(30, 8).drop(columns="employees"), absent=["employees", "ticket_count"])
    scored = scored_frame(small_model, given, current_icp=icp, model_label="icpfit-acme v1")
    assert set(scored["fit_grade"]) == {UNRATED}
    assert scored[NUMBERS].isna().all(axis=None)
    assert scored[["reasons_for", "reasons_against"]].isna().all(axis=None)
    assert "mid" not in set(scored["icp_current"]), "employees are not known"
    assert scored["caution"].str.contains("employees").all()
    [said] = absence_warnings(small_model, given.absent)
    assert "no row is rated" in said
    assert "ticket_count" not in said, "what the model doesn't use is not missed"


def test_a_row_that_is_blind_is_not_rated_and_the_next_one_is(small_model, listed, facts):
    given = facts(2, 9)
    given.loc[0, ["employees", "country", "has_shop", "founded"]] = [np.nan, None, np.nan, pd.NaT]
    given.loc[1, ["employees", "country"]] = [300.0, "DE"]
    scored = scored_frame(small_model, listed(given))
    assert scored["fit_grade"].tolist()[0] == UNRATED
    assert scored["fit_grade"].tolist()[1] in "ABCD"
    assert scored.loc[0, NUMBERS].isna().all()
    assert "not rated" in scored.loc[0, "caution"]


def test_what_could_not_be_read_is_in_the_caution(small_model, listed, facts):
    given = listed(facts(3, 10), unreadable={1: ["employees 'abc' is not a number"]})
    scored = scored_frame(small_model, given, batch_size=1)
    assert "employees 'abc' is not a number" in scored.loc[1, "caution"]
    assert absence_warnings(small_model, []) == []


def test_segments_of_both_profiles(small_model, listed, facts, icp):
    given = facts(40, 11)
    all_of_them = Profile(
        "new", 1, dt.date(2026, 1, 1), segments=(Segment("all", {"has_shop": {"from": 0}}),)
    )
    scored = scored_frame(small_model, listed(given), current_icp=icp, proposed_icp=all_of_them)
    by_hand = given["employees"].between(200, 600, inclusive="left") & (given["country"] != "AT")
    assert by_hand.any()
    assert (scored["icp_current"] == "mid").tolist() == by_hand.tolist()
    assert set(scored["icp_proposed"]) == {"all"}


def test_an_empty_list_has_the_columns(small_model, listed, facts):
    scored = scored_frame(small_model, listed(facts(5, 1).iloc[:0]))
    assert list(scored.columns) == list(ADDED_COLUMNS)
    assert len(scored) == 0


def test_progress_is_told(small_model, listed, facts):
    told = []
    scored_frame(
        small_model,
        listed(facts(25, 1)),
        batch_size=10,
        progress=lambda done, n: told.append((done, n)),
    )
    assert told == [(10, 25), (20, 25), (25, 25)]


def test_no_cell_is_a_negative_zero(small_model, listed, facts):
    scored = scored_frame(
        dataclasses.replace(small_model, margin_scale=0.0, margin_shift=-0.001), listed(facts(9, 1))
    )
    rated = scored["margin_if_won"].dropna()
    assert len(rated) > 0
    assert not np.signbit(rated).any()


def test_a_model_that_was_never_graded_is_refused(small_model, listed, facts):
    with pytest.raises(ModelError, match="never graded"):
        scored_frame(dataclasses.replace(small_model, grading=None), listed(facts(1, 1)))
