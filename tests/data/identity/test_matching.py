"""Ids, names, domains and crosswalks: each id finds at most one account, and every row is counted."""

from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.data.company_names import registrable_domain
from icpfit.data.identity.identification import WAYS, identified
from icpfit.data.identity.identity_spec import Match
from icpfit.data.identity.normal_ids import FORMS, normal_id
from icpfit.data.joining.accounts import account_rows
from icpfit.data.joining.matching import matching_lines, source_matching
from icpfit.data.known_companies import known_companies
from icpfit.data.sources.source_files import DataFolder
from icpfit.data.sources.source_spec import Source
from icpfit.data.table_spec import data_spec
from icpfit.data.tables import read_tables
from icpfit.errors import SettingsError, SourceError

CRM = """Account ID,Start,Name,Website,Parent
0012,2024-01-01,Acme Trading GmbH,www.acme.de,
0350,2024-01-01,Umbrella AG,https://umbrella.co.uk/start,
A-3,2024-01-01,Sky Net Ltd,skynet.com,
A-4,2024-01-01,Sky Net UK Ltd,uk.skynet.com,A-3
A-5,2024-01-01,Twin,twin.at,
A-6,2024-01-01,Twin,twin.at,
A-7,2024-01-01,Own Post,gmail.com,
"""
SALES = {
    "table": "revenue",
    "files": "sales.csv",
    "columns": {"account_id": "Customer", "date": "Date", "amount": "Net"},
}


def company(folder, ids, keys=None, crm=CRM, others=(), **source):
    """Tables of sales of 10, 20, 30 … to the customers named, and the settings."""
    (folder / "crm.csv").write_text(crm, encoding="utf-8")
    rows = [f"{one},2024-02-01,{10 * n}" for n, one in enumerate(ids, start=1)]
    (folder / "sales.csv").write_text("\n".join(["Customer,Date,Net", *rows]), encoding="utf-8")
    for name, text in dict(others).items():
        (folder / name).write_text(text, encoding="utf-8")
    columns = {
        "account_id": "Account ID", "started_on": "Start", "name": "Name",
        "domain": "Website", "parent_id": "Parent",
    }  # fmt: skip
    spec = data_spec(
        {
            "folder": str(folder), "as_of": "2026-06-30", "horizon": "12mo", "lag": "60d",
            "currency": "EUR", "keys": keys or {},
            "sources": {
                "crm": {"table": "accounts", "files": "crm.csv", "columns": columns},
                "sales": {**SALES, **source},
            },
        }
    )  # fmt: skip
    return read_tables(spec, folder), spec


def found(folder, ids, **more):
    """Account and way of each row, in the order given."""
    tables, _ = company(folder, ids, **more)
    typed = tables.typed["revenue"]["account_id"].to_pylist()
    if tables.identity is None:
        return typed
    ways = [*WAYS, None]
    return [
        (a, ways[w])
        for a, w in zip(typed, tables.identity.ways["revenue"].to_pylist(), strict=True)
    ]


def test_without_a_setting_ids_are_compared_as_they_are(tmp_path):
    assert found(tmp_path, ["12", "A-3", "a-3"]) == ["12", "A-3", "a-3"]


@pytest.mark.parametrize(
    ("form", "theirs", "ours"),
    [
        ("leading_zeros", "12", "0012"),
        ("decimal_zero", "1001.0", "1001"),
        ("salesforce_15", "0015g00000AbCdEAAV", "0015g00000AbCdE"),
        ("punctuation", "de 771", "DE-77.1"),
    ],
)
def test_a_normal_form_that_is_asked_for_finds_the_account(tmp_path, form, theirs, ours):
    crm = f"Account ID,Start,Name,Website,Parent\n{ours},2024-01-01,,,\n"
    assert found(tmp_path, [theirs, ours], crm=crm) == [theirs, ours]
    asked = found(tmp_path, [theirs, ours, "x"], crm=crm, keys={"normalise": [form]})
    assert asked == [(ours, "normal id"), (ours, "id"), ("x", None)]


def test_two_accounts_never_become_one_by_a_normal_form(tmp_path):
    crm = CRM + "12,2024-01-01,Other,,\n"
    with pytest.raises(SourceError) as stopped:
        found(tmp_path, ["12"], crm=crm, keys={"normalise": ["leading_zeros"]})
    text = str(stopped.value)
    assert "crm.csv line 9: account_id '12' and '0012'" in text
    assert "crm.csv line 2) would become one account" in text
    assert "\n" not in text


def test_a_parent_written_otherwise_is_found_too(tmp_path):
    crm = CRM + "A-9,2024-01-01,Daughter,,12\n"
    tables, spec = company(tmp_path, ["A-9"], crm=crm, keys={"normalise": ["leading_zeros"]})
    assert account_rows(tables, spec).parent_of["A-9"] == "0012"


def test_a_form_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(SettingsError, match=r"data\.keys\.normalise\[0\]: expected one of"):
        company(tmp_path, [], keys={"normalise": ["zeros"]})


def test_mail_and_web_addresses_find_the_account_of_their_domain(tmp_path):
    theirs = [
        "info@acme.de",  # as the CRM has it
        "https://Shop.Acme.de/cart",  # below what the company registers
        "someone@mail.umbrella.co.uk",  # registered at the third level
        "a@uk.skynet.com",  # the whole host comes first
        "a@us.skynet.com",  # of parent and daughter: the parent
        "b@twin.at",  # two companies
        "c@gmail.com",  # thousands of companies
        "d@nobody.de",
        "A-5",  # an id, as ever
    ]
    assert found(tmp_path, theirs, match={"by": "domain"}) == [
        ("0012", "domain"), ("0012", "domain"), ("0350", "domain"), ("A-4", "domain"),
        ("A-3", "domain"), ("b@twin.at", None), ("c@gmail.com", None), ("d@nobody.de", None),
        ("A-5", "id"),
    ]  # fmt: skip


def test_an_ambiguous_domain_is_counted(tmp_path):
    tables, _ = company(tmp_path, ["x@twin.at", "y@twin.at"], match={"by": "domain"})
    assert tables.identity.notes == (
        "sales: 2 ids with a domain that several accounts share are left unmatched",
    )


def test_names_are_compared_without_case_and_punctuation_but_with_legal_forms(tmp_path):
    got = found(tmp_path, ["ACME-TRADING gmbh", "Acme Trading AG", "Twin"], match={"by": "name"})
    assert got == [("0012", "name"), ("Acme Trading AG", None), ("Twin", None)]


def test_another_export_may_have_the_ids(tmp_path):
    others = {"ids.csv": "Billing;Our id\nC1;0012\nC2;A-3\nC2;A-4\nC3;gone\n"}
    match = {"files": "ids.csv", "to": "Billing", "id": "Our id"}
    # C2 is a daughter and its parent: the parent. C3 is an account that there is not.
    assert found(tmp_path, ["C1", "C2", "C3"], match=match, others=others) == [
        ("0012", "another export"), ("A-3", "another export"), ("C3", None),
    ]  # fmt: skip


WALK = "their_id,account_id,confirm\norg1,0012,yes\norg2,A-3,no\norg3,A-4,\norg4,A-4,JA\n"


def test_only_confirmed_rows_of_a_crosswalk_count(tmp_path):
    got = found(
        tmp_path, ["org1", "org2", "org3", "org4", "A-5"],
        crosswalk={"files": "walk.csv"}, others={"walk.csv": WALK},
    )  # fmt: skip
    assert got == [
        ("0012", "crosswalk"), ("org2", None), ("org3", None), ("A-4", "crosswalk"), ("A-5", "id"),
    ]  # fmt: skip


def test_a_crosswalk_of_ones_own_needs_no_confirmation(tmp_path):
    walk = {"walk.csv": "Zendesk;CRM\n7;12\n8;nobody\n9;\n12;A-3\nlost;A-3\n"}
    tables, _ = company(
        tmp_path, ["7", "8", "9", "0350", "12"], keys={"normalise": ["leading_zeros"]},
        crosswalk={"files": "walk.csv", "id": "Zendesk", "account_id": "CRM"}, others=walk,
    )  # fmt: skip
    assert tables.typed["revenue"]["account_id"].to_pylist() == ["0012", "8", "9", "0350", "A-3"]
    other = (
        "the crosswalk names another account than the id itself; the crosswalk counts. Ids that it"
        " does not name are still matched as they are: name them all, or put a prefix before them"
        " in a select"
    )
    assert tables.identity.notes == (
        "sales: 1 id of the crosswalk ('8') names an account that there is not",
        "sales: 1 id of the crosswalk ('lost') stands in no row of it",
        f"sales: of 1 id ('12') {other}",
    )
    assert any(name.endswith("walk.csv") for name in tables.digests)


@pytest.mark.parametrize(
    ("walk", "said"),
    [
        ("their_id,account_id\na,0012\na,A-3\n", "line 3: 'a' is account 'A-3' here and '0012' in"),
        ("their_id,account_id,confirm\na,0012,maybe\n", "line 2: 'confirm' is 'maybe'; write yes"),
        ("their_id,account_id,confirm\na,,yes\n", "line 2: 'account_id' is empty in a row"),
        (
            "their_id,account\na,0012\n",
            "has no column 'account_id', which data.sources.sales.cross",
        ),
        ("their_id,account_id\na,0012,x\n", "line 2: has 3 cells where the header has 2"),
    ],
)
def test_a_crosswalk_that_is_not_clear_is_refused_with_its_line(tmp_path, walk, said):
    with pytest.raises(SourceError) as stopped:
        found(tmp_path, ["a"], crosswalk={"files": "walk.csv"}, others={"walk.csv": walk})
    assert said in str(stopped.value)
    assert "walk.csv" in str(stopped.value)
    assert "\n" not in str(stopped.value)


def test_accounts_are_what_is_looked_in(tmp_path):
    with pytest.raises(SettingsError, match="crosswalk: accounts are what ids are looked for in"):
        data_spec(
            {
                "folder": str(tmp_path), "as_of": "2026-06-30", "horizon": "12mo", "lag": "60d",
                "currency": "EUR",
                "sources": {"crm": {"table": "accounts", "files": "c.csv", "crosswalk": {"files": "x"}}},
            }
        )  # fmt: skip


def test_rows_money_and_accounts_of_each_step(tmp_path):
    tables, spec = company(
        tmp_path, ["A-5", "12", "info@acme.de", "org", "nobody", "12", "A-4"],
        keys={"normalise": ["leading_zeros"]}, match={"by": "domain"},
        crosswalk={"files": "walk.csv"}, others={"walk.csv": "their_id,account_id\norg,0350\n"},
    )  # fmt: skip
    rows = account_rows(tables, spec)
    [one] = source_matching(
        "revenue", tables.typed["revenue"], tables.identity.ways["revenue"], rows.parent_of,
        accounts=len(rows.frame), rates={},
    )  # fmt: skip
    told = [(step.way, step.rows, step.accounts, step.money) for step in one.steps]
    # A-4 rolls up to A-3. Rows of 10 … 70; acme was reached by its id before its domain.
    assert told == [
        ("id", 2, 2, 80.0), ("normal id", 2, 1, 80.0), ("domain", 1, 0, 30.0),
        ("crosswalk", 1, 1, 40.0),
    ]  # fmt: skip
    assert (one.unmatched.rows, one.unmatched.money, one.rows, one.money) == (1, 50.0, 7, 280.0)
    [line] = matching_lines([one], "EUR")
    assert "by crosswalk 1 row (then 85.7 %), 40.00 EUR, 1 account more" in line
    assert line.endswith("2 of 6 accounts have no row")


IDS = st.lists(
    st.sampled_from(["0012", "12", "A-3", "a3", "x@acme.de", "y@twin.at", "org1", "org4", "12.0", "?"]),
    min_size=1, max_size=12,
)  # fmt: skip


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Function of ids → account and way of each, with every setting at once."""
    folder = tmp_path_factory.mktemp("ids")
    tables, spec = company(
        folder, ["one"], keys={"normalise": ["leading_zeros", "decimal_zero", "punctuation"]},
        match={"by": "domain"}, crosswalk={"files": "walk.csv"}, others={"walk.csv": WALK},
    )  # fmt: skip

    def result(ids):
        rows = tables.typed["revenue"].take([0] * len(ids))
        at = rows.column_names.index("account_id")
        rows = rows.set_column(at, rows.schema.field(at), pa.array(ids, pa.string()))
        told = identified({**tables.typed, "revenue": rows}, spec, DataFolder(folder, "data"))
        found = told.typed["revenue"]["account_id"].to_pylist()
        ways = told.identity.ways["revenue"].to_pylist()
        return list(zip(found, [[*WAYS, None][way] for way in ways], strict=True))

    return result


@settings(max_examples=25, deadline=None)
@given(ids=IDS, data=st.data())
def test_matched_and_unmatched_are_all_and_order_plays_no_part(asked, ids, data):
    got = asked(ids)
    assert len(got) == len(ids)
    known = {"0012", "0350", *(f"A-{n}" for n in range(3, 8))}
    meant = {}
    for one, (account, way) in zip(ids, got, strict=True):
        assert meant.setdefault(one, account) == account  # one id, one account
        assert account in known if way else account == one
    shuffled = data.draw(st.permutations(ids))
    assert dict(zip(shuffled, asked(shuffled), strict=True)) == dict(zip(ids, got, strict=True))


@given(text=st.text(max_size=20), forms=st.sets(st.sampled_from(sorted(FORMS))))
@settings(max_examples=50)
def test_a_normal_form_never_takes_all_away(text, forms):
    assert bool(normal_id(text, forms)) == bool(text)


def test_what_a_company_registers():
    told = {
        "a.b.acme.com": "acme.com", "acme.com.br": "acme.com.br", "x.acme.org.uk": "acme.org.uk",
        "shop.myshopify.com": None, "me.co": "me.co",
    }  # fmt: skip
    assert {host: registrable_domain(host) for host in told} == told


def test_an_open_deal_is_of_the_account_that_it_is_matched_to(tmp_path):
    deals = "Company,Opened,Closed,Won\nACME trading gmbh,2024-01-01,,\nTwin,2024-01-01,,\n"
    _, spec = company(tmp_path, [], others={"deals.csv": deals})
    deal = Source(
        "opportunities", files="deals.csv",
        columns={"account_id": "Company", "opened_on": "Opened", "closed_on": "Closed", "won": "Won"},
        match=Match(by="name"),
    )  # fmt: skip
    known = known_companies(replace(spec, sources={**spec.sources, "deals": deal}), tmp_path)
    assert {deal.account_id for deal in known.open_deals} == {"0012", "Twin"}
