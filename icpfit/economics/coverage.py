"""Coverage: of which days a log can tell, so that no row in it means zero and not unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from icpfit.data.table_spec import DataSpec
    from icpfit.data.tables import SourceRead

__all__ = ["Log", "covered_shares", "logs"]


@dataclass(frozen=True)
class Log:
    """A log and the days that it covers.

    Parameters
    ----------
    name : str
        Source of the log; ``revenue`` for all sources of revenue together.
    spans : tuple of (date, date)
        First and last day of every stretch covered, both inclusive.
    """

    name: str
    spans: tuple[tuple[dt.date, dt.date], ...]


def logs(reads: Sequence[SourceRead], spec: DataSpec) -> list[Log]:
    """Days that each log covers: as declared, else from its first to its last row.

    Every source of costs is a log of its own, as another activity may lie in each; the sources of
    revenue are one log, as they hold the same.

    Parameters
    ----------
    reads : sequence of SourceRead
        What the reader saw.
    spec : DataSpec
        Its sources may say ``covers``.

    Returns
    -------
    list of Log
        Revenue first, then the logs of costs by name. A log without a row and without a
        declaration covers nothing.
    """
    spans: dict[str, list[tuple[dt.date, dt.date]]] = {}
    for read in sorted(reads, key=lambda one: one.source):
        if read.table not in ("revenue", "costs"):
            continue
        source = spec.sources.get(read.source)
        first, last = source.coverage if source is not None else (None, None)
        first, last = first or read.first_date, last or read.last_date
        name = "revenue" if read.table == "revenue" else read.source
        mine = spans.setdefault(name, [])
        if first is not None and last is not None:
            mine.append((first, last))
    ordered = sorted(spans, key=lambda name: (name != "revenue", name))
    return [Log(name, tuple(sorted(spans[name]))) for name in ordered]


def covered_shares(starts: pd.Series, ends: pd.Series, covering: Sequence[Log]) -> pd.DataFrame:
    """Share of each account's horizon that each log covers.

    Parameters
    ----------
    starts, ends : Series of datetime64, shape (n,)
        First day of the horizon and first day after it.
    covering : sequence of Log
        The logs.

    Returns
    -------
    DataFrame of float64, shape (n, logs)
        0 to 1, with the index of `starts`; days covered twice count once.

    Examples
    --------
    >>> import datetime as dt
    >>> day = pd.Series(pd.to_datetime(["2024-01-01"]))
    >>> log = Log("tickets", ((dt.date(2024, 1, 6), dt.date(2024, 12, 31)),))
    >>> covered_shares(day, day + pd.Timedelta(days=10), [log])["tickets"].tolist()
    [0.5]
    """
    start = starts.to_numpy("datetime64[D]").astype("int64")
    end = ends.to_numpy("datetime64[D]").astype("int64")
    shares = {}
    for log in covering:
        days = np.zeros(len(start), dtype="int64")
        reached = np.iinfo("int64").min
        for first, last in log.spans:
            begin = max(_day(first), reached)
            stop = _day(last) + 1
            if stop > begin:
                overlap = np.minimum(end, stop) - np.maximum(start, begin)
                days += np.maximum(overlap, 0)
                reached = stop
        shares[log.name] = days / np.maximum(end - start, 1)
    return pd.DataFrame(shares, index=starts.index)


def _day(date: dt.date) -> int:
    return int(np.datetime64(date, "D").astype("int64"))
