"""The reference: what is kept of the accounts learned from, to hold later lists against them.

No names and no ids: the facts as the model reads them, when the account started, what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from icpfit.errors import ModelError
from icpfit.fit.features import feature_matrix

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from icpfit.fit.contract import FeatureContract

__all__ = [
    "REFERENCE_FILE",
    "REFERENCE_ROWS",
    "Reference",
    "compared_columns",
    "read_reference",
    "reference",
    "write_reference",
]

Floats = npt.NDArray[np.float64]

REFERENCE_FILE = "reference.parquet"
REFERENCE_ROWS = 2_000
"""At most so many accounts learned from, and so many judged, are kept."""

_PREFIX = "fact:"
_OWN = ("is_learned", "is_judged", "started_on", "is_fit", "margin", "ranking")


@dataclass(frozen=True, eq=False)
class Reference:
    """Accounts that a model learned from, or was judged on.

    Parameters
    ----------
    columns : numpy.ndarray of float64, shape (n, p)
        As `compared_columns` gives them.
    is_learned, is_judged : numpy.ndarray of bool, shape (n,)
        Which part an account belongs to; both without a hold-out.
    started_on : numpy.ndarray of datetime64[D], shape (n,)
        Its start.
    is_fit : numpy.ndarray of bool, shape (n,)
        Whether it was a profitable fit.
    margin : numpy.ndarray of float64, shape (n,)
        Its contribution margin over the horizon, in currency units.
    ranking : numpy.ndarray of float64, shape (n,)
        What the model said of it without having learned from it; NaN where it wasn't judged.
    """

    columns: Floats
    is_learned: npt.NDArray[np.bool_]
    is_judged: npt.NDArray[np.bool_]
    started_on: npt.NDArray[np.datetime64]
    is_fit: npt.NDArray[np.bool_]
    margin: Floats
    ranking: Floats

    def rows(self, kept: npt.NDArray[np.bool_]) -> Reference:
        """Return some of the accounts.

        Parameters
        ----------
        kept : numpy.ndarray of bool, shape (n,)
            Which.

        Returns
        -------
        Reference
            In the same order.
        """
        return Reference(
            self.columns[kept],
            self.is_learned[kept],
            self.is_judged[kept],
            self.started_on[kept],
            self.is_fit[kept],
            self.margin[kept],
            self.ranking[kept],
        )


def compared_columns(
    facts: pd.DataFrame, decided_on: pd.Series | dt.date, contract: FeatureContract
) -> Floats:
    """Return facts as the model reads them, but a level never served is told from a missing one.

    Parameters
    ----------
    facts : pandas.DataFrame, shape (n, any)
        One row per account or prospect.
    decided_on : pandas.Series of dates, or one date for all rows
        As `feature_matrix` takes it.
    contract : FeatureContract
        The model's.

    Returns
    -------
    numpy.ndarray of float64, shape (n, p)
        `feature_matrix`, with the code ``len(levels)`` for a level that no account had.

    Examples
    --------
    >>> import datetime as dt
    >>> from icpfit.fit.contract import Feature, FeatureContract
    >>> contract = FeatureContract((Feature("land", "category", levels=("AT", "DE")),), {})
    >>> facts = pd.DataFrame({"land": ["DE", "JP", None]})
    >>> compared_columns(facts, dt.date(2026, 1, 1), contract).ravel()
    array([ 1.,  2., nan])
    """
    columns = feature_matrix(facts, decided_on, contract)
    for feature in contract.features:
        if feature.kind == "category" and feature.name in facts:
            given = facts[feature.name]
            served = given.isin([*feature.levels, *feature.rare_levels])
            unseen = (given.notna() & ~served).to_numpy()
            columns[unseen, feature.column] = len(feature.levels)
    return columns


def reference(
    columns: Floats,
    *,
    is_learned: npt.NDArray[np.bool_],
    is_judged: npt.NDArray[np.bool_],
    started_on: pd.Series,
    is_fit: npt.NDArray[np.bool_],
    margin: Floats,
    ranking: Floats,
) -> Reference:
    """Return what is kept of the accounts: all, or every k-th where there are many.

    Parameters
    ----------
    columns : numpy.ndarray of float64, shape (n, p)
        As `compared_columns` gives them, in account_id order.
    is_learned, is_judged : numpy.ndarray of bool, shape (n,)
        Which part each account belongs to.
    started_on : pandas.Series of dates, length n
        Its start.
    is_fit : numpy.ndarray of bool, shape (n,)
        Whether it was a profitable fit.
    margin, ranking : numpy.ndarray of float64, shape (n,)
        Its margin in currency units, and what the model said of it.

    Returns
    -------
    Reference
        At most 2,000 accounts learned from and 2,000 judged, evenly taken.
    """
    kept = np.zeros(len(columns), dtype=bool)
    whole = is_learned & is_judged
    for part in (whole, is_learned & ~whole, is_judged & ~whole):
        rows = np.flatnonzero(part)
        if len(rows) > REFERENCE_ROWS:
            places = np.linspace(0, len(rows) - 1, REFERENCE_ROWS)
            rows = rows[places.round().astype(np.intp)]
        kept[rows] = True
    days = pd.to_datetime(started_on).to_numpy().astype("datetime64[D]")
    return Reference(
        np.asarray(columns, dtype=np.float64),
        is_learned,
        is_judged,
        days,
        np.asarray(is_fit, dtype=bool),
        np.asarray(margin, dtype=np.float64),
        np.asarray(ranking, dtype=np.float64),
    ).rows(kept)


def write_reference(path: Path, kept: Reference, contract: FeatureContract) -> None:
    """Write a reference as Parquet.

    Parameters
    ----------
    path : Path
        The file.
    kept : Reference
        What is kept.
    contract : FeatureContract
        Names its columns.
    """
    frame = pd.DataFrame(
        {
            **{_PREFIX + f.name: kept.columns[:, f.column] for f in contract.features},
            **{name: getattr(kept, name) for name in _OWN},
        }
    )
    frame["started_on"] = frame["started_on"].astype("datetime64[s]")
    frame.to_parquet(path, index=False)


def read_reference(path: Path, contract: FeatureContract) -> Reference:
    """Read a reference back.

    Parameters
    ----------
    path : Path
        The file.
    contract : FeatureContract
        The model's.

    Returns
    -------
    Reference
        As it was written.

    Raises
    ------
    ModelError
        If the file is damaged or belongs to another model.
    """
    try:
        frame = pd.read_parquet(path)
        columns = np.column_stack(
            [frame[_PREFIX + feature.name].to_numpy(np.float64) for feature in contract.features]
        )
        own = {name: frame[name].to_numpy() for name in _OWN}
    except (OSError, KeyError, ValueError) as error:  # pyarrow's errors are ValueErrors
        said = " ".join(str(error).split())[:80]
        raise ModelError(
            f"{path}: the kept accounts are damaged or another model's ({said}); train again"
        ) from None
    return Reference(
        columns,
        own["is_learned"].astype(bool),
        own["is_judged"].astype(bool),
        own["started_on"].astype("datetime64[D]"),
        own["is_fit"].astype(bool),
        own["margin"].astype(np.float64),
        own["ranking"].astype(np.float64),
    )
