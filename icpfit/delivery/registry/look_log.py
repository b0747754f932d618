"""How often each hold-out has been looked at: a log that is only ever added to."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import TYPE_CHECKING

from icpfit.delivery.registry.line_log import add_line
from icpfit.delivery.registry.store import locked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from icpfit.delivery.registry.store import Store

__all__ = [
    "holdout_digest",
    "holdout_of",
    "holdout_tags",
    "look_count",
    "look_log",
    "record_look",
]

_DIGEST_TAG, _SIZE_TAG = "icpfit.holdout", "icpfit.holdout_accounts"


def holdout_digest(account_ids: Iterable[str]) -> str:
    """Return a short name of a hold-out: the same accounts have the same one.

    Parameters
    ----------
    account_ids : iterable of str
        The accounts, in any order.

    Returns
    -------
    str
        16 hexadecimal digits of a SHA-256; empty for no accounts.

    Examples
    --------
    >>> holdout_digest(["a", "b"]) == holdout_digest(["b", "a"]), holdout_digest([])
    (True, '')
    """
    names = sorted(str(name) for name in account_ids)
    if not names:
        return ""
    # As JSON, since no character is one that an id can't hold.
    return hashlib.sha256(json.dumps(names).encode("utf-8")).hexdigest()[:16]


def holdout_tags(account_ids: Collection[str]) -> dict[str, str]:
    """Return what a run and a registered version say of the hold-out that judged them.

    Parameters
    ----------
    account_ids : collection of str
        The hold-out; may be empty.

    Returns
    -------
    dict of str to str
        Its digest and size.

    Examples
    --------
    >>> holdout_of(holdout_tags(["a"])) == (holdout_digest(["a"]), 1)
    True
    """
    return {_DIGEST_TAG: holdout_digest(account_ids), _SIZE_TAG: str(len(account_ids))}


def holdout_of(tags: Mapping[str, str]) -> tuple[str, int]:
    """Return which hold-out judged a model, by the tags of its run or version.

    Parameters
    ----------
    tags : Mapping of str to str
        Those of `holdout_tags` among others.

    Returns
    -------
    tuple of str and int
        Digest and size; an empty text and 0 where there was none, or an earlier icpfit trained it.

    Examples
    --------
    >>> holdout_of({})
    ('', 0)
    """
    return tags.get(_DIGEST_TAG, ""), int(tags.get(_SIZE_TAG, 0))


def look_log(store: Store) -> Path:
    """Return where a company's looks are written down.

    Parameters
    ----------
    store : Store
        The company's.

    Returns
    -------
    Path
        One JSON object a line; needn't be there yet.
    """
    return store.folder / f"looks-{store.company}.jsonl"


def look_count(store: Store, holdout: str) -> int:
    """Return how often a hold-out has been looked at.

    Parameters
    ----------
    store : Store
        The company's.
    holdout : str
        From `holdout_digest`.

    Returns
    -------
    int
        0 where nobody has. A line that can't be read counts for no hold-out.
    """
    path = look_log(store)
    if not holdout or not path.is_file():
        return 0
    return sum(_holdout(line) == holdout for line in path.read_bytes().split(b"\n"))


def record_look(store: Store, holdout: str, accounts: int, *, job: str, run_id: str = "") -> int:
    """Write down that somebody looks at a hold-out, before they see anything.

    Parameters
    ----------
    store : Store
        The company's; its lock is taken for the moment.
    holdout : str
        From `holdout_digest`; nothing is written for an empty one.
    accounts : int
        How many accounts it has.
    job : str
        What looks, such as ``"train"``, ``"promote"``, ``"report"``.
    run_id : str
        The training whose hold-out it is.

    Returns
    -------
    int
        This look's number, from 1 on; 0 for an empty hold-out.

    Raises
    ------
    OutputError
        If the log can't be written.
    """
    if not holdout:
        return 0
    path = look_log(store)
    line = {
        "time": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "holdout": holdout,
        "accounts": accounts,
        "job": job,
        "run_id": run_id,
    }
    with locked(store):
        number = look_count(store, holdout) + 1
        add_line(path, line, "the looks at hold-outs can't be written down, {why}")
    return number


def _holdout(line: bytes) -> str | None:
    try:
        values = json.loads(line)
    except ValueError:
        return None
    return values.get("holdout") if isinstance(values, dict) else None
