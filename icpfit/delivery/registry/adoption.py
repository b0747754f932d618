"""A proposal becomes the current profile: signed off, the former kept, the step written down."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING

from icpfit.delivery.registry.adoption_log import (
    Adoption,
    adoption_log,
    adoptions,
    record_adoption,
)
from icpfit.delivery.registry.proposal import same_rules
from icpfit.delivery.registry.store import locked
from icpfit.delivery.whole_file import copied, require_writable, whole_file
from icpfit.errors import OutputError, SettingsError, fault_text
from icpfit.icp.profile import read_profile
from icpfit.icp.profile_text import profile_yaml

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from icpfit.delivery.registry.proposal import Proposal
    from icpfit.delivery.registry.store import Store
    from icpfit.icp.profile import Profile

__all__ = ["adopted"]


def adopted(
    store: Store,
    proposal: Proposal,
    *,
    in_use: Path | None,
    file: Path,
    by: str,
    reason: str,
    effective: dt.date | None = None,
    name: str | None = None,
) -> Adoption:
    """Make a proposal the current profile.

    Parameters
    ----------
    store : Store
        The company's; its lock is held for the while, and its log gets a line.
    proposal : Proposal
        What is adopted.
    in_use : Path or None
        The file of the current ICP; None where there is none.
    file : Path
        Where the current profile is to stand; its folder is made where needed. The former is kept
        beside it as ``<company>.v<version>.yaml``, byte for byte.
    by, reason : str
        Who signs it off, and why.
    effective : date, optional
        First day of use, written into the file for people; by default the proposal's own. The
        jobs compare with the profile from now on: a proposal is judged before it is used.
    name : str, optional
        What it is called from now on; by default the proposal's own name.

    Returns
    -------
    Adoption
        The line of the log.

    Raises
    ------
    SettingsError
        If the proposal has the rules of the current ICP, or would take effect before it did.
    OutputError
        If a file or the log can't be written; then the current ICP is what it was.
    ModelError
        If the log is damaged.

    Notes
    -----
    The version is one above both the current ICP and the highest one in the log. The log's line
    goes before the rename that makes the file the current one.
    """
    with locked(store):
        log = adoption_log(store)
        past = adoptions(log)
        former = None if in_use is None else read_profile(in_use)
        day = effective or proposal.profile.effective_from
        if former is not None:
            _check_against(former, proposal.profile, day)
        version = 1 + max([former.version if former else 0, *(line.version for line in past)])
        profile = dataclasses.replace(
            proposal.profile,
            name=name or proposal.profile.name,
            version=version,
            effective_from=day,
            approved_by=by,
            evidence_run=proposal.run_id,
            reason=reason,
        )
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            why = fault_text(error)
            raise OutputError(
                f"{file.parent}: can't be made, {why}; give --config-dir a folder of your own, or"
                " another root="
            ) from None
        require_writable(file)
        kept = None
        if in_use is not None and former is not None:
            kept = _kept(in_use, file, store.company, former.version)
        head = [f"Adopted with icpfit adopt; the step stands in {log.name}."]
        if kept is not None:
            head.append(f"The profile before it is kept beside this file, in {kept.name}.")
        text = profile_yaml(profile, head)
        with whole_file(file) as part:
            part.write_text(text, encoding="utf-8", newline="")
            return record_adoption(
                log,
                Adoption(
                    company=store.company,
                    name=profile.name,
                    version=version,
                    from_name=None if former is None else former.name,
                    from_version=None if former is None else former.version,
                    effective_from=day.isoformat(),
                    by=by,
                    reason=reason,
                    evidence_run=proposal.run_id,
                    evidence=proposal.evidence,
                    proposal=proposal.source,
                    file=str(file),
                    sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
                    kept=None if kept is None else str(kept),
                ),
            )


def _check_against(former: Profile, proposed: Profile, day: dt.date) -> None:
    if same_rules(former, proposed):
        raise SettingsError(
            f"proposal: has the rules of the current ICP ({former.name}, version"
            f" {former.version}) already; nothing was changed"
        )
    if day < former.effective_from:
        raise SettingsError(
            f"effective: {day} is before the current ICP took effect"
            f" ({former.effective_from}); give a later day"
        )


def _kept(in_use: Path, file: Path, company: str, version: int) -> Path:
    """Keep the former profile beside the new one, under a name that nothing else has."""
    content, number = in_use.read_bytes(), 1
    while True:
        again = f".{number}" if number > 1 else ""
        place = file.with_name(f"{company}.v{version}{again}.yaml")
        if not place.exists():
            copied(in_use, place)
            return place
        if place.read_bytes() == content:
            return place
        number += 1
