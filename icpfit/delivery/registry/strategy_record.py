"""What is kept of the findings: the proposal, the comparison, and who was not as predicted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from icpfit.delivery.registry.proposal_record import with_proposal
from icpfit.insight.profit.predicted_realised import as_written

if TYPE_CHECKING:
    from pathlib import Path

    from icpfit.delivery.registry.training_record import TrainingRecord
    from icpfit.economics.outcome import Accounts
    from icpfit.insight.strategy import Strategy

__all__ = ["PREDICTED_FILE", "with_strategy"]

PREDICTED_FILE = "predicted_and_realised.csv"


def with_strategy(
    record: TrainingRecord, decided_from: Strategy, accounts: Accounts, folder: Path
) -> TrainingRecord:
    """Add the findings to what is recorded of a training.

    Parameters
    ----------
    record : TrainingRecord
        What is recorded so far.
    decided_from : Strategy
        What was found out.
    accounts : Accounts
        The joined accounts.
    folder : Path
        Where files are written until they are recorded.

    Returns
    -------
    TrainingRecord
        With the proposal and its comparison (`with_proposal`), and
        ``predicted_and_realised.csv``: each account with what the model expected and what came of
        it.
    """
    found, redefined, money = decided_from.found, decided_from.redefined, decided_from.money
    if redefined is not None:
        record = with_proposal(record, redefined, accounts, () if found is None else found.segments)
    if money is None or money.customers is None:
        return record
    path = folder / PREDICTED_FILE
    as_written(money.customers).to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
    return replace(record, files=(*record.files, path))
