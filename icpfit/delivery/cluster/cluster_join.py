"""The join of a ledger on a cluster: the rows go there in pieces, the sums come back."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import narwhals as nw
import pyarrow as pa

from icpfit.data.joining.join_engine import one_row_per_group
from icpfit.delivery.cluster.failures import failed_work
from icpfit.delivery.cluster.session import opened_cluster
from icpfit.delivery.cluster.work import watched

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from icpfit.data.joining.join_engine import Answer, Query
    from icpfit.delivery.cluster.engine import Engine
    from icpfit.delivery.cluster.session import Cluster

__all__ = ["ClusterJoin", "cluster_join"]

# Spark's driver holds a piece until it is summed, several times over.
PIECE = 64 * 2**20
# A server of Spark Connect makes rows of it, thirty times as large, in a heap that isn't ours.
_CONNECT_PIECE = 8 * 2**20
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    # A sum beyond 64 bits must not wrap around in silence.
    "spark.sql.ansi.enabled": "true",
    # A batch is a task. Of Spark's 10,000 rows each, most of the time would go into the tasks.
    "spark.sql.execution.arrow.maxRecordsPerBatch": "100000",
}


@dataclass(frozen=True, eq=False)
class ClusterJoin:
    """Spark as that which runs the join; see `icpfit.data.joining.join_engine.JoinEngine`.

    Spark adds in 64 bits, DuckDB in 128: a sum beyond 64 bits on the way is an error here.

    Attributes
    ----------
    cluster : Cluster
        Open.
    piece : int
        Bytes of a ledger that are handed over at a time.
    """

    cluster: Cluster
    piece: int = PIECE

    @property
    def where(self) -> str:
        """For words of progress."""
        return self.cluster.engine.where

    @contextlib.contextmanager
    def opened(self, ledger: pa.Table, keys: pa.Table) -> Iterator[Answer]:
        """Take a ledger and the keys that it is joined to.

        Parameters
        ----------
        ledger, keys : pyarrow Table
            What the two frames of a query are made of.

        Yields
        ------
        Answer
            Asked for sums; raises OverflowError where one is beyond 64 bits, and ClusterError
            where Spark can't do it.
        """
        session = self.cluster.session
        plain, plain_keys = _without_dictionaries(ledger), _without_dictionaries(keys)

        def answer(query: Query, groups: Sequence[str]) -> pa.Table:
            accounts = watched(self.cluster, lambda: session.createDataFrame(plain_keys))

            def sums(piece: pa.Table) -> pa.Table:
                frames = (nw.from_native(one) for one in (session.createDataFrame(piece), accounts))
                return query(*frames).collect(backend="pyarrow").to_native()

            pieces = [
                watched(self.cluster, partial(sums, piece)) for piece in _pieces(plain, self.piece)
            ]
            return one_row_per_group(pieces, groups)

        with contextlib.ExitStack() as made:
            try:
                made.enter_context(_settings(self.cluster))
            except Exception as error:  # noqa: BLE001 - whatever Spark says becomes one line
                raise failed_work(error, self.cluster.engine, self.cluster.log) from None
            yield answer


@contextlib.contextmanager
def cluster_join(engine: Engine, root: Path) -> Iterator[ClusterJoin | None]:
    """Open what runs the join.

    Parameters
    ----------
    engine : Engine
        This machine, or a cluster.
    root : Path
        Its ``mlruns/spark.log`` takes what Spark and Java say.

    Yields
    ------
    ClusterJoin or None
        None for this machine, where the join's own engine runs it.

    Raises
    ------
    ClusterError
        As `icpfit.delivery.cluster.session.opened_cluster`.
    SettingsError
        The same.
    """
    if engine.name == "local":
        yield None
        return
    with opened_cluster(engine, root / "mlruns" / "spark.log") as cluster:
        if not cluster.is_here:
            # Spark Connect doesn't tell its executors: one row must come back in time.
            watched(cluster, cluster.session.range(1).collect, deadline=engine.wait)
        yield ClusterJoin(cluster, _CONNECT_PIECE if cluster.is_connect else PIECE)


def _pieces(table: pa.Table, size: int) -> Iterator[pa.Table]:
    """Cut a table into pieces of about so many bytes; an empty one is a piece, too."""
    count = max(1, -(-table.nbytes // size))
    rows = max(1, -(-table.num_rows // count))
    for start in range(0, max(1, table.num_rows), rows):
        yield table.slice(start, rows)


def _without_dictionaries(table: pa.Table) -> pa.Table:
    """Decode what Spark has no type for."""
    fields = [
        pa.field(field.name, field.type.value_type) if pa.types.is_dictionary(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))


@contextlib.contextmanager
def _settings(cluster: Cluster) -> Iterator[None]:
    """Make the settings that the sums rest on, for this session that may be somebody else's."""
    settings, before = cluster.session.conf, {}
    try:
        for name, value in _SETTINGS.items():
            before[name] = settings.get(name, None)
            settings.set(name, value)
        yield
    finally:
        with contextlib.suppress(Exception):  # its Spark has gone
            for name, value in before.items():
                if value is None:
                    settings.unset(name)
                else:
                    settings.set(name, value)
