"""The outcome: what happened after the sale, joined to what was known before it, side by side."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from icpfit.data.joining.ledger import JoinLedger, check_ledger
from icpfit.data.joining.periods import Period, period, period_end
from icpfit.data.joining.reconciliation import share_text
from icpfit.economics.account_outcomes import (
    account_outcomes,
    activity_costs,
    monthly_margins,
)
from icpfit.economics.coverage import logs
from icpfit.economics.joined_ledgers import joined_ledgers
from icpfit.economics.label import LabelRule, label_text, profitable_fit
from icpfit.errors import OutcomeError, SettingsError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from icpfit.data.contract import Attribute
    from icpfit.data.joining.accounts import AccountRows
    from icpfit.data.joining.history import DatedFact
    from icpfit.data.joining.join_engine import JoinEngine
    from icpfit.data.table_spec import DataSpec
    from icpfit.data.tables import Tables
    from icpfit.economics.spec import EconomicsSpec

__all__ = ["Accounts", "joined_accounts"]


@dataclass(frozen=True)
class Accounts:
    """The accounts with what was known before the sale and what happened after, kept apart.

    Parameters
    ----------
    facts : DataFrame
        One column for each declared attribute, indexed by account_id in plain string order.
    dates : DataFrame
        Same index: ``started_on``, ``decided_on``, ``horizon_end``, ``is_mature``, ``name``,
        ``members``.
    outcomes : DataFrame
        Same index: ``revenue``, ``direct_cost``, ``planned_cost``, ``remedial_cost``,
        ``cost_to_serve``, ``acquisition_cost``, ``margin`` (after all of these), currency units
        discounted over the horizon; ``retention``, ``enrichment``, ``advocacy``, ``loyalty``
        (0 to 1); ``retained`` and ``fit`` (True, False or None); ``lost_on``; ``covered_share``;
        ``excluded_because`` (None for those that count). NaN where not mature; money also where
        a log covers too little.
    activity_costs : DataFrame
        Cost of mature accounts within their horizon: ``account_id``, ``activity``, ``remedial``,
        ``caused_by``, ``served_by``, ``amount`` (discounted), ``quantity``, ``events``.
    ledger : JoinLedger
        What became of every row read.
    attributes : dict of str to Attribute
        The declared attributes.
    as_of : date
        Rows after it were set aside.
    horizon, lag : Period
        The clock.
    currency : str
        Of all money.
    label_text : str
        One sentence that defines the label.
    notes : list of str
        What a reader should know.
    monthly : DataFrame
        Margin of mature accounts by month, before acquisition cost: ``account_id``, ``month`` (0 is
        the first), ``margin`` (discounted); months without any row are left out.
    dated : dict of str to DatedFact
        Attributes that have a history: from when the value is that the facts hold.
    """

    facts: pd.DataFrame
    dates: pd.DataFrame
    outcomes: pd.DataFrame
    activity_costs: pd.DataFrame
    ledger: JoinLedger
    attributes: dict[str, Attribute]
    as_of: dt.date
    horizon: Period
    lag: Period
    currency: str
    label_text: str
    notes: list[str]
    monthly: pd.DataFrame = field(default_factory=pd.DataFrame)
    dated: dict[str, DatedFact] = field(default_factory=dict)

    @property
    def used(self) -> pd.Index:
        """Accounts that a model may learn from: mature, not excluded, with a label."""
        counts = self.outcomes["excluded_because"].isna() & self.outcomes["fit"].notna()
        return self.outcomes.index[counts]


def joined_accounts(
    tables: Tables,
    data: DataSpec,
    economics: EconomicsSpec,
    progress: Callable[[str], None] | None = None,
    engine: JoinEngine | None = None,
) -> Accounts:
    """Join the ledgers to the accounts and derive the outcome of each.

    Parameters
    ----------
    tables : Tables
        The typed tables.
    data : DataSpec
        The settings of the company's data.
    economics : EconomicsSpec
        The settings of its economics.
    progress : callable, optional
        Told what is being done.
    engine : JoinEngine, optional
        What runs the joins; DuckDB by default. No outcome depends on it.

    Returns
    -------
    Accounts
        One row per account, whatever its outcome.

    Raises
    ------
    JoinError
        When tables don't fit together, or don't reconcile to the books.
    OutcomeError
        When there is no revenue, no account is mature, or the label asks for loyalty that no
        table has.
    SettingsError
        When an activity has no rate.
    EngineError
        When the engine that was handed down can't do it.

    References
    ----------
    Kaplan and Anderson (2007), Time-Driven Activity-Based Costing.
    """
    tell = progress or (lambda _text: None)
    joined = joined_ledgers(tables, data, economics, tell, engine)
    rows, ledger = joined.rows, joined.ledger
    check_ledger(ledger, data.join)
    tell("deriving outcomes")
    horizon, lag = period(data.horizon), period(data.lag, "data.lag")
    dates = _dates(rows, lag, data.as_of)
    outcomes, notes = account_outcomes(
        rows.frame,
        dates,
        revenue=joined.revenue.rows,
        costs=joined.costs.rows,
        loyalty=joined.loyalty.rows,
        covering=logs(tables.reads, data),
        economics=economics,
        horizon=horizon,
        has_loyalty=any(read.table == "loyalty" for read in tables.reads),
    )
    facts = rows.frame[[f"attr:{name}" for name in data.attributes]]
    facts = facts.rename(columns=lambda name: name.removeprefix("attr:"))
    outcomes["fit"] = _fit(outcomes, facts, dates, economics.label)
    events = activity_costs(joined.costs.rows, dates["is_mature"], economics.discount_rate)
    return Accounts(
        facts=facts,
        dates=dates,
        outcomes=outcomes,
        activity_costs=events,
        ledger=ledger,
        attributes=dict(data.attributes),
        as_of=data.as_of,
        horizon=horizon,
        lag=lag,
        currency=data.currency,
        label_text=label_text(economics.label, horizon, economics.discount_rate, data.currency),
        notes=[
            *rows.notes,
            *joined.priced.notes,
            *joined.observed.notes,
            *notes,
            *_cause_note(events),
        ],
        monthly=monthly_margins(
            joined.revenue.rows, joined.costs.rows, dates["is_mature"], economics.discount_rate
        ),
        dated=rows.dated,
    )


def _dates(rows: AccountRows, lag: Period, as_of: dt.date) -> pd.DataFrame:
    frame = rows.frame
    ready = period_end(frame["horizon_end"], lag)
    mature = ready <= pd.Timestamp(as_of)
    if not mature.any():
        raise OutcomeError(
            f"no account is mature at data.as_of {as_of}: the first of {len(frame):,} will be on"
            f" {ready.min().date()} (start + horizon + lag); shorten data.horizon, or bring older"
            " accounts"
        )
    names = ["started_on", "decided_on", "horizon_end"]
    return frame[names].assign(is_mature=mature, name=frame["name"], members=frame["members"])


def _fit(
    outcomes: pd.DataFrame, facts: pd.DataFrame, dates: pd.DataFrame, rule: LabelRule
) -> pd.Series:
    peers = None
    if rule.kind == "peer_relative":
        if rule.peers not in facts:
            known = ", ".join(sorted(facts.columns)) or "none"
            raise SettingsError(
                f"data.economics.label.peers: there is no attribute {rule.peers!r}; known: {known}"
            )
        peers = facts[rule.peers]
    counted = outcomes.where(outcomes["excluded_because"].isna())
    years = dates["started_on"].dt.year
    fit = profitable_fit(counted, rule, cohort=years, peers=peers).astype(object)
    return fit.where(fit.notna(), None)


def _cause_note(events: pd.DataFrame) -> list[str]:
    total = float(events["amount"].sum())
    if not total:
        return []
    unknown = float(events.loc[events["caused_by"] == "unknown", "amount"].sum())
    if not unknown:
        return []
    return [f"{share_text(unknown / total)} of the cost to serve has no known cause"]
