"""Money, shares, counts and their intervals, in the words that people read.

One wording for the report, the terminal and the lists, so that the same figure looks the same
wherever it stands: three significant figures at most, a real minus sign, a unit on every amount.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from icpfit.measure.estimate import Estimate

__all__ = [
    "account_count",
    "count",
    "figure",
    "horizon_in_words",
    "interval",
    "money",
    "money_interval",
    "percent",
    "percent_interval",
]

UNKNOWN = "–"
SCALES = ((1e9, "bn"), (1e6, "M"), (1e3, "k"))
SCALE_LETTERS = frozenset(letter for _, letter in SCALES)


def money(amount: float | None, currency: str, *, signed: bool = False) -> str:
    """Return an amount of money in words: scaled to k, M or bn, with its currency.

    Parameters
    ----------
    amount : float or None
        The amount in units of the currency, or None or NaN where it is unknown.
    currency : str
        ISO code; an empty one leaves the number alone.
    signed : bool
        Whether a plus sign is written before gains.

    Returns
    -------
    str
        Three significant figures at most; an en dash where the amount is unknown.

    Notes
    -----
    Rounding comes before scaling: 999.7 is "1.0 k", never "1,000".

    Examples
    --------
    >>> money(3400, "EUR")
    '3.4 k EUR'
    >>> money(-86.25, "EUR")
    '−86 EUR'
    >>> money(12_345_678, "BRL", signed=True)
    '+12.3 M BRL'
    """
    number = _scaled(amount)
    if number == UNKNOWN:
        return UNKNOWN
    plus = "+" if signed and not number.startswith("−") and number != "0" else ""
    return f"{plus}{number} {currency}".rstrip()


def percent(share: float | None) -> str:
    """Return a share in percent, with a decimal only where it is small or nearly whole.

    Parameters
    ----------
    share : float or None
        1.0 is 100 %; None or NaN where it is unknown. May lie outside 0 to 1.

    Returns
    -------
    str
        The share in percent; an en dash where it is unknown.

    Notes
    -----
    What isn't quite everything is never rounded to 100 %, nor what isn't nothing to 0 %.

    Examples
    --------
    >>> percent(0.714), percent(0.004), percent(0.9996), percent(1.62)
    ('71 %', '0.4 %', '99.9 %', '162 %')
    """
    if share is None or not math.isfinite(share):
        return UNKNOWN
    points = round(100 * share, 9)  # sums of shares end a hair beside 100
    size, sign = abs(points), "−" if points < 0 else ""
    if 0 < size < 0.1:
        return f"{sign}less than 0.1 %"
    if 0 < size < 2:
        text = f"{size:.1f}".removesuffix(".0")
    elif 99 < size < 100:
        text = f"{min(size, 99.9):.1f}"
    else:
        text = f"{size:,.0f}"
    return f"{sign}{text} %"


def count(n: int) -> str:
    """Return a whole number with thousands separated.

    Parameters
    ----------
    n : int
        Any whole number.

    Returns
    -------
    str
        With commas and a real minus sign.

    Examples
    --------
    >>> count(1234567)
    '1,234,567'
    """
    return f"{n:,}".replace("-", "−")


def account_count(n: int, adjective: str = "") -> str:
    """Return a number of accounts in words, in the singular for one.

    Parameters
    ----------
    n : int
        How many.
    adjective : str
        What kind, such as "later".

    Returns
    -------
    str
        Number, adjective and noun.

    Examples
    --------
    >>> account_count(1), account_count(1520, "later")
    ('1 account', '1,520 later accounts')
    """
    words = f"{adjective} account".strip() if adjective else "account"
    return f"{count(n)} {words}{'' if n == 1 else 's'}"


def figure(value: float | None, digits: int = 2) -> str:
    """Return a number without a unit, such as an AUC.

    Parameters
    ----------
    value : float or None
        None or NaN where it is unknown.
    digits : int
        Decimals.

    Returns
    -------
    str
        The number; an en dash where it is unknown.

    Examples
    --------
    >>> figure(0.7312), figure(None)
    ('0.73', '–')
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    return f"{value:,.{digits}f}".replace("-", "−")


def interval(low: float | None, high: float | None, shown: Callable[[float], str]) -> str:
    """Return the two ends of an interval, with what both share written once.

    Parameters
    ----------
    low, high : float or None
        The ends; None where the data are too few for an interval.
    shown : callable
        How one end is written, such as ``percent``.

    Returns
    -------
    str
        "6.0–12.5 k EUR"; "to" where an end is negative; "too few to tell" without ends.

    Examples
    --------
    >>> interval(6000, 12500, lambda amount: money(amount, "EUR"))
    '6.0–12.5 k EUR'
    >>> interval(-1200, 700, lambda amount: money(amount, "EUR"))
    '−1.2 k to 700 EUR'
    >>> interval(-1200, 2500, lambda amount: money(amount, "EUR"))
    '−1.2 k to 2.5 k EUR'
    >>> interval(0.63, 0.78, percent)
    '63–78 %'
    >>> interval(None, None, percent)
    'too few to tell'
    """
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return "too few to tell"
    first, last = shown(low), shown(high)
    unit, last_unit = (text.partition(" ")[2] for text in (first, last))
    if unit == last_unit and not first.startswith(("+", "−")):
        return f"{first.removesuffix(unit).rstrip()}–{last}"
    # A dash beside a minus sign misleads, and each number keeps its own scale; the currency or the
    # per cent sign is said once.
    shared = unit.split()[-1:] == last_unit.split()[-1:] and unit.split()[-1:]
    if shared and shared[0] not in SCALE_LETTERS:
        first = first.removesuffix(shared[0]).rstrip()
    return f"{first} to {last}"


def money_interval(estimate: Estimate, currency: str) -> str:
    """Return an amount with its interval, as in "12.4 k EUR (90 %: 9.9–15.1 k EUR)".

    Parameters
    ----------
    estimate : Estimate
        An amount in units of the currency.
    currency : str
        ISO code.

    Returns
    -------
    str
        The amount, the interval's level and its ends.

    Examples
    --------
    >>> from icpfit.measure.estimate import Estimate
    >>> money_interval(Estimate(12_400.0, 9_900.0, 15_100.0), "EUR")
    '12.4 k EUR (90 %: 9.9–15.1 k EUR)'
    """
    return _with_interval(estimate, lambda amount: money(amount, currency))


def percent_interval(estimate: Estimate) -> str:
    """Return a share with its interval, as in "71 % (90 %: 63–78 %)".

    Parameters
    ----------
    estimate : Estimate
        A share; 1.0 is 100 %.

    Returns
    -------
    str
        The share, the interval's level and its ends.

    Examples
    --------
    >>> from icpfit.measure.estimate import Estimate
    >>> percent_interval(Estimate(0.71, 0.63, 0.78))
    '71 % (90 %: 63–78 %)'
    """
    return _with_interval(estimate, percent)


def horizon_in_words(horizon: str) -> str:
    """Return a horizon of the settings in words.

    Parameters
    ----------
    horizon : str
        Such as "12mo" or "90d".

    Returns
    -------
    str
        Number and unit; anything else unchanged.

    Examples
    --------
    >>> horizon_in_words("12mo"), horizon_in_words("90d"), horizon_in_words("1mo")
    ('12 months', '90 days', '1 month')
    """
    found = re.fullmatch(r"(\d+)\s*(d|mo)", horizon.strip())
    if not found:
        return horizon
    number, unit = int(found[1]), {"d": "day", "mo": "month"}[found[2]]
    return f"{number:,} {unit}{'' if number == 1 else 's'}"


def _with_interval(estimate: Estimate, shown: Callable[[float], str]) -> str:
    ends = interval(estimate.low, estimate.high, shown)
    if estimate.low is None or estimate.high is None:
        return f"{shown(estimate.value)} ({ends})"
    return f"{shown(estimate.value)} ({percent(estimate.level)}: {ends})"


def _scaled(amount: float | None) -> str:
    if amount is None or not math.isfinite(amount):
        return UNKNOWN
    size = float(f"{abs(amount):.3g}")
    sign = "−" if amount < 0 and size > 0 else ""
    for scale, letter in SCALES:
        if size >= scale:
            scaled = size / scale
            return f"{sign}{scaled:,.{1 if scaled < 100 else 0}f} {letter}"
    digits = 0 if size >= 20 or size == round(size) else 1 if size >= 1 else 2
    text = f"{size:.{digits}f}"
    return f"{sign if float(text) else ''}{'0' if not float(text) else text}"
