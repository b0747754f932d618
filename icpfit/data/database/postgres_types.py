"""Types of PostgreSQL: how the text that the server writes of each is to be taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.engine import Connection

__all__ = ["Treatment", "treatment", "treatments"]


@dataclass(frozen=True)
class Treatment:
    """How cells of a type are taken.

    Parameters
    ----------
    how : {"text", "number", "float", "day", "flag", "refused"}
        As they are, as numbers, as flags, or not at all.
    shown : str
        The type's name.
    width : pyarrow.DataType or None
        Of a float.
    """

    how: Literal["text", "number", "float", "day", "flag", "refused"]
    shown: str
    width: pa.DataType | None = None


def treatment(category: str, shown: str) -> Treatment:
    """Say how cells of a type are taken.

    Parameters
    ----------
    category : str
        ``pg_type.typcategory``, one letter.
    shown : str
        The type's name in full.

    Returns
    -------
    Treatment
        Whatever isn't one plain value is refused: arrays, JSON, bytes, intervals, times of day,
        composites, ranges, and ``money``, whose sign and decimals depend on the server's locale.

    Examples
    --------
    >>> treatment("N", "numeric").how, treatment("A", "text[]").how, treatment("N", "money").how
    ('number', 'refused', 'refused')
    """
    floats = {"real": pa.float32(), "double precision": pa.float64()}
    if shown in floats:
        return Treatment("float", shown, floats[shown])
    if category == "N":
        numbers = ("smallint", "integer", "bigint", "numeric", "oid")
        return Treatment("number" if shown in numbers else "refused", shown)
    if category == "B":
        return Treatment("flag", shown)
    if category == "D":
        is_day = shown in ("date", "timestamp without time zone", "timestamp with time zone")
        return Treatment("day" if is_day else "refused", shown)
    # Strings, enums, unknown literals and network addresses; of the user-defined only uuid.
    is_text = category in ("S", "E", "X", "I") or shown == "uuid"
    return Treatment("text" if is_text else "refused", shown)


def treatments(connection: Connection, oids: Collection[int]) -> dict[int, Treatment]:
    """Ask the server what its types are.

    Parameters
    ----------
    connection : sqlalchemy.engine.Connection
        To the server.
    oids : collection of int
        The types of a result's columns.

    Returns
    -------
    dict of int to Treatment
        One for each; a domain is taken as the type that it rests on.
    """
    listed = ", ".join(str(int(oid)) for oid in sorted({*oids, 0}))
    # The values of a domain come under the type that it rests on already.
    rows = connection.exec_driver_sql(
        "SELECT oid::int8, typcategory::text, pg_catalog.format_type(oid, NULL)"  # noqa: S608 - whole numbers
        f" FROM pg_catalog.pg_type WHERE oid IN ({listed})"
    )
    return {int(oid): treatment(category, shown) for oid, category, shown in rows}
