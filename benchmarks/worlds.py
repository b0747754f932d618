"""Generated companies whose truth is known exactly: what the best possible model would say.

Twenty attributes, half of them irrelevant, some values missing; 35 % of the customers are a
profitable fit and no model can rank them better than with an AUC of .80. The truth is a function
of what can be observed, missing values included, so that the probability and the expected margin
handed out with each row are those of the best model there can be.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from icpfit.data.contract import Attribute

__all__ = ["WORLDS", "World", "WorldName", "best_auc", "boxes", "company", "shuffled"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
WorldName = Literal["A", "B", "C"]

WORLDS: tuple[WorldName, ...] = get_args(WorldName)
PREVALENCE, BAYES_AUC = 0.35, 0.80
REFERENCE_ROWS = 200_000

SIZE_SPREAD, TAIL = 0.9, 0.6
UNIT = 20_000.0
LOYAL = 0.385
"""Share of the accounts that are no fit although they earn money: they left."""
EARNED, LEFT, LOST = 1.0, 0.5, -0.9
"""Mean margin of a fit, of a profitable account that left, and of one that loses, in units."""

NUMBERS = {
    # name: (relevant, missing share, unit)
    "employees": (True, 0.0, "people"),
    "web_intent": (True, 0.12, "points"),
    "technologies": (True, 0.18, "tools"),
    "growth": (True, 0.20, "%"),
    "age": (True, 0.05, "years"),
    "credit_score": (True, 0.10, "points"),
    "turnover": (False, 0.15, "M"),
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


@dataclass(frozen=True, eq=False)
class World:
    """A generated company: its customers, and the truth about them.

    Parameters
    ----------
    name : {"A", "B", "C"}
        A additive, B non-linear with three interactions, C three planted boxes.
    facts : DataFrame, shape (n, 20)
        What is known before the sale, indexed by account_id in plain string order.
    dates : DataFrame, shape (n, 2)
        ``started_on`` and ``decided_on``; neither tells anything of the outcome.
    attributes : dict of str to Attribute
        Declarations of the facts.
    is_fit : ndarray of bool, shape (n,)
        The outcome as it happened.
    margin : ndarray of float, shape (n,)
        Contribution margin as it happened, in currency units.
    probability : ndarray of float, shape (n,)
        True probability of a profitable fit, given the facts.
    expected_margin : ndarray of float, shape (n,)
        True expectation of the margin, given the facts.
    """

    name: WorldName
    facts: pd.DataFrame
    dates: pd.DataFrame
    attributes: dict[str, Attribute]
    is_fit: Bools
    margin: Floats
    probability: Floats
    expected_margin: Floats


def company(world: WorldName, n: int, seed: int, draw: int = 0) -> World:
    """Draw customers of a generated company.

    ``P(fit | x) = 1 / (1 + exp(-(intercept + scale * index(x))))``, the two constants such that the
    prevalence is .35 and the best AUC .80 over the company's whole market. The margin is
    ``unit * size(x) * m * exp(.6 e - .18)``, e normal and m the account's kind: 1 for a fit, .5 for
    a profitable account that left (.385 of the others), -.9 for one that loses; so that about 40 %
    are negative and ``E[margin | x] = unit * size(x) * (p + (1 - p) * (.385 * .5 - .615 * .9))``.

    Parameters
    ----------
    world : {"A", "B", "C"}
        A additive, B non-linear with three interactions, C three planted boxes.
    n : int
        Customers.
    seed : int
        Another seed is another company: other effects of categories, other boxes.
    draw : int
        Another draw is other customers of the same company.

    Returns
    -------
    World
        The same arguments give the same customers.

    Examples
    --------
    >>> drawn = company("C", 2_000, seed=1)
    >>> drawn.facts.shape, 0.3 < drawn.probability.mean() < 0.4
    ((2000, 20), True)
    """
    truth = _truth(world, seed)
    rng = np.random.default_rng([7, WORLDS.index(world), seed, draw])
    facts = _facts(rng, n, seed)
    p = 1 / (1 + np.exp(-(truth.intercept + truth.scale * _index(world, facts, seed))))
    size = np.exp(SIZE_SPREAD * _standard(facts["employees"], "employees") - SIZE_SPREAD**2 / 2)
    is_fit = rng.random(n) < p
    kind = np.where(is_fit, EARNED, np.where(rng.random(n) < LOYAL, LEFT, LOST))
    tail = np.exp(TAIL * rng.normal(size=n) - TAIL**2 / 2)
    started = pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(0, 1_400, n), unit="D")
    dates = pd.DataFrame(
        {"started_on": started, "decided_on": started - pd.Timedelta(days=60)}, index=facts.index
    )
    return World(
        name=world,
        facts=facts,
        dates=dates,
        attributes=_attributes(),
        is_fit=is_fit,
        margin=UNIT * size * kind * tail,
        probability=p,
        expected_margin=UNIT
        * size
        * (p * EARNED + (1 - p) * (LOYAL * LEFT + (1 - LOYAL) * LOST)),
    )


def shuffled(drawn: World, seed: int) -> World:
    """Return the same facts with outcomes dealt out at random: there is nothing to be known.

    Parameters
    ----------
    drawn : World
        Customers of a generated company.
    seed : int
        Of the shuffle.

    Returns
    -------
    World
        The outcome and the margin of an account stay together; the truth is the same for all.
    """
    order = np.random.default_rng([13, seed]).permutation(len(drawn.is_fit))
    return World(
        name=drawn.name,
        facts=drawn.facts,
        dates=drawn.dates,
        attributes=drawn.attributes,
        is_fit=drawn.is_fit[order],
        margin=drawn.margin[order],
        probability=np.full(len(order), drawn.is_fit.mean()),
        expected_margin=np.full(len(order), drawn.margin.mean()),
    )


def boxes(facts: pd.DataFrame, seed: int) -> Bools:
    """Return which accounts lie in each of the three segments planted in world C.

    Parameters
    ----------
    facts : DataFrame, shape (n, 20)
        Facts of any accounts of the company.
    seed : int
        The company.

    Returns
    -------
    ndarray of bool, shape (n, 3)
        Four industries with 60 to 599 people; owned by private equity with an intent above 30;
        the first business model with 9 technologies or more. A missing value lies in no box.
    """
    chosen = _levels("industry", seed)[1][:4]
    employees, intent = facts["employees"], facts["web_intent"]
    return np.column_stack(
        [
            facts["industry"].isin(chosen) & (employees >= 60) & (employees < 600),
            (facts["ownership"] == "ownership 1") & (intent > 30),
            (facts["business_model"] == "business model 1") & (facts["technologies"] >= 9),
        ]
    ).astype(np.bool_)


def best_auc(probability: Floats, score: Floats | None = None) -> float:
    """Return the AUC that a score has in expectation when outcomes follow the true probabilities.

    ``sum_ij p_i (1 - p_j) ([s_i > s_j] + [s_i = s_j] / 2) / (sum p * sum (1 - p))``.

    Parameters
    ----------
    probability : ndarray of float, shape (n,)
        True probabilities.
    score : ndarray of float, shape (n,), optional
        By default the probability itself, which no score can beat.

    Returns
    -------
    float
        Without any luck of a draw of outcomes in it; ties count half.

    Examples
    --------
    >>> import numpy as np
    >>> best_auc(np.array([0.0, 1.0])), best_auc(np.array([0.2, 0.6]), np.array([1.0, 1.0]))
    (1.0, 0.5)
    """
    p = np.asarray(probability, dtype=np.float64)
    place = np.unique(p if score is None else score, return_inverse=True)[1]
    fits, others = np.bincount(place, p), np.bincount(place, 1 - p)
    below = np.cumsum(others) - others / 2
    return float((fits * below).sum() / (p.sum() * (1 - p).sum()))


@dataclass(frozen=True)
class _Truth:
    intercept: float
    scale: float


@functools.cache
def _truth(world: WorldName, seed: int) -> _Truth:
    """Find intercept and scale by bisection on a large sample of the company's market."""
    facts = _facts(np.random.default_rng([11, WORLDS.index(world), seed]), REFERENCE_ROWS, seed)
    values, counts = np.unique(_index(world, facts, seed), return_counts=True)

    def chances(scale: float) -> tuple[float, Floats]:
        low, high = -40.0, 40.0
        for _ in range(60):
            middle = (low + high) / 2
            p = 1 / (1 + np.exp(-np.clip(middle + scale * values, -500, 500)))
            low, high = (middle, high) if (p @ counts) < PREVALENCE * counts.sum() else (low, middle)
        return middle, p

    low, high = 0.0, 20.0
    for _ in range(50):
        scale = (low + high) / 2
        intercept, p = chances(scale)
        fits, others = p * counts, (1 - p) * counts
        auc = (fits * (np.cumsum(others) - others / 2)).sum() / (fits.sum() * others.sum())
        low, high = (scale, high) if auc < BAYES_AUC else (low, scale)
    if not (abs(auc - BAYES_AUC) < 1e-4 and abs(p @ counts / counts.sum() - PREVALENCE) < 1e-4):
        raise ValueError(f"world {world}, seed {seed}: an AUC of {BAYES_AUC} is out of reach")
    return _Truth(intercept, scale)


def _index(world: WorldName, facts: pd.DataFrame, seed: int) -> Floats:
    """Return what decides about the fit, before it is scaled."""
    z = {name: _standard(facts[name], name) for name, told in NUMBERS.items() if told[0]}
    effect = {name: _effects(facts[name], name, seed) for name, told in CATEGORIES.items() if told[0]}
    employees, intent, technologies = z["employees"], z["web_intent"], z["technologies"]
    growth, age, credit = z["growth"], z["age"], z["credit_score"]
    categories = sum(effect.values(), np.zeros(len(facts)))
    if world == "A":
        numbers = 0.5 * employees + 0.6 * intent + 0.45 * technologies
        return np.asarray(numbers + 0.35 * growth - 0.4 * age + 0.4 * credit + categories)
    if world == "B":
        curves = 0.9 * np.exp(-(employees**2)) + 0.6 * (intent > 0) + 0.4 * np.tanh(2 * technologies)
        curves += 0.35 * np.maximum(growth, 0) - 0.3 * age + 0.3 * np.minimum(credit, 0)
        modern = facts["business_model"].isin(["business model 1", "business model 3"])
        owned = (facts["ownership"] == "ownership 1").to_numpy()
        chosen = facts["industry"].isin(_levels("industry", seed)[1][:6]).to_numpy()
        pairs = 0.45 * intent * growth + 0.6 * technologies * (modern.to_numpy() - 0.5)
        return np.asarray(curves + pairs + 0.9 * (owned == chosen) + 0.8 * categories)
    return np.asarray(np.sqrt(boxes(facts, seed).sum(axis=1)))


def _facts(rng: np.random.Generator, n: int, seed: int) -> pd.DataFrame:
    """Draw what is known before the sale."""
    e = rng.normal(size=(12, n))
    size = e[0]
    drawn: dict[str, npt.NDArray[np.float64] | npt.NDArray[np.object_]] = {
        "employees": np.round(np.exp(5.2 + 1.2 * size)) + 1,
        "web_intent": np.round(100 / (1 + np.exp(-(e[1] - 0.3))), 1),
        "technologies": np.round(np.maximum(0, 9 + 4.5 * (0.2 * size + 0.98 * e[2]))),
        "growth": np.round(8 + 18 * e[3], 1),
        "age": np.round(np.exp(2.5 + 0.8 * (0.3 * size + 0.95 * e[4])), 0),
        "credit_score": np.round(np.clip(250 + 60 * e[5], 0, 500)),
        "turnover": np.round(np.exp(3.5 + 1.3 * (0.75 * size + 0.66 * e[6])), 2),
        "sites": np.floor(np.exp(0.8 + 0.7 * (0.5 * size + 0.87 * e[7]))),
        "job_adverts": np.floor(np.exp(1.0 + 1.0 * (0.4 * size + 0.92 * e[8]))),
        "funding": np.round(np.exp(1.0 + 1.5 * e[9]), 1),
        "distance": np.round(np.abs(300 + 250 * e[10]), 0),
        "page_speed": np.round(np.exp(0.7 + 0.5 * e[11]), 2),
    }
    for name, (_, missing, _) in NUMBERS.items():
        drawn[name] = np.where(rng.random(n) < missing, np.nan, drawn[name])
    for name, (_, missing, _, _) in CATEGORIES.items():
        shares, levels = _levels(name, seed)
        values = np.array(levels, dtype=object)[rng.choice(len(levels), size=n, p=shares)]
        values[rng.random(n) < missing] = None
        drawn[name] = values
    return pd.DataFrame(drawn, index=[f"a{i:07}" for i in range(n)])


@functools.cache
def _levels(name: str, seed: int) -> tuple[Floats, list[str]]:
    """Return the shares of a category's levels and their names, in an order of the company's."""
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


def _effects(values: pd.Series, name: str, seed: int) -> Floats:
    """Return the additive effect of each account's level; a missing value has none."""
    spread = {"industry": 0.6, "ownership": 0.45, "business_model": 0.5, "region": 0.4}[name]
    shares, levels = _levels(name, seed)
    drawn = np.random.default_rng([5, list(CATEGORIES).index(name), seed]).normal(size=len(levels))
    drawn -= shares @ drawn
    drawn *= spread / np.sqrt(shares @ drawn**2)
    return values.map(dict(zip(levels, drawn, strict=True))).astype(float).fillna(0).to_numpy()


def _standard(values: pd.Series, name: str) -> Floats:
    """Return a number in standard units; a missing value stands in the middle."""
    raw = values.to_numpy(dtype=np.float64)
    z = {
        "employees": lambda: (np.log(raw) - 5.2) / 1.2,
        "web_intent": lambda: (raw - 43.5) / 19,
        "technologies": lambda: (raw - 9) / 4.5,
        "growth": lambda: (raw - 8) / 18,
        "age": lambda: (np.log(np.maximum(raw, 1)) - 2.5) / 0.8,
        "credit_score": lambda: (raw - 250) / 60,
    }[name]()
    return np.clip(np.nan_to_num(z, nan=0.0), -3, 3)


def _attributes() -> dict[str, Attribute]:
    numbers = {name: Attribute(name, "number", "before_sale", unit=told[2]) for name, told in NUMBERS.items()}
    return numbers | {name: Attribute(name, "category", "before_sale") for name in CATEGORIES}
