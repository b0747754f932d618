"""Every row of a ledger beside its account: in which class it falls, and in which month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from icpfit.data.joining.ledger import CLASSES

if TYPE_CHECKING:
    import datetime as dt

__all__ = ["IN_WINDOW", "UNMATCHED", "joined_rows"]

UNMATCHED, _AFTER_AS_OF, _BEFORE_START, _AFTER_HORIZON, IN_WINDOW = range(len(CLASSES))


def joined_rows(ledger: Any, keys: Any, *, as_of: dt.date, on: str) -> Any:
    """Join a ledger to the accounts; account and month are given only inside the window.

    Parameters
    ----------
    ledger : narwhals LazyFrame
        ``date`` and the column named by `on`, among others.
    keys : narwhals LazyFrame
        As the table of `icpfit.data.joining.join.JoinKeys`; every ``_key`` once.
    as_of : date
        Rows after it are in no window.
    on : str
        The column of the ledger that holds the keys.

    Returns
    -------
    narwhals LazyFrame
        The rows of the ledger, with ``class`` (a place in `CLASSES`), ``position`` and ``month``
        (null outside the window).

    Notes
    -----
    narwhals has no join on an inequality: it is an equi-join, and the window a condition on it,
    which DuckDB and Spark evaluate without materialising the join.
    """
    date, start, end = nw.col("date"), nw.col("_start"), nw.col("_end")
    both = ledger.join(keys, left_on=on, right_on="_key", how="left")
    both = both.with_columns(
        **{
            "class": nw.when(nw.col("_position").is_null())
            .then(nw.lit(UNMATCHED))
            .otherwise(
                nw.when(date > nw.lit(as_of))
                .then(nw.lit(_AFTER_AS_OF))
                .otherwise(
                    nw.when(date < start)
                    .then(nw.lit(_BEFORE_START))
                    .otherwise(
                        nw.when(date >= end)
                        .then(nw.lit(_AFTER_HORIZON))
                        .otherwise(nw.lit(IN_WINDOW))
                    )
                )
            )
        }
    )
    months = (date.dt.year() * 12 + date.dt.month()) - (start.dt.year() * 12 + start.dt.month())
    # The last day of a short month completes a month that began on a later day of the month.
    month_end = date.dt.offset_by("1d").dt.day() == 1
    incomplete = (date.dt.day() < start.dt.day()) & ~month_end
    month = months - nw.when(incomplete).then(nw.lit(1)).otherwise(nw.lit(0))
    inside = nw.col("class") == IN_WINDOW
    return both.with_columns(
        position=nw.when(inside).then(nw.col("_position")),
        month=nw.when(inside).then(month),
    )
