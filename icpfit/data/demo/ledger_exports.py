"""The demo company's ledgers as accounting, help desk, field service and surveys give them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from icpfit.data.demo.crm_exports import money_text

__all__ = ["invoice_export", "opinion_exports", "service_exports", "ticket_export"]

_TOPICS = ("how-to", "configuration", "integration", "new user", "reporting", "alarm rules")
_COMPLAINTS = ("damaged on arrival", "damaged on arrival", "wrong item", "invoice error")
_SUBJECTS = {
    "how-to": "Wie geht das: threshold for night hours?",
    "configuration": "Sensor group is not where it should be",
    "integration": "ERP interface delivers no batch numbers",
    "new user": "Zugang für neue Kollegin",
    "reporting": "Monthly report, second page",
    "alarm rules": "Too many alarms at the weekend",
    "damaged on arrival": "Gehäuse gebrochen, box was open",
    "wrong item": "Ordered 12 probes, got 12 brackets",
    "invoice error": "Rechnung doppelt?",
}
_REASONS = ("Transit damage", "Transit damage", "Transit damage", "Wrong item shipped", "Defect")
_PRAISE = {
    "support": "Your support knows what it is doing.",
    "product": "Runs since the first day, the alarms are right.",
    "onboarding": "Einführung war schnell und gut erklärt.",
}
_BLAME = {
    "delivery": "Third parcel in a row with broken housings.",
    "support": "Nobody calls back before the second day.",
    "onboarding": "Took far longer than promised at the sale.",
    "price": "Teuer für das, was wir nutzen.",
}
_ROLES = ("Operations", "Quality", "IT", "Purchasing", "Management")


def invoice_export(invoices: pd.DataFrame) -> pd.DataFrame:
    """List invoice and credit lines as the accounting system does; German dates.

    Parameters
    ----------
    invoices : pandas.DataFrame
        number, name, date, item, amount, direct_cost, paid_after (days), in order.

    Returns
    -------
    pandas.DataFrame
        Text columns.
    """
    date, item = invoices["date"], invoices["item"].to_numpy()
    document = np.where(item == "credit", "GS", "RE")
    running = np.arange(1, len(invoices) + 1)
    kinds = {"equipment": "Invoice", "subscription": "Invoice", "credit": "Credit Memo"}
    products = {
        "equipment": "Sensors and gateways",
        "subscription": "Nordlicht Connect, quarter",
        "credit": "Gutschrift",
    }
    return pd.DataFrame(
        {
            "Date": date.dt.strftime("%d.%m.%Y"),
            "Transaction Type": invoices["item"].map(kinds),
            "Num": [f"{d}-{n:06d}" for d, n in zip(document, running, strict=True)],
            "Account Number": invoices["number"],
            "Name": invoices["name"],
            "Product/Service": invoices["item"].map(products),
            "Amount": money_text(invoices["amount"].to_numpy()),
            "Est. Extended Cost": money_text(invoices["direct_cost"].to_numpy()),
            "Currency": "EUR",
            "Due Date": (date + pd.Timedelta(days=30)).dt.strftime("%d.%m.%Y"),
            "Paid Date": (date + pd.to_timedelta(invoices["paid_after"], unit="D")).dt.strftime(
                "%d.%m.%Y"
            ),
        }
    ).reset_index(drop=True)


def ticket_export(tickets: pd.DataFrame) -> pd.DataFrame:
    """Write the help desk's export of tickets, with three custom fields.

    Parameters
    ----------
    tickets : pandas.DataFrame
        number, date, second_of_day, complaint, topic_code, in_hub, minutes, reopens, in order.

    Returns
    -------
    pandas.DataFrame
        Text columns.
    """
    complaint = tickets["complaint"].to_numpy(dtype=bool)
    code = tickets["topic_code"].to_numpy()
    usual = np.array(_TOPICS, dtype=object)[code % len(_TOPICS)]
    # Where shipments arrive damaged, most complaints are about that.
    wrong = np.where(
        tickets["in_hub"].to_numpy(dtype=bool) & (code < 50),
        "damaged on arrival",
        np.array(_COMPLAINTS, dtype=object)[code % len(_COMPLAINTS)],
    )
    topic = np.where(complaint, wrong, usual)
    created = tickets["date"] + pd.to_timedelta(tickets["second_of_day"], unit="s")
    return pd.DataFrame(
        {
            "Id": np.arange(10_001, 10_001 + len(tickets)).astype(str),
            "Subject": pd.Series(topic).map(_SUBJECTS).to_numpy(),
            "Tags": np.where(complaint, "complaint", "question"),
            "Status": "Closed",
            "Priority": np.where(complaint, "High", "Normal"),
            "Created at": created.dt.strftime("%Y-%m-%d %H:%M:%S").to_numpy(),
            "Reopens": tickets["reopens"].astype(str).to_numpy(),
            "Account Number [txt]": tickets["number"].to_numpy(),
            "Topic [list]": topic,
            "Minutes worked [dec]": tickets["minutes"].map("{:.1f}".format).to_numpy(),
        }
    )


def service_exports(visits: pd.DataFrame, returns: pd.DataFrame) -> tuple[pd.DataFrame, ...]:
    """Write field service's list of work orders, and the returns desk's of RMAs.

    Parameters
    ----------
    visits : pandas.DataFrame
        number, date, work, hours, in_hub, in order.
    returns : pandas.DataFrame
        number, date, units, cost, reason_code, in_hub, in order.

    Returns
    -------
    tuple of pandas.DataFrame
        Text columns each.
    """
    rework = (visits["work"] == "rework_visit").to_numpy()
    turn = np.arange(len(visits)) % 10
    damaged = turn < np.where(visits["in_hub"].to_numpy(dtype=bool), 9, 3)
    cause = np.where(rework, np.where(damaged, "damaged on arrival", "faulty installation"), "")
    orders = pd.DataFrame(
        {
            "Work Order": [f"WO-{n:06d}" for n in range(1, len(visits) + 1)],
            "Account Number": visits["number"].to_numpy(),
            "Completed On": visits["date"].dt.strftime("%Y-%m-%d").to_numpy(),
            "Work Type": visits["work"].to_numpy(),
            "Cause": cause,
            "Hours": visits["hours"].map("{:.2f}".format).to_numpy(),
        }
    )
    reason = np.array(_REASONS, dtype=object)[returns["reason_code"].to_numpy() % len(_REASONS)]
    reason = np.where(
        returns["in_hub"].to_numpy() & (returns["reason_code"].to_numpy() < 17),
        "Transit damage",
        reason,
    )
    rmas = pd.DataFrame(
        {
            "RMA Number": [f"RMA{n:05d}" for n in range(1, len(returns) + 1)],
            "Customer No.": returns["number"].to_numpy(),
            "RMA Date": returns["date"].dt.strftime("%Y-%m-%d").to_numpy(),
            "Reason": reason,
            "Units": returns["units"].astype(str).to_numpy(),
            "Handling and Replacement Cost": money_text(returns["cost"].to_numpy()),
        }
    )
    return orders, rmas


def opinion_exports(
    answers: pd.DataFrame, events: pd.DataFrame, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write the answers to the 0-10 question with comments, and customer success' log.

    Parameters
    ----------
    answers : pandas.DataFrame
        number, date, score, in_hub, in order.
    events : pandas.DataFrame
        number, date, kind, value, in order.
    rng : numpy.random.Generator
        The source of chance, for what is said and by whom.

    Returns
    -------
    tuple of pandas.DataFrame
        Text columns each.
    """
    score = answers["score"].to_numpy()
    pick = rng.integers(0, 12, len(answers))
    praise, blame = list(_PRAISE), list(_BLAME)
    theme = np.where(
        score >= 7,
        np.array(praise, dtype=object)[pick % len(praise)],
        np.array(blame, dtype=object)[pick % len(blame)],
    )
    theme = np.where((score < 7) & answers["in_hub"].to_numpy() & (pick < 9), "delivery", theme)
    words = np.where(
        score >= 7,
        pd.Series(theme).map(_PRAISE).to_numpy(),
        pd.Series(theme).map(_BLAME).to_numpy(),
    )
    silent = rng.random(len(answers)) < 0.45
    nps = pd.DataFrame(
        {
            "Response ID": [f"R{n:05d}" for n in range(1, len(answers) + 1)],
            "Account Number": answers["number"].to_numpy(),
            "Responded On": answers["date"].dt.strftime("%Y-%m-%d").to_numpy(),
            "Score": score.astype(str),
            "Comment": np.where(silent, "", words),
            "Theme": np.where(silent, "", theme),
            "Role": np.array(_ROLES, dtype=object)[rng.integers(0, len(_ROLES), len(answers))],
        }
    )
    log = pd.DataFrame(
        {
            "Entry": [f"CS-{n:05d}" for n in range(1, len(events) + 1)],
            "Account Number": events["number"].to_numpy(),
            "Date": events["date"].dt.strftime("%Y-%m-%d").to_numpy(),
            "Event": events["kind"].to_numpy(),
            "Value": events["value"].map("{:g}".format).to_numpy(),
        }
    )
    return nps, log
