"""Settings as plain dataclasses, read strictly from what the YAML and the command line say.

A key that no dataclass has is refused with its full path and the nearest known key, also where
Hydra's ``+`` let it through; a value of the wrong kind is refused with what was found.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import types
import typing
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, Union

from icpfit.errors import SettingsError
from icpfit.redaction import without_passwords

__all__ = ["settings"]

T = TypeVar("T")


def settings(kind: type[T], values: Mapping[str, Any], where: str) -> T:
    """Build a settings dataclass from nested plain values.

    Fields may be str, bool, int, float, date, a Literal, an Optional of these, lists and
    string-keyed dicts of these, and further dataclasses. A field without a default must be given.
    ``None`` for a field with a default that isn't optional means "not given".

    Parameters
    ----------
    kind : type
        A dataclass; its ``__post_init__`` may raise ValueError with the rule that was broken.
    values : Mapping
        Plain values, as a YAML file holds them.
    where : str
        The path of these values in the settings, such as ``"data.label"``, for the messages.

    Returns
    -------
    T
        An instance of `kind`.

    Raises
    ------
    SettingsError
        For an unknown or missing key, or a value of the wrong kind.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Hurdle:
    ...     amount: float
    ...     share: float = 0.4
    >>> settings(Hurdle, {"amount": 100}, "data.label")
    Hurdle(amount=100.0, share=0.4)
    >>> settings(Hurdle, {"amuont": 100}, "data.label")
    Traceback (most recent call last):
    ...
    icpfit.errors.SettingsError: data.label.amuont: there is no such key; did you mean 'amount'?
    """
    if not isinstance(values, Mapping):
        raise SettingsError(f"{where}: expected keys and values, found {_shown(values)}")
    fields = {f.name: f for f in dataclasses.fields(kind) if f.init}  # type: ignore[arg-type]
    hints = typing.get_type_hints(kind)
    for key in values:
        if key not in fields:
            raise SettingsError(f"{where}.{key}: there is no such key; {_hint(str(key), fields)}")
    given: dict[str, Any] = {}
    for name, field in fields.items():
        has_default = (
            field.default is not dataclasses.MISSING
            or field.default_factory is not dataclasses.MISSING
        )
        if name not in values:
            if not has_default:
                raise SettingsError(f"{where}.{name}: is missing; add it")
            continue
        if values[name] is None and has_default and not _admits_none(hints[name]):
            continue
        given[name] = _value(hints[name], values[name], f"{where}.{name}")
    try:
        return kind(**given)
    except ValueError as error:
        raise SettingsError(f"{where}: {error}") from None


def _hint(key: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(key, list(known), n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"known keys: {', '.join(sorted(known))}"


def _admits_none(hint: Any) -> bool:
    return hint is None or hint is type(None) or type(None) in typing.get_args(hint)


def _shown(value: Any) -> str:
    # Before it is cut: half a url would no longer be known as one.
    text = without_passwords(repr(value))
    return text if len(text) <= 60 else text[:57] + "..."


def _value(hint: Any, value: Any, where: str) -> Any:
    origin = typing.get_origin(hint)
    if origin in (Union, types.UnionType):
        return _union(hint, value, where)
    if origin is Literal:
        allowed = typing.get_args(hint)
        if value not in allowed:
            listed = ", ".join(str(a) for a in allowed)
            raise SettingsError(f"{where}: expected one of {listed}; found {_shown(value)}")
        return value
    if origin in (list, tuple):
        if not isinstance(value, list | tuple):
            raise SettingsError(f"{where}: expected a list, found {_shown(value)}")
        inner = typing.get_args(hint)[0]
        items = [_value(inner, item, f"{where}[{i}]") for i, item in enumerate(value)]
        return tuple(items) if origin is tuple else items
    if origin in (dict, Mapping) or hint is dict:
        if not isinstance(value, Mapping):
            raise SettingsError(f"{where}: expected keys and values, found {_shown(value)}")
        inner = typing.get_args(hint)[1] if typing.get_args(hint) else Any
        return {str(k): _value(inner, v, f"{where}.{k}") for k, v in value.items()}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return settings(hint, value, where)
    return _scalar(hint, value, where)


def _union(hint: Any, value: Any, where: str) -> Any:
    options = [option for option in typing.get_args(hint) if option is not type(None)]
    if value is None and _admits_none(hint):
        return None
    last: SettingsError | None = None
    for option in options:
        try:
            return _value(option, value, where)
        except SettingsError as error:
            last = error
    if last is None:
        raise SettingsError(f"{where}: expected nothing, found {_shown(value)}")
    raise last


def _scalar(hint: Any, value: Any, where: str) -> Any:
    if hint is Any:
        return value
    if hint is bool and isinstance(value, bool):
        return value
    if hint is int and isinstance(value, int) and not isinstance(value, bool):
        return value
    if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if hint is str and isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    if hint is dt.date:
        return _date(value, where)
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
    raise SettingsError(f"{where}: expected {names.get(hint, hint)}, found {_shown(value)}")


def _date(value: Any, where: str) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        message = f"{where}: expected a date such as 2026-06-30, found {_shown(value)}"
        raise SettingsError(message) from None
