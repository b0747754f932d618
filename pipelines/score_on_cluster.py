"""The same list by a cluster: what `icpfit score` does with ``engine=spark``."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from icpfit.job import Job
    from icpfit.pipelines.score import Score


def scored_on_cluster(job: Job, chosen: Score) -> Path:
    """Score the list with the model in use, on Spark, and write it back with the added columns.

    Parameters
    ----------
    job : Job
        Its conf folders.
    chosen : Score
        The settings of the job.

    Returns
    -------
    Path
        The scored list: a file, or a folder of part files.
    """
    from icpfit.company import company_settings, current_profile
    from icpfit.data.sources.source_files import company_files
    from icpfit.delivery.cluster.clustered_list import clustered_list, require_place
    from icpfit.delivery.cluster.list_job import packed_model
    from icpfit.delivery.cluster.session import opened_cluster
    from icpfit.delivery.console.summary import score_summary
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.delivery.lists.about import (
        about_html,
        about_list,
        neutral_note,
        sales_rows,
        with_neutral_cells,
    )
    from icpfit.delivery.lists.call_plan import CallPlan
    from icpfit.delivery.lists.list_columns import clash_warning, written_names
    from icpfit.delivery.lists.list_file import about_path, scored_path
    from icpfit.delivery.lists.list_keys import key_notes
    from icpfit.delivery.lists.list_stream import added_columns
    from icpfit.delivery.lists.relation import known_index
    from icpfit.delivery.lists.scored_list import absence_warnings
    from icpfit.delivery.registry.proposal import recorded_proposal
    from icpfit.delivery.registry.registered_model import loaded_model
    from icpfit.delivery.registry.scoring_log import scoring_recorded
    from icpfit.delivery.registry.store import open_store
    from icpfit.delivery.registry.tracking import registered_model
    from icpfit.delivery.whole_file import require_writable, whole_file
    from icpfit.errors import SettingsError
    from icpfit.fit.engines import engine_words
    from icpfit.job import root_folder
    from icpfit.redaction import without_passwords

    for key in ("capacity", "capacity_by", "sort", "before", "crm"):
        if getattr(chosen, key) is not None:
            raise SettingsError(
                f"{key}: looks at the list as a whole, which one machine does; leave it away, or"
                " engine=spark"
            )
    terminal = Terminal()
    root = root_folder(chosen.root)
    company = company_settings(chosen.data)
    profile = current_profile(company, chosen.icp, job.conf_folders)
    terminal.note(f"root: {root}")
    out = scored_path(chosen.out, chosen.prospects, company.name)
    exports = company_files(company.data, root)
    require_place(out, exports)
    require_writable(about_path(out), kept=exports)
    with terminal.step(f"loading the {chosen.model}"):
        store = open_store(root, company.name)
        registered = registered_model(store, chosen.model)
        model = loaded_model(registered)
        packed = packed_model(
            registered.bundle,
            registered.label,
            current_icp=profile,
            proposed_icp=recorded_proposal(registered),
        )
    with terminal.step("reading whom the company knows already"):
        known, unknown = known_index(company.data, root)
    with contextlib.ExitStack() as kept:
        with terminal.step("opening Spark"):
            log = root / "mlruns" / "spark.log"
            cluster = kept.enter_context(opened_cluster(chosen.engine, log))
        record = None
        if chosen.log:
            record = kept.enter_context(scoring_recorded(store, source=chosen.prospects))
        with terminal.step("scoring on Spark") as told:
            made = clustered_list(
                cluster,
                chosen.prospects,
                out,
                model=packed,
                spec=company.data,
                root=root,
                known=known,
                record=record,
                progress=told,
            )
    source, counts = made.source, made.counts
    added = added_columns(CallPlan(), has_before=False)
    notes = [*source.notes, *made.notes, *absence_warnings(model, source.absent), *unknown]
    if known is not None:
        notes += key_notes(source, company.data, known)
    notes += counts.warnings(model, company.data)
    about = about_list(
        counts,
        model,
        source=chosen.prospects,
        label=registered.label,
        scored_on=dt.datetime.now(dt.UTC).date(),
        names=written_names(source, added),
        warnings=notes,
        plan=CallPlan(),
    )
    with whole_file(about_path(out)) as part:
        page = about_html(with_neutral_cells(about, made.neutral))
        part.write_text(page, encoding="utf-8", newline="\n")
    rows = score_summary(
        counts.rows,
        counts.grades,
        counts.cautions,
        out=out,
        model=registered.label,
        engine=engine_words(model),
    )
    rows += sales_rows(counts)
    # The address of a server of Spark Connect may hold a token.
    where = without_passwords(chosen.engine.master or "the open session")
    rows.append(("done by", f"{where}, {made.parts:,} part{'' if made.parts == 1 else 's'}"))
    for note in [*notes, *clash_warning(source, added), *neutral_note(made.neutral)]:
        terminal.warning(note)
    terminal.closing(rows)
    return out
