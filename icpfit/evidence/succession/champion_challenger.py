"""The model in use and the one that would replace it, on accounts that neither learned from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from icpfit.evidence.succession.grade_changes import grade_changes
from icpfit.evidence.succession.paired_comparison import (
    Contender,
    PairedComparison,
    paired_comparison,
)
from icpfit.fit.features import feature_matrix
from icpfit.fit.scores import scores
from icpfit.icp.selection import is_selected
from icpfit.measure.intervals import REPLICATES
from icpfit.measure.psi import Psi, psi

if TYPE_CHECKING:
    from icpfit.economics.outcome import Accounts
    from icpfit.fit.model import Model
    from icpfit.icp.profile import Profile

__all__ = ["ChampionChallenger", "champion_challenger"]

_FEWEST_FOR_DRIFT = 50


@dataclass(frozen=True, eq=False)
class ChampionChallenger:
    """All that a verdict on a challenger rests on, where a model is in use.

    Parameters
    ----------
    comparison : PairedComparison or None
        None where no account is left to compare on.
    candidates : int
        Accounts of the challenger's hold-out; without a hold-out those that it didn't learn from.
    seen : int
        Of these, left out because the champion learned from them.
    gone : int
        Of these, left out because they are no longer among the accounts that count.
    unknown : bool
        It isn't known which accounts the champion learned from, so none is known to be new to it.
    changes : DataFrame
        From `grade_changes`; empty where there is no comparison.
    drift : Psi or None
        The champion's ranking number, accounts it was judged on against those that came since;
        None where these are fewer than 50.
    notes : tuple of str
        What a reader must know beside the figures.
    """

    comparison: PairedComparison | None
    candidates: int
    seen: int
    gone: int
    unknown: bool
    changes: pd.DataFrame
    drift: Psi | None
    notes: tuple[str, ...] = ()


def champion_challenger(
    accounts: Accounts,
    champion: Model,
    challenger: Model,
    *,
    champion_roles: pd.DataFrame | None,
    challenger_roles: pd.DataFrame,
    profile: Profile | None = None,
    n_boot: int = REPLICATES,
    seed: int = 0,
) -> ChampionChallenger:
    """Score the challenger's hold-out by both models and compare them on it.

    Parameters
    ----------
    accounts : Accounts
        Facts and outcomes, joined from today's exports.
    champion, challenger : Model
        As they are stored.
    champion_roles, challenger_roles : DataFrame
        Columns role ("train" or "holdout"), fit_if_won and margin_if_won as judged, indexed by
        account_id; None where the champion's weren't kept.
    profile : Profile or None
        The current ICP, whose volume both models choose.
    n_boot : int
        Bootstrap replicates.
    seed : int
        Of the bootstrap.

    Returns
    -------
    ChampionChallenger
        Compared on the hold-out less what the champion learned from.

    Notes
    -----
    Both models are held to the outcome as it is defined and computed today. Where the challenger
    has no hold-out, the accounts that it didn't learn from take its place.
    """
    used = accounts.used
    learned = challenger_roles.index[challenger_roles["role"] == "train"]
    held = challenger_roles.index[challenger_roles["role"] == "holdout"]
    candidates = held if len(held) else used.difference(learned)
    notes = _definitions(accounts, champion, challenger)
    empty = pd.DataFrame({"account_id": [], "because": []})
    if champion_roles is None:
        return ChampionChallenger(None, len(candidates), 0, 0, True, empty, None, notes)
    seen = champion_roles.index[champion_roles["role"] == "train"]
    fresh = candidates.difference(seen).sort_values()
    common = fresh.intersection(used).sort_values()
    left_out = len(candidates) - len(fresh), len(fresh) - len(common)
    if not len(common):
        return ChampionChallenger(None, len(candidates), *left_out, False, empty, None, notes)
    facts = accounts.facts.loc[common]
    said = [_contender(model, accounts, common) for model in (champion, challenger)]
    outcomes = accounts.outcomes.loc[common]
    comparison = paired_comparison(
        said[0],
        said[1],
        account_id=common.to_numpy(dtype=str),
        is_fit=outcomes["fit"].astype(bool).to_numpy(),
        margin=outcomes["margin"].to_numpy(dtype=float),
        icp_selected=None if profile is None else is_selected(profile, facts).to_numpy(),
        profile_name="the current ICP" if profile is None else profile.name,
        n_boot=n_boot,
        seed=seed,
    )
    judged = champion_roles[champion_roles["role"] == "holdout"]
    changes = grade_changes(common, (champion, said[0]), (challenger, said[1]), judged)
    described = accounts.dates.loc[common, ["name"]].join(outcomes[["fit", "margin"]])
    changes = changes.join(described, on="account_id")
    since = ~common.isin(judged.index)
    drift = None
    if champion.grading is not None and int(since.sum()) >= _FEWEST_FOR_DRIFT:
        drift = psi(champion.grading.reference, said[0].ranking[since])
    return ChampionChallenger(comparison, len(candidates), *left_out, False, changes, drift, notes)


def _contender(model: Model, accounts: Accounts, chosen: pd.Index) -> Contender:
    matrix = feature_matrix(
        accounts.facts.loc[chosen], accounts.dates.loc[chosen, "decided_on"], model.contract
    )
    said = scores(model, matrix)
    return Contender(said.fit_if_won, said.margin_if_won, said.ranking)


def _definitions(accounts: Accounts, champion: Model, challenger: Model) -> tuple[str, ...]:
    """Say where a model was trained for something else than the two are held to."""
    notes = []
    for what, model in (("The model in use", champion), ("The challenger", challenger)):
        changed = [
            name
            for name, then, now in (
                ("what a fit is", model.label_text, accounts.label_text),
                ("the horizon", model.horizon, str(accounts.horizon)),
                ("the currency", model.currency, accounts.currency),
            )
            if then != now
        ]
        if changed:
            notes.append(
                f"{what} was trained for another definition of {' and '.join(changed)}; both are "
                "held to today's."
            )
        absent = [name for name in model.contract.names if name not in accounts.facts.columns]
        if absent:
            notes.append(
                f"{what} reads {', '.join(sorted(absent)[:3])}, which the data don't have any more "
                f"({len(absent)} of its {len(model.contract.names)} facts); they count as missing."
            )
    if champion.objective != challenger.objective:
        notes.append(
            f"The model in use ranks by {_ranks(champion)}, the challenger by {_ranks(challenger)}."
        )
    return tuple(notes)


def _ranks(model: Model) -> str:
    return "expected margin" if model.objective == "margin" else "the probability of a fit"
