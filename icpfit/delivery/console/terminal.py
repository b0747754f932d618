"""What stands on the terminal: progress and warnings on stderr, results on stdout; no figuring."""

from __future__ import annotations

import contextlib
import re
import sys
import time
from typing import TYPE_CHECKING, Any, TextIO

from icpfit.delivery.amounts import money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rich.console import Console

__all__ = ["Terminal"]

# Names come out of other people's exports: an escape sequence in one must not move the cursor.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_NUMBER = re.compile(r"[+\-−]?[\d.,]+(?:\s?(?:%|k|M|bn))?(?:\s[A-Z]{3})?|–|")
# Wide enough for a ledger in a log file, where nobody's window ends.
_PLAIN_WIDTH = 140
# The columns of a ledger's line that say what the line is about.
_LINE_NAMES = ("table", "column")


class Terminal:
    """A job's voice: steps, tables, warnings and the closing summary.

    In a window there is a spinner with the time that has passed; in a pipe or a log there are plain
    lines. Characters that the terminal's encoding lacks become ``?``; markup and control characters
    in names are shown, not obeyed.

    Parameters
    ----------
    results, progress : text streams, optional
        Where results and where progress and warnings go; stdout and stderr by default.
    width : int, optional
        Columns; by default the window's, or 140 where there is none.

    Examples
    --------
    >>> import io
    >>> out, err = io.StringIO(), io.StringIO()
    >>> terminal = Terminal(out, err)
    >>> with terminal.step("reading"):
    ...     terminal.warning("2 rows were rejected")
    >>> "warning: 2 rows were rejected" in err.getvalue()
    True
    >>> terminal.closing([("accounts", "842"), ("mature", "648")])
    >>> print(out.getvalue().strip())
    accounts  842
    mature    648
    """

    def __init__(
        self,
        results: TextIO | None = None,
        progress: TextIO | None = None,
        width: int | None = None,
    ) -> None:
        self._results = _console(results or sys.stdout, width)
        self._progress = _console(progress or sys.stderr, width)
        self._depth = 0

    @contextlib.contextmanager
    def step(self, text: str) -> Iterator[Callable[[str | float], None]]:
        """Show that something is going on, then how long it took.

        Parameters
        ----------
        text : str
            What is done, such as "reading the exports".

        Yields
        ------
        callable
            Takes a line that says what is being done within the step just now, or the share that is
            done, 0 to 1.
        """
        start = time.monotonic()
        self._depth += 1
        indent = "  " * (self._depth - 1)
        shown = _plain(text)
        try:
            # rich draws one spinner at a time: a step within a step is a line of its own.
            if self._progress.is_terminal and self._depth == 1:
                with self._progress.status(_words(shown)) as status:

                    def within(detail: str | float) -> None:
                        said = _plain(detail) if isinstance(detail, str) else f"{detail:.0%}"
                        status.update(_words(f"{shown}: {said}"))

                    yield within
            else:
                yield lambda _detail: None
        except BaseException:
            self._line(f"{indent}{shown} … stopped after {_duration(time.monotonic() - start)}")
            raise
        else:
            self._line(f"{indent}{shown} … {_duration(time.monotonic() - start)}")
        finally:
            self._depth -= 1

    def say(self, text: str) -> None:
        """Write a line of the result.

        Parameters
        ----------
        text : str
            One or more lines.
        """
        self._results.print(_words(_plain(text)), soft_wrap=not self._results.is_terminal)

    def command(self, words: str) -> None:
        """Show the command that a user would type for what comes next.

        Parameters
        ----------
        words : str
            Such as ``"icpfit check data=demo"``.
        """
        self.say(f"\n$ {words}")

    def note(self, text: str) -> None:
        """Write a line about the work itself, on stderr.

        Parameters
        ----------
        text : str
            One line.
        """
        self._line(text)

    def warning(self, text: str) -> None:
        """Write a warning on stderr.

        Parameters
        ----------
        text : str
            What the reader has to know, in one line.
        """
        from rich.text import Text

        line = Text("warning: ", style="bold yellow")
        line.append(_plain(text), style="not bold default")
        self._progress.print(line, soft_wrap=not self._progress.is_terminal)

    def table(
        self,
        title: str,
        rows: Sequence[Mapping[str, Any]],
        columns: Sequence[str] | None = None,
    ) -> None:
        """Write a table of results.

        Parameters
        ----------
        title : str
            Stands above it; may be empty.
        rows : sequence of Mapping
            Column to cell; cells are written as they come, None as nothing.
        columns : sequence of str, optional
            Which columns, in this order; by default those of the first row. Columns of numbers
            stand to the right.
        """
        from rich import box
        from rich.table import Table

        names = list(columns or (rows[0] if rows else ()))
        if title:
            self._results.print(_words(_plain(title), "bold"))
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, highlight=False)
        cells = [[_cell(row.get(name)) for name in names] for row in rows]
        for position, name in enumerate(names):
            is_number = all(not row[position] or _NUMBER.fullmatch(row[position]) for row in cells)
            table.add_column(
                _words(_plain(name)),
                justify="right" if is_number else "left",
                overflow="fold",
                no_wrap=is_number or not name,
            )
        for row in cells:
            table.add_row(*(_words(cell) for cell in row))
        self._results.print(table)
        self._results.print()

    def ledger(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write what the join did with every row and every amount.

        Parameters
        ----------
        rows : sequence of Mapping
            The ledger's lines. Columns that are empty in every line are left out.
        """
        names = list(dict.fromkeys(name for row in rows for name in row))
        kept = [name for name in names if any(_cell(row.get(name)) for row in rows)]
        shown = [
            {
                "": f"{row.get('table', '')} {row.get('column') or 'rows'}",
                **{_heading(name): row.get(name) for name in kept if name not in _LINE_NAMES},
            }
            for row in rows
        ]
        self.table("Join ledger: rows, and money in currency units", shown)

    def closing(self, rows: Sequence[tuple[str, str]], title: str = "") -> None:
        """Write the short summary that a job ends with.

        Parameters
        ----------
        rows : sequence of tuple of str
            What, and what came of it.
        title : str, optional
            Stands above it.
        """
        from rich.table import Table

        if title:
            self._results.print()
            self._results.print(_words(_plain(title), "bold"))
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        # A path that is cut short can't be opened: fold it instead.
        table.add_column(overflow="fold")
        for what, found in rows:
            table.add_row(_words(_plain(what), "dim"), _words(_plain(found)))
        self._results.print(table)

    def _line(self, text: str) -> None:
        self._progress.print(_words(_plain(text), "dim"), soft_wrap=not self._progress.is_terminal)


def _console(stream: TextIO, width: int | None) -> Console:
    from rich.console import Console

    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    is_window = bool(getattr(stream, "isatty", lambda: False)())
    return Console(
        file=stream,
        width=width or (None if is_window else _PLAIN_WIDTH),
        highlight=False,
        markup=False,
        emoji=False,
    )


def _words(text: str, style: str = "") -> Any:
    from rich.text import Text

    return Text(text, style=style)


def _plain(text: str) -> str:
    return _CONTROL.sub("�", text)


def _heading(name: str) -> str:
    # A word a line: the figures below need the width, and must not be broken.
    return name.replace("_", "\n")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, float):
        return money(value, "")
    return _plain(str(value))


def _duration(seconds: float) -> str:
    """Return a time that passed in words.

    Examples
    --------
    >>> _duration(1.234), _duration(75.2)
    ('1.2 s', '1 min 15 s')
    """
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
