"""One company's settings: where its data lie, and the economics that make its outcome."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from icpfit.data.table_spec import DataSpec, data_spec
from icpfit.economics.spec import EconomicsSpec
from icpfit.errors import SettingsError
from icpfit.icp.profile import read_profile
from icpfit.settings import settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from icpfit.icp.profile import Profile

__all__ = ["Company", "company_settings", "current_profile", "icp_file"]


@dataclass(frozen=True)
class Company:
    """What ``conf/data/<company>.yaml`` says.

    Attributes
    ----------
    name : str
        Names the company's experiment, model and champion; lower-case letters, digits, - and _.
    data : DataSpec
        Exports, columns, clock.
    economics : EconomicsSpec
        Rate card, label, discount rate.
    """

    name: str
    data: DataSpec
    economics: EconomicsSpec


def company_settings(values: Mapping[str, Any]) -> Company:
    """Read one company's settings strictly.

    Parameters
    ----------
    values : Mapping
        What stands under ``data`` in the composed settings.

    Returns
    -------
    Company
        The settings of the rooms that need them.

    Raises
    ------
    SettingsError
        For an unknown, missing or wrong key, with its full path.
    """
    rest = dict(values)
    name = str(rest.pop("company", "") or "")
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", name):
        raise SettingsError(
            f"data.company: expected a short name of lower-case letters, digits, - or _, "
            f"found {name!r}; it names the company's model"
        )
    economics = settings(EconomicsSpec, rest.pop("economics", None) or {}, "data.economics")
    return Company(name=name, data=data_spec(rest, "data"), economics=economics)


def icp_file(icp: str | None, company: str, folders: Sequence[Path]) -> Path | None:
    """Find the file that holds a company's current profile.

    Parameters
    ----------
    icp : str or None
        The path given by ``icp=``; without it ``icp/<company>.yaml`` is looked for.
    company : str
        The company's name.
    folders : sequence of Path
        The conf folders, searched in this order: the company's own (``--config-dir``), then data/
        under the root, where ``icpfit adopt`` writes without one, then icpfit's own.

    Returns
    -------
    Path or None
        The file, or None when nobody wrote the profile down.

    Raises
    ------
    SettingsError
        If a path is given and there is no such file.
    """
    if icp:
        given = Path(icp).expanduser()
        if given.is_file():
            return given
        raise SettingsError(f"icp: there is no file '{icp}'; give the path of a profile's YAML")
    for folder in folders:
        candidate = folder / "icp" / f"{company}.yaml"
        if candidate.is_file():
            return candidate
    return None


def current_profile(
    company: Company, icp: str | None, conf_folders: Sequence[Path]
) -> Profile | None:
    """Read the profile that the company uses today.

    Parameters
    ----------
    company : Company
        Whose profile.
    icp : str or None
        The path given by ``icp=``; without it ``icp/<company>.yaml`` in the conf folders.
    conf_folders : sequence of Path
        Searched in this order.

    Returns
    -------
    Profile or None
        None when nobody wrote it down.

    Raises
    ------
    SettingsError
        When the file is missing or not a profile.
    """
    path = icp_file(icp, company.name, conf_folders)
    return None if path is None else read_profile(path)
