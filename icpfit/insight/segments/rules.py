"""Rules one after the other, each with most weight on the accounts that no rule holds yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from icpfit.insight.segments.beam import Limits, Node, beam, holds

if TYPE_CHECKING:
    from icpfit.insight.segments.selectors import Form, Selectors

__all__ = ["Rule", "covering_rules", "jaccard", "stabilities"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

COVERED_WEIGHT, MOST_COVERED = 5, 3
"""A covered account counts a fifth in the search for the next rule, down to 1 / 125."""
SAME_FROM = 0.5
FRESH_SHARE = 1 / 3
BARELY = 3.0
"""Standard errors by which a further rule must stand out where it was found: that high the search
gets on noise."""


@dataclass(frozen=True, eq=False)
class Rule:
    """A conjunction of conditions.

    Parameters
    ----------
    where : dict of str to list or dict
        Attribute to condition, as a profile has it.
    parts : tuple of tuple of int
        The same as positions among the selectors.
    holds : ndarray of bool, shape (n,)
        Which of the accounts searched meet all of them.
    quality : float
        What the search gave it.
    """

    where: dict[str, Form]
    parts: tuple[tuple[int, ...], ...]
    holds: Bools
    quality: float


def jaccard(one: Bools, other: Bools) -> float:
    """Return the accounts in both groups as a share of those in either.

    Parameters
    ----------
    one, other : ndarray of bool, shape (n,)
        Two groups of the same accounts.

    Returns
    -------
    float
        0 to 1; 0 for two empty groups.

    Examples
    --------
    >>> jaccard(np.array([True, True, False]), np.array([False, True, True]))
    0.3333333333333333
    """
    either = int((one | other).sum())
    return int((one & other).sum()) / either if either else 0.0


def covering_rules(selectors: Selectors, target: Floats, bounds: Limits) -> list[Rule]:
    """Find rules one after the other by weighted covering.

    Parameters
    ----------
    selectors : Selectors
        The conditions, with the n accounts that meet them.
    target : ndarray of float64, shape (n,)
        Whole numbers, see `whole_target`.
    bounds : Limits
        Length, support, number of rules.

    Returns
    -------
    list of Rule
        In the order found. No two with a Jaccard above .5; a third of each one's accounts are in
        no rule before it. Beyond `bounds.sure` only what stands out by 3 standard errors.

    References
    ----------
    Lavrac, Kavsek, Flach & Todorovski (2004), Subgroup discovery with CN2-SD, Journal of Machine
    Learning Research 5.
    """
    found: list[Rule] = []
    if len(target) < bounds.fewest or not selectors.names:
        return found
    covered = np.zeros(len(target), dtype=np.int64)
    base, spread = target.mean(), target.std()
    while len(found) < bounds.most:
        # Powers of 5 instead of .2, so that the weights are whole.
        weights = float(COVERED_WEIGHT) ** (MOST_COVERED - np.minimum(covered, MOST_COVERED))
        best = _first_new(beam(selectors, target, weights, bounds), found, covered > 0)
        if best is None:
            break
        lead = (target[best.holds].mean() - base) * np.sqrt(best.holds.sum())
        if lead <= 0 or (len(found) >= bounds.sure and lead < BARELY * spread):
            break
        found.append(Rule(_where(selectors, best), best.parts, best.holds, best.quality))
        covered += best.holds
    return found


def stabilities(
    selectors: Selectors,
    target: Floats,
    bounds: Limits,
    rules: list[Rule],
    *,
    half_samples: int,
    seed: int,
) -> list[float]:
    """Return how often half of the accounts would have led to about the same rule.

    Parameters
    ----------
    selectors : Selectors
        The conditions.
    target : ndarray of float64, shape (n,)
        As `covering_rules` took it.
    bounds : Limits
        Half the support is enough in half of the accounts.
    rules : list of Rule
        What it found.
    half_samples : int
        How many halves are drawn.
    seed : int
        Of the draws.

    Returns
    -------
    list of float
        For each rule the share of the halves in which a rule was found whose accounts, among all
        that were searched, have a Jaccard of .5 or more with its own; NaN without any half.

    Notes
    -----
    Halves have fewer accounts than the search had, so this is on the low side.

    References
    ----------
    Meinshausen & Buehlmann (2010), Stability selection, Journal of the Royal Statistical Society B
    72.
    """
    if not rules or half_samples < 1:
        return [float("nan")] * len(rules)
    n = len(target)
    rng = np.random.default_rng([17, seed])
    less = replace(bounds, fewest=-(-bounds.fewest // 2))
    hits = np.zeros(len(rules))
    for _ in range(half_samples):
        half = np.sort(rng.permutation(n)[: n // 2])
        again = covering_rules(replace(selectors, holds=selectors.holds[half]), target[half], less)
        groups = [holds(selectors, rule.parts) for rule in again]
        for i, rule in enumerate(rules):
            hits[i] += any(jaccard(rule.holds, group) >= SAME_FROM for group in groups)
    return [float(share) for share in hits / half_samples]


def _first_new(nodes: list[Node], found: list[Rule], covered: Bools) -> Node | None:
    for node in nodes:
        fresh = (node.holds & ~covered).sum() >= FRESH_SHARE * node.holds.sum()
        if fresh and all(jaccard(node.holds, rule.holds) <= SAME_FROM for rule in found):
            return node
    return None


def _where(selectors: Selectors, node: Node) -> dict[str, Form]:
    where: dict[str, Form] = {}
    for places in node.parts:
        forms = [selectors.forms[i] for i in places]
        merged = [value for form in forms for value in form]
        where[selectors.names[places[0]]] = merged if len(places) > 1 else forms[0]
    return where
