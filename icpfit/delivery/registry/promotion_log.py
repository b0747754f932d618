"""Who put which model in use, when and why: a log that is only ever added to."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from icpfit.delivery.registry.training_record import json_text
from icpfit.errors import ModelError, OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from icpfit.evidence.promotion import Verdict

__all__ = ["Promotion", "promotion", "promotions", "record_promotion"]


@dataclass(frozen=True)
class Promotion:
    """One verdict on a challenger, and what followed from it.

    Attributes
    ----------
    company : str
        The company that the model is of.
    decision : str
        ``"PROMOTE"`` when the challenger became the champion, ``"HOLD"`` when it didn't.
    from_version, to_version : int or None
        The champion before and after; None where there was none.
    challenger_version : int
        The version that the verdict is about.
    reasons : tuple of str
        The verdict's reasons, with figures.
    by, reason : str
        Who asked for it, and what they said about it.
    time : str
        UTC, ISO 8601; now, if it isn't given.
    figures : Mapping
        What else the verdict rests on; plain JSON values.
    """

    company: str
    decision: Literal["PROMOTE", "HOLD"]
    from_version: int | None
    to_version: int | None
    challenger_version: int
    reasons: tuple[str, ...]
    by: str
    reason: str = ""
    time: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)


def promotion(
    company: str,
    verdict: Mapping[str, Any] | Verdict,
    *,
    champion: int | None,
    challenger: int,
    by: str,
    reason: str = "",
) -> Promotion:
    """Return what a verdict means for the models in use.

    Parameters
    ----------
    company : str
        The company.
    verdict : Verdict or Mapping
        ``decision``, ``reasons`` (list of str), and further plain values.
    champion : int or None
        The version in use.
    challenger : int
        The version that the verdict is about.
    by, reason : str
        Who asks for it, and what they say about it.

    Returns
    -------
    Promotion
        Not recorded yet, and without a time.

    Examples
    --------
    >>> found = promotion(
    ...     "acme", {"decision": "HOLD", "reasons": ["small"]}, champion=2, challenger=3, by="mo"
    ... )
    >>> found.from_version, found.to_version, found.reasons
    (2, 2, ('small',))
    """
    values = json.loads(json_text(verdict))
    decision, reasons = values.pop("decision"), values.pop("reasons", ())
    return Promotion(
        company=company,
        decision=decision,
        from_version=champion,
        to_version=challenger if decision == "PROMOTE" else champion,
        challenger_version=challenger,
        reasons=tuple(str(line) for line in reasons),
        by=by,
        reason=reason,
        figures=values,
    )


def record_promotion(path: Path, decided: Promotion) -> Promotion:
    """Add a line to the log, and don't return before it is on the disk.

    Parameters
    ----------
    path : Path
        The log, one JSON object a line; created where it isn't there. Lines that are there are
        never changed. The caller holds the lock of the store.
    decided : Promotion
        What happened.

    Returns
    -------
    Promotion
        What was written, with its time.

    Raises
    ------
    OutputError
        If the log can't be written.
    """
    timed = decided
    if not decided.time:
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        timed = dataclasses.replace(decided, time=now)
    line = json.dumps(dataclasses.asdict(timed), ensure_ascii=False, allow_nan=False) + "\n"
    try:
        with path.open("a+b", buffering=0) as log:
            if log.seek(0, os.SEEK_END) and _last_byte(path) != b"\n":
                # A power cut tore the last line: end it, so that ours stands on its own.
                line = "\n" + line
            log.write(line.encode("utf-8"))
            os.fsync(log.fileno())
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        message = f"{path}: the promotion log can't be written, {what}; no alias was moved"
        raise OutputError(message) from None
    return timed


def promotions(path: Path) -> list[Promotion]:
    """Return what the log holds, oldest first.

    Parameters
    ----------
    path : Path
        The log; one that isn't there holds nothing.

    Returns
    -------
    list of Promotion
        In the order in which they happened.

    Raises
    ------
    ModelError
        If a line can't be read; it names the line.
    """
    if not path.is_file():
        return []
    read = []
    lines = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
            values["reasons"] = tuple(values["reasons"])
            read.append(Promotion(**values))
        except (KeyError, TypeError, ValueError):
            raise ModelError(
                f"{path}, line {number}: the promotion log is damaged here;"
                " take the line out once you know what happened"
            ) from None
    return read


def _last_byte(path: Path) -> bytes:
    with path.open("rb") as log:
        log.seek(-1, os.SEEK_END)
        return log.read(1)
