"""What a segment asks of one attribute: the forms a condition may take, and their rules."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

from icpfit.errors import SettingsError

__all__ = ["check_kind", "condition", "is_range"]

_MOST_SHOWN = 60


def is_range(form: Any) -> bool:
    """Say whether a condition is a range rather than a list of values.

    Parameters
    ----------
    form : list or dict
        A condition from `condition`.

    Returns
    -------
    bool
        True for ``{"from": ..., "below": ...}``.

    Examples
    --------
    >>> is_range({"from": 200}), is_range(["Software", None])
    (True, False)
    """
    return isinstance(form, Mapping)


def condition(form: Any, where: str) -> list[Any] | dict[str, Any]:
    """Check a condition and give it in one form.

    Parameters
    ----------
    form : list, dict or single value
        A list of texts, flags or numbers, in which None stands for missing; or a dict with `from`
        (inclusive), `below` (exclusive) or both, numbers or dates; or one value, meant as a list
        of one.
    where : str
        Where it stands, for the message.

    Returns
    -------
    list or dict
        The list, or the dict with `from` before `below`.

    Raises
    ------
    ValueError
        With the rule that it breaks.

    Examples
    --------
    >>> condition("DE", "where.country"), condition({"below": 1000, "from": 200}, "where.employees")
    (['DE'], {'from': 200, 'below': 1000})
    >>> condition({"from": 5, "below": 5}, "where.employees")
    Traceback (most recent call last):
    ...
    ValueError: where.employees: from 5 is not lower than below 5, so nothing is between them
    """
    if isinstance(form, Mapping):
        return _range(form, where)
    values = list(form) if isinstance(form, list | tuple) else [form]
    if not values:
        raise ValueError(
            f"{where}: the list is empty, so nothing meets it; name values, or drop it"
        )
    for value in values:
        _check_value(value, where)
    kinds = sorted({_kind(value) for value in values if value is not None})
    if len(kinds) > 1:
        raise ValueError(
            f"{where}: the list mixes {' and '.join(kinds)}; put texts such as 'true' or '62' in "
            f"quotes"
        )
    seen = [value for i, value in enumerate(values) if value in values[:i]]
    if seen:
        raise ValueError(f"{where}: {_shown(seen[0])} stands in the list twice; name it once")
    return values


def check_kind(value: Any, kind: str, where: str, *, ranged: bool) -> None:
    """Refuse a condition's value that can't be compared with its attribute.

    Parameters
    ----------
    value : str, bool, int, float or date
        One value of the condition.
    kind : {"a text", "a number", "a date"}
        What the attribute holds; a flag is a number.
    where : str
        Where it stands, for the message.
    ranged : bool
        Whether it is an end of a range.

    Raises
    ------
    SettingsError
        With what was found.

    Examples
    --------
    >>> check_kind(62, "a text", "where.country", ranged=False)
    Traceback (most recent call last):
    ...
    icpfit.errors.SettingsError: where.country: the attribute is a text, the condition says 62;
    write '62' in quotes
    """
    if ranged and kind == "a text":
        raise SettingsError(
            f"{where}: from and below need a number or a date, this is a category; list its values"
        )
    fits = {
        "a text": isinstance(value, str),
        "a number": isinstance(value, bool | int | float)
        and not (ranged and isinstance(value, bool)),
        "a date": isinstance(value, dt.date),
    }
    if not fits[kind]:
        advice = f"; write '{value}' in quotes" if kind == "a text" else ""
        raise SettingsError(
            f"{where}: the attribute is {kind}, the condition says {value!r}{advice}"
        )


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true/false"
    return "text" if isinstance(value, str) else "numbers"


def _check_value(value: Any, where: str) -> None:
    if isinstance(value, dt.date):
        raise ValueError(  # noqa: TRY004 - settings() makes a user's line of a ValueError
            f"{where}: a date ({value}) can't be in a list; use from and below for dates"
        )
    if value is not None and not isinstance(value, str | bool | int | float):
        raise ValueError(
            f"{where}: expected a text, number, true, false or null, found {_shown(value)}"
        )
    if isinstance(value, str) and not value.strip():
        raise ValueError(f"{where}: found an empty text; write null for missing")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{where}: {value} is no number to compare with")


def _range(form: Mapping[Any, Any], where: str) -> dict[str, Any]:
    for key in form:
        if key not in ("from", "below"):
            raise ValueError(f"{where}.{key}: there is no such key; known keys: below, from")
    ends = {key: form[key] for key in ("from", "below") if form.get(key) is not None}
    if not ends:
        raise ValueError(f"{where}: give from (inclusive), below (exclusive) or both")
    for key, end in ends.items():
        is_number = isinstance(end, int | float) and not isinstance(end, bool)
        is_date = isinstance(end, dt.date) and not isinstance(end, dt.datetime)
        if not (is_date or (is_number and math.isfinite(end))):
            raise ValueError(
                f"{where}.{key}: expected a number or a date such as 2026-06-30, found "
                f"{_shown(end)}"
            )
    if len({isinstance(end, dt.date) for end in ends.values()}) > 1:
        raise ValueError(f"{where}: from and below must both be numbers or both be dates")
    if len(ends) == 2 and not ends["from"] < ends["below"]:
        raise ValueError(
            f"{where}: from {ends['from']} is not lower than below {ends['below']}, so nothing is "
            f"between them"
        )
    return ends


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 3] + "..."
