"""Training: the same accounts give the same model, byte for byte, in any order."""

from __future__ import annotations

import numpy as np
import pytest

from icpfit.errors import EvidenceRefused
from icpfit.fit.bundle import write_bundle
from icpfit.fit.features import feature_matrix
from icpfit.fit.out_of_fold import TrainingAccounts, cross_validated
from icpfit.fit.probability import fit_probability
from icpfit.fit.scores import scores


def files(model, folder):
    write_bundle(model, folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def auc(is_fit, score):
    """Share of pairs in the right order, straight from the definition."""
    above = score[is_fit][:, None] - score[~is_fit][None, :]
    return float(np.mean((above > 0) + 0.5 * (above == 0)))


def test_the_same_accounts_in_another_order_give_the_same_bytes(
    accounts, small, training, tmp_path
):
    order = np.random.default_rng(9).permutation(len(accounts.ids))
    again = training(accounts, order)
    assert [b.model_to_string() for b in again.model.fit_boosters] == [
        b.model_to_string() for b in small.model.fit_boosters
    ]
    assert files(again.model, tmp_path / "b") == files(small.model, tmp_path / "a")
    for name in ("oof_fit_raw", "oof_fit", "oof_margin", "folds"):
        np.testing.assert_array_equal(getattr(again, name), getattr(small, name)[order])


def test_out_of_fold_predictions(accounts, small):
    assert np.bincount(small.folds).tolist() == [80] * 5
    np.testing.assert_array_equal(small.oof_fit, fit_probability(small.oof_fit_raw))
    assert small.oof_margin.sum() == pytest.approx(accounts.margin.sum())
    assert auc(accounts.is_fit, small.oof_fit) > 0.7


def test_what_travels_with_the_model(small):
    model = small.model
    assert (model.trained_on, model.threads, model.kind, model.grading, model.version) == (
        400,
        1,
        "none",
        None,
        "",
    )
    assert (model.currency, model.horizon, model.as_of, model.company) == (
        "EUR",
        "12mo",
        "2026-06-30",
        "generated",
    )
    assert (len(model.fit_boosters), len(model.margin_boosters)) == (5, 1)
    assert sum(model.driver_shares.values()) == pytest.approx(1)
    assert model.driver_shares["noise"] < 0.1 < model.driver_shares["industry"]
    assert set(model.driver_shares) == set(model.contract.names)
    assert small.iterations["fit_if_won"] == small.settings["fit_if_won"]["iterations"]
    trees = {b.num_trees() for b in model.fit_boosters}
    assert trees <= set(range(1, small.settings["fit_if_won"]["refit_iterations"] + 1))


@pytest.mark.slow
def test_driver_shares_follow_the_objective(accounts, training, small):
    by_fit = training(accounts, objective="fit")
    assert by_fit.model.driver_shares != small.model.driver_shares
    assert [b.model_to_string() for b in by_fit.model.fit_boosters] == [
        b.model_to_string() for b in small.model.fit_boosters
    ]


def test_a_declared_direction_holds_in_both_numbers(small, matrix):
    low, high = matrix.copy(), matrix.copy()
    low[:, 1], high[:, 1] = -5.0, 30.0
    below, above = scores(small.model, low), scores(small.model, high)
    assert (above.fit_if_won >= below.fit_if_won).all()
    assert (above.margin_if_won >= below.margin_if_won).all()
    assert (above.fit_if_won > below.fit_if_won).any()


def test_progress_is_told(told_small):
    _, told = told_small
    shares = [share for share in told if not isinstance(share, str)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert "fit_if_won: cross-validation" in told


@pytest.mark.slow
def test_another_seed_draws_other_folds(accounts, small, matrix):
    rows = TrainingAccounts(
        matrix, accounts.is_fit, accounts.margin, None, small.model.contract, accounts.ids
    )
    same = cross_validated(rows, seed=0)
    np.testing.assert_array_equal(same.oof_fit_raw, small.oof_fit_raw)
    other = cross_validated(rows, seed=1)
    assert not np.array_equal(other.folds, small.folds)
    assert not np.array_equal(other.oof_fit_raw, small.oof_fit_raw)


@pytest.mark.slow
def test_parents_share_a_fold(accounts, small, matrix):
    parents = [f"p{i // 4}" for i in range(400)]
    rows = TrainingAccounts(
        matrix, accounts.is_fit, accounts.margin, parents, small.model.contract, accounts.ids
    )
    folds = cross_validated(rows).folds.reshape(100, 4)
    assert (folds == folds[:, :1]).all()


def test_too_few_accounts_are_refused(generated, training):
    with pytest.raises(EvidenceRefused, match="150 accounts"):
        training(generated(150))


def test_one_class_only_is_refused(generated, training):
    accounts = generated(400)
    accounts.is_fit = np.ones(400, dtype=bool)
    with pytest.raises(EvidenceRefused, match="400 accounts, 0 of the smaller class"):
        training(accounts)


def test_repeated_ids_and_crooked_shapes_are_refused(accounts, small, matrix):
    told = (accounts.is_fit, accounts.margin, None, small.model.contract)
    with pytest.raises(ValueError, match="stands twice"):
        cross_validated(TrainingAccounts(matrix, *told, ["a"] * 400))
    with pytest.raises(ValueError, match="differ in shape"):
        cross_validated(TrainingAccounts(matrix[:, :3], *told, accounts.ids))


@pytest.mark.slow
def test_margins_all_alike_still_train(generated, training):
    accounts = generated(300)
    accounts.margin = np.full(300, 50.0)
    done = training(accounts)
    np.testing.assert_allclose(done.oof_margin, 50.0)
    assert sum(done.model.driver_shares.values()) == 0


@pytest.mark.slow
def test_probability_is_recovered_on_fresh_accounts(generated, training):
    done = training(generated(2_000, seed=1))
    fresh = generated(4_000, seed=2)
    found = scores(
        done.model, feature_matrix(fresh.facts, fresh.dates["decided_on"], done.model.contract)
    )
    best = auc(fresh.is_fit, fresh.truth)
    assert auc(fresh.is_fit, found.fit_if_won) > best - 0.03
    # Calibration in thirds: the mean probability is the fit rate, within 3 standard errors plus .02.
    for part in np.array_split(np.argsort(found.fit_if_won), 3):
        assert found.fit_if_won[part].mean() == pytest.approx(fresh.is_fit[part].mean(), abs=0.06)


@pytest.mark.slow
def test_without_signal_the_probabilities_stay_near_the_prevalence(generated, training):
    accounts = generated(800, seed=3, strength=0.0)
    done = training(accounts)
    assert np.abs(done.oof_fit - accounts.is_fit.mean()).max() < 0.15
