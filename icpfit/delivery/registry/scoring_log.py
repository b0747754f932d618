"""Every scoring on record, so that later outcomes can be held against the scores."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
from typing import TYPE_CHECKING

from icpfit.delivery.whole_file import swept, whole_file
from icpfit.errors import ModelError, OutputError, fault_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pyarrow as pa

    from icpfit.delivery.registry.store import Store

__all__ = ["logged_scores", "scoring_log", "scoring_recorded"]

_KEPT = ("fit_grade", "fit_score", "margin_if_won", "fit_if_won", "next_step", "model_version")


def scoring_log(store: Store) -> Path:
    """Return the folder in which a company's scorings are kept.

    Parameters
    ----------
    store : Store
        The company's.

    Returns
    -------
    Path
        One Parquet file for each scoring; needn't be there yet.
    """
    return store.folder / f"scored-{store.company}"


@contextlib.contextmanager
def scoring_recorded(
    store: Store, *, source: str, now: dt.datetime | None = None
) -> Iterator[Callable[[pa.Array, pa.RecordBatch], None]]:
    """Add a scoring to the log once what is done meanwhile has succeeded.

    Parameters
    ----------
    store : Store
        The company's; the folder is created where it isn't there.
    source : str
        The list's name.
    now : datetime, optional
        When it was scored; by default now. Kept in UTC, to the microsecond.

    Yields
    ------
    callable
        Takes ids of some prospects and their added columns, as often as needed, while the list is
        written. If that fails nothing is logged.

    Raises
    ------
    OutputError
        If the log can't be written; it names the file.

    Notes
    -----
    The log is only ever added to: each scoring is a file of its own, written beside and renamed,
    so that no lock is needed and none can damage another. Columns: prospect_id, fit_grade,
    fit_score, margin_if_won, fit_if_won, next_step, model_version, list, scored_at, scoring.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    moment = (now or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
    name = f"{moment:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    fixed = {
        "list": pa.scalar(source),
        "scored_at": pa.scalar(moment, pa.timestamp("us", "UTC")),
        "scoring": pa.scalar(name),
    }
    kinds = {"fit_score": pa.float64(), "margin_if_won": pa.float64(), "fit_if_won": pa.float64()}
    schema = pa.schema(
        [
            ("prospect_id", pa.string()),
            *((column, kinds.get(column, pa.string())) for column in _KEPT),
            *((column, value.type) for column, value in fixed.items()),
        ]
    )
    folder = scoring_log(store)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = fault_text(error)
        raise OutputError(
            f"{folder}: the scorings can't be kept, {why}; log=false scores without"
        ) from None
    # Each scoring has a name of its own, so none would find what another one left behind.
    swept(folder, ".icpfit-*.part")
    with (
        whole_file(folder / f"{name}.parquet") as part,
        pq.ParquetWriter(part, schema, compression="zstd") as writer,
    ):

        def record(ids: pa.Array, added: pa.RecordBatch) -> None:
            columns = [ids, *(added[column] for column in _KEPT)]
            columns += [pa.repeat(value, len(ids)) for value in fixed.values()]
            writer.write_table(pa.table(columns, schema=schema))

        yield record


def logged_scores(store: Store) -> pa.Table:
    """Return everything that was ever scored for a company, oldest first.

    Parameters
    ----------
    store : Store
        The company's.

    Returns
    -------
    pyarrow.Table
        The columns of `scoring_recorded`; no rows where nothing was scored.

    Raises
    ------
    ModelError
        If a file of the log is damaged; it names the file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = scoring_log(store)
    parts = []
    for path in sorted(folder.glob("*.parquet")) if folder.is_dir() else []:
        try:
            with pq.ParquetFile(path) as file:
                parts.append(file.read())
        except (pa.ArrowException, OSError):
            raise ModelError(
                f"{path}: this part of the scoring log is damaged; take it out once you know"
                " what happened"
            ) from None
    return (
        pa.concat_tables(parts) if parts else pa.table({"prospect_id": pa.array([], pa.string())})
    )
