"""The files that set a company up: its settings, and the draft of its profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from icpfit.data.exports.company_text import added_text, company_text
from icpfit.delivery.whole_file import whole_file
from icpfit.errors import OutputError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from icpfit.data.exports.draft import Draft

__all__ = ["SetupFiles", "exports_folder", "own_conf_folder", "write_setup"]


@dataclass(frozen=True)
class SetupFiles:
    """What was written.

    Parameters
    ----------
    data, profile : Path
        Settings, and the draft of a profile.
    is_new : bool
        Whether there were no settings before.
    added : list of str
        What was added to those that there were.
    """

    data: Path
    profile: Path
    is_new: bool
    added: list[str]


def exports_folder(root: Path, data_folder: str) -> Path:
    """Find the folder of the exports.

    Parameters
    ----------
    root : Path
        What it is relative to.
    data_folder : str
        As it was given.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    SettingsError
        When there is none.

    Examples
    --------
    >>> from pathlib import Path
    >>> exports_folder(Path("/"), "no/such/folder")
    Traceback (most recent call last):
    ...
    icpfit.errors.SettingsError: data_folder: there is no folder 'no/such/folder' in '/'; name the
    one with your exports
    """
    folder = root / data_folder
    if not folder.is_dir():
        raise SettingsError(
            f"data_folder: there is no folder '{data_folder}' in '{root}'; name the one with your"
            " exports"
        )
    return folder


def own_conf_folder(conf_folders: Sequence[Path], root: Path) -> Path:
    """Find where a company's settings are kept.

    Parameters
    ----------
    conf_folders : sequence of Path
        Where settings are looked for, the company's own folder first.
    root : Path
        The folder in which data/ and mlruns/ lie.

    Returns
    -------
    Path
        The folder given by ``--config-dir``, without one ``conf`` under the root.
    """
    first = conf_folders[0]
    return root / "conf" if first == root / "data" else first


def write_setup(
    draft: Draft, conf: Path, checked: Callable[[Mapping[str, Any]], object], ours: Path
) -> SetupFiles:
    """Write a company's settings and the draft of its profile, or add to the settings.

    Parameters
    ----------
    draft : Draft
        The settings, answered.
    conf : Path
        The conf folder.
    checked : callable
        Reads settings strictly; nothing is written that it refuses.
    ours : Path
        icpfit's own conf folder, whose companies keep their names.

    Returns
    -------
    SetupFiles
        What was written. What a person wrote is left as it is; before anything is added to a file
        it is copied to ``<company>.yaml.bak``.

    Raises
    ------
    SettingsError
        When a former file can't be added to.
    OutputError
        When a file can't be written.
    """
    import yaml

    company = str(draft.values["company"])
    file = conf / "data" / f"{company}.yaml"
    profile = conf / "icp" / f"{company}.draft.yaml"
    if (ours / "data" / file.name).is_file() and not file.is_file():
        raise SettingsError(
            f"company: one named '{company}' comes with icpfit; choose another name"
        )
    is_new = not file.is_file()
    added: list[str] = []
    if is_new:
        text = company_text(draft)
    else:
        former = file.read_text(encoding="utf-8-sig")
        text, added = added_text(former, draft, str(file))
    checked(yaml.safe_load(text))
    try:
        for folder in (file.parent, profile.parent):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{conf}: can't be written ({error.strerror})") from None
    if added:
        _write(file.with_name(f"{file.name}.bak"), former)
    if is_new or added:
        _write(file, text)
    if not profile.exists() and not (conf / "icp" / f"{company}.yaml").exists():
        _write(profile, _profile_draft(draft))
    return SetupFiles(file, profile, is_new, added)


def _write(path: Path, text: str) -> None:
    with whole_file(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def _profile_draft(draft: Draft) -> str:
    """Write a profile in comments: a guess would be compared with the model as if it were one."""
    import yaml

    company = draft.values["company"]
    where: list[str] = []
    for name, one in draft.values["attributes"].items():
        if one["known"] == "before_sale" and len(where) < 2:
            example = {"from": 50, "below": 1000} if one["kind"] == "number" else ["…", "…"]
            shown = yaml.safe_dump(example, default_flow_style=True, allow_unicode=True).strip()
            where.append(f"#       {name}: {shown}")
    lines = [
        "# Whom do you call ideal customers today? Without an answer icpfit compares with nobody's",
        f"# profile. Fill this in, take the # away, and save it as {company}.yaml.",
        "#",
        f"# name: ICP of {company}",
        "# version: 1",
        f"# effective_from: {draft.values['as_of']}",
        "# segments:",
        "#   - name: ideal customers",
        "#     priority: first",
        "#     where:                # all conditions must hold; null in a list means: missing",
        *where,
    ]
    return "\n".join([*lines, ""])
