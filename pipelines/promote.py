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
    icp: str | None
    by: str | None
    reason: str | None
    force: bool

    def __post_init__(self) -> None:
        """Ask for a reason where the verdict is overruled."""
        if self.force and not (self.reason or "").strip():
            raise ValueError('reason: force=true needs one, such as reason="agreed on 3 March"')


def run(job: Job) -> None:
    """Decide on the challenger, move the aliases, write the log.

    Without a model in use the recorded judgement decides. With one, both are scored on the
    challenger's hold-out by their stored files.

    Parameters
    ----------
    job : Job
        Its settings.
    """
    # Before the libraries are loaded: a mistake in the settings shows at once.
    chosen = job.settings(Promote)
    from icpfit.company import company_settings, current_profile
    from icpfit.delivery.console.summary import promote_summary
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.delivery.registry.look_log import holdout_of, look_count, record_look
    from icpfit.delivery.registry.promotion_log import promotions, taken_out_of_use
    from icpfit.delivery.registry.registered_model import loaded_model, recorded_trial
    from icpfit.delivery.registry.store import open_store
    from icpfit.delivery.registry.stored_comparison import (
        changed_exports,
        stored_comparison,
        verdict_files,
        verdict_metrics,
    )
    from icpfit.delivery.registry.tracking import challenger, champion, is_registered, promote
    from icpfit.evidence.promotion import check_promoted, verdict
    from icpfit.evidence.succession.succession import succession
    from icpfit.intake import intake
    from icpfit.job import root_folder

    terminal = Terminal()
    root = root_folder(chosen.root)
    company = company_settings(chosen.data)
    profile = current_profile(company, chosen.icp, job.conf_folders)
    terminal.note(f"root: {root}")
    store = open_store(root, company.name)
    registered = challenger(store)
    loaded_model(registered)  # a damaged model must not go live
    judged, signal = recorded_trial(registered)
    compared = None
    if is_registered(store, "champion"):
        taken = intake(company, root, terminal)
        with terminal.step("comparing it with the model in use"):
            look = record_look(
                store, *holdout_of(registered.tags), job="promote", run_id=registered.run_id
            )
            compared = stored_comparison(taken.accounts, champion(store), registered, profile)
            decided = succession(
                judged,
                signal,
                compared,
                look=look,
                changed_exports=changed_exports(registered, taken.tables.digests),
                rolled_back=taken_out_of_use(promotions(store.promotion_log), registered.version),
            )
    else:
        look = look_count(store, holdout_of(registered.tags)[0])
        decided = verdict(judged, signal, champion_exists=False, look=look)
    with terminal.step("writing the verdict down"):
        promotion = promote(
            store,
            registered.version,
            decided,
            chosen.by or getpass.getuser(),
            chosen.reason or "",
            force=chosen.force,
            kept=verdict_files(decided, compared),
            metrics=verdict_metrics(compared),
        )
    terminal.closing(promote_summary(promotion), title=f"{company.name}: the verdict")
    if promotion.decision == "HOLD":
        check_promoted(decided, registered.label)


if __name__ == "__main__":
    from icpfit.pipelines.dispatch import main

    raise SystemExit(main(["promote", *sys.argv[1:]]))
