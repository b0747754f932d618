"""The proposed ICP: what a training keeps of it, and where `icpfit adopt` finds it again."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from icpfit.delivery.whole_file import whole_file
from icpfit.errors import ModelError, SettingsError
from icpfit.icp.profile import read_profile
from icpfit.icp.profile_text import profile_list_view, profile_sql, profile_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from icpfit.data.contract import Attribute
    from icpfit.delivery.registry.registered_model import Alias, RegisteredModel
    from icpfit.delivery.registry.store import Store
    from icpfit.icp.profile import Profile, Segment

__all__ = [
    "PROPOSAL_FILE",
    "REDEFINITION_FILE",
    "Proposal",
    "given_proposal",
    "latest_proposal",
    "proposal_texts",
    "recorded_proposal",
    "same_rules",
    "write_proposal",
]

PROPOSAL_FILE = "proposal.yaml"
REDEFINITION_FILE = "redefinition.json"
# What of it goes into the log, where each adoption is one line.
_SPEAKS = ("decision", "why", "sentence", "worth", "currency", "horizon", "n", "basis")


@dataclass(frozen=True)
class Proposal:
    """A profile that somebody may adopt.

    Parameters
    ----------
    profile : Profile
        Its rules; a sign-off in it is that of another time.
    source : str
        Where it was taken from, for the log.
    run_id : str or None
        The training that proposed it; None where none of this company's did.
    evidence : Mapping
        What that training said of it; plain JSON values.
    """

    profile: Profile
    source: str
    run_id: str | None
    evidence: Mapping[str, Any] = field(default_factory=dict)


def proposal_texts(
    profile: Profile,
    *,
    head: Sequence[str] = (),
    comments: Mapping[str, Sequence[str]] | None = None,
    attributes: Mapping[str, Attribute] | None = None,
) -> dict[str, str]:
    """Return a proposal in the three forms in which people use it.

    Parameters
    ----------
    profile : Profile
        The proposal.
    head : sequence of str
        Comments at the top of the YAML, such as what it rests on.
    comments : Mapping of str to sequence of str, optional
        Name of a group to the figures that speak for it, one line each.
    attributes : Mapping, optional
        The declared attributes, for their units.

    Returns
    -------
    dict of str to str
        File name to text: ``proposal.yaml`` in the form of the conf folder, ``proposal.sql`` for a
        database, ``proposal.txt`` in words for a CRM's list view.

    Examples
    --------
    >>> import datetime as dt
    >>> from icpfit.icp.profile import Profile, Segment
    >>> profile = Profile("ICP", 1, dt.date(2027, 1, 1), (Segment("DACH", {"country": ["DE"]}),))
    >>> sorted(proposal_texts(profile))
    ['proposal.sql', 'proposal.txt', 'proposal.yaml']
    """
    return {
        PROPOSAL_FILE: profile_yaml(profile, head, comments),
        "proposal.sql": profile_sql(profile),
        "proposal.txt": profile_list_view(profile, attributes),
    }


def write_proposal(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write a proposal's files into a folder, each whole or not at all.

    Parameters
    ----------
    folder : Path
        Must exist.
    texts : Mapping of str to str
        From `proposal_texts`.

    Returns
    -------
    list of Path
        The files, in the order given.

    Raises
    ------
    OutputError
        If a file can't be written; it names the file.
    """
    written = []
    for name, text in texts.items():
        with whole_file(folder / name) as part:
            part.write_text(text, encoding="utf-8", newline="")
        written.append(folder / name)
    return written


def recorded_proposal(registered: RegisteredModel) -> Profile | None:
    """Return the profile that a model's training proposed.

    Parameters
    ----------
    registered : RegisteredModel
        From the registry.

    Returns
    -------
    Profile or None
        None where it proposed none, or was trained before proposals were kept.

    Raises
    ------
    SettingsError
        If the file is damaged.
    """
    path = registered.run_files / PROPOSAL_FILE
    return read_profile(path) if path.is_file() else None


def latest_proposal(store: Store) -> Proposal:
    """Return what the latest registered training proposed.

    Parameters
    ----------
    store : Store
        The company's.

    Returns
    -------
    Proposal
        Of the challenger or the champion, whichever has the higher version.

    Raises
    ------
    ModelError
        If there is no model, or its training proposed nothing.
    """
    from icpfit.delivery.registry.tracking import is_registered, registered_model

    company = store.company
    named: tuple[Alias, ...] = ("challenger", "champion")
    aliases = [alias for alias in named if is_registered(store, alias)]
    if not aliases:
        raise ModelError(
            f"proposal: no model of '{company}' under {store.folder}, so nothing was proposed; run"
            f" icpfit train data={company} first, or give proposal= a profile's YAML"
        )
    known = [registered_model(store, alias) for alias in aliases]
    newest = max(known, key=lambda registered: registered.version)
    profile = recorded_proposal(newest)
    if profile is None:
        raise ModelError(
            f"proposal: the training of {newest.label} proposed no profile, so the current one"
            " stays; give proposal= a profile's YAML to adopt rules of your own"
        )
    source = f"{newest.label}, {PROPOSAL_FILE}"
    return Proposal(profile, source, newest.run_id, _evidence(newest.run_files))


def given_proposal(store: Store, path: str) -> Proposal:
    """Return the profile in a file, with the training that proposed the same rules, if one did.

    Parameters
    ----------
    store : Store
        The company's.
    path : str
        A profile's YAML.

    Returns
    -------
    Proposal
        Without a run where no training of this company proposed these rules: they were written or
        changed by hand, and what was measured of others doesn't speak for them.

    Raises
    ------
    SettingsError
        If the file is missing or no profile.
    """
    profile = read_profile(Path(path).expanduser())
    kept = sorted(
        store.artifacts.glob(f"*/artifacts/{PROPOSAL_FILE}"),
        key=lambda file: (file.stat().st_mtime_ns, file.as_posix()),
        reverse=True,
    )
    for file in kept:
        # A kept file that is damaged speaks for nothing, and must not stop another's adoption.
        with contextlib.suppress(SettingsError):
            if same_rules(read_profile(file), profile):
                return Proposal(profile, path, file.parent.parent.name, _evidence(file.parent))
    return Proposal(profile, path, None)


def same_rules(one: Profile, other: Profile) -> bool:
    """Say whether two profiles have the same groups, whatever their version and sign-off.

    Parameters
    ----------
    one, other : Profile
        The profiles.

    Returns
    -------
    bool
        True where names, priorities and conditions of all groups agree, in the profile's order,
        which decides on the segment of an account that meets several. The order of the values in a
        list doesn't matter.

    Examples
    --------
    >>> import datetime as dt
    >>> from icpfit.icp.profile import Profile, Segment
    >>> def profile(version, countries):
    ...     group = Segment("DACH", {"country": countries})
    ...     return Profile("ICP", version, dt.date(2027, 1, 1), (group,))
    >>> same_rules(profile(1, ["DE", "AT"]), profile(2, ["AT", "DE"]))
    True
    >>> same_rules(profile(1, ["DE"]), profile(1, ["AT"]))
    False
    """

    def rules(profile: Profile) -> list[Any]:
        return [
            [_rule(group) for group in part]
            for part in (profile.segments, profile.fix, profile.avoid)
        ]

    return rules(one) == rules(other)


def _rule(group: Segment) -> tuple[Any, ...]:
    # Text first, so that no mixture of kinds has to be ordered.
    where = {
        name: sorted(form, key=repr) if isinstance(form, list) else form
        for name, form in group.where.items()
    }
    return (group.name, group.priority, where)


def _evidence(folder: Path) -> dict[str, Any]:
    path = folder / REDEFINITION_FILE
    if not path.is_file():
        return {}
    try:
        values = json.loads(path.read_bytes())
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise ModelError(f"{path}: what speaks for the proposal is damaged; train again")
    return {key: values[key] for key in _SPEAKS if key in values}
