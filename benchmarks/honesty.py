"""Whether intervals hold the truth, and whether icpfit claims to know where nothing is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks.contenders import said, trained
from benchmarks.nearness import TOP, margin_of_top
from benchmarks.worlds import best_auc, company, shuffled
from icpfit.evidence.judgement import Judgement, judgement
from icpfit.evidence.promotion import verdict
from icpfit.evidence.resampled import resampled_figures
from icpfit.evidence.succession.champion_challenger import ChampionChallenger
from icpfit.evidence.succession.paired_comparison import Contender, paired_comparison
from icpfit.evidence.succession.succession import succession

if TYPE_CHECKING:
    from benchmarks.contenders import Trained
    from benchmarks.worlds import World, WorldName
    from icpfit.fit.scores import Scores

__all__ = ["coverage", "promotion", "shuffled_run"]

HOLDOUTS = (150, 300, 600)
POPULATION_ROWS = 40_000
LEARNED_ROWS = 1_000
BETTER_ROWS, WORSE_ROWS, COMPARED_ROWS = 2_000, 700, 600
REPLICATES = 500


def coverage(
    world: WorldName, seed: int, draws: int = 20, population: int = POPULATION_ROWS
) -> dict[str, Any]:
    """Count how often the 90 % intervals of one model's figures hold their true values.

    Parameters
    ----------
    world : {"A", "B", "C"}
        The kind of company.
    seed : int
        The company.
    draws : int
        Hold-outs of each size that the model is judged on.
    population : int
        Customers over which the true value is taken, by their true probabilities.

    Returns
    -------
    dict
        ``held[size][figure]``: share of the hold-outs whose interval holds the truth.
    """
    model = trained(company(world, LEARNED_ROWS, seed), seed)
    market = company(world, population, seed, draw=1)
    found, p, money = said(model, market), market.probability, market.expected_margin
    q = np.clip(found.fit_if_won, 1e-12, 1 - 1e-12)
    truth = {
        "auc": best_auc(p, q),
        "log_loss": float(-np.mean(p * np.log(q) + (1 - p) * np.log(1 - q))),
        "brier": float(np.mean(p * (1 - q) ** 2 + (1 - p) * q**2)),
        "money": margin_of_top(found.margin_if_won, money) / (TOP * population),
    }
    held: dict[str, dict[str, float]] = {}
    for size in HOLDOUTS:
        hits = dict.fromkeys(truth, 0)
        for k in range(draws):
            judged = company(world, size, seed, draw=1_000 * size + k)
            told = said(model, judged)
            figures = resampled_figures(
                ranking=told.margin_if_won,
                fit_probability=told.fit_if_won,
                is_fit=judged.is_fit.astype(np.float64),
                margin=judged.margin,
                train_prevalence=np.full(size, model.prevalence),
                group=np.arange(size),
                n_boot=REPLICATES,
                seed=k,
            )
            top = figures.capacities.set_index("share").loc[TOP]
            ends = {
                name: (getattr(figures, name).low, getattr(figures, name).high)
                for name in ("auc", "log_loss", "brier")
            } | {"money": (top["margin_low"], top["margin_high"])}
            for name, (low, high) in ends.items():
                hits[name] += low is not None and low <= truth[name] <= high
        held[str(size)] = {name: count / draws for name, count in hits.items()}
    return {"part": "coverage", "world": world, "seed": seed, "draws": draws, "held": held}


def shuffled_run(world: WorldName, n: int, seed: int) -> dict[str, Any]:
    """Train on outcomes dealt out at random, judge on others dealt out too.

    Parameters
    ----------
    world : {"A", "B", "C"}
        Whose facts.
    n : int
        Customers to learn from; a third as many judge.
    seed : int
        The company, and the shuffle.

    Returns
    -------
    dict
        The tier that the no-signal gate gives, and the verdict on a first model.
    """
    model = trained(shuffled(company(world, n, seed), seed), seed)
    judged = shuffled(company(world, max(n // 3, 150), seed, draw=1), seed)
    decided = verdict(
        _judged(model, judged, said(model, judged)), model.signal, champion_exists=False
    )
    return {
        "part": "shuffled",
        "world": world,
        "n": n,
        "seed": seed,
        "signal": model.signal.tier,
        "decision": decided.decision,
    }


def promotion(world: WorldName, seed: int, draws: int = 8) -> dict[str, Any]:
    """Let the complete rule choose between a model of 2,000 customers and one of 700.

    Parameters
    ----------
    world : {"A", "B", "C"}
        The kind of company.
    seed : int
        The company.
    draws : int
        Hold-outs of 600 accounts on which the two are compared, each either way round.

    Returns
    -------
    dict
        True expected log-losses, and shares of the hold-outs on which the truly better and the
        truly worse challenger were put in use.
    """
    large, small = (
        company(world, BETTER_ROWS, seed, draw=2),
        company(world, WORSE_ROWS, seed, draw=3),
    )
    models = [trained(large, seed), trained(small, seed)]
    market = company(world, 10_000, seed, draw=1)
    losses = []
    for model in models:
        q = said(model, market).fit_if_won
        p = market.probability
        losses.append(float(-np.mean(p * np.log(q) + (1 - p) * np.log(1 - q))))
    if losses[1] < losses[0]:
        models.reverse()
    decisions: dict[str, list[str]] = {"better": [], "worse": []}
    for k in range(draws):
        judged = company(world, COMPARED_ROWS, seed, draw=10_000 + k)
        told = [said(model, judged) for model in models]
        for name, challenger in (("better", 0), ("worse", 1)):
            sides = [_contender(told[1 - challenger]), _contender(told[challenger])]
            compared = ChampionChallenger(
                comparison=paired_comparison(
                    *sides,
                    account_id=judged.facts.index.to_numpy(dtype=str),
                    is_fit=judged.is_fit,
                    margin=judged.margin,
                    seed=k,
                ),
                candidates=COMPARED_ROWS,
                seen=0,
                gone=0,
                unknown=False,
                changes=pd.DataFrame({"account_id": [], "because": []}),
                drift=None,
            )
            found = _judged(models[challenger], judged, told[challenger])
            decided = succession(found, models[challenger].signal, compared)
            decisions[name].append(decided.decision)
    return {
        "part": "promotion",
        "world": world,
        "seed": seed,
        "draws": draws,
        "log_losses": sorted(losses),
        "in_use": {
            name: float(np.mean([d != "HOLD" for d in given])) for name, given in decisions.items()
        },
        "promoted": {
            name: float(np.mean([d == "PROMOTE" for d in given]))
            for name, given in decisions.items()
        },
    }


def _contender(told: Scores) -> Contender:
    return Contender(told.fit_if_won, told.margin_if_won, told.ranking)


def _judged(model: Trained, judged: World, told: Scores) -> Judgement:
    return judgement(
        ranking=told.ranking,
        fit_probability=told.fit_if_won,
        is_fit=judged.is_fit,
        margin=judged.margin,
        basis=f"{len(judged.is_fit)} fresh accounts",
        holdout=True,
        train_prevalence=model.prevalence,
        currency="EUR",
        n_boot=REPLICATES,
    )
