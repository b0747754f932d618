"""The sources of revenue, costs and loyalty: what each row's account is, and how it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from icpfit.data.exports.links import best_link
from icpfit.data.exports.names import named
from icpfit.data.exports.trial_read import draft_tables, trial_read
from icpfit.data.presets.preset import presets
from icpfit.data.presets.statement import COMPUTED
from icpfit.errors import IcpfitError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from icpfit.data.exports.account_choice import AccountChoice
    from icpfit.data.exports.column_facts import ColumnFacts
    from icpfit.data.exports.draft import Draft
    from icpfit.data.exports.export import Export
    from icpfit.data.exports.links import Link
    from icpfit.data.exports.roles import Role

__all__ = ["ledger_source"]

_FEWEST_MATCHED = 0.30
_HOW = {"exact": "to the letter", "name": "without case and punctuation", "domain": "by domain"}


def ledger_source(
    draft: Draft,
    export: Export,
    accounts: AccountChoice,
    facts: Mapping[str, ColumnFacts],
    role: Role | None,
    *,
    root: Path,
) -> None:
    """Add an export to the draft as a source, or to the files left out, with the reason.

    Parameters
    ----------
    draft : Draft
        Receives it.
    export : Export
        The export.
    accounts : AccountChoice
        The customers.
    facts : Mapping of str to ColumnFacts
        Its columns.
    role : Role or None
        What it is, where it has no preset.
    root : Path
        What the folder of the draft is relative to.
    """
    one = presets()[export.preset] if export.preset else None
    preferred = one.columns.get("account_id", []) if one else []
    link, _ = best_link(export.columns, accounts.keys, preferred)
    if one and "account_id" in one.computed:
        link = _computed_link(draft, export, accounts, root) or link
    if link is None or link.share < _FEWEST_MATCHED:
        found = f"{link.share:.0%} of its rows" if link else "none of its rows"
        draft.unused[export.files] = f"{found} name a customer of {accounts.export.files}"
        return
    name = export.name
    while name in draft.values["sources"]:
        name += "_2"
    path = ("sources", name)
    table = one.table if one else role.table if role else ""
    source: dict[str, Any] = {"table_is": table}
    columns: dict[str, str] = {}
    if one:
        _add_preset(draft, path, source, columns, export=export, facts=facts)
    elif role:
        source |= {"table": table, "files": export.files}
        columns |= role.columns
        for column in role.columns:
            draft.remarks[*path, "columns", column] = "guess: by its name and values"
        for column in role.ambiguous:
            draft.heads.setdefault(path, []).append(
                f"guess: {column} could be read with day and month the other way round; look"
            )
        source |= {"constants": role.constants} if role.constants else {}
        source |= {"format": role.notation} if role.notation else {}
    _add_link(draft, path, source, columns, link=link, accounts=accounts)
    if columns:
        source["columns"] = columns
    _tried(draft, name, source, export, root)


def _computed_link(
    draft: Draft, export: Export, accounts: AccountChoice, root: Path
) -> Link | None:
    """Link by what a preset computes, such as the customer in the line above its sales."""
    source = {"preset": export.preset, "files": export.files}
    try:
        sources = {"accounts": draft.values["sources"]["accounts"], "one": source}
        tables = draft_tables(draft.values, sources, root)
    except IcpfitError:
        return None
    rows = tables.typed[presets()[str(export.preset)].table]
    mine = rows.filter(pc.equal(rows["_source"], "one")).select(["account_id"])
    named = mine.rename_columns([COMPUTED.format("account_id")])
    link, _ = best_link(named, accounts.keys)
    return link


def _add_link(
    draft: Draft,
    path: tuple[str, ...],
    source: dict[str, Any],
    columns: dict[str, str],
    *,
    link: Link,
    accounts: AccountChoice,
) -> None:
    said = f"guess: {link.share:.0%} of the rows find a customer, {_HOW[link.by]}"
    if link.by == "exact" and link.to == accounts.keys.id:
        if link.column != COMPUTED.format("account_id"):
            columns["account_id"] = link.column
            draft.remarks[*path, "columns", "account_id"] = said
        return
    source["match"] = {
        "column": link.column,
        "files": accounts.export.files,
        "to": link.to,
        "id": accounts.keys.id,
        "by": link.by,
    }
    draft.remarks[*path, "match"] = said
    if "preset" not in source:
        columns["account_id"] = link.column


def _add_preset(
    draft: Draft,
    path: tuple[str, ...],
    source: dict[str, Any],
    columns: dict[str, str],
    *,
    export: Export,
    facts: Mapping[str, ColumnFacts],
) -> None:
    one = presets()[str(export.preset)]
    source |= {"preset": export.preset, "files": export.files}
    draft.heads[path] = [f"{one.title}: {one.note}" if one.note else one.title]
    value = _question(export, facts) if one.table == "loyalty" else None
    if value:
        columns["value"] = value
        draft.remarks[*path, "columns", "value"] = "guess: answers of 0 to 10"
    dates = _dates(export, facts)
    if dates and dates != one.format.get("dates", "%Y-%m-%d"):
        source["format"] = {"dates": dates}
        draft.remarks[*path, "format", "dates"] = "guess: as its days are written"


def _tried(draft: Draft, name: str, source: dict[str, Any], export: Export, root: Path) -> None:
    """Read the source as it would be read, and leave it out if most of it can't be."""
    try:
        read = trial_read(draft.values, {name: source}, root)
    except IcpfitError as error:
        draft.unused[export.files] = f"can't be read as proposed: {error}"
        return
    if not read.accepted or read.rejected > read.accepted:
        draft.unused[export.files] = (
            f"{read.rejected:,} of {read.read:,} rows can't be read as proposed"
        )
        return
    draft.values["sources"][name] = source


def _question(export: Export, facts: Mapping[str, ColumnFacts]) -> str | None:
    """Column of the recommendation: that of an NPS group, else one of answers from 0 to 10."""
    for name in facts:
        if name.endswith("_NPS_GROUP") and name.removesuffix("_NPS_GROUP") in facts:
            return name.removesuffix("_NPS_GROUP")
    known = presets()[str(export.preset)].columns.get("value", [])
    if any(name in facts for name in known) or any(named(n, "likely recommend") for n in facts):
        return None
    for name, one in facts.items():
        few = one.kind == "number" and one.distinct <= 11
        if few and one.quantiles[0] >= 0 and 5 < one.quantiles[-1] <= 10:
            return name
    return None


def _dates(export: Export, facts: Mapping[str, ColumnFacts]) -> str | None:
    """How the days of a preset's export are written, where its values leave no doubt."""
    one = presets()[str(export.preset)]
    for name in one.columns.get("date", []):
        if name in facts and facts[name].kind == "date" and not facts[name].ambiguous:
            found: str = facts[name].notation.get("dates", "%Y-%m-%d")
            return found
    return None
