"""The judgement: its figures against independent ones, order, speed, and the way to JSON and back."""

from __future__ import annotations

import dataclasses
import json
import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.errors import ModelError
from icpfit.evidence.headline import headline
from icpfit.evidence.judgement import judgement
from icpfit.evidence.leakage.gates import Gate
from icpfit.evidence.record import as_record, from_record
from icpfit.measure.ranking import margin_of_top, profit_gini


def world(n=300, seed=1, **others):
    rng = np.random.default_rng(seed)
    known = rng.normal(size=n)
    margin = (1000 * (known + rng.normal(size=n))).round(2)
    return {
        "ranking": known.round(1),
        "fit_probability": 1 / (1 + np.exp(-1.5 * known)),
        "is_fit": margin > 0,
        "margin": margin,
        "icp_selected": rng.random(n) < 0.3,
        "basis": f"later hold-out of {n} accounts",
        "holdout": True,
        "train_prevalence": 0.5,
        "currency": "EUR",
        "profile_name": "ICP 2025",
        "n_boot": 300,
    } | others


ROWS = ("ranking", "fit_probability", "is_fit", "margin", "icp_selected", "group")


def test_the_figures_are_what_others_compute():
    from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

    given_ = world()
    found = judgement(**given_)
    fit, p = given_["is_fit"], given_["fit_probability"]
    assert found.auc.value == pytest.approx(roc_auc_score(fit, p))
    assert found.ranking_auc.value == pytest.approx(roc_auc_score(fit, given_["ranking"]))
    assert found.log_loss.value == pytest.approx(log_loss(fit, p))
    assert found.brier.value == pytest.approx(brier_score_loss(fit, p))
    assert found.prevalence_log_loss == pytest.approx(math.log(2))
    assert found.profit_gini.value == pytest.approx(
        profit_gini(given_["margin"], given_["ranking"])
    )
    assert found.prevalence.value == fit.mean()
    assert found.p_beats_prevalence == 1.0
    top = [margin_of_top(given_["margin"], given_["ranking"], share=s) for s in (0.1, 0.2, 0.3)]
    assert found.capacities["margin_mean"].tolist() == pytest.approx(top)
    for name in ("auc", "ranking_auc", "log_loss", "brier", "profit_gini"):
        estimate = getattr(found, name)
        assert estimate.low < estimate.value < estimate.high
        assert (estimate.n, estimate.level) == (300, 0.9)


def test_the_margin_curve_has_a_band_and_meets_its_ends():
    given_ = world()
    curve = judgement(**given_).margin_curve
    assert curve.cumulative[[0, -1]].tolist() == pytest.approx([0, given_["margin"].sum()])
    assert (curve.low <= curve.cumulative + 1e-6).mean() > 0.95
    assert (curve.cumulative <= curve.high + 1e-6).mean() > 0.95
    assert (curve.perfect >= curve.cumulative - 1e-6).all()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_row_order_changes_nothing_at_all(seed, grouped):
    rng = np.random.default_rng(seed)
    given_ = world(n=120, seed=seed, n_boot=25)
    # Few distinct values, so that ties are everywhere.
    given_["ranking"] = rng.integers(0, 4, 120).astype(float)
    given_["fit_probability"] = rng.integers(1, 5, 120) / 5
    if grouped:
        given_["group"] = np.array([f"p{i}" for i in rng.integers(0, 110, 120)])
    shuffle = rng.permutation(120)
    moved = {k: v[shuffle] if k in ROWS else v for k, v in given_.items()}
    assert as_record(judgement(**moved)) == as_record(judgement(**given_))


def test_the_same_seed_gives_the_same_judgement():
    assert as_record(judgement(**world())) == as_record(judgement(**world()))
    assert judgement(**world(seed=1)).auc != judgement(**world(seed=2)).auc


def test_too_few_of_a_class_leave_figures_without_intervals():
    found = judgement(**world(n=70))
    assert not math.isnan(found.auc.value)
    assert found.auc.low is None
    assert "insufficient" in found.auc.note
    assert math.isnan(found.p_beats_prevalence)
    assert found.margin_curve.low is None
    assert found.capacities["margin_low"].isna().all()
    assert [gate.passed for gate in found.gates] == [False, True]


def test_gates_are_kept_and_added_to():
    mine = Gate("mine", True, "It is fine.")
    found = judgement(**world(gates=(mine,)))
    assert found.gates[0] == mine
    assert [gate.name for gate in found.gates[1:]] == ["enough accounts", "not too good to be true"]
    assert all(gate.passed for gate in found.gates)
    copied = world()
    copied["fit_probability"] = np.where(copied["is_fit"], 0.9, 0.1)
    assert not judgement(**copied).gates[-1].passed


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([2, 20, 130]), st.sampled_from(["some", "none", "no"]))
def test_the_record_goes_to_json_and_back(seed, n, icp):
    given_ = world(n=n, seed=seed, n_boot=20, gates=(Gate("mine", True, "Fine.", warned=True),))
    if icp == "none":
        given_["icp_selected"] = np.zeros(n, bool)
    if icp == "no":
        given_["icp_selected"] = None
    found = judgement(**given_)
    text = json.dumps(as_record(found), allow_nan=False)
    back = from_record(json.loads(text))
    assert as_record(back) == as_record(found)
    assert type(back.auc) is type(found.auc)
    assert back.deciles.dtypes.tolist() == found.deciles.dtypes.tolist()
    assert back.capacities.equals(found.capacities)
    assert back.gates == found.gates
    assert headline(back) == headline(found)
    for field in dataclasses.fields(found):
        assert isinstance(getattr(back, field.name), type(getattr(found, field.name)))


@pytest.mark.parametrize("damage", [{"auc": None}, {"gates": [{"nmae": 1}]}, {"more": 1}])
def test_a_damaged_record_is_one_line(damage):
    record = as_record(judgement(**world(n=20, n_boot=5))) | damage
    with pytest.raises(ModelError, match="the stored judgement can't be read"):
        from_record(record)


def test_headlines():
    found = judgement(**world())
    text = headline(found)
    assert text.startswith("On a later hold-out of 300 accounts the ranking tells")
    assert "chosen by ICP 2025: a difference of" in text
    assert "EUR" in text
    assert text.endswith("approximately; the model is better.")
    folds = judgement(**world(holdout=False, basis="5x5 cross-validation", icp_selected=None))
    assert headline(folds).startswith("By 5x5 cross-validation (no hold-out) the ranking")
    assert headline(folds).endswith("There is no current ICP to compare with.")
    none = judgement(**world(icp_selected=np.zeros(300, bool)))
    assert headline(none).endswith("so there is nothing to compare.")


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="margin: 1 of 300 figures are missing"):
        judgement(**world() | {"margin": np.where(np.arange(300) == 3, np.nan, 1.0)})
    with pytest.raises(ValueError, match="probability: expected 0 to 1"):
        judgement(**world() | {"fit_probability": np.full(300, 1.2)})


def test_intervals_of_auc_log_loss_and_brier_hold_the_truth():
    rng = np.random.default_rng(3)
    big = rng.normal(size=150_000)
    p_big = 1 / (1 + np.exp(-big))
    truth = judgement(
        **world(n=2)
        | {
            "ranking": p_big,
            "fit_probability": p_big,
            "is_fit": rng.random(150_000) < p_big,
            "margin": big,
            "icp_selected": None,
            "n_boot": 1,
        }
    )
    held = {"auc": 0, "log_loss": 0, "brier": 0}
    for seed in range(100):
        rng = np.random.default_rng(seed)
        p = 1 / (1 + np.exp(-rng.normal(size=150)))
        found = judgement(
            **world(n=2)
            | {
                "ranking": p,
                "fit_probability": p,
                "is_fit": rng.random(150) < p,
                "margin": p,
                "icp_selected": None,
                "n_boot": 200,
            }
        )
        for name in held:
            estimate = getattr(found, name)
            held[name] += estimate.low <= getattr(truth, name).value <= estimate.high
    # 90 % nominal; 100 runs have a standard error of 3 points.
    assert min(held.values()) >= 82, held


def test_two_thousand_replicates_of_eight_hundred_accounts_are_quick():
    given_ = world(n=800, n_boot=2000)
    started = time.process_time()
    judgement(**given_)
    assert time.process_time() - started < 3.0
