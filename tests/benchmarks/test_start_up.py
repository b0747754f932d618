"""The plumbing of the start-up benchmark; its figures are for `make benchmark-speed`."""

import subprocess
import sys

from benchmarks import start_up


def test_each_question_is_held_against_python_itself():
    lines = start_up.start_up_lines({"one": 0.5, "other": 1.5}, 0.25)
    assert lines[1].split() == ["Python", "itself", "0.25", "0.00", "1"]
    assert lines[2].split() == ["one", "0.50", "0.25", "2", "target", "1", "s:", "reached"]
    assert lines[3].split() == ["other", "1.50", "1.25", "6", "target", "1", "s:", "MISSED"]


def test_a_mistake_that_is_not_one_line_is_a_failure(monkeypatch, capsys):
    mistakes = {"a job misspelt": (("scor",), 1), "icpfit --help": (("--help",), 0)}
    monkeypatch.setattr(start_up, "ASKED", mistakes)
    assert start_up.main(["--repeats", "1"]) == 0
    assert "a job misspelt" in capsys.readouterr().out

    def traceback(command, stdout, *, expected, stderr, cwd):
        subprocess.run([sys.executable, "-S", "-c", "1 / 0"], stderr=stderr, check=False)
        return 1.0, 1.0

    monkeypatch.setattr(start_up, "process_run", traceback)
    assert start_up.main(["--repeats", "1"]) == 1
    assert "a job misspelt: not said in one line" in capsys.readouterr().out
