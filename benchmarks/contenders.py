"""Who is compared: icpfit as its own training makes it, and what others would have reached for."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from lightgbm import LGBMClassifier
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from benchmarks.market import CATEGORIES, NUMBERS
from icpfit.evidence.signal import Signal, signal
from icpfit.fit.features import feature_contract, feature_matrix
from icpfit.fit.model import TrainedModel, trained_model
from icpfit.fit.scores import Scores, scores

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.worlds import World

__all__ = ["OTHERS", "Trained", "said", "trained"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trained:
    """icpfit's model of a generated company.

    Parameters
    ----------
    trained : TrainedModel
        With its out-of-fold predictions.
    signal : Signal
        What the no-signal gate says of it.
    prevalence : float
        Fit rate of the customers learned from.
    """

    trained: TrainedModel
    signal: Signal
    prevalence: float


def trained(drawn: World, seed: int = 0) -> Trained:
    """Train icpfit on all of these customers, as its own training does on those it learns from.

    Parameters
    ----------
    drawn : World
        Customers of a generated company.
    seed : int
        Of folds, forests and bootstrap.

    Returns
    -------
    Trained
        The model and its signal.
    """
    contract = feature_contract(drawn.facts, drawn.dates, drawn.attributes)
    made = trained_model(
        feature_matrix(drawn.facts, drawn.dates["decided_on"], contract),
        drawn.is_fit,
        drawn.margin,
        None,
        contract,
        account_ids=list(drawn.facts.index),
        objective="margin",
        currency="EUR",
        horizon="12mo",
        as_of="2026-01-01",
        company=f"world {drawn.name}",
        label_text="generated",
        seed=seed,
    )
    inside, size = np.bincount(made.folds, drawn.is_fit), np.bincount(made.folds)
    rate = ((inside.sum() - inside) / (size.sum() - size))[made.folds]
    found = signal(made.oof_fit, drawn.is_fit, rate, seed=seed)
    return Trained(made, found, float(drawn.is_fit.mean()))


def said(model: Trained, drawn: World) -> Scores:
    """Score customers as icpfit scores a list.

    Parameters
    ----------
    model : Trained
        From `trained`.
    drawn : World
        Customers of the same company.

    Returns
    -------
    Scores
        Probability, margin and ranking number of each.
    """
    contract = model.trained.model.contract
    return scores(
        model.trained.model, feature_matrix(drawn.facts, drawn.dates["decided_on"], contract)
    )


def lightgbm_default(learned: World, judged: World, seed: int) -> Floats:
    """LightGBM as it comes, categories as its own category type."""
    model = LGBMClassifier(
        random_state=seed, n_jobs=1, verbose=-1, deterministic=True, force_col_wise=True
    )
    contract = feature_contract(learned.facts, learned.dates, learned.attributes)
    told = [feature_matrix(w.facts, w.dates["decided_on"], contract) for w in (learned, judged)]
    # The booster itself, as scikit-learn's wrapper complains of arrays without column names.
    model.fit(told[0], learned.is_fit, categorical_feature=contract.category_columns)
    return np.asarray(model.booster_.predict(told[1], num_threads=1), dtype=np.float64)


def logistic_regression(learned: World, judged: World, seed: int) -> Floats:
    """Ridge logistic regression, one column per level, its penalty chosen by 5-fold log-loss."""
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), list(NUMBERS)),
        (OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=5), list(CATEGORIES)),
    )
    told = [_texts(w) for w in (learned, judged)]
    search = GridSearchCV(
        make_pipeline(columns, LogisticRegression(max_iter=2_000)),
        {"logisticregression__C": np.logspace(-3, 1, 9)},
        scoring="neg_log_loss",
        cv=StratifiedKFold(5, shuffle=True, random_state=seed),
        n_jobs=1,
    )
    search.fit(told[0], learned.is_fit)
    return np.asarray(search.predict_proba(told[1])[:, 1], dtype=np.float64)


def catboost(learned: World, judged: World, seed: int) -> Floats:
    """CatBoost with its ordered encoding of categories: depth 4, 500 trees at a rate of .03."""
    from catboost import CatBoostClassifier  # noqa: PLC0415 - not among icpfit's dependencies

    model = CatBoostClassifier(
        depth=4,
        iterations=500,
        learning_rate=0.03,
        random_seed=seed,
        thread_count=1,
        verbose=False,
        allow_writing_files=False,
        cat_features=list(CATEGORIES),
    )
    model.fit(_texts(learned), learned.is_fit.astype(int))
    return np.asarray(model.predict_proba(_texts(judged))[:, 1], dtype=np.float64)


OTHERS: dict[str, Callable[[World, World, int], Floats]] = {
    "LightGBM": lightgbm_default,
    "logistic": logistic_regression,
}
if importlib.util.find_spec("catboost") is not None:
    OTHERS["CatBoost"] = catboost


def _texts(drawn: World) -> Any:
    facts = drawn.facts.copy()
    for name in CATEGORIES:
        facts[name] = facts[name].fillna("(missing)").astype(object)
    return facts
