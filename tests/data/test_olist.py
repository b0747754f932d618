"""Olist: the mapping gives the figures that its tables hold."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest
import yaml

from icpfit.data.prospect_list import read_prospects
from icpfit.data.table_spec import data_spec
from icpfit.data.tables import read_tables
from icpfit.economics.outcome import joined_accounts
from icpfit.economics.spec import EconomicsSpec
from icpfit.icp.profile import read_profile
from icpfit.icp.selection import is_selected
from icpfit.settings import settings

CONF = Path(__file__).parents[2] / "conf"
pytestmark = pytest.mark.olist


@pytest.fixture(scope="module")
def company(olist):
    values = yaml.safe_load((CONF / "data" / "olist.yaml").read_text(encoding="utf-8"))
    economics = settings(EconomicsSpec, values.pop("economics"), "data.economics")
    del values["company"]
    spec = data_spec({**values, "folder": str(olist)})
    return spec, joined_accounts(read_tables(spec, olist), spec, economics)


def test_accounts(company):
    _, accounts = company
    assert len(accounts.dates) == 842
    assert accounts.dates["is_mature"].sum() == 648
    assert (
        accounts.dates["started_on"] > "2018-09-05"
    ).sum() == 45  # 46 by the clock, one that day


def test_every_line_of_the_sellers_won_is_there(company):
    _, accounts = company
    ledger = {table.table: table for table in accounts.ledger.tables}
    # Counted once by hand in the tables: 5,044 lines, 676,851.48 BRL of price, 380 sellers.
    assert ledger["revenue"].read == 5044
    assert ledger["revenue"].unmatched == 0
    assert ledger["revenue"].money["amount"]["read"] == pytest.approx(0.15 * 676_851.48, abs=1e-6)
    assert not ledger["costs"].set_aside


def test_margins_equal_plain_sql(company, olist):
    """An oracle that shares nothing with icpfit but the formula, without discounting."""
    _, accounts = company
    items = pd.read_parquet(olist / "olist_order_items.parquet")
    items["day"] = items["shipping_limit_date"].dt.tz_convert(None).dt.normalize()
    connection = duckdb.connect()
    connection.register("items", items[["seller_id", "order_id", "day", "price"]])
    plain = connection.sql(f"""
        WITH deals AS (
            SELECT seller_id, CAST(won_date AS DATE) AS start
            FROM '{olist}/olist_closed_deals_dataset.csv'),
        lines AS (
            SELECT seller_id, order_id, CAST(day AS DATE) AS day, price
            FROM items JOIN deals USING (seller_id)),
        orders AS (SELECT seller_id, order_id, min(day) AS day FROM lines GROUP BY ALL),
        entries AS (
            SELECT seller_id, day, .15 * price AS amount FROM lines
            UNION ALL SELECT seller_id, day, -5 FROM orders
            UNION ALL SELECT seller_id, day, -30 FROM orders
                JOIN '{olist}/olist_order_review_scores.csv' USING (order_id)
                WHERE review_score <= 2)
        SELECT seller_id, sum(amount) AS margin
        FROM entries JOIN deals USING (seller_id)
        WHERE day >= start AND day < start + 90 AND day <= DATE '2018-09-05'
        GROUP BY seller_id
    """).df()
    connection.close()
    expected = plain.set_index("seller_id")["margin"].astype(float)
    used = accounts.outcomes.loc[accounts.used]
    margin = used["margin"].astype(float)
    expected = expected.reindex(margin.index).fillna(0.0)
    # Discounting takes at most 1.1 ** (2 / 12) - 1 = 1.6 % of each part within 90 days.
    parts = used[["revenue", "cost_to_serve"]].astype(float).sum(axis=1)
    assert ((margin - expected).abs() <= 0.016 * parts + 0.01).all()
    assert used["fit"].astype(bool).sum() in range(205, 212)  # "about 207"
    assert margin[margin > 0].max() > 0.2 * margin[margin > 0].sum()  # one seller


def test_the_last_quarter_has_enough_of_each_class(company):
    _, accounts = company
    start = accounts.dates.loc[accounts.used, "started_on"].sort_values()
    late = start.index[-162:]
    assert 50 <= accounts.outcomes.loc[late, "fit"].astype(bool).sum() <= 62


def test_prospect_lists(company, olist):
    spec, accounts = company
    young = read_prospects(spec, "young", olist)
    mature = accounts.dates.index[accounts.dates["is_mature"]]
    assert len(young.ids) == 842 - 648
    assert not set(young.ids) & set(mature)
    before = {name for name, a in spec.attributes.items() if a.known == "before_sale"}
    assert not before & set(young.absent)
    leads = read_prospects(spec, "leads", olist)
    assert len(leads.ids) == 7158
    assert before - set(leads.absent) == {"origin", "landing_page_id"}
    assert leads.opened_on is not None
    assert leads.opened_on.max() == pd.Timestamp("2018-05-31")


def test_the_profile_selects_by_facts_that_olist_records(company):
    _, accounts = company
    profile = read_profile(CONF / "icp" / "olist.yaml")
    share = is_selected(profile, accounts.facts.loc[accounts.used]).mean()
    assert 0.2 < share < 0.6


def test_only_the_first_contact_is_known_without_an_assumption(company):
    spec, _ = company
    assumed = {
        name
        for name, attribute in spec.attributes.items()
        if attribute.known == "before_sale" and attribute.reason
    }
    before = {name for name, a in spec.attributes.items() if a.known == "before_sale"}
    assert before - assumed == {"origin", "landing_page_id"}
    assert spec.attributes["sr_id"].known == "at_signing"
