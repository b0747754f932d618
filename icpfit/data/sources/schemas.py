"""The contract of the typed tables, held by pandera: what leaves the reader is what it promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from icpfit.data.contract import CONTRACT
from icpfit.data.sources.cells import MONEY_DIGITS, MONEY_STEPS
from icpfit.data.sources.source_columns import typed_schema
from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from icpfit.data.contract import Attribute

__all__ = ["check_typed_table"]

_LARGEST_MONEY = 10**MONEY_DIGITS * MONEY_STEPS


def check_typed_table(table: str, typed: pa.Table, attributes: Mapping[str, Attribute]) -> None:
    """Check a typed table against the contract.

    Parameters
    ----------
    table : str
        A table of the contract.
    typed : pyarrow.Table
        Its accepted rows.
    attributes : Mapping of str to Attribute
        The declared attributes.

    Raises
    ------
    SourceError
        When a column is missing, unknown or of another type, a required cell is empty, or a value
        is outside what the contract allows.

    Examples
    --------
    >>> check_typed_table("revenue", typed_schema("revenue", {}).empty_table(), {})
    """
    import pandera.pandas as pandera

    schema = _schema(pandera, table, attributes)
    frame = typed.to_pandas(types_mapper=pd.ArrowDtype)
    try:
        schema.validate(frame)
    except (pandera.errors.SchemaError, pandera.errors.SchemaErrors) as error:
        reason = " ".join(str(error).split())[:200]
        raise SourceError(
            f"table {table}: breaks its contract ({reason}); report it as a fault of icpfit"
        ) from None


def _schema(pandera: Any, table: str, attributes: Mapping[str, Attribute]) -> Any:
    checks: dict[str, list[Any]] = {}
    required = {"_source", "_file", "_line"}
    for column in CONTRACT[table]:
        if column.required:
            required.add(column.name)
        if column.choices:
            checks[column.name] = [pandera.Check.isin(column.choices)]
        elif column.kind == "money":
            checks[column.name] = [pandera.Check.in_range(-_LARGEST_MONEY, _LARGEST_MONEY)]
        elif column.kind == "id":
            checks[column.name] = [pandera.Check.str_length(min_value=1)]
    schema = typed_schema(table, attributes)
    columns = {
        name: pandera.Column(pd.ArrowDtype(kind), checks.get(name), nullable=name not in required)
        for name, kind in zip(schema.names, schema.types, strict=True)
    }
    return pandera.DataFrameSchema(columns, strict=True, ordered=True)
