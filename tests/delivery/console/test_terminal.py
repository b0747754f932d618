"""The terminal says what it is told, on any stream, and obeys nothing that stands in the data."""

import io
import subprocess
import sys
import time

import pytest

from icpfit.delivery.console.terminal import Terminal, _duration


class Window(io.StringIO):
    """A stream that says that it is a window."""

    def isatty(self):
        return True


def _pair(width=None):
    out, err = io.StringIO(), io.StringIO()
    return Terminal(out, err, width), out, err


def test_results_and_progress_go_apart():
    terminal, out, err = _pair()
    with terminal.step("reading the exports") as within:
        within("accounts.csv")
        terminal.warning("2 rows rejected")
    terminal.say("done")
    assert out.getvalue() == "done\n"
    assert "warning: 2 rows rejected" in err.getvalue()
    assert "reading the exports … 0.0 s" in err.getvalue()
    assert "\x1b" not in err.getvalue()


def test_a_step_that_stops_says_so_and_lets_the_error_through():
    terminal, _, err = _pair()
    with pytest.raises(KeyboardInterrupt), terminal.step("training"):
        raise KeyboardInterrupt
    assert "training … stopped after 0.0 s" in err.getvalue()


@pytest.mark.parametrize("stream", [io.StringIO, Window])
def test_steps_within_steps(stream):
    err = stream()
    terminal = Terminal(io.StringIO(), err)
    with terminal.step("train"):
        with terminal.step("folds") as within:
            within("1 of 5")
            within(0.4)
        with terminal.step("refit"):
            pass
    text = err.getvalue()
    assert text.index("folds") < text.rindex("train …")
    assert "  refit … 0.0 s" in text


def test_a_table_keeps_every_cell():
    terminal, out, _ = _pair()
    rows = [
        {"table": "revenue", "read": 12345, "money": "41.2 M EUR", "note": None},
        {"table": "costs", "read": 7, "money": "–", "note": "cut [bold] at 2026-06-30"},
    ]
    terminal.table("Join ledger", rows)
    lines = out.getvalue().splitlines()
    assert lines[0] == "Join ledger"
    assert "12,345" in lines[3]
    assert "cut [bold] at 2026-06-30" in lines[4], "markup is shown, not obeyed"
    # Numbers stand to the right: both end in the same column.
    assert lines[3].index("12,345") + 6 == lines[4].index(" 7") + 2


def test_columns_that_are_empty_everywhere_are_left_out_of_a_ledger():
    terminal, out, _ = _pair()
    terminal.ledger(
        [{"table": "revenue", "unmatched": ""}, {"table": "costs", "unmatched": None, "after": 3}]
    )
    assert "unmatched" not in out.getvalue()
    assert "after" in out.getvalue()


def test_no_rows_is_no_crash():
    terminal, out, _ = _pair()
    terminal.table("Nothing", [])
    terminal.closing([])
    assert "Nothing" in out.getvalue()


@pytest.mark.parametrize("width", [10, 24, 40])
def test_a_narrow_window_folds_and_loses_nothing(width):
    terminal, out, _ = _pair(width)
    path = "data/demo/a-rather-long-name-of-a-scored-list.csv"
    terminal.closing([("scored", path)])
    joined = "".join(line.replace("scored  ", "").strip() for line in out.getvalue().splitlines())
    assert path in joined


def test_control_characters_of_the_data_are_not_obeyed():
    terminal, out, err = _pair()
    evil = "Acme\x1b[2J\x07\r\u202eevil"
    terminal.say(evil)
    terminal.warning(evil)
    terminal.table("t", [{evil: evil}])
    for text in (out.getvalue(), err.getvalue()):
        assert not set(text) & {"\x1b", "\x07", "\r", "\u202e"}
        assert "evil" in text


def test_a_stream_that_lacks_the_characters_does_not_crash():
    script = (
        "from icpfit.delivery.console.terminal import Terminal\n"
        "t = Terminal()\n"
        "t.say('Zürich − 東京')\n"
        "t.table('Überblick', [{'größe': 'ö', 'n': 3}])\n"
        "t.closing([('für', '…')])\n"
        "with t.step('lädt …'): t.warning('東京')\n"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", f"exec({script!a})"],
        env={"PYTHONIOENCODING": "ascii", "PATH": "", "LC_ALL": "C"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"Z?rich ? ??" in done.stdout
    assert b"warning: ??" in done.stderr


def test_importing_it_does_not_import_rich():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import icpfit.delivery.console.terminal, sys; sys.exit('rich' in sys.modules)",
        ],
        check=False,
    )
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.04, "0.0 s"), (59.94, "59.9 s"), (59.96, "1 min 0 s"), (119.7, "2 min 0 s")],
)
def test_durations(seconds, said):
    assert _duration(seconds) == said


def test_within_a_window_the_detail_is_shown():
    err = Window()
    with Terminal(io.StringIO(), err).step("train") as within:
        within("fold 2")
        time.sleep(0.3)
        within(0.4)
        time.sleep(0.3)
    assert "train: fold 2" in err.getvalue()
    assert "train: 40%" in err.getvalue()
