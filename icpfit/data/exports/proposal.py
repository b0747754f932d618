"""A company's YAML, proposed from a folder of exports; every guess is marked, with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from icpfit.data.exports.account_choice import AccountChoice, account_choice
from icpfit.data.exports.activities import add_activities
from icpfit.data.exports.attributes import add_attributes
from icpfit.data.exports.clock import set_clock
from icpfit.data.exports.column_facts import ColumnFacts, column_facts
from icpfit.data.exports.draft import Draft
from icpfit.data.exports.ledger_sources import ledger_source
from icpfit.data.exports.roles import Role, role_of
from icpfit.data.presets.preset import presets
from icpfit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from icpfit.data.exports.export import Export

__all__ = ["proposal"]

_ORDER = ("revenue", "costs", "loyalty")


def proposal(
    exports: Sequence[Export],
    *,
    company: str,
    folder: str,
    root: Path,
    progress: Callable[[str], None] | None = None,
) -> Draft:
    """Propose a company's settings.

    Parameters
    ----------
    exports : sequence of Export
        The exports.
    company : str
        The company's short name.
    folder : str
        Where they lie, as the YAML will say it.
    root : Path
        What `folder` is relative to.
    progress : callable, optional
        Told what is looked at.

    Returns
    -------
    Draft
        Values, comments, questions, and the files left out with the reason.

    Raises
    ------
    SettingsError
        When no export of customers is among them, or none of revenue.
    """
    say = progress or (lambda _: None)
    facts: dict[str, dict[str, ColumnFacts]] = {}
    roles: dict[str, Role | None] = {}
    for export in exports:
        say(f"columns of {export.files}")
        facts[export.files] = {
            name: column_facts(name, export.columns[name]) for name in export.columns.column_names
        }
        known = export.preset and presets()[export.preset]
        roles[export.files] = None if known else role_of(export, facts[export.files])
    tables = {export.files: _table(export, roles[export.files]) for export in exports}
    draft = Draft(
        {
            "company": company,
            "currency": "",
            "as_of": "",
            "horizon": "",
            "lag": "",
            "folder": folder,
        }
    )
    draft.values |= {"attributes": {}, "sources": {}}
    ledgers = [export for export in exports if tables[export.files] in _ORDER]
    say("which customers are in which file")
    chosen = account_choice(exports, tables, roles, ledgers)
    if chosen is None:
        raise SettingsError(
            f"data_folder: none of {len(exports)} exports is one of customers won: one row for"
            " each, with an id that is not repeated and the day on which its contract began (for"
            " Salesforce and HubSpot the accounts and the deals)"
        )
    _add_accounts(draft, chosen, facts[chosen.export.files])
    for table in _ORDER:
        for export in ledgers:
            if tables[export.files] == table:
                say(f"mapping {export.files}")
                ledger_source(
                    draft, export, chosen, facts[export.files], roles[export.files], root=root
                )
    if not any(one.get("table_is") == "revenue" for one in draft.values["sources"].values()):
        raise SettingsError(
            "data_folder: none of the exports is one of revenue with customers of"
            f" '{chosen.export.files}': a customer, a day and an amount in each row"
        )
    _add_deals_and_lists(draft, exports, tables, roles, chosen)
    for export in exports:
        if tables[export.files] is None:
            draft.unused[export.files] = "can't tell what it is"
    add_activities(draft)
    say("reading what was mapped")
    set_clock(draft, root)
    for source in draft.values["sources"].values():
        source.pop("table_is", None)
    draft.seen += [export.files for export in exports if export.files not in draft.unused]
    draft.seen += draft.values["economics"].get("rate_card", {}).get("activities", {})
    return draft


def _table(export: Export, role: Role | None) -> str | None:
    if export.preset:
        return presets()[export.preset].table
    return role.table if role else None


def _add_accounts(draft: Draft, chosen: AccountChoice, facts: Mapping[str, ColumnFacts]) -> None:
    source: dict[str, Any] = {"table_is": "accounts"}
    path = ("sources", "accounts")
    if chosen.preset is not None:
        source |= {"preset": chosen.preset, "tables": chosen.tables}
        one = presets()[chosen.preset]
        used = {name for names in one.columns.values() for name in names}
        notation = one.format
        draft.heads[path] = [f"{one.title}: {one.note}" if one.note else one.title]
    else:
        role = chosen.role
        source |= {"table": "accounts", "files": chosen.export.files, "columns": role.columns}
        if role.notation:
            source["format"] = role.notation
        used, notation = set(role.columns.values()), role.notation
        for name in role.columns:
            draft.remarks[*path, "columns", name] = "guess: by its name and values"
    draft.values["sources"]["accounts"] = source
    add_attributes(draft, facts, used, notation)


def _add_deals_and_lists(
    draft: Draft,
    exports: Sequence[Export],
    tables: Mapping[str, str | None],
    roles: Mapping[str, Role | None],
    chosen: AccountChoice,
) -> None:
    sources = draft.values["sources"]
    for export in exports:
        table, name = tables[export.files], export.files
        if table == "accounts" and export is not chosen.export:
            draft.unused[name] = f"the customers are taken from {chosen.export.files}"
        elif table == "opportunities":
            if name in chosen.tables.values():
                beside = {view: file for view, file in chosen.tables.items() if file != name}
                sources["deals"] = {"preset": export.preset, "files": name, "tables": beside}
                draft.heads["sources", "deals"] = [presets()[str(export.preset)].title]
            else:
                draft.unused[name] = (
                    f"its deals are not those of {chosen.export.files}, or the same"
                )
        elif table == "prospects" and "prospects" not in draft.values:
            role = roles[name]
            given: dict[str, Any] = (
                {"preset": export.preset} if export.preset else {**role.columns} if role else {}
            )
            given["lists"] = {export.name: {"files": name}}
            draft.values["prospects"] = given
            if not export.preset:
                draft.remarks["prospects", "id"] = "guess: no value is repeated"
        elif table == "prospects":
            draft.unused[name] = "a second list of prospects; it can be scored by its path"
