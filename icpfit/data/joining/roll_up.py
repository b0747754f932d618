"""Which account every subsidiary rolls up to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["root_of"]


def root_of(
    accounts: Sequence[str], parents: Mapping[str, str], *, ignore_case: bool = False
) -> dict[str, str]:
    """Ultimate parent of every account that has a parent.

    Parameters
    ----------
    accounts : sequence of str
        Every account with a row of its own.
    parents : mapping of str to str
        Child to parent; an account that isn't its own parent.
    ignore_case : bool
        Whether a parent is found when only its case differs.

    Returns
    -------
    dict of str to str
        Child to root, at any depth. A parent without a row of its own can be a root.

    Raises
    ------
    SourceError
        When an account is its own ancestor.

    Examples
    --------
    >>> root_of(["a", "b", "c"], {"a": "b", "b": "group"})
    {'a': 'group', 'b': 'group'}
    """
    if not parents:
        return {}
    spelling: dict[str, str] = {}
    if ignore_case:
        for name in [*sorted(accounts), *sorted(parents.values())]:
            spelling.setdefault(name.lower(), name)
    up = {}
    for child, parent in parents.items():
        spelled = spelling[parent.lower()] if ignore_case else parent
        if spelled != child:
            up[child] = spelled
    roots: dict[str, str] = {}
    for child in sorted(up):
        path: dict[str, None] = {}  # ordered, so that a cycle can be shown as it runs
        node = child
        while node in up and node not in roots:
            if node in path:
                walk = list(path)[list(path).index(node) :]
                shown = " -> ".join([*walk[:3], *(["..."] if len(walk) > 3 else []), node])
                raise SourceError(
                    f"accounts: parent_id runs in a circle ({shown}); correct one of these parents"
                )
            path[node] = None
            node = up[node]
        root = roots.get(node, node)
        roots.update(dict.fromkeys(path, root))
    return {child: roots[child] for child in sorted(roots)}
