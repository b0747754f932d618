"""A typed cell is a value in a sheet only where the sheet holds that very value."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icpfit.delivery.lists.sheet_values import is_same_number, sheet_value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("0.3333333333333333", 1 / 3),
        ("0.30000000000000004", 0.1 + 0.2),  # noise of a float
        ("12.5000", 12.5),  # a decimal with its zeros
        ("1e+10", 1e10),
        ("1e-07", 1e-7),
        ("123456789012345", 123456789012345),
        ("1000000000000000000", 1e18),  # zeros are no digits to be lost
        ("2026-12-01", dt.date(2026, 12, 1)),
        ("2026-01-02 00:00:00.000000000", dt.datetime(2026, 1, 2)),  # noqa: DTZ001 - a sheet's
        ("2026-01-02 13:45:00.250000", dt.datetime(2026, 1, 2, 13, 45, 0, 250_000)),  # noqa: DTZ001
        ("true", True),
        ("30:15:00", dt.timedelta(hours=30, minutes=15)),
    ],
)
def test_what_a_sheet_holds(cell, value):
    found = sheet_value(cell)
    assert found == value
    assert type(found) is type(value) or isinstance(value, int)


@pytest.mark.parametrize(
    "cell",
    [
        "12345678901234568",  # a double has it, a sheet shows and keeps 15 digits of it
        "1234567890123456",
        "99999999999999984",
        "12345678901234567.89",
        "1e+400",
        "2026-01-02 13:45:00.000001",
        "2026-01-02 00:00:00.000000Z",
        "2026-02-30",
        "1900-02-28",
        "nan",
        "seven",
        "",
    ],
)
def test_what_it_does_not_hold_stays_text(cell):
    assert sheet_value(cell) is None


@given(st.integers() | st.decimals(allow_nan=False, allow_infinity=False))
def test_no_digit_of_a_whole_number_or_a_decimal_is_lost(number):
    found = sheet_value(f"{number:f}" if isinstance(number, Decimal) else str(number))
    if found is not None:
        digits = f"{Decimal(number):e}".partition("e")[0].replace(".", "").lstrip("-").strip("0")
        assert len(digits) <= 17
        assert Decimal(f"{found:.15g}") == number or number != int(number)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_the_number_that_a_sheet_keeps(number):
    found = sheet_value(repr(number))
    if found is not None:
        assert found == number
    else:
        assert number == int(number)  # a whole number of more digits than a sheet has


def test_a_text_is_a_number_only_where_nothing_is_lost():
    told = {
        "12": 12.0, "1,50": 1.5, "007": 7.0, "12345678901234568": 12345678901234568.0,
        "123456789012345": 123456789012345.0, "1.505": 1.505, "1.50500": 1.505,
    }  # fmt: skip
    assert [cell for cell, value in told.items() if is_same_number(cell, value)] == [
        "12", "1,50", "123456789012345", "1.505",
    ]  # fmt: skip
