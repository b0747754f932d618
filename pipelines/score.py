"""Grade a prospect list, with reasons; every row and column of the list is kept."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from icpfit.job import Job


@dataclass(frozen=True)
class Score:
    """What `icpfit score` takes; conf/score.yaml says what each means."""

    root: str
    data: dict[str, Any]
    prospects: str
    out: str | None
    model: Literal["champion", "challenger"]
    icp: str | None
    threads: int
    capacity: int | None
    capacity_by: str | None
    explore: float
    sort: Literal["call_order"] | None
    before: str | None
    crm: Literal["salesforce", "hubspot", "dynamics"] | None
    log: bool

    def __post_init__(self) -> None:
        """Refuse what no model can score with."""
        if self.threads < 1:
            raise ValueError(f"threads: expected 1 or more, found {self.threads}")


def run(job: Job) -> Path:
    """Score the list with the model in use and write it back with the added columns.

    Parameters
    ----------
    job : Job
        Its settings.

    Returns
    -------
    Path
        The scored list.
    """
    from icpfit.company import company_settings, current_profile
    from icpfit.data.known_companies import known_companies
    from icpfit.data.prospect_list import read_prospects
    from icpfit.data.sources.source_files import company_files
    from icpfit.delivery.console.summary import score_summary
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.delivery.lists.about import about_list, neutral_note, sales_rows
    from icpfit.delivery.lists.batched_frame import batched_frame
    from icpfit.delivery.lists.changes import changes, earlier_list
    from icpfit.delivery.lists.crm_files import (
        crm_fields,
        crm_rows,
        files_beside,
        write_crm_files,
    )
    from icpfit.delivery.lists.excel_file import require_excel_size
    from icpfit.delivery.lists.list_columns import DECIMALS, clash_warning, written_names
    from icpfit.delivery.lists.list_file import LIST_ENDINGS, scored_path, write_list
    from icpfit.delivery.lists.list_notes import unserved_notes
    from icpfit.delivery.lists.relation import list_identity
    from icpfit.delivery.lists.sales_list import call_plan, owner_texts, sales_list
    from icpfit.delivery.lists.scored_batch import scorer
    from icpfit.delivery.lists.scored_list import list_warnings
    from icpfit.delivery.registry.proposal import recorded_proposal
    from icpfit.delivery.registry.registered_model import loaded_model
    from icpfit.delivery.registry.scoring_log import scoring_recorded
    from icpfit.delivery.registry.store import open_store
    from icpfit.delivery.registry.tracking import registered_model
    from icpfit.delivery.whole_file import require_writable
    from icpfit.errors import SourceError
    from icpfit.fit.engines import engine_words
    from icpfit.fit.model import with_threads
    from icpfit.job import root_folder

    chosen = job.settings(Score)
    terminal = Terminal()
    root = root_folder(chosen.root)
    company = company_settings(chosen.data)
    profile = current_profile(company, chosen.icp, job.conf_folders)
    plan = call_plan(chosen.capacity, chosen.capacity_by, chosen.explore, chosen.sort)
    terminal.note(f"root: {root}")
    out = scored_path(chosen.out, chosen.prospects, company.name)
    # before the work of scoring
    exports = company_files(company.data, root)
    require_writable(out, endings=LIST_ENDINGS, kept=exports)
    for beside in files_beside(out, chosen.crm):
        require_writable(beside, kept=exports)
    with terminal.step("reading the list"):
        listed = read_prospects(company.data, chosen.prospects, root)
        owner_texts(listed, plan.by)  # a slip shows before the work
        require_excel_size(listed, len(DECIMALS), out)
        before = earlier_list(company.data, chosen.before, root) if chosen.before else None
        fields = chosen.crm and crm_fields(company.data.prospects, chosen.crm, listed)
    with terminal.step("reading whom the company knows already"):
        try:
            known, unknown = known_companies(company.data, root), ""
        except SourceError as error:
            known, unknown = None, str(error)
    with terminal.step(f"loading the {chosen.model}"):
        store = open_store(root, company.name)
        registered = registered_model(store, chosen.model)
        proposed = recorded_proposal(registered)
        model = with_threads(loaded_model(registered), chosen.threads)
    warnings = [*listed.notes, *list_warnings(model, listed), *unserved_notes(model, listed)]
    if unknown:
        warnings.append(f"who in the list is a customer already could not be told: {unknown}")
    for warning in warnings:
        terminal.warning(warning)
    with terminal.step(f"scoring {len(listed.ids):,} prospects") as told:
        scored = batched_frame(
            scorer(model, current_icp=profile, proposed_icp=proposed, label=registered.label),
            listed,
            progress=lambda done, n: told(f"{done:,} of {n:,}"),
        )
        changed = None
        if before is not None:
            names = model.contract.names
            changed = changes(listed, scored, before, names, chosen.before or "before")
        made = sales_list(
            listed,
            scored,
            identity=list_identity(listed, company.data),
            known=known,
            ignore_case=company.data.keys.ignore_case,
            plan=plan,
            objective=model.objective,
            changed=changed,
        )
    about = about_list(
        made,
        model,
        source=chosen.prospects,
        label=registered.label,
        scored_on=dt.datetime.now(dt.UTC).date(),
        names=written_names(listed, made.added.columns),
        warnings=warnings,
        plan=plan,
    )
    with contextlib.ExitStack() as logged:
        if chosen.log:
            # set down behind the list: what was never handed out is not on record
            logged.enter_context(
                scoring_recorded(store, made.listed.ids, made.added, source=chosen.prospects)
            )
        neutral = write_list(out, made.listed, made.added, listed.decimal, about)
    rows = [
        *score_summary(made.added, out, registered.label, engine_words(model)),
        *sales_rows(made),
    ]
    if chosen.crm and fields:
        rows += crm_rows(write_crm_files(out, made, chosen.crm, fields))
    notes = [*clash_warning(listed, made.added.columns), *made.notes, *neutral_note(neutral)]
    for note in notes:
        terminal.warning(note)
    terminal.closing(rows)
    return out


if __name__ == "__main__":
    from icpfit.pipelines.dispatch import main

    raise SystemExit(main(["score", *sys.argv[1:]]))
