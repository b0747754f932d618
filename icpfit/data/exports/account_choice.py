"""Which export is the one of customers: that whose customers the other exports speak of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from icpfit.data.exports.links import AccountKeys, account_keys, best_link
from icpfit.data.exports.roles import Role
from icpfit.data.presets.preset import presets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from icpfit.data.exports.export import Export

__all__ = ["AccountChoice", "account_choice"]

# The export that a preset of accounts needs beside it.
_DEALS = {
    "salesforce_accounts": ("opportunities", "salesforce_opportunities"),
    "hubspot_companies": ("deals", "hubspot_deals"),
}


@dataclass(frozen=True, eq=False)
class AccountChoice:
    """The export of customers, and what its customers may be known by.

    Parameters
    ----------
    export : Export
        The export.
    keys : AccountKeys
        Ids, names, domains.
    role : Role
        Its columns; empty for a preset.
    preset : str or None
        Its preset, with `tables`.
    tables : dict of str to str
        View of the preset to file.
    """

    export: Export
    keys: AccountKeys
    role: Role
    preset: str | None = None
    tables: dict[str, str] = field(default_factory=dict)


def account_choice(
    exports: Sequence[Export],
    tables: Mapping[str, str | None],
    roles: Mapping[str, Role | None],
    ledgers: Sequence[Export],
) -> AccountChoice | None:
    """Choose the export of customers.

    Parameters
    ----------
    exports : sequence of Export
        All exports.
    tables : Mapping of str to (str or None)
        File to the table of the contract that it is taken for.
    roles : Mapping of str to (Role or None)
        File to its role, where it has no preset.
    ledgers : sequence of Export
        Those of revenue, costs and loyalty.

    Returns
    -------
    AccountChoice or None
        That whose customers most rows of the ledgers name, summed over the ledgers; ``None``
        when no export is one of customers.
    """
    best: tuple[float, int, AccountChoice] | None = None
    for export in exports:
        if tables[export.files] != "accounts":
            continue
        choice = _choice(export, exports, roles[export.files])
        if choice is None:
            continue
        links = [best_link(ledger.columns, choice.keys)[0] for ledger in ledgers]
        score = sum(link.share for link in links if link is not None)
        rank = (score, export.columns.num_rows)
        if best is None or rank > best[:2]:
            best = (*rank, choice)
    return best[2] if best else None


def _choice(export: Export, exports: Sequence[Export], role: Role | None) -> AccountChoice | None:
    if export.preset is None:
        if role is None:
            return None
        return AccountChoice(export, account_keys(export.columns, role.columns["account_id"]), role)
    view, deals = _DEALS[export.preset]
    beside = [one.files for one in exports if one.preset == deals]
    if not beside:
        return None
    one = presets()[export.preset]
    names = {name.casefold(): name for name in export.columns.column_names}
    id_column = next(
        (names[n.casefold()] for n in one.columns["account_id"] if n.casefold() in names), None
    )
    if id_column is None:
        return None
    return AccountChoice(
        export,
        account_keys(export.columns, id_column),
        Role("accounts", {}),
        export.preset,
        {one.main_view: export.files, view: beside[0]},
    )
