"""The ideal customer profile as data: one form, whether a person wrote it or icpfit proposed it."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - settings() reads the annotations when it runs
import tempfile
from collections.abc import Mapping  # noqa: TC003 - the same
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from icpfit.errors import OutputError, SettingsError
from icpfit.icp.conditions import condition
from icpfit.icp.strict_yaml import strict_yaml
from icpfit.settings import settings

__all__ = ["Profile", "Segment", "read_profile", "write_profile"]

_PARTS = ("segments", "fix", "avoid")


@dataclass(frozen=True)
class Segment:
    """A group of accounts: those that meet every condition of `where`.

    Parameters
    ----------
    name : str
        What people call it.
    where : Mapping
        Attribute name -> condition: a list of values (None stands for missing), or
        ``{"from": ..., "below": ...}`` with one or both ends (the lower one inclusive). A single
        value becomes a list of one.
    priority : {"first", "second"}
        Whom to call first.

    Examples
    --------
    >>> Segment("agencies", {"industry": "Agency"}).where
    {'industry': ['Agency']}
    """

    name: str
    where: Mapping[str, Any]
    priority: Literal["first", "second"] = "first"

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("name: is empty; give the segment a name")
        if not self.where:
            raise ValueError("where: is empty, so every account would be in it; add a condition")
        checked = {
            str(attribute): condition(form, f"where.{attribute}")
            for attribute, form in self.where.items()
        }
        object.__setattr__(self, "where", checked)


@dataclass(frozen=True)
class Profile:
    """An ideal customer profile.

    Parameters
    ----------
    name : str
        Such as "ICP 2025".
    version : int
        From 1 on.
    effective_from : date
        First day of use.
    segments, fix, avoid : tuple of Segment
        Whom to win; who is attractive and loses money only because of remedial cost; who loses
        money also without it. A target is in a segment, and in no group to fix or to avoid.
    approved_by, evidence_run, reason : str or None
        Filled when the profile is adopted.

    Examples
    --------
    >>> Profile(
    ...     "ICP 2025", 1, dt.date(2025, 1, 1), (Segment("DACH", {"country": ["DE", "AT"]}),)
    ... ).fix
    ()
    """

    name: str
    version: int
    effective_from: dt.date
    segments: tuple[Segment, ...] = ()
    fix: tuple[Segment, ...] = ()
    avoid: tuple[Segment, ...] = ()
    approved_by: str | None = None
    evidence_run: str | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.version < 1:
            raise ValueError(f"version: expected 1 or more, found {self.version}")
        if not self.segments:
            raise ValueError(
                "segments: there are none, so the profile would select nobody; add one"
            )
        names = [segment.name for part in _PARTS for segment in getattr(self, part)]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"segments: the name '{repeated[0]}' is used twice; give each its own")


def read_profile(path: str | Path) -> Profile:
    """Read a profile from its YAML file, strictly.

    Parameters
    ----------
    path : str or Path
        The file, UTF-8.

    Returns
    -------
    Profile
        As written; single values have become lists of one.

    Raises
    ------
    SettingsError
        If the file is missing or no YAML, a key is unknown, missing or given twice, or a condition
        breaks a rule; it names the file and the key.

    Notes
    -----
    Only ``true`` and ``false`` are read as flags: ``NO`` stays Norway.

    Examples
    --------
    >>> read_profile("nowhere.yaml")
    Traceback (most recent call last):
    ...
    icpfit.errors.SettingsError: nowhere.yaml: there is no such file; write the profile there, or
    name another
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SettingsError(
            f"{file}: there is no such file; write the profile there, or name another"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError(f"{file}: can't be read ({why})") from None
    values = strict_yaml(text, str(file))
    try:
        return settings(Profile, values, "")
    except SettingsError as error:
        raise SettingsError(f"{file}: {str(error).lstrip('.: ')}") from None


def write_profile(profile: Profile, path: str | Path) -> None:
    """Write a profile to its YAML file, beside it first and then in one step.

    Parameters
    ----------
    profile : Profile
        The profile.
    path : str or Path
        The file; its folder is made where needed. A reader sees the old file or the new one, never
        a part.

    Raises
    ------
    OutputError
        If the file can't be written; what was there is untouched.

    Examples
    --------
    >>> import tempfile
    >>> profile = Profile("ICP", 1, dt.date(2025, 1, 1), (Segment("DACH", {"country": ["DE"]}),))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_profile(profile, f"{folder}/acme.yaml")
    ...     read_profile(f"{folder}/acme.yaml") == profile
    True
    """
    from icpfit.icp.profile_text import profile_yaml

    file = Path(path)
    text = profile_yaml(profile)
    beside: str | None = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w",
            encoding="utf-8",
            newline="\n",
            dir=file.parent,
            prefix=f".{file.name}.",
            delete=False,
        ) as handle:
            beside = handle.name
            handle.write(text)
        # A temporary file is for its owner only; a profile is for the company.
        Path(beside).chmod(0o644)
        Path(beside).replace(file)
    except OSError as error:
        if beside is not None:
            Path(beside).unlink(missing_ok=True)
        raise OutputError(f"{file}: can't be written ({error.strerror})") from None
