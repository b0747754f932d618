"""What the report says of a company, gathered from the rooms that know it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from icpfit.data.joining.ledger import ledger_lines
from icpfit.delivery.report.driver_rows import DriverRows
from icpfit.delivery.report.facts import AccountCounts, ReportFacts
from icpfit.delivery.report.icp_words import icp_named
from icpfit.economics.margin import whale_curve
from icpfit.economics.waterfall import margin_waterfall
from icpfit.icp.wording import sentences

if TYPE_CHECKING:
    import datetime as dt

    from icpfit.economics.outcome import Accounts
    from icpfit.evidence.promotion import Verdict
    from icpfit.evidence.trial import Trial
    from icpfit.icp.profile import Profile
    from icpfit.insight.explanation import Explanation

__all__ = ["account_counts", "trial_report"]


def account_counts(accounts: Accounts) -> AccountCounts:
    """Count the accounts from the export to those that a model may learn from.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.

    Returns
    -------
    AccountCounts
        With the reasons why the others were left out, the most frequent first.
    """
    reasons = accounts.outcomes["excluded_because"].dropna().value_counts()
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], str(item[0])))
    return AccountCounts(
        read=len(accounts.outcomes),
        mature=int(accounts.dates["is_mature"].sum()),
        used=len(accounts.used),
        excluded={str(reason): int(n) for reason, n in ordered},
    )


def trial_report(
    accounts: Accounts,
    *,
    company: str,
    objective: str,
    generated_on: dt.date,
    profile: Profile | None = None,
    trial: Trial | None = None,
    explanation: Explanation | None = None,
    verdict: Verdict | None = None,
    refusal: str = "",
) -> ReportFacts:
    """Gather what the report says, with a model or without one.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.
    company : str
        The company's name.
    objective : {"margin", "fit"}
        The number that ranks.
    generated_on : date
        The day of the report.
    profile : Profile, optional
        The current ICP.
    trial, explanation, verdict : optional
        The challenger, why it says what it says, and whether it may go live.
    refusal : str
        Why there is no model, as a sentence.

    Returns
    -------
    ReportFacts
        All that the template needs.
    """
    known = accounts.outcomes["margin"].dropna()
    contract = None if trial is None else trial.model.contract
    return ReportFacts(
        company=company,
        currency=accounts.currency,
        horizon=str(accounts.horizon),
        as_of=accounts.as_of,
        generated_on=generated_on,
        objective=objective,
        label_text=accounts.label_text,
        accounts=account_counts(accounts),
        whale=whale_curve(known.to_numpy()) if len(known) else None,
        waterfall=[
            dataclasses.replace(step, label=step.label.replace("_", " "))
            for step in (margin_waterfall(accounts) if len(known) else ())
        ],
        signal=None if trial is None else trial.signal,
        judgement=None if trial is None else trial.judgement,
        refusal=refusal,
        verdict=verdict,
        grading=None if trial is None else trial.model.grading,
        drivers=None if explanation is None else explanation.drivers,
        driver_rows=None
        if explanation is None or contract is None
        else DriverRows(
            explanation.contributions, explanation.matrix, contract.features, explanation.basis
        ),
        dropped={} if contract is None else contract.dropped,
        icp_name="" if profile is None else icp_named(profile.name, profile.version),
        icp_sentences=[] if profile is None else sentences(profile, accounts.attributes),
        ledger_lines=ledger_lines(accounts.ledger),
        reconciled=_reconciled(accounts),
        notes=[*accounts.ledger.warnings, *accounts.notes],
    )


def _reconciled(accounts: Accounts) -> str:
    """Say the revenue's share of the books; what each pool was charged stands in the notes."""
    lines = [line for line in accounts.ledger.reconciliation if line.name == "revenue"]
    return lines[0].text if lines else ""
