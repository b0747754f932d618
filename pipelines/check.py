"""Check a company's exports: what is good, what stops you, what to do next; trains nothing."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from icpfit.delivery.cluster.engine import Engine  # noqa: TC001 - settings() looks the types up

if TYPE_CHECKING:
    from pathlib import Path

    from icpfit.data.identity.proposal_file import ProposalFile
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.evidence.quality.data_quality import DataQuality
    from icpfit.job import Job


@dataclass(frozen=True)
class Check:
    """What `icpfit check` takes; conf/check.yaml says what each means."""

    root: str
    data: dict[str, Any]
    icp: str | None
    out: str | None
    engine: Engine


def run(job: Job) -> None:
    """Read, join and label the exports, say what they hold, and write the data-quality page.

    Parameters
    ----------
    job : Job
        Its settings.

    Raises
    ------
    IcpfitError
        When the exports can't be read or joined; the page is written all the same. When the
        cluster can't join them, without a page.
    """
    # Before the libraries are loaded: a mistake in the settings shows at once.
    chosen = job.settings(Check)
    from icpfit.company import company_settings, current_profile
    from icpfit.data.identity.proposal_file import written_proposals
    from icpfit.delivery.cluster.cluster_join import cluster_join
    from icpfit.delivery.cluster.preconditions import require_cluster
    from icpfit.delivery.console.quality_summary import quality_summary
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.delivery.report.page import write_page
    from icpfit.delivery.report.quality_page import quality_html
    from icpfit.errors import IcpfitError
    from icpfit.evidence.quality.data_quality import data_quality, examined
    from icpfit.evidence.quality.proposed_accounts import proposed_accounts
    from icpfit.intake import written_rejects
    from icpfit.job import root_folder

    terminal = Terminal()
    root = root_folder(chosen.root)
    company = company_settings(chosen.data)
    profile = current_profile(company, chosen.icp, job.conf_folders)
    terminal.note(f"root: {root}")
    out = _page(chosen, root, company.name, company.data)
    require_cluster(chosen.engine)
    joins = cluster_join(chosen.engine, root)
    with terminal.step(
        f"reading and joining the exports of {company.name}{chosen.engine.where}"
    ) as told:
        found = examined(company.data, company.economics, root, told, joins)
    proposed: tuple[ProposalFile, ...] = ()
    try:
        with terminal.step("looking for accounts of customers without one") as told:
            near = proposed_accounts(found, company.data, company.economics, root, told)
            proposed = written_proposals(near, company.data, root, company.name)
    except IcpfitError as error:
        found = replace(found, error=found.error or error)
    with terminal.step("looking at what they hold"):
        quality = data_quality(
            found, company.data, has_profile=profile is not None, proposed=proposed
        )
    rejects, to_mend = written_rejects(company, root, found.tables)
    with terminal.step("drawing the page"):
        write_page(quality_html(quality, company.name), out)
    _show(quality, terminal, rejects=rejects, to_mend=to_mend)
    closing = [*quality_summary(quality, profile), ("data-quality page", str(out))]
    terminal.closing(closing, title=f"{company.name}: what there is")
    if found.error is not None:
        raise found.error


def _page(chosen: Check, root: Path, company: str, data: Any) -> Path:
    from pathlib import Path

    from icpfit.data.sources.source_files import company_files
    from icpfit.delivery.whole_file import require_writable

    if chosen.out is None:
        out = root / "data" / "checked" / f"{company}.html"
        out.parent.mkdir(parents=True, exist_ok=True)
    else:
        out = Path(chosen.out).expanduser()
    require_writable(out, endings=(".html", ".htm"), kept=company_files(data, root))
    return out


def _show(quality: DataQuality, terminal: Terminal, *, rejects: Path, to_mend: list[Path]) -> None:
    from icpfit.data.joining.ledger import ledger_lines
    from icpfit.data.joining.matching import matching_lines

    if quality.ledger is not None:
        terminal.ledger(ledger_lines(quality.ledger))
        for text in matching_lines(quality.ledger.matching, quality.currency):
            terminal.say(f"matched: {text}")
        for line in quality.ledger.reconciliation:
            terminal.say(f"books: {line.text}")
        for warning in quality.ledger.warnings:
            terminal.warning(warning)
    if quality.rejected:
        cells = sum(group.cells for group in quality.rejected)
        terminal.warning(f"{cells:,} cells were rejected, each with how to fix it: {rejects}")
    if to_mend:
        terminal.note(
            f"the rejected rows as they came, to mend and hand in again: {to_mend[0].parent}"
        )
    for one in quality.proposed:
        if not one.waiting:
            terminal.note(f"all answers of {one.path} are there; name it as the crosswalk now")
            continue
        terminal.note(
            f"{one.waiting:,} customers of {one.source} without an account, {one.proposed:,} with"
            f" one proposed, for you to confirm: {one.path}"
        )
    if quality.horizon is not None:
        terminal.say(f"horizon: {quality.horizon.text}")


if __name__ == "__main__":
    from icpfit.pipelines.dispatch import main

    raise SystemExit(main(["check", *sys.argv[1:]]))
