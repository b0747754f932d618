"""Accounts proposed for the customers of other systems that match none, for a person to confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.data.contract import LEDGERS
from icpfit.data.identity.known_ids import known_ids
from icpfit.data.identity.proposals import Company, Proposal, proposals
from icpfit.data.identity.strangers import are_telling, strangers
from icpfit.data.sources.source_files import DataFolder
from icpfit.economics.cost_to_serve import priced_costs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pyarrow as pa

    from icpfit.data.table_spec import DataSpec
    from icpfit.economics.spec import EconomicsSpec
    from icpfit.evidence.quality.data_quality import Examined

__all__ = ["proposed_accounts"]


def proposed_accounts(
    found: Examined,
    data: DataSpec,
    economics: EconomicsSpec,
    root: Path,
    progress: Callable[[str], None] | None = None,
) -> dict[str, tuple[Proposal, ...]]:
    """Propose an account for every customer of a ledger that matches none.

    Parameters
    ----------
    found : Examined
        The exports as far as they go.
    data : DataSpec
        The settings of the company's data.
    economics : EconomicsSpec
        Prices the service that hangs on them.
    root : Path
        What ``data.folder`` is relative to.
    progress : callable, optional
        Told what is being done.

    Returns
    -------
    dict of str to tuple of Proposal
        Source to its proposals, most money first; none where the exports could not be joined.

    Raises
    ------
    SourceError
        When a list of customers can't be read.
    """
    tables = found.tables
    if tables is None or found.ledger is None:
        return {}
    unmatched = {one.table for one in found.ledger.tables if one.unmatched}
    if not unmatched:
        return {}
    typed = tables.typed
    known = known_ids(typed["accounts"], data.keys)
    lists = [one.customers for one in data.sources.values() if one.customers is not None]
    compared = sorted({attribute for one in lists for attribute in one.same})
    companies = _companies(typed["accounts"], compared)
    folder = DataFolder(root / data.folder, data.folder)
    proposed = {}
    for name, source in data.sources.items():
        if source.table not in unmatched or source.table not in LEDGERS:
            continue
        rows = typed[source.table]
        if source.customers is None and not are_telling(name, rows, known):
            continue
        if source.table == "costs":
            rows = priced_costs(rows, economics.rate_card).rows
        unknown = strangers(name, rows, data, known, folder)
        if unknown:
            proposed[name] = proposals(unknown, companies, known.roots, progress)
    return proposed


def _companies(accounts: pa.Table, compared: list[str]) -> list[Company]:
    columns = [accounts[name].to_pylist() for name in ("account_id", "name", "domain")]
    facts = [accounts[f"attr:{name}"].to_pylist() for name in compared]
    met: dict[str, Company] = {}
    for row, (one, name, domain) in enumerate(zip(*columns, strict=True)):
        known = {
            fact: str(cells[row])
            for fact, cells in zip(compared, facts, strict=True)
            if cells[row] is not None
        }
        met.setdefault(one, Company(one, name, domain, known))
    return list(met.values())
