"""The page of a training that registered nothing: it says how little could be known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.registry.proposal import REDEFINITION_FILE

if TYPE_CHECKING:
    from pathlib import Path

    from icpfit.delivery.registry.store import Store

__all__ = ["UNREGISTERED", "unregistered_page"]

UNREGISTERED = (
    "No model is registered: the training that drew this page found that what was known before the "
    "sale tells too little."
)


def unregistered_page(store: Store, name: str) -> Path | None:
    """Return the page that the latest training kept, where no training has registered a model.

    Parameters
    ----------
    store : Store
        The company's.
    name : str
        The page's file name.

    Returns
    -------
    Path or None
        None where a model is registered, whose own page counts, and where nothing was trained.
    """
    from icpfit.delivery.registry.tracking import is_registered

    if any(is_registered(store, alias) for alias in ("champion", "challenger")):
        return None
    kept = [
        path
        for path in store.artifacts.glob(f"*/artifacts/{name}")
        if (path.parent / REDEFINITION_FILE).is_file()
    ]
    return max(kept, key=lambda path: (path.stat().st_mtime_ns, path.as_posix()), default=None)
