"""Write the report of the model in use as one HTML file; without one, what there is so far."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from icpfit.company import Company
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.job import Job


@dataclass(frozen=True)
class Report:
    """What `icpfit report` takes; conf/report.yaml says what each means."""

    root: str
    data: dict[str, Any]
    out: str
    model: Literal["champion", "challenger"]
    names: Literal["show", "hide"]
    pdf: bool
    icp: str | None


def run(job: Job) -> Path:
    """Write the report that the model's training kept.

    Without a model it is what the latest training kept that registered nothing; without any
    training, what the data say.

    Parameters
    ----------
    job : Job
        Its settings.

    Returns
    -------
    Path
        The report.
    """
    # Before the libraries are loaded: a mistake in the settings shows at once.
    chosen = job.settings(Report)
    from icpfit.company import company_settings, current_profile
    from icpfit.data.sources.source_files import company_files
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.delivery.registry.in_use import model_standing
    from icpfit.delivery.registry.look_log import holdout_of, record_look
    from icpfit.delivery.registry.promotion_log import promotions
    from icpfit.delivery.registry.proposal_record import judged_profile
    from icpfit.delivery.registry.registered_model import kept_file
    from icpfit.delivery.registry.store import open_store
    from icpfit.delivery.registry.tracking import is_registered, registered_model
    from icpfit.delivery.registry.unregistered import UNREGISTERED, unregistered_page
    from icpfit.delivery.report.chapters.succession import succession_chapter, verdict_on
    from icpfit.delivery.report.kept_page import with_chapter
    from icpfit.delivery.report.page import KEPT_PAGES, write_page
    from icpfit.delivery.report.standing import adopted_since, stamped
    from icpfit.delivery.whole_file import require_writable
    from icpfit.evidence.succession.looks import look_sentence
    from icpfit.job import root_folder

    terminal = Terminal()
    root = root_folder(chosen.root)
    company = company_settings(chosen.data)
    terminal.note(f"root: {root}")
    out = Path(chosen.out).expanduser()
    exports = company_files(company.data, root)
    require_writable(out, endings=(".html", ".htm"), kept=exports)
    if chosen.pdf:
        require_writable(out.with_suffix(".pdf"), kept=exports)
    store = open_store(root, company.name)
    profile = current_profile(company, chosen.icp, job.conf_folders)
    in_use = None if profile is None else (profile.name, profile.version)
    unregistered = unregistered_page(store, KEPT_PAGES[chosen.names])
    closing: list[tuple[str, str]] = []
    if is_registered(store, chosen.model):
        with terminal.step(f"fetching the report of the {chosen.model}"):
            model = registered_model(store, chosen.model)
            page = kept_file(model, KEPT_PAGES[chosen.names]).read_text(encoding="utf-8")
            said = model_standing(store, model)
            look = record_look(store, *holdout_of(model.tags), job="report", run_id=model.run_id)
            looked = look_sentence(look) if look else ""
            decided = verdict_on(promotions(store.promotion_log), model.version)
            verdict = succession_chapter(decided, with_names=chosen.names == "show")
            since = adopted_since(judged_profile(model.run_files), in_use)
            write_page(with_chapter(stamped(page, said, looked, since), verdict), out)
            told = [("model", said), ("hold-out", looked), ("profile", since)]
            closing = [(what, text) for what, text in told if text]
    elif unregistered is not None:
        since = adopted_since(judged_profile(unregistered.parent), in_use)
        page = unregistered.read_text(encoding="utf-8")
        write_page(stamped(page, UNREGISTERED, since=since), out)
        closing = [("model", UNREGISTERED), *([("profile", since)] if since else [])]
    else:
        _without_model(chosen, company, root, job, terminal)
    written = [("report", str(out)), *_printed(chosen, out, terminal)]
    terminal.closing([*written, *closing])
    return out


def _without_model(
    chosen: Report, company: Company, root: Path, job: Job, terminal: Terminal
) -> None:
    """Say what the data say so far."""
    from icpfit.company import current_profile
    from icpfit.delivery.report.hidden_names import account_names_hidden
    from icpfit.delivery.report.page import write_report
    from icpfit.delivery.report.trial_report import trial_report
    from icpfit.intake import intake

    taken = intake(company, root, terminal)
    with terminal.step("drawing a report without a model"):
        facts = trial_report(
            taken.accounts,
            company=company.name,
            objective="margin",
            generated_on=dt.datetime.now(tz=dt.UTC).date(),
            profile=current_profile(company, chosen.icp, job.conf_folders),
            refusal=f"There is no {chosen.model} yet: this is what the data say without a model.",
        )
        if chosen.names == "hide":
            facts = account_names_hidden(facts, taken.accounts)
        write_report(facts, Path(chosen.out).expanduser())


def _printed(chosen: Report, out: Path, terminal: Terminal) -> list[tuple[str, str]]:
    """Print the page where that is asked for and can be done."""
    from icpfit.delivery.report.pdf import NO_CHROMIUM, chromium, write_pdf

    if not chosen.pdf:
        return []
    program = chromium()
    if program is None:
        terminal.note(NO_CHROMIUM)
        return []
    pdf = out.with_suffix(".pdf")
    with terminal.step("printing it to A4"):
        write_pdf(out, pdf, program)
    return [("pdf", str(pdf))]


if __name__ == "__main__":
    from icpfit.pipelines.dispatch import main

    raise SystemExit(main(["report", *sys.argv[1:]]))
