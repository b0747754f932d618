"""Cells: each kind by hand, and exact money against Python's own decimals."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_EVEN, Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.data.sources.cells import parsed
from icpfit.data.sources.source_spec import Format

GERMAN = Format(decimal=",", thousands=".", dates="%d.%m.%Y")


def one(text, kind, fmt=Format()):  # noqa: B008
    column = parsed(pa.array([text], pa.string()), kind, fmt)
    assert len(column.values) == 1
    problems = [(p.problem, p.how_to_fix) for p in column.problems]
    assert len(problems) <= 1
    return column.values[0].as_py(), problems[0] if problems else None


@pytest.mark.parametrize("kind", ["id", "category", "text", "number", "money", "flag", "date"])
@pytest.mark.parametrize("text", ["", "  ", None, "\t\u00a0"])
def test_an_empty_cell_is_null_and_no_problem(kind, text):
    assert one(text, kind) == (None, None)


@pytest.mark.parametrize("text", ["NA", "None", "null", "N/A", "nan", "n/a", "#1"])
def test_words_for_nothing_are_texts(text):
    assert one(text, "category") == (text, None)
    assert one(text, "id") == (text, None)


@pytest.mark.parametrize("text", ["007", "12345678901234567890", "1e5", "0015A000AbC"])
def test_ids_are_trimmed_and_else_untouched(text):
    assert one(f" {text} ", "id") == (text, None)


@pytest.mark.parametrize(
    ("text", "value"),
    [("5", 5.0), ("+5", 5.0), ("-.5", -0.5), ("5.", 5.0), ("1e5", 1e5), ("1E-2", 0.01), ("0012", 12.0)],
)  # fmt: skip
def test_numbers(text, value):
    assert one(text, "number") == (value, None)


@pytest.mark.parametrize(
    ("text", "fmt", "value"),
    [
        ("1.200,50", GERMAN, 1200.5),
        ("1200,5", GERMAN, 1200.5),
        ("-1.234.567", GERMAN, -1234567.0),
        ("1\u202f234,5", Format(decimal=",", thousands=" "), 1234.5),
        ("1\u00a0234,5", Format(decimal=",", thousands=" "), 1234.5),
        ("1'234.5", Format(thousands="'"), 1234.5),
    ],
)
def test_numbers_as_declared(text, fmt, value):
    assert one(text, "number", fmt) == (value, None)


@pytest.mark.parametrize("kind", ["number", "money"])
@pytest.mark.parametrize(
    ("text", "fmt", "problem", "fix"),
    [
        ("1.200,50", Format(), "is not a number as declared", 'set format: {decimal: ",", thousands: "."} for this source'),
        ("12,5", Format(), "is not a number as declared", 'set format: {decimal: ","} for this source'),
        ("1,234,567", Format(), "is not a number as declared", 'set format: {decimal: ".", thousands: ","} for this source'),
        # 1.2 in one country, 1200 in another: both are named, neither is taken
        ("1,200", Format(), "is not a number as declared", 'set format: {decimal: ","} if , is the decimal sign, or {decimal: ".", thousands: ","} if it is the thousands sign'),
        ("1.5", GERMAN, "is not a number as declared", 'set format: {decimal: "."} for this source'),
        ("12.34.5", GERMAN, "is not a number", "correct the cell in the source, or leave it empty"),
        ("€ 900", Format(), "carries a currency sign", 'set format: {currency_sign: "€"} for this source, if all of it is in one currency'),
        ("900 EUR", Format(), "carries a currency sign", 'set format: {currency_sign: "EUR"} for this source, if all of it is in one currency'),
        ("$1,200.50", Format(), "carries a currency sign", 'set format: {currency_sign: "$"} for this source, if all of it is in one currency'),
        ("€ 900", Format(currency_sign="$"), "is in €, not in $", "export one currency to a file, or the currency in a column of its own"),
        ("12 %", Format(), "carries a percent sign", "set format: {percent: points} to read 12 % as 12, or {percent: share} for 0.12"),
        ("(1200.50)", Format(), "is negative in an accountant's way", "set format: {negatives: parentheses} for this source"),
        ("1200.50-", Format(), "is negative in an accountant's way", "set format: {negatives: minus after} for this source"),
        ("#REF!", Format(), "is an error of the spreadsheet", "correct the cell there, or leave it empty"),
        ("nan", Format(), "is not a finite number", "leave the cell empty where there is no number"),
        ("-Infinity", Format(), "is not a finite number", "leave the cell empty where there is no number"),
        ("1e400", Format(), "is too large", "check the cell in the source"),
        ("twelve", Format(), "is not a number", "correct the cell in the source, or leave it empty"),
        ("٣", Format(), "is not a number", "correct the cell in the source, or leave it empty"),
        ("0x1F", Format(), "is not a number", "correct the cell in the source, or leave it empty"),
        ("1_000", Format(), "is not a number", "correct the cell in the source, or leave it empty"),
    ],
)  # fmt: skip
def test_what_is_no_number_says_how_to_fix_it(kind, text, fmt, problem, fix):
    assert one(text, kind, fmt) == (None, (problem, fix))


def test_money_is_exact_and_rounds_half_to_even():
    column = parsed(
        pa.array(["0.00005", "0.00015", "0.1", "1e3", "-2.00005", "12.3000001907"]),
        "money",
        Format(),
    )
    # 0.00005 is half a step: to the even 0; 0.00015 is one step and a half: to the even 2
    assert column.values.to_pylist() == [0, 2, 1_000, 10_000_000, -20_000, 123_000]
    assert column.rounded == 4
    assert column.problems == ()


def test_money_beyond_a_trillion_is_refused():
    assert one("999999999999.9999", "money") == (9_999_999_999_999_999, None)
    assert one("1000000000000", "money")[1][0] == "is too large"
    assert one("1e12", "money")[1][0] == "is too large"
    assert one("1" * 40, "money")[1][0] == "is too large"


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.decimals(min_value=-999_999_999, max_value=999_999_999, places=None, allow_nan=False),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from([Format(), GERMAN]),
)
def test_money_agrees_with_python_decimals(amounts, fmt):
    texts = [str(amount).replace(".", fmt.decimal) for amount in amounts]
    readable = [t for t in texts if len(t.upper().partition("E")[2].lstrip("+-")) <= 3]
    expected = [
        int((Decimal(t.replace(fmt.decimal, ".")) * 10_000).to_integral_value(ROUND_HALF_EVEN))
        for t in readable
    ]
    column = parsed(pa.array(readable, pa.string()), "money", fmt)
    assert column.problems == ()
    assert column.values.to_pylist() == expected


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=8))
def test_numbers_read_back_what_repr_wrote(values):
    column = parsed(pa.array([repr(v) for v in values]), "number", Format())
    assert column.values.to_pylist() == values


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.text(max_size=8), max_size=6), st.sampled_from(["number", "money", "flag", "date"])
)
def test_every_cell_is_a_value_empty_or_a_problem(texts, kind):
    texts = [t.encode("utf-8", "replace").decode() for t in texts]
    column = parsed(pa.array(texts, pa.string()), kind, Format())
    bad = {p.row for p in column.problems}
    for row, (text, value) in enumerate(zip(texts, column.values.to_pylist(), strict=True)):
        is_empty = parsed(pa.array([text]), "text", Format()).values[0].as_py() is None
        assert (value is not None) + is_empty + (row in bad) == 1


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-01-31", dt.date(2026, 1, 31)),
        ("2026-01-31 23:59:59", dt.date(2026, 1, 31)),
        ("2026-01-31T23:59:59.123456789Z", dt.date(2026, 1, 31)),
        ("2026-01-31 23:59", dt.date(2026, 1, 31)),
        # half past eleven at night two hours west of UTC is the next day there
        ("2026-01-31T23:30:00-02:00", dt.date(2026, 2, 1)),
        ("2026-02-01T00:30:00+0200", dt.date(2026, 1, 31)),
        ("2024-02-29", dt.date(2024, 2, 29)),
    ],
)
def test_dates(text, day):
    assert one(text, "date") == (day, None)


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("31.01.2026", 'set format: {dates: "%d.%m.%Y"} for this source'),
        ("01/02/2026", 'set format: {dates: "%d/%m/%Y"} or {dates: "%m/%d/%Y"} for this source'),
        ("13/02/2026", 'set format: {dates: "%d/%m/%Y"} for this source'),
        ("20260131", 'set format: {dates: "%Y%m%d"} for this source'),
        ("2026-02-30", "correct the cell in the source"),
        ("46053", "set format: {dates: excel} for this source"),
        ("1769900399", "set format: {dates: unix} for this source"),
        ("2026-01-31 25:00:00", "correct the cell in the source"),
        ("soon", "correct the cell in the source, or leave it empty"),
        ("2026-1-3", "correct the cell in the source, or leave it empty"),
    ],
)  # fmt: skip
def test_what_is_no_date_says_how_to_fix_it(text, fix):
    value, problem = one(text, "date")
    assert value is None
    assert problem[1] == fix


def test_a_declared_date_format_replaces_the_default():
    assert one("31.01.2026", "date", GERMAN) == (dt.date(2026, 1, 31), None)
    assert (
        one("2026-01-31", "date", GERMAN)[1][1] == 'set format: {dates: "%Y-%m-%d"} for this source'
    )


def test_flags():
    assert [one(t, "flag")[0] for t in ["Yes", "TRUE", "1", "no", "f", "0"]] == [True] * 3 + [
        False
    ] * 3
    assert one("ja", "flag")[1][0].startswith("is neither true nor false")
    german = Format(true_texts=["Ja"], false_texts=["Nein"])
    assert [one(t, "flag", german)[0] for t in ["ja", "NEIN", "yes"]] == [True, False, None]


@pytest.mark.parametrize(
    ("text", "fmt", "value"),
    [
        ("-€ 1.200,50", Format(decimal=",", thousands=".", currency_sign="€"), -1200.5),
        ("€-5", Format(currency_sign="€"), -5),
        ("5 €", Format(currency_sign="€"), 5),
        (
            "($1,234.56)",
            Format(thousands=",", currency_sign="$", negatives="parentheses"),
            -1234.56,
        ),
        ("$(7)", Format(currency_sign="$", negatives="parentheses"), -7),
        ("7-", Format(negatives="minus after"), -7),
        ("12 %", Format(percent="points"), 12),
        ("12.5%", Format(percent="share"), 0.125),
        ("-0.1%", Format(percent="share"), -0.001),
        ("0.12", Format(percent="share"), 0.12),  # without a sign it is what it says
        ("\u22125", Format(), -5),  # the typographic minus
        ("1 234,5", Format(decimal=",", thousands=" "), 1234.5),
        ("Fr.5", Format(currency_sign="Fr."), 5),
    ],
)
def test_declared_signs_are_read(text, fmt, value):
    assert one(text, "number", fmt) == (value, None)
    assert one(text, "money", fmt) == (round(value * 10_000), None)


@pytest.mark.parametrize(
    ("text", "fmt"),
    [
        ("--5", Format()),
        ("-$-5", Format(currency_sign="$")),
        ("-(5)", Format(negatives="parentheses")),
        ("(5", Format(negatives="parentheses")),
        ("(-5)", Format(negatives="parentheses")),
        ("-5-", Format(negatives="minus after")),
        ("$", Format(currency_sign="$")),
        ("1e3%", Format(percent="share")),
        ("%", Format(percent="points")),
        ("1 2", Format(currency_sign="$")),
    ],
)
def test_signs_that_contradict_each_other_are_no_number(text, fmt):
    value, problem = one(text, "number", fmt)
    assert value is None
    assert problem is not None


@pytest.mark.parametrize(
    ("text", "fmt", "day"),
    [
        ("46053", Format(dates="excel"), "2026-01-31"),
        ("46053.99", Format(dates="excel"), "2026-01-31"),
        ("1", Format(dates="excel"), "1900-01-01"),
        ("59", Format(dates="excel"), "1900-02-28"),
        ("61", Format(dates="excel"), "1900-03-01"),
        ("1769900399", Format(dates="unix"), "2026-01-31"),
        ("2026-01-31Z", Format(), "2026-01-31"),
    ],
)
def test_other_ways_to_write_a_day(text, fmt, day):
    assert one(text, "date", fmt) == (dt.date.fromisoformat(day), None)


def test_the_day_that_only_spreadsheets_know_is_none():
    for text in ("60", "0", "-1", "2958466", "46053x"):
        assert one(text, "date", Format(dates="excel"))[1] is not None


def test_an_ambiguous_date_is_asked_for_and_the_column_says_more_than_the_cell():
    alone = one("01/02/2026", "date")[1]
    assert alone[1] == 'set format: {dates: "%d/%m/%Y"} or {dates: "%m/%d/%Y"} for this source'
    beside = parsed(pa.array(["01/02/2026", "13/02/2026"]), "date", Format()).problems
    assert [p.how_to_fix[:33] for p in beside] == ['set format: {dates: "%d/%m/%Y"} f'] * 2
    at_odds = parsed(pa.array(["01/02/2026", "13/02/2026", "02/13/2026"]), "date", Format())
    assert " or " in at_odds.problems[0].how_to_fix


@pytest.mark.parametrize("kind", ["id", "category", "text"])
def test_what_a_spreadsheet_left_behind_is_no_text(kind):
    for text in ("#REF!", "#N/A", "#DIV/0!", "=VLOOKUP(A1;B:C;2)", '="00123"', "######"):
        value, problem = one(text, kind)
        assert value is None
        assert problem is not None
    for text in ("=", "=> call", "== new ==", "#1 Plumbing", "N/A"):
        assert one(text, kind) == (text, None)


def test_an_id_that_lost_its_digits_is_no_id():
    assert one("1.23457E+19", "id")[1][0] == "is an id that a spreadsheet has shortened"
    assert one("1,2E+05", "id")[1] is not None
    for text in ("12345678901234567890", "007", "1E5", "7E+X", "12E+10"):
        assert one(text, "id") == (text, None)
