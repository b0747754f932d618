"""Questions at the terminal: each with a default, and the reason for it."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any

from icpfit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from icpfit.data.exports.draft import Draft, Question
    from icpfit.delivery.console.terminal import Terminal

__all__ = ["answer_questions", "require_answers", "typed_answer"]


def require_answers(*, unattended: bool) -> None:
    """Refuse to go on when questions could be neither asked nor skipped.

    Parameters
    ----------
    unattended : bool
        Whether defaults are to be taken for all answers.

    Raises
    ------
    SettingsError
        When there is no terminal to ask at.
    """
    if not unattended and not (sys.stdin is not None and sys.stdin.isatty()):
        raise SettingsError(
            "yes: there is no terminal to ask at; say icpfit init … yes=true to take every default,"
            " each marked as a guess in the file"
        )


def answer_questions(
    draft: Draft,
    terminal: Terminal,
    *,
    unattended: bool,
    asked: Callable[[str], str] = input,
) -> None:
    """Put the questions of a draft, and write the answers into it.

    Parameters
    ----------
    draft : Draft
        Receives the answers; what isn't confirmed stays marked as a guess.
    terminal : Terminal
        Where they are put.
    unattended : bool
        Take every default.
    asked : callable, optional
        Given the prompt, returns what was typed.
    """
    total = len(draft.questions)
    if not unattended and total:
        terminal.say(f"{total} questions; Enter takes what stands in brackets, as a guess.")
    for number, question in enumerate(draft.questions, 1):
        draft.answer(
            question, None if unattended else _asked(question, number, total, terminal, asked)
        )


def _asked(
    question: Question, number: int, total: int, terminal: Terminal, asked: Callable[[str], str]
) -> Any | None:
    terminal.say(f"\n{number}/{total}  {question.text}")
    choices = f" ({', '.join(question.choices)})" if question.choices else ""
    terminal.say(f"    guess: {question.reason}")
    while True:
        try:
            text = asked(f"    {choices} [{_shown(question.default)}] ".replace("     ", "    "))
        except EOFError:
            return None
        if not text.strip():
            return None
        try:
            return typed_answer(question, text)
        except ValueError as error:
            terminal.say(f"    {error}")


def typed_answer(question: Question, text: str) -> Any:
    """Read an answer as a value of the kind of its default.

    Parameters
    ----------
    question : Question
        The question.
    text : str
        What was typed.

    Returns
    -------
    str, float or bool
        The answer. A choice may be shortened to its first letters.

    Raises
    ------
    ValueError
        When it is none; says what is expected.

    Examples
    --------
    >>> from icpfit.data.exports.draft import Question
    >>> (
    ...     typed_answer(Question((), "", False, ""), "Yes"),
    ...     typed_answer(Question((), "", 1.0, ""), "84"),
    ... )
    (True, 84.0)
    """
    answer = text.strip()
    if isinstance(question.default, bool):
        if answer.casefold() in ("y", "yes", "true"):
            return True
        if answer.casefold() in ("n", "no", "false"):
            return False
        raise ValueError("expected yes or no")
    if isinstance(question.default, float):
        try:
            value = float(answer)
        except ValueError:
            raise ValueError("expected a number, such as 84 or 1.40") from None
        if not math.isfinite(value):
            raise ValueError("expected a number, such as 84 or 1.40")
        return value
    if question.choices:
        near = [choice for choice in question.choices if choice.startswith(answer.casefold())]
        if len(near) != 1:
            raise ValueError(f"expected one of {', '.join(question.choices)}")
        return near[0]
    return answer


def _shown(default: Any) -> str:
    if isinstance(default, bool):
        return "yes" if default else "no"
    return f"{default:g}" if isinstance(default, float) else str(default)
