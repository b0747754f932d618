"""Whom to win, fix, avoid: each check alone can turn a verdict."""

import dataclasses

import pytest

from icpfit.insight.segments.figures import GroupFigures
from icpfit.insight.segments.verdicts import group_verdict
from icpfit.measure.estimate import Estimate

BASE = Estimate(0.4, 0.37, 0.43)
LOSING = GroupFigures(
    n=80,
    coverage=0.1,
    fit_rate=Estimate(0.2, 0.14, 0.28),
    fit_if_fixed=Estimate(0.22, 0.16, 0.3),
    margin=Estimate(-900.0, -1200.0, -600.0),
    margin_if_fixed=Estimate(-700.0, -1000.0, -400.0),
    cost_to_serve=Estimate(2000.0, 1800.0, 2200.0),
    remedial_cost=Estimate(200.0, 150.0, 250.0),
    lift=Estimate(0.5, 0.4, 0.6),
)
MENDABLE = dataclasses.replace(
    LOSING,
    fit_if_fixed=Estimate(0.6, 0.5, 0.7),
    margin_if_fixed=Estimate(500.0, -100.0, 1100.0),
)


def verdict(figures, q=0.01, freed_q=0.001, stability=0.8, *, wanted=False, remedial_known=True):
    return group_verdict(
        figures, q, freed_q, BASE, wanted=wanted, stability=stability, remedial_known=remedial_known
    )


def test_who_loses_both_ways_is_to_be_avoided():
    assert verdict(LOSING) == ("avoid", "segment", "")


def test_who_would_be_a_fit_without_remedial_cost_is_to_be_fixed():
    assert verdict(MENDABLE) == ("fix", "segment", "")


@pytest.mark.parametrize(
    "changed",
    [
        {"margin": Estimate(10.0, -90.0, 110.0)},
        {"margin_if_fixed": Estimate(-100.0, -300.0, 100.0)},
        {"margin_if_fixed": Estimate(-700.0, note="insufficient: 9 accounts, 20 are needed")},
        {"fit_if_fixed": Estimate(0.3, 0.19, 0.41)},
        # It would leave a margin, but stay below today's fit rate.
        {"margin_if_fixed": Estimate(500.0, 300.0, 700.0)},
    ],
)
def test_any_doubt_that_it_loses_both_ways_makes_a_candidate(changed):
    part, status, note = verdict(dataclasses.replace(LOSING, **changed))
    assert (part, status) == ("avoid", "candidate")
    assert note


@pytest.mark.parametrize("figures", [LOSING, MENDABLE])
def test_luck_and_unstable_rules_make_a_candidate(figures):
    assert verdict(figures, q=0.11)[1:] == (
        "candidate",
        "its fit rate may be luck (false discovery rate 0.11)",
    )
    assert verdict(figures, stability=0.4)[1] == "candidate"
    assert verdict(figures, stability=float("nan"))[1] == "segment"


def test_that_remedial_cost_turned_more_of_them_must_not_be_luck():
    assert verdict(MENDABLE, freed_q=0.06)[:2] == ("fix", "candidate")
    assert verdict(LOSING, freed_q=1.0)[:2] == ("avoid", "segment")


def test_without_any_remedial_cost_marked_nobody_is_to_be_avoided():
    part, status, note = verdict(LOSING, remedial_known=False)
    assert (part, status) == ("avoid", "candidate")
    assert "no cost is marked as remedial" in note


def test_whom_to_win_must_stand_out_and_earn():
    good = dataclasses.replace(LOSING, margin=Estimate(700.0, 500.0, 900.0))
    assert verdict(good, wanted=True) == ("segments", "segment", "")
    assert verdict(good, wanted=True, stability=0.1)[1] == "segment"
    assert verdict(good, wanted=True, q=0.2)[1] == "candidate"
    assert verdict(LOSING, wanted=True)[1] == "candidate"
