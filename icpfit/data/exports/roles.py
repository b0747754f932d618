"""What an export without a preset is, and which of its columns is the key, the day, the amount."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from icpfit.data.exports.names import named, slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from icpfit.data.exports.column_facts import ColumnFacts
    from icpfit.data.exports.export import Export

__all__ = ["Role", "role_of"]

_STARTS = (
    "contract start",
    "start date",
    "started",
    "customer since",
    "won date",
    "won on",
    "close date",
    "closed",
    "first order",
    "go live",
    "golive",
    "signed",
    "begin",
    "start",
    "since",
    "created",
    "created date",
)
_OPENED = ("opportunity created", "opened", "first contact", "opportunity open", "created")
_LOST = (
    "churn date",
    "churned",
    "cancelled",
    "canceled",
    "cancellation",
    "lost on",
    "left on",
    "termination",
)
_DAYS = (
    "invoice date",
    "posting date",
    "date",
    "created at",
    "created",
    "completed on",
    "on",
    "at",
    "day",
    "time",
)
_MONEY = (
    "net amount",
    "amount net",
    "amount",
    "revenue",
    "net",
    "total",
    "value",
    "sum",
    "price",
    "betrag",
    "umsatz",
)
_COST_MONEY = ("cost", "amount", "expense", "expenses", "value", "kosten")
_EFFORT = (
    "minute",
    "minutes",
    "hour",
    "hours",
    "duration",
    "quantity",
    "qty",
    "effort",
    "time spent",
    "stunden",
)
_KINDS = ("activity", "work type", "type", "category", "kind", "task", "service")
_TOPICS = ("topic", "reason", "cause", "theme", "root cause")
_IDS = ("id", "number", "no", "key", "code", "num", "nr")
_COST_FILES = (
    "ticket",
    "case",
    "visit",
    "support",
    "return",
    "rma",
    "onboarding",
    "service",
    "complaint",
    "training",
    "timesheet",
    "hours",
    "time",
    "work order",
    "call",
    "incident",
    "repair",
    "delivery",
    "shipment",
)
_REVENUE_FILES = (
    "invoice",
    "revenue",
    "sale",
    "billing",
    "payment",
    "transaction",
    "credit",
    "order",
    "ledger",
)
_LOYALTY_FILES = ("survey", "nps", "csat", "feedback", "response", "satisfaction")
_CUSTOMER_FILES = (
    "account",
    "customer",
    "client",
    "company",
    "companie",
    "merchant",
    "crm",
    "seller",
)


@dataclass(frozen=True)
class Role:
    """What an export is taken to be.

    Parameters
    ----------
    table : str
        The table of the contract that it fills, or ``prospects``.
    columns : dict of str to str
        Contract column to its column; without ``account_id`` but for accounts and prospects.
    constants : dict of str to str
        Contract column to a fixed text.
    notation : dict
        Keys of ``format:``.
    ambiguous : list of str
        Columns of days that can be read with day and month either way.
    """

    table: str
    columns: dict[str, str]
    constants: dict[str, str] = field(default_factory=dict)
    notation: dict[str, Any] = field(default_factory=dict)
    ambiguous: list[str] = field(default_factory=list)


def role_of(export: Export, facts: Mapping[str, ColumnFacts]) -> Role | None:
    """Propose what an export is.

    Parameters
    ----------
    export : Export
        The export.
    facts : Mapping of str to ColumnFacts
        Its columns.

    Returns
    -------
    Role or None
        ``None`` where nothing fits.
    """
    days = [one for one in facts.values() if one.kind == "date" and one.fill >= 0.2]
    numbers = [one for one in facts.values() if one.kind == "number" and one.fill >= 0.2]
    keys = [one for one in facts.values() if one.is_key and one.kind in ("text", "number")]
    id_column = _pick(keys, _IDS) or (keys[0].name if keys else None)
    is_list = id_column is not None and export.columns.num_rows > 0
    if is_list and named(export.files, "prospect", "lead", "target"):
        name = _pick(facts.values(), ("company name", "company", "name"))
        return Role("prospects", {"id": str(id_column), **({"name": name} if name else {})})
    is_ledger = named(export.files, *_COST_FILES, *_REVENUE_FILES, *_LOYALTY_FILES)
    if is_list and not is_ledger:
        return _customers(str(id_column), facts, days)
    return _ledger_role(export, facts, days, numbers) if days else None


def _ledger_role(
    export: Export,
    facts: Mapping[str, ColumnFacts],
    days: list[ColumnFacts],
    numbers: list[ColumnFacts],
) -> Role | None:
    score = _score(numbers)
    if score is not None and (named(export.files, *_LOYALTY_FILES) or len(numbers) == 1):
        kind = "nps" if score.quantiles[-1] > 5 else "csat"
        found = {
            "value": score.name,
            **_found(facts.values(), {"comment": ("comment", "feedback", "why")}),
        }
        return _ledger("loyalty", found, facts, days, {"kind": kind})
    if named(export.files, *_COST_FILES) and not named(export.files, "sale"):
        return _costs(export, facts, days, numbers)
    money = _pick(numbers, _MONEY)
    if money:
        found = {"amount": money}
        others = [one for one in facts.values() if one.name != money]
        found |= _found(
            others,
            {
                "direct_cost": ("cogs", "direct cost", "extended cost", "cost"),
                "currency": ("currency",),
            },
        )
        return _ledger("revenue", found, facts, days, {})
    return None


def _customers(
    id_column: str, facts: Mapping[str, ColumnFacts], days: list[ColumnFacts]
) -> Role | None:
    start = _pick(days, _STARTS)
    if start is None:
        return None
    others = [one for one in days if one.name != start]
    found = {"account_id": id_column, "started_on": start}
    found |= {
        name: column
        for name, column in (
            ("opened_on", _pick(others, _OPENED)),
            ("churned_on", _pick(others, _LOST)),
            (
                "name",
                _pick(
                    [f for f in facts.values() if f.kind == "text"],
                    ("account name", "company name", "name", "company"),
                ),
            ),
            ("domain", _pick(facts.values(), ("domain", "website", "web site", "url"))),
        )
        if column and column != id_column
    }
    return _with_notation(Role("accounts", found), facts)


def _costs(
    export: Export,
    facts: Mapping[str, ColumnFacts],
    days: list[ColumnFacts],
    numbers: list[ColumnFacts],
) -> Role:
    effort, money = _pick(numbers, _EFFORT), _pick(numbers, _COST_MONEY)
    found = {"amount": money} if money else {"quantity": effort} if effort else {}
    constants = {} if found else {"quantity": "1"}
    few = [one for one in facts.values() if one.kind == "text" and one.distinct <= 30]
    kind = _pick([one for one in few if one.fill >= 0.99], _KINDS)
    if kind:
        found["activity"] = kind
    else:
        constants["activity"] = slug(export.name)
    topic = _pick([one for one in few if one.name != kind], _TOPICS)
    if topic:
        found["topic"] = topic
    return _ledger("costs", found, facts, days, constants)


def _ledger(
    table: str,
    found: dict[str, str],
    facts: Mapping[str, ColumnFacts],
    days: list[ColumnFacts],
    constants: dict[str, str],
) -> Role:
    day = _pick(days, _DAYS) or days[0].name
    keys = [one for one in facts.values() if one.is_key and one.name not in {day, *found.values()}]
    line = _pick(
        keys, ("line id", "line", "id", "num", "number", "no", "ticket", "order", "invoice")
    )
    columns = {"date": day, **found, **({"line_id": line} if line else {})}
    return _with_notation(Role(table, columns, constants), facts)


def _with_notation(role: Role, facts: Mapping[str, ColumnFacts]) -> Role:
    notation: dict[str, Any] = {}
    columns = dict(role.columns)
    ambiguous = []
    for name, column in role.columns.items():
        one = facts[column]
        if one.kind not in ("date", "number") or name in ("account_id", "line_id"):
            continue
        if one.kind == "date":
            # One format for all days of a source: the first column decides, as it must be there.
            settled = notation.setdefault("dates", one.notation.get("dates", "%Y-%m-%d"))
            if settled != one.notation.get("dates", "%Y-%m-%d"):
                del columns[name]
            elif one.ambiguous:
                ambiguous.append(column)
        else:
            notation |= one.notation
    if notation.get("dates") == "%Y-%m-%d":
        del notation["dates"]
    return Role(role.table, columns, role.constants, notation, ambiguous)


def _found(facts: Iterable[ColumnFacts], asked: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    all_facts = list(facts)
    picked = {name: _pick(all_facts, phrases) for name, phrases in asked.items()}
    return {name: column for name, column in picked.items() if column}


def _score(numbers: list[ColumnFacts]) -> ColumnFacts | None:
    for one in numbers:
        inside = one.quantiles[0] >= 0 and one.quantiles[-1] <= 10 and one.distinct <= 11
        if inside and named(
            one.name, "score", "nps", "rating", "recommend", "likelihood", "csat", "satisfaction"
        ):
            return one
    return None


def _pick(facts: Iterable[ColumnFacts], phrases: tuple[str, ...]) -> str | None:
    """Pick the first column that one of the phrases names, the phrases in their order."""
    ordered = list(facts)
    for phrase in phrases:
        for one in ordered:
            if named(one.name, phrase):
                return one.name
    return None
