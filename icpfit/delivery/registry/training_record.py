"""What is kept of a training: plain values and files, in the form in which MLflow takes them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version as installed_version
from typing import TYPE_CHECKING, Any

from icpfit import __version__
from icpfit.measure.estimate import Estimate

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

__all__ = [
    "JUDGEMENT_FILE",
    "Recorded",
    "TrainingRecord",
    "flat_metrics",
    "flat_params",
    "input_types",
    "json_text",
    "pip_requirements",
    "write_kept_files",
]

JUDGEMENT_FILE = "judgement.json"

# What MLflow allows in a key; anything else becomes an underscore.
_NOT_IN_A_KEY = re.compile(r"[^\w\-. /]", re.ASCII)
_LONGEST_PARAM = 500
_PACKAGES = ("lightgbm", "mlflow", "numpy", "pandas", "pyarrow")
_TYPES = {"category": "string", "number": "double", "flag": "double", "date": "datetime"}


@dataclass(frozen=True, eq=False)
class TrainingRecord:
    """All that is recorded of one training; nothing here is computed from anything else here.

    Attributes
    ----------
    config : str
        The composed settings as YAML, unresolved, so that no secret gets into the store.
    params : Mapping
        Short plain values by a dotted key, such as ``{"label.kind": "ratio"}``; lists and None
        are written as text.
    metrics : Mapping
        Name to a number or an `Estimate`; an estimate becomes name, name.low and name.high.
        What is None or not finite is left out.
    judgement : Mapping
        The judgement on the hold-out, as JSON values or dataclasses; `promote` reads it again.
    ledger : Mapping
        The join ledger, the same.
    digests : Mapping
        File to sha256 of the exports.
    tags : Mapping
        Such as signal tier, basis of the judgement, whether it is exploratory. They are set on the
        run and on the registered version.
    drivers : pandas.DataFrame, optional
        One row per feature; kept as CSV.
    shap_values : pandas.DataFrame, optional
        One row per account, one column per feature, named; kept as Parquet.
    files : sequence of Path
        Kept under their own names, such as the report.
    texts : Mapping
        File name to text, kept the same way, such as the proposed ICP.
    bundle : Path, optional
        The model's folder. Without it the run is recorded and nothing is registered.
    inputs : Mapping
        Attribute to kind (category, number, flag or date), in the order of the model's features.
    summary : str
        A sentence that the registry shows beside the version.
    """

    config: str
    params: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Estimate | float | None] = field(default_factory=dict)
    judgement: Mapping[str, Any] = field(default_factory=dict)
    ledger: Mapping[str, Any] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    drivers: pd.DataFrame | None = None
    shap_values: pd.DataFrame | None = None
    files: Sequence[Path] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    bundle: Path | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""


@dataclass(frozen=True)
class Recorded:
    """What became of a training: its run, and the version registered, if any."""

    run_id: str
    model_version: int | None


def flat_metrics(metrics: Mapping[str, Estimate | float | None]) -> dict[str, float]:
    """Return the metrics as MLflow takes them: one number a name, intervals beside their value.

    Parameters
    ----------
    metrics : Mapping
        Name to a number, an `Estimate`, or None.

    Returns
    -------
    dict of str to float
        Finite numbers only.

    Examples
    --------
    >>> flat_metrics({"auc": Estimate(0.71, 0.63, 0.78), "n": 162, "gini": None})
    {'auc': 0.71, 'auc.low': 0.63, 'auc.high': 0.78, 'n': 162.0}
    """
    flat: dict[str, float] = {}
    for name, metric in metrics.items():
        ends = (
            {"": metric.value, ".low": metric.low, ".high": metric.high}
            if isinstance(metric, Estimate)
            else {"": metric}
        )
        for ending, value in ends.items():
            if value is not None and math.isfinite(value):
                flat[_key(name + ending)] = float(value)
    return flat


def flat_params(params: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters as MLflow takes them: short texts.

    Parameters
    ----------
    params : Mapping
        Key to a plain value; a nested mapping becomes dotted keys.

    Returns
    -------
    dict of str to str
        In the given order, cut at 500 characters.

    Examples
    --------
    >>> flat_params({"label": {"kind": "ratio", "peers": None}, "seeds": [1, 2]})
    {'label.kind': 'ratio', 'label.peers': 'none', 'seeds': '1, 2'}
    """
    flat: dict[str, str] = {}
    for name, value in params.items():
        if isinstance(value, Mapping):
            flat |= flat_params({f"{name}.{key}": inner for key, inner in value.items()})
        else:
            text = _param(value)
            cut = text if len(text) <= _LONGEST_PARAM else text[: _LONGEST_PARAM - 1] + "…"
            flat[_key(name)] = cut
    return flat


def input_types(inputs: Mapping[str, str]) -> dict[str, str]:
    """Return the columns that the model takes, with their types as MLflow calls them.

    Parameters
    ----------
    inputs : Mapping
        Attribute to kind.

    Returns
    -------
    dict of str to str
        A flag is a number, since a missing one has to be; ``opened_on`` comes first.

    Examples
    --------
    >>> input_types({"industry": "category", "has_shop": "flag"})
    {'opened_on': 'datetime', 'industry': 'string', 'has_shop': 'double'}
    """
    return {"opened_on": "datetime"} | {name: _TYPES[kind] for name, kind in inputs.items()}


def pip_requirements() -> list[str]:
    """Return what the model needs to be loaded, with versions.

    Returns
    -------
    list of str
        Written down, not inferred: MLflow's inference starts a child process for ten seconds.

    Examples
    --------
    >>> pip_requirements()[0].startswith("icpfit==")
    True
    """
    return [f"icpfit=={__version__}", *(f"{name}=={installed_version(name)}" for name in _PACKAGES)]


def json_text(values: Any) -> str:
    """Return values as JSON that any reader takes: what isn't finite is null, dates are ISO.

    Parameters
    ----------
    values : any
        Mappings, sequences, dataclasses, dates, paths, pandas frames (as a list of rows), numpy
        numbers and arrays, and plain values.

    Returns
    -------
    str
        Indented by two; keys in the given order.

    Examples
    --------
    >>> print(json_text({"auc": Estimate(float("nan")), "day": dt.date(2026, 6, 30)}))
    {
      "auc": {
        "value": null,
        "low": null,
        "high": null,
        "level": 0.9,
        "n": 0,
        "note": ""
      },
      "day": "2026-06-30"
    }
    """
    return json.dumps(_json(values), indent=2, ensure_ascii=False, allow_nan=False)


def write_kept_files(folder: Path, record: TrainingRecord) -> None:
    """Write what is kept of a training into a folder, one file each.

    Parameters
    ----------
    folder : Path
        An empty folder.
    record : TrainingRecord
        What to keep.
    """
    texts = {
        "config.yaml": record.config,
        JUDGEMENT_FILE: json_text(record.judgement),
        "join_ledger.json": json_text(record.ledger),
        "data_digests.json": json_text(record.digests),
        **record.texts,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    if record.drivers is not None:
        record.drivers.to_csv(folder / "drivers.csv", index=False, lineterminator="\n")
    if record.shap_values is not None:
        record.shap_values.to_parquet(folder / "shap_values.parquet")
    for path in record.files:
        (folder / path.name).write_bytes(path.read_bytes())


def _json(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _json(inner) for key, inner in value.items()}
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        return _json(value.to_dict(orient="records"))
    if hasattr(value, "tolist"):  # numpy, and a pandas Series
        return _json(value.tolist())
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str):
        return [_json(inner) for inner in value]
    return _json_scalar(value)


def _json_scalar(value: Any) -> Any:
    if isinstance(value, str | bool | None):
        return value
    if isinstance(value, float | int):
        return value if math.isfinite(value) else None
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def _param(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return ", ".join(_param(inner) for inner in value)
    return str(value)


def _key(name: str) -> str:
    return _NOT_IN_A_KEY.sub("_", name)[:250]
