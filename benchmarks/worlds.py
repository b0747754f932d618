"""Generated companies whose truth is known exactly: what the best possible model would say.

Twenty attributes, half of them irrelevant, some values missing; 35 % of the customers are a
profitable fit and no model can rank them better than with an AUC of .80. The truth is a function
of what can be observed, missing values included, so that the probability and the expected margin
handed out with each row are those of the best model there can be.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.market import (
    CATEGORIES,
    NUMBERS,
    category_levels,
    declared,
    level_effects,
    market_facts,
    standard_units,
)

if TYPE_CHECKING:
    from icpfit.data.contract import Attribute

__all__ = ["WORLDS", "World", "WorldName", "best_auc", "boxes", "company", "shuffled"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
WorldName = Literal["A", "B", "C"]

WORLDS: tuple[WorldName, ...] = get_args(WorldName)
PREVALENCE, BAYES_AUC = 0.35, 0.80
REFERENCE_ROWS, POINTS = 200_000, 4_000

SIZE_SPREAD, TAIL = 0.9, 0.6
UNIT = 20_000.0
EARNED, LEFT, LOST = 1.6, 0.7, -0.5
"""Mean margin of a fit, of a profitable account that left, and of one that loses, in units."""


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
    ``unit * size(x) * m * exp(.6 e - .18)``, e normal and m the account's kind: 1.6 for a fit, .7
    for a profitable account that left (a share l(x) of the others), -.5 for one that loses; so that
    about 40 % are negative, and with size(x) a lognormal of spread .9
    ``E[margin | x] = unit * size(x) * (1.6 p + (1 - p) * (.7 l(x) - .5 (1 - l(x))))``.

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
    facts = market_facts(rng, n, seed)
    p = 1 / (1 + np.exp(-(truth.intercept + truth.scale * _index(world, facts, seed))))
    size = np.exp(SIZE_SPREAD * standard_units(facts["turnover"], "turnover") - SIZE_SPREAD**2 / 2)
    is_fit = rng.random(n) < p
    left = _left(facts)
    kind = np.where(is_fit, EARNED, np.where(rng.random(n) < left, LEFT, LOST))
    tail = np.exp(TAIL * rng.normal(size=n) - TAIL**2 / 2)
    started = pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(0, 1_400, n), unit="D")
    dates = pd.DataFrame(
        {"started_on": started, "decided_on": started - pd.Timedelta(days=60)}, index=facts.index
    )
    return World(
        name=world,
        facts=facts,
        dates=dates,
        attributes=declared(),
        is_fit=is_fit,
        margin=UNIT * size * kind * tail,
        probability=p,
        expected_margin=UNIT * size * (p * EARNED + (1 - p) * (left * LEFT + (1 - left) * LOST)),
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
    chosen = category_levels("industry", seed)[1][:4]
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
    """Find intercept and scale on a large sample of the company's market."""
    facts = market_facts(
        np.random.default_rng([11, WORLDS.index(world), seed]), REFERENCE_ROWS, seed
    )
    values, counts = np.unique(_index(world, facts, seed), return_counts=True)
    # Neighbours are put together: 4,000 points give the same constants in a fiftieth of the time.
    place = (np.cumsum(counts) - 1) * POINTS // REFERENCE_ROWS
    weights = np.bincount(place, counts, POINTS)
    values = np.bincount(place, values * counts, POINTS)[weights > 0] / weights[weights > 0]
    shares = weights[weights > 0] / REFERENCE_ROWS
    low, high, intercept = 0.0, 8.0, 0.0
    for _ in range(24):
        scale = (low + high) / 2
        # The prevalence rises with the intercept, most steeply in its middle: short Newton steps.
        for _ in range(40):
            p = 1 / (1 + np.exp(-(intercept + scale * values)))
            step = (PREVALENCE - p @ shares) / max((p * (1 - p)) @ shares, 0.02)
            intercept += float(np.clip(step, -2, 2))
            if abs(step) < 1e-7:
                break
        fits, others = p * shares, (1 - p) * shares
        auc = (fits * (np.cumsum(others) - others / 2)).sum() / (fits.sum() * others.sum())
        low, high = (scale, high) if auc < BAYES_AUC else (low, scale)
    if abs(auc - BAYES_AUC) > 1e-4 or abs(p @ shares - PREVALENCE) > 1e-4:
        raise ValueError(f"world {world}, seed {seed}: an AUC of {BAYES_AUC} is out of reach")
    return _Truth(intercept, scale)


def _index(world: WorldName, facts: pd.DataFrame, seed: int) -> Floats:
    """Return what decides about the fit, before it is scaled."""
    z = {name: standard_units(facts[name], name) for name, told in NUMBERS.items() if told[0]}
    effect = {
        name: level_effects(facts[name], name, seed) for name, told in CATEGORIES.items() if told[0]
    }
    employees, intent, technologies = z["employees"], z["web_intent"], z["technologies"]
    growth, age, credit = z["growth"], z["age"], z["credit_score"]
    categories = sum(effect.values(), np.zeros(len(facts)))
    if world == "A":
        numbers = -0.3 * employees + 0.6 * intent + 0.45 * technologies
        return np.asarray(numbers + 0.35 * growth - 0.4 * age + 0.4 * credit + categories)
    if world == "B":
        curves = (
            0.9 * np.exp(-(employees**2)) + 0.6 * (intent > 0) + 0.4 * np.tanh(2 * technologies)
        )
        curves += 0.35 * np.maximum(growth, 0) - 0.3 * age + 0.3 * np.minimum(credit, 0)
        modern = facts["business_model"].isin(["business model 1", "business model 3"])
        owned = (facts["ownership"] == "ownership 1").to_numpy()
        chosen = facts["industry"].isin(category_levels("industry", seed)[1][:6]).to_numpy()
        pairs = 0.3 * intent * growth + 0.5 * technologies * modern.to_numpy()
        return np.asarray(curves + pairs + 0.9 * (owned & chosen) + 0.9 * categories)
    return np.asarray(np.sqrt(boxes(facts, seed).sum(axis=1)) + 0.3 * categories)


def _left(facts: pd.DataFrame) -> Floats:
    """Return the probability that an account that is no fit earns money all the same: it left."""
    healthy = standard_units(facts["credit_score"], "credit_score")
    busy = standard_units(facts["technologies"], "technologies")
    return 1 / (1 + np.exp(0.6 - 0.8 * healthy + 0.8 * busy))
