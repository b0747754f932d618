import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from icpfit.economics.label import LabelRule, profitable_fit
from icpfit.economics.loyalty import (
    LoyaltySpec,
    Weights,
    advocacy,
    composite,
    enrichment,
    retention,
    usable_loyalty,
)
from icpfit.errors import SettingsError, SourceError
from icpfit.settings import settings

NAN = float("nan")


def array(*values):
    return np.array(values, dtype="float64")


def test_retention_is_the_worse_of_activity_and_renewals():
    lost = np.array([False, False, False, False, True, True])
    assert retention(lost, array(NAN, 1, 0.5, 0, 1, NAN)).tolist() == [1, 1, 0.5, 0, 0, 0]


def test_enrichment_by_hand_with_ties():
    # Both halves 20, 20, 20, 40: median 20, c = 1. Growth 11/11, 11/11, 16/6, 31/11: the two that
    # stayed level share ranks 1 and 2.
    found = enrichment(array(10, 10, 5, 10), array(10, 10, 15, 30), np.array([2023] * 4))
    assert found.tolist() == [0.25, 0.25, 0.625, 0.875]


def test_enrichment_ranks_within_the_year_of_the_start():
    found = enrichment(array(10, 10, 10), array(10, 20, 5), np.array([2023, 2023, 2024]))
    assert found.tolist() == [0.25, 0.75, 0.5]


def test_credits_beyond_the_revenue_count_as_none():
    assert enrichment(array(10, 10), array(-50, 0), np.array([1, 1])).tolist() == [0.5, 0.5]


def test_enrichment_without_any_revenue_is_absent():
    assert np.isnan(enrichment(array(0, -5), array(0, 0), np.array([1, 1]))).all()
    # Most accounts never paid: a median of 0 must not divide by zero.
    found = enrichment(array(0, 0, 0, 10), array(0, 0, 0, 20), np.array([1] * 4))
    assert found.tolist() == [0.375, 0.375, 0.375, 0.875]


def test_advocacy_by_hand():
    # 10 and 8; 0; none: mean 6, two answers of it = 12. (18 + 12)/4 = 7.5; (0 + 12)/3 = 4.
    found = advocacy(array(2, 1, 0, 0), array(18, 0, 0, 0), np.array([False, False, False, True]))
    assert found[[0, 1, 3]] == pytest.approx([3.5 / 6, 0, 1])
    assert np.isnan(found[2])


def test_a_referral_beats_a_bad_answer_and_silence_is_absent():
    assert advocacy(array(1), array(0), np.array([True])).tolist() == [1.0]
    assert np.isnan(advocacy(array(0), array(0), np.array([False]))).all()


def test_shrinking_can_be_turned_off():
    assert advocacy(array(1, 1), array(10, 4), np.array([False, False]), prior=0.0).tolist() == [
        1.0,
        0.0,
    ]


def test_the_composite_weighs_what_is_observed():
    found = composite(array(1, 1, 1, NAN), array(0, NAN, NAN, NAN), array(1, 0, NAN, NAN))
    assert found[:3] == pytest.approx([0.75, 0.5 / 0.75, 1.0])
    assert np.isnan(found[3])
    assert composite(array(0), array(1), array(NAN), Weights(0, 1, 0)).tolist() == [1.0]


@hypothesis_settings(max_examples=50, deadline=None)
@given(
    *[st.lists(st.one_of(st.just(NAN), st.floats(0, 1)), min_size=3, max_size=3) for _ in range(3)]
)
def test_the_composite_lies_between_its_components(retained, enriched, advocated):
    found = composite(array(*retained), array(*enriched), array(*advocated))
    for value, *parts in zip(found, retained, enriched, advocated, strict=True):
        seen = [part for part in parts if not np.isnan(part)]
        assert np.isnan(value) if not seen else min(seen) - 1e-9 <= value <= max(seen) + 1e-9


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((1.0, 0.2, 0.3), (0.0, 0.2, 0.3)),  # retention
        ((1.0, 0.2, 0.3), (1.0, 0.0, 0.3)),  # enrichment: .625 to .575
        ((1.0, 0.2, 0.3), (1.0, 0.2, 0.1)),  # advocacy: .625 to .575
        ((0.5, 0.9, 0.8), (0.5, 0.9, 0.3)),  # a downgrade can be made good: .675 to .55
        ((0.5, NAN, 1.0), (0.5, NAN, NAN)),  # silence: .667 to .5
    ],
)
def test_each_component_can_change_the_label(before, after):
    def fits(parts):
        one = [array(part) for part in parts]
        frame = pd.DataFrame({"margin": [5.0], "retention": one[0], "loyalty": composite(*one)})
        return bool(profitable_fit(frame, LabelRule())[0])

    assert fits(before)
    assert not fits(after)


def test_weights_that_mean_nothing_are_refused():
    with pytest.raises(SettingsError, match="none may be below 0"):
        settings(Weights, {"retention": -1}, "data.economics.label.weights")
    with pytest.raises(SettingsError, match="expected \\[lowest, highest\\]"):
        settings(LoyaltySpec, {"csat_scale": [5, 1]}, "data.economics.loyalty")


@pytest.fixture
def observed(by_hand):
    def usable(*rows, spec=None, limit=0.05):
        data = by_hand.company_spec()
        given = [
            {"account_id": "a", "date": dt.date(2024, 1, 1), "kind": k, "value": v} for k, v in rows
        ]
        tables = by_hand.typed_tables(data, {"accounts": [], "loyalty": given})
        return usable_loyalty(tables.typed["loyalty"], spec or LoyaltySpec(), limit)

    return usable


def test_a_few_values_out_of_range_are_set_aside_and_counted(observed):
    rows = [("nps", 10.0)] * 30 + [("nps", 11.0)] + [("renewal", 0.5)] * 30 + [("renewal", 0.7)]
    result = observed(*rows)
    assert result.rows.num_rows == 60
    assert result.set_aside == {"nps outside 0 to 10": 1, "renewal neither 0, 0.5 nor 1": 1}


def test_many_values_out_of_range_stop_with_file_and_line(observed):
    with pytest.raises(SourceError) as stopped:
        observed(("nps", 3.0), ("renewal", 1.0), ("renewal", 2.0))
    assert str(stopped.value) == (
        "loyalty.csv: column value: 1 of 2 rows of renewal neither 0, 0.5 nor 1, first line 4 (2.0);"
        " map them to that scale"
    )


def test_csat_counts_only_on_a_known_scale(observed):
    rows = [("csat", 1.0), ("csat", 3.0), ("csat", 5.0), ("nps", 7.0)]
    ignored = observed(*rows)
    assert ignored.rows["kind"].to_pylist() == ["csat"] * 3 + ["nps"]
    assert "csat_scale doesn't say its scale" in ignored.notes[0]
    rescaled = observed(*rows, spec=LoyaltySpec(csat_scale=[1, 5]))
    assert rescaled.rows["kind"].to_pylist() == ["nps"] * 4
    assert rescaled.rows["value"].to_pylist() == [0.0, 5.0, 10.0, 7.0]
    assert rescaled.notes == []


def test_no_observation_at_all_is_fine(observed):
    result = observed()
    assert (result.rows.num_rows, result.set_aside, result.notes) == (0, {}, [])
