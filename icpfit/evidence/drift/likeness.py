"""Customers against a list: how well a model tells the accounts learned from and the list apart.

A figure of the whole list. What a row's score is worth is said by its own caution.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from icpfit.fit.forests import lightgbm
from icpfit.measure.ranking import auc

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from icpfit.fit.contract import FeatureContract

__all__ = ["FEWEST_ROWS", "Likeness", "likeness"]

Floats = npt.NDArray[np.float64]
Band = Literal["alike", "differs", "unlike"]

FEWEST_ROWS = 50
MOST_ROWS = 2_000
BANDS = (0.60, 0.75)
_FOLDS = 5
_TREES = 150
_RELABELLINGS = 20
_SETTINGS = {
    "objective": "binary",
    "num_leaves": 8,
    "learning_rate": 0.05,
    "min_data_in_leaf": 10,
    "min_data_per_group": 10,
    "lambda_l2": 1.0,
    "feature_fraction": 0.8,
    "num_threads": 1,
    "deterministic": True,
    "force_col_wise": True,
    "verbosity": -1,
}


@dataclass(frozen=True, eq=False)
class Likeness:
    """How well accounts learned from and a list can be told apart by their facts.

    Parameters
    ----------
    auc : float
        .5 when they can't, 1 when always.
    null_95 : float
        What it stays below by luck alone in 95 of 100 cases, found by mixing the two up 20 times.
    band : {"alike", "differs", "unlike"}
        Below .60, or what luck may give; to .75; above.
    columns : tuple of (str, float)
        Features and their share of what tells the two apart, the largest first.
    n_learned, n_listed : int
        Rows compared.
    ratio : numpy.ndarray of float64, shape (n,)
        How much more usual accounts like this one are on the list than among those learned from,
        for the rows asked for.
    """

    auc: float
    null_95: float
    band: Band
    columns: tuple[tuple[str, float], ...]
    n_learned: int
    n_listed: int
    ratio: Floats


def likeness(
    learned: Floats,
    listed: Floats,
    contract: FeatureContract,
    *,
    absent: Collection[str] = (),
    asked: Floats | None = None,
    seed: int = 0,
) -> Likeness | None:
    """Return how well a forest tells the accounts learned from and a list apart.

    150 trees of 8 leaves, cross-fitted in five folds: no row is told apart by a forest that has
    learned from it.

    Parameters
    ----------
    learned, listed : numpy.ndarray of float64, shape (n, p) and (m, p)
        As `compared_columns` gives them; of a longer list 2,000 rows are taken, evenly.
    contract : FeatureContract
        What the columns are.
    absent : collection of str
        Features that the list has no column for; they are left out.
    asked : numpy.ndarray of float64, shape (k, p), optional
        Rows whose `ratio` is wanted, by all five forests; by default `learned`, each by the forest
        that hasn't seen it.
    seed : int
        Of folds and forests.

    Returns
    -------
    Likeness or None
        None when a side has fewer than 50 rows, or no column is left.

    Notes
    -----
    The order of the list doesn't matter: its rows are sorted by what they hold first. ``ratio`` is
    odds times n/m. The null is the mean of 20 relabellings plus the .95 quantile of t times their
    spread: the textbook variance of an AUC is too small for a cross-fitted one (at 300 against 100
    rows it alarmed 17 times in 100).

    References
    ----------
    Lopez-Paz & Oquab (2017), Revisiting classifier two-sample tests. ICLR.

    Examples
    --------
    >>> from icpfit.fit.contract import Feature, FeatureContract
    >>> contract = FeatureContract((Feature("employees", "number"),), {})
    >>> sizes = np.arange(200.0)[:, None]
    >>> found = likeness(sizes, sizes + 150, contract)
    >>> found.band, found.columns
    ('unlike', (('employees', 1.0),))
    """
    features = [feature for feature in contract.features if feature.name not in absent]
    if min(len(learned), len(listed)) < FEWEST_ROWS or not features:
        return None
    places = [feature.column for feature in features]
    categories = [i for i, feature in enumerate(features) if feature.kind == "category"]
    first, second = (_in_order(side[:, places]) for side in (learned, listed))
    rows = np.vstack([first.rows, second.rows])
    is_listed = np.repeat([0.0, 1.0], [len(first.rows), len(second.rows)])
    wanted = None if asked is None else asked[:, places]
    odds = np.empty(len(rows))
    weight = np.zeros(len(features))
    elsewhere = np.zeros(0 if wanted is None else len(wanted))
    for held, forest in _crossed_forests(rows, is_listed, categories, seed):
        moved = np.asarray(forest.predict(rows[held], pred_contrib=True, num_threads=1))
        odds[held] = moved.sum(axis=1)
        weight += np.abs(moved[:, :-1]).sum(axis=0)
        if wanted is not None:
            elsewhere += forest.predict(wanted, raw_score=True, num_threads=1) / _FOLDS
    told_apart = auc(is_listed, odds)
    null = _null_auc(rows, is_listed, categories, seed)
    total = float(weight.sum())
    shares = weight / total if total > 0 else weight
    ranked = sorted(zip(features, shares.tolist(), strict=True), key=lambda f: (-f[1], f[0].name))
    own = first.restored(odds[: len(first.rows)]) if wanted is None else elsewhere
    prior = len(first.rows) / len(second.rows)
    return Likeness(
        float(told_apart),
        null,
        _band(float(told_apart), null),
        tuple((feature.name, share) for feature, share in ranked if share > 0),
        len(first.rows),
        len(second.rows),
        np.exp(np.clip(own, -30, 30)) * prior,
    )


@dataclass(frozen=True, eq=False)
class _Ordered:
    rows: Floats
    order: npt.NDArray[np.intp]

    def restored(self, values: Floats) -> Floats:
        restored = np.full(len(self.order), np.nan)
        restored[self.order] = values
        return restored


def _in_order(side: Floats) -> _Ordered:
    """Sort rows by what they hold, and take them evenly where there are too many."""
    order = np.lexsort(np.where(np.isnan(side), -np.inf, side).T[::-1])
    if len(order) > MOST_ROWS:
        order = order[np.linspace(0, len(order) - 1, MOST_ROWS).round().astype(np.intp)]
    return _Ordered(side[order], order)


def _folds(is_listed: Floats, seed: int) -> npt.NDArray[np.int64]:
    draw = np.random.default_rng(seed)
    folds = np.empty(len(is_listed), dtype=np.int64)
    for side in (0.0, 1.0):
        rows = draw.permutation(np.flatnonzero(is_listed == side))
        folds[rows] = np.arange(len(rows)) % _FOLDS
    return folds


def _crossed_forests(
    rows: Floats, is_listed: Floats, categories: list[int], seed: int
) -> Iterator[tuple[npt.NDArray[np.bool_], Any]]:
    folds = _folds(is_listed, seed)
    for fold in range(_FOLDS):
        held = folds == fold
        yield held, _forest(rows[~held], is_listed[~held], categories, seed)


def _null_auc(rows: Floats, is_listed: Floats, categories: list[int], seed: int) -> float:
    """Give what the AUC stays below in 95 of 100 cases when the sides are mixed up."""
    from scipy.stats import t

    draw = np.random.default_rng([seed, 1])
    found, odds = [], np.empty(len(rows))
    for _ in range(_RELABELLINGS):
        mixed = draw.permutation(is_listed)
        for held, forest in _crossed_forests(rows, mixed, categories, seed):
            odds[held] = forest.predict(rows[held], raw_score=True, num_threads=1)
        found.append(auc(mixed, odds))
    reach = t.ppf(0.95, _RELABELLINGS - 1) * math.sqrt(1 + 1 / _RELABELLINGS)
    return float(np.mean(found) + reach * np.std(found, ddof=1))


def _forest(rows: Floats, is_listed: Floats, categories: list[int], seed: int) -> Any:
    lgb = lightgbm()
    told = {**_SETTINGS, "seed": seed}
    data = lgb.Dataset(rows, label=is_listed, categorical_feature=categories, params=told)
    return lgb.train(told, data, _TREES)


def _band(told_apart: float, null: float) -> Band:
    if told_apart < max(BANDS[0], null):
        return "alike"
    return "differs" if told_apart <= BANDS[1] else "unlike"
