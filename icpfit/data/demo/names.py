"""Made-up names of companies, and the numbers that the CRM gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["HOSTILE_NAMES", "account_numbers", "company_names", "domains"]

_SYLLABLES = (
    ("Al", "Ber", "Bruns", "Dorn", "Eich", "Falken", "Grün", "Hansen", "Hohen", "Jens", "Kirch"),
    ("Köh", "Lauen", "Lind", "Mühl", "Nieder", "Ost", "Peters", "Rosen", "Schön", "Stein", "Wald"),
)
_ENDINGS = (
    "bach",
    "berg",
    "burg",
    "dorf",
    "feld",
    "hagen",
    "hof",
    "ler",
    "mann",
    "rup",
    "sen",
    "tal",
)
_TRADES = {
    "Food Production": ("Feinkost", "Molkerei", "Backwaren"),
    "Pharma": ("Pharma", "Arzneimittel", "Biotech"),
    "Medical Devices": ("Medizintechnik", "Medical"),
    "Logistics": ("Spedition", "Logistik", "Kühltransporte"),
    "Wholesale": ("Großhandel", "Handel"),
    "Machinery": ("Maschinenbau", "Anlagenbau"),
    "Automotive Supplier": ("Fahrzeugteile", "Automotive"),
    "Chemicals": ("Chemie", "Lacke"),
    "Retail Chain": ("Märkte", "Frischemärkte"),
    "Hospitality": ("Hotels", "Catering"),
    "Agency": ("Systemhaus", "Integratoren"),
    "Public Sector": ("Klinikum", "Stadtwerke"),
}
_FORMS = {
    "DE": ("GmbH", "GmbH & Co. KG", "AG"),
    "AT": ("GmbH", "AG"),
    "CH": ("AG", "Sàrl"),
    "NL": ("B.V.",),
    "DK": ("A/S", "ApS"),
    "SE": ("AB",),
    "PL": ("Sp. z o.o.",),
    "CZ": ("s.r.o.",),
    "BE": ("N.V.",),
}

HOSTILE_NAMES = (
    "=SUM(A1:A9) Handels GmbH",
    "+49 Telefonbau GmbH",
    "<b>Bold</b> & Söhne KG",
    '"Quote" & Partner, Öl + Gas',
    "@home Küchen AG",
)
"""Names that a spreadsheet takes for a formula, or a browser for markup; real lists hold such."""

_MODULUS = 899_981
_STEP = 618_947


def account_numbers(index: np.ndarray) -> np.ndarray:
    """Account numbers: text of eight digits with leading zeros, in no order.

    Parameters
    ----------
    index : numpy.ndarray
        Whole numbers from 0 to 899,980, each at most once.

    Returns
    -------
    numpy.ndarray
        Text (object); different for different `index`.

    Examples
    --------
    >>> account_numbers(np.array([0, 1]))
    array(['00100000', '00718947'], dtype=object)
    """
    numbers = 100_000 + (index.astype(np.int64) * _STEP) % _MODULUS
    return np.array([f"{number:08d}" for number in numbers], dtype=object)


def company_names(facts: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Make up a name for each company that fits its industry and country.

    Parameters
    ----------
    facts : pandas.DataFrame
        Companies, with industry and country.
    rng : numpy.random.Generator
        The source of chance.

    Returns
    -------
    numpy.ndarray
        Text (object). Names may repeat, as they do in life.
    """
    n = len(facts)
    starts = [syllable for row in _SYLLABLES for syllable in row]
    first, last = rng.integers(0, len(starts), n), rng.integers(0, len(_ENDINGS), n)
    trade, form = rng.integers(0, 6, n), rng.integers(0, 6, n)
    names = np.empty(n, dtype=object)
    pairs = zip(facts["industry"], facts["country"], strict=True)
    for row, (industry, country) in enumerate(pairs):
        trades = _TRADES[industry]
        forms = _FORMS.get(country, ("Ltd",))
        names[row] = (
            f"{starts[first[row]]}{_ENDINGS[last[row]]} "
            f"{trades[trade[row] % len(trades)]} {forms[form[row] % len(forms)]}"
        )
    return names


def domains(names: np.ndarray, countries: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Make up a web domain for each name: its first word, without umlauts, a number, the country.

    Parameters
    ----------
    names, countries : numpy.ndarray
        Text of each company.
    numbers : numpy.ndarray
        A number of each company, so that no two share a domain.

    Returns
    -------
    numpy.ndarray
        Text (object), in a domain reserved for examples' sake.

    Examples
    --------
    >>> name, country = np.array([["Grünberg Lacke AG"], ["DE"]], dtype=object)
    >>> domains(name, country, np.array([7]))
    array(['gruenberg-7.example.de'], dtype=object)
    """
    plain = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
    made = [
        "".join(c for c in name.split()[0].lower().translate(plain) if c.isascii() and c.isalnum())
        + f"-{int(number)}.example.{country.lower()}"
        for name, country, number in zip(names, countries, numbers, strict=True)
    ]
    return np.array(made, dtype=object)
