"""The intake: what every job does first with a company's exports, shown as it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from icpfit.data.joining.ledger import ledger_lines
from icpfit.data.joining.matching import matching_lines
from icpfit.data.sources.rejected_rows import write_rejected_rows
from icpfit.data.sources.rejects import write_rejects
from icpfit.data.tables import Tables, read_tables
from icpfit.delivery.cluster.cluster_join import cluster_join
from icpfit.delivery.cluster.engine import Engine
from icpfit.delivery.cluster.preconditions import require_cluster
from icpfit.economics.outcome import Accounts, joined_accounts

if TYPE_CHECKING:
    from pathlib import Path

    from icpfit.company import Company
    from icpfit.delivery.console.terminal import Terminal

__all__ = ["Intake", "intake", "written_rejects"]


@dataclass(frozen=True, eq=False)
class Intake:
    """A company's exports, read and joined.

    Parameters
    ----------
    tables : Tables
        The typed tables, with what was rejected and the digests of the files.
    accounts : Accounts
        One row per account, facts and outcomes apart.
    """

    tables: Tables
    accounts: Accounts


def intake(
    company: Company, root: Path, terminal: Terminal, engine: Engine | None = None
) -> Intake:
    """Read and join a company's exports; show the ledger and every warning; write the rejects.

    Parameters
    ----------
    company : Company
        Its settings.
    root : Path
        The folder in which data/ lies, see `written_rejects`.
    terminal : Terminal
        Where progress, ledger and warnings are shown.
    engine : Engine, optional
        Where the exports are joined; this machine by default. A cluster is looked for before
        anything is read, and its session is open for the join alone.

    Returns
    -------
    Intake
        Tables and accounts.

    Raises
    ------
    IcpfitError
        When an export can't be read, breaks its contract, or doesn't join, or the cluster can't
        join them.
    """
    joining = engine or Engine()
    require_cluster(joining)
    with terminal.step(f"reading the exports of {company.name}") as told:
        tables = read_tables(company.data, root, told)
        rejects, to_mend = written_rejects(company, root, tables)
    with (
        terminal.step(f"joining them to the accounts{joining.where}") as told,
        cluster_join(joining, root) as joins,
    ):
        accounts = joined_accounts(tables, company.data, company.economics, told, joins)
    terminal.ledger(ledger_lines(accounts.ledger))
    for text in matching_lines(accounts.ledger.matching, company.data.currency):
        terminal.say(f"matched: {text}")
    for line in accounts.ledger.reconciliation:
        terminal.say(f"books: {line.text}")
    if tables.rejected.num_rows:
        terminal.warning(
            f"{tables.rejected.num_rows:,} cells were rejected, each with how to fix it: {rejects}"
        )
    for path in to_mend:
        terminal.note(
            f"rejected rows as they were exported: {path}; mend a copy and hand it in again"
        )
    for warning in accounts.ledger.warnings:
        terminal.warning(warning)
    warned = " ".join(accounts.ledger.warnings)
    notes = [f"{read.source}: {note}" for read in tables.reads for note in read.notes]
    for note in [*notes, *accounts.notes]:
        if (note.partition(": ")[2] or note) not in warned:
            terminal.note(f"note: {note}")
    return Intake(tables, accounts)


def written_rejects(company: Company, root: Path, tables: Tables | None) -> tuple[Path, list[Path]]:
    """Write down what was rejected: each cell with what to do, and the rows as they were exported.

    Parameters
    ----------
    company : Company
        Whose exports they are.
    root : Path
        The folder in which data/ lies.
    tables : Tables or None
        What was read; None where nothing could be, and then nothing is written.

    Returns
    -------
    tuple of Path and list of Path
        ``data/rejected/<company>.csv``, and the files of rows in the folder beside it.

    Raises
    ------
    OutputError
        If they can't be written.
    """
    rejects = root / "data" / "rejected" / f"{company.name}.csv"
    if tables is None:
        return rejects, []
    write_rejects(rejects, tables.rejected)
    return rejects, write_rejected_rows(rejects.with_suffix(""), tables.rejected_rows)
