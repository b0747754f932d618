"""A preset: how the export of a known system maps to the contract, as its YAML file says."""

from __future__ import annotations

import functools
import importlib.resources
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from icpfit.errors import SettingsError
from icpfit.settings import settings

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Preset", "header_fits", "preset", "presets"]


@dataclass(frozen=True)
class Preset:
    """How the export of a known system maps to the contract.

    Parameters
    ----------
    title : str
        What a reader calls it, such as "Zendesk, tickets".
    table : str
        The table of the contract that it fills, or ``prospects``.
    note : str
        What to look at before one trusts it.
    header : list of str
        Columns by which it is recognised, all of them; ``A | B`` where either will do.
    one_of : list of str
        Columns of which at least one is there too, if any are named.
    never : list of str
        Columns that tell it is another export.
    views : dict of str to str
        Name by which its statement knows a file, to what that file is; the first is the export
        itself, the others are further exports that it needs.
    companies_beside : dict of str to dict of str to list of str
        Views of exports of companies that it can do without, to what they tell: ``id``, which is
        held against the account's, and others by the names that they go by. Where one isn't given,
        or lacks a column, ``"… beside"`` is empty.
    columns : dict of str to list of str
        Contract column to the names that it goes by.
    computed : dict of str to str
        Contract column to an SQL expression over the export's columns.
    may_have : list of str
        Columns that the SQL mentions, and that an export may lack.
    first, join, where : str
        Parts of the statement: WITH before it, JOIN and WHERE in it. ``{column}`` in them stands
        for the export's column of the contract's `column`.
    format, constants : dict
        As in a source.
    total_rows : list of str
        As in a source.
    same_as : dict of str to str
        For prospects: column of the customers' export to the column that says it here.
    activities : dict of str to dict
        Lines for the rate card, for ``icpfit init`` to propose.
    """

    title: str
    table: str
    note: str = ""
    header: list[str] = field(default_factory=list)
    one_of: list[str] = field(default_factory=list)
    never: list[str] = field(default_factory=list)
    views: dict[str, str] = field(default_factory=lambda: {"export": "the export"})
    companies_beside: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    computed: dict[str, str] = field(default_factory=dict)
    may_have: list[str] = field(default_factory=list)
    first: str = ""
    join: str = ""
    where: str = ""
    format: dict[str, Any] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    total_rows: list[str] = field(default_factory=list)
    same_as: dict[str, str] = field(default_factory=dict)
    activities: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def main_view(self) -> str:
        """The name by which its statement knows the export itself."""
        return next(iter(self.views))


@functools.cache
def presets() -> Mapping[str, Preset]:
    """Return all presets by name, in alphabetical order.

    Returns
    -------
    Mapping of str to Preset
        What ``preset:`` in a source may name.

    Examples
    --------
    >>> presets()["zendesk_tickets"].table
    'costs'
    """
    import yaml

    found: dict[str, Preset] = {}
    for file in sorted(importlib.resources.files(__package__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            for name, values in yaml.safe_load(file.read_text(encoding="utf-8")).items():
                found[name] = settings(Preset, values, f"{file.name}: {name}")
    return dict(sorted(found.items()))


def preset(name: str, where: str) -> Preset:
    """Find a preset by its name.

    Parameters
    ----------
    name : str
        Its name.
    where : str
        Path of the key in the settings, for the message.

    Returns
    -------
    Preset
        The preset.

    Raises
    ------
    SettingsError
        When there is none of this name; it names the nearest, or all.

    Examples
    --------
    >>> preset("zendesk_ticket", "data.sources.desk.preset")
    Traceback (most recent call last):
    ...
    icpfit.errors.SettingsError: data.sources.desk.preset: there is no preset 'zendesk_ticket'; did
    you mean 'zendesk_tickets'?
    """
    import difflib

    known = presets()
    if name in known:
        return known[name]
    near = difflib.get_close_matches(str(name), list(known), n=1, cutoff=0.6)
    hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(known)}"
    raise SettingsError(f"{where}: there is no preset '{name}'; {hint}")


def header_fits(one: Preset, header: list[str]) -> int:
    """Count how many of the columns by which a preset is recognised a header has.

    Parameters
    ----------
    one : Preset
        The preset.
    header : list of str
        The columns of a file; case and surrounding space don't matter.

    Returns
    -------
    int
        0 when the header isn't this preset's; otherwise the higher, the surer.

    Examples
    --------
    >>> header_fits(presets()["zendesk_tickets"], ["Id", "Subject", "Requester", "Created at"])
    0
    """
    names = {name.strip().casefold() for name in header}

    def has(column: str) -> bool:
        return any(part.strip().casefold() in names for part in column.split(" | "))

    if not all(map(has, one.header)) or any(map(has, one.never)):
        return 0
    further = sum(map(has, one.one_of))
    if one.one_of and not further:
        return 0
    return len(one.header) + further
