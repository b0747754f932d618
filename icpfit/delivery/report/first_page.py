"""The report's first page as data: the decision, what it is worth, and what to do on Monday."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from icpfit.delivery.amounts import account_count, count
from icpfit.delivery.report.findings import headline
from icpfit.delivery.report.standing import FIRST_LOOK

if TYPE_CHECKING:
    from icpfit.delivery.report.facts import ReportFacts
    from icpfit.delivery.report.figures import ReportFigure

__all__ = ["Action", "Answer", "Choice", "FirstPage", "Group", "bare_first_page", "trust_sentences"]

Decision = Literal["change", "keep", "cannot tell"]


@dataclass(frozen=True)
class Group:
    """A group of accounts on the first page.

    Parameters
    ----------
    name : str
        What people call it; groups that were found are called by their conditions.
    figures : tuple of str
        What they left, each with its interval.
    """

    name: str
    figures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """What is to be done with some groups.

    Parameters
    ----------
    heading : str
        Such as "Bring in".
    kind : {"bring", "leave", "fix"}
        Sets the colour.
    groups : tuple of Group
        The groups, the clearest first.
    empty : str
        Why there is none; shown only then.
    more : str
        What else there is, such as further groups in a later chapter.
    link : str
        Name of the chapter that it stands in; empty for none.
    """

    heading: str
    kind: Literal["bring", "leave", "fix"]
    groups: tuple[Group, ...] = ()
    empty: str = ""
    more: str = ""
    link: str = ""


@dataclass(frozen=True)
class Answer:
    """A question of the first page and its answer.

    Parameters
    ----------
    name : str
        Target of a link.
    heading : str
        The question in a few words, such as "What it is worth".
    value : str
        The figure, large; empty where there is none.
    interval : str
        Its interval and level; empty where there is none.
    text : str
        The condition and the unit, or why there is no figure.
    """

    name: str
    heading: str
    value: str
    interval: str
    text: str


@dataclass(frozen=True)
class Action:
    """What somebody does on Monday.

    Parameters
    ----------
    role : str
        Who, such as "Marketing operations".
    task : str
        What, one or two sentences.
    """

    role: str
    task: str


@dataclass(frozen=True)
class FirstPage:
    """The first page.

    Parameters
    ----------
    decision : {"change", "keep", "cannot tell"}
        What the evidence says of the current ICP.
    headline : str
        The decision in one sentence.
    basis : str
        Which accounts it rests on.
    choices : tuple of Choice
        Bring in, leave, fix before dropping.
    answers : tuple of Answer
        Worth, the team that is overloaded, the good accounts that would be lost.
    trust : tuple of str
        How far to trust it.
    actions : tuple of Action
        At most three.
    picture : ReportFigure or None
        Current against proposed.
    look : str
        How often the hold-out has been looked at; empty without one.
    """

    decision: Decision
    headline: str
    basis: str
    choices: tuple[Choice, ...] = ()
    answers: tuple[Answer, ...] = ()
    trust: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    picture: ReportFigure | None = None
    look: str = ""


def bare_first_page(facts: ReportFacts) -> FirstPage:
    """Return the first page where neither segments nor profiles were looked into.

    Parameters
    ----------
    facts : ReportFacts
        What there is otherwise.

    Returns
    -------
    FirstPage
        Its sentence says what is known of the model against the current ICP; nobody is told to
        change anything.
    """
    said = headline(
        facts.judgement,
        facts.signal,
        refusal=facts.refusal,
        used=facts.accounts.used,
        horizon=facts.horizon,
        currency=facts.currency,
    )
    look = FIRST_LOOK if facts.judgement is not None and facts.judgement.holdout else ""
    return FirstPage("cannot tell", said, "", trust=trust_sentences(facts), look=look)


def trust_sentences(facts: ReportFacts) -> tuple[str, ...]:
    """Return how far to trust the report, in a few sentences.

    Parameters
    ----------
    facts : ReportFacts
        Counts of accounts, reconciliation, the label under test, and the checks.

    Returns
    -------
    tuple of str
        The accounts used first, "associated, not caused" last.
    """
    counts, judgement = facts.accounts, facts.judgement
    said = [
        f"{count(counts.used)} of {account_count(counts.read)} read were used.",
        f"Against the books: {facts.reconciled}."
        if facts.reconciled
        else "Not held against the books: the settings don't state them (data.controls).",
    ]
    if facts.sensitivity is not None:
        shakiest = facts.sensitivity.shakiest
        said.append(
            facts.sensitivity.banner
            or "No assumption tested moves three in ten of the fits or, beyond luck, of the list"
            + (f"; most labels flip with {shakiest}." if shakiest else ".")
        )
    if judgement is not None and judgement.gates:
        passed = sum(gate.passed for gate in judgement.gates)
        said.append(f"{count(passed)} of {count(len(judgement.gates))} checks passed.")
    if judgement is not None and not judgement.holdout:
        said.append("The figures are cross-validated: there was no later hold-out to judge on.")
    said.append("Associated, not caused: nothing here says what happens when a fact is changed.")
    return tuple(said)
