"""The engines of a model as files of its folder, and back: checked against the forests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from icpfit.attribution.explainer import checked
from icpfit.attribution.refusals import AttributionError
from icpfit.attribution.table_file import tables_bytes, tables_from
from icpfit.errors import ModelError
from icpfit.fit.engines import by_lightgbm, kept_engine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.attribution.explainer import Explainer
    from icpfit.fit.engines import Which
    from icpfit.fit.model import Model

__all__ = ["TABLES", "engine_contents", "engine_from", "engine_records"]

TABLES: dict[Which, str] = {"fit": "fit.tables.npz", "margin": "margin.tables.npz"}
"""Number of a model → the file of its tables."""


def engine_contents(model: Model) -> dict[str, bytes]:
    """Return the files of a model's tables.

    Parameters
    ----------
    model : Model
        A trained model.

    Returns
    -------
    dict of str to bytes
        File name → content, for each number that has tables; the same model gives the same bytes.
    """
    found = {}
    for which, name in TABLES.items():
        kept = kept_engine(model, which)
        if kept is not None and kept.tables is not None:
            found[name] = tables_bytes(kept.tables)
    return found


def engine_records(model: Model) -> dict[str, dict[str, str] | None]:
    """Return how each number of a model is explained, as plain values.

    Parameters
    ----------
    model : Model
        A trained model.

    Returns
    -------
    dict
        ``path`` and ``why`` by number; None where the model was given no engine.
    """
    kept = {which: kept_engine(model, which) for which in TABLES}
    return {
        which: None if one is None else {"path": one.path, "why": one.why}
        for which, one in kept.items()
    }


def engine_from(
    which: Which,
    records: Mapping[str, Any],
    contents: Mapping[str, bytes],
    boosters: tuple[Any, ...],
) -> Explainer | None:
    """Return an engine that was kept, once its tables are found to be those of the forests.

    Parameters
    ----------
    which : {"margin", "fit"}
        The number.
    records : mapping
        From `engine_records`.
    contents : mapping of str to bytes
        The undamaged files of the bundle.
    boosters : tuple of lightgbm.Booster
        Of this number.

    Returns
    -------
    Explainer or None
        None where the model had none.

    Raises
    ------
    ModelError
        When the tables belong to other forests, can't be read, or are kept for a number that isn't
        explained with tables (or the other way round).
    """
    record, name = records[which], TABLES[which]
    is_tabled = record is not None and record["path"] == "tables"
    if is_tabled != (name in contents):
        raise ModelError(
            f"{name}: {'is missing' if is_tabled else 'does not belong to this model'}; "
            "train again, or restore mlruns from a backup"
        )
    if record is None:
        return None
    if not is_tabled:
        return by_lightgbm(boosters, str(record["why"]))
    try:
        return checked(tables_from(contents[name]), boosters)
    except AttributionError as error:
        raise ModelError(f"{name}: {error}; train again, or restore mlruns from a backup") from None
