"""A file that is there whole or not at all: written beside its place, then renamed into it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from icpfit.errors import OutputError, fault_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

__all__ = ["copied", "require_writable", "swept", "whole_file"]

_STALE_AFTER = 24 * 3600.0


@contextlib.contextmanager
def whole_file(path: Path | str) -> Iterator[Path]:
    """Give a place beside `path` to write to; on leaving, what was written becomes `path`.

    Whatever goes wrong in between (also Ctrl-C), `path` is as it was before and nothing is left
    lying around. What a killed process left behind is swept by the next one that writes `path`.

    Parameters
    ----------
    path : Path or str
        The file to write. Its folder must exist. A link is followed; an existing file keeps its
        permissions.

    Yields
    ------
    Path
        An empty file in the same folder, to be written and closed.

    Raises
    ------
    OutputError
        If the file can't be written; one line that names it.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> out = Path(folder.name) / "scored.csv"
    >>> with whole_file(out) as part:
    ...     _ = part.write_text("id,fit_grade")
    ...     out.exists()
    False
    >>> out.read_text()
    'id,fit_grade'
    >>> folder.cleanup()
    """
    target = Path(os.path.realpath(path))
    part = _empty_part(target, path)
    try:
        yield part
        _set_down(part, target)
    except OSError as error:
        raise OutputError(_reason(path, error)) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def require_writable(
    path: Path | str, *, endings: Sequence[str] = (), kept: Collection[Path] = ()
) -> None:
    """Refuse a file that couldn't be written, before the work is done whose result it is to hold.

    Parameters
    ----------
    path : Path or str
        The file that will be written later; it isn't touched.
    endings : sequence of str
        The endings that it may have, such as ``".html"``; any where there is none.
    kept : collection of Path
        Resolved files that may not be written over, such as a company's exports.

    Raises
    ------
    OutputError
        If the file can't be written, or may not be; one line that names it.

    Examples
    --------
    >>> require_writable("no/such/folder/scored.csv")
    Traceback (most recent call last):
    ...
    icpfit.errors.OutputError: no/such/folder/scored.csv: can't be written, there is no folder
    'no/such/folder'; create it or name another
    """
    place = Path(os.path.realpath(path))
    if endings and place.suffix.lower() not in endings:
        raise OutputError(f"{path}: expected a name that ends in {' or '.join(endings)}")
    if place in kept:
        raise OutputError(
            f"{path}: is one of the company's own exports and stays as it is; name another file"
        )
    _empty_part(place, path).unlink()


def copied(source: Path, path: Path | str) -> None:
    """Copy a file to its new place, whole or not at all.

    Parameters
    ----------
    source : Path
        The file to copy.
    path : Path or str
        Where to; an existing file is replaced.

    Raises
    ------
    OutputError
        If it can't be written.
    """
    with whole_file(path) as part:
        shutil.copyfile(source, part)


def swept(folder: Path, pattern: str) -> None:
    """Take away what a killed job left behind; after a day no running one can still be writing it.

    Parameters
    ----------
    folder : Path
        Where to look.
    pattern : str
        Names of the files and folders that only such a job leaves, as `Path.glob` takes them.
    """
    with contextlib.suppress(OSError):
        for stray in folder.glob(pattern):
            with contextlib.suppress(OSError):
                if time.time() - stray.stat().st_mtime <= _STALE_AFTER:
                    continue
                if stray.is_dir():
                    shutil.rmtree(stray, ignore_errors=True)
                else:
                    stray.unlink()


def _empty_part(target: Path, path: Path | str) -> Path:
    if target.is_dir():
        raise OutputError(f"{path}: can't be written, it is a folder; name a file in it")
    if not target.parent.is_dir():
        folder = Path(path).parent
        raise OutputError(
            f"{path}: can't be written, there is no folder '{folder}'; create it or name another"
        )
    if target.exists() and not target.is_file():
        raise OutputError(f"{path}: can't be written, it is no plain file; name another")
    if target.exists() and not os.access(target, os.W_OK):
        # A rename would replace it all the same; whoever protected it didn't want that.
        raise OutputError(f"{path}: can't be written, it is write-protected; name another file")
    # The target's own name may fill what a file name can hold, so the part's is short.
    family = f".icpfit-{hashlib.sha256(target.name.encode()).hexdigest()[:8]}-"
    swept(target.parent, f"{family}*.part")
    part = target.parent / f"{family}{secrets.token_hex(6)}.part"
    try:
        # Not tempfile: its files are closed to everybody else, and so would be the result.
        with part.open("xb"):
            pass
        if target.exists():
            shutil.copymode(target, part)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise OutputError(_reason(path, error)) from None
    return part


def _set_down(part: Path, target: Path) -> None:
    handle = os.open(part, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    part.replace(target)


def _reason(path: Path | str, error: OSError) -> str:
    if isinstance(error, PermissionError):
        what = "permission is denied; close it where it is open, or name another place"
    else:
        what = f"{fault_text(error)}; make room or name another place"
    return f"{path}: can't be written, {what}"
