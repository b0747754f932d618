"""How good a company's data are, also where something stops: nothing is trained for it."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from icpfit.data.joining.join_engine import EngineError
from icpfit.data.joining.periods import period, period_end
from icpfit.data.sources.rejected_groups import RejectedGroup, rejected_groups
from icpfit.data.tables import SourceRead, Tables, read_tables
from icpfit.economics.coverage import Log, logs
from icpfit.economics.horizon import HorizonChoice, choose_horizon
from icpfit.economics.joined_ledgers import joined_ledgers
from icpfit.economics.outcome import Accounts, joined_accounts
from icpfit.errors import IcpfitError
from icpfit.evidence.quality.attribute_quality import AttributeQuality, attribute_quality
from icpfit.evidence.quality.cohorts import Cohort, Maturing, cohorts, maturing
from icpfit.evidence.quality.next_steps import NextStep, next_steps
from icpfit.evidence.quality.readiness import Readiness, readiness

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from icpfit.data.identity.proposal_file import ProposalFile
    from icpfit.data.joining.join_engine import JoinEngine
    from icpfit.data.joining.ledger import JoinLedger
    from icpfit.data.table_spec import DataSpec
    from icpfit.economics.spec import EconomicsSpec

__all__ = ["DataQuality", "Examined", "data_quality", "examined"]


@dataclass(frozen=True, eq=False)
class Examined:
    """A company's exports as far as they can be read and joined.

    Parameters
    ----------
    tables : Tables or None
        The typed tables; None where a file can't be read.
    ledger : JoinLedger or None
        What became of every row; None where it didn't come to a join.
    facts, dates : DataFrame or None
        Of every account: the declared attributes; ``started_on``, ``decided_on``,
        ``horizon_end``.
    accounts : Accounts or None
        The joined accounts; None where something stopped before.
    error : IcpfitError or None
        What stopped.
    """

    tables: Tables | None = None
    ledger: JoinLedger | None = None
    facts: pd.DataFrame | None = None
    dates: pd.DataFrame | None = None
    accounts: Accounts | None = None
    error: IcpfitError | None = None


@dataclass(frozen=True, eq=False)
class DataQuality:
    """What is known of a company's data before any training.

    Parameters
    ----------
    stop : str
        The line with which check, or the training, stops; empty where neither does.
    reads : tuple of SourceRead
        What became of the rows of each source.
    rejected : tuple of RejectedGroup
        Rejected cells by what is wrong, the largest group first.
    covering : tuple of Log
        The days that each log covers.
    ledger : JoinLedger or None
        What became of every row.
    attributes : tuple of AttributeQuality
        In the order declared; empty where there are no accounts.
    cohorts, young : tuple
        Accounts by the quarter of their start, and when those not mature will be.
    ready : Readiness or None
        The rules of the training; None where it doesn't come to them.
    steps : tuple of NextStep
        What to do next, most valuable first.
    accounts : Accounts or None
        The joined accounts.
    currency : str
        Of all money.
    horizon : HorizonChoice or None
        Whether a shorter horizon would do.
    notes : tuple of str
        What else a reader should know.
    proposed : tuple of ProposalFile
        Accounts that wait for a person to confirm them.
    """

    stop: str
    reads: tuple[SourceRead, ...]
    rejected: tuple[RejectedGroup, ...]
    covering: tuple[Log, ...]
    ledger: JoinLedger | None
    attributes: tuple[AttributeQuality, ...]
    cohorts: tuple[Cohort, ...]
    young: tuple[Maturing, ...]
    ready: Readiness | None
    steps: tuple[NextStep, ...]
    accounts: Accounts | None
    currency: str
    horizon: HorizonChoice | None
    notes: tuple[str, ...]
    proposed: tuple[ProposalFile, ...] = ()


def examined(
    data: DataSpec,
    economics: EconomicsSpec,
    root: Path,
    progress: Callable[[str], None] | None = None,
    joins: AbstractContextManager[JoinEngine | None] | None = None,
) -> Examined:
    """Read and join a company's exports as far as they go, and keep what stops.

    Parameters
    ----------
    data : DataSpec
        The settings of the company's data.
    economics : EconomicsSpec
        The settings of its economics.
    root : Path
        What ``data.folder`` is relative to.
    progress : callable, optional
        Told what is being done.
    joins : context manager, optional
        Opens what runs the joins, when everything is read; DuckDB by default.

    Returns
    -------
    Examined
        With the ledger also where the tables don't fit together, and the dates also where no
        account is mature.

    Raises
    ------
    EngineError
        When what runs the joins can't: that says nothing about the exports.
    """
    try:
        tables = read_tables(data, root, progress)
    except IcpfitError as error:
        return Examined(error=error)
    with joins or nullcontext() as engine:
        try:
            accounts = joined_accounts(tables, data, economics, progress, engine)
        except EngineError:
            raise
        except IcpfitError as error:
            return _as_far_as_joined(tables, data, economics, error, engine)
    return Examined(tables, accounts.ledger, accounts.facts, accounts.dates, accounts)


def _as_far_as_joined(
    tables: Tables,
    data: DataSpec,
    economics: EconomicsSpec,
    error: IcpfitError,
    engine: JoinEngine | None,
) -> Examined:
    """Join once more without drawing conclusions: what doesn't fit is what the reader must see."""
    try:
        joined = joined_ledgers(tables, data, economics, engine=engine)
    except IcpfitError:
        return Examined(tables=tables, error=error)
    frame = joined.rows.frame
    facts = frame[[f"attr:{name}" for name in data.attributes]]
    facts = facts.rename(columns=lambda name: name.removeprefix("attr:"))
    dates = frame[["started_on", "decided_on", "horizon_end"]]
    return Examined(tables, joined.ledger, facts, dates, None, error)


def data_quality(
    found: Examined,
    data: DataSpec,
    *,
    has_profile: bool = True,
    proposed: Sequence[ProposalFile] = (),
) -> DataQuality:
    """Say how good the data are, and what to do next.

    Parameters
    ----------
    found : Examined
        The exports as far as they go.
    data : DataSpec
        The settings of the company's data.
    has_profile : bool
        Whether the current ICP is written down.
    proposed : sequence of ProposalFile
        Accounts that wait for a person to confirm them.

    Returns
    -------
    DataQuality
        Complete where the exports can be joined, else what there is.
    """
    tables, accounts = found.tables, found.accounts
    reads = () if tables is None else tuple(tables.reads)
    groups = () if tables is None else rejected_groups(tables.rejected)
    covering = tuple(logs(reads, data))
    described: tuple[AttributeQuality, ...] = ()
    by_start: tuple[Cohort, ...] = ()
    young: tuple[Maturing, ...] = ()
    if found.facts is not None and found.dates is not None:
        described = attribute_quality(found.facts, found.dates, data.attributes)
        ready_on = period_end(found.dates["horizon_end"], period(data.lag, "data.lag"))
        fit = pd.Series(dtype=bool)
        if accounts is not None:
            fit = accounts.outcomes.loc[accounts.used, "fit"].astype(bool)
        is_mature = ready_on <= pd.Timestamp(data.as_of)
        by_start = cohorts(found.dates["started_on"], is_mature, fit)
        young = maturing(ready_on, data.as_of)
    ready = None if accounts is None else readiness(accounts)
    stop = str(found.error or (ready.stop if ready is not None else ""))
    steps = next_steps(
        stop=stop,
        rejected=groups,
        read={read.source: read.read for read in reads},
        ledger=found.ledger,
        currency=data.currency,
        accounts=accounts,
        covering=covering,
        attributes=described,
        young=young,
        ready=ready,
        has_profile=has_profile,
        has_controls=data.controls.revenue_total is not None,
        proposed=proposed,
    )
    notes = [f"{read.source}: {note}" for read in reads for note in read.notes]
    if found.ledger is not None:
        notes = [*found.ledger.warnings, *notes]
    if accounts is not None:
        notes += accounts.notes
    return DataQuality(
        stop=stop,
        reads=reads,
        rejected=groups,
        covering=covering,
        ledger=found.ledger,
        attributes=described,
        cohorts=by_start,
        young=young,
        ready=ready,
        steps=steps,
        accounts=accounts,
        currency=data.currency,
        horizon=None if accounts is None else choose_horizon(accounts),
        notes=tuple(dict.fromkeys(notes)),
        proposed=tuple(proposed),
    )
