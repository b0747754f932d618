"""Whether a model is in use, since when, and who put it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.registry.promotion_log import promotions

if TYPE_CHECKING:
    from icpfit.delivery.registry.promotion_log import Promotion
    from icpfit.delivery.registry.registered_model import RegisteredModel
    from icpfit.delivery.registry.store import Store

__all__ = ["model_standing", "standing"]


def model_standing(store: Store, model: RegisteredModel) -> str:
    """Return what has become of a model since it was trained.

    Parameters
    ----------
    store : Store
        The company's.
    model : RegisteredModel
        One of its models.

    Returns
    -------
    str
        See `standing`.
    """
    return standing(promotions(store.promotion_log), model.version)


def standing(log: list[Promotion], version: int) -> str:
    """Return what the promotion log says of a version last, in one sentence.

    Parameters
    ----------
    log : list of Promotion
        From `promotions`.
    version : int
        The version.

    Returns
    -------
    str
        In use since when and by whom, taken out of use, held, or not decided on.

    Examples
    --------
    >>> from icpfit.delivery.registry.promotion_log import Promotion
    >>> line = Promotion("acme", "PROMOTE", None, 1, 1, (), "mo", time="2026-01-02T10:00:00")
    >>> standing([line], 1)
    'Model version 1: in use since 2026-01-02, put in use by mo.'
    >>> standing([line], 2)
    'Model version 2: not in use; nobody has decided on it yet.'
    """
    said = "not in use; nobody has decided on it yet."
    for line in log:
        day, by = line.time[:10], f"by {line.by}" + (f" ({line.reason})" if line.reason else "")
        moved = line.from_version != line.to_version
        if moved and line.to_version == version:
            said = f"in use since {day}, put in use {by}."
        elif moved and line.from_version == version:
            said = f"not in use any more since {day}, {_gone(line)} {by}."
        elif line.decision == "HOLD" and line.challenger_version == version:
            said = f"not in use; held on {day} {by}."
    return f"Model version {version}: {said}"


def _gone(line: Promotion) -> str:
    if line.decision == "ROLLBACK":
        return "gone back on"
    return f"replaced by version {line.to_version}"
