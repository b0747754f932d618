"""What was known of an account on the day of its decision, where the history of a fact is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from icpfit.data.sources.cells import arrow_type, parsed
from icpfit.data.sources.source_spec import Format

if TYPE_CHECKING:
    from icpfit.data.contract import Attribute
    from icpfit.data.table_spec import DataSpec

__all__ = ["DatedFact", "DatedFacts", "facts_at_decision"]


@dataclass(frozen=True)
class DatedFact:
    """Where the values of an attribute come from, account by account.

    Parameters
    ----------
    accounts : int
        All accounts.
    dated : int
        Those with a record on or before the day of the decision: its value is used.
    later_only : int
        Those whose records are all later: what held on the day of the decision isn't known, and
        is missing.
    """

    accounts: int
    dated: int
    later_only: int


@dataclass(frozen=True)
class DatedFacts:
    """Facts as of the decision.

    Parameters
    ----------
    frame : DataFrame
        As given, with the columns ``attr:...`` of attributes that have a history replaced.
    dated : dict of str to DatedFact
        Attribute to where its values come from; only those with a history.
    notes : list of str
        What a reader should know.
    """

    frame: pd.DataFrame
    dated: dict[str, DatedFact]
    notes: list[str]


def facts_at_decision(
    frame: pd.DataFrame, facts_of: pd.Series, history: pa.Table, spec: DataSpec
) -> DatedFacts:
    """Put the value that held on the day of the decision in the place of today's.

    The value is that of the last record with ``valid_from <= decided_on``. Where an account has
    records, all of them later, the value is missing: today's value would tell what happened after
    the decision. Where it has none, nothing changed, and the value of the accounts table stays.

    Parameters
    ----------
    frame : DataFrame
        Indexed by account_id: ``decided_on`` and the facts as ``attr:...``.
    facts_of : Series of str, on the same index
        The row of the CRM that an account's facts come from: itself, or a subsidiary.
    history : pyarrow.Table
        The typed table ``attribute_history``; `attribute` is an attribute's name or its column.
    spec : DataSpec
        Attributes, keys, and how the cells of the history are written.

    Returns
    -------
    DatedFacts
        The frame itself where there is no history.

    Notes
    -----
    Of several records of one day the one that stands last in the files counts. An empty value says
    that the value was removed: missing. A value that can't be read is missing too, and counted.
    """
    if history.num_rows == 0:
        return DatedFacts(frame, {}, [])
    records, notes = _records(history, spec)
    owner = facts_of.astype(object)
    if spec.keys.ignore_case:
        owner = owner.str.lower()
    frame, dated = frame.copy(), {}
    unreadable: dict[str, tuple[int, str]] = {}
    for name, attribute in spec.attributes.items():
        mine = records[records["attribute"] == name]
        if mine.empty:
            continue
        values, bad = _values(mine, attribute, spec)
        if bad:
            unreadable[name] = bad
        both = pd.DataFrame(
            {
                "row": np.arange(len(frame)),
                "account_id": owner.to_numpy(),
                "on": frame["decided_on"].to_numpy(),
            }
        ).merge(mine.assign(value_as=values), on="account_id")
        known = both[both["valid_from"] <= both["on"]]
        last = known.drop_duplicates("row", keep="last")
        later = np.setdiff1d(both["row"].unique(), last["row"])
        column = frame[f"attr:{name}"].copy()
        column.iloc[last["row"].to_numpy()] = last["value_as"].to_numpy()
        column.iloc[later] = pd.NaT if attribute.kind == "date" else _nothing(attribute)
        frame[f"attr:{name}"] = column
        dated[name] = DatedFact(len(frame), len(last), len(later))
    notes += [_note(name, found) for name, found in dated.items()]
    notes += [
        f"attribute_history: {n:,} values of {name} can't be read and are missing, such as"
        f" {example!r}; write them as {spec.attributes[name].kind}"
        for name, (n, example) in unreadable.items()
    ]
    return DatedFacts(frame, dated, notes)


def _records(history: pa.Table, spec: DataSpec) -> tuple[pd.DataFrame, list[str]]:
    """Return records of declared attributes by day, the last of a day last."""
    names = {attribute.source_column: name for name, attribute in spec.attributes.items()}
    names |= {name: name for name in spec.attributes}
    records = pd.DataFrame(
        {
            "account_id": history["account_id"].to_pylist(),
            "said": history["attribute"].to_pylist(),
            "valid_from": history["valid_from"].cast(pa.timestamp("s")).to_numpy(),
            "value": history["value"].to_pylist(),
            "source": history["_source"].to_pylist(),
            "file": history["_file"].to_pylist(),
            "line": history["_line"].to_pylist(),
        }
    )
    records["attribute"] = records["said"].map(names)
    if spec.keys.ignore_case:
        records["account_id"] = records["account_id"].str.lower()
    notes = []
    strange = records[records["attribute"].isna()]
    if len(strange):
        shown = ", ".join(repr(said) for said in sorted(strange["said"].unique())[:3])
        notes.append(
            f"attribute_history: {len(strange):,} records of attributes that aren't declared"
            f" ({shown}) are not used"
        )
    used = records[records["attribute"].notna()]
    used = used.sort_values(["valid_from", "source", "file", "line"], kind="stable")
    return used.reset_index(drop=True), notes


def _values(
    records: pd.DataFrame, attribute: Attribute, spec: DataSpec
) -> tuple[pd.Series, tuple[int, str] | None]:
    """Return the records' values as facts are, and how many could not be read, with an example."""
    from icpfit.data.fact_values import fact_values

    parts, problems = [], []
    for source, part in records.groupby("source", sort=True):
        fmt = spec.sources[str(source)].format if str(source) in spec.sources else Format()
        texts = pa.array(part["value"], pa.string(), from_pandas=True)
        read = parsed(texts, attribute.kind, fmt)
        typed = pa.chunked_array([read.values], arrow_type(attribute.kind))  # noqa: PD011
        parts.append(fact_values(typed, attribute.kind).set_axis(part.index))
        problems += [str(part["value"].iloc[problem.row]) for problem in read.problems]
    values = pd.concat(parts).loc[records.index]
    return values, (len(problems), min(problems)) if problems else None


def _nothing(attribute: Attribute) -> float | None:
    return None if attribute.kind == "category" else float("nan")


def _note(name: str, found: DatedFact) -> str:
    said = (
        f"{name}: as of the decision, from attribute_history, for {found.dated:,} of"
        f" {found.accounts:,} accounts"
    )
    if found.later_only:
        said += f"; missing for {found.later_only:,} whose first record is later"
    return said
