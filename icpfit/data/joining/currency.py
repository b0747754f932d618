"""Amounts in other currencies: refused without a rate, converted after they are summed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from icpfit.errors import JoinError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["conversion_rates", "converted"]


def conversion_rates(
    ledger: pa.Table, table: str, currency: str, rates: Mapping[str, float]
) -> dict[str, float]:
    """Rates for the currencies that a ledger uses; empty when it uses the company's own alone.

    Parameters
    ----------
    ledger : pyarrow Table
        With a ``currency`` column or without; a missing currency is the company's own.
    table : str
        Name of the table, for the message.
    currency : str
        The company's currency.
    rates : mapping of str to float
        What one unit of another currency is worth in `currency`.

    Returns
    -------
    dict of str to float
        Currency to rate, the company's own (1) among them.

    Raises
    ------
    JoinError
        For a currency without a rate.

    Examples
    --------
    >>> ledger = pa.table({"currency": ["USD", None, "EUR"]})
    >>> conversion_rates(ledger, "revenue", "EUR", {"USD": 0.9})
    {'EUR': 1.0, 'USD': 0.9}
    """
    if "currency" not in ledger.column_names:
        return {}
    counts = {
        count["values"]: count["counts"]
        for count in pc.value_counts(ledger["currency"]).to_pylist()
        if count["values"] not in (None, currency)
    }
    if not counts:
        return {}
    unknown = sorted(set(counts) - set(rates))
    if unknown:
        shown = ", ".join(f"{name} ({counts[name]:,} rows)" for name in unknown[:3])
        more = f" and {len(unknown) - 3} more" if len(unknown) > 3 else ""
        raise JoinError(
            f"{table}: amounts in {shown}{more} beside {currency}, and no rate for them;"
            f" add data.currencies: {{{unknown[0]}: <{currency} per {unknown[0]}>}}"
        )
    return {currency: 1.0, **{name: float(rates[name]) for name in sorted(counts)}}


def converted(sums: pa.Table, money: Sequence[str], rates: Mapping[str, float]) -> pa.Table:
    """Convert sums to the company's currency, rounded half to even to a ten-thousandth.

    Parameters
    ----------
    sums : pyarrow Table
        With ``currency`` and the columns named in `money` (int64 ten-thousandths).
    money : sequence of str
        The columns to convert.
    rates : mapping of str to float
        Currency to rate; a missing currency counts as the company's own.

    Returns
    -------
    pyarrow Table
        The same rows without ``currency``.

    Examples
    --------
    >>> sums = pa.table({"currency": ["USD", None], "amount": [100_000, 50_000]})
    >>> converted(sums, ["amount"], {"EUR": 1.0, "USD": 0.9})["amount"].to_pylist()
    [90000, 50000]
    """
    names = sums["currency"].to_pylist()
    rate = np.array([1.0 if name is None else rates[name] for name in names])
    own = rate == 1.0
    for name in money:
        whole = sums[name].to_numpy()
        # Sums in the company's own currency stay exact, whatever float64 can hold.
        value = np.where(own, whole, np.rint(whole * rate).astype("int64"))
        sums = sums.set_column(sums.column_names.index(name), name, pa.array(value, pa.int64()))
    return sums.drop_columns(["currency"])
