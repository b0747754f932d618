"""Grade a prospect list, with reasons; every row and column of the list is kept."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from icpfit.delivery.cluster.engine import Engine  # noqa: TC001 - settings() looks the types up

if TYPE_CHECKING:
    from icpfit.job import Job


@dataclass(frozen=True)
class Score:
    """What `icpfit score` takes; conf/score.yaml says what each means."""

    root: str
    data: dict[str, Any]
    prospects: str
    out: str | None
    out_table: str | None
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
    engine: Engine

    def __post_init__(self) -> None:
        """Refuse what no model can score with."""
        if self.threads < 1:
            raise ValueError(f"threads: expected 1 or more, found {self.threads}")
        if self.out_table is not None and self.engine.name == "spark":
            raise ValueError("out_table: is for engine=local; load the Parquet files of out=")


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
    # Before the libraries are loaded: a mistake in the settings shows at once.
    chosen = job.settings(Score)
    from icpfit.company import company_settings, current_profile
    from icpfit.data.prospect_source import prospect_source
    from icpfit.data.sources.source_files import company_files
    from icpfit.delivery.console.summary import score_summary
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.delivery.lists.about import about_list, neutral_note, sales_rows
    from icpfit.delivery.lists.call_plan import call_plan, require_owners
    from icpfit.delivery.lists.changes import earlier_list
    from icpfit.delivery.lists.crm_files import crm_fields, crm_rows, files_beside
    from icpfit.delivery.lists.database_table import table_target
    from icpfit.delivery.lists.excel_file import require_excel_rows, require_excel_size
    from icpfit.delivery.lists.list_columns import clash_warning, written_names
    from icpfit.delivery.lists.list_file import LIST_ENDINGS, require_text, scored_path
    from icpfit.delivery.lists.list_keys import key_notes, list_keys
    from icpfit.delivery.lists.list_stream import ListScoring, added_columns
    from icpfit.delivery.lists.relation import known_index
    from icpfit.delivery.lists.scored_batch import scorer
    from icpfit.delivery.lists.scored_files import write_scored
    from icpfit.delivery.lists.scored_list import absence_warnings
    from icpfit.delivery.registry.proposal import recorded_proposal
    from icpfit.delivery.registry.registered_model import loaded_model
    from icpfit.delivery.registry.scoring_log import scoring_recorded
    from icpfit.delivery.registry.store import open_store
    from icpfit.delivery.registry.tracking import registered_model
    from icpfit.delivery.whole_file import require_writable
    from icpfit.fit.engines import engine_words
    from icpfit.fit.forests import lightgbm_without_wrappers
    from icpfit.fit.model import with_threads
    from icpfit.job import root_folder
    from icpfit.pipelines.score_on_cluster import scored_on_cluster

    if chosen.engine.name == "spark":
        scored: Path = scored_on_cluster(job, chosen)
        return scored
    lightgbm_without_wrappers()
    terminal = Terminal()
    root = root_folder(chosen.root)
    company = company_settings(chosen.data)
    profile = current_profile(company, chosen.icp, job.conf_folders)
    plan = call_plan(chosen.capacity, chosen.capacity_by, chosen.explore, chosen.sort)
    terminal.note(f"root: {root}")
    out = scored_path(chosen.out, chosen.prospects, company.name)
    # before the work of scoring
    exports = company_files(company.data, root)
    # nor over the list itself, wherever it was found
    exports |= {Path(chosen.prospects).resolve(), (root / chosen.prospects).resolve()}
    require_writable(out, endings=LIST_ENDINGS, kept=exports)
    for beside in files_beside(out, chosen.crm):
        require_writable(beside, kept=exports)
    target = table_target(company.data.prospects, chosen.prospects, chosen.out_table, out)
    source = prospect_source(company.data, chosen.prospects, root)
    added = added_columns(plan, has_before=chosen.before is not None)
    require_owners(source.names, plan.by)
    require_excel_size(source, len(added), out)
    require_text(source, out)
    fields = crm_fields(company.data.prospects, chosen.crm, source) if chosen.crm else None
    with terminal.step(f"loading the {chosen.model}"):
        store = open_store(root, company.name)
        registered = registered_model(store, chosen.model)
        proposed = recorded_proposal(registered)
        model = with_threads(loaded_model(registered), chosen.threads)
        asked = scorer(model, current_icp=profile, proposed_icp=proposed, label=registered.label)
    with terminal.step("reading whom the company knows already"):
        known, unknown = known_index(company.data, root)
    with contextlib.ExitStack() as kept:
        with terminal.step("reading the list") as told:
            before = None
            if chosen.before:
                before = earlier_list(company.data, chosen.before, root, model.contract.names)
            keys = kept.enter_context(
                list_keys(
                    source,
                    company.data,
                    out,
                    more=() if plan.by is None else (plan.by,),
                    once=fields.id if fields else None,
                    progress=told,
                )
            )
            require_excel_rows(keys.rows, out)
        warnings = [*source.notes, *keys.notes, *absence_warnings(model, source.absent), *unknown]
        if known is not None:
            warnings += key_notes(source, company.data, known)
        for warning in warnings:
            terminal.warning(warning)
        names = written_names(source, added)
        record = None
        if chosen.log:
            # set down behind the list: what was never handed out is not on record
            record = kept.enter_context(scoring_recorded(store, source=chosen.prospects))
        with terminal.step(f"scoring {keys.rows:,} prospects") as told:
            written = write_scored(
                ListScoring(
                    source,
                    keys,
                    asked,
                    company.data,
                    known=known,
                    plan=plan,
                    before=before,
                    is_sheet=out.suffix.lower() == ".xlsx",
                    needs_text=out.suffix.lower() not in (".parquet", ".pq"),
                ),
                out,
                names,
                about=lambda counts, found: about_list(
                    counts,
                    model,
                    source=chosen.prospects,
                    label=registered.label,
                    scored_on=dt.datetime.now(dt.UTC).date(),
                    names=names,
                    warnings=[*warnings, *found],
                    plan=plan,
                ),
                crm=chosen.crm,
                fields=fields,
                record=record,
                progress=told,
            )
    counts = written.counts
    rows = score_summary(
        counts.rows,
        counts.grades,
        counts.cautions,
        out=out,
        model=registered.label,
        engine=engine_words(model),
    )
    rows += sales_rows(counts)
    if written.crm is not None:
        rows += crm_rows(written.crm)
    if target is not None:
        with terminal.step(f"writing the table {target.table}"):
            rows += target.filled(out, registered.label)
    notes = [*written.warnings, *clash_warning(source, added), *neutral_note(written.neutral)]
    for note in notes:
        terminal.warning(note)
    terminal.closing(rows)
    return out


if __name__ == "__main__":
    from icpfit.pipelines.dispatch import main

    raise SystemExit(main(["score", *sys.argv[1:]]))
