"""May a challenger take the place of the model in use? Each criterion alone can hold it back."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.evidence.judgement import judgement
from icpfit.evidence.leakage.gates import Gate
from icpfit.evidence.signal import Signal
from icpfit.evidence.succession.champion_challenger import ChampionChallenger
from icpfit.evidence.succession.paired_comparison import Contender, paired_comparison
from icpfit.evidence.succession.succession import succession
from icpfit.measure.psi import Psi

STRONG = Signal("signal", 0.99, 0.60, 0.68, 900)
NO_CHANGES = pd.DataFrame({"account_id": [], "because": []})


@pytest.fixture(scope="module")
def judged():
    rng = np.random.default_rng(1)
    margin = rng.normal(size=200)
    return judgement(
        ranking=margin + rng.normal(size=200),
        fit_probability=np.clip(0.5 + 0.1 * margin + 0.2 * rng.normal(size=200), 0.01, 0.99),
        is_fit=margin > 0,
        margin=margin,
        basis="later hold-out of 200 accounts",
        holdout=True,
        train_prevalence=0.5,
        currency="EUR",
        n_boot=50,
    )


def world(n, seed):
    rng = np.random.default_rng([7, seed])
    known = rng.normal(size=n)
    margin = 1000 * (known + rng.normal(size=n)) * np.exp(0.5 * rng.normal(size=n))
    return known, margin


def contender(known, noise, seed):
    """A calibrated model whose score is the truth with noise."""
    score = known + noise * np.random.default_rng([8, seed]).normal(size=len(known))
    shrunken = score / (1 + noise**2)
    spread = np.sqrt(1 + noise**2 / (1 + noise**2))
    return Contender(1 / (1 + np.exp(-1.702 * shrunken / spread)), 1000 * shrunken, 1000 * shrunken)


def compared(one, two, margin, n_boot=300, **others):
    found = paired_comparison(
        one, two, account_id=np.array([f"a{i:05}" for i in range(len(margin))]),
        is_fit=margin > 0, margin=margin, n_boot=n_boot,
    )  # fmt: skip
    return given_comparison(found, **others)


def given_comparison(found, **others):
    return ChampionChallenger(
        **{
            "comparison": found, "candidates": 0 if found is None else found.n, "seen": 0, "gone": 0,
            "unknown": False, "changes": NO_CHANGES, "drift": None,
        } | others
    )  # fmt: skip


@pytest.fixture(scope="module")
def better():
    """A comparison that promotes, to be spoilt."""
    known, margin = world(700, 1)
    found = compared(contender(known, 1.5, 2), contender(known, 0.5, 3), margin).comparison
    assert found.p_log_loss_lower == 1.0
    return found


def with_figures(found, **figures):
    return given_comparison(dataclasses.replace(found, **figures))


def test_a_better_challenger_is_promoted_with_every_figure(judged, better):
    decided = succession(judged, STRONG, given_comparison(better), look=2)
    assert (decided.decision, decided.exploratory) == ("PROMOTE", False)
    text = " ".join(decided.reasons)
    for said in ("Log-loss of the challenger 0.", "lower in 100 of 100", "Margin of the 140 accounts",
                 "higher in ", "Miscalibration"):  # fmt: skip
        assert said in text
    beside = " ".join(decided.notes)
    for said in ("profit-Gini", "both choose", "change grade", "Look 2 at this hold-out", "Compared on 700 of 700"):  # fmt: skip
        assert said in beside
    assert decided.figures["comparison"] == better


@pytest.mark.parametrize(
    ("figures", "decision"),
    [
        ({"p_log_loss_lower": 0.90}, "PROMOTE"),
        ({"p_log_loss_lower": 0.899}, "HOLD"),
        ({"p_log_loss_lower": np.nan}, "HOLD"),
        ({"p_margin_higher": 0.20}, "PROMOTE"),
        ({"p_margin_higher": 0.199}, "HOLD"),
        ({"p_margin_higher": np.nan}, "HOLD"),
        ({"p_calibration_worse": 0.949}, "PROMOTE"),
        ({"p_calibration_worse": 0.95}, "HOLD"),
        ({"n": 150}, "PROMOTE"),
        ({"n": 149}, "HOLD"),
        ({"note": "insufficient: 39 accounts that are a fit, 40 are needed"}, "HOLD"),
    ],
)
def test_each_threshold(judged, better, figures, decision):
    assert succession(judged, STRONG, with_figures(better, **figures)).decision == decision


def test_a_gate_a_weak_signal_or_a_rollback_holds_it_back(judged, better):
    leaky = dataclasses.replace(judged, gates=(Gate("leak", False, "Column 'tickets' tells all."),))
    good = given_comparison(better)
    assert (
        succession(leaky, STRONG, good).reasons[0] == "Gate not passed: Column 'tickets' tells all."
    )
    weak = Signal("weak", 0.85, 0.6, 0.61, 900)
    assert succession(judged, weak, good).decision == "HOLD"
    back = succession(judged, STRONG, good, rolled_back="2026-01-02 by mo, odd list")
    assert back.decision == "HOLD"
    assert "taken out of use before: 2026-01-02 by mo, odd list." in back.reasons[0]


def test_hold_says_that_it_is_usual_and_what_would_do(judged, better):
    small = with_figures(better, n=400, p_log_loss_lower=0.7)
    held = succession(judged, STRONG, small)
    assert held.headline == "the model in use stays: usual below 600 hold-out accounts"
    assert "accounts would be enough if the difference stayed the same" in held.reasons[0]
    large = with_figures(better, n=600, p_log_loss_lower=0.7)
    assert succession(judged, STRONG, large).headline == "the model in use stays"


DRIFTED = Psi(
    value=0.4, null_95=0.08, null_99=0.11, p_value=0.0, n_bins=10, n_reference=400, n_other=300
)


@pytest.mark.parametrize(
    ("figures", "drift", "decision"),
    [
        ({"calibration_p_champion": 0.009}, None, "REFRESH"),
        ({"calibration_p_champion": 0.011}, None, "HOLD"),
        ({}, DRIFTED, "REFRESH"),
        ({}, dataclasses.replace(DRIFTED, value=0.25), "HOLD"),
        ({}, dataclasses.replace(DRIFTED, null_99=0.5), "HOLD"),
        ({"p_not_inferior": 0.89}, DRIFTED, "HOLD"),
        ({"calibration_p_challenger": 0.009}, DRIFTED, "HOLD"),
        ({"p_calibration_worse": 0.96}, DRIFTED, "HOLD"),
        ({"p_log_loss_lower": 0.95}, DRIFTED, "PROMOTE"),
    ],
)
def test_a_model_that_has_grown_unfit_is_refreshed_by_one_no_worse(
    judged, better, figures, drift, decision
):
    equal = {
        "p_log_loss_lower": 0.6, "p_not_inferior": 0.95, "p_calibration_worse": 0.3,
        "calibration_p_champion": 0.4, "calibration_p_challenger": 0.5,
    }  # fmt: skip
    found = dataclasses.replace(better, **(equal | figures))
    decided = succession(judged, STRONG, given_comparison(found, drift=drift))
    assert decided.decision == decision
    if decision == "REFRESH":
        assert decided.reasons[0].startswith("The model in use ")
        assert "no worse" in decided.headline
    leaky = dataclasses.replace(judged, gates=(Gate("leak", False, "A leak."),))
    assert succession(leaky, STRONG, given_comparison(found, drift=drift)).decision == "HOLD"


def test_without_common_accounts_it_says_what_would_be_enough(judged, better):
    none = succession(judged, STRONG, given_comparison(None, candidates=90, seen=90))
    assert none.decision == "HOLD"
    assert "150 and 40 of each class would be enough" in none.reasons[0]
    assert "the model in use learned from 90 of them" in none.notes[0]
    unknown = succession(judged, STRONG, given_comparison(None, unknown=True))
    assert "It wasn't kept which accounts" in unknown.reasons[0]


def test_little_overlap_and_changed_exports_are_said_and_decide_nothing(judged, better):
    decided = succession(
        judged,
        STRONG,
        with_figures(better, overlap=0.29),
        changed_exports=["a.csv", "b.csv", "c.csv", "d.csv"],
    )
    assert decided.decision == "PROMOTE"
    text = " ".join(decided.notes)
    assert "both choose 29%; below 30%" in text
    assert "(4 files: a.csv, b.csv, c.csv…)" in text


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), noise=st.floats(0.2, 3), other=st.floats(0.2, 3))
def test_no_two_models_promote_each_other(judged, seed, noise, other):
    known, margin = world(300, seed)
    one, two = contender(known, noise, seed), contender(known, other, seed + 1)
    there = succession(judged, STRONG, compared(one, two, margin, n_boot=80))
    back = succession(judged, STRONG, compared(two, one, margin, n_boot=80))
    assert (there.decision, back.decision) != ("PROMOTE", "PROMOTE")


def test_a_worse_model_is_not_promoted_and_a_better_one_mostly_is(judged):
    """600 accounts, AUC of .782 against .737: as far apart as training on 2,000 and on 700 rows."""
    worse = better = 0
    for seed in range(20):
        known, margin = world(600, 1000 + seed)
        poor, good = contender(known, 0.95, seed), contender(known, 0.6, 500 + seed)
        worse += succession(judged, STRONG, compared(good, poor, margin, 150)).decision == "PROMOTE"
        better += (
            succession(judged, STRONG, compared(poor, good, margin, 150)).decision == "PROMOTE"
        )
    assert worse <= 1
    assert better >= 13
