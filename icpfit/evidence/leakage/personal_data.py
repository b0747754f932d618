"""Data of persons: names, addresses, traits that the law protects. No model learns from them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from icpfit.evidence.leakage.gates import Gate
from icpfit.evidence.leakage.telling_names import words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from icpfit.data.contract import Attribute

__all__ = ["personal_gates"]

_TRAITS = re.compile(
    r"gender|religion|religious|ethnicity|ethnic|nationality|birthday|birthdate|birth|disability"
    r"|disabled|pregnant|pregnancy|marital|sexual|sexuality|pronouns?|salutation|geschlecht|anrede"
    r"|nationalität|konfession|geburtsdatum"
)
_NAMES = re.compile(r"firstname|lastname|surname|forename|fullname|vorname|nachname")
_NAME_PAIR = re.compile(r"\b(first|last|given|family|full|middle) name\b|\btrade union\b")
# Of a category only: has_email_marketing is a fact of the company.
_ADDRESSES = re.compile(r"email|phone|telephone|telefon")
# These words are a person's only beside a person, or alone: company_age is a fact of the company.
_TRAITS_OF_PERSONS = re.compile(r"age|sex|race|name|citizenship|union")
_PERSONS = re.compile(
    r"persons?|contacts?|buyer|ceo|cfo|cto|founder|owner|director|champion|signatory|decision"
    r"|employee|customer|user|manager|executive|ansprechpartner"
)
_ALONE = re.compile(r"(age|sex|race)( (in )?years| group| band)?")

_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_PHONE = re.compile(r"(?=.*[+ ()/.\-])(?:\+|0|\()[\d ()/.\-]{5,}\d")
_DAY = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
_ADDRESSED = re.compile(r"(?:mr|mrs|ms|miss|herr|frau|mme|monsieur|madame)\.?\s+\S.*")
# Enough to know a column of persons from one of firms; common in Europe and America.
_NAMED = re.compile(
    r"(anna|maria|peter|michael|thomas|andreas|john|david|james|robert|mary|patricia|jennifer|linda"
    r"|elizabeth|william|richard|susan|jessica|sarah|karen|daniel|matthew|anthony|mark|paul|steven"
    r"|andrew|stefan|christian|martin|sabine|petra|monika|claudia|julia|katharina|laura|lisa|sophie"
    r"|marie|jean|pierre|jacques|carlos|jose|juan|luis|ana|carmen|marco|giuseppe|francesco|luca"
    r"|giulia|lars|sven|anders|erik|piotr|jan|tomasz|emma|olivia|noah|lucas)\s+\S.*"
)
_SEXES = (
    {"male", "female"},
    {"herr", "frau"},
    {"mr", "ms"},
    {"mr", "mrs"},
    {"männlich", "weiblich"},
    {"man", "woman"},
)
_FAITHS = re.compile(
    r"catholic|protestant|muslim|jewish|hindu|buddhist|orthodox|katholisch|evangelisch"
    r"|muslimisch|jüdisch|atheist"
)
_SHARE, _FEWEST = 0.05, 3


def personal_gates(facts: pd.DataFrame, attributes: Mapping[str, Attribute]) -> tuple[Gate, ...]:
    """Look for data of persons, by the words of a column's name and by what its cells look like.

    Parameters
    ----------
    facts : DataFrame
        The attributes that a model would learn from.
    attributes : Mapping of str to Attribute
        As declared.

    Returns
    -------
    tuple of Gate
        One for each such column: with an ``allow`` passed and warned, else stopping.

    Notes
    -----
    E-mail addresses, phone numbers and names with a title or a common given name count from 5 % of
    the values on (names without a title from 20 %), and from 3; a gender or a religion is seen from
    the set of values. The words of a name are compared whole; `age`, `sex`, `race` and `name` count
    beside a person (``contact_age``) or alone, not beside a company (``company_age``). Only
    ``allow`` excuses, an attribute's ``reason`` doesn't: that it was known isn't the question.

    Examples
    --------
    >>> import pandas as pd
    >>> from icpfit.data.contract import Attribute
    >>> asked = {"contact_age": Attribute("contact_age", "number", "before_sale")}
    >>> print(personal_gates(pd.DataFrame({"contact_age": [40.0]}), asked)[0].text)
    Column 'contact_age' looks like a person's data (its name): list it under data.never_use, or, if
    it is none, say so under data.allow.
    """
    gates = []
    for name in facts.columns:
        attribute = attributes[str(name)]
        sign = _sign_of_name(attribute) or _sign_of_values(facts[name], attribute)
        if not sign:
            continue
        said = f"Column '{name}' looks like a person's data ({sign})"
        if attribute.allow.strip():
            text = f"{said}; allowed: {attribute.allow.strip()}"
            gates.append(Gate(f"column {name}", True, text, warned=True))
            continue
        advice = "list it under data.never_use, or, if it is none, say so under data.allow"
        gates.append(Gate(f"column {name}", False, f"{said}: {advice}."))
    return tuple(gates)


def _sign_of_name(attribute: Attribute) -> str:
    for name in (attribute.name, attribute.source_column):
        words = words_of(name)
        whole = " ".join(words)
        if _any(_TRAITS, words) or _any(_NAMES, words) or _NAME_PAIR.search(whole):
            return "its name"
        if _any(_ADDRESSES, words) and attribute.kind == "category":
            return "its name"
        if _any(_TRAITS_OF_PERSONS, words) and _any(_PERSONS, words):
            return "its name"
        if _ALONE.fullmatch(whole):
            return "its name"
    return ""


def _any(pattern: re.Pattern[str], words: Sequence[str]) -> bool:
    return any(pattern.fullmatch(word) for word in words)


def _sign_of_values(column: pd.Series[Any], attribute: Attribute) -> str:
    if attribute.kind != "category":
        return ""
    texts = column.dropna().astype(str).str.strip()
    if texts.empty:
        return ""
    low = texts.str.lower()
    distinct = set(low.unique())
    if any(pair <= distinct for pair in _SEXES) or {"m", "f"} <= distinct <= {"m", "f", "d", "x"}:
        return "gender"
    if sum(_FAITHS.fullmatch(text) is not None for text in distinct) >= 2:
        return "religion"
    phones = texts.str.fullmatch(_PHONE) & ~texts.str.fullmatch(_DAY)
    phones &= texts.str.count(r"\d") >= 7
    for sign, hits, share in (
        ("e-mail addresses", texts.str.fullmatch(_MAIL), _SHARE),
        ("phone numbers", phones, _SHARE),
        ("names with a title", low.str.fullmatch(_ADDRESSED), _SHARE),
        ("names of persons", low.str.fullmatch(_NAMED), 0.20),
    ):
        n = int(hits.sum())
        if n >= max(_FEWEST, share * len(texts)):
            return f"{sign} in {n:,} of {len(texts):,} values"
    return ""
