"""Grade a prospect list, with reasons; every row and column of the list is kept."""

from __future__ import annotations

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
    from icpfit.data.prospect_list import read_prospects
    from icpfit.data.sources.source_files import company_files
    from icpfit.delivery.console.summary import score_summary
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.delivery.lists.list_file import (
        LIST_ENDINGS,
        clash_warning,
        scored_path,
        write_list,
    )
    from icpfit.delivery.lists.scored_list import list_warnings, scored_frame
    from icpfit.delivery.registry.registered_model import loaded_model
    from icpfit.delivery.registry.store import open_store
    from icpfit.delivery.registry.tracking import registered_model
    from icpfit.delivery.whole_file import require_writable
    from icpfit.fit.model import with_threads
    from icpfit.job import root_folder

    chosen = job.settings(Score)
    terminal = Terminal()
    root = root_folder(chosen.root)
    company = company_settings(chosen.data)
    profile = current_profile(company, chosen.icp, job.conf_folders)
    terminal.note(f"root: {root}")
    out = scored_path(chosen.out, chosen.prospects, company.name)
    # before the work of scoring
    require_writable(out, endings=LIST_ENDINGS, kept=company_files(company.data, root))
    with terminal.step("reading the list"):
        listed = read_prospects(company.data, chosen.prospects, root)
    with terminal.step(f"loading the {chosen.model}"):
        registered = registered_model(open_store(root, company.name), chosen.model)
        model = with_threads(loaded_model(registered), chosen.threads)
    for warning in [*listed.notes, *list_warnings(model, listed), *clash_warning(listed)]:
        terminal.warning(warning)
    with terminal.step(f"scoring {len(listed.ids):,} prospects") as told:
        scored = scored_frame(
            model,
            listed,
            current_icp=profile,
            model_label=registered.label,
            progress=lambda done, n: told(f"{done:,} of {n:,}"),
        )
        write_list(out, listed, scored, listed.decimal)
    terminal.closing(score_summary(scored, out, registered.label))
    return out


if __name__ == "__main__":
    from icpfit.pipelines.dispatch import main

    raise SystemExit(main(["score", *sys.argv[1:]]))
