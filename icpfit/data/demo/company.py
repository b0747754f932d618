"""The demo company written to a folder: exports as real systems give them, and the truth beside."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from icpfit.data.demo import crm_exports, dirt, ledger_exports, truth
from icpfit.data.demo.books import books
from icpfit.data.demo.cohorts import Cohort, cohort, quarter_start, truth_rows
from icpfit.data.demo.companies import companies, in_segment, with_gaps
from icpfit.data.demo.folder import check_folder, write_folder
from icpfit.data.demo.names import account_numbers, company_names, domains
from icpfit.data.demo.world import (
    COSTLY_BY_REMEDIAL,
    NEVER_SOLD_TO,
    QUARTERS,
    SHIFTED,
    WORLD,
    World,
)

__all__ = ["DemoCompany", "known_truth", "write_demo_company"]

LEDGERS = ("invoices", "tickets", "visits", "returns", "answers", "events")
DEAL_SIZE = 32_000.0  # EUR that a company of average size was quoted
CUSTOMERS_LISTED = 8  # in the list of prospects, which are customers already
LOST_FROM = 450_000  # index from which the numbers of companies never won are taken
DAYS_AFTER = 10  # exports are drawn a few days after the day that they are meant for


@dataclass(frozen=True)
class DemoCompany:
    """What was written.

    Attributes
    ----------
    folder : pathlib.Path
        Where the exports lie.
    seed : int
        What they were drawn from.
    as_of : datetime.date
        The day that the exports are meant for.
    rows : dict of str to int
        File to its number of rows, header and total line not counted.
    controls : dict
        What its books say, in the form of the key ``controls`` in ``conf/data/demo.yaml``, where
        that of the default seed and sizes stands.
    """

    folder: Path
    seed: int
    as_of: dt.date
    rows: dict[str, int]
    controls: dict[str, Any]


def write_demo_company(
    folder: Path,
    seed: int = 7,
    customers: int = 3000,
    prospects: int = 2000,
    *,
    later_quarters: int = 0,
    shifted_from: dt.date | None = None,
) -> DemoCompany:
    """Write the exports of the demo company.

    Each quarter is drawn by itself from the seed and its number. With `later_quarters` the same
    company exports again that many quarters later: all earlier customers are the same, their
    ledgers go on, and new cohorts have come; only the dirt falls elsewhere, and who says what in
    a survey.

    Parameters
    ----------
    folder : pathlib.Path
        Where to; made if need be. It appears whole or not at all. A folder that holds an earlier
        demo company is replaced, other files in it are kept; any other folder must be empty.
    seed : int
        Equal seeds and sizes give equal files, byte for byte; not negative.
    customers : int
        Customers won in the four years to `world.AS_OF`, 400 to 400,000.
    prospects : int
        Companies in the prospect list, 100 to 400,000.
    later_quarters : int
        Quarters that have passed since `world.AS_OF`, 0 to 16.
    shifted_from : datetime.date, optional
        Cohorts that start on or after it live in `world.SHIFTED`, and so do the prospects.

    Returns
    -------
    DemoCompany
        What was written.

    Raises
    ------
    ValueError
        For a size out of its bounds.
    OutputError
        Where the folder can't be written, or holds something else.
    """
    for name, value, low, high in (
        ("seed", seed, 0, 2**63),
        ("customers", customers, 400, 400_000),
        ("prospects", prospects, 100, 400_000),
        ("later_quarters", later_quarters, 0, 16),
    ):
        if not low <= value <= high:
            raise ValueError(f"{name}: expected {low} to {high}, found {value}")
    folder = Path(folder).absolute()
    check_folder(folder)  # before the work, not after it
    quarters = QUARTERS + later_quarters
    as_of = quarter_start(quarters) - np.timedelta64(1, "D")
    drawn = [
        cohort(seed, quarter, customers, shifted_from)
        # The quarter after has just begun: its first contracts are in the CRM already.
        for quarter in range(quarters + 1)
    ]
    files, total = _files(drawn, as_of, np.random.default_rng([seed, 1_000]))
    controls = books(files, total)
    shifted = shifted_from is not None and as_of >= np.datetime64(shifted_from)
    market = SHIFTED if shifted else WORLD
    listed, listed_truth = _prospects(seed, prospects, drawn[-1], drawn[0], market)
    files["prospects.csv"] = listed
    files["truth.csv"] = pd.concat([files["truth.csv"], listed_truth], ignore_index=True)
    rows = {name: len(frame) for name, frame in files.items()}
    for name in list(files):
        if name.startswith("invoices_"):
            files[name] = dirt.with_total(files[name], ("Amount", "Est. Extended Cost"))
    write_folder(folder, files)
    return DemoCompany(folder, seed, as_of.astype(dt.date), rows, controls)


def known_truth(folder: Path) -> pd.DataFrame:
    """Read the truth behind a demo company, for tests and benchmarks; no pipeline reads it.

    Parameters
    ----------
    folder : pathlib.Path
        Where `write_demo_company` wrote.

    Returns
    -------
    pandas.DataFrame
        Indexed by id (account number or prospect id): set (customer, prospect), group (the planted
        group, or rest), expected_margin, expected_margin_if_fixed (remedial cost removed) in EUR
        over twelve months, fit_probability.
    """
    frame = pd.read_csv(Path(folder) / "truth.csv", dtype={"id": str}, keep_default_na=False)
    return frame.set_index("id")


def _files(
    drawn: list[Cohort], as_of: np.datetime64, rng: np.random.Generator
) -> tuple[dict[str, pd.DataFrame], Decimal]:
    """All files but the prospects, with their dirt, and the total of the invoices."""
    parts: dict[str, list[pd.DataFrame]] = {}
    won_before, lost_before = 0, LOST_FROM
    for one in drawn:
        is_won = np.zeros(len(one.market), dtype=bool)
        is_won[one.rows_won] = True
        index = np.where(
            is_won, won_before + np.cumsum(is_won) - 1, lost_before + np.cumsum(~is_won) - 1
        )
        won_before, lost_before = won_before + is_won.sum(), lost_before + (~is_won).sum()
        for name, rows in _cohort_rows(one, account_numbers(index), is_won, as_of).items():
            parts.setdefault(name, []).append(rows)
    whole = {name: pd.concat(rows, ignore_index=True) for name, rows in parts.items()}
    branch_numbers = account_numbers(899_900 + np.arange(dirt.SUBSIDIARIES))
    crm, family = dirt.dirty_accounts(whole["accounts"], branch_numbers)
    ledger = {name: _ordered(whole[name], family, crm) for name in LEDGERS}
    orders, rmas = ledger_exports.service_exports(ledger["visits"], ledger["returns"])
    nps, log = ledger_exports.opinion_exports(ledger["answers"], ledger["events"], rng)
    tickets = ledger_exports.ticket_export(ledger["tickets"])
    invoices, total = _yearly(ledger_exports.invoice_export(ledger["invoices"]))
    account = "Account Number"
    files = {
        "accounts.csv": crm,
        "opportunities.csv": whole["opportunities"],
        **invoices,
        "tickets.csv": dirt.dirty_ledger(
            dirt.dirty_words(tickets, "Subject", dirt.SUBJECTS),
            "Account Number [txt]",
            german="Minutes worked [dec]",
            bad_date=("Created at", "2025-02-31 10:00:00"),
        ),
        "visits.csv": dirt.dirty_ledger(orders, account, oddity=("Hours", "half a day")),
        "returns.csv": dirt.dirty_ledger(
            rmas, "Customer No.", german="Handling and Replacement Cost"
        ),
        "nps.csv": dirt.dirty_ledger(
            dirt.dirty_words(nps, "Comment", dirt.COMMENTS),
            account,
            bad_date=("Responded On", "2024-13-05"),
            oddity=("Score", "n/a"),
        ),
        "customer_success.csv": dirt.dirty_ledger(log, account, oddity=("Event", "upsell call")),
        "truth.csv": whole["truth"],
    }
    return files, total


def _cohort_rows(
    one: Cohort, numbers: np.ndarray, is_won: np.ndarray, as_of: np.datetime64
) -> dict[str, pd.DataFrame]:
    """Write what one cohort adds to each file, up to a few days after the day of the export."""
    last = as_of + DAYS_AFTER
    market, chosen = one.market, one.rows_won
    facts = market.iloc[chosen].reset_index(drop=True)
    websites = domains(one.names, market["country"].to_numpy(), numbers)
    identity = pd.DataFrame(
        {
            "number": numbers[chosen],
            "name": one.names[chosen],
            "domain": websites[chosen],
            "opened_on": one.opened_on[chosen].astype("datetime64[s]"),
        }
    )
    seen = one.started_on <= last
    report = crm_exports.account_export(
        shown=one.shown.iloc[chosen].reset_index(drop=True),
        identity=identity,
        started_on=one.started_on,
        acquisition=one.year.acquisition,
        life=one.life,
        as_of=as_of,
    )
    size = (market["employees"].to_numpy() / 150) ** 0.5
    deals = crm_exports.opportunity_export(
        numbers=numbers,
        shown=one.shown,
        opened_on=one.opened_on,
        closed_on=one.closed_on,
        is_won=is_won,
        amount=DEAL_SIZE * size,
    )
    rows = {
        "accounts": report[seen],
        "opportunities": deals[one.closed_on <= last],
        "truth": truth_rows(numbers[chosen], "customer", facts, one.year, one.fit)[seen],
    }
    in_hub = in_segment(COSTLY_BY_REMEDIAL, facts)
    for name in LEDGERS:
        entries: pd.DataFrame = getattr(one.life, name)
        entries = entries[(entries["date"] <= pd.Timestamp(last)) & seen[entries["who"]]]
        who = entries["who"].to_numpy()
        rows[name] = entries.assign(
            number=identity["number"].to_numpy()[who],
            name=identity["name"].to_numpy()[who],
            in_hub=in_hub[who],
        )
    return rows


def _ordered(rows: pd.DataFrame, family: dict[str, str], crm: pd.DataFrame) -> pd.DataFrame:
    """All rows of a ledger by date; half of the later rows of a parent are booked on its branch."""
    branch = rows["number"].map(family)
    starts = crm.drop_duplicates("Account Number").set_index("Account Number")[
        "Contract Start Date"
    ]
    opened = pd.to_datetime(branch.map(starts))
    moved = branch.notna() & (rows["date"] >= opened) & (rows["date"].dt.day % 2 == 0)
    rows = rows.assign(number=rows["number"].mask(moved, branch))
    return rows.sort_values(["date", "number"], kind="stable").reset_index(drop=True)


def _yearly(invoices: pd.DataFrame) -> tuple[dict[str, pd.DataFrame], Decimal]:
    """One file for each year, dirty, and the sum of their totals."""
    year = invoices["Date"].str[-4:]
    files, total = {}, Decimal(0)
    for name, rows in invoices.groupby(year, sort=True):
        dirty = dirt.dirty_ledger(
            rows.reset_index(drop=True),
            "Account Number",
            german="Amount" if name == "2024" else None,
        )
        files[f"invoices_{name}.csv"] = dirty
        total += sum((dirt.exact(cell) for cell in dirty["Amount"]), Decimal(0))
    return files, total


def _prospects(
    seed: int, n: int, cohort: Cohort, first: Cohort, world: World
) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng([seed, 2_000])
    facts = companies(n, world, rng)
    year = truth.first_year(facts, world)
    fit = truth.fit_probability(year, rng, cohort=cohort.year)
    names = company_names(facts, rng)
    shown = with_gaps(facts, rng)
    far = rng.random(n) < 0.03
    shown["country"] = np.where(
        far, np.array(NEVER_SOLD_TO, dtype=object)[rng.integers(0, 3, n)], shown["country"]
    )
    websites = domains(names, shown["country"].to_numpy(), np.arange(4_711, 4_711 + n))
    # As in every list, a few stand in it that are customers already.
    known = np.sort(first.rows_won)[:CUSTOMERS_LISTED]
    names[: len(known)] = first.names[known]
    websites[: len(known)] = domains(
        first.names[known],
        first.market["country"].to_numpy()[known],
        account_numbers(np.arange(len(known))),
    )
    listed = crm_exports.prospect_export(shown, names, websites, rng)
    told = truth_rows(listed["Prospect ID"].to_numpy(), "prospect", facts, year, fit)
    told.loc[far, "group"] = "never sold to"
    return dirt.dirty_prospects(listed), told
