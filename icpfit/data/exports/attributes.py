"""The facts that an accounts export holds: kind, profile, and when each is known, as a guess."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from icpfit.data.contract import CONTRACT
from icpfit.data.exports.column_facts import profile_line
from icpfit.data.exports.draft import Question
from icpfit.data.exports.names import known_by_name, named, readable, slug

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from icpfit.data.exports.column_facts import ColumnFacts
    from icpfit.data.exports.draft import Draft

__all__ = ["add_attributes"]

_NEVER = (
    "phone",
    "fax",
    "street",
    "address",
    "email",
    "mail",
    "description",
    "website",
    "domain",
    "url",
    "zip",
    "postal",
    "postcode",
    "photo",
    "latitude",
    "longitude",
    "modstamp",
    "modified",
    "owner",
    "created by",
    "deleted",
    "id",
)
_MOST_LEVELS = 200


def add_attributes(
    draft: Draft, facts: Mapping[str, ColumnFacts], used: Collection[str], notation: dict[str, Any]
) -> None:
    """Propose the attributes of the accounts, each with its profile and a question.

    Parameters
    ----------
    draft : Draft
        Receives them.
    facts : Mapping of str to ColumnFacts
        Columns of the accounts export.
    used : collection of str
        Columns that the contract takes.
    notation : dict
        ``format:`` of the export; numbers written otherwise are left to the person.
    """
    taken = {column.name for column in CONTRACT["accounts"]}
    for name, one in facts.items():
        if name in used or name.startswith("("):
            continue
        kind = _kind(one, notation)
        if kind is None:
            continue
        key = slug(name)
        if key in taken:
            key = f"{key}_of_account"
        while key in draft.values["attributes"]:
            key += "_2"
        known, reason = known_by_name(name)
        values: dict[str, Any] = {"kind": kind, "known": known}
        if name != key:
            values["column"] = name
        values["meaning"] = readable(name)
        draft.seen.append(name)
        path = ("attributes", key)
        draft.values["attributes"][key] = values
        draft.heads[path] = [profile_line(one)]
        draft.questions.append(
            Question(
                path=(*path, "known"),
                text=f"{name} ({profile_line(one)}): when is it known?",
                default=known,
                reason=reason,
                choices=("before_sale", "at_signing", "after_sale"),
            )
        )


def _kind(one: ColumnFacts, notation: dict[str, Any]) -> str | None:
    """Kind of an attribute; None where there is nothing to learn from, or nothing but a person."""
    if one.fill < 0.05 or one.distinct < 2 or named(one.name, *_NEVER):
        return None
    if one.kind == "flag":
        return "flag"
    if one.kind == "date":
        wanted = notation.get("dates", "%Y-%m-%d")
        return "date" if one.notation.get("dates", "%Y-%m-%d") == wanted else None
    if one.kind == "number":
        fits = all(notation.get(key) == value for key, value in one.notation.items())
        is_id = one.is_key and named(one.name, "number", "no", "code", "key", "num")
        return "number" if fits and not (is_id and not named(one.name, "of")) else None
    # Names and free texts have nearly as many levels as rows.
    return "category" if one.distinct <= min(_MOST_LEVELS, 0.5 * one.filled) else None
