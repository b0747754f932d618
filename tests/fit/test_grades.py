"""Grades and scores: cut-offs, ties, caps and evidence, worked out by hand."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.errors import ModelError
from icpfit.fit.grades import (
    GradeEvidence,
    Grading,
    fit_score,
    grade_sentence,
    graded,
    grading,
    grading_from,
    grading_record,
)
from icpfit.measure.estimate import Estimate

CUTS = Grading((30.0, 20.0, 10.0), np.array([5.0, 15.0, 25.0, 35.0]), {}, "hold-out (later)")
OBJECTIVES = st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1, max_size=60)


def made(objective, margin=None, is_fit=None, **options):
    objective = np.asarray(objective, dtype=float)
    margin = objective if margin is None else np.asarray(margin, dtype=float)
    is_fit = margin > 0 if is_fit is None else is_fit
    return grading(objective, is_fit, margin, "hold-out (later)", n_boot=40, **options)


def test_cuts_are_percentiles_of_the_objective():
    # Of 0 to 100 the 80th, 50th and 20th percentile are 80, 50 and 20.
    assert made(np.arange(101.0)).cuts == (80.0, 50.0, 20.0)


def test_a_value_at_a_cut_belongs_to_the_better_grade():
    margins = np.full(6, 1.0)
    found = graded([30.0, np.nextafter(30.0, 0), 20.0, 19.9, 10.0, 9.9], margins, CUTS)
    assert found.tolist() == ["A", "B", "B", "C", "C", "D"]


def test_no_a_or_b_with_a_margin_at_or_below_zero():
    found = graded([40.0, 40.0, 40.0, 25.0, 15.0, 5.0], [0.01, 0.0, -9.0, -9.0, -9.0, -9.0], CUTS)
    assert found.tolist() == ["A", "C", "C", "C", "C", "D"]


def test_a_company_whose_best_accounts_lose_money_has_no_a_or_b():
    found = made(np.arange(-100.0, 0.0))
    assert sorted(found.evidence) == ["C", "D"]


def test_where_the_fit_ranks_the_margin_still_caps():
    odds = np.linspace(-2, 2, 101)
    found = grading(
        odds, odds > 0, odds, "hold-out (later)", margin_if_won=-odds, ranks="fit", n_boot=40
    )
    # Every log-odds above 0 has a margin below 0 here, so A and B (but for their floor, where the
    # median log-odds is 0 and the margin 0) are gone.
    assert sorted(found.evidence) == ["C", "D"]
    with pytest.raises(ValueError, match="margin_if_won"):
        made(odds, ranks="fit")


def test_score_is_the_mid_rank_percentile():
    judged = Grading((3.0, 2.0, 1.0), np.array([1.0, 2.0, 2.0, 2.0, 3.0]), {}, "hold-out (later)")
    # Below 1: 0 of 5. At 1: half of 1 of 5. At 2: (1 + 3/2) / 5. Between 2 and 3: 4/5. At 3: 4.5/5.
    assert fit_score([0.0, 1.0, 2.0, 2.5, 3.0, 9.0], judged).tolist() == [0, 10, 50, 80, 90, 100]


def test_evidence_by_hand():
    # 10 accounts, expected 1 to 10: percentiles 8.2, 5.5 and 2.8 give A {9, 10}, B {6, 7, 8},
    # C {3, 4, 5}, D {1, 2}.
    expected = np.arange(1.0, 11.0)
    earned = np.array([-50, -30, 0, 10, 20, 40, 60, 80, 100, 300.0])
    found = made(expected, earned)
    assert {letter: each.n for letter, each in found.evidence.items()} == {
        "A": 2,
        "B": 3,
        "C": 3,
        "D": 2,
    }
    assert [each.margin_mean.value for each in found.evidence.values()] == [
        200.0,
        60.0,
        10.0,
        -40.0,
    ]
    assert [each.fit_rate.value for each in found.evidence.values()] == [1.0, 1.0, 2 / 3, 0.0]
    assert found.evidence["A"].margin_mean.low is None
    assert found.evidence["A"].margin_mean.note == "insufficient: 2 accounts, 10 are needed"
    # Wilson's 90 % interval of 2 in 2: low = 1 / (1 + 1.645^2 / 2) = 0.425, high = 1.
    assert found.evidence["A"].fit_rate.low == pytest.approx(0.425, abs=0.001)
    assert found.evidence["A"].fit_rate.high == 1.0


def test_intervals_of_the_mean_margin_hold_it_and_say_when_they_are_approximate():
    rng = np.random.default_rng(0)
    few, many = (rng.normal(100, 50, n) for n in (300, 600))
    for margins, note in ((few, "approximate"), (many, "")):
        for each in made(margins, margins + rng.normal(0, 30, len(margins))).evidence.values():
            assert each.margin_mean.low < each.margin_mean.value < each.margin_mean.high
            assert each.margin_mean.note == note


def test_accounts_of_one_parent_are_resampled_together():
    rng = np.random.default_rng(1)
    parents = np.repeat(np.arange(60), 10)
    earned = np.repeat(rng.normal(100, 80, 60), 10)
    alone = made(np.zeros(600), earned, margin_if_won=np.ones(600)).evidence["A"].margin_mean
    together = (
        made(np.zeros(600), earned, margin_if_won=np.ones(600), groups=parents)
        .evidence["A"]
        .margin_mean
    )
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_grades_in_the_wrong_order_are_merged():
    # Forty times the accounts above, so that luck has no say.
    expected = np.repeat(np.arange(1.0, 11.0), 40)
    # As above, but B earns 250 and A 200; C and D stay apart.
    earned = np.repeat([-50, -30, 0, 10, 20, 250, 250, 250, 100, 300.0], 40)
    found = made(expected, earned)
    assert {k: each.merged_with for k, each in found.evidence.items()} == {
        "A": ("B",),
        "B": ("A",),
        "C": (),
        "D": (),
    }
    # A 40, B 60, C 55: B and C are in order, but A and B pooled (2 and 3 accounts: 52) earn less
    # than C, so all three go together.
    earned = np.repeat([-50, -30, 55, 55, 55, 60, 60, 60, 40, 40.0], 40)
    found = made(expected, earned)
    assert found.evidence["C"].merged_with == ("A", "B")
    assert found.evidence["D"].merged_with == ()


def test_neighbours_that_earn_the_same_are_merged():
    earned = np.repeat([-50, -30, 0, 10, 20, 60, 60, 60, 60, 60.0], 40)
    found = made(np.repeat(np.arange(1.0, 11.0), 40), earned)
    assert [each.merged_with for each in found.evidence.values()] == [("B",), ("A",), (), ()]


def test_neighbours_that_luck_alone_could_tell_apart_are_merged():
    """The better grade must do better in 9 of 10 resamples, not just in the one that was drawn."""
    rng = np.random.default_rng(8)
    pairs = merged = 0
    for _ in range(20):
        found = made(rng.normal(0, 1, 400), rng.normal(0, 100, 400), margin_if_won=np.ones(400))
        letters = list(found.evidence)
        pairs += len(letters) - 1
        merged += sum(
            second in found.evidence[first].merged_with
            for first, second in itertools.pairwise(letters)
        )
    assert merged / pairs > 0.75


def test_where_the_fit_ranks_grades_are_merged_by_their_fit_rate():
    expected = np.repeat(np.arange(1.0, 11.0), 40)
    is_fit = np.repeat(np.array([0, 0, 0, 1, 1, 1, 1, 1, 1, 0], dtype=bool), 40)
    earned = np.repeat(np.arange(1.0, 11.0), 40)
    by_fit = made(expected, earned, is_fit, ranks="fit", margin_if_won=expected).evidence
    assert (by_fit["A"].merged_with, by_fit["C"].merged_with) == (("B",), ())
    assert made(expected, earned, is_fit).evidence["A"].merged_with == ()


def test_all_tied_share_one_grade():
    assert sorted(made(np.full(20, 7.0)).evidence) == ["A"]


def test_a_long_reference_is_kept_as_quantiles():
    rng = np.random.default_rng(2)
    objective = rng.normal(0, 1, 5000)
    found = made(objective, np.ones(5000), margin_if_won=np.ones(5000))
    assert len(found.reference) == 1001
    whole = Grading(found.cuts, np.sort(objective), {}, found.basis)
    assert np.abs(fit_score(objective, found) - fit_score(objective, whole)).max() <= 1


def test_the_order_of_the_accounts_does_not_matter():
    rng = np.random.default_rng(3)
    objective = np.round(rng.normal(50, 20, 200))
    names = np.array([f"a{i:03}" for i in range(200)])
    turn = rng.permutation(200)
    one, two = made(objective, groups=names), made(objective[turn], groups=names[turn])
    assert one.cuts == two.cuts
    np.testing.assert_array_equal(one.reference, two.reference)
    assert {k: e.n for k, e in one.evidence.items()} == {k: e.n for k, e in two.evidence.items()}


@settings(max_examples=50, deadline=None)
@given(OBJECTIVES, OBJECTIVES)
def test_better_is_never_graded_or_scored_worse(judged, listed):
    found = made(judged)
    rising = np.sort(np.array(listed + judged))
    scores = fit_score(rising, found)
    assert (np.diff(scores) >= 0).all()
    assert ((scores >= 0) & (scores <= 100)).all()
    letters = graded(rising, rising, found)
    assert letters.tolist() == sorted(letters.tolist(), reverse=True)
    assert not set(letters[rising <= 0]) & {"A", "B"}
    assert sum(each.n for each in found.evidence.values()) == len(judged)


@settings(max_examples=30, deadline=None)
@given(OBJECTIVES)
def test_the_record_comes_back_through_json_to_the_last_bit(judged):
    found = made(judged)
    record = grading_record(found)
    text = json.dumps(record, allow_nan=False)
    back = grading_from(json.loads(text))
    assert grading_record(back) == record
    np.testing.assert_array_equal(back.reference, found.reference)
    assert back.evidence == found.evidence
    assert back.cuts == found.cuts


def test_a_figure_that_is_unknown_is_kept_as_unknown():
    nothing = GradeEvidence(0, Estimate(float("nan"), note="no accounts"), Estimate(1.0), ("B",))
    one = Grading((3.0, 2.0, 1.0), np.array([1.0]), {"A": nothing}, "cross-validated")
    record = json.loads(json.dumps(grading_record(one), allow_nan=False))
    back = grading_from(record).evidence["A"]
    assert np.isnan(back.fit_rate.value)
    assert back.merged_with == ("B",)


@pytest.mark.parametrize(
    "damage",
    [
        lambda record: record.pop("cuts"),
        lambda record: record.update(cuts=[1.0, 2.0]),
        lambda record: record.update(reference=["x"]),
        lambda record: record["evidence"]["A"].pop("n"),
        lambda record: record["evidence"]["A"]["fit_rate"].update(unknown=1),
    ],
)
def test_a_damaged_record_is_refused(damage):
    record = grading_record(made(np.arange(20.0)))
    damage(record)
    with pytest.raises(ModelError, match="grading is damaged"):
        grading_from(record)


def test_missing_numbers_and_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match="objective: 1 of 2 are missing"):
        graded([1.0, np.nan], [1.0, 1.0], CUTS)
    with pytest.raises(ValueError, match="one value per account"):
        made([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="one value per account"):
        made([])


def evidence(value, low, high, n=61, merged=()):
    return GradeEvidence(n, Estimate(0.71, 0.63, 0.78), Estimate(value, low, high), merged)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            evidence(48213, 35012, 62300),
            "A: 71 % were a profitable fit (63–78), 48 k EUR each (35–62), 61 accounts",
        ),
        (
            evidence(-12400, -20100, 3100),
            "A: 71 % were a profitable fit (63–78), -12 k EUR each (-20 to 3.1), 61 accounts",
        ),
        (
            evidence(2.345e6, 1.2e6, 3e6),
            "A: 71 % were a profitable fit (63–78), 2.3 M EUR each (1.2–3), 61 accounts",
        ),
        (
            evidence(3412, 1250, 5211),
            "A: 71 % were a profitable fit (63–78), 3,400 EUR each (1,200–5,200), 61 accounts",
        ),
        (
            evidence(50, None, None, 1),
            "A: 71 % were a profitable fit (63–78), 50 EUR each, 1 account",
        ),
        (
            evidence(50, 40, 60, merged=("B", "C")),
            "A: 71 % were a profitable fit (63–78), 50 EUR each (40–60), 61 accounts; can't be told apart from B and C",
        ),
        (None, "A: no account had it among those judged"),
    ],
)
def test_sentences(found, sentence):
    assert grade_sentence("A", found, "EUR") == sentence
