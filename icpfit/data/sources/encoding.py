"""What a file is, seen from its bytes: digest, encoding, and whether it is text at all."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from icpfit.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FileBytes", "FileStart", "encoding_to_read", "file_bytes", "file_start"]

_BLOCK = 1 << 20
_START = 8
# By what a mark tells: the names of the same encoding, which leave the mark in the text.
_MARKED = {
    "utf-8-sig": ("utf-8", "utf8"),
    "utf-16": ("utf-16-le", "utf-16le", "utf-16-be", "utf-16be"),
}
_NO_TEXT = {
    b"\xd0\xcf\x11\xe0": "an old workbook, or one with a password; save it as .xlsx or CSV",
    b"\x1f\x8b": "compressed; unpack it first",
    b"\x28\xb5\x2f\xfd": "compressed; unpack it first",
}


@dataclass(frozen=True)
class FileStart:
    """What the first bytes of a file tell.

    Parameters
    ----------
    is_parquet, is_zip : bool
        Whether it begins as Parquet does, or as a zip archive does, which a workbook is.
    mark : {"utf-8-sig", "utf-16"} or None
        The encoding that its byte-order mark tells, where it has one.
    """

    is_parquet: bool
    is_zip: bool
    mark: str | None


@dataclass(frozen=True)
class FileBytes:
    """What one pass over a file's bytes tells.

    Parameters
    ----------
    digest : str
        SHA-256.
    is_parquet, is_zip : bool
        Whether it begins as Parquet does, or as a zip archive does, which a workbook is.
    encoding : str
        By its byte-order mark, else UTF-8 where all of it is, else cp1252.
    """

    digest: str
    is_parquet: bool
    encoding: str
    is_zip: bool = False


def file_bytes(path: Path, shown: str) -> FileBytes:
    """Look at all bytes of a file once.

    Parameters
    ----------
    path : Path
        The file.
    shown : str
        Its name in messages.

    Returns
    -------
    FileBytes
        Digest and kind.

    Raises
    ------
    SourceError
        When it can't be read, is empty, or is neither text, Parquet nor a workbook.
    """
    try:
        digest, head, is_utf8 = _probe(path)
    except OSError as error:
        raise _unread(shown, error) from None
    start = _start(path, head, shown)
    encoding = start.mark or ("utf-8" if is_utf8 else "cp1252")
    return FileBytes(digest, start.is_parquet, encoding, start.is_zip)


def file_start(path: Path, shown: str) -> FileStart:
    """Look at the first bytes of a file, however long it is.

    Parameters
    ----------
    path : Path
        The file.
    shown : str
        Its name in messages.

    Returns
    -------
    FileStart
        What they tell; whether all of it is text only `file_bytes` knows.

    Raises
    ------
    SourceError
        As `file_bytes`.
    """
    try:
        with path.open("rb") as handle:
            head = handle.read(_START)
    except OSError as error:
        raise _unread(shown, error) from None
    return _start(path, head, shown)


def encoding_to_read(declared: str | None, found: str) -> str:
    """Return what a file is read with: as declared, less a byte-order mark of the same encoding.

    Parameters
    ----------
    declared : str or None
        Under ``format.encoding``.
    found : str
        From the file's bytes.

    Returns
    -------
    str
        Read as plain UTF-8, a file with a mark would have it in the name of its first column.

    Examples
    --------
    >>> encoding_to_read("UTF-8", "utf-8-sig"), encoding_to_read("utf-16-le", "utf-16")
    ('utf-8-sig', 'utf-16')
    >>> encoding_to_read("latin-1", "utf-8-sig"), encoding_to_read(None, "cp1252")
    ('latin-1', 'cp1252')
    """
    if declared is None:
        return found
    name = declared.lower().replace("_", "-")
    return found if name in _MARKED.get(found, ()) else declared


def _unread(shown: str, error: OSError) -> SourceError:
    return SourceError(f"{shown}: can't be read ({error.strerror}); check the file")


def _start(path: Path, head: bytes, shown: str) -> FileStart:
    if not head:
        raise SourceError(f"{shown}: is empty; export it again")
    for magic, what in _NO_TEXT.items():
        if head.startswith(magic):
            raise SourceError(f"{shown}: is {what}")
    is_parquet = head.startswith(b"PAR1")
    if path.suffix.lower() in (".parquet", ".pq") and not is_parquet:
        raise SourceError(f"{shown}: is no Parquet file, or a damaged one; export it again")
    is_zip = head.startswith(b"PK\x03\x04")
    if path.suffix.lower() in (".xlsx", ".xlsm") and not is_zip:
        raise SourceError(f"{shown}: is no workbook, or a damaged one; save it again, or as CSV")
    return FileStart(is_parquet, is_zip, _mark(head))


def _probe(path: Path) -> tuple[str, bytes, bool]:
    """Digest of a file, its first bytes, and whether all of it is UTF-8."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    head = b""
    is_utf8 = True
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            head = head or block[:_START]
            digest.update(block)
            if is_utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    is_utf8 = False
    if is_utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    return digest.hexdigest(), head, is_utf8


def _mark(head: bytes) -> str | None:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return None
