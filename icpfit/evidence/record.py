"""A judgement as plain values, to be kept beside the model, and back."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from icpfit.errors import ModelError
from icpfit.evidence.calibration import Calibration
from icpfit.evidence.current_icp import IcpComparison
from icpfit.evidence.judgement import Judgement
from icpfit.evidence.leakage.gates import Gate
from icpfit.measure.estimate import Estimate
from icpfit.measure.ranking import MarginCurve
from icpfit.measure.reliability import Reliability

__all__ = ["as_record", "from_record"]

_TABLES = ("deciles", "capacities")


def as_record(judgement: Judgement) -> dict[str, Any]:
    """Give a judgement as nested plain values that JSON can hold.

    Parameters
    ----------
    judgement : Judgement
        The judgement.

    Returns
    -------
    dict
        Text, numbers, booleans, None, lists and dicts; a table is a list with one dict per row, a
        curve a dict of lists, and what is NaN is None.

    Examples
    --------
    >>> from icpfit.evidence.judgement import judgement
    >>> found = judgement(
    ...     ranking=[2, 1],
    ...     fit_probability=[0.6, 0.4],
    ...     is_fit=[True, False],
    ...     margin=[5, -1],
    ...     basis="two accounts",
    ...     holdout=False,
    ...     train_prevalence=0.5,
    ... )
    >>> record = as_record(found)
    >>> record["auc"]["value"], record["auc"]["low"], record["deciles"][0]["margin_mean"]
    (1.0, None, 5.0)
    >>> as_record(from_record(record)) == record
    True
    """
    fields: dict[str, Any] = _plain(judgement)
    return fields


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        value = value.to_dict("records")
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    elif isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def from_record(record: Mapping[str, Any]) -> Judgement:
    """Build the judgement that a record was made from.

    Parameters
    ----------
    record : Mapping
        From `as_record`, perhaps by way of a JSON file.

    Returns
    -------
    Judgement
        Equal in all figures; NaN where the record has None.

    Raises
    ------
    ModelError
        If the record lacks a figure or has one that is unknown.

    Examples
    --------
    >>> from_record({})
    Traceback (most recent call last):
    ...
    icpfit.errors.ModelError: the stored judgement can't be read ('auc'); train the model again
    """
    try:
        return _judgement(dict(record))
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"the stored judgement can't be read ({error}); train the model again"
        ) from None


def _judgement(fields: dict[str, Any]) -> Judgement:
    for name in ("auc", "log_loss", "brier", "ranking_auc", "prevalence", "profit_gini"):
        fields[name] = _estimate(fields[name])
    for name in ("train_prevalence", "prevalence_log_loss", "p_beats_prevalence"):
        fields[name] = _figure(fields[name])
    for name in _TABLES:
        fields[name] = _table(fields[name])
    curve: dict[str, Any] = {
        name: None if points is None else np.array([_figure(point) for point in points])
        for name, points in fields["margin_curve"].items()
    }
    fields["margin_curve"] = MarginCurve(**curve)
    fields["gates"] = tuple(Gate(**gate) for gate in fields["gates"])
    if fields["against_icp"] is not None:
        fields["against_icp"] = _comparison(dict(fields["against_icp"]))
    if fields.get("calibration") is not None:
        fields["calibration"] = _calibration(fields["calibration"])
    return Judgement(**fields)


def _comparison(fields: dict[str, Any]) -> IcpComparison:
    for name, value in fields.items():
        if isinstance(value, Mapping):
            fields[name] = _estimate(value)
        elif value is None:
            fields[name] = math.nan
    return IcpComparison(**fields)


def _calibration(fields: Mapping[str, Any]) -> Calibration:
    seen = dict(fields["reliability"])
    return Calibration(
        slope=_estimate(fields["slope"]),
        intercept=_estimate(fields["intercept"]),
        brier_skill=_estimate(fields["brier_skill"]),
        reliability=Reliability(_table(seen.pop("bins")), **seen),
    )


def _table(rows: Any) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    return table.astype({c: float for c in table if table[c].dtype == object})


def _estimate(fields: Mapping[str, Any]) -> Estimate:
    return Estimate(**{**fields, "value": _figure(fields["value"])})


def _figure(value: Any) -> float:
    return math.nan if value is None else float(value)
