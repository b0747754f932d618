"""Cost to serve: every service event priced, with who gave it, who caused it, and what for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from icpfit.economics.rate_card import Activity, RateCard
from icpfit.errors import SettingsError, SourceError

__all__ = ["PricedCosts", "priced_costs"]

_UNITS = 10_000
_KEY = "data.economics.rate_card.activities"


@dataclass(frozen=True)
class PricedCosts:
    """The cost rows, priced.

    Parameters
    ----------
    rows : pyarrow Table
        The table of costs with ``amount`` (int64 ten-thousandths, never missing), ``quantity``
        (int64 ten-thousandths of the activity's unit, 0 where not given, so that sums are
        exact), ``remedial``, ``served_by`` and ``caused_by`` filled. Rows priced by the card
        have no ``currency``: rates are in the company's own.
    notes : list of str
        Activities that the card doesn't have, and the like.
    """

    rows: pa.Table
    notes: list[str]


def priced_costs(costs: pa.Table, card: RateCard) -> PricedCosts:
    """Price the rows of the cost tables by activity.

    ``amount = quantity x rate`` by the rate valid on the row's date, rounded half to even to a
    ten-thousandth; a row's own amount wins. ``remedial`` and ``served_by`` come from the row,
    else from the activity; ``caused_by`` from the row, else from its topic, else from the
    activity, else it is ``unknown``.

    Parameters
    ----------
    costs : pyarrow Table
        The typed table of costs.
    card : RateCard
        The rate card.

    Returns
    -------
    PricedCosts
        As many rows, in the same order.

    Raises
    ------
    SettingsError
        For rows without an amount whose activity has no rate, or none yet on their date.
    SourceError
        For a row with neither amount nor quantity.

    References
    ----------
    Kaplan and Anderson (2007), Time-Driven Activity-Based Costing.
    """
    given = costs["amount"].is_valid().to_numpy()
    quantity = pc.fill_null(costs["quantity"], float("nan")).to_numpy()
    neither = np.flatnonzero(~given & np.isnan(quantity))
    if len(neither):
        raise SourceError(
            f"costs: {len(neither):,} rows have neither amount nor quantity, first"
            f" {_place(costs, neither[0])}; map one of the two columns, or give a constant"
        )
    encoded = costs["activity"].combine_chunks().dictionary_encode()
    names = encoded.dictionary.to_pylist()
    codes = encoded.indices.to_numpy()
    listed = [card.activities.get(name, Activity()) for name in names]
    rate = _rates(costs, codes, names, card, ~given)
    amount = pc.fill_null(costs["amount"], 0).to_numpy().copy()
    # Ten-thousandths, so that what is summed later is exact.
    amount[~given] = np.rint(quantity[~given] * rate[~given] * _UNITS).astype("int64")
    rows = _with(costs, "amount", pa.array(amount, pa.int64()))
    whole = np.rint(np.nan_to_num(quantity) * _UNITS).astype("int64")
    rows = _with(rows, "quantity", pa.array(whole, pa.int64()))
    own = pc.if_else(pa.array(given), costs["currency"].combine_chunks(), None)
    rows = _with(rows, "currency", own.cast(pa.string()))

    def by_activity(values: list[bool] | list[str]) -> pa.Array:
        return pa.array(values).take(pa.array(codes)) if names else pa.array(values)

    rows = _filled(rows, "remedial", by_activity([one.remedial for one in listed]))
    rows = _filled(rows, "served_by", by_activity([one.served_by for one in listed]))
    rows = _filled(rows, "caused_by", _topic_cause(costs, card))
    rows = _filled(rows, "caused_by", by_activity([card.cause_of(name) for name in names]))
    notes = []
    strangers = sorted(set(names) - set(card.activities))
    if strangers and card.activities:
        more = f" and {len(strangers) - 3} more" if len(strangers) > 3 else ""
        notes.append(
            f"activities {', '.join(strangers[:3])}{more} are not on the rate card: their rows"
            " bring their own amounts and count as planned unless they say otherwise"
        )
    return PricedCosts(rows, notes)


def _rates(
    costs: pa.Table,
    codes: np.ndarray,
    names: list[str],
    card: RateCard,
    needed: np.ndarray,
) -> np.ndarray:
    """Rate of every row; NaN where it isn't needed."""
    listed = [card.activities.get(name, Activity()) for name in names]
    flat = [one.rate if isinstance(one.rate, float | int) else np.nan for one in listed]
    rate = np.array(flat, dtype="float64")[codes] if names else np.empty(0)
    days = costs["date"].combine_chunks().cast(pa.int32()).to_numpy()
    for code, (name, one) in enumerate(zip(names, listed, strict=True)):
        mine = needed & (codes == code)
        if not mine.any():
            continue
        if one.rate is None:
            there = "has no rate" if name in card.activities else "is not on the card"
            raise SettingsError(
                f"{_KEY}.{name}: activity {name!r} {there}, and {int(mine.sum()):,} rows have no"
                f" amount (first {_place(costs, int(np.flatnonzero(mine)[0]))}); give it a rate"
            )
        if not one.rates:
            continue
        starts = np.array([dated.valid_from for dated in one.rates], "datetime64[D]").astype(int)
        which = np.searchsorted(starts, days[mine], side="right") - 1
        if (which < 0).any():
            row = int(np.flatnonzero(mine)[np.flatnonzero(which < 0)[0]])
            raise SettingsError(
                f"{_KEY}.{name}.rate: activity {name!r} has no rate yet on"
                f" {costs['date'][row].as_py()} ({_place(costs, row)}); its first is valid from"
                f" {one.rates[0].valid_from}; add the one before"
            )
        rate[mine] = np.array([dated.rate for dated in one.rates])[which]
    return rate


def _topic_cause(costs: pa.Table, card: RateCard) -> pa.Array:
    """Group that a row's topic names; missing where it names none."""
    topics = costs["topic"].combine_chunks()
    known = sorted(card.caused_by.topic)
    at = pc.index_in(topics, pa.array(known, pa.string()))
    return pa.array([card.caused_by.topic[one] for one in known], pa.string()).take(at)


def _filled(rows: pa.Table, name: str, default: pa.Array) -> pa.Table:
    column = rows[name].combine_chunks()
    return _with(rows, name, pc.coalesce(column, default.cast(column.type)))


def _with(rows: pa.Table, name: str, column: pa.Array) -> pa.Table:
    return rows.set_column(rows.column_names.index(name), name, column)


def _place(costs: pa.Table, row: int) -> str:
    return f"{costs['_file'][row].as_py()} line {costs['_line'][row].as_py()}"
