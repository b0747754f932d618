"""A chapter of the report: a title, the answer in a sentence or two, then words and pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from icpfit.delivery.report.figures import ReportFigure
    from icpfit.delivery.report.tables import ReportTable

__all__ = ["Block", "Bullets", "Chapter", "Code", "Heading", "Notice", "Paragraph", "Terms"]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of plain words; figures and their units are kept in one piece when set.

    Parameters
    ----------
    text : str
        Without markup; it is escaped.
    """

    text: str


@dataclass(frozen=True)
class Heading:
    """A heading within a chapter.

    Parameters
    ----------
    text : str
        A few words.
    name : str
        Target of a link within the page; empty where nobody links to it.
    """

    text: str
    name: str = ""


@dataclass(frozen=True)
class Bullets:
    """A list of sentences.

    Parameters
    ----------
    items : tuple of str
        One sentence each.
    numbered : bool
        Whether their order matters.
    """

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Notice:
    """A box that the reader must not miss.

    Parameters
    ----------
    text : str
        One or two sentences.
    kind : {"mind", "calm"}
        A warning, or something that is merely to be known.
    """

    text: str
    kind: Literal["mind", "calm"] = "mind"


@dataclass(frozen=True)
class Terms:
    """Names with their meanings.

    Parameters
    ----------
    pairs : tuple of (str, str)
        A name, and what it means.
    """

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Code:
    """Text for a machine, to be copied: set in letters of one width, no character changed.

    Parameters
    ----------
    text : str
        Such as a condition in SQL.
    """

    text: str


Block: TypeAlias = (
    "Paragraph | Heading | Bullets | Notice | Terms | Code | ReportTable | ReportFigure"
)


@dataclass(frozen=True)
class Chapter:
    """One chapter.

    Parameters
    ----------
    name : str
        Target of links, such as "service".
    title : str
        Heading, such as "Ability to serve".
    lead : str
        The chapter's answer, one or two sentences with figures.
    blocks : tuple
        What follows, in order.
    """

    name: str
    title: str
    lead: str
    blocks: tuple[Block, ...] = ()
