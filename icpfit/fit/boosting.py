"""Boosted trees whose settings grow with the data, as LightGBM's parameters.

The settings by size were measured on generated companies whose truth is known: LightGBM's own
defaults are made for a hundred times the rows that a company has customers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from icpfit.errors import EvidenceRefused
from icpfit.fit.forests import forest, lightgbm, raw_scores

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.fit.contract import FeatureContract

__all__ = [
    "BoosterSettings",
    "booster_settings",
    "forest",
    "lightgbm",
    "parameters",
    "raw_scores",
]

SMALLEST_ROWS, SMALLEST_CLASS = 200, 50


@dataclass(frozen=True)
class BoosterSettings:
    """Settings of one forest, in LightGBM's terms.

    Parameters
    ----------
    name : {"strict", "relaxed"}
        Which of the two candidates this is.
    leaves, depth : int
        Most leaves and greatest depth of a tree; depth -1 is unbounded.
    rate : float
        Learning rate.
    l2 : float
        Penalty on leaf values.
    category_smoothing : float
        LightGBM's cat_smooth and cat_l2.
    extra_trees : bool
        One random threshold per split instead of the best.
    leaf_rows, category_rows : int
        Fewest rows in a leaf and in a category's group.
    feature_share, row_share : float
        Share of features per tree, and of rows per iteration, 0 to 1.
    """

    name: Literal["strict", "relaxed"]
    leaves: int
    depth: int
    rate: float
    l2: float
    category_smoothing: float
    extra_trees: bool
    leaf_rows: int
    category_rows: int
    feature_share: float
    row_share: float


def booster_settings(n: int, n_minority: int) -> tuple[BoosterSettings, ...]:
    """Return the candidate settings for so many rows: one, or two that compete.

    Parameters
    ----------
    n : int
        Training rows.
    n_minority : int
        Rows of the smaller class.

    Returns
    -------
    tuple of BoosterSettings
        Two from 7,500 to 30,000 rows: the strict one is better where the truth is smooth, the
        relaxed one where it has edges.

    Raises
    ------
    EvidenceRefused
        Below 200 rows, or 50 of the smaller class.

    Examples
    --------
    >>> settings = booster_settings(600, 200)[0]
    >>> settings.leaves, settings.extra_trees, settings.leaf_rows
    (4, True, 10)
    >>> [candidate.name for candidate in booster_settings(10_000, 3_500)]
    ['strict', 'relaxed']
    >>> booster_settings(150, 70)
    Traceback (most recent call last):
    ...
    icpfit.errors.EvidenceRefused: training: 150 accounts, 70 of the smaller class; ...
    """
    if n < SMALLEST_ROWS or n_minority < SMALLEST_CLASS:
        raise EvidenceRefused(
            f"training: {n} accounts, {n_minority} of the smaller class; a model needs at least "
            f"{SMALLEST_ROWS} and {SMALLEST_CLASS}; wait for more mature accounts or shorten the "
            "horizon"
        )
    twentieth = round(0.05 * n_minority)
    hundredth = round(0.01 * n)
    if n < 750:
        leaf, group = max(8, twentieth), max(5, hundredth)
        return (BoosterSettings("strict", 4, 3, 0.03, 10, 5, True, leaf, group, 0.5, 0.8),)
    if n < 2_500:
        leaf = max(1, twentieth)
        return (BoosterSettings("strict", 6, 4, 0.03, 1, 20, False, leaf, hundredth, 0.8, 0.8),)
    if n < 7_500:
        leaf = min(200, twentieth)
        return (BoosterSettings("strict", 8, 5, 0.04, 1, 20, False, leaf, hundredth, 0.8, 0.8),)
    if n < 30_000:
        return (
            BoosterSettings("strict", 16, 6, 0.05, 5, 20, False, 200, 100, 0.5, 0.8),
            BoosterSettings("relaxed", 16, 6, 0.05, 1, 10, False, 100, 100, 1, 1),
        )
    if n < 200_000:
        return (BoosterSettings("relaxed", 31, 8, 0.06, 1, 10, False, 100, 100, 1, 1),)
    return (BoosterSettings("relaxed", 63, -1, 0.08, 1, 10, False, 200, 100, 1, 1),)


def parameters(
    settings: BoosterSettings, contract: FeatureContract, seed: int, objective: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the settings as LightGBM's parameters, with everything fixed that could vary.

    Parameters
    ----------
    settings : BoosterSettings
        Settings by size.
    contract : FeatureContract
        Its declared directions become monotone constraints.
    seed : int
        Seed of all draws.
    objective : mapping
        ``objective``, ``metric`` and what belongs to them.

    Returns
    -------
    dict
        Parameters for training.

    Examples
    --------
    >>> from icpfit.fit.contract import Feature, FeatureContract
    >>> contract = FeatureContract((Feature("size", "number", direction="+"),), {})
    >>> told = parameters(booster_settings(600, 200)[0], contract, 1, {"objective": "binary"})
    >>> told["monotone_constraints"], told["num_threads"], told["deterministic"]
    ([1], 1, True)
    """
    told: dict[str, Any] = {
        **objective,
        "num_leaves": settings.leaves,
        "max_depth": settings.depth,
        "learning_rate": settings.rate,
        "lambda_l2": settings.l2,
        "cat_smooth": settings.category_smoothing,
        "cat_l2": settings.category_smoothing,
        "max_cat_threshold": 16,
        "extra_trees": settings.extra_trees,
        "min_data_in_leaf": settings.leaf_rows,
        "min_data_per_group": settings.category_rows,
        "feature_fraction": settings.feature_share,
        "bagging_fraction": settings.row_share,
        "bagging_freq": 1 if settings.row_share < 1 else 0,
        "seed": seed,
        "num_threads": 1,
        "deterministic": True,
        "force_col_wise": True,
        "verbosity": -1,
    }
    if any(contract.directions):
        told["monotone_constraints"] = contract.directions
    return told
