"""The settings that say where a company's exports lie and how they map to the contract."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - settings() looks the field types up
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from icpfit.data.contract import CONTRACT, KNOWN_MEANING, Attribute
from icpfit.data.identity.normal_ids import Form  # noqa: TC001
from icpfit.data.presets.expansion import with_presets
from icpfit.data.prospect_spec import CrmFields, ProspectSpec, with_list_format
from icpfit.data.sources.source_spec import Format, ProspectFiles, Source
from icpfit.errors import SettingsError
from icpfit.settings import settings

__all__ = [
    "Controls",
    "CrmFields",
    "DataSpec",
    "Format",
    "JoinLimits",
    "Keys",
    "Pool",
    "ProspectFiles",
    "ProspectSpec",
    "Source",
    "data_spec",
]


@dataclass(frozen=True)
class Keys:
    """How the ids of two tables are compared: without case, and what else is left out of them."""

    ignore_case: bool = False
    normalise: list[Form] = field(default_factory=list)


@dataclass(frozen=True)
class JoinLimits:
    """How much of the money may find no account before the run stops, as a share of 0 to 1."""

    max_lost_share: float = 0.05

    def __post_init__(self) -> None:
        if not 0 <= self.max_lost_share <= 1:
            raise ValueError(f"max_lost_share: expected 0 to 1, found {self.max_lost_share:g}")


@dataclass(frozen=True)
class Pool:
    """Cost of one pool of service in the books, and what it could give at most, in `unit`."""

    cost: float
    capacity: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class Controls:
    """Totals of the books that the ledgers are reconciled to, in the company's currency."""

    revenue_total: float | None = None
    tolerance: float = 0.01
    pools: dict[str, Pool] = field(default_factory=dict)


@dataclass(frozen=True)
class DataSpec:
    """Where one company's exports lie, and what its columns mean.

    Parameters
    ----------
    folder : str
        Folder of the exports, relative to the root, or absolute.
    as_of : date
        Rows after it are set aside.
    horizon, lag : str
        ``90d`` (days) or ``12mo`` (calendar months).
    currency : str
        The company's currency.
    sources : dict of str to Source
        The exports.
    attributes : dict of str to Attribute
        What is known of an account.
    prospects : ProspectSpec or None
        How prospects are read.
    currencies : dict of str to float
        Rate of one unit of another currency in `currency`.
    keys, join, controls : Keys, JoinLimits, Controls
        How ids compare, when a join stops the run, what the books say.
    allow : dict of str to str
        Attribute to why it was known before the sale, for those that a check finds conspicuous;
        stands in the attribute as its ``allow``.
    never_use : list of str
        Attributes never learned from, such as a person's data; stands in the attribute as its
        ``never_use``.
    """

    folder: str
    as_of: dt.date
    horizon: str
    lag: str
    currency: str
    sources: dict[str, Source]
    attributes: dict[str, Attribute] = field(default_factory=dict)
    prospects: ProspectSpec | None = None
    currencies: dict[str, float] = field(default_factory=dict)
    keys: Keys = field(default_factory=Keys)
    join: JoinLimits = field(default_factory=JoinLimits)
    controls: Controls = field(default_factory=Controls)
    allow: dict[str, str] = field(default_factory=dict)
    never_use: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name, text in (("horizon", self.horizon), ("lag", self.lag)):
            if not re.fullmatch(r"\d+(d|mo)", text):
                raise ValueError(
                    f"{name}: expected days or months, such as 90d or 12mo, found {text!r}"
                )
        if not any(source.table == "accounts" for source in self.sources.values()):
            raise ValueError(
                "sources: none of them has table: accounts; add the export of customers"
            )
        for name, rate in sorted(self.currencies.items()):
            if not 0 < rate < float("inf"):
                raise ValueError(f"currencies.{name}: expected a rate above 0, found {rate:g}")


def data_spec(values: Mapping[str, Any], where: str = "data") -> DataSpec:
    """Read the settings of a company's data strictly.

    Parameters
    ----------
    values : Mapping
        Plain values, as a YAML file holds them.
    where : str
        Their path in the settings, for messages.

    Returns
    -------
    DataSpec
        The settings, with each attribute's name filled in from its key.

    Raises
    ------
    SettingsError
        For an unknown or missing key, a value of the wrong kind, a column that the contract
        doesn't have, or an attribute that doesn't say when it is known.

    Examples
    --------
    >>> spec = data_spec(
    ...     {
    ...         "folder": "data/acme",
    ...         "as_of": "2026-06-30",
    ...         "horizon": "12mo",
    ...         "lag": "60d",
    ...         "currency": "EUR",
    ...         "attributes": {"industry": {"kind": "category", "known": "before_sale"}},
    ...         "sources": {"crm": {"table": "accounts", "files": "crm.csv"}},
    ...     }
    ... )
    >>> spec.attributes["industry"].source_column
    'industry'
    """
    if isinstance(values, Mapping):
        values = with_list_format(with_presets(values, where))
    if isinstance(values, Mapping) and isinstance(values.get("attributes"), Mapping):
        attributes = {
            str(name): _named_attribute(str(name), given, f"{where}.attributes.{name}")
            for name, given in values["attributes"].items()
        }
        _add_rules(attributes, values, where)
        values = {**values, "attributes": attributes}
    spec = settings(DataSpec, values, where)
    _check_columns(spec, where)
    return spec


def _check_columns(spec: DataSpec, where: str) -> None:
    """Refuse a column that the contract, or an attribute that the company, doesn't have."""
    for name, source in sorted(spec.sources.items()):
        known = [column.name for column in CONTRACT[source.table]]
        if source.table == "accounts":
            known += sorted(spec.attributes)
        if source.table == "opportunities":
            known += sorted(n for n, a in spec.attributes.items() if a.known == "before_sale")
        for key in ("columns", "constants"):
            for column in sorted(getattr(source, key)):
                _check_known(column, known, f"{where}.sources.{name}.{key}", source.table)
        for attribute in sorted(source.customers.same if source.customers is not None else ()):
            named = f"{where}.sources.{name}.customers.same"
            _check_known(attribute, spec.attributes, named, "attributes")
    if spec.prospects is not None:
        for attribute in sorted(spec.prospects.columns):
            _check_known(attribute, spec.attributes, f"{where}.prospects.columns", "attributes")


def _named_attribute(name: str, given: Any, where: str) -> Any:
    if not isinstance(given, Mapping):
        return given  # settings() refuses it, with its path
    if name in {column.name for column in CONTRACT["accounts"]}:
        raise SettingsError(f"{where}: the contract has a column of this name; choose another")
    if "name" in given:
        raise SettingsError(f"{where}.name: there is no such key; the attribute's key is its name")
    if given.get("known") is None:
        choices = "; ".join(f"{known} ({meaning})" for known, meaning in KNOWN_MEANING.items())
        raise SettingsError(f"{where}.known: is missing; say when it is known: {choices}")
    return {**given, "name": name}


def _add_rules(attributes: dict[str, Any], values: Mapping[str, Any], where: str) -> None:
    """Write `allow` and `never_use` of the data into the attributes that they name."""
    allow, never_use = values.get("allow"), values.get("never_use")
    rules: list[tuple[str, str, Any]] = []
    if isinstance(allow, Mapping):  # settings() refuses what is neither, with its path
        rules += [("allow", str(name), reason) for name, reason in allow.items()]
    if isinstance(never_use, list | tuple):
        rules += [("never_use", str(name), True) for name in never_use]
    for key, name, value in rules:
        _check_known(name, attributes, f"{where}.{key}", "attributes")
        if not isinstance(attributes[name], Mapping):
            continue
        if key == "allow" and not str(value or "").strip():
            raise SettingsError(
                f"{where}.allow.{name}: is empty; write why it was known before the sale"
            )
        if key == "allow" and attributes[name].get("allow"):
            raise SettingsError(
                f"{where}.allow.{name}: its attribute has an allow of its own; keep one of them"
            )
        attributes[name] = {**attributes[name], key: value}


def _check_known(column: str, known: Iterable[str], where: str, table: str) -> None:
    names = list(known)
    if column in names:
        return
    near = difflib.get_close_matches(column, names, n=1, cutoff=0.6)
    hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(sorted(names)) or 'none'}"
    raise SettingsError(f"{where}.{column}: {table} has no such column; {hint}")
