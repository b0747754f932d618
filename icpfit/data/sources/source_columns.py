"""Which column of an export fills which column of the contract, and with what kind of value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from icpfit.data.contract import CONTRACT, Attribute, Column, Kind
from icpfit.data.sources.cells import ParsedColumn, Problem, arrow_type, parsed, parsed_mixed
from icpfit.data.sources.source_files import near_names
from icpfit.errors import SettingsError, SourceError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from icpfit.data.sources.source_spec import Format, Source

__all__ = ["Field", "constant_value", "expected_columns", "fields", "source_column", "typed_schema"]

ATTRIBUTE = "attr:"
PLACES = (("_source", pa.string()), ("_file", pa.string()), ("_line", pa.int64()))


@dataclass(frozen=True)
class Field:
    """One column of a typed table, and where its values come from.

    Parameters
    ----------
    name : str
        Name in the typed table; an attribute's begins with ``attr:``.
    kind : str
        Kind of its values.
    required : bool
        Whether every row must have one.
    choices : tuple of str
        The only texts allowed, if not empty.
    column : str or None
        Column of the source; ``None`` when it is not there or constant.
    constant : str or None
        The fixed text of all rows.
    optional_column : bool
        Whether `column` may be missing from a file.
    key : str
        Path in the settings that asked for the column, for messages.
    """

    name: str
    kind: Kind
    required: bool
    choices: tuple[str, ...]
    column: str | None
    constant: str | None
    optional_column: bool
    key: str

    @property
    def is_attribute(self) -> bool:
        """Whether it is a fact that the company declared, not a column of the contract."""
        return self.name.startswith(ATTRIBUTE)


def fields(source: Source, attributes: Mapping[str, Attribute], where: str) -> tuple[Field, ...]:
    """Columns of the table that a source fills, in the contract's order, then the attributes.

    Parameters
    ----------
    source : Source
        The settings of the source.
    attributes : Mapping of str to Attribute
        The declared attributes; accounts have them all, opportunities those that their export has.
    where : str
        Path of the source in the settings.

    Returns
    -------
    tuple of Field
        One per column of the typed table.

    Raises
    ------
    SettingsError
        When the settings name no column for a required one.
    """
    result = [_contract_field(column, source, where) for column in CONTRACT[source.table]]
    if source.table == "accounts":
        result += [_attribute_field(attributes[name], source, where) for name in attributes]
    if source.table == "opportunities":
        # Of companies never won only the deal tells anything; what it doesn't have stays empty.
        result += [
            replace(
                _attribute_field(attributes[name], source, where),
                optional_column=name not in source.columns,
            )
            for name in attributes
            if attributes[name].known == "before_sale"
        ]
    if source.columns and source.table == "costs":
        given = {*source.columns, *source.constants}
        if not given & {"amount", "quantity"}:
            raise SettingsError(
                f"{where}.columns: has neither amount nor quantity; costs need one of them"
            )
    return tuple(result)


def _contract_field(column: Column, source: Source, where: str) -> Field:
    name = column.name
    taken: str | None = source.columns.get(name)
    constant = source.constants.get(name)
    by_own_name = not source.columns and constant is None
    if by_own_name:
        taken = name
    if taken is None and constant is None and column.required:
        raise SettingsError(
            f"{where}.columns.{name}: is missing; name the column that holds it ({column.meaning})"
        )
    return Field(
        name=name,
        kind=column.kind,
        required=column.required,
        choices=column.choices,
        column=taken,
        constant=constant,
        optional_column=by_own_name and not column.required,
        key=f"{where}.columns.{name}",
    )


def _attribute_field(attribute: Attribute, source: Source, where: str) -> Field:
    name = attribute.name
    constant = source.constants.get(name)
    column = None if constant is not None else source.columns.get(name, attribute.source_column)
    in_columns = name in source.columns
    return Field(
        name=ATTRIBUTE + name,
        kind=attribute.kind,
        required=False,
        choices=(),
        column=column,
        constant=constant,
        optional_column=False,
        key=f"{where}.columns.{name}" if in_columns else f"data.attributes.{name}",
    )


def expected_columns(asked: Collection[Field]) -> list[str]:
    """Columns that a file must hold for these fields.

    Parameters
    ----------
    asked : collection of Field
        The fields.

    Returns
    -------
    list of str
        Their source columns.
    """
    return [f.column for f in asked if f.column is not None and not f.optional_column]


def source_column(
    field: Field, columns: pa.Table, unreadable: Mapping[str, str], file: str
) -> pa.ChunkedArray | None:
    """Find the cells of a field in a file.

    Parameters
    ----------
    field : Field
        The field.
    columns : pyarrow.Table
        The file's columns of text.
    unreadable : Mapping of str to str
        Its columns that have no text, by type.
    file : str
        Its name.

    Returns
    -------
    pyarrow.ChunkedArray or None
        The cells; ``None`` when the field has no column there and needs none.

    Raises
    ------
    SourceError
        When the file doesn't have the column.
    """
    if field.column is None:
        return None
    if field.column in columns.column_names:
        return columns[field.column]
    if field.column in unreadable:
        raise SourceError(
            f"{file}: column '{field.column}' holds {unreadable[field.column]}, not single values; "
            "export it as text, number or date"
        )
    if field.optional_column:
        return None
    raise SourceError(
        f"{file}: has no column '{field.column}' ({field.key}); "
        f"{near_names(field.column, columns.column_names)}"
    )


def constant_value(field: Field, rows: int, fmt: Format, where: str) -> pa.Array:
    """Repeat a field's constant, or null where it has none, for every row.

    Parameters
    ----------
    field : Field
        The field.
    rows : int
        How many rows.
    fmt : Format
        How its text is written.
    where : str
        Path of the source in the settings.

    Returns
    -------
    pyarrow.Array
        Its value, `rows` times.

    Raises
    ------
    SettingsError
        When the constant isn't of the field's kind.
    """
    if field.constant is None:
        return pa.nulls(rows, arrow_type(field.kind))
    value = field_values(field, pa.array([field.constant]), fmt)
    key = f"{where}.constants.{field.name.removeprefix(ATTRIBUTE)}"
    if value.problems:
        fault = value.problems[0]
        raise SettingsError(f"{key}: {field.constant!r} {fault.problem}; {fault.how_to_fix}")
    if field.required and value.values[0].as_py() is None:
        raise SettingsError(f"{key}: is empty; give a value")
    return pa.repeat(value.values[0], rows)


def field_values(
    field: Field,
    cells: pa.Array | pa.ChunkedArray,
    fmt: Format,
    typed: pa.Array | None = None,
) -> ParsedColumn:
    """Parse the cells of a field, also against its choices.

    Parameters
    ----------
    field : Field
        The field.
    cells : pyarrow.Array or ChunkedArray of string
        Its cells.
    fmt : Format
        How they are written.
    typed : pyarrow.Array of bool or None
        Which of them are in icpfit's own notation instead.

    Returns
    -------
    ParsedColumn
        Values and problems; choices are written as the contract does.
    """
    if typed is None:
        column = parsed(cells, field.kind, fmt)
    else:
        column = parsed_mixed(cells, typed, field.kind, fmt)
    if not field.choices:
        return column
    known = {choice.casefold(): choice for choice in field.choices}
    encoded = column.values.dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    chosen = pa.array([known.get(text.casefold()) for text in texts], pa.string())
    values = chosen.take(encoded.indices)
    problem = f"is none of {', '.join(field.choices)}"
    fix = "write one of them, or map it in a select"
    rows = [
        row
        for row, (had, has) in enumerate(
            zip(column.values.is_valid().to_pylist(), values.is_valid().to_pylist(), strict=True)
        )
        if had and not has
    ]
    problems = [*column.problems, *(Problem(row, problem, fix) for row in rows)]
    return ParsedColumn(values, tuple(sorted(problems, key=lambda p: p.row)))


def typed_schema(table: str, attributes: Mapping[str, Attribute]) -> pa.Schema:
    """Arrow schema of a typed table: the contract's columns, attributes, source, file and line.

    Parameters
    ----------
    table : str
        A table of the contract.
    attributes : Mapping of str to Attribute
        The declared attributes: accounts have all of them, opportunities those known before the
        sale.

    Returns
    -------
    pyarrow.Schema
        Its columns, all of them, whatever the sources hold.

    Examples
    --------
    >>> typed_schema("opportunities", {}).names[:3]
    ['account_id', 'opened_on', 'closed_on']
    """
    columns = [(column.name, arrow_type(column.kind)) for column in CONTRACT[table]]
    if table in ("accounts", "opportunities"):
        columns += [
            (ATTRIBUTE + a.name, arrow_type(a.kind))
            for a in attributes.values()
            if table == "accounts" or a.known == "before_sale"
        ]
    return pa.schema([*columns, *PLACES])
