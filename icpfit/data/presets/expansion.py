"""``preset:`` in a company's YAML, written out as the keys that a source has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from icpfit.data.presets.preset import Preset, preset
from icpfit.data.presets.statement import statement
from icpfit.errors import SettingsError

__all__ = ["merged", "with_presets"]


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Lay keys over others: mappings are merged at every depth, anything else is replaced.

    Parameters
    ----------
    below, above : Mapping
        The keys of a preset, and a company's own.

    Returns
    -------
    dict
        Own keys win; one that is null takes the preset's away.

    Examples
    --------
    >>> merged(
    ...     {"format": {"dates": "%m/%d/%Y", "thousands": ","}}, {"format": {"dates": "%d.%m.%Y"}}
    ... )
    {'format': {'dates': '%d.%m.%Y', 'thousands': ','}}
    >>> merged({"columns": {"kind": "Type", "date": "Date"}}, {"columns": {"kind": None}})
    {'columns': {'date': 'Date'}}
    """
    result = dict(below)
    for key, value in above.items():
        if value is None and key in below:
            result.pop(key)
        elif isinstance(value, Mapping) and isinstance(result.get(key), Mapping):
            result[key] = merged(result[key], value)
        else:
            result[key] = value
    return result


def with_presets(values: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    """Write out every ``preset:`` of a company's settings, and the column of every ``match:``.

    Parameters
    ----------
    values : Mapping
        What stands in ``data``.
    where : str
        Path of these values, for messages.

    Returns
    -------
    Mapping
        The same without ``preset``; `values` isn't changed.

    Raises
    ------
    SettingsError
        When there is no such preset, it doesn't fit where it stands, or a file that it needs
        isn't named.
    """
    result = dict(values)
    sources = values.get("sources")
    if isinstance(sources, Mapping):
        result["sources"] = {
            name: _source(own, f"{where}.sources.{name}") for name, own in sources.items()
        }
    own = values.get("prospects")
    if isinstance(own, Mapping) and "preset" in own:
        result["prospects"] = _prospects(own, values.get("attributes"), f"{where}.prospects")
    return result


def _source(own: Any, where: str) -> Any:
    if not isinstance(own, Mapping):
        return own  # settings() refuses it, with its path
    result = dict(own)
    if "preset" in result:
        one = preset(result.pop("preset"), f"{where}.preset")
        if one.table == "prospects":
            raise SettingsError(f"{where}.preset: is for prospects; name it in data.prospects")
        result = _expanded(one, result, where)
    match = result.get("match")
    if isinstance(match, Mapping) and match.get("column") is not None:
        # What is matched stands for the id until the accounts are read.
        columns = result.get("columns") or {}
        result["columns"] = {**columns, "account_id": str(match["column"])}
    return result


def _expanded(one: Preset, own: dict[str, Any], where: str) -> dict[str, Any]:
    below: dict[str, Any] = {
        key: getattr(one, key) for key in ("format", "constants", "total_rows") if getattr(one, key)
    }
    below["table"] = one.table
    if own.get("select") is not None:  # a statement of one's own has its own columns too
        return merged(below, own)
    given = own.pop("columns", None) or {}
    if not isinstance(given, Mapping):
        raise SettingsError(f"{where}.columns: expected keys and values, found {given!r}")
    constant = own.get("constants") or {}
    own["tables"] = _tables(one, own, where)
    select, columns = statement(
        one,
        {str(name): str(column) for name, column in given.items() if column is not None},
        own["tables"],
    )
    # What is taken away, or the same in every row, isn't looked for in the file.
    gone = {name for name, column in given.items() if column is None} | {*constant}
    below["columns"] = {name: column for name, column in columns.items() if name not in gone}
    below["select"] = select
    own.pop("files", None)
    return merged(below, own)


def _tables(one: Preset, own: Mapping[str, Any], where: str) -> dict[str, str]:
    tables = dict(own.get("tables") or {})
    files = own.get("files")
    if files is not None:
        tables.setdefault(one.main_view, files)
    known = [*one.views, *one.companies_beside]
    for view in sorted(set(tables) - set(known)):
        raise SettingsError(
            f"{where}.tables.{view}: the preset has no such view; known: {', '.join(known)}"
        )
    for view, meaning in one.views.items():
        if view not in tables:
            key = "files" if len(one.views) == 1 else f"tables.{view}"
            raise SettingsError(f"{where}.{key}: is missing; name the file of {meaning}")
    return tables


def _prospects(own: Mapping[str, Any], attributes: Any, where: str) -> dict[str, Any]:
    result = dict(own)
    one = preset(result.pop("preset"), f"{where}.preset")
    if one.table != "prospects":
        raise SettingsError(f"{where}.preset: fills the table {one.table}; name it in a source")
    below: dict[str, Any] = {name: names[0] for name, names in one.columns.items()}
    if one.format:
        below["format"] = one.format
    columns = {}
    for name, given in (attributes if isinstance(attributes, Mapping) else {}).items():
        column = given.get("column", name) if isinstance(given, Mapping) else name
        if column in one.same_as:
            columns[name] = one.same_as[column]
    below["columns"] = columns
    return merged(below, result)
