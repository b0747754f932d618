"""The CRM's reports of the demo company and its list of prospects, under the CRM's labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from icpfit.data.demo.relationships import Relationships

__all__ = [
    "ATTRIBUTE_LABELS",
    "account_export",
    "money_text",
    "opportunity_export",
    "prospect_export",
]

ATTRIBUTE_LABELS = {
    "industry": "Industry",
    "country": "Billing Country Code",
    "employees": "Employees",
    "revenue_band": "Annual Revenue Band",
    "sites": "Number of Sites",
    "systems": "Connected Systems",
    "has_it_team": "Has IT Team",
    "custom_integration": "Custom Integration Requested",
    "lead_source": "Lead Source",
    "ownership": "Ownership",
    "erp_system": "ERP System",
    "founded_on": "Founded On",
    "web_shop": "Has Web Shop",
}
"""Attribute to its label in the CRM."""


def account_export(
    *,
    shown: pd.DataFrame,
    identity: pd.DataFrame,
    started_on: np.ndarray,
    acquisition: np.ndarray,
    life: Relationships,
    as_of: np.datetime64,
) -> pd.DataFrame:
    """Write the CRM's report of customers won.

    Parameters
    ----------
    shown : pandas.DataFrame
        Attributes as the CRM knows them, text.
    identity : pandas.DataFrame
        number, name, domain, opened_on of the same customers.
    started_on : numpy.ndarray
        Start of each contract.
    acquisition : numpy.ndarray
        EUR that winning each customer took.
    life : Relationships
        What became of them.
    as_of : numpy.datetime64
        A loss after it isn't known yet.

    Returns
    -------
    pandas.DataFrame
        Text columns under the CRM's labels.
    """
    known = np.where(life.lost_on <= as_of, life.lost_on, np.datetime64("NaT"))
    recent = life.tickets[
        (life.tickets["date"] > pd.Timestamp(as_of) - pd.Timedelta(days=90))
        & (life.tickets["date"] <= pd.Timestamp(as_of))
    ]
    tickets = np.bincount(recent["who"], minlength=len(shown))
    years = np.maximum(np.ceil((as_of - started_on).astype(np.int64) / 365.25), 1).astype(np.int64)
    return pd.DataFrame(
        {
            "Account Number": identity["number"].to_numpy(),
            "Account Name": identity["name"].to_numpy(),
            "Website": identity["domain"].to_numpy(),
            "Parent Account Number": "",
            "Opportunity Created Date": _days(identity["opened_on"].to_numpy()),
            "Contract Start Date": _days(started_on),
            "Contract End Date": _days(
                (started_on.astype("datetime64[M]") + 12 * years).astype("datetime64[D]")
            ),
            "Churn Date": _days(known),
            **{label: shown[name].to_numpy() for name, label in ATTRIBUTE_LABELS.items()},
            "Acquisition Cost": money_text(acquisition),
            "Contract Discount %": life.discount.astype(np.int64).astype(str),
            "Tickets Last 90 Days": tickets.astype(str),
            "Health Score": life.health.astype(np.int64).astype(str),
        }
    )


def opportunity_export(
    *,
    numbers: np.ndarray,
    shown: pd.DataFrame,
    opened_on: np.ndarray,
    closed_on: np.ndarray,
    is_won: np.ndarray,
    amount: np.ndarray,
) -> pd.DataFrame:
    """Write the CRM's report of opportunities, won and lost, with a few facts of the company.

    Parameters
    ----------
    numbers : numpy.ndarray
        Account numbers, also of companies never won.
    shown : pandas.DataFrame
        Attributes as the CRM knows them, text.
    opened_on, closed_on : numpy.ndarray
        Days of each deal.
    is_won : numpy.ndarray
        Whether it was won.
    amount : numpy.ndarray
        EUR quoted.

    Returns
    -------
    pandas.DataFrame
        Text columns.
    """
    facts = ("industry", "country", "employees", "sites", "lead_source")
    return pd.DataFrame(
        {
            "Account Number": numbers,
            "Opportunity Name": [f"Nordlicht Connect {number[-4:]}" for number in numbers],
            "Stage": np.where(is_won, "Closed Won", "Closed Lost"),
            "Created Date": _days(opened_on),
            "Close Date": _days(closed_on),
            "Won": np.where(is_won, "Yes", "No"),
            "Amount": money_text(amount),
            **{ATTRIBUTE_LABELS[name]: shown[name].to_numpy() for name in facts},
        }
    )


def prospect_export(
    shown: pd.DataFrame, names: np.ndarray, websites: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """Write a bought list of companies that nobody has spoken to yet, with columns of its own.

    Parameters
    ----------
    shown : pandas.DataFrame
        Attributes as the list's vendor knows them, text.
    names, websites : numpy.ndarray
        Text of each company.
    rng : numpy.random.Generator
        The source of chance, for owners and notes.

    Returns
    -------
    pandas.DataFrame
        Text columns.
    """
    n = len(shown)
    owners = np.array(["A. Petersen", "J. Thießen", "M. Yıldız", ""], dtype=object)
    return pd.DataFrame(
        {
            "Prospect ID": [f"{n:06d}" for n in range(4711, 4711 + n)],
            "Company": names,
            "Website": websites,
            **{label: shown[name].to_numpy() for name, label in ATTRIBUTE_LABELS.items()},
            "Owner": owners[rng.integers(0, len(owners), n)],
            "Note": np.where(rng.random(n) < 0.02, "met at the fair, call back", ""),
        }
    )


def money_text(values: np.ndarray) -> np.ndarray:
    """Write amounts with two decimals and a point.

    Parameters
    ----------
    values : numpy.ndarray
        EUR.

    Returns
    -------
    numpy.ndarray
        Text (object).

    Examples
    --------
    >>> money_text(np.array([1200.5, -3.0]))
    array(['1200.50', '-3.00'], dtype=object)
    """
    return np.array([f"{value:.2f}" for value in values], dtype=object)


def _days(dates: np.ndarray) -> np.ndarray:
    text = np.datetime_as_string(dates.astype("datetime64[D]"), unit="D").astype(object)
    return np.where(np.isnat(dates), "", text)
