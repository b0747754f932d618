"""Eight accounts with a few rows each, every figure of theirs worked out by hand.

The clock: as_of 2025-06-30, horizon 12 months, lag 60 days. The discount rate is 21 % a year, so
that a row in month 0 counts whole and one in month 6 counts 1.21 ** -.5 = 1 / 1.1 of its amount.
The rate card: a ticket costs 1.00 a minute, 1.25 from 2023-07-01; a return 22.00 each (remedial);
a visit brings its own amount.

anvil   2023-01-15  1,000.00 in m0 + (1,100.00 - credit 110.00) / 1.1 = 1,000 + 900 = 1,900.00
                    direct 400.00 + 220.00 / 1.1 = 600.00
                    tickets 30 min x 1.00 + 44 min x 1.25 / 1.1 = 30 + 50 = 80.00, all planned
                    acquisition 200.00; margin 1,900 - 600 - 80 - 200 = 1,020.00
                    set aside: 50.00 the day before the start, 500.00 on the day the horizon ends
birch   2023-02-01  800.00 + 880.00 / 1.1 = 1,600.00; direct 500.00 + 440.00 / 1.1 = 900.00
                    planned: ticket 40 min = 40.00
                    remedial: 5 returns 110.00 + 4 returns 88.00 / 1.1 + ticket 66.00 / 1.1 = 250.00
                    margin 1,600 - 900 - 290 = 410.00
                    set aside: 99.00 after as_of
cedar   2023-03-31  600.00 on 29 April (m0, as m1 begins on the 30th) + 660.00 / 1.1 on 30 September
                    (m6, as September has no 31st) = 1,200.00; direct 300.00 + 330.00 / 1.1 = 600.00
                    no cost row: 0.00, not missing; acquisition 100.00; margin 500.00
delta   2023-05-01  500.00; direct 100.00; visit 50.00; margin 350.00; left on 2023-10-15
elm     2023-06-01  400.00 + 330.00 / 1.1 = 700.00; direct 100.00; 1 return 22.00; acquisition 78.00
                    margin 700 - 100 - 22 - 78 = 500.00; renewed smaller; left after its horizon
fir     2024-01-10  900.00 + 220.00 / 1.1 = 1,100.00; direct 850.00; ticket 160 min x 1.25 = 200.00
                    acquisition 100.00; margin 1,100 - 850 - 200 - 100 = -50.00; declined to renew
grove   2024-02-01  own 700.00 + 110.00 / 1.1 of its subsidiary = 800.00; direct 200.00 + 55.00 / 1.1
                    = 250.00; visit 80.00; acquisition 60.00 + 10.00; margin 800 - 250 - 80 - 70 =
                    400.00; the subsidiary left, the parent stayed
hazel   2025-01-01  not mature, though it has left already

Retention: 1 for anvil (renewed), birch, cedar, grove; .5 for elm; 0 for delta (lost), fir (declined).

Enrichment: revenue of months 0-5 and 6-11, not discounted:
    anvil 1,000 / 990, birch 800 / 880, cedar 600 / 660, delta 500 / 0, elm 400 / 330,
    fir 900 / 220, grove 700 / 110. Both halves: 1,990, 1,680, 1,260, 500, 730, 1,120, 810;
    median 1,120, so c = 56. (second + c) / (first + c):
    2023: anvil 1,046/1,056 = .991 (3rd), birch 936/856 = 1.0935 (5th), cedar 716/656 = 1.0915 (4th),
          delta 56/556 = .101 (1st), elm 386/456 = .846 (2nd) -> (rank - .5) / 5
    2024: fir 276/956 = .289 (2nd), grove 166/756 = .220 (1st) -> (rank - .5) / 2

Advocacy: answers anvil 9 and 10, birch 3, delta 10, elm 7: mean 39 / 5 = 7.8, two answers of it = 15.6
    anvil ((19 + 15.6) / 4 - 4) / 6 = .775; birch ((3 + 15.6) / 3 - 4) / 6 = 11/30;
    delta ((10 + 15.6) / 3 - 4) / 6 = 34/45; elm ((7 + 15.6) / 3 - 4) / 6 = 53/90;
    fir and grove referred: 1; cedar was silent: absent. (hazel's 0 is not in a mature horizon.)

Loyalty: anvil .5 + .125 + .19375 = .81875; birch .5 + .225 + 11/120 = 49/60;
    cedar (.5 + .175) / .75 = .9; delta .025 + 17/90 = 77/360; elm .25 + .075 + 53/360 = 17/36;
    fir .1875 + .25 = .4375; grove .5 + .0625 + .25 = .8125

Label (hurdle 405, loyal at .6): anvil, birch and cedar. elm earned enough and isn't loyal; grove is
loyal and earned too little; delta and fir are neither.
"""

import datetime as dt
from types import SimpleNamespace

import pandas as pd
import pyarrow as pa

from icpfit.data.sources.source_columns import typed_schema
from icpfit.data.table_spec import data_spec
from icpfit.data.tables import SourceRead, Tables
from icpfit.economics.spec import EconomicsSpec
from icpfit.settings import settings

NONE = float("nan")


def money(text):
    """Ten-thousandths of a currency unit."""
    return None if text is None else round(float(text) * 10_000)


def typed_tables(spec, rows, rejected=0):
    """Tables as the reader would leave them, from lists of dicts; one source for each table."""
    typed, reads = {}, []
    for table in ("accounts", "revenue", "costs", "loyalty", "opportunities", "attribute_history"):
        listed = []
        for line, row in enumerate(rows.get(table, []), start=2):
            listed.append({"_source": table, "_file": f"{table}.csv", "_line": line, **row})
        typed[table] = pa.Table.from_pylist(listed, schema=typed_schema(table, spec.attributes))
        if table in rows:
            dates = [row.get("date") or row.get("started_on") for row in rows[table]]
            reads.append(
                SourceRead(
                    source=table,
                    table=table,
                    read=len(listed) + rejected,
                    accepted=len(listed),
                    rejected=rejected,
                    set_aside={},
                    notes=[],
                    first_date=min(filter(None, dates), default=None),
                    last_date=max(filter(None, dates), default=None),
                )
            )
    rejected_cells = pa.table({"source": pa.array([], pa.string())})
    return Tables(typed, reads, rejected_cells, {})


def company_spec(sources=("accounts", "revenue", "costs", "loyalty"), **more):
    """Settings of a company's data; every log covers 2023-01-01 to 2025-06-30."""
    covers = {"from": "2023-01-01", "to": "2025-06-30"}
    values = {
        "folder": "data",
        "as_of": "2025-06-30",
        "horizon": "12mo",
        "lag": "60d",
        "currency": "EUR",
        "attributes": {
            "industry": {"kind": "category", "known": "before_sale"},
            "employees": {"kind": "number", "known": "before_sale"},
            "has_shop": {"kind": "flag", "known": "before_sale"},
        },
        "sources": {
            table: {"table": table, "files": f"{table}.csv"}
            | ({"covers": covers} if table in ("revenue", "costs") else {})
            for table in sources
        },
    }
    return data_spec({**values, **more})


def economics_spec(**more):
    """Rate card, label and discount rate of the eight accounts."""
    values = {
        "discount_rate": 0.21,
        "rate_card": {
            "activities": {
                "ticket": {
                    "unit": "minute",
                    "served_by": "support",
                    "rate": [
                        {"rate": 1.25, "valid_from": "2023-07-01"},
                        {"rate": 1.0, "valid_from": "2023-01-01"},
                    ],
                },
                "return": {
                    "rate": 22,
                    "remedial": True,
                    "served_by": "warehouse",
                    "caused_by": "logistics",
                },
                "visit": {"served_by": "field"},
            },
            "caused_by": {"topic": {"billing": "finance"}},
        },
        "label": {"hurdle": 405},
        "min_covered": 0.6,
    }
    return settings(EconomicsSpec, {**values, **more}, "data.economics")


def _account(account, start, industry, employees, shop, **more):
    facts = {"attr:industry": industry, "attr:employees": employees, "attr:has_shop": shop}
    if "acquisition_cost" in more:
        more["acquisition_cost"] = money(more["acquisition_cost"])
    for name in ("churned_on", "opened_on"):
        if name in more:
            more[name] = dt.date.fromisoformat(more[name])
    return {"account_id": account, "started_on": dt.date.fromisoformat(start), **facts, **more}


def _revenue(account, day, amount, direct=None):
    date = dt.date.fromisoformat(day)
    return {
        "account_id": account,
        "date": date,
        "amount": money(amount),
        "direct_cost": money(direct),
    }


def _cost(account, day, activity, quantity=None, amount=None, **more):
    date = dt.date.fromisoformat(day)
    row = {"account_id": account, "date": date, "activity": activity, "quantity": quantity}
    return {**row, "amount": money(amount), **more}


def _loyalty(account, day, kind, value):
    date = dt.date.fromisoformat(day)
    return {"account_id": account, "date": date, "kind": kind, "value": float(value)}


def rows():
    """The rows of the exports."""
    accounts = [
        _account(
            "anvil",
            "2023-01-15",
            "Software",
            240,
            True,
            acquisition_cost=200,
            opened_on="2022-11-16",
        ),
        _account("birch", "2023-02-01", "Retail", 30, True),
        _account("cedar", "2023-03-31", "Software", 310, None, acquisition_cost=100),
        _account("delta", "2023-05-01", None, 12, False, churned_on="2023-10-15"),
        _account(
            "elm", "2023-06-01", "Retail", 75, True, acquisition_cost=78, churned_on="2024-08-01"
        ),
        _account("fir", "2024-01-10", "Agency", 8, False, acquisition_cost=100),
        _account(
            "grove-north", "2024-03-01", "Agency", 5, False, acquisition_cost=10, parent_id="grove"
        ),
        _account("grove", "2024-02-01", "Software", 900, True, acquisition_cost=60),
        _account("hazel", "2025-01-01", "Retail", 50, True, churned_on="2025-03-01"),
    ]
    revenue = [
        _revenue("anvil", "2023-01-14", 50),
        _revenue("anvil", "2023-01-20", 1000, 400),
        _revenue("anvil", "2023-07-20", 1100, 220),
        _revenue("anvil", "2023-07-25", -110),
        _revenue("anvil", "2024-01-15", 500),
        _revenue("birch", "2023-02-01", 800, 500),
        _revenue("birch", "2023-08-01", 880, 440),
        _revenue("birch", "2025-07-01", 99),
        _revenue("cedar", "2023-04-29", 600, 300),
        _revenue("cedar", "2023-09-30", 660, 330),
        _revenue("delta", "2023-05-10", 500, 100),
        _revenue("elm", "2023-06-15", 400, 100),
        _revenue("elm", "2023-12-05", 330),
        _revenue("fir", "2024-01-10", 900, 850),
        _revenue("fir", "2024-07-10", 220),
        _revenue("grove", "2024-02-05", 700, 200),
        _revenue("grove-north", "2024-08-02", 110, 55),
        _revenue("hazel", "2025-01-02", 300),
        _revenue("ghost", "2023-05-05", 12),
    ]
    costs = [
        _cost("anvil", "2023-02-01", "ticket", 30.0),
        _cost("anvil", "2023-07-20", "ticket", 44.0),
        _cost("birch", "2023-02-10", "return", 5.0, caused_by="customer"),
        _cost("birch", "2023-02-15", "ticket", 40.0),
        _cost("birch", "2023-08-15", "return", 4.0),
        _cost("birch", "2023-08-20", "ticket", None, 66, remedial=True, topic="billing"),
        _cost("delta", "2023-05-20", "visit", None, 50),
        _cost("elm", "2023-06-20", "return", 1.0),
        _cost("fir", "2024-01-11", "ticket", 160.0),
        _cost("grove-north", "2024-02-25", "visit", None, 80),
    ]
    loyalty = [
        _loyalty("anvil", "2023-08-01", "nps", 9),
        _loyalty("anvil", "2023-12-01", "nps", 10),
        _loyalty("anvil", "2024-01-10", "renewal", 1),
        _loyalty("birch", "2023-09-01", "nps", 3),
        _loyalty("delta", "2023-07-01", "nps", 10),
        _loyalty("elm", "2023-11-01", "nps", 7),
        _loyalty("elm", "2024-05-15", "renewal", 0.5),
        _loyalty("fir", "2024-03-01", "referral", 1),
        _loyalty("fir", "2025-01-05", "renewal", 0),
        _loyalty("grove", "2024-06-01", "referral", 1),
        _loyalty("grove-north", "2024-09-01", "churn", 1),
        _loyalty("hazel", "2025-02-01", "nps", 0),
    ]
    return {"accounts": accounts, "revenue": revenue, "costs": costs, "loyalty": loyalty}


def by_hand():
    """Every outcome, as worked out above."""
    columns = [
        "revenue", "direct_cost", "planned_cost", "remedial_cost", "acquisition_cost", "margin",
        "retention", "enrichment", "advocacy", "loyalty", "retained", "fit",
    ]  # fmt: skip
    table = {
        "anvil": [1900, 600, 80, 0, 200, 1020, 1, 0.5, 0.775, 0.81875, True, True],
        "birch": [1600, 900, 40, 250, NONE, 410, 1, 0.9, 11 / 30, 49 / 60, True, True],
        "cedar": [1200, 600, 0, 0, 100, 500, 1, 0.7, NONE, 0.9, True, True],
        "delta": [500, 100, 50, 0, NONE, 350, 0, 0.1, 34 / 45, 77 / 360, False, False],
        "elm": [700, 100, 0, 22, 78, 500, 0.5, 0.3, 53 / 90, 17 / 36, True, False],
        "fir": [1100, 850, 200, 0, 100, -50, 0, 0.75, 1, 0.4375, True, False],
        "grove": [800, 250, 80, 0, 70, 400, 1, 0.25, 1, 0.8125, True, False],
        "hazel": [NONE] * 10 + [None, None],
    }
    frame = pd.DataFrame.from_dict(table, orient="index", columns=columns)
    frame["cost_to_serve"] = frame["planned_cost"] + frame["remedial_cost"]
    frame.index.name = "account_id"
    return frame


def eight_accounts():
    """Tables, settings and hand-made outcomes of the eight accounts."""
    spec = company_spec()
    return SimpleNamespace(
        tables=typed_tables(spec, rows()),
        data=spec,
        economics=economics_spec(),
        expected=by_hand(),
    )
