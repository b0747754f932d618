"""Make a proposed ICP the current one: signed off, the former kept, the step written down."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - settings() reads the annotations when it runs
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from icpfit.delivery.registry.adoption_log import Adoption
    from icpfit.job import Job


@dataclass(frozen=True)
class Adopt:
    """What `icpfit adopt` takes; conf/adopt.yaml says what each means."""

    root: str
    data: dict[str, Any]
    proposal: str | None
    by: str | None
    reason: str | None
    effective: dt.date | None
    name: str | None

    def __post_init__(self) -> None:
        """Ask who signs it off, and why."""
        if not (self.by or "").strip():
            raise ValueError('by: who signs it off? Such as by="Zoë, Head of Sales"')
        if not (self.reason or "").strip():
            raise ValueError('reason: why? Such as reason="agreed in the board, 3 March"')


def run(job: Job) -> Adoption:
    """Adopt the proposal.

    It is written to icp/<company>.yaml in the company's own conf folder (--config-dir), without one
    to data/icp/<company>.yaml under the root, where every job finds it before icpfit's own.

    Parameters
    ----------
    job : Job
        Its settings.

    Returns
    -------
    Adoption
        The line of the log.
    """
    # Before the libraries are loaded: a mistake in the settings shows at once.
    chosen = job.settings(Adopt)
    from icpfit.company import company_settings, icp_file
    from icpfit.delivery.console.adoption_summary import adoption_summary, adoption_warnings
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.delivery.registry.adoption import adopted
    from icpfit.delivery.registry.proposal import given_proposal, latest_proposal
    from icpfit.delivery.registry.store import open_store
    from icpfit.icp.declared import check_declared
    from icpfit.job import root_folder

    terminal = Terminal()
    root = root_folder(chosen.root)
    company = company_settings(chosen.data)
    terminal.note(f"root: {root}")
    store = open_store(root, company.name)
    if chosen.proposal:
        proposal = given_proposal(store, chosen.proposal)
    else:
        with terminal.step("fetching what the latest training proposed"):
            proposal = latest_proposal(store)
    check_declared(proposal.profile, company.data.attributes)
    done = adopted(
        store,
        proposal,
        in_use=icp_file(None, company.name, job.conf_folders),
        file=job.conf_folders[0] / "icp" / f"{company.name}.yaml",
        by=(chosen.by or "").strip(),
        reason=(chosen.reason or "").strip(),
        effective=chosen.effective,
        name=chosen.name,
    )
    for warning in adoption_warnings(done):
        terminal.warning(warning)
    terminal.closing(adoption_summary(done), title=f"{company.name}: the current ICP")
    return done


if __name__ == "__main__":
    from icpfit.pipelines.dispatch import main

    raise SystemExit(main(["adopt", *sys.argv[1:]]))
