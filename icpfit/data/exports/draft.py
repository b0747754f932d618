"""A company's YAML while it is being made: values, comments, and what only a person can say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Draft", "Question", "put"]

Path = tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """What only a person can say.

    Parameters
    ----------
    path : tuple of str
        The key that the answer fills.
    text : str
        The question.
    default : str, float or bool
        What is taken without an answer.
    reason : str
        Why, in a few words.
    choices : tuple of str
        The only answers allowed; empty when any of the default's kind is.
    """

    path: Path
    text: str
    default: Any
    reason: str
    choices: tuple[str, ...] = ()


@dataclass
class Draft:
    """A company's YAML while it is being made.

    Parameters
    ----------
    values : dict
        The values, nested as in the file.
    remarks : dict of tuple to str
        Comment behind a key.
    heads : dict of tuple to list of str
        Comments above a key's first line of content.
    questions : list of Question
        In the order in which they are asked.
    unused : dict of str to str
        Files that aren't used, and why.
    seen : list of str
        Columns, files and activities that the draft holds.
    """

    values: dict[str, Any] = field(default_factory=dict)
    remarks: dict[Path, str] = field(default_factory=dict)
    heads: dict[Path, list[str]] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    unused: dict[str, str] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def guess(self, path: Path, value: Any, reason: str) -> None:
        """Set a value that is a guess, with its reason behind it."""
        put(self.values, path, value)
        self.remarks[path] = f"guess: {reason}"

    def answer(self, question: Question, answer: Any | None) -> None:
        """Set what a person said, or the default as a guess where nobody was asked."""
        if answer is None:
            self.guess(question.path, question.default, question.reason)
        else:
            put(self.values, question.path, answer)
            self.remarks.pop(question.path, None)


def put(values: dict[str, Any], path: Path, value: Any) -> None:
    """Set a value in nested mappings, which are made where they are missing.

    Parameters
    ----------
    values : dict
        Changed in place.
    path : tuple of str
        The keys, from the outermost in.
    value : Any
        The value.

    Examples
    --------
    >>> values = {}
    >>> put(values, ("economics", "label", "kind"), "threshold")
    >>> values
    {'economics': {'label': {'kind': 'threshold'}}}
    """
    for key in path[:-1]:
        values = values.setdefault(key, {})
    values[path[-1]] = value
