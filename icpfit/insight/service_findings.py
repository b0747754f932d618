"""How-we-serve findings: what after the sale goes with margin and loyalty, facts being equal.

They are kept apart from the drivers: what happens after the sale can't tell whom to win. It can
tell what to mend.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from icpfit.fit.features import feature_matrix
from icpfit.insight.service_items import months_served, service_items
from icpfit.insight.service_weights import ServiceWeight, service_weights
from icpfit.measure.association import Association, partial_spearman
from icpfit.measure.discoveries import discoveries
from icpfit.measure.estimate import Estimate

if TYPE_CHECKING:
    from icpfit.economics.outcome import Accounts
    from icpfit.economics.rate_card import RateCard
    from icpfit.evidence.trial import Trial
    from icpfit.insight.service_items import ServiceItem

__all__ = ["ServiceFinding", "ServiceFindings", "service_findings"]

What = Literal["margin", "retention", "advocacy", "fit"]

FEWEST = 60
"""Accounts below which nothing is claimed."""
PER_COLUMN = 10
"""Accounts needed for each column that is held fixed."""
LEVEL = 0.05
_FEWEST_ALIKE = 10


@dataclass(frozen=True)
class ServiceFinding:
    """One item against one outcome.

    Parameters
    ----------
    item, words : str
        The item, and what readers call it.
    outcome : {"margin", "retention", "advocacy", "fit"}
        What it goes with or not; the margin before any cost to serve.
    rho : Estimate
        Partial rank correlation at equal facts before the sale, -1 to 1.
    p : float
        How often luck alone gives as much.
    stands : bool
        Whether it holds with all of them looked at together (false discovery rate of 5 %).
    n_with : int
        Accounts that had any of the item.
    """

    item: str
    words: str
    outcome: What
    rho: Estimate
    p: float
    stands: bool
    n_with: int


@dataclass(frozen=True, eq=False)
class ServiceFindings:
    """What of how accounts were served goes with what became of them.

    Parameters
    ----------
    findings : tuple of ServiceFinding
        Those that stand first, then by size of the correlation.
    weights : tuple of ServiceWeight
        Largest first; empty where accounts are too few, or together they could be luck.
    explained : float
        What the weighed activities together tell of the ranks of advocacy (R squared).
    n : int
        Accounts looked at.
    note : str
        Why there are none, or empty.
    are_facts_fixed : bool
        Whether all facts known before the sale are held fixed, or only what the model predicts.
    """

    findings: tuple[ServiceFinding, ...]
    weights: tuple[ServiceWeight, ...]
    explained: float
    n: int
    note: str
    are_facts_fixed: bool = True


def service_findings(
    accounts: Accounts, trial: Trial, card: RateCard | None = None, *, seed: int = 0
) -> ServiceFindings:
    """Return which parts of the service go with margin, retention, advocacy and fit.

    Among the training accounts, with what was known before the sale held fixed: the model's facts
    (ranks of numbers and ages, a column for each level) and its out-of-fold margin and fit. So a
    finding isn't the customer's nature, as far as that was known. Below 10 accounts for each such
    column only the two predictions are held fixed.

    Parameters
    ----------
    accounts : Accounts
        Facts and outcomes, joined.
    trial : Trial
        For its out-of-fold predictions; the hold-out is not looked at.
    card : RateCard, optional
        Tells the activities' units.
    seed : int
        Of the bootstrap.

    Returns
    -------
    ServiceFindings
        Association only; nothing here becomes a feature.

    Notes
    -----
    Service costs money, so the margin is taken before all cost to serve; `fit` holds that cost, so
    it says least. An account that leaves early has fewer events for that reason alone: what grows
    with time is taken both as it is and per month served, and the weaker of the two counts, the
    one nearer to 0 with the larger p-value; 0 where they point different ways. Shares have no such
    pair and are held against advocacy only. Relative weights are of the activities on advocacy,
    among accounts that answered and stayed for all of the horizon; they are left out where they
    could be luck (F test at 1 %).

    References
    ----------
    Berger (1982), Multiparameter hypothesis testing and acceptance sampling. Technometrics 24 (the
    weaker of two). Johnson (2000), see `icpfit.measure.association.relative_weights`.
    """
    members, given, are_facts_fixed = _held_fixed(accounts, trial)
    if len(members) < FEWEST:
        note = f"{len(members)} accounts with an out-of-fold prediction; {FEWEST} are needed"
        return ServiceFindings((), (), float("nan"), len(members), note)
    items = service_items(accounts, members, card)
    if not items:
        note = "no activity was needed by enough accounts to be looked at"
        return ServiceFindings((), (), float("nan"), len(members), note)
    months = months_served(accounts, members)
    outcomes = accounts.outcomes.loc[members]
    tried: list[tuple[ServiceItem, What, Association]] = []
    for item in items:
        results: dict[What, pd.Series] = {
            "margin": (outcomes["margin"] + outcomes["cost_to_serve"]).astype(float),
            "retention": _retention(outcomes),
            "advocacy": outcomes["advocacy"].astype(float),
            "fit": outcomes["fit"].astype(float),
        }
        for outcome, result in results.items():
            if not item.grows and outcome != "advocacy":
                continue  # what comes first weighs more in the share of those who left early
            found = _association(item, result, months, given)
            if found is not None:
                tried.append((item, outcome, found))
    stands = discoveries([found.p for _, _, found in tried], LEVEL)
    findings = [
        ServiceFinding(item.name, item.words, outcome, found.rho, found.p, bool(holds), item.n_with)
        for (item, outcome, found), holds in zip(tried, stands, strict=True)
    ]
    findings.sort(key=lambda f: (not f.stands, -abs(f.rho.value), f.words, f.outcome))
    stayed = outcomes["retained"].astype(bool) & outcomes["advocacy"].notna()
    rows = members[stayed.to_numpy()]
    weights, explained = service_weights(accounts, rows, items, given.loc[rows], seed=seed)
    return ServiceFindings(tuple(findings), weights, explained, len(members), "", are_facts_fixed)


def _held_fixed(accounts: Accounts, trial: Trial) -> tuple[pd.Index, pd.DataFrame, bool]:
    """Return the accounts with an unseen prediction, what is held fixed, and if that is all."""
    trained, contract = trial.trained, trial.model.contract
    frame = pd.DataFrame(
        {"predicted margin": trained.oof_margin, "predicted fit": trained.oof_fit},
        index=trial.split.train,
    )
    known = frame.dropna().sort_index()
    members = known.index
    if not len(members):
        return members, known, False
    dates = accounts.dates.loc[members, "decided_on"]
    matrix = feature_matrix(accounts.facts.loc[members], dates, contract)
    columns = {}
    for feature in contract.features:
        values = matrix[:, feature.column]
        missing = np.isnan(values)
        if missing.sum() >= _FEWEST_ALIKE:
            columns[f"{feature.name} missing"] = missing.astype(np.float64)
        if feature.kind == "category":
            for code, level in enumerate(feature.levels):
                if (values == code).sum() >= _FEWEST_ALIKE:
                    columns[f"{feature.name} {level}"] = (values == code).astype(np.float64)
        elif not missing.all():
            columns[feature.name] = np.where(missing, np.nanmedian(values), values)
    if len(members) < PER_COLUMN * (len(columns) + known.shape[1]):
        return members, known, False
    return members, pd.concat([known, pd.DataFrame(columns, index=members)], axis=1), True


def _retention(outcomes: pd.DataFrame) -> pd.Series:
    """Return the retention score, or, without loyalty data, whether the account stayed."""
    score = outcomes["retention"].astype(float)
    return outcomes["retained"].astype(float) if score.isna().all() else score


def _association(
    item: ServiceItem, result: pd.Series, months: pd.Series, given: pd.DataFrame
) -> Association | None:
    known = result.notna().to_numpy()
    if known.sum() < FEWEST or np.ptp(result[known]) == 0:
        return None
    fixed = [column[known].to_numpy() for _, column in given.items()]
    values = item.per_account[known]
    taken = [values, values / months[known]] if item.grows else [values]
    found = [partial_spearman(one.to_numpy(), result[known].to_numpy(), fixed) for one in taken]
    if any(np.isnan(one.rho.value) for one in found):
        return None
    if len(found) == 2 and found[0].rho.value * found[1].rho.value <= 0:
        n = int(known.sum())
        note = "points one way in all, the other per month"
        return Association(Estimate(0.0, n=n, note=note), 1.0)
    weaker = min(found, key=lambda one: abs(one.rho.value))
    return Association(weaker.rho, max(one.p for one in found))
