"""Check a company's exports: read, join, label; print the ledger and what can be learned from."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from icpfit.job import Job


@dataclass(frozen=True)
class Check:
    """What `icpfit check` takes; conf/check.yaml says what each means."""

    root: str
    data: dict[str, Any]
    icp: str | None


def run(job: Job) -> None:
    """Read and join the exports, and say what they hold; nothing is trained.

    Parameters
    ----------
    job : Job
        Its settings.
    """
    from icpfit.company import company_settings, current_profile
    from icpfit.delivery.console.label_summary import show_horizon
    from icpfit.delivery.console.summary import check_summary
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.economics.horizon import choose_horizon
    from icpfit.intake import intake
    from icpfit.job import root_folder

    chosen = job.settings(Check)
    terminal = Terminal()
    root = root_folder(chosen.root)
    company = company_settings(chosen.data)
    profile = current_profile(company, chosen.icp, job.conf_folders)
    terminal.note(f"root: {root}")
    taken = intake(company, root, terminal)
    show_horizon(choose_horizon(taken.accounts), terminal)
    terminal.closing(check_summary(taken.accounts, profile), title=f"{company.name}: what there is")


if __name__ == "__main__":
    from icpfit.pipelines.dispatch import main

    raise SystemExit(main(["check", *sys.argv[1:]]))
