"""The real tables of Olist: nothing lost between the files and the typed tables."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from icpfit.data.prospect_list import read_prospects
from icpfit.data.table_spec import data_spec
from icpfit.data.tables import read_tables

pytestmark = pytest.mark.olist

DEALS = "olist_closed_deals_dataset.csv"
LEADS = "olist_marketing_qualified_leads_dataset.csv"
ITEMS = "olist_order_items.parquet"


@pytest.fixture
def spec():
    folder = os.environ.get("ICPFIT_OLIST")
    if not folder or not Path(folder).is_dir():
        pytest.skip("ICPFIT_OLIST does not name the folder of the Olist tables")
    known = {"kind": "category", "known": "before_sale"}
    values = {
        "folder": folder,
        "as_of": "2018-09-05",
        "horizon": "90d",
        "lag": "14d",
        "currency": "BRL",
        "attributes": {
            "origin": known,
            "business_segment": known,
            "lead_type": known,
            "landing_page_id": known,
            "declared_monthly_revenue": {"kind": "number", "known": "before_sale"},
            "has_company": {"kind": "flag", "known": "before_sale"},
        },
        "sources": {
            "deals": {
                "table": "accounts",
                "select": "SELECT d.*, l.first_contact_date, l.landing_page_id, l.origin "
                "FROM deals d LEFT JOIN leads l USING (mql_id) ORDER BY d._line",
                "tables": {"deals": DEALS, "leads": LEADS},
                "columns": {
                    "account_id": "seller_id",
                    "started_on": "won_date",
                    "opened_on": "first_contact_date",
                },
            },
            "items": {
                "table": "revenue",
                "files": ITEMS,
                "columns": {
                    "account_id": "seller_id",
                    "date": "shipping_limit_date",
                    "amount": "price",
                    "direct_cost": "freight_value",
                },
            },
        },
        "prospects": {
            "id": "mql_id",
            "lists": {
                "never_won": {
                    "select": "SELECT * FROM leads WHERE mql_id NOT IN (SELECT mql_id FROM deals) ORDER BY _line",
                    "tables": {"deals": DEALS, "leads": LEADS},
                }
            },
        },
    }
    return data_spec(values)


def test_the_figures_that_its_readme_states(spec):
    tables = read_tables(spec, Path())
    deals, items = tables.reads
    assert (deals.read, deals.accepted, deals.rejected, deals.set_aside) == (842, 842, 0, {})
    assert (items.read, items.accepted, items.rejected, items.set_aside) == (
        112_650,
        112_650,
        0,
        {},
    )
    # price sums to 13,591,643.70 and freight to 2,251,909.54, to the last ten-thousandth
    assert sum(tables.typed["revenue"]["amount"].to_pylist()) == 135_916_437_000
    assert sum(tables.typed["revenue"]["direct_cost"].to_pylist()) == 22_519_095_400
    starts = tables.typed["accounts"]["started_on"].to_pylist()
    as_of, needed = dt.date(2018, 9, 5), dt.timedelta(days=90 + 14)
    # 46 were won after the first moment of that day, one of them on the day itself
    assert sum(start > as_of for start in starts) == 45
    assert sum(start >= as_of for start in starts) == 46
    assert sum(start + needed <= as_of for start in starts) == 648
    assert tables.typed["accounts"]["_file"][0].as_py().endswith(DEALS)
    assert tables.rejected.num_rows == 0


def test_leads_never_won_lack_what_was_asked_at_closing(spec):
    found = read_prospects(spec, "never_won", Path())
    assert len(found.ids) == 7_158
    assert found.absent == [
        "business_segment",
        "lead_type",
        "declared_monthly_revenue",
        "has_company",
    ]
    assert found.unreadable == {}
