"""Files of a source: what a name or a glob of the YAML stands for on disk."""

from __future__ import annotations

import difflib
import glob
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.data.table_spec import DataSpec

__all__ = ["DataFolder", "company_files", "near_names", "source_files"]


@dataclass(frozen=True)
class DataFolder:
    """The folder of a company's exports: where it is, and how the YAML writes it."""

    path: Path
    shown: str


def near_names(asked: str, names: list[str]) -> str:
    """Say what there is, at the end of a message about a name that isn't there.

    Parameters
    ----------
    asked : str
        The name that was asked for.
    names : list of str
        Those that are there.

    Returns
    -------
    str
        The nearest one, else up to three and a count.

    Examples
    --------
    >>> near_names("Amout", ["Amount", "Date"])
    "did you mean 'Amount'?"
    >>> near_names("x", ["d", "c", "b", "a"])
    "it has 'a', 'b', 'c' and 1 more"
    """
    folded = {name.casefold(): name for name in sorted(names)}
    near = difflib.get_close_matches(asked.casefold(), list(folded), n=1, cutoff=0.6)
    if near:
        return f"did you mean '{folded[near[0]]}'?"
    if not names:
        return "it is empty"
    shown = ", ".join(f"'{name}'" for name in sorted(names)[:3])
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
    return f"it has {shown}{more}"


def source_files(folder: DataFolder, pattern: str, where: str) -> list[tuple[Path, str]]:
    """Files that a name or glob stands for, sorted by name.

    Parameters
    ----------
    folder : DataFolder
        The folder that it is relative to.
    pattern : str
        A file, or a glob; a file that really has that name comes first.
    where : str
        Path of the key in the settings, for messages.

    Returns
    -------
    list of (Path, str)
        Each file, and its name for messages.

    Raises
    ------
    SourceError
        When there is none; names what the folder has instead.
    """
    path = folder.path / pattern
    # os.path answers no, where pathlib raises, for a name that no file could have.
    if os.path.isdir(path):  # noqa: PTH112
        raise SourceError(f"{where}: '{pattern}' is a folder; name a file, or '{pattern}/*.csv'")
    is_file = os.path.isfile(path)  # noqa: PTH113
    found = [path] if is_file else sorted(Path(p) for p in _matches(folder.path, pattern))
    if found:
        return [(file, _shown(file, folder)) for file in found]
    if not Path(pattern).is_absolute():
        if not folder.path.is_dir():
            raise SourceError(
                f"{where}: there is no folder '{folder.shown}' for '{pattern}'; check data.folder"
            )
        names = [entry.name for entry in folder.path.iterdir() if not entry.name.startswith(".")]
        raise SourceError(
            f"{where}: no file '{pattern}' in {folder.shown}; {near_names(pattern, names)}"
        )
    raise SourceError(f"{where}: there is no file '{pattern}'; check the path")


def company_files(spec: DataSpec, root: Path) -> set[Path]:
    """Return the files that a company's settings read, whether or not they can be read now.

    Parameters
    ----------
    spec : DataSpec
        The settings.
    root : Path
        What ``spec.folder`` is relative to.

    Returns
    -------
    set of Path
        Resolved: what no output may be written over.
    """
    folder = root / spec.folder
    given: list[tuple[str | None, Mapping[str, str]]] = [
        (source.files, source.tables) for source in spec.sources.values()
    ]
    for source in spec.sources.values():
        beside = (source.match, source.crosswalk, source.customers)
        given += [(one.files, {}) for one in beside if one is not None]
    if spec.prospects is not None:
        given += [(named.files, named.tables) for named in spec.prospects.lists.values()]
    patterns = {files for files, _ in given if files}
    patterns |= {pattern for _, tables in given for pattern in tables.values()}
    found: set[Path] = set()
    for pattern in patterns:
        exact = folder / pattern
        matches = [exact] if exact.is_file() else [Path(p) for p in _matches(folder, pattern)]
        found |= {path.resolve() for path in matches}
    return found


def _matches(folder: Path, pattern: str) -> list[str]:
    joined = Path(glob.escape(str(folder))) / pattern
    return [name for name in glob.glob(str(joined), recursive=True) if Path(name).is_file()]  # noqa: PTH207 - Path.glob takes no absolute pattern


def _shown(file: Path, folder: DataFolder) -> str:
    if file.is_relative_to(folder.path):
        return (Path(folder.shown) / file.relative_to(folder.path)).as_posix()
    return file.as_posix()
