"""Who made which profile the current one, when, why, and on what evidence."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from icpfit.delivery.registry.line_log import add_line, damaged_log, logged_lines
from icpfit.delivery.registry.training_record import json_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from icpfit.delivery.registry.store import Store

__all__ = ["Adoption", "adoption_log", "adoptions", "record_adoption"]

_REFUSAL = "the adoption log can't be written, {why}; nothing was changed"


@dataclass(frozen=True)
class Adoption:
    """One profile that became the current one.

    Attributes
    ----------
    company : str
        Whose profile.
    name, version : str, int
        The profile adopted.
    from_name, from_version : str, int or None
        The one before it; None where there was none.
    effective_from : str
        First day of use, ISO 8601.
    by, reason : str
        Who signed it off, and why.
    evidence_run : str or None
        The training that proposed it; None where none did, such as for rules written by hand.
    evidence : Mapping
        What that training said of it: decision, worth with its interval, accounts judged; plain
        JSON values. Empty where nothing was recorded.
    proposal : str
        Where the proposal was taken from.
    file, sha256 : str
        The profile's file, and the digest of what was written to it.
    kept : str or None
        Where the former profile is kept; None where there was none.
    time : str
        UTC, ISO 8601; now, if it isn't given.
    """

    company: str
    name: str
    version: int
    from_name: str | None
    from_version: int | None
    effective_from: str
    by: str
    reason: str
    evidence_run: str | None
    proposal: str
    file: str
    sha256: str
    kept: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    time: str = ""


def adoption_log(store: Store) -> Path:
    """Return where a company's adoptions are written down.

    Parameters
    ----------
    store : Store
        The company's.

    Returns
    -------
    Path
        One JSON object a line; needn't be there yet.
    """
    return store.folder / f"adoptions-{store.company}.jsonl"


def record_adoption(path: Path, adopted: Adoption) -> Adoption:
    """Add a line to the log, and don't return before it is on the disk.

    Parameters
    ----------
    path : Path
        From `adoption_log`. The caller holds the lock of the store.
    adopted : Adoption
        What happens.

    Returns
    -------
    Adoption
        What was written, with its time.

    Raises
    ------
    OutputError
        If the log can't be written.
    """
    timed = adopted
    if not adopted.time:
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        timed = dataclasses.replace(adopted, time=now)
    add_line(path, json.loads(json_text(timed)), _REFUSAL)
    return timed


def adoptions(path: Path) -> list[Adoption]:
    """Return what the log holds, oldest first.

    Parameters
    ----------
    path : Path
        The log; one that isn't there holds nothing.

    Returns
    -------
    list of Adoption
        In the order in which they happened.

    Raises
    ------
    ModelError
        If a line can't be read; it names the line.
    """
    read = []
    for number, values in logged_lines(path, "adoption"):
        try:
            read.append(Adoption(**values))
        except TypeError:
            raise damaged_log(path, f"entry {number}", "adoption") from None
    return read
