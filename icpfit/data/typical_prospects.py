"""The list of prospects that looks like those to be scored, where the settings name one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from icpfit.data.prospect_list import read_prospects
from icpfit.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from icpfit.data.table_spec import DataSpec

__all__ = ["TypicalProspects", "typical_prospects"]


@dataclass(frozen=True, eq=False)
class TypicalProspects:
    """Facts of a typical list of prospects.

    Parameters
    ----------
    facts : DataFrame or None
        One row per prospect, a column per attribute; None where there is no such list.
    note : str
        Which list it is, or why there is none.
    """

    facts: pd.DataFrame | None
    note: str


def typical_prospects(spec: DataSpec, root: Path) -> TypicalProspects:
    """Read the list named under ``prospects.typical``, else the only one that is named.

    Parameters
    ----------
    spec : DataSpec
        The settings of the company's data.
    root : Path
        What ``spec.folder`` is relative to.

    Returns
    -------
    TypicalProspects
        Without facts where no list is named, several are, or the only one isn't there.

    Raises
    ------
    SourceError
        When the list named under ``typical`` can't be read.
    """
    asked = spec.prospects
    if asked is None or not asked.lists:
        return TypicalProspects(None, "data.prospects names no list")
    name = asked.typical
    if name is None and len(asked.lists) > 1:
        listed = ", ".join(sorted(asked.lists))
        return TypicalProspects(
            None, f"several lists are named ({listed}); say under data.prospects.typical which one"
        )
    try:
        listed_prospects = read_prospects(spec, name or next(iter(asked.lists)), root)
    except SourceError as error:
        if name is not None:
            raise
        return TypicalProspects(None, str(error))
    shown = name or next(iter(asked.lists))
    return TypicalProspects(
        listed_prospects.facts, f"the list '{shown}' of {len(listed_prospects.facts):,} prospects"
    )
