"""The label under other assumptions: other rates, hurdles, horizons, and no remedial cost.

Every variant is derived from outcomes that are already joined. A margin is linear in each rate, so
another rate needs nothing but the activity's cost: ``CM' = CM - (factor - 1) * cost``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from icpfit.data.joining.periods import period_text
from icpfit.economics.label import profitable_fit
from icpfit.economics.margin import without_remedial

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from icpfit.economics.label import LabelRule
    from icpfit.economics.outcome import Accounts

__all__ = [
    "ALL_TOGETHER",
    "AS_DEFINED",
    "Ambiguity",
    "LabelVariant",
    "activity_totals",
    "ambiguous_accounts",
    "label_variants",
    "typical_margin",
]

AS_DEFINED = "as defined"
ALL_TOGETHER = "cost of all service together"
LOWER, HIGHER = 0.8, 1.2
HURDLE_STEP = 0.20
AMBIGUOUS = 0.05
LOYALTY_STEP = 0.1
MOST_ACTIVITIES = 12
"""Those with most money are varied alone; all of them are in the variant of all together."""


@dataclass(frozen=True, eq=False)
class LabelVariant:
    """The outcome of the same accounts under one other assumption.

    Parameters
    ----------
    name : str
        Such as "cost of support 20 % higher".
    assumption : str
        What was varied, such as "the cost of support"; empty for the label as defined.
    margin : Series of float64, shape (n,)
        Margin of the accounts used, currency units, indexed by account_id; NaN where this variant
        doesn't know it.
    fit : Series of boolean (with NA), shape (n,)
        The label.
    """

    name: str
    assumption: str
    margin: pd.Series
    fit: pd.Series


@dataclass(frozen=True)
class Ambiguity:
    """Accounts so near the hurdle that a small error in any cost decides their label.

    Parameters
    ----------
    n : int
        How many.
    of : int
        Accounts with any revenue or cost.
    within : float
        Greatest distance from the hurdle, currency units: 5 % of the median absolute margin.
    """

    n: int
    of: int
    within: float


def label_variants(
    accounts: Accounts, rule: LabelRule, shorter: Accounts | None = None
) -> list[LabelVariant]:
    """Derive the label as it would be under each other assumption, one at a time.

    The hurdle 20 % of the median absolute margin lower and higher (or the share that a ``ratio``
    or ``quantile`` asks for, a fifth lower and higher); the loyalty threshold .1 lower and higher;
    the cost of each activity x .8 and x 1.2, and of all together; no remedial cost; three quarters
    of the horizon.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts; those that a model may learn from are varied.
    rule : LabelRule
        What makes a profitable fit.
    shorter : Accounts, optional
        The same accounts over three quarters of the horizon, see `shorter_horizon`.

    Returns
    -------
    list of LabelVariant
        The label as defined first.

    Notes
    -----
    The whole cost of an activity is scaled, also where its rows bring their own amounts: those are
    somebody's estimate as well. Loyalty doesn't depend on costs and stays as it is, except over
    the shorter horizon. Of more than 12 activities the 12 with most money are varied alone.
    """
    outcomes = accounts.outcomes.loc[accounts.used]
    costs = activity_totals(accounts)

    def variant(
        name: str, assumption: str, margin: pd.Series, changed: LabelRule = rule
    ) -> LabelVariant:
        fit = _fit(accounts, outcomes.assign(margin=margin), changed)
        return LabelVariant(name, assumption, margin, fit)

    margin = outcomes["margin"].astype("float64")
    found = [variant(AS_DEFINED, "", margin)]
    size = typical_margin(outcomes)
    for name, assumption, changed in _other_rules(rule, size, accounts.currency):
        found.append(variant(name, assumption, margin, changed))
    scaled = [(f"cost of {_words(one)}", costs[one]) for one in costs.columns[:MOST_ACTIVITIES]]
    if costs.shape[1] > 1:
        scaled.append((ALL_TOGETHER, costs.sum(axis=1)))
    for name, cost in scaled:
        for factor in (LOWER, HIGHER):
            way = "lower" if factor < 1 else "higher"
            # Rounded, so that margins that are equal stay equal and tie.
            other = (margin - (factor - 1.0) * cost).round(6)
            found.append(variant(f"{name} 20 % {way}", f"the {name}", other))
    if (outcomes["remedial_cost"] != 0).any():
        without = without_remedial(outcomes)["margin"].astype("float64").round(6)
        found.append(variant("without remedial cost", "whether remedial cost counts", without))
    if shorter is not None:
        over = shorter.outcomes.reindex(outcomes.index)
        name = f"over {period_text(shorter.horizon)} instead of {period_text(accounts.horizon)}"
        counts = over["excluded_because"].isna()
        found.append(
            LabelVariant(
                name,
                "the horizon",
                over["margin"].astype("float64").where(counts),
                over["fit"].astype("boolean").where(counts),
            )
        )
    return found


def activity_totals(accounts: Accounts) -> pd.DataFrame:
    """Cost of each activity, of every account that a model may learn from.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.

    Returns
    -------
    DataFrame of float64, shape (n used, activities)
        Discounted over the horizon, currency units, 0 where there was none; the activity with
        most money first, those without any left out.
    """
    used = accounts.used
    rows = accounts.activity_costs
    rows = rows[rows["account_id"].isin(used)]
    table = rows.pivot_table(index="account_id", columns="activity", values="amount", aggfunc="sum")
    table = table.reindex(used).fillna(0.0)
    total = table.abs().sum()
    order = sorted(total.index[total > 0], key=lambda name: (-total[name], str(name)))
    return table[order]


def typical_margin(outcomes: pd.DataFrame) -> float:
    """Median of the absolute margin, over accounts with any revenue or cost.

    Parameters
    ----------
    outcomes : DataFrame, shape (n, ...)
        As in `Accounts.outcomes`.

    Returns
    -------
    float
        Currency units; 0 where there is no such account.

    Notes
    -----
    Accounts that never bought and never cost anything are left out: where they are the majority
    the median would be 0, and nothing would be varied.
    """
    margin = outcomes.loc[_moved(outcomes), "margin"].abs()
    return float(margin.median()) if len(margin) else 0.0


def ambiguous_accounts(outcomes: pd.DataFrame, rule: LabelRule) -> Ambiguity | None:
    """Count the accounts within 5 % of the median absolute margin of the hurdle.

    Parameters
    ----------
    outcomes : DataFrame, shape (n, ...)
        As in `Accounts.outcomes`, of the accounts used.
    rule : LabelRule
        Its hurdle; for ``ratio`` that is the account's own share of its revenue.

    Returns
    -------
    Ambiguity or None
        None for rules that compare accounts with each other and have no hurdle.

    Examples
    --------
    >>> import pandas as pd
    >>> from icpfit.economics.label import LabelRule
    >>> outcomes = pd.DataFrame({"margin": [1000.0, -40.0, 600.0, -2000.0], "revenue": 1.0})
    >>> ambiguous_accounts(outcomes, LabelRule(kind="threshold"))
    Ambiguity(n=1, of=4, within=40.0)
    """
    if rule.kind in ("quantile", "peer_relative"):
        return None
    moved = outcomes[_moved(outcomes)]
    hurdle = rule.ratio * moved["revenue"].clip(lower=0) if rule.kind == "ratio" else rule.hurdle
    within = AMBIGUOUS * typical_margin(outcomes)
    distance = (moved["margin"].astype("float64") - hurdle).abs()
    return Ambiguity(int((distance <= within + 1e-9).sum()), len(moved), within)


def _moved(outcomes: pd.DataFrame) -> pd.Series:
    names = ["revenue", "direct_cost", "cost_to_serve", "acquisition_cost"]
    money = outcomes.reindex(columns=names).astype("float64").fillna(0.0)
    return outcomes["margin"].notna() & (money != 0).any(axis=1)


def _other_rules(
    rule: LabelRule, size: float, currency: str
) -> Iterator[tuple[str, str, LabelRule]]:
    """Give the rule with another threshold: its name, what is varied, the rule."""
    for way in (-1.0, 1.0):
        if rule.kind in ("margin_and_loyalty", "threshold") and size > 0:
            hurdle = rule.hurdle + way * HURDLE_STEP * size
            amount = f"{hurdle:,.0f} {currency}".replace("-", "−")
            yield f"hurdle at {amount}", "the hurdle", replace(rule, hurdle=hurdle)
        elif rule.kind in ("ratio", "quantile"):
            share = getattr(rule, rule.kind) * (LOWER if way < 0 else HIGHER)
            if share < 1:
                name = "share of the revenue" if rule.kind == "ratio" else "share of the cohort"
                changed = (
                    replace(rule, ratio=share)
                    if rule.kind == "ratio"
                    else replace(rule, quantile=share)
                )
                yield f"{name} at {100 * share:.3g} %", f"the {name}", changed
    if rule.kind == "margin_and_loyalty":
        for way in (-1.0, 1.0):
            loyal_at = round(rule.loyal_at + way * LOYALTY_STEP, 9)
            if 0 <= loyal_at <= 1:
                name = f"loyalty threshold at {loyal_at:g}"
                yield name, "the loyalty threshold", replace(rule, loyal_at=loyal_at)


def _fit(accounts: Accounts, outcomes: pd.DataFrame, rule: LabelRule) -> pd.Series:
    years = accounts.dates.loc[outcomes.index, "started_on"].dt.year
    peers = None
    if rule.kind == "peer_relative" and rule.peers is not None:
        peers = accounts.facts.loc[outcomes.index, rule.peers]
    return profitable_fit(outcomes, rule, cohort=years, peers=peers)


def _words(activity: object) -> str:
    return str(activity).replace("_", " ")
