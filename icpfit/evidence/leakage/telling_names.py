"""Names that tell of what happens after the sale, by whole words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from icpfit.evidence.leakage.gates import Gate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.data.contract import Attribute

__all__ = ["name_gates", "words_of"]

# Whole words in their usual forms: closest_office is not close, healthcare is not health.
_AFTER_SALE = re.compile(
    r"churn(s|ed|er|ing)?|renew(s|ed|al|als|ing)?|nps|csat|tickets?|invoic(e|es|ed|ing)|margins?"
    r"|health|tiers?|csms?|won|clos(e|es|ed|ing|ure)|onboard(s|ed|ing)?|referr(al|als|ed|er|ers|ing)"
)


def words_of(name: str) -> list[str]:
    """Return the words of a column's name, in lower case.

    Parameters
    ----------
    name : str
        Such as ``ticketsLast90d`` or ``Closest Office``.

    Returns
    -------
    list of str
        Parted at whatever is no letter, and where a small letter meets a capital one.

    Examples
    --------
    >>> words_of("ticketsLast90d"), words_of("CSM_name"), words_of("Closest Office")
    (['tickets', 'last', 'd'], ['csm', 'name'], ['closest', 'office'])
    """
    parted = re.sub(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])", " ", name)
    parted = re.sub(r"(?<=[A-Z])(?=[A-Z][a-z])", " ", parted)
    return [word.lower() for word in re.findall(r"[^\W\d_]+", parted)]


def name_gates(attributes: Sequence[Attribute]) -> tuple[Gate, ...]:
    """Look for names of what is only known after the sale, in attributes and their columns.

    Parameters
    ----------
    attributes : sequence of Attribute
        Those that a model would learn from.

    Returns
    -------
    tuple of Gate
        One for each conspicuous name: with a written reason passed and warned, else stopping.

    Notes
    -----
    Whole words count, not parts of them. An attribute that isn't known before the sale stops, with
    a reason or without.

    Examples
    --------
    >>> from icpfit.data.contract import Attribute
    >>> asked = Attribute("open_tickets", "number", "before_sale")
    >>> print(name_gates([asked, Attribute("closest_office", "category", "before_sale")])[0].text)
    Column 'open_tickets': the word 'tickets' tells of what happens after the sale: declare known:
    after_sale, or write under data.allow why it was known before the sale.
    """
    gates = []
    for attribute in attributes:
        if attribute.known != "before_sale":
            text = (
                f"Column '{attribute.name}' is known {attribute.known}, and only what is known "
                "before_sale may be learned from: leave it out."
            )
            gates.append(Gate(f"column {attribute.name}", False, text))
            continue
        words = [*words_of(attribute.name), *words_of(attribute.source_column)]
        telling = next((word for word in words if _AFTER_SALE.fullmatch(word)), None)
        if telling is None:
            continue
        said = (
            f"Column '{attribute.name}': the word '{telling}' tells of what happens after the sale"
        )
        if attribute.written_reason:
            text = f"{said}; known before the sale: {attribute.written_reason}"
            gates.append(Gate(f"column {attribute.name}", True, text, warned=True))
            continue
        advice = "declare known: after_sale, or write under data.allow why it was known before the"
        gates.append(Gate(f"column {attribute.name}", False, f"{said}: {advice} sale."))
    return tuple(gates)
