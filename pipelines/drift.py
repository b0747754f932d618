"""Say how far a list, or the latest accounts, are from those that the model learned from."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - the settings are read by their types
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from icpfit.company import Company
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.delivery.registry.store import Store
    from icpfit.evidence.drift.drift import Drift
    from icpfit.evidence.drift.driver_drift import DriverDrift
    from icpfit.fit.model import Model
    from icpfit.fit.reference import Reference
    from icpfit.job import Job


@dataclass(frozen=True)
class DriftSettings:
    """What `icpfit drift` takes; conf/drift.yaml says what each means."""

    root: str
    data: dict[str, Any]
    prospects: str | None
    since: dt.date | None
    until: dt.date | None
    model: Literal["champion", "challenger"]
    refits: int
    out: str | None
    seed: int

    def __post_init__(self) -> None:
        """Refuse what can't be compared."""
        if self.refits < 4:
            raise ValueError(f"refits: expected 4 or more, found {self.refits}")
        if self.prospects and (self.since or self.until):
            raise ValueError("since and until are for accounts: leave them out beside prospects")


def run(job: Job) -> Drift:
    """Compare, show, and write the page or the table that was asked for.

    Parameters
    ----------
    job : Job
        Its settings.

    Returns
    -------
    Drift
        What was found.
    """
    # Before the libraries are loaded: a mistake in the settings shows at once.
    chosen = job.settings(DriftSettings)
    from icpfit.company import company_settings
    from icpfit.delivery.console.drift_summary import show_drift, show_driver_drift
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.delivery.registry.registered_model import kept_file, loaded_model
    from icpfit.delivery.registry.store import open_store
    from icpfit.delivery.registry.tracking import registered_model
    from icpfit.delivery.report.drift_page import require_drift_file, write_drift
    from icpfit.fit.reference import REFERENCE_FILE, read_reference
    from icpfit.job import root_folder

    terminal = Terminal()
    root = root_folder(chosen.root)
    company = company_settings(chosen.data)
    terminal.note(f"root: {root}")
    if chosen.out:
        require_drift_file(chosen.out)
    store = open_store(root, company.name)
    with terminal.step(f"loading the {chosen.model}"):
        registered = registered_model(store, chosen.model)
        model = loaded_model(registered)
        kept = read_reference(kept_file(registered, REFERENCE_FILE), model.contract)
    if chosen.prospects:
        found, drivers = _of_list(chosen, company, model, kept, terminal), None
    else:
        found = _of_accounts(chosen, company, model, kept, terminal)
        drivers = _of_drivers(chosen, store, terminal)
    show_drift(terminal, found)
    if drivers is not None:
        show_driver_drift(terminal, *drivers)
    if chosen.out:
        write_drift(found, chosen.out, company=company.name, drivers=drivers)
        terminal.say(f"written: {chosen.out}")
    return found


def _of_list(
    chosen: DriftSettings, company: Company, model: Model, kept: Reference, terminal: Terminal
) -> Drift:
    from pathlib import Path

    from icpfit.data.prospect_list import read_prospects
    from icpfit.evidence.drift.drift import list_drift

    named = str(chosen.prospects)
    with terminal.step("reading the list"):
        listed = read_prospects(company.data, named, Path(chosen.root).expanduser().resolve())
    for note in listed.notes:
        terminal.warning(note)
    with terminal.step(f"comparing {len(listed.ids):,} prospects with the accounts learned from"):
        return list_drift(
            model, kept, listed, what=f"the list {Path(named).name}", seed=chosen.seed
        )


def _of_accounts(
    chosen: DriftSettings, company: Company, model: Model, kept: Reference, terminal: Terminal
) -> Drift:
    from icpfit.evidence.drift.latest_accounts import latest_drift
    from icpfit.intake import intake
    from icpfit.job import root_folder

    taken = intake(company, root_folder(chosen.root), terminal)
    with terminal.step("comparing the latest accounts with those learned from"):
        return latest_drift(
            model, kept, taken.accounts, since=chosen.since, until=chosen.until, seed=chosen.seed
        )


def _of_drivers(
    chosen: DriftSettings, store: Store, terminal: Terminal
) -> tuple[DriverDrift, str, str] | None:
    """Compare the champion with the challenger that waits, else with the one before it."""
    from icpfit.delivery.registry.registered_model import loaded_model
    from icpfit.delivery.registry.tracking import is_registered, registered_model
    from icpfit.evidence.drift.driver_drift import driver_drift
    from icpfit.fit.reference import REFERENCE_FILE, read_reference

    if not is_registered(store, "champion"):
        return None
    champion = registered_model(store, "champion")
    if is_registered(store, "challenger"):
        before, now = champion, registered_model(store, "challenger")
    elif is_registered(store, "previous"):
        before, now = registered_model(store, "previous"), champion
    else:
        return None
    if not (before.run_files / REFERENCE_FILE).is_file():
        terminal.note(f"{before.label} kept no accounts, so its drivers can't be compared")
        return None
    with terminal.step("how far luck alone moves the drivers") as told:
        earlier, later = loaded_model(before), loaded_model(now)
        found = driver_drift(
            earlier,
            later,
            read_reference(before.run_files / REFERENCE_FILE, earlier.contract),
            refits=chosen.refits,
            seed=chosen.seed,
            progress=told,
        )
    return found, before.label, now.label


if __name__ == "__main__":
    from icpfit.pipelines.dispatch import main

    raise SystemExit(main(["drift", *sys.argv[1:]]))
