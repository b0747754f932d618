"""A list of companies and a model of the wanted size, as files: what the list benchmark scores."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import lightgbm as lgb
import numpy as np
import pyarrow as pa
from pyarrow import csv

from benchmarks.speed_market import LEVELS, NUMBERS, forest_text, market_rows
from icpfit.data.table_spec import data_spec
from icpfit.fit.bundle import write_bundle
from icpfit.fit.contract import Feature, FeatureContract
from icpfit.fit.engines import mean_raw_scores, with_engines
from icpfit.fit.grades import grading
from icpfit.fit.model import Model
from icpfit.fit.ranges import MarginRanges

if TYPE_CHECKING:
    from pathlib import Path

    from icpfit.data.table_spec import DataSpec

__all__ = ["list_spec", "write_market_list", "write_market_model"]

_JUDGED = 2_000
_BLOCK = 100_000


def write_market_model(folder: Path, trees: int, leaves: int) -> None:
    """Write a model of one forest of so many trees, and a stump for the probability.

    Parameters
    ----------
    folder : Path
        Becomes the model's bundle.
    trees, leaves : int
        Size of the forest that ranks and is explained.
    """
    features = tuple(_feature(column) for column in range(NUMBERS + len(LEVELS)))
    judged = market_rows(_JUDGED, 5)
    bare = Model(
        contract=FeatureContract(features, {}),
        fit_boosters=(lgb.Booster(model_str=forest_text(1, 2)),),
        margin_boosters=(lgb.Booster(model_str=forest_text(trees, leaves)),),
        margin_scale=10_000.0,
        margin_shift=15_000.0,
        ranges=MarginRanges((0.0,), (-2500.0, -3000.0), (2500.0, 3000.0)),
        objective="margin",
        currency="EUR",
        horizon="12mo",
        as_of="2026-06-30",
        company="market",
        label_text="margin above 0",
        trained_on=20_000,
        driver_shares={feature.name: 1 / len(features) for feature in features},
        kind="signal",
        version="market v1",
    )
    model = with_engines(bare)
    expected = model.margin_scale * mean_raw_scores(model, "margin", judged) + model.margin_shift
    graded = grading(expected, expected > 0, expected, "hold-out (later)", n_boot=50)
    write_bundle(dataclasses.replace(model, grading=graded), folder)


def write_market_list(path: Path, n: int) -> None:
    """Write a CSV of n companies: 17 numbers and 8 categories.

    Parameters
    ----------
    path : Path
        The file.
    n : int
        Rows.
    """
    names = [_name(column) for column in range(NUMBERS + len(LEVELS))]
    schema = pa.schema([("id", pa.string()), *((name, pa.string()) for name in names)])
    told = csv.WriteOptions(quoting_style="none")
    with path.open("wb") as file, csv.CSVWriter(file, schema, write_options=told) as writer:
        for start in range(0, n, _BLOCK):
            rows = market_rows(min(_BLOCK, n - start), 10 + start)
            ids = pa.array([f"C{start + row:08}" for row in range(len(rows))])
            columns = [_cells(rows[:, column], column) for column in range(rows.shape[1])]
            writer.write_batch(pa.record_batch([ids, *columns], schema=schema))


def list_spec() -> DataSpec:
    """Return the settings by which the list is read.

    Returns
    -------
    DataSpec
        All columns are attributes.
    """
    kinds = ["number"] * NUMBERS + ["category"] * len(LEVELS)
    attributes = {
        _name(column): {"kind": kind, "known": "before_sale"} for column, kind in enumerate(kinds)
    }
    return data_spec(
        {
            "folder": "data",
            "as_of": "2026-06-30",
            "horizon": "12mo",
            "lag": "60d",
            "currency": "EUR",
            "sources": {"crm": {"table": "accounts", "files": "crm.csv"}},
            "attributes": attributes,
            "prospects": {"id": "id"},
        }
    )


def _name(column: int) -> str:
    return f"number_{column:02}" if column < NUMBERS else f"category_{column:02}"


def _level(column: int, code: int) -> str:
    return f"Level {column:02} {code:03}"


def _feature(column: int) -> Feature:
    name = _name(column)
    if column >= NUMBERS:
        levels = tuple(_level(column, code) for code in range(LEVELS[column - NUMBERS]))
        return Feature(name, "category", levels=levels, column=column)
    seen = market_rows(_JUDGED, 6)[:, column]
    low, high = np.nanquantile(seen, (0.005, 0.995))
    return Feature(name, "number", low=float(low), high=float(high), column=column)


def _cells(values: np.ndarray, column: int) -> pa.Array:  # type: ignore[type-arg]
    missing = np.isnan(values)
    if column < NUMBERS:
        texts = np.char.mod("%.3f", np.nan_to_num(values)).astype(object)
        return pa.array(np.where(missing, "", texts), pa.string())
    codes = pa.array(np.nan_to_num(values).astype(np.int32), mask=missing)
    levels = pa.array([_level(column, code) for code in range(LEVELS[column - NUMBERS])])
    return levels.take(codes).fill_null("")
