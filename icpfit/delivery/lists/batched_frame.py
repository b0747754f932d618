"""A list that is at hand as a data frame, scored in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from icpfit.delivery.lists.scored_batch import BATCH_ROWS, SCORED_SCHEMA, scored_batch

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from icpfit.delivery.lists.scored_batch import Scorer
    from icpfit.delivery.lists.scored_list import Prospects

__all__ = ["batched_frame", "fact_batch"]


def batched_frame(
    scorer: Scorer,
    prospects: Prospects,
    *,
    batch_rows: int = BATCH_ROWS,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Return what icpfit adds to each row of a list, as a data frame.

    Parameters
    ----------
    scorer : Scorer
        From `icpfit.delivery.lists.scored_batch.scorer`.
    prospects : Prospects
        The list, with n rows.
    batch_rows : int
        Rows that are worked on at once, at least 1; changes no cell.
    progress : callable, optional
        Called after each batch with rows done and n.

    Returns
    -------
    pandas.DataFrame, shape (n, 14)
        The columns of `ADDED_COLUMNS` on the default index: texts as objects, None where there is
        nothing to say, and float64 with NaN.

    Raises
    ------
    FeatureError
        If a column holds something else than its attribute.
    SettingsError
        If a profile has a condition on an attribute that doesn't exist.
    """
    import pandas as pd

    n, batches = len(prospects.facts), []
    opened = None
    if prospects.opened_on is not None:
        opened = pa.array(prospects.opened_on.to_numpy(), from_pandas=True)
    unread = prospects.unreadable
    for start in range(0, n, batch_rows):
        rows = range(start, min(start + batch_rows, n))
        batches.append(
            scored_batch(
                scorer,
                fact_batch(prospects.facts.iloc[rows.start : rows.stop]),
                opened_on=None if opened is None else opened.slice(start, len(rows)),
                absent=prospects.absent,
                unreadable={row - start: said for row, said in unread.items() if row in rows},
            )
        )
        if progress is not None:
            progress(rows.stop, n)
    table = pa.Table.from_batches(batches, SCORED_SCHEMA)
    columns = {}
    for field in SCORED_SCHEMA:
        values = table[field.name].to_pandas()
        columns[field.name] = pd.Series(
            values.to_numpy(), dtype="object" if field.type == pa.string() else "float64"
        )
    return pd.DataFrame(columns)


def fact_batch(facts: pd.DataFrame) -> pa.RecordBatch:
    """Return facts as Arrow columns.

    Parameters
    ----------
    facts : pandas.DataFrame, shape (n, any)
        Facts as accounts have them: objects for texts, float64, or days.

    Returns
    -------
    pyarrow.RecordBatch, n rows
        For `scored_batch`; null where a fact is missing.

    Raises
    ------
    FeatureError
        For a column that holds texts and other things.

    Examples
    --------
    >>> import pandas as pd
    >>> fact_batch(pd.DataFrame({"land": ["DE", None], "size": [1.0, None]})).to_pylist()
    [{'land': 'DE', 'size': 1.0}, {'land': None, 'size': None}]
    """
    columns = {str(name): _column(facts[name]) for name in facts.columns}
    # Without any column a batch would forget how many rows it has.
    return pa.record_batch(columns or {"(none)": pa.nulls(len(facts))})


def _column(values: pd.Series) -> pa.Array:
    from icpfit.fit.encoding import category_texts

    try:
        return pa.array(values.to_numpy(), from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        category_texts(values)  # says which value is none
        raise
