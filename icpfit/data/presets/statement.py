"""The SELECT of a preset: one name for each column that goes by several, missing ones as empty."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from icpfit.data.contract import CONTRACT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from icpfit.data.presets.preset import Preset

__all__ = ["ALTERNATIVES", "COMPUTED", "quoted_name", "statement"]

#: Name of a column of the statement that is computed, by the contract's column.
COMPUTED = "{} (computed)"

#: Between the names in the name of a column that is the first of several that is filled.
ALTERNATIVES = " or "


def quoted_name(column: str) -> str:
    """Quote a column for SQL.

    Parameters
    ----------
    column : str
        Its name.

    Returns
    -------
    str
        The name in double quotes.

    Examples
    --------
    >>> quoted_name("Bill to")
    '"Bill to"'
    """
    return '"' + column.replace('"', '""') + '"'


def statement(
    one: Preset, own: Mapping[str, str], there: Collection[str] = ()
) -> tuple[str, dict[str, str]]:
    """Write the SELECT of a preset, and the columns of its result.

    Parameters
    ----------
    one : Preset
        The preset.
    own : Mapping of str to str
        Contract column to the export's column, where a company has its own.
    there : collection of str
        Views that have a file; of those that the preset can do without, the others are empty.

    Returns
    -------
    select : str
        All columns of the export, and those that are computed or go by several names.
    columns : dict of str to str
        Contract column to a column of the result.

    Notes
    -----
    ``UNION ALL BY NAME`` with no rows adds the columns that an export may lack, empty, and names
    are compared without case. A required column with one name only isn't added: where it is
    missing, the reader says so.
    """
    required = {c.name for c in CONTRACT.get(one.table, ()) if c.required}
    columns: dict[str, str] = {}
    computed: dict[str, str] = {}
    optional: list[str] = [*one.may_have]
    expressions = {name: quoted_name(column) for name, column in own.items()}
    for name, names in one.columns.items():
        if name in own:
            continue
        expressions[name] = _first_filled(names)
        if len(names) == 1:
            columns[name] = names[0]
            optional += [] if name in required else names
        else:
            columns[name] = ALTERNATIVES.join(names)
            computed[columns[name]] = expressions[name]
            optional += names
    for name, expression in one.computed.items():
        if name not in own:
            columns[name] = COMPUTED.format(name)
            expressions[name] = f"({_filled_in(expression, expressions)})"
            computed[columns[name]] = expressions[name]
    wide = f"wide AS (FROM {one.main_view}{_added(optional)})"
    beside = [
        f"{view}_beside AS ({_companies(view if view in there else None, told)})"
        for view, told in one.companies_beside.items()
    ]
    ctes = [wide, *beside, *([_filled_in(one.first, expressions)] if one.first else [])]
    shown = ["wide.*", *(f"{text} AS {quoted_name(name)}" for name, text in computed.items())]
    lines = [f"WITH {', '.join(ctes)}", "SELECT " + ", ".join(shown), "FROM wide"]
    for view in one.companies_beside:
        account = expressions["account_id"]
        lines.append(f'LEFT JOIN {view}_beside ON "id beside" = trim({account})')
    if one.join:
        lines.append(_filled_in(one.join, expressions))
    if one.where:
        lines.append(f"WHERE {_filled_in(one.where, expressions)}")
    return "\n".join(lines), {**columns, **own}


def _first_filled(names: Iterable[str]) -> str:
    filled = [f"nullif(trim({quoted_name(name)}), '')" for name in names]
    return filled[0] if len(filled) == 1 else f"coalesce({', '.join(filled)})"


def _filled_in(text: str, expressions: Mapping[str, str]) -> str:
    # Braces of SQL itself, as in a JSON text, hold no name of a column and stay.
    return re.sub(r"\{(\w+)\}", lambda m: expressions.get(m[1], m[0]), text.strip())


def _added(columns: Iterable[str]) -> str:
    once = {column.casefold(): column for column in columns}
    return f" UNION ALL BY NAME {_no_rows(once.values())}" if once else ""


def _companies(view: str | None, told: Mapping[str, list[str]]) -> str:
    """Return one row for each id, so that a deal stays one row: of several values the smallest."""
    columns = [column for columns in told.values() for column in columns]
    rows = _no_rows(columns) if view is None else f"FROM {view}{_added(columns)}"
    filled = {key: _first_filled(columns) for key, columns in told.items()}
    filled |= {key: f"min({text})" for key, text in filled.items() if key != "id"}
    cells = [f'{text} AS "{key} beside"' for key, text in filled.items()]
    return " ".join(["SELECT", ", ".join(cells), f"FROM ({rows})", 'GROUP BY "id beside"'])


def _no_rows(columns: Iterable[str]) -> str:
    nulls = ", ".join(f"NULL::VARCHAR AS {quoted_name(column)}" for column in columns)
    return f"SELECT {nulls} WHERE false"
