"""Who is no stranger is found by id, web site and name, whatever the order, and never silently."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.data.company_columns import normal_domains, normal_names
from icpfit.data.company_names import normal_domain, normal_name
from icpfit.data.known_companies import (
    KnownAccount,
    KnownCompanies,
    OpenDeal,
    account_columns,
    known_companies,
)
from icpfit.data.prospect_source import prospect_source
from icpfit.data.table_spec import data_spec
from icpfit.delivery.lists.list_keys import KEY_COLUMNS, key_notes, list_keys
from icpfit.delivery.lists.list_repeats import KeyHashes, repeats
from icpfit.delivery.lists.relation import KnownIndex, known_index
from icpfit.errors import SourceError


def _rows(*rows):
    """Rows of (id, account id, parent id, site, name)."""
    columns = [[row[i] for row in rows] for i in range(5)]
    columns[3], columns[4] = (
        [normal_domain(s) for s in columns[3]],
        [normal_name(n) for n in columns[4]],
    )
    return pa.record_batch(
        dict(zip(KEY_COLUMNS, (pa.array(c, pa.string()) for c in columns), strict=True))
    )


def relations(rows, known, *, ignore_case=False, folder="."):
    """What each row is told, from both sources, as one text."""
    told = {} if known is None else KnownIndex(known, ignore_case=ignore_case).relations(rows)
    twice = []
    for key in ("id", "domain", "name"):
        hashes = KeyHashes(folder)
        hashes.put(rows[key])
        twice.append(hashes.repeated())
        hashes.close()
    for row, text, _ in repeats(iter([rows]), twice).said(0, rows.num_rows):
        told[row] = "; ".join([*([told[row]] if row in told else []), text])
    return [told.get(row) for row in range(rows.num_rows)]


def _known(*accounts, open_deals=()):
    made = tuple(KnownAccount(*account) for account in accounts)
    deals = (OpenDeal(*([one] if isinstance(one, str) else one)) for one in open_deals)
    return KnownCompanies(made, frozenset(deals))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller & Söhne GmbH & Co. KG", "MUELLER SÖHNE"),
        ("Łódź Sp. z o.o.", "Lodz"),
        ("Acme, Inc.", "ACME Incorporated"),
        ("Novák s.r.o.", "Novak"),
        ("Ørsted A/S", "Orsted"),
        ("Cafe\u0301 Noir S.A.R.L.", "CAFÉ NOIR"),
        ("Straße AG", "STRASSE"),
    ],
)
def test_spellings_of_one_name(one, other):
    assert normal_name(one) == normal_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Acme Nord GmbH", "Acme Süd GmbH"), ("Müller", "Muller"), ("3M", "4M"), ("O2 AG", "O2 Ab C")],
)
def test_names_that_differ(one, other):
    assert normal_name(one) != normal_name(other)


@pytest.mark.parametrize(
    "site",
    [
        "acme.de",
        "WWW.ACME.DE",
        "https://acme.de",
        "http://www.acme.de/",
        "https://acme.de:8443/a?b#c",
        " acme.de. ",
        "info@acme.de",
        "//acme.de",
    ],
)
def test_spellings_of_one_site(site):
    assert normal_domain(site) == "acme.de"


@pytest.mark.parametrize("site", [None, "", "n/a", "gmail.com", "linkedin.com/acme", "acme", "-"])
def test_what_is_nobody_s_site(site):
    assert normal_domain(site) is None


def test_each_relation_is_told_with_how_it_was_recognised():
    known = _known(
        ("100", "Acme AG", "acme.de", None, False),
        ("200", "Gone Ltd", "gone.com", None, True),
        ("300", "Siteless KG", None, None, False),
        open_deals=["400", "100"],
    )
    found = relations(
        _rows(
            ("1", "100", None, None, "whatever"),
            ("2", None, None, "https://www.gone.com/x", "Gone"),
            ("3", None, None, None, "SITELESS KG"),
            ("4", None, "100", "other.at", "Acme Austria"),
            ("5", None, None, "fr.acme.de", "Acme France"),
            ("6", "400", None, None, "Talking"),
            ("7", None, None, "stranger.de", "Stranger"),
            ("8", None, None, "acme.com", "Acme AG"),
        ),
        known,
    )
    assert found == [
        "customer 100 (same id); open opportunity",
        "former customer 200 (same web site)",
        "customer 300 (same name)",
        "subsidiary of customer 100",
        "subsidiary of customer 100",
        "open opportunity with 400 (same id)",
        None,
        None,  # the same name, another site: another company
    ]


def test_an_open_deal_with_a_stranger_is_known_by_site_and_name_too():
    known = _known(
        ("100", "Acme AG", "acme.de", None, False),
        open_deals=[
            ("900", "Talking KG", "https://www.talking.at/"),
            ("901", "Siteless GmbH", None),
            ("100", "Acme AG", "acme.shop"),
        ],
    )
    found = relations(
        _rows(
            ("1", "900", None, "elsewhere.at", None),
            ("2", None, None, "talking.at", "whatever"),
            ("3", None, None, None, "TALKING"),
            ("4", None, None, "talking.com", "Talking KG"),  # another site: another company
            ("5", None, None, "siteless.eu", "Siteless"),
            ("6", None, None, "acme.de", None),
            ("7", None, None, "acme.shop", None),  # the account's deal has a site of its own
            ("8", None, None, "gmail.com", None),
        ),
        known,
    )
    assert found == [
        "open opportunity with 900 (same id)",
        "open opportunity with 900 (same web site)",
        "open opportunity with 900 (same name); twice in the list, also as 4",
        "twice in the list, also as 3",
        "open opportunity with 901 (same name)",
        "customer 100 (same web site); open opportunity",
        "open opportunity with 100 (same web site)",
        None,
    ]


def test_two_sites_are_two_companies_also_where_a_deal_has_none():
    atlas = ("100", "Atlas GmbH", "atlas.de", None, False)
    rows = _rows(("1", None, None, "atlas.co.uk", "Atlas Ltd"))
    # Its own, that of its account by id and by name, and that of another deal with it.
    for deals in (
        [("900", "Atlas", "atlas.de")],
        [("100", "Atlas GmbH", None)],
        [("Atlas GmbH", "Atlas GmbH", None)],
        [("900", "Atlas", "atlas.fr"), ("900", "Atlas", None)],
    ):
        assert relations(rows, _known(atlas, open_deals=deals)) == [None]
    assert relations(rows, _known(open_deals=[("900", "Atlas", None)])) == [
        "open opportunity with 900 (same name)"
    ]


def test_a_deal_with_another_account_of_the_same_site_is_told():
    known = _known(
        ("100", "Acme AG", "acme.de", None, False),
        ("50", "Acme alt", "acme.de", None, True),
        open_deals=["50"],
    )
    assert relations(_rows(("1", None, None, "acme.de", None)), known) == [
        "customer 100 (same web site); open opportunity with 50 (same web site)"
    ]


def test_of_several_accounts_with_one_site_the_customer_is_named():
    known = _known(
        ("300", "Acme Nord", "acme.de", None, False),
        ("100", "Acme alt", "acme.de", None, True),
        ("200", "Acme Süd", "acme.de", None, False),
    )
    assert relations(_rows(("1", None, None, "acme.de", "Acme")), known) == [
        "customer 200 (same web site)"
    ]


def test_a_parent_without_a_row_of_its_own_is_known_as_its_subsidiaries_are():
    known = _known(
        ("1", None, None, "P9", False), ("2", None, None, "P9", True), ("3", None, None, "P7", True)
    )
    rows = _rows(
        ("a", "P9", None, None, None),
        ("b", None, "P9", None, None),
        ("c", "P7", None, None, None),
        ("d", None, "P8", None, None),
    )
    assert relations(rows, known) == [
        "customer P9 (same id)",
        "subsidiary of customer P9",
        "former customer P7 (same id)",
        None,
    ]


def test_a_second_row_of_an_account_counts_with_its_name():
    known = _known(("1", None, None, None, False), ("1", "Acme AG", None, None, False))
    assert relations(_rows(("a", None, None, None, "ACME")), known) == ["customer 1 (same name)"]


def test_ids_are_compared_in_their_normal_form():
    known = _known(("0012", None, None, None, False), open_deals=["0033"])
    rows = _rows(("a", "12.0", None, None, None), ("b", "33", None, None, None))
    assert KnownIndex(known).relations(rows) == {}
    forms = ("leading_zeros", "decimal_zero")
    assert KnownIndex(known, forms).relations(rows) == {
        0: "customer 0012 (same id)",
        1: "open opportunity with 0033 (same id)",
    }


def test_ids_are_compared_as_the_keys_say():
    known = _known(("001aB", None, None, None, False))
    rows = _rows(("1", "001AB", None, None, None))
    assert relations(rows, known) == [None]
    assert relations(rows, known, ignore_case=True) == ["customer 001aB (same id)"]


def test_rows_that_are_one_company_are_told_on_both_sides():
    found = relations(
        _rows(
            ("1", None, None, "acme.de", "Acme"),
            ("2", None, None, "www.acme.de", "Acme Shop"),
            ("3", None, None, "b.de", "Beta"),
            ("4", None, None, "c.de", "Beta GmbH"),  # another site: another company
            ("5", None, None, None, "Beta AG"),  # could be either
            ("6", None, None, None, None),
            ("6", None, None, "x.de", None),
        ),
        None,
    )
    assert found == [
        "twice in the list, also as 2",
        "twice in the list, also as 1",
        "twice in the list, also as 5",
        "twice in the list, also as 5",
        "twice in the list, also as 3, 4",
        "twice in the list, with the same id",
        "twice in the list, with the same id",
    ]


def test_repeated_ids_are_counted_and_empty_ones_are_not(tmp_path):
    keys = _rows(*[(name, None, None, None, None) for name in ("a", None, "b", "a", None, "a")])
    hashes = KeyHashes(tmp_path)
    hashes.put(keys["id"])
    nothing = np.empty(0, dtype=np.uint64)
    found = repeats(iter([keys.slice(0, 2), keys.slice(2)]), [hashes.repeated(), nothing, nothing])
    assert [(row, times) for row, _, times in found.said(0, 6)] == [(0, 3), (3, 3), (5, 3)]
    assert [row for row, _, _ in found.said(1, 4)] == [3]
    hashes.close()


def test_hashes_are_looked_at_in_parts(tmp_path, monkeypatch):
    monkeypatch.setattr("icpfit.delivery.lists.list_repeats._AT_ONCE", 7)
    keys = [f"{k}" for k in range(40)] + ["3", "17", None, None, "17"]
    hashes = KeyHashes(tmp_path)
    hashes.put(pa.array(keys))
    whole = KeyHashes(tmp_path)
    monkeypatch.setattr("icpfit.delivery.lists.list_repeats._AT_ONCE", 1_000)
    whole.put(pa.array(keys))
    expected = whole.repeated()
    whole.close()
    monkeypatch.setattr("icpfit.delivery.lists.list_repeats._AT_ONCE", 7)
    found = hashes.repeated()
    assert len(found) == 2
    assert (
        list(found) == sorted(found) == list(expected)
    )  # they are searched, so they stand in order
    hashes.close()


_WORDS = st.sampled_from(
    [
        "Acme",
        "GmbH",
        "Co.",
        "&",
        "KG",
        "A/S",
        "s.r.o.",
        "Sp.",
        "z",
        "o.o.",
        "Müller",
        "The",
        "sp",
        "Z",
        "x_y",
        "3M",
        "AG",
        "inc",
        "-",
        ".",
        "Group",
        "www.",
        "https://",
        "acme.de",
        "/",
        "gmail.com",
        "x@",
        "linkedin.com",
        "ü",
        "a-b",
        "co.uk",
        ":80",
        "_",
        "?x",
    ]
)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(_WORDS, max_size=5), max_size=20), st.sampled_from(["", " ", ", "]))
def test_columns_are_compared_as_single_texts_are(texts, between):
    given_texts = [between.join(words) for words in texts] + [None]
    column = pa.array(given_texts, pa.string())
    assert normal_names(column).to_pylist() == [normal_name(text) for text in given_texts]
    assert normal_domains(column).to_pylist() == [normal_domain(text) for text in given_texts]


_TEXTS = st.sampled_from([None, "acme.de", "b.de", "x.acme.de", "Acme", "Beta AG", "1", "2"])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(_TEXTS, _TEXTS, _TEXTS, _TEXTS, _TEXTS), max_size=7), st.randoms())
def test_the_order_of_rows_and_accounts_plays_no_part(rows, chance):
    accounts = [
        ("1", "Acme", "acme.de", None, True),
        ("2", "Beta", None, "1", False),
        ("9", "Acme", None, None, False),
    ]
    deals = [("7", "Beta AG", None), ("8", "Acme", "x.acme.de"), ("6", "Acme", "b.de"), "2"]
    whole = relations(_rows(*rows), _known(*accounts, open_deals=deals)) if rows else []
    order = list(range(len(rows)))
    chance.shuffle(order)
    chance.shuffle(accounts)
    if rows:
        chance.shuffle(deals)
        known = _known(*accounts, open_deals=deals)
        shuffled = relations(_rows(*[rows[i] for i in order]), known)
        assert shuffled == [whole[i] for i in order]


SPEC = {
    "folder": "exports",
    "as_of": "2026-06-30",
    "horizon": "12mo",
    "lag": "0d",
    "currency": "EUR",
    "attributes": {"size": {"kind": "number", "known": "before_sale"}},
    "sources": {
        "crm": {
            "table": "accounts",
            "files": "accounts.csv",
            "columns": {
                "account_id": "Number",
                "name": "Name",
                "domain": "Website",
                "started_on": "Start",
                "churned_on": "Churn",
            },
            "format": {"dates": "%d.%m.%Y"},
        },
        "deals": {
            "table": "opportunities",
            "files": "deals.csv",
            "columns": {
                "account_id": "Number",
                "opened_on": "Opened",
                "closed_on": "Closed",
                "won": "Won",
            },
        },
    },
    "prospects": {"id": "Lead", "name": "Company"},
}


@pytest.fixture
def exports(tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "accounts.csv").write_text(
        "Number,Name,Website,Start,Churn,size\n"
        "01,Acme AG,acme.de,01.02.2024,,5\n"
        "02,Left AG,left.de,01.02.2024,30.06.2026,5\n"
        "03,Gives Notice AG,notice.de,01.02.2024,01.07.2026,5\n"
        ",Nobody,,,,\n",
        encoding="utf-8",
    )
    (folder / "deals.csv").write_text(
        "Number,Opened,Closed,Won\n04,2026-05-01,,\n05,2026-05-01,2026-06-01,no\n", encoding="utf-8"
    )
    return tmp_path


def test_accounts_and_open_deals_are_read_from_their_exports(exports):
    known = known_companies(data_spec(SPEC), exports)
    assert [(a.account_id, a.name, a.domain, a.left) for a in known.accounts] == [
        ("01", "Acme AG", "acme.de", False),
        ("02", "Left AG", "left.de", True),
        ("03", "Gives Notice AG", "notice.de", False),
    ]
    assert known.open_deals == {OpenDeal("04")}
    assert account_columns(data_spec(SPEC)) == {"account_id": ("Number",), "domain": ("Website",)}


@pytest.mark.parametrize("damage", ["gone", "no id"])
def test_accounts_that_cant_be_read_are_one_line(exports, damage):
    path = exports / "exports" / "accounts.csv"
    if damage == "gone":
        path.unlink()
    else:
        path.write_text("Nummer,Name\n1,Acme\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"accounts\.csv") as caught:
        known_companies(data_spec(SPEC), exports)
    assert "\n" not in str(caught.value)


def _related(spec, name, root):
    source = prospect_source(spec, name, root)
    with list_keys(source, spec, root / "out.csv") as keys:
        keys.spool.rewind()
        return relations(keys.spool.take(keys.rows), known_companies(spec, root), folder=root)


def test_an_open_deal_without_an_account_is_known_by_name_and_site(exports):
    (exports / "exports" / "deals.csv").write_text(
        "Number,Opened,Closed,Won,Firm,Site\n,2026-05-01,,,Neu KG,neu.at\n,2026-05-01,,,,\n",
        encoding="utf-8",
    )
    deals = SPEC["sources"]["deals"]
    deals = {**deals, "columns": {**deals["columns"], "name": "Firm", "domain": "Site"}}
    spec = data_spec({**SPEC, "sources": {**SPEC["sources"], "deals": deals}})
    assert known_companies(spec, exports).open_deals == {OpenDeal(None, "Neu KG", "neu.at")}
    (exports / "list.csv").write_text(
        "Lead,Company,Website\n1,X,neu.at\n2,NEU,\n3,Y,y.at\n", encoding="utf-8"
    )
    assert _related(spec, "list.csv", exports) == [
        "open opportunity with Neu KG (same web site)",
        "open opportunity with Neu KG (same name)",
        None,
    ]


def test_an_empty_name_says_that_a_list_has_no_such_column(exports):
    spec = data_spec({**SPEC, "prospects": {**SPEC["prospects"], "id": "Number", "account_id": ""}})
    (exports / "list.csv").write_text("Number,Company\n01,X\n", encoding="utf-8")
    assert _related(spec, "list.csv", exports) == [None]
    source = prospect_source(spec, "list.csv", exports)
    assert key_notes(source, spec) == []
    [note] = key_notes(source, spec, known_index(spec, exports)[0])
    assert note.startswith("open opportunities with companies that are no accounts yet")


@pytest.mark.parametrize(
    ("header", "more", "expected"),
    [
        ("Lead", {}, [None, None]),  # a lead's number is not a customer's
        ("Lead", {"account_id": "Lead"}, ["customer 01 (same id)", None]),
        ("Number", {"id": "Number"}, ["customer 01 (same id)", None]),
    ],
)
def test_a_list_s_id_is_an_account_s_only_where_that_is_said(exports, header, more, expected):
    spec = data_spec({**SPEC, "prospects": {**SPEC["prospects"], **more}})
    (exports / "list.csv").write_text(f"{header},Company\n01,X\n77,Y\n", encoding="utf-8")
    assert _related(spec, "list.csv", exports) == expected


def test_a_typed_list_is_recognised_too(exports):
    import pyarrow.parquet as pq

    spec = data_spec({**SPEC, "prospects": {"id": "Number"}})
    table = pa.table({"Number": [4, 5], "Website": ["x.de", "www.acme.de"], "size": [1.0, np.nan]})
    pq.write_table(table, exports / "list.parquet")
    assert _related(spec, "list.parquet", exports) == [None, "customer 01 (same web site)"]


def test_a_row_that_doesnt_fit_its_header_is_said(exports):
    path = exports / "exports" / "accounts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Acme AG", "Acme, Inc"), "utf-8")
    index, notes = known_index(data_spec(SPEC), exports)
    assert index is not None
    [note] = notes
    assert note == (
        "exports/accounts.csv line 2: has 7 cells where the header has 6; whoever it tells of is not"
        " known in the list: quote cells that hold the delimiter"
    )
    # A line of totals is no customer.
    path.write_text(path.read_text("utf-8").replace("01,Acme, Inc,acme.de", "Total,3"), "utf-8")
    assert known_index(data_spec(SPEC), exports)[1] == []


@pytest.mark.parametrize(
    ("file", "column", "other", "said"),
    [
        ("accounts", "Website", "Web", "until then no customer is known by web site"),
        ("accounts", "Name", "Firm", "until then no customer is known by name"),
        ("accounts", "Churn", "Left", "until then former customers are told as customers"),
        ("deals", "Won", "Is Won", "until then no open opportunity is told"),
    ],
)
def test_a_column_that_has_another_name_is_said(exports, file, column, other, said):
    path = exports / "exports" / f"{file}.csv"
    path.write_text(path.read_text("utf-8").replace(column, other, 1), "utf-8")
    index, notes = known_index(data_spec(SPEC), exports)
    assert index is not None
    [note] = notes
    assert note.startswith(f"exports/{file}.csv: has no column '{column}' (data.sources.")
    assert note.endswith(said)


def test_a_churn_date_that_cant_be_read_is_said(exports):
    path = exports / "exports" / "accounts.csv"
    path.write_text(path.read_text("utf-8").replace("30.06.2026", "2026-06-30"), "utf-8")
    [note] = known_index(data_spec(SPEC), exports)[1]
    assert note.startswith("exports/accounts.csv line 3: Churn '2026-06-30' is not")
    assert "told as a customer who has not left" in note


def test_days_and_texts_of_days_in_one_column_of_a_workbook(exports):
    import xlsxwriter

    folder = exports / "exports"
    with xlsxwriter.Workbook(folder / "accounts.xlsx") as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        for row, cells in enumerate(
            [
                ("Number", "Name", "Website", "Start", "Churn", "size"),
                ("01", "Acme AG", "acme.de", "01.02.2024", "30.05.2026", "5"),
                ("02", "Left AG", "left.de", "01.02.2024", dt.date(2026, 5, 30), "5"),
                ("03", "Stays AG", "stays.de", "01.02.2024", None, "5"),
            ]
        ):
            for column, cell in enumerate(cells):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(row, column, cell, day)
                elif cell is not None:
                    sheet.write_string(row, column, cell)
    crm = {**SPEC["sources"]["crm"], "files": "accounts.xlsx"}
    spec = data_spec({**SPEC, "sources": {**SPEC["sources"], "crm": crm}})
    known = known_companies(spec, exports)
    assert [(one.account_id, one.left) for one in known.accounts] == [
        ("01", True), ("02", True), ("03", False),
    ]  # fmt: skip
    assert known.notes == ()


@pytest.mark.parametrize(
    ("header", "deal", "mapped", "is_said"),
    [
        ("Lead", "04", {}, True),
        ("Lead", "01", {}, False),  # of an account it is told by the account's site or name
        ("Number", "04", {}, False),
        ("Lead", "04", {"domain": "Site"}, True),  # the list has no sites
        ("Lead", "04", {"name": "Company"}, False),
    ],
)
def test_open_deals_that_a_list_cant_tell_are_said(exports, header, deal, mapped, is_said):
    (exports / "exports" / "deals.csv").write_text(
        f"Number,Opened,Closed,Won,Company,Site\n{deal},2026-05-01,,,Talking AG,talking.de\n",
        encoding="utf-8",
    )
    deals = SPEC["sources"]["deals"]
    deals = {**deals, "columns": {**deals["columns"], **mapped}}
    spec = data_spec(
        {
            **SPEC,
            "sources": {**SPEC["sources"], "deals": deals},
            "prospects": {**SPEC["prospects"], "id": header},
        }
    )
    (exports / "list.csv").write_text(f"{header},Company\nL1,Talking\n", encoding="utf-8")
    index, _ = known_index(spec, exports)
    notes = key_notes(prospect_source(spec, "list.csv", exports), spec, index)
    assert any("open opportunities" in note for note in notes) == is_said
    told = "open opportunity with 04 (same name)" if "name" in mapped else None
    assert _related(spec, "list.csv", exports) == [told]
