"""Write the report of the model in use as one HTML file; without one, what the data say so far."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from icpfit.job import Job


@dataclass(frozen=True)
class Report:
    """What `icpfit report` takes; conf/report.yaml says what each means."""

    root: str
    data: dict[str, Any]
    out: str
    model: Literal["champion", "challenger"]
    icp: str | None


def run(job: Job) -> Path:
    """Write the report that the model's training kept, or one without a model.

    Parameters
    ----------
    job : Job
        Its settings.

    Returns
    -------
    Path
        The report.
    """
    from icpfit.company import company_settings, current_profile
    from icpfit.data.sources.source_files import company_files
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.delivery.registry.registered_model import kept_file
    from icpfit.delivery.registry.store import open_store
    from icpfit.delivery.registry.tracking import is_registered, registered_model
    from icpfit.delivery.report.page import write_report
    from icpfit.delivery.report.trial_report import trial_report
    from icpfit.delivery.whole_file import copied, require_writable
    from icpfit.intake import intake
    from icpfit.job import root_folder

    chosen = job.settings(Report)
    terminal = Terminal()
    root = root_folder(chosen.root)
    company = company_settings(chosen.data)
    terminal.note(f"root: {root}")
    out = Path(chosen.out).expanduser()
    require_writable(out, endings=(".html", ".htm"), kept=company_files(company.data, root))
    store = open_store(root, company.name)
    if is_registered(store, chosen.model):
        with terminal.step(f"fetching the report of the {chosen.model}"):
            copied(kept_file(registered_model(store, chosen.model), "report.html"), out)
    else:
        refusal = f"There is no {chosen.model} yet: this is what the data say without a model."
        taken = intake(company, root, terminal)
        with terminal.step("drawing a report without a model"):
            facts = trial_report(
                taken.accounts,
                company=company.name,
                objective="margin",
                generated_on=dt.datetime.now(tz=dt.UTC).date(),
                profile=current_profile(company, chosen.icp, job.conf_folders),
                refusal=refusal,
            )
            write_report(facts, out)
    terminal.closing([("report", str(out))])
    return out


if __name__ == "__main__":
    from icpfit.pipelines.dispatch import main

    raise SystemExit(main(["report", *sys.argv[1:]]))
