"""A folder of exports that appears whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from icpfit.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

__all__ = ["check_folder", "write_folder"]

_SEMICOLON = ("tickets.csv",)  # some help desks separate by semicolon
_WITH_MARK = ("returns.csv",)  # saved from a spreadsheet: UTF-8 with a byte-order mark
_MARKER = "truth.csv"


def check_folder(folder: Path) -> None:
    """Refuse a folder that a demo company may not replace.

    Parameters
    ----------
    folder : pathlib.Path
        Missing, empty, or with an earlier demo company in it.

    Raises
    ------
    OutputError
        For any other.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder}: is a file; give a folder")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / _MARKER).is_file():
        raise OutputError(
            f"{folder}: holds files that are no demo company; give an empty or a new folder"
        )


def write_folder(folder: Path, files: Mapping[str, pd.DataFrame]) -> None:
    """Write tables as CSV files into a folder beside, then put it in the folder's place.

    Parameters
    ----------
    folder : pathlib.Path
        Where to. If it holds an earlier demo company, that is replaced, and every other file in it
        is kept; else it must be empty or missing.
    files : Mapping of str to pandas.DataFrame
        File name to text columns.

    Raises
    ------
    OutputError
        Where it can't be written, or holds something else than a demo company.
    """
    folder = folder.absolute()
    check_folder(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise OutputError(f"{folder}: can't be written: {error.strerror or error}") from error
    former = beside.with_name(f"{beside.name}-former")
    try:
        beside.chmod(0o755)
        for name, frame in files.items():
            frame.to_csv(
                beside / name,
                sep=";" if name in _SEMICOLON else ",",
                index=False,
                encoding="utf-8-sig" if name in _WITH_MARK else "utf-8",
                lineterminator="\n",
            )
        if folder.exists():
            for path in sorted(folder.iterdir()):
                if not _is_export(path.name, files):
                    _copied(path, beside / path.name)
            folder.replace(former)
        beside.replace(folder)
    except OSError as error:
        if former.exists() and not folder.exists():
            former.replace(folder)
        raise OutputError(f"{folder}: can't be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        if folder.exists():
            shutil.rmtree(former, ignore_errors=True)


def _is_export(name: str, files: Mapping[str, pd.DataFrame]) -> bool:
    # An earlier, longer company may have more years of invoices, which a glob would pick up.
    return name in files or (name.startswith("invoices_") and name.endswith(".csv"))


def _copied(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy2(source, target, follow_symlinks=False)
