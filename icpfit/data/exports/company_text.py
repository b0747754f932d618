"""A company's YAML as text: values with comments, and what is new put into a former file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from icpfit.data.contract import KNOWN_MEANING
from icpfit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.data.exports.draft import Draft, Path

__all__ = ["added_text", "company_text"]

_SEEN = "# written by icpfit init; what you take out of the file stays out: "
_HEADS = {
    "currency": "all amounts are in it; other currencies need `currencies: {USD: 0.92}`",
    "as_of": "the day that the exports are meant for; later rows are set aside, counted",
    "horizon": "outcomes are summed over this time from each start (12mo, or 90d)",
    "lag": "late bookings come until then; a customer is judged when start + horizon + lag is past",
    "folder": "where the files lie, seen from root= (or an absolute path)",
}
# Groups into which a later run puts what is new.
_GROWING: tuple[Path, ...] = (
    ("attributes",),
    ("sources",),
    ("economics", "rate_card", "activities"),
)


def company_text(draft: Draft) -> str:
    """Write a draft as a commented YAML.

    Parameters
    ----------
    draft : Draft
        The draft, answered.

    Returns
    -------
    str
        The file. A value that nobody confirmed has ``# guess:`` and the reason behind it.
    """
    lines = [
        "# Written by icpfit init. Look at every `# guess:` and change what is wrong; then",
        f"#     icpfit check data={draft.values['company']}",
        "# A later init leaves what stands here as it is, and adds what is new.",
        "",
    ]
    for key, value in draft.values.items():
        if isinstance(value, dict):
            lines += ["", *_group_head(key)]
        if key in _HEADS:
            lines.append(f"# {_HEADS[key]}")
        lines += _lines(draft, {key: value}, (), 0)
    if draft.unused:
        lines += ["", "# Files that are not used:"]
        lines += [
            f"#   {_plain(file)}: {_plain(why)}" for file, why in sorted(draft.unused.items())
        ]
    return "\n".join([*lines, "", _seen_line(draft.seen), ""])


def added_text(former: str, draft: Draft, where: str) -> tuple[str, list[str]]:
    """Put what is new in a draft into a former file, of which nothing is changed.

    Parameters
    ----------
    former : str
        The file as it is, edited by a person or not.
    draft : Draft
        What init proposes today.
    where : str
        The file's name, for messages.

    Returns
    -------
    text : str
        `former` with new attributes, sources and activities at the end of their groups; what was
        seen before, and is not there, was taken out by a person and stays out.
    added : list of str
        What was added.

    Raises
    ------
    SettingsError
        When the file is no YAML of keys and values, or isn't laid out so that lines can be added.
    """
    before = _loaded(former, where)
    seen = _seen(former)
    text, added = former, []
    for path in _GROWING:
        there, proposed = _at(before, path), _at(draft.values, path)
        new = {
            name: value
            for name, value in (proposed or {}).items()
            if not _stands(name, value, there or {}, seen)
        }
        if not new:
            continue
        if not isinstance(there, dict) or not there:
            raise SettingsError(
                f"{where}: {'.'.join(path)} is empty or no group; write one entry, and run it again"
            )
        text = _inserted(text, path, _lines(draft, new, path, 2 * len(path)))
        added += [f"{path[-1]}: {name}" for name in new]
    text = _with_seen(text, [*seen, *(name for name in draft.seen if name not in seen)])
    after = _loaded(text, where)
    for path in _GROWING:
        grown = _at(after, path) or {}
        kept = {name: grown.get(name) for name in _at(before, path) or {}}
        if kept != (_at(before, path) or {}):
            raise SettingsError(
                f"{where}: can't be added to without changing it; write its groups one key a line"
            )
    return text, added


def _lines(draft: Draft, values: Mapping[str, Any], path: Path, indent: int) -> list[str]:
    lines = []
    margin = " " * indent
    for key, value in values.items():
        here = (*path, str(key))
        remark = draft.remarks.get(here)
        comment = f"  # {_plain(remark)}" if remark else ""
        shown = _scalar(key)
        if isinstance(value, dict) and value:
            lines.append(f"{margin}{shown}:{comment}")
            lines += [f"{margin}  # {_plain(text)}" for text in draft.heads.get(here, ())]
            lines += _lines(draft, value, here, indent + 2)
        else:
            lines.append(f"{margin}{shown}: {_scalar(value)}{comment}")
    return lines


def _scalar(value: Any) -> str:
    import yaml

    text: str = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, width=10**9, sort_keys=False
    )
    return text.removesuffix("...\n").strip()


def _group_head(key: str) -> list[str]:
    if key == "attributes":
        known = [f"#   {name}: {meaning}" for name, meaning in KNOWN_MEANING.items()]
        return ["# What is known of a customer, and when. Look at each `known`:", *known]
    return {
        "sources": ["# Which export fills which table of the contract."],
        "prospects": ["# Lists to score."],
        "economics": ["# What serving costs, and what a profitable fit is."],
    }.get(key, [])


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _at(values: Any, path: Path) -> Any:
    for key in path:
        values = values.get(key) if isinstance(values, dict) else None
    return values


def _stands(name: str, value: Any, there: Mapping[str, Any], seen: list[str]) -> bool:
    """Whether an entry is there already, also under another name, or was taken out."""
    if name in there or name in seen:
        return True
    column = value.get("column", name) if isinstance(value, dict) else name
    files = value.get("files") if isinstance(value, dict) else None
    known: set[Any] = {*seen}
    for other, given in there.items():
        if isinstance(given, dict):
            known |= {given.get("column", other), given.get("files")}
            known |= {*(given.get("tables") or {}).values()}
    return column in known or (files is not None and files in known)


def _inserted(text: str, path: Path, new: list[str]) -> str:
    lines = text.split("\n")
    first, last = 0, len(lines)
    for depth, key in enumerate(path):
        pattern = re.compile(
            rf"^ {{{_indent_of(lines, first, last, depth)}}}[\"']?{re.escape(key)}[\"']?:"
        )
        place = next((i for i in range(first, last) if pattern.match(lines[i])), None)
        if place is None:
            return text
        width = len(lines[place]) - len(lines[place].lstrip())
        first = place + 1
        last = next(
            (
                i
                for i in range(first, last)
                if lines[i].strip()
                and not lines[i].lstrip().startswith("#")
                and len(lines[i]) - len(lines[i].lstrip()) <= width
            ),
            last,
        )
    while last > first and (not lines[last - 1].strip() or lines[last - 1].startswith("#")):
        last -= 1
    # The person may indent otherwise than we do.
    margin = _indent_of(lines, first, last, len(path))
    moved = [" " * max(0, margin - 2 * len(path)) + line for line in new]
    return "\n".join([*lines[:last], *moved, *lines[last:]])


def _indent_of(lines: list[str], first: int, last: int, depth: int) -> int:
    if depth == 0:
        return 0
    for line in lines[first:last]:
        if line.strip() and not line.lstrip().startswith("#"):
            return len(line) - len(line.lstrip())
    return 2 * depth


def _loaded(text: str, where: str) -> dict[str, Any]:
    import yaml

    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SettingsError(f"{where}: is no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(values, dict):
        raise SettingsError(f"{where}: expected keys and values; move the file away to begin anew")
    return values


def _seen_line(names: list[str]) -> str:
    return _SEEN + _scalar([_plain(name) for name in dict.fromkeys(names)])


def _seen(text: str) -> list[str]:
    import yaml

    for line in text.split("\n"):
        if line.startswith(_SEEN):
            try:
                found = yaml.safe_load(line.removeprefix(_SEEN))
            except yaml.YAMLError:
                return []
            return [str(name) for name in found] if isinstance(found, list) else []
    return []


def _with_seen(text: str, names: list[str]) -> str:
    kept = [line for line in text.split("\n") if not line.startswith(_SEEN)]
    return "\n".join(kept).rstrip("\n") + "\n\n" + _seen_line(names) + "\n"
