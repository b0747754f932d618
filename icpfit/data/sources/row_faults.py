"""What is wrong with rows of an export, cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from icpfit.data.sources.cells import ParsedColumn
    from icpfit.data.sources.source_columns import Field
    from icpfit.data.sources.source_spec import Source

__all__ = ["row_faults"]


def row_faults(
    source: Source, asked: tuple[Field, ...], values: dict[str, ParsedColumn], rows: int
) -> list[tuple[int, Field, str, str]]:
    """List what is wrong with the cells of rows: unreadable, empty where they must not be.

    Parameters
    ----------
    source : Source
        The settings of the source.
    asked : tuple of Field
        The columns of its table.
    values : dict of str to ParsedColumn
        The parsed cells of each.
    rows : int
        How many rows there are.

    Returns
    -------
    list of (int, Field, str, str)
        Row, field, problem and how to fix it; by row, then by the contract's order of columns.
    """
    faults: list[tuple[int, int, Field, str, str]] = []
    for place, field in enumerate(asked):
        column = values[field.name]
        faults += [(p.row, place, field, p.problem, p.how_to_fix) for p in column.problems]
        if field.required:
            fix = f"fill it in; a row of {source.table} needs its {field.name}"
            empty = column.values.is_null().to_numpy(zero_copy_only=False)
            empty[[p.row for p in column.problems]] = False
            faults += [
                (row, place, field, "is empty", fix) for row in np.flatnonzero(empty).tolist()
            ]
    if source.table == "costs":
        names = [field.name for field in asked]
        neither = np.ones(rows, dtype=bool)
        for name in ("amount", "quantity"):
            neither &= values[name].values.is_null().to_numpy(zero_copy_only=False)
            neither[[p.row for p in values[name].problems]] = False
        asked_for = next(
            (f for f in asked if f.name in ("amount", "quantity") and f.column), asked[0]
        )
        place = names.index(asked_for.name)
        problem, fix = "neither amount nor quantity", "fill in one; it prices the cost"
        faults += [
            (row, place, asked_for, problem, fix) for row in np.flatnonzero(neither).tolist()
        ]
    faults.sort(key=lambda fault: (fault[0], fault[1]))
    return [(row, field, problem, fix) for row, _, field, problem, fix in faults]
