"""What a job is given: its settings, the folder it works in, and where its settings came from."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from icpfit.errors import SettingsError
from icpfit.settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["Job", "root_folder"]

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Job:
    """One call of one job.

    Attributes
    ----------
    name : str
        The job, such as ``"train"``.
    values : Mapping
        The composed settings as plain values, with ``${...}`` resolved.
    unresolved : str
        The same as YAML with ``${...}`` left as written, so that it may be logged: what a
        company keeps in its environment never gets into a log.
    conf_folders : tuple of Path
        Where the settings came from, the company's own folder (``--config-dir``) first.
    run : callable
        Runs another job in the same process and returns its result: its name, its overrides, and
        values by their dotted key that are put in after composing.
    """

    name: str
    values: Mapping[str, Any]
    unresolved: str
    conf_folders: tuple[Path, ...]
    run: Callable[[str, Sequence[str], Mapping[str, Any]], Any]

    def settings(self, kind: type[T]) -> T:
        """Build the job's own settings from its values.

        Parameters
        ----------
        kind : type
            The job's settings dataclass.

        Returns
        -------
        T
            An instance of `kind`.

        Raises
        ------
        SettingsError
            For an unknown key, also one that came behind Hydra's ``+``.
        """
        return settings(kind, self.values, self.name)


def root_folder(root: str) -> Path:
    """Return the folder in which data/ and mlruns/ lie, absolute.

    Parameters
    ----------
    root : str
        A folder, relative to the current one or absolute.

    Returns
    -------
    Path
        The absolute folder.

    Raises
    ------
    SettingsError
        If there is no such folder.
    """
    folder = Path(root).expanduser().resolve()
    if not folder.is_dir():
        raise SettingsError(f"root: there is no folder '{folder}'; create it or name another")
    return folder
