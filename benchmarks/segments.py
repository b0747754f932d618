"""Whether the planted segments are found, and whether what is said of the ones found is true."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from benchmarks.contenders import trained
from benchmarks.worlds import boxes, company, shuffled
from icpfit.economics.label import LabelRule
from icpfit.economics.spec import EconomicsSpec
from icpfit.icp.profile import Profile
from icpfit.icp.selection import is_selected
from icpfit.insight.segments.proposal import proposed_profile
from icpfit.insight.segments.rules import jaccard
from icpfit.insight.segments.search import found_segments

if TYPE_CHECKING:
    import numpy as np

    from benchmarks.worlds import World, WorldName
    from icpfit.insight.segments.found import FoundSegment, FoundSegments

__all__ = ["LEARNED_ROWS", "MARKET_ROWS", "segments_run", "shuffled_segments_run"]

LEARNED_ROWS = 1_500
MARKET_ROWS = 20_000
RECOVERED_FROM = 0.4
NO_LIFT = 1.05
_DAY = dt.date(2026, 1, 1)


def segments_run(
    seed: int, n: int = LEARNED_ROWS, market_rows: int = MARKET_ROWS, half_samples: int = 0
) -> dict[str, Any]:
    """Look for segments among customers of world C and hold them against the planted ones.

    Parameters
    ----------
    seed : int
        The company.
    n : int
        Customers to find and report on.
    market_rows : int
        Customers of the same company over which the truth is taken, by their true probabilities.
    half_samples : int
        Behind each stability; it is no part of the targets.

    Returns
    -------
    dict
        ``recovered`` and ``recovered_shown``: planted segments with a Jaccard of .4 or more with a
        segment, and with anything shown; ``gaps``: fit rate reported less the true one, of all
        shown to be won; ``inside``: share of their intervals that hold the truth; ``idle``:
        segments with a true lift up to 1.05.
    """
    drawn = company("C", n, seed)
    market = company("C", market_rows, seed, draw=1)
    began = time.process_time()
    found = _found(drawn, seed, half_samples=half_samples)
    seconds = time.process_time() - began
    planted = boxes(market.facts, seed)
    shown = [one for one in found.segments if one.part == "segments"]
    inside = {one.segment.name: _members(one, market) for one in shown}
    passed = [one for one in shown if one.status == "segment"]
    base = float(market.probability.mean())
    truth = [float(market.probability[inside[one.segment.name]].mean()) for one in shown]
    of_passed = [t for t, one in zip(truth, shown, strict=True) if one.status == "segment"]
    return {
        "part": "segments",
        "n": n,
        "seed": seed,
        "signal": found.note == "" or not found.note.startswith("The model found no signal"),
        "shown": len(shown),
        "passed": len(passed),
        "recovered": _recovered([inside[one.segment.name] for one in passed], planted),
        "recovered_shown": _recovered(list(inside.values()), planted),
        "stability": [one.stability for one in shown],
        "matched": [
            max(jaccard(inside[one.segment.name], planted[:, k]) for k in range(3)) for one in shown
        ],
        "gaps": [one.fit_rate.value - t for one, t in zip(shown, truth, strict=True)],
        "inside": [
            bool(one.fit_rate.low <= t <= one.fit_rate.high)
            for one, t in zip(shown, truth, strict=True)
            if one.fit_rate.low is not None and one.fit_rate.high is not None
        ],
        "lifts": [t / base for t in of_passed],
        "idle": sum(t / base <= NO_LIFT for t in of_passed),
        "explained": None if found.explained is None else found.explained.value,
        "proposed": proposed_profile(found, None, effective_from=_DAY) is not None,
        "cpu_seconds": seconds,
    }


def shuffled_segments_run(world: WorldName, n: int, seed: int) -> dict[str, Any]:
    """Look for segments where outcomes were dealt out at random.

    Parameters
    ----------
    world : {"A", "B", "C"}
        Whose facts.
    n : int
        Customers.
    seed : int
        The company, and the shuffle.

    Returns
    -------
    dict
        Whether anything passed, with the no-signal gate and with the gate held open.
    """
    drawn = shuffled(company(world, n, seed), seed)
    gated = _found(drawn, seed)
    opened = gated if gated.segments else _found(drawn, seed, gate=False)
    return {
        "part": "shuffled segments",
        "world": world,
        "n": n,
        "seed": seed,
        "passed": any(one.status == "segment" for one in gated.segments),
        "passed_without_gate": any(one.status == "segment" for one in opened.segments),
    }


def _found(drawn: World, seed: int, *, half_samples: int = 0, gate: bool = True) -> FoundSegments:
    """Search as icpfit does after a training; there is no hold-out, and no cost to serve."""
    model = trained(drawn, seed)
    signal = model.signal if gate else dataclasses.replace(model.signal, tier="weak")
    index = drawn.facts.index
    outcomes = drawn.facts[[]].assign(
        fit=drawn.is_fit, margin=drawn.margin, cost_to_serve=0.0, remedial_cost=0.0
    )
    accounts: Any = SimpleNamespace(
        facts=drawn.facts,
        dates=drawn.dates,
        outcomes=outcomes,
        attributes=drawn.attributes,
        used=index,
    )
    trial: Any = SimpleNamespace(
        split=SimpleNamespace(train=index, holdout=index[:0], basis="none"),
        signal=signal,
        model=model.trained.model,
        trained=model.trained,
    )
    return found_segments(
        accounts,
        trial,
        economics=EconomicsSpec(label=LabelRule(kind="threshold")),
        seed=seed,
        half_samples=half_samples,
    )


def _members(one: FoundSegment, market: World) -> np.ndarray:
    profile = Profile("found", 1, _DAY, (one.segment,))
    return is_selected(profile, market.facts).to_numpy()


def _recovered(groups: list[np.ndarray], planted: np.ndarray) -> int:
    return sum(
        any(jaccard(group, planted[:, k]) >= RECOVERED_FROM for group in groups)
        for k in range(planted.shape[1])
    )
