"""Predicted against realised, with predictions made up for the eight accounts.

Cut-offs of the grades: A from 600, B from 300, C from 0. Predicted (out of fold but for fir and
grove, which were held out), realised, expected remedial cost:
    anvil 900 1020 0    A, earned money: good fit, earned money
    birch 350  410 0    B, earned money
    cedar 100  500 0    C, earned money: poor fit, earned money
    delta 700  350 0    A, earned money
    elm   200  500 0    C, earned money
    fir   400  -50 0    B, lost money: good fit, lost money
    grove 250  400 -> -400 in these tests, 100 to be expected: 350 would be a B: good fit once fixed
"""

import copy
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from icpfit.fit.grading import Grading
from icpfit.insight.profit import predicted_realised as module
from icpfit.insight.profit.lost_money import losses_by_cause
from icpfit.insight.profit.predicted_realised import as_written, predicted_and_realised

TRAIN = ["anvil", "birch", "cedar", "delta", "elm"]


@pytest.fixture
def company(eight, monkeypatch):
    accounts = copy.copy(eight.accounts)
    outcomes = accounts.outcomes.copy()
    outcomes.loc["grove", ["margin", "remedial_cost"]] = [-400.0, 100.0]
    object.__setattr__(accounts, "outcomes", outcomes)
    model = SimpleNamespace(
        objective="margin",
        grading=Grading((600.0, 300.0, 0.0), np.array([0.0, 1000.0]), {}, "hold-out (later)"),
    )
    trained = SimpleNamespace(
        folds=np.array([0, 1, 2, 3, 4]),
        oof_margin=np.array([900.0, 350.0, 100.0, 700.0, 200.0]),
        oof_fit=np.full(5, 0.5),
        oof_fit_raw=np.zeros(5),
    )
    split = SimpleNamespace(train=pd.Index(TRAIN), basis="later")
    said = SimpleNamespace(
        margin_if_won=np.array([400.0, 250.0]),
        fit_if_won=np.array([0.7, 0.4]),
        ranking=np.array([400.0, 250.0]),
    )
    monkeypatch.setattr(module, "scores", lambda _model, _matrix: said)

    def foreseen(_accounts, _trial, quantity, **_seed):
        """Remedial cost of 100 for grove; revenue as it came, but 200 more of fir."""
        if quantity.name == "remedial_cost":
            expected = np.where(quantity.index == "grove", 100.0, 0.0)
        else:
            expected = quantity.to_numpy() + np.where(quantity.index == "fir", 200.0, 0.0)
        return SimpleNamespace(expected=expected, beats_the_mean=True)

    monkeypatch.setattr(module, "foreseen", foreseen)
    trial = SimpleNamespace(
        model=model, trained=trained, split=split, judged=pd.Index(["fir", "grove"]), matrix=None
    )
    return SimpleNamespace(accounts=accounts, trial=trial, card=eight.economics.rate_card)


def test_standings_by_hand(company):
    found = predicted_and_realised(company.accounts, company.trial)
    assert found["standing"].to_dict() == {
        "anvil": "good fit, earned money",
        "birch": "good fit, earned money",
        "cedar": "poor fit, earned money",
        "delta": "good fit, earned money",
        "elm": "poor fit, earned money",
        "fir": "good fit, lost money",
        "grove": "good fit once fixed, lost money",
    }
    assert found["grade"].tolist() == ["A", "B", "C", "A", "C", "B", "C"]
    assert found["predicted_by"].tolist() == ["out-of-fold"] * 5 + ["hold-out"] * 2
    assert found.loc["fir", "surprise"] == pytest.approx(-450)


def test_nothing_in_sample_is_used(company):
    """An account held out of no fold has no honest prediction, and is left out."""
    company.trial.trained.folds = np.array([0, 1, -1, 3, 4])
    found = predicted_and_realised(company.accounts, company.trial)
    assert "cedar" not in found.index
    assert found.loc["delta", "margin_if_won"] == 700


def test_without_a_hold_out_every_prediction_is_out_of_fold(company):
    company.trial.split.basis = "none"
    found = predicted_and_realised(company.accounts, company.trial)
    assert list(found.index) == TRAIN


def test_losses_by_cause_by_hand(company):
    # fir's tickets cost 200; the good fits that earned (anvil 80, birch 40, delta 0) 40 on average.
    # Their own remedial cost isn't fir's, so it isn't listed. Revenue after direct cost was to be
    # 1100 - 850 + 200: it came 200 short, that of the others as expected.
    frame = predicted_and_realised(company.accounts, company.trial)
    found = losses_by_cause(company.accounts, frame, "good fit, lost money", company.card)
    assert (found.n, found.lost, found.saved) == (1, pytest.approx(50), 0)
    short, cause = found.causes  # neither stands out among four accounts; 200 goes further
    assert (short.activity, short.caused_by, short.hours) == ("revenue below expected", "", None)
    assert (short.excess.value, short.total) == (pytest.approx(200), pytest.approx(200))
    assert not short.stands_out
    assert (cause.activity, cause.caused_by, cause.remedial) == ("ticket", "unknown", False)
    assert cause.excess.value == pytest.approx(200 - 40)
    assert cause.hours == pytest.approx(160 / 60)
    [account] = found.accounts
    assert (account.account_id, account.activity) == ("fir", "revenue below expected")
    assert account.excess == pytest.approx(200)
    with pytest.raises(ValueError, match="standing"):
        losses_by_cause(company.accounts, frame, "poor fit, loses money", company.card)


def test_a_base_level_that_all_have_in_common_upgrades_nobody(company, monkeypatch):
    """Grove, predicted 250, is 50 short of a B. All are to cost 100: none is a B once fixed."""
    monkeypatch.setattr(
        module,
        "foreseen",
        lambda _accounts, _trial, quantity, **_seed: SimpleNamespace(
            expected=np.full(len(quantity), 100.0), beats_the_mean=quantity.name == "remedial_cost"
        ),
    )
    found = predicted_and_realised(company.accounts, company.trial)
    assert found["grade_once_fixed"].tolist() == found["grade"].tolist()
    assert found.loc["grove", "standing"] == "poor fit, loses money"
    # Revenue that is foreseen no better than by the mean makes no row.
    assert found["expected_after_direct_cost"].isna().all()
    losses = losses_by_cause(company.accounts, found, "good fit, lost money", company.card)
    assert [one.activity for one in losses.causes] == ["ticket"]


def test_the_list_as_written(company):
    frame = predicted_and_realised(company.accounts, company.trial)
    frame["name"] = ["=cmd()", "b", None, "d", "e", "@f", "g"]
    written = as_written(frame)
    assert written["account_id"].tolist()[:2] == ["fir", "grove"]
    assert written.loc[written["account_id"] == "anvil", "name"].item() == "'=cmd()"
    assert written.loc[0, "name"] == "'@f"
    assert len(written) == len(frame)
    shuffled = as_written(frame.iloc[::-1])
    pd.testing.assert_frame_equal(written, shuffled)
