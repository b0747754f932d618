"""The settings of a company's data: what is refused, and in which words."""

from __future__ import annotations

import copy
import datetime as dt

import pytest
import yaml

from icpfit.data.contract import CONTRACT, LEDGERS
from icpfit.data.table_spec import data_spec
from icpfit.errors import SettingsError

DEMO = """
folder: data/demo
as_of: 2026-06-30
horizon: 12mo
lag: 60d
currency: EUR
attributes:
  industry: {kind: category, known: before_sale, meaning: what it makes, column: Industry}
  employees: {kind: number, known: before_sale, unit: people, column: Employees, direction: "+"}
  plan: {kind: category, known: at_signing}
sources:
  accounts:
    table: accounts
    files: accounts.csv
    columns: {account_id: Account ID, started_on: Contract Start, name: Account Name}
  invoices:
    table: revenue
    files: "invoices_*.csv"
    columns: {account_id: Customer, date: Date, amount: Net}
    format: {delimiter: ";", decimal: ",", thousands: ".", dates: "%d.%m.%Y"}
  tickets:
    table: costs
    files: tickets.csv
    columns: {account_id: Company, date: Created at, quantity: Minutes}
    constants: {activity: support_ticket}
    covers: {from: 2022-01-01, to: 2026-06-30}
prospects: {id: Company ID, name: Company, lists: {young: {files: young.csv}}}
"""


def demo(**changes):
    values = yaml.safe_load(DEMO)
    for path, value in changes.items():
        place = values
        *above, last = path.split("__")
        for key in above:
            place = place[key]
        if value is ...:
            del place[last]
        else:
            place[last] = copy.deepcopy(value)
    return values


def test_the_demo_yaml_reads():
    spec = data_spec(demo())
    assert spec.as_of == dt.date(2026, 6, 30)
    assert spec.attributes["industry"].name == "industry"
    assert spec.attributes["industry"].source_column == "Industry"
    assert spec.attributes["plan"].source_column == "plan"
    assert spec.sources["tickets"].coverage == (dt.date(2022, 1, 1), dt.date(2026, 6, 30))
    assert spec.sources["invoices"].coverage == (None, None)
    assert spec.join.max_lost_share == 0.05
    assert spec.keys.ignore_case is False
    assert spec.prospects.lists["young"].files == "young.csv"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"attributes__industry__known": ...}, "data.attributes.industry.known: is missing"),
        ({"attributes__industry__known": ...}, "before_sale (could be seen of a prospect"),
        ({"attributes__industry__known": ...}, "after_sale (only known afterwards"),
        ({"attributes__industry__known": "later"}, "expected one of before_sale, at_signing, after_sale"),
        ({"attributes__industry__kind": "categry"}, "expected one of category, number, flag, date"),
        ({"attributes__industry__direction": "+"}, "only a number or a flag has one"),
        ({"attributes__name": {"kind": "category", "known": "before_sale"}}, "the contract has a column of this name"),
        ({"attributes__industry__name": "x"}, "the attribute's key is its name"),
        ({"sources__invoices__columns__amout": "Net"}, "data.sources.invoices.columns.amout: revenue has no such column; did you mean 'amount'?"),
        ({"sources__invoices__constants": {"colour": "x"}}, "constants.colour: revenue has no such column; known: account_id"),
        ({"sources__invoices__table": "invoices"}, "data.sources.invoices.table: expected one of accounts, revenue"),
        ({"sources__invoices__files": ...}, "give either files"),
        ({"sources__invoices__select": "SELECT 1"}, "give either files"),
        ({"sources__tickets__covers__until": "2026-01-01"}, "covers.until: there is no such key"),
        ({"sources__tickets__covers__from": "2027-01-01"}, "from 2027-01-01 lies after to 2026-06-30"),
        ({"sources__tickets__columns__activity": "Kind"}, "constants.activity: stands in columns too"),
        ({"sources__invoices__format__thousands": ","}, "and so is decimal"),
        ({"sources__invoices__format__delimiter": ":"}, "delimiter: expected one of"),
        ({"sources__accounts": ...}, "none of them has table: accounts"),
        ({"horizon": "12m"}, "horizon: expected days or months"),
        ({"as_of": "30.06.2026"}, "data.as_of: expected a date"),
        ({"currencies": {"USD": -1}}, "currencies.USD: expected a rate above 0"),
        ({"join": {"max_lost_share": 5}}, "max_lost_share: expected 0 to 1"),
        ({"prospects__columns": {"industri": "I"}}, "data.prospects.columns.industri"),
        ({"atributes": {}}, "data.atributes: there is no such key; did you mean 'attributes'?"),
    ],
)  # fmt: skip
def test_a_slip_is_named_with_its_path(changes, said):
    with pytest.raises(SettingsError) as caught:
        data_spec(demo(**changes))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_attribute_of_the_wrong_shape_is_refused():
    with pytest.raises(
        SettingsError, match=r"data\.attributes\.industry: expected keys and values"
    ):
        data_spec(demo(attributes__industry="category"))


def test_what_happens_after_the_sale_is_declared_so():
    """Every column of a ledger is known only afterwards: none of them could become a feature."""
    for table in LEDGERS:
        assert {column.known for column in CONTRACT[table]} == {"after_sale"}


def test_the_contract_has_the_columns_of_the_design():
    required = {t: {c.name for c in columns if c.required} for t, columns in CONTRACT.items()}
    assert required == {
        "accounts": {"account_id", "started_on"},
        "revenue": {"account_id", "date", "amount"},
        "costs": {"account_id", "date", "activity"},
        "loyalty": {"account_id", "date", "kind", "value"},
        "opportunities": {"account_id", "opened_on", "closed_on", "won"},
        "attribute_history": {"account_id", "attribute", "valid_from"},
    }
