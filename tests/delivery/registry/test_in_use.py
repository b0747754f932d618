"""What a report says of its model: in use since when, held, replaced, gone back on."""

import pytest

from icpfit.delivery.registry.in_use import standing
from icpfit.delivery.registry.promotion_log import Promotion
from icpfit.delivery.report.standing import stamped


def line(decision, before, after, about, day, *, reason=""):
    return Promotion(
        "acme", decision, before, after, about, (), "mo", reason, f"2026-01-{day:02}T10"
    )


PUT = line("PROMOTE", None, 1, 1, 2)
HELD = line("HOLD", 1, 1, 2, 3)
NEXT = line("PROMOTE", 1, 3, 3, 4, reason="better")
BACK = line("ROLLBACK", 3, 1, 3, 5, reason="odd list")


@pytest.mark.parametrize(
    ("log", "version", "said"),
    [
        ([], 1, "not in use; nobody has decided on it yet."),
        ([PUT], 1, "in use since 2026-01-02, put in use by mo."),
        ([PUT, HELD], 2, "not in use; held on 2026-01-03 by mo."),
        ([PUT, HELD], 1, "in use since 2026-01-02, put in use by mo."),
        ([PUT, NEXT], 3, "in use since 2026-01-04, put in use by mo (better)."),
        ([PUT, NEXT], 1, "not in use any more since 2026-01-04, replaced by version 3 by mo (better)."),
        ([PUT, NEXT, BACK], 3, "not in use any more since 2026-01-05, gone back on by mo (odd list)."),
        ([PUT, NEXT, BACK], 1, "in use since 2026-01-05, put in use by mo (odd list)."),
    ],
)  # fmt: skip
def test_the_last_line_about_a_version_counts(log, version, said):
    assert standing(log, version) == f"Model version {version}: {said}"


def test_a_hostile_reason_is_stamped_harmlessly_and_once():
    page = '<p id="standing">As trained.</p><p>As trained.</p>'
    done = stamped(page, r"by <script>alert(1)</script> \1")
    assert "<script>" not in done
    assert r"\1</p>" in done
    assert done.endswith("<p>As trained.</p>")
    assert stamped(page, "") == page
