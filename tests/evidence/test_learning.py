"""The signal of predictions out of fold, also where most accounts are in no fold."""

from types import SimpleNamespace

import numpy as np

from icpfit.evidence.learning import out_of_fold_signal
from icpfit.evidence.signal import signal


def test_accounts_in_no_fold_count_in_the_rate_and_are_not_judged():
    rng = np.random.default_rng(1)
    is_fit = rng.random(1_000) < 0.4
    folds = np.where(np.arange(1_000) < 100, 0, -1)
    said = np.where(folds == 0, np.where(is_fit, 0.6, 0.2), np.nan)
    found = out_of_fold_signal(SimpleNamespace(folds=folds, oof_fit=said), is_fit)
    assert (found.n, found.tier) == (100, "signal")
    # what the held-out tenth's model could learn from: the 900 others
    assert found == signal(said[:100], is_fit[:100], is_fit[100:].mean())


def test_each_fold_is_held_against_the_rate_of_the_others():
    rng = np.random.default_rng(2)
    is_fit, folds = rng.random(300) < 0.5, np.arange(300) % 5
    said = rng.uniform(0.3, 0.7, 300)
    rates = np.array([is_fit[folds != fold].mean() for fold in folds])
    found = out_of_fold_signal(SimpleNamespace(folds=folds, oof_fit=said), is_fit)
    assert found == signal(said, is_fit, rates)
