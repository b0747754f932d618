"""Rows and forests to measure speed on: 25 columns as a list of companies has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LEVELS", "NUMBERS", "forest_text", "market_rows"]

Floats = npt.NDArray[np.float64]

NUMBERS = 17
LEVELS = (5, 8, 12, 20, 30, 60, 120, 200)
TRAINING_ROWS = 20_000


def market_rows(n: int, seed: int) -> Floats:
    """Return made-up rows: 17 numbers, 10 to 30 % of them missing, and 8 categories, 3 % missing.

    Parameters
    ----------
    n : int
        Rows.
    seed : int
        Of the draws.

    Returns
    -------
    numpy.ndarray of float64, shape (n, 25)
        Levels as codes.
    """
    draw = np.random.default_rng(seed)
    rows = np.empty((n, NUMBERS + len(LEVELS)))
    for column in range(NUMBERS):
        rows[:, column] = draw.normal(size=n) if column % 2 else draw.lognormal(1, 1, n)
        rows[draw.random(n) < 0.1 + 0.2 * column / (NUMBERS - 1), column] = np.nan
    for column, levels in enumerate(LEVELS, NUMBERS):
        rows[:, column] = draw.integers(0, levels, n)
        rows[draw.random(n) < 0.03, column] = np.nan
    return rows


def forest_text(trees: int, leaves: int) -> str:
    """Return a LightGBM classifier of so many trees, as its own text.

    Parameters
    ----------
    trees, leaves : int
        Its size.

    Returns
    -------
    str
        Trained on 20,000 rows: mostly additive, with one interaction.
    """
    rows = market_rows(TRAINING_ROWS, 0)
    draw = np.random.default_rng(99)
    full = np.nan_to_num(rows)
    score = 0.5 * full[:, 1] * full[:, 3] - 1.5
    for column in range(NUMBERS):
        score += 0.3 * draw.normal() * np.tanh(full[:, column] - np.median(full[:, column]))
    for column, levels in enumerate(LEVELS, NUMBERS):
        score += 0.3 * draw.normal(size=levels)[full[:, column].astype(int)]
    won = draw.random(len(rows)) < 1 / (1 + np.exp(-score))
    told = {
        "objective": "binary",
        "num_leaves": leaves,
        "learning_rate": 0.05,
        "num_threads": 1,
        "verbosity": -1,
        "seed": 1,
    }
    data = lgb.Dataset(rows, won, categorical_feature=_categories(), params=told)
    booster: Any = lgb.train(told, data, trees)
    return str(booster.model_to_string())


def _categories() -> Sequence[int]:
    return list(range(NUMBERS, NUMBERS + len(LEVELS)))
