"""What is known of the customers of a generated company, relevant or not."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt
import pandas as pd

from icpfit.data.contract import Attribute

__all__ = [
    "CATEGORIES",
    "NUMBERS",
    "category_levels",
    "declared",
    "level_effects",
    "market_facts",
    "standard_units",
]

Floats = npt.NDArray[np.float64]

NUMBERS = {
    # name: (relevant, missing share, unit)
    "employees": (True, 0.0, "people"),
    "web_intent": (True, 0.12, "points"),
    "technologies": (True, 0.18, "tools"),
    "growth": (True, 0.20, "%"),
    "age": (True, 0.05, "years"),
    "credit_score": (True, 0.10, "points"),
    "turnover": (False, 0.0, "M"),
    "sites": (False, 0.0, "sites"),
    "job_adverts": (False, 0.25, "adverts"),
    "funding": (False, 0.35, "M"),
    "distance": (False, 0.0, "km"),
    "page_speed": (False, 0.08, "s"),
}
CATEGORIES = {
    # name: (relevant, missing share, number of levels, evenness: the larger, the more even)
    "industry": (True, 0.03, 20, 0.5),
    "ownership": (True, 0.05, 5, 0.8),
    "business_model": (True, 0.04, 6, 0.8),
    "region": (True, 0.0, 25, 0.4),
    "crm_system": (False, 0.10, 12, 0.5),
    "language": (False, 0.0, 8, 0.3),
    "lead_source": (False, 0.02, 10, 0.7),
    "legal_form": (False, 0.05, 7, 0.5),
}


def market_facts(rng: np.random.Generator, n: int, seed: int) -> pd.DataFrame:
    """Draw what is known before the sale.

    Parameters
    ----------
    rng : numpy.random.Generator
        Of the draw.
    n : int
        Rows.
    seed : int
        The company, whose categories have shares of their own.

    Returns
    -------
    DataFrame, shape (n, 20)
        Indexed by account_id in plain string order.
    """
    e = rng.normal(size=(12, n))
    size = e[0]
    drawn: dict[str, npt.NDArray[np.float64] | npt.NDArray[np.object_]] = {
        "employees": np.round(np.exp(5.2 + 1.2 * size)) + 1,
        "web_intent": np.round(100 / (1 + np.exp(-(e[1] - 0.3))), 1),
        "technologies": np.round(np.maximum(0, 9 + 4.5 * (0.2 * size + 0.98 * e[2]))),
        "growth": np.round(8 + 18 * e[3], 1),
        "age": np.round(np.exp(2.5 + 0.8 * (0.3 * size + 0.95 * e[4])), 0),
        "credit_score": np.round(np.clip(250 + 60 * e[5], 0, 500)),
        "turnover": np.round(np.exp(3.5 + 1.3 * (0.5 * size + 0.87 * e[6])), 2),
        "sites": np.floor(np.exp(0.8 + 0.7 * (0.5 * size + 0.87 * e[7]))),
        "job_adverts": np.floor(np.exp(1.0 + 1.0 * (0.4 * size + 0.92 * e[8]))),
        "funding": np.round(np.exp(1.0 + 1.5 * e[9]), 1),
        "distance": np.round(np.abs(300 + 250 * e[10]), 0),
        "page_speed": np.round(np.exp(0.7 + 0.5 * e[11]), 2),
    }
    for name, (_, missing, _) in NUMBERS.items():
        drawn[name] = np.where(rng.random(n) < missing, np.nan, drawn[name])
    for name, (_, missing, _, _) in CATEGORIES.items():
        shares, levels = category_levels(name, seed)
        values = np.array(levels, dtype=object)[rng.choice(len(levels), size=n, p=shares)]
        values[rng.random(n) < missing] = None
        drawn[name] = values
    return pd.DataFrame(drawn, index=[f"a{i:07}" for i in range(n)])


@functools.cache
def category_levels(name: str, seed: int) -> tuple[Floats, list[str]]:
    """Return the shares of a category's levels and their names.

    Parameters
    ----------
    name : str
        One of `CATEGORIES`.
    seed : int
        The company.

    Returns
    -------
    shares : ndarray of float, shape (levels,)
        They sum to 1.
    names : list of str
        Which of them are the frequent ones differs from company to company.
    """
    _, _, count, evenness = CATEGORIES[name]
    rng = np.random.default_rng([3, list(CATEGORIES).index(name), seed])
    names = [f"{name.replace('_', ' ')} {i + 1}" for i in range(count)]
    if name in ("ownership", "business_model"):
        # The boxes of world C need these levels: their shares are the same in every company.
        shares = np.array([0.28, *([0.72 / (count - 1)] * (count - 1))])
        return shares, names
    shares = (1 + np.arange(count)) ** -(1 - evenness)
    order = rng.permutation(count)
    return shares[order] / shares.sum(), names


def level_effects(values: pd.Series, name: str, seed: int) -> Floats:
    """Return the additive effect of each account's level; a missing value has none.

    Parameters
    ----------
    values : Series of str or None
        The category's values.
    name : str
        One of the relevant `CATEGORIES`.
    seed : int
        The company.

    Returns
    -------
    ndarray of float, shape (n,)
        With mean 0 and a spread of its own over the company's market.
    """
    spread = {"industry": 0.6, "ownership": 0.45, "business_model": 0.5, "region": 0.4}[name]
    shares, levels = category_levels(name, seed)
    drawn: Floats = np.random.default_rng([5, list(CATEGORIES).index(name), seed]).normal(
        size=len(levels)
    )
    drawn -= shares @ drawn
    drawn *= spread / np.sqrt(shares @ drawn**2)
    told = values.map(dict(zip(levels, drawn, strict=True))).astype(float).fillna(0)
    return np.asarray(told, dtype=np.float64)


def standard_units(values: pd.Series, name: str) -> Floats:
    """Return a number in standard units; a missing value stands in the middle.

    Parameters
    ----------
    values : Series of float
        A column of the facts.
    name : str
        Its name.

    Returns
    -------
    ndarray of float, shape (n,)
        Between -3 and 3.
    """
    raw: Floats = values.to_numpy(dtype=np.float64)
    in_logarithms, middle, spread = {
        "employees": (True, 5.2, 1.2),
        "web_intent": (False, 43.5, 19),
        "technologies": (False, 9, 4.5),
        "growth": (False, 8, 18),
        "age": (True, 2.5, 0.8),
        "credit_score": (False, 250, 60),
        "turnover": (True, 3.5, 1.3),
    }[name]
    z = (np.log(np.maximum(raw, 0.01)) if in_logarithms else raw) - middle
    return np.asarray(np.clip(np.nan_to_num(z / spread, nan=0.0), -3, 3), dtype=np.float64)


def declared() -> dict[str, Attribute]:
    """Declare the twenty attributes, all known before the sale.

    Returns
    -------
    dict of str to Attribute
        By name.
    """
    numbers = {
        name: Attribute(name, "number", "before_sale", unit=told[2])
        for name, told in NUMBERS.items()
    }
    return numbers | {name: Attribute(name, "category", "before_sale") for name in CATEGORIES}
