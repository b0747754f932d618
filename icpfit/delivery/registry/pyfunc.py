"""The model as MLflow's tools call it: a frame of attributes in, the columns of a scored list out.

MLflow loads it by this module's name and the folder of the model's files: no pickle, no code that
travels with the model. It knows nothing of MLflow itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from icpfit.data.sources.cells import CANONICAL, parsed, trimmed
from icpfit.data.sources.parquet_text import typed_text
from icpfit.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from icpfit.fit.contract import Feature
    from icpfit.fit.model import Model

__all__ = ["ModelService"]


@dataclass(frozen=True)
class _FrameFacts:
    facts: pd.DataFrame
    opened_on: pd.Series | None
    absent: Sequence[str]
    unreadable: Mapping[int, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class ModelService:
    """A model that scores data frames.

    Attributes
    ----------
    model : Model
        As read from its files.
    """

    model: Model

    def predict(self, frame: Any, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Return the columns that a scored list gets, without those of the profiles filled.

        Parameters
        ----------
        frame : pandas.DataFrame
            One row per prospect. Every attribute may be missing, as a column or in a row: text for
            a category, numbers for a number, 1 and 0 for a flag, a day for a date. ``opened_on``
            may say when the opportunity was opened. Other columns are not looked at.
        params : Mapping, optional
            Not used; MLflow hands it over.

        Returns
        -------
        pandas.DataFrame
            The columns of a scored list, on the index of `frame`.

        Raises
        ------
        ModelError
            If `frame` is no data frame, or a column holds something else than its attribute.
        """
        from icpfit.delivery.lists.batched_frame import batched_frame
        from icpfit.delivery.lists.scored_batch import scorer

        del params
        if not isinstance(frame, pd.DataFrame):
            found = type(frame).__name__
            raise ModelError(f"{self.model.company}: expected a pandas data frame, found a {found}")
        rows = frame.reset_index(drop=True)
        features = self.model.contract.features
        given = {f.name: _fact(f, rows[f.name]) for f in features if f.name in rows}
        if not given and len(rows) == 0:
            # MLflow drops what the signature lacks, rows and all: silence would lose the list.
            names = ", ".join(f.name for f in features)
            raise ModelError(
                f"{self.model.company}: none of the model's columns is there; it reads {names}"
            )
        opened_on = None
        if "opened_on" in rows and "opened_on" not in given:
            opened_on = _days("opened_on", rows["opened_on"])
        scored = batched_frame(
            scorer(self.model),
            _FrameFacts(
                facts=pd.DataFrame(given, index=rows.index),
                opened_on=opened_on,
                absent=[f.name for f in features if f.name not in given],
            ),
        )
        return scored.set_index(frame.index)


def _load_pyfunc(data_path: str) -> ModelService:
    """Return the service of the model in a folder; the name is the one that MLflow calls."""
    from icpfit.fit.bundle import read_bundle

    return ModelService(read_bundle(Path(data_path)))


def _fact(feature: Feature, values: pd.Series) -> pd.Series:
    if feature.kind == "category":
        return pd.Series(_levels(values.tolist()), index=values.index, dtype="object")
    if feature.kind == "date":
        return _days(feature.name, values)
    try:
        numbers = pd.to_numeric(values).astype("float64")
    except (TypeError, ValueError):
        raise _wrong(feature.name, values, "numbers") from None
    if np.isinf(numbers).any():
        raise _wrong(feature.name, values, "finite numbers")
    if feature.kind == "flag" and not numbers.dropna().isin([0.0, 1.0]).all():
        raise _wrong(feature.name, values, "1 and 0")
    return numbers


def _levels(values: list[Any]) -> list[str | None]:
    """Return the levels as a list's reader has them, from a file in which these values lie."""
    texts = [value if isinstance(value, str) else _as_text(value) for value in values]
    cells = trimmed(pa.array(texts, pa.string()))
    read = parsed(cells, "category", CANONICAL)
    levels: list[str | None] = read.values.to_pylist()  # noqa: PD011 - no frame
    return levels


def _as_text(value: Any) -> str | None:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    try:
        cells = typed_text(pa.table({"level": pa.array([value])})).columns["level"]
    except (pa.ArrowException, KeyError):  # no file holds such a value
        return str(value)
    text: str | None = cells[0].as_py()
    return text


def _days(name: str, values: pd.Series) -> pd.Series:
    try:
        # A whole number would be read as nanoseconds since 1970.
        if pd.api.types.is_numeric_dtype(values) and values.notna().any():
            raise _wrong(name, values, "days such as 2026-06-30")
        # In UTC, as the list's reader takes a moment to its day.
        moments = pd.to_datetime(values, format="ISO8601", utc=True)
        days: pd.Series = moments.dt.tz_localize(None)
    except (TypeError, ValueError, AttributeError):
        raise _wrong(name, values, "days such as 2026-06-30") from None
    whole: pd.Series = days.dt.normalize().astype("datetime64[s]")
    return whole


def _wrong(name: str, values: pd.Series, expected: str) -> ModelError:
    return ModelError(f"column '{name}': expected {expected}, found {values.dtype} values")
