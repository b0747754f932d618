"""Segments found on one part of the training accounts and reported on the other."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from icpfit.icp.profile import Profile, Segment
from icpfit.icp.selection import is_selected
from icpfit.insight.segments.beam import limits, whole_target
from icpfit.insight.segments.figures import (
    explained_share,
    group_figures,
    one_sided_p,
    whole,
)
from icpfit.insight.segments.found import FoundSegment, FoundSegments
from icpfit.insight.segments.if_fixed import both_outcomes
from icpfit.insight.segments.judged import TriedRule, judged_groups
from icpfit.insight.segments.parts import find_and_report
from icpfit.insight.segments.rules import covering_rules, stabilities
from icpfit.insight.segments.selectors import selectors
from icpfit.insight.segments.unseen import half_scored, unseen_probability
from icpfit.measure.discoveries import q_values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from icpfit.economics.outcome import Accounts
    from icpfit.economics.spec import EconomicsSpec
    from icpfit.evidence.trial import Trial
    from icpfit.insight.segments.beam import Limits
    from icpfit.insight.segments.figures import GroupFigures
    from icpfit.insight.segments.rules import Rule
    from icpfit.insight.segments.selectors import Form
    from icpfit.measure.estimate import Estimate

__all__ = ["found_segments"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

HALF_SAMPLES = 30
MOST_SEARCHED = 10_000
"""More accounts lead to the same rules: they hold 5 % of them."""
MOST_WANTED, MOST_LOSING, MOST_FIXABLE = 7, 5, 2
SURE = 3
LARGE_LOSS = 0.9


def found_segments(
    accounts: Accounts,
    trial: Trial,
    *,
    economics: EconomicsSpec,
    seed: int = 0,
    half_samples: int = HALF_SAMPLES,
    progress: Callable[[str], None] | None = None,
) -> FoundSegments:
    """Find groups to win, to fix and to avoid, in rules that a person can read.

    Three searches on the same 60 % of the training accounts: for accounts that were a fit; for
    accounts that lose money even without remedial cost, by how much; for accounts that were no fit
    and would be one without it. So a loss that is the company's own doing isn't put down to the
    customer. All that was found is then measured on the other 40 %, where alone its figures come
    from.

    Parameters
    ----------
    accounts : Accounts
        Facts and outcomes, joined; one row per ultimate parent, so that no two rows belong
        together.
    trial : Trial
        Its training part is used. On its hold-out the groups are only measured, when all is
        decided: rules, parts, priorities and names are the same without it.
    economics : EconomicsSpec
        The rule of the label, for the outcome without remedial cost; the rate card's units.
    seed : int
        Of the parts, the forests and the resamples.
    half_samples : int
        Behind each rule's stability; 0 leaves it out.
    progress : callable, optional
        Told what is being done.

    Returns
    -------
    FoundSegments
        Without any where the no-signal gate fires.

    Notes
    -----
    Only attributes that the model was allowed are asked. The result doesn't depend on the order of
    the rows. Of more than 10,000 accounts to search, 10,000 are drawn.

    References
    ----------
    Lavrac, Kavsek, Flach & Todorovski (2004), Journal of Machine Learning Research 5; Benjamini &
    Hochberg (1995), Journal of the Royal Statistical Society B 57.
    """
    told = progress or (lambda _text: None)
    learned = trial.split.train
    find, report = find_and_report(accounts.dates.loc[learned, "started_on"], seed=seed)
    table = both_outcomes(accounts, economics.label)
    reported = table.loc[report]
    base = whole(reported, seed=seed)
    result = FoundSegments(
        segments=(),
        find=find,
        report=report,
        basis=_basis(len(find), len(report), trial),
        base_fit=base.fit_rate,
        base_margin=base.margin,
        base_cost=base.cost_to_serve,
        explained=None,
        note="",
        half_samples=half_samples,
        remedial_known=bool(table["fit_if_fixed"].notna().any()),
        holdout=trial.split.basis,
    )
    if trial.signal.tier == "none":
        note = "The model found no signal in these accounts, so no segments were looked for."
        return dataclasses.replace(result, note=note)
    found = _searched(accounts, trial, table, find, seed=seed, half_samples=half_samples, told=told)
    if not found:
        note = (
            f"No rule holds enough of the {len(find):,} accounts that were searched and stands out."
        )
        return dataclasses.replace(result, note=note)
    told("measuring the segments on the other accounts")
    facts = accounts.facts.loc[report]
    groups = [_members(rule.where, facts) for rule, _, _ in found]
    figures = group_figures(reported, groups, seed=seed)
    is_fit = reported["fit"].to_numpy() == 1
    freed = (reported["fit_if_fixed"].to_numpy() == 1) & ~is_fit
    p = [
        one_sided_p(is_fit, group, low=not wanted)
        for (_, wanted, _), group in zip(found, groups, strict=True)
    ]
    is_wanted = [wanted for _, wanted, _ in found]
    q = _q_by_kind(p, is_wanted)
    freed_q = _q_by_kind([one_sided_p(freed, group, low=False) for group in groups], is_wanted)
    held_out = _held_out(accounts, trial, table, [rule for rule, _, _ in found], seed=seed)
    tried = [
        TriedRule(
            where=rule.where,
            wanted=wanted,
            stability=stability,
            figures=figures[i],
            members=groups[i],
            p=p[i],
            q=q[i],
            freed_q=freed_q[i],
            held_out=held_out[i + 1],
        )
        for i, (rule, wanted, stability) in enumerate(found)
    ]
    judged = judged_groups(accounts, economics, result, tried)
    return dataclasses.replace(
        result,
        segments=judged,
        base_held_out=held_out[0],
        explained=_explained(trial, report, is_fit, judged, facts, seed=seed),
        note=_note(judged),
    )


def _searched(
    accounts: Accounts,
    trial: Trial,
    table: pd.DataFrame,
    find: pd.Index,
    *,
    seed: int,
    half_samples: int,
    told: Callable[[str], None],
) -> list[tuple[Rule, bool, float]]:
    """Return the rules of all searches, whether such groups are wanted, and how stable each is."""
    if len(find) > MOST_SEARCHED:
        lot = np.random.default_rng([29, seed]).permutation(len(find))[:MOST_SEARCHED]
        find = find[np.sort(lot)]
    contract = trial.model.contract
    facts, rows = accounts.facts.loc[find], table.loc[find]
    found: list[tuple[Rule, bool, float]] = []
    for what, label, outcome, wanted, most in _looked_for(rows):
        bounds: Limits = limits(len(find), len(trial.split.train), most, sure=SURE if wanted else 1)
        if label.sum() < bounds.fewest:
            continue
        told(f"looking for {what}")
        score = unseen_probability(accounts, find, contract.names, label, seed=seed)
        target = whole_target(half_scored(outcome, score, label))
        conditions = selectors(facts, contract.features, wanted=wanted, fewest=bounds.fewest)
        rules = covering_rules(conditions, target, bounds)
        told(f"looking for {what}: again in {half_samples} half-samples")
        stable = stabilities(
            conditions, target, bounds, rules, half_samples=half_samples, seed=seed
        )
        found += [(rule, wanted, share) for rule, share in zip(rules, stable, strict=True)]
    # The two searches among the losing may come to the same conditions.
    return [
        one
        for i, one in enumerate(found)
        if not any(one[0].where == other.where and not wanted for other, wanted, _ in found[:i])
    ]


def _looked_for(rows: pd.DataFrame) -> list[tuple[str, Bools, Floats, bool, int]]:
    """Return what the three searches look for, as label and as outcome from 0 to 1."""
    fit = rows["fit"].to_numpy() == 1
    # Where an account's remedial cost is unknown, nothing is taken to be mendable.
    mended = rows["fit_if_fixed"].fillna(rows["fit"]).to_numpy() == 1
    margin = rows["margin_if_fixed"].fillna(rows["margin"]).to_numpy(dtype=np.float64)
    lost = np.maximum(-margin, 0.0)
    # The largest losses count alike, or one account would be a group.
    most = np.quantile(lost[lost > 0], LARGE_LOSS) if (lost > 0).any() else 1.0
    freed = mended & ~fit
    return [
        ("groups that are a fit", fit, fit.astype(np.float64), True, MOST_WANTED),
        ("groups that lose money", lost > 0, np.minimum(lost / most, 1.0), False, MOST_LOSING),
        ("groups to be fixed", freed, freed.astype(np.float64), False, MOST_FIXABLE),
    ]


def _explained(
    trial: Trial,
    report: pd.Index,
    is_fit: Bools,
    judged: tuple[FoundSegment, ...],
    facts: pd.DataFrame,
    *,
    seed: int,
) -> Estimate | None:
    """Return the share of the model's advantage that the segments explain."""
    passed = [s.segment for s in judged if s.part == "segments" and s.status == "segment"]
    if not passed:
        return None
    union = is_selected(_profile(*passed), facts).to_numpy()
    score = (
        pd.Series(trial.trained.oof_fit, trial.split.train).loc[report].to_numpy(dtype=np.float64)
    )
    seen = np.isfinite(score)
    if not seen.any():
        return None
    return explained_share(
        is_fit[seen], np.asarray(score[seen], np.float64), union[seen], seed=seed
    )


def _q_by_kind(p: Sequence[float], is_wanted: Sequence[bool]) -> list[float]:
    """Return q within the good fits and within the losing: two questions, two families."""
    q = [1.0] * len(p)
    for kind in (True, False):
        places = [i for i, wanted in enumerate(is_wanted) if wanted == kind]
        for i, one in zip(places, q_values([p[i] for i in places]), strict=True):
            q[i] = one
    return q


def _held_out(
    accounts: Accounts, trial: Trial, table: pd.DataFrame, rules: Sequence[Rule], *, seed: int
) -> list[GroupFigures | None]:
    """Return the hold-out's figures: of all its accounts, then of each rule's; None without one."""
    if trial.split.basis == "none" or not len(trial.split.holdout):
        return [None] * (1 + len(rules))
    held = trial.split.holdout.sort_values()
    facts = accounts.facts.loc[held]
    groups = [_members(rule.where, facts) for rule in rules]
    return [*group_figures(table.loc[held], [np.ones(len(held), dtype=bool), *groups], seed=seed)]


def _members(where: dict[str, Form], facts: pd.DataFrame) -> Bools:
    return is_selected(_profile(Segment("one", where)), facts).to_numpy()


def _profile(*segments: Segment) -> Profile:
    return Profile("found", 1, dt.date(2000, 1, 1), segments)


def _basis(n_find: int, n_report: int, trial: Trial) -> str:
    held = "the hold-out decided nothing" if trial.split.basis != "none" else "there is no hold-out"
    return (
        f"{n_report:,} training accounts on which nothing was looked for; the rules were found on "
        f"{n_find:,} others, and {held}"
    )


def _note(judged: tuple[FoundSegment, ...]) -> str:
    if any(one.part == "segments" and one.status == "segment" for one in judged):
        return ""
    return "None of the groups found stood up on the other accounts: they are candidates only."
