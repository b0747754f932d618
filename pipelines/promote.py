"""Put the challenger in use, or say why not."""

from __future__ import annotations

import getpass
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from icpfit.job import Job


@dataclass(frozen=True)
class Promote:
    """What `icpfit promote` takes; conf/promote.yaml says what each means."""

    root: str
    data: dict[str, Any]
    by: str | None
    reason: str | None


def run(job: Job) -> None:
    """Decide on the challenger by its recorded judgement, move the alias, write the log.

    Parameters
    ----------
    job : Job
        Its settings.
    """
    from icpfit.company import company_settings
    from icpfit.delivery.console.summary import promote_summary
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.delivery.registry.registered_model import loaded_model, recorded_trial
    from icpfit.delivery.registry.store import open_store
    from icpfit.delivery.registry.tracking import challenger, has_champion, promote
    from icpfit.evidence.promotion import check_promoted, verdict
    from icpfit.job import root_folder

    chosen = job.settings(Promote)
    terminal = Terminal()
    root = root_folder(chosen.root)
    company = company_settings(chosen.data)
    terminal.note(f"root: {root}")
    with terminal.step("deciding on the challenger"):
        store = open_store(root, company.name)
        registered = challenger(store)
        loaded_model(registered)  # a damaged model must not go live
        judged, signal = recorded_trial(registered)
        decided = verdict(judged, signal, champion_exists=has_champion(store))
        promotion = promote(
            store,
            registered.version,
            decided,
            chosen.by or getpass.getuser(),
            chosen.reason or "",
        )
    terminal.closing(promote_summary(promotion), title=f"{company.name}: the verdict")
    check_promoted(decided, registered.label)


if __name__ == "__main__":
    from icpfit.pipelines.dispatch import main

    raise SystemExit(main(["promote", *sys.argv[1:]]))
