"""Parts of a workbook's archive, streamed without trusting them.

A workbook is a zip of XML, and a few hundred bytes of it can unpack to gigabytes. So nothing is
ever held as a tree: every part is streamed through expat, sizes are looked at before unpacking,
and document types (entities) are refused. docs/decisions/0010-workbooks.md says why icpfit reads
them itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.parsers import expat

from icpfit.errors import SourceError

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable, Iterator

__all__ = ["SUSPECT", "blocks", "unescaped"]

_BLOCK = 1 << 16
_LARGEST_PART = {"sheet": 1 << 31, "strings": 1 << 27, "other": 1 << 24}
_DENSEST = 200  # times its packed size; tables of one repeated row reach about 60
_SMALL = 1 << 23  # below it a part may be as dense as it likes
_LONGEST_TOKEN = 1 << 22  # characters between two < of XML; a cell holds 32,767 at most
SUSPECT = "save it as CSV, and check where it came from"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescaped(text: str) -> str:
    r"""Text of a cell with its control characters, which XML can't hold: ``_x000D_`` for CR.

    Parameters
    ----------
    text : str
        As it stands in the XML.

    Returns
    -------
    str
        As it stands in the cell; a NUL stays written out.

    Examples
    --------
    >>> unescaped("a_x000A_b _x005F_x000A_")
    'a\nb _x000A_'
    """
    if "_x" not in text:
        return text
    return _ESCAPED.sub(_character, text)


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1], 16)
    # NUL is refused everywhere, and half a surrogate pair is no text.
    return escape[0] if code == 0 or 0xD800 <= code < 0xE000 else chr(code)


def blocks(
    archive: zipfile.ZipFile,
    part: str,
    shown: str,
    *,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
    kind: str = "other",
) -> Iterator[None]:
    """Stream one part of the archive through expat, handing back after each block of it.

    Parameters
    ----------
    archive, part : ZipFile, str
        Where it lies.
    shown : str
        Name of the file in messages.
    start, end, text : callable
        Called with a tag's local name and attributes, with its name, with characters.
    kind : {"sheet", "strings", "other"}
        How large it may be.

    Yields
    ------
    None
        So that rows can be taken as they come.

    Raises
    ------
    SourceError
        When it is too large or too dense, declares a document type, or has no end of a token.
    """
    if part not in archive.NameToInfo:
        raise SourceError(f"{shown}: is a damaged workbook (no {part}); save it again")
    info = archive.getinfo(part)
    packed, unpacked = max(info.compress_size, 1), info.file_size
    if unpacked > _LARGEST_PART[kind] or (unpacked > _SMALL and unpacked > _DENSEST * packed):
        raise SourceError(
            f"{shown}: {part} unpacks from {packed:,} to {unpacked:,} bytes; {SUSPECT}"
        )
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def no_entities(*_: object) -> None:
        raise SourceError(f"{shown}: {part} declares a document type; {SUSPECT}")

    def opened(tag: str, given: dict[str, str]) -> None:
        start(tag.rpartition(" ")[2], given)

    def closed(tag: str) -> None:
        if end is not None:
            end(tag.rpartition(" ")[2])

    parser.StartDoctypeDeclHandler = no_entities
    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    if text is not None:
        parser.CharacterDataHandler = text
    fed = 0
    with archive.open(info) as handle:
        while block := handle.read(_BLOCK):
            parser.Parse(block, False)
            fed += len(block)
            if fed - parser.CurrentByteIndex > _LONGEST_TOKEN:
                raise SourceError(f"{shown}: {part} holds a mark without an end; {SUSPECT}")
            yield
    parser.Parse(b"", True)
    yield
