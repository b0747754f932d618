"""Who put which model in use, when and why: a log that is only ever added to."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from icpfit.delivery.registry.line_log import add_line, damaged_log, logged_lines
from icpfit.delivery.registry.training_record import json_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from icpfit.evidence.promotion import Verdict

__all__ = [
    "Promotion",
    "champions",
    "promotion",
    "promotions",
    "record_promotion",
    "taken_out_of_use",
]

_REFUSAL = "the promotion log can't be written, {why}; no alias was moved"
_PUT_IN_USE = ("PROMOTE", "REFRESH", "FORCE")


@dataclass(frozen=True)
class Promotion:
    """One verdict on a challenger, or one way back, and what followed from it.

    Attributes
    ----------
    company : str
        The company that the model is of.
    decision : str
        ``"PROMOTE"`` or ``"REFRESH"`` when the challenger became the champion by the verdict,
        ``"FORCE"`` when it did against the verdict, ``"HOLD"`` when it didn't; ``"ROLLBACK"`` when
        the previous model was put in use again.
    from_version, to_version : int or None
        The champion before and after; None where there was none.
    challenger_version : int
        The version that the verdict is about; in a way back the one that was in use.
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
    decision: Literal["PROMOTE", "HOLD", "REFRESH", "FORCE", "ROLLBACK"]
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
    force: bool = False,
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
    force : bool
        Put the challenger in use against a verdict to hold it; such a line says ``"FORCE"``.

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
    figures = {**values, **(values.pop("figures", None) or {})}
    figures.pop("figures", None)
    if force and decision == "HOLD":
        decision = "FORCE"
    return Promotion(
        company=company,
        decision=decision,
        from_version=champion,
        to_version=challenger if decision in _PUT_IN_USE else champion,
        challenger_version=challenger,
        reasons=tuple(str(line) for line in reasons),
        by=by,
        reason=reason,
        figures=figures,
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
    add_line(path, dataclasses.asdict(timed), _REFUSAL)
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
    read = []
    for number, values in logged_lines(path, "promotion"):
        try:
            read.append(Promotion(**{**values, "reasons": tuple(values["reasons"])}))
        except (KeyError, TypeError):
            raise damaged_log(path, f"line {number}", "promotion") from None
    return read


def champions(log: list[Promotion]) -> list[int]:
    """Return which versions lie below the one in use, as the log tells it.

    Parameters
    ----------
    log : list of Promotion
        From `promotions`.

    Returns
    -------
    list of int
        The first champion first, the one in use last; a way back takes the last one off.

    Examples
    --------
    >>> def line(decision, before, after):
    ...     return Promotion("acme", decision, before, after, after, (), "mo")
    >>> log = [line("PROMOTE", None, 1), line("PROMOTE", 1, 2), line("FORCE", 2, 3)]
    >>> champions(log), champions([*log, line("ROLLBACK", 3, 2)])
    ([1, 2, 3], [1, 2])
    """
    stack: list[int] = []
    for line in log:
        after = line.to_version
        if after is None or line.from_version == after:
            continue
        if line.decision == "ROLLBACK" and after in stack:
            del stack[len(stack) - stack[::-1].index(after) :]
        elif line.decision == "ROLLBACK" or line.decision in _PUT_IN_USE:
            stack.append(after)
    return stack


def taken_out_of_use(log: list[Promotion], version: int) -> str:
    """Return when, by whom and why a version was gone back on, if that is the last that was done.

    Parameters
    ----------
    log : list of Promotion
        From `promotions`.
    version : int
        The version.

    Returns
    -------
    str
        Empty where it never was, or was put in use again since.

    Examples
    --------
    >>> gone = Promotion("acme", "ROLLBACK", 3, 2, 3, (), "mo", "odd list", "2026-01-02T10:00:00")
    >>> taken_out_of_use([gone], 3), taken_out_of_use([gone], 2)
    ('2026-01-02 by mo, odd list', '')
    """
    said = ""
    for line in log:
        if line.decision == "ROLLBACK" and line.from_version == version:
            said = f"{line.time[:10]} by {line.by}" + (f", {line.reason}" if line.reason else "")
        elif line.decision in _PUT_IN_USE and line.to_version == version:
            said = ""
    return said
