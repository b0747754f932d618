"""The drivers of the model in use, for a new run to be held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.registry.registered_model import loaded_model
from icpfit.delivery.registry.tracking import is_registered, registered_model
from icpfit.insight.driver_evidence import FormerDrivers

if TYPE_CHECKING:
    from icpfit.delivery.registry.store import Store

__all__ = ["former_drivers"]


def former_drivers(store: Store) -> FormerDrivers | None:
    """Return the driver shares of the model in use.

    Parameters
    ----------
    store : Store
        From `open_store`.

    Returns
    -------
    FormerDrivers or None
        None where no model is in use.

    Raises
    ------
    ModelError
        If its files are damaged, or of a format that this version can't read.
    """
    if not is_registered(store, "champion"):
        return None
    used = registered_model(store, "champion")
    model = loaded_model(used)
    return FormerDrivers(used.label, model.driver_shares, model.trained_on)
