"""A column of facts as a model sees it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["fact_values"]


def fact_values(column: pa.ChunkedArray, kind: str) -> pd.Series:
    """Facts as a model sees them: text or None, float64 with NaN, or datetime64[s] with NaT.

    Parameters
    ----------
    column : ChunkedArray
        A typed column.
    kind : str
        ``number`` and ``flag`` become float64 (a flag 1 or 0), ``date`` becomes datetime64[s],
        all others text.

    Returns
    -------
    Series, shape (rows,)
        With a default index.

    Examples
    --------
    >>> fact_values(pa.chunked_array([[True, None, False]]), "flag").tolist()
    [1.0, nan, 0.0]
    """
    if kind in ("number", "flag"):
        values = pc.fill_null(column.cast(pa.float64()), float("nan"))
        return pd.Series(values.to_numpy().astype("float64"))
    if kind == "date":
        return pd.Series(column.cast(pa.timestamp("s")).to_numpy().astype("datetime64[s]"))
    text = np.empty(len(column), dtype=object)
    text[:] = column.to_pylist()
    return pd.Series(text, dtype=object)
