"""A log that is only ever added to: one JSON object a line, on the disk before the next step."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from icpfit.errors import ModelError, OutputError, fault_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["add_line", "damaged_log", "logged_lines"]


def add_line(path: Path, values: Mapping[str, Any], refusal: str) -> None:
    """Add a line to a log, and don't return before it is on the disk.

    Parameters
    ----------
    path : Path
        The log; created where it isn't there. Lines that are there are never changed. The caller
        holds the lock of the store.
    values : Mapping
        Plain JSON values.
    refusal : str
        What is said if that fails, behind the path; ``{why}`` stands for the reason.

    Raises
    ------
    OutputError
        If the log can't be written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = Path(folder) / "log.jsonl"
    ...     _ = log.write_text('{"step": 1}')  # torn: the line has no end
    ...     add_line(log, {"step": 2}, "the log can't be written, {why}")
    ...     logged_lines(log, "test")
    [(1, {'step': 1}), (2, {'step': 2})]
    """
    line = (json.dumps(values, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")
    try:
        with path.open("ab", buffering=0) as log:
            if log.tell() and _last_byte(path) != b"\n":
                # A power cut tore the last line: end it, so that ours stands on its own.
                line = b"\n" + line
            log.write(line)
            os.fsync(log.fileno())
    except OSError as error:
        why = fault_text(error)
        raise OutputError(f"{path}: {refusal.format(why=why)}") from None


def logged_lines(path: Path, what: str) -> list[tuple[int, dict[str, Any]]]:
    """Return what a log holds, oldest first.

    Parameters
    ----------
    path : Path
        The log; one that isn't there holds nothing.
    what : str
        What the log is of, such as "adoption", for the message.

    Returns
    -------
    list of tuple of int and dict
        Number in the file, from 1 on, and values of each line that isn't empty.

    Raises
    ------
    ModelError
        If a line can't be read; it names the line.
    """
    if not path.is_file():
        return []
    read = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except ValueError:
            values = None
        if not isinstance(values, dict):
            raise damaged_log(path, f"line {number}", what)
        read.append((number, values))
    return read


def damaged_log(path: Path, place: str, what: str) -> ModelError:
    """Return the error that names what can't be read of a log, and what to do.

    Parameters
    ----------
    path : Path
        The log.
    place : str
        Such as "line 3".
    what : str
        What the log is of.

    Returns
    -------
    ModelError
        To be raised.
    """
    return ModelError(
        f"{path}, {place}: the {what} log is damaged here;"
        " take the line out once you know what happened"
    )


def _last_byte(path: Path) -> bytes:
    with path.open("rb") as log:
        log.seek(-1, os.SEEK_END)
        return log.read(1)
