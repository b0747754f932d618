"""Go back to the model that was in use before."""

from __future__ import annotations

import getpass
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from icpfit.job import Job


@dataclass(frozen=True)
class Rollback:
    """What `icpfit rollback` takes; conf/rollback.yaml says what each means."""

    root: str
    data: dict[str, Any]
    by: str | None
    reason: str | None


def run(job: Job) -> None:
    """Put the previous model in use again and write it into the promotion log.

    Parameters
    ----------
    job : Job
        Its settings.
    """
    # Before the libraries are loaded: a mistake in the settings shows at once.
    chosen = job.settings(Rollback)
    from icpfit.company import company_settings
    from icpfit.delivery.console.summary import rollback_summary
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.delivery.registry.store import open_store
    from icpfit.delivery.registry.tracking import rollback
    from icpfit.job import root_folder

    terminal = Terminal()
    root = root_folder(chosen.root)
    company = company_settings(chosen.data)
    terminal.note(f"root: {root}")
    with terminal.step("going back to the previous model"):
        done = rollback(
            open_store(root, company.name), chosen.by or getpass.getuser(), chosen.reason or ""
        )
    terminal.closing(rollback_summary(done), title=f"{company.name}: back to the previous model")


if __name__ == "__main__":
    from icpfit.pipelines.dispatch import main

    raise SystemExit(main(["rollback", *sys.argv[1:]]))
