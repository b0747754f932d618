"""The current ICP against the one proposed, on accounts that did not help to find it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from icpfit.evidence.current_icp import APPROXIMATE_BELOW
from icpfit.icp.calling_order import tiers
from icpfit.icp.selection import undefined_share
from icpfit.insight.redefinition.account_figures import account_figures
from icpfit.insight.redefinition.chance import chance_of_difference
from icpfit.insight.redefinition.decision import (
    NOT_KNOWN,
    Decision,
    Enough,
    Why,
    decided,
    enough,
)
from icpfit.insight.redefinition.group_outcomes import (
    FEWEST_CHOSEN,
    GroupOutcome,
    group_outcomes,
)
from icpfit.insight.redefinition.market import MarketCounts, market_counts
from icpfit.insight.redefinition.moves import moves
from icpfit.insight.redefinition.once_fixed import with_once_fixed
from icpfit.insight.redefinition.rule_comparison import (
    RuleComparison,
    rule_comparison,
    turns_on_one_account,
)
from icpfit.measure.estimate import Estimate
from icpfit.measure.intervals import REPLICATES, shortage

if TYPE_CHECKING:
    from icpfit.economics.outcome import Accounts
    from icpfit.evidence.trial import Trial
    from icpfit.icp.profile import Profile

__all__ = ["Redefinition", "redefinition"]

# Of a long tail, intervals of fewer chosen accounts than this cover noticeably less than they say.
_APPROXIMATE_CHOSEN = 300


@dataclass(frozen=True, eq=False)
class Redefinition:
    """The comparison, the decision that follows, and who moves.

    Parameters
    ----------
    decision : {"change", "keep", "cannot tell"}
        What the data say of the proposal; "cannot tell" means: keep what there is for now.
    why : str
        The rule that decided, see `icpfit.insight.redefinition.decision.decided`; or "no proposal".
    current, proposed : Profile or None
        The profiles. Without a current one every account won stands in its place.
    n : int
        Accounts judged.
    basis : str
        Which accounts those are.
    independent : bool
        Whether they took no part in finding the proposal.
    comparison : RuleComparison or None
        The figures ``margin``, ``margin_winsorised``, ``cost_to_serve``, ``remedial_cost``
        (currency units per account), ``fit``, ``retained``, ``loyalty`` (0 to 1), of the targets of
        each; whom a profile would fix or avoid is in none of them. Where the proposal has groups to
        fix also ``margin_once_fixed``: their remedial cost removed on both sides, and they
        themselves targets of the proposal, called last. None without a proposal.
    worth : Estimate
        100 times the difference in margin at equal volume: currency units per 100 customers won by
        the proposed ICP instead of the current one, if win rates stay the same.
    worth_once_fixed : Estimate or None
        The same by ``margin_once_fixed``: it may be the smaller one, since the current ICP gains by
        the repair as well. None where there are no such groups.
    n_to_fix : int
        Accounts judged that the proposal would fix, and that are no targets of it until then.
    one_account, approximate : bool
        The sign hangs on one account; intervals of money are approximate (below 1,000 accounts
        judged, or fewer than 300 chosen by each at equal volume).
    overlap : float
        Targets of both, of the targets of either, 0 to 1; NaN where there are none.
    undefined : dict of str to float
        By "current" and "proposed": share of accounts for which missing facts leave the rule open.
    moved : DataFrame
        See `icpfit.insight.redefinition.moves.moves`, with ``name``, ``margin``,
        ``remedial_cost`` and ``fit`` of each account.
    groups : tuple of GroupOutcome
        Of both profiles.
    market : MarketCounts or None
        Counts in the prospect list, where one was given.
    enough : Enough
        What would let the data tell.
    """

    decision: Decision
    why: Why
    current: Profile | None
    proposed: Profile | None
    n: int
    basis: str
    independent: bool
    comparison: RuleComparison | None = None
    worth: Estimate = field(default_factory=lambda: Estimate(float("nan")))
    worth_once_fixed: Estimate | None = None
    n_to_fix: int = 0
    one_account: bool = False
    approximate: bool = True
    overlap: float = float("nan")
    undefined: dict[str, float] = field(default_factory=dict)
    moved: pd.DataFrame = field(default_factory=pd.DataFrame)
    groups: tuple[GroupOutcome, ...] = ()
    market: MarketCounts | None = None
    enough: Enough = NOT_KNOWN

    @property
    def lost_good(self) -> pd.DataFrame:
        """Accounts that would be no target any more and were a fit, the highest margin first."""
        return self._of("out", "to fix", is_fit=True)

    @property
    def gained_bad(self) -> pd.DataFrame:
        """Accounts that would come in and were no profitable fit, the lowest margin first."""
        return self._of("in", is_fit=False)

    def _of(self, *moved: str, is_fit: bool) -> pd.DataFrame:
        if self.moved.empty:
            return self.moved
        found = self.moved[self.moved["move"].isin(moved) & (self.moved["fit"] == is_fit)]
        # The index is in plain order, so equal margins stand in the order of their ids.
        return found.sort_values("margin", ascending=not is_fit, kind="stable")


def redefinition(
    accounts: Accounts,
    trial: Trial,
    current: Profile | None,
    proposed: Profile | None,
    *,
    prospects: pd.DataFrame | None = None,
    judged: pd.Index | None = None,
    basis: str = "",
    independent: bool | None = None,
    seed: int = 0,
    n_boot: int = REPLICATES,
) -> Redefinition:
    """Set the current ICP against the one proposed.

    Parameters
    ----------
    accounts : Accounts
        Facts and outcomes.
    trial : Trial
        Its hold-out is where both are judged.
    current : Profile or None
        The current ICP; without one the proposal is held against every account won.
    proposed : Profile or None
        The one proposed; None where nothing passed.
    prospects : DataFrame, optional
        Facts of a prospect list, in which both are counted.
    judged : Index, optional
        The accounts to judge on, if not the hold-out: those that took no part in finding the
        proposal. Without them and without a hold-out the accounts of the cross-validation are
        taken, and nothing can be decided for the proposal.
    basis : str
        What `judged` is, in words.
    independent : bool, optional
        Whether those accounts took no part in finding the proposal, so that they can decide for
        it; by default they did not where `judged` is given or there is a hold-out.
    seed : int
        Of the bootstrap.
    n_boot : int
        Resamples.

    Returns
    -------
    Redefinition
        With no comparison where there is no proposal.

    Raises
    ------
    SettingsError
        If a profile has a condition on an attribute that the accounts don't have.

    Notes
    -----
    Accounts are those of `Accounts`, one per parent, so the resamples are by parent. They are put
    in the order of their ids: neither rows nor ties depend on the order of the exports.

    References
    ----------
    Efron (1979), Annals of Statistics 7; Dixon & Tukey (1968), Technometrics 10 (winsorising).
    """
    if independent is None:
        independent = judged is not None or trial.split.basis != "none"
    members = (trial.judged if judged is None else judged).sort_values()
    said = basis if judged is not None and basis else trial.split.reason
    facts, outcomes = accounts.facts.loc[members], accounts.outcomes.loc[members]
    market = None if prospects is None else market_counts(prospects, current, proposed)
    if proposed is None:
        return Redefinition(
            "keep" if current is not None else "cannot tell", "no proposal", current, None,
            len(members), said, independent, market=market,
            undefined={} if current is None else {"current": undefined_share(current, facts)},
            groups=group_outcomes(current, "current", facts, outcomes, seed),
        )  # fmt: skip
    before = np.ones(len(members)) if current is None else tiers(current, facts).to_numpy()
    after = tiers(proposed, facts).to_numpy()
    values = account_figures(outcomes, proposed, facts)
    today = {name: of_each for name, of_each in values.items() if name != "margin_once_fixed"}
    compared = rule_comparison(
        before, after, today, note=_shortage(before, after, values["fit"], members),
        n_boot=n_boot, seed=seed,
    )  # fmt: skip
    later = tiers(proposed, facts, once_fixed=True).to_numpy()
    if proposed.fix:
        compared = with_once_fixed(compared, before, later, values, n_boot=n_boot, seed=seed)
    chance = chance_of_difference(before, after, values["margin"], seed=seed)
    compared = dataclasses.replace(compared, chance_better=chance[0], chance_worse=chance[1])
    difference = compared.equal["margin"].difference
    one_account = turns_on_one_account(before, after, values["margin"])
    decision, why = decided(
        difference,
        independent=independent,
        one_account=one_account,
        same_accounts=bool((before == after).all()),
        chance=chance,
    )
    either = np.count_nonzero((before > 0) | (after > 0))
    both = np.count_nonzero((before > 0) & (after > 0))
    fixed = compared.equal.get("margin_once_fixed")
    undefined = {"proposed": undefined_share(proposed, facts)}
    if current is not None:
        undefined["current"] = undefined_share(current, facts)
    return Redefinition(
        decision=decision,
        why=why,
        current=current,
        proposed=proposed,
        n=len(members),
        basis=said,
        independent=independent,
        comparison=compared,
        worth=_per_100(difference),
        worth_once_fixed=None if fixed is None else _per_100(fixed.difference),
        n_to_fix=int(np.count_nonzero((later > 0) & (after == 0))),
        one_account=one_account,
        approximate=(len(members) < APPROXIMATE_BELOW or compared.volume < _APPROXIMATE_CHOSEN),
        overlap=both / either if either else float("nan"),
        undefined=undefined,
        moved=_moved(accounts, current, proposed, facts, outcomes),
        groups=(
            *group_outcomes(current, "current", facts, outcomes, seed),
            *group_outcomes(proposed, "proposed", facts, outcomes, seed),
        ),
        market=market,
        enough=enough(difference, len(members)),
    )


def _shortage(
    before: np.ndarray[Any, Any], after: np.ndarray[Any, Any], fit: Any, members: pd.Index
) -> str:
    for name, tier in (("current", before), ("proposed", after)):
        chosen = int((tier > 0).sum())
        if chosen < FEWEST_CHOSEN:
            return (
                f"insufficient: the {name} ICP selects {chosen:,} of {len(members):,} accounts,"
                f" {FEWEST_CHOSEN} are needed"
            )
    return shortage(fit == 1.0, members)


def _per_100(difference: Estimate) -> Estimate:
    low, high = (None if end is None else 100.0 * end for end in (difference.low, difference.high))
    return Estimate(
        100.0 * difference.value, low, high, difference.level, difference.n, difference.note
    )


def _moved(
    accounts: Accounts,
    current: Profile | None,
    proposed: Profile,
    facts: pd.DataFrame,
    outcomes: pd.DataFrame,
) -> pd.DataFrame:
    found = moves(current, proposed, facts)
    kept = outcomes.loc[found.index]
    return found.assign(
        name=accounts.dates.loc[found.index, "name"],
        margin=pd.to_numeric(kept["margin"]),
        remedial_cost=pd.to_numeric(kept["remedial_cost"]),
        fit=kept["fit"].astype(bool),
    )
