"""The chapter on the verdict says what promote decided, from the line of the log alone."""

import json

import numpy as np
import pandas as pd
import pytest

from icpfit.delivery.registry.promotion_log import Promotion, promotion
from icpfit.delivery.registry.training_record import json_text
from icpfit.delivery.report.chapter import Bullets, Notice, Paragraph
from icpfit.delivery.report.chapter_page import chapters_html
from icpfit.delivery.report.chapters.succession import succession_chapter
from icpfit.delivery.report.tables import ReportTable
from icpfit.evidence.promotion import Verdict
from icpfit.evidence.succession.paired_comparison import Contender, paired_comparison

CHANGES = pd.DataFrame(
    {
        "account_id": ["7", "8"],
        "name": ["Zoë <AG>", None],
        "grade_before": ["D", "A"],
        "grade_after": ["A", "B"],
        "because": ["model and cut-offs", "data"],
        "fit_if_won_before": [0.2, 0.8],
        "fit_if_won_after": [0.7, 0.6],
        "margin_if_won_before": [-900.0, 5000.0],
        "margin_if_won_after": [4100.0, 3000.0],
        "margin": [2500.0, np.nan],
    }
)


def compared(n=300):
    rng = np.random.default_rng(1)
    known = rng.normal(size=n)
    margin = 1000 * (known + rng.normal(size=n))

    def contender(noise):
        score = known + noise * rng.normal(size=n)
        return Contender(1 / (1 + np.exp(-score / (1 + noise**2))), 900 * score, 900 * score)

    return paired_comparison(
        contender(2.0), contender(0.3), account_id=np.arange(n).astype(str), is_fit=margin > 0,
        margin=margin, n_boot=100,
    )  # fmt: skip


def line(decision="PROMOTE", found=None, *, champion=1, force=False, reason="", **figures):
    verdict = Verdict(
        decision, ("Log-loss of the challenger 0.5.", "Gate passed."), headline="so", notes=("Look 2.",),
        figures={
            "comparison": found, "currency": "EUR", "grade_changes": {"model": 3, "model and data": 1},
            "grade_change_examples": CHANGES, **figures,
        },
    )  # fmt: skip
    made = promotion(
        "acme", verdict, champion=champion, challenger=2, by="Mo", reason=reason, force=force
    )
    # As it comes back from the log.
    kept = json.loads(json_text(made)) | {"time": "2026-11-22T10:00:00+00:00"}
    return Promotion(**{**kept, "reasons": tuple(kept["reasons"])})


def words(chapter):
    return chapters_html([chapter], "x")


def test_a_promotion_shows_both_models_and_every_criterion():
    found = compared()
    chapter = succession_chapter(line(found=found))
    assert chapter.lead.startswith("On 2026-11-22, version 2 was put in use in place of version 1")
    assert "On the same 300 accounts" in chapter.lead
    [table, examples] = [b for b in chapter.blocks if isinstance(b, ReportTable)]
    assert len(table.rows) == 6
    loss = table.rows[0]
    assert loss[1].startswith(f"{found.log_loss_challenger.value:.3f}\n")
    assert loss[2].startswith(f"{found.log_loss_champion.value:.3f}\n")
    assert loss[4] == "lower in 100 of 100; 90 are asked for"
    assert "EUR" in table.rows[1][1]
    assert table.rows[2][1:3] == ("", "")
    assert table.rows[5][4].endswith("95 hold it back")
    assert examples.rows[0][:3] == ("Zoë <AG>\n7", "D → A", "model and cut-offs")
    assert examples.rows[1][5] == "–"
    [reasons, notes] = [b for b in chapter.blocks if isinstance(b, Bullets)]
    assert reasons.items == ("Log-loss of the challenger 0.5.", "Gate passed.")
    assert notes.items == ("Look 2.",)
    said = " ".join(b.text for b in chapter.blocks if isinstance(b, Paragraph))
    assert "4 accounts get another grade: 3 by the new model's numbers" in said
    assert "Zoë &lt;AG&gt;" in words(chapter)


def test_names_can_be_left_out():
    chapter = succession_chapter(line(found=compared()), with_names=False)
    assert "Zoë" not in words(chapter)
    assert "4 accounts get another grade" in words(chapter)


@pytest.mark.parametrize(
    ("decided", "said"),
    [
        (lambda: line("HOLD"), "version 2 was not put in use; version 1 stays, which is usual."),
        (lambda: line("HOLD", champion=None), "version 2 was not put in use."),
        (lambda: line("PROMOTE", champion=None), "version 2 was put in use."),
        (lambda: line("REFRESH"), "version 1, which has grown unfit; the new one is no worse."),
        (lambda: line("HOLD", force=True, reason="board"), "against the verdict, by Mo."),
    ],
)
def test_each_decision_has_its_sentence(decided, said):
    chapter = succession_chapter(decided())
    assert said in chapter.lead
    words(chapter)


def test_who_overruled_it_and_why_is_a_notice():
    chapter = succession_chapter(line("HOLD", force=True, reason="board, 3 March"))
    assert [b.text for b in chapter.blocks if isinstance(b, Notice)] == ["Mo wrote: board, 3 March"]
    back = Promotion(
        "acme", "ROLLBACK", 2, 1, 2, ("v1 is in use again.",), "Mo", "odd list", "2026-11-23T"
    )
    assert succession_chapter(back).lead == "On 2026-11-23, version 1 was put in use again, by Mo."


def test_too_few_accounts_are_said():
    chapter = succession_chapter(line("HOLD", found=compared(60)))
    assert "60 accounts that neither had learned from are too few to compare" in chapter.lead
    [table] = [b for b in chapter.blocks if isinstance(b, ReportTable)][:1]
    assert table.rows[0][4] == "too few to tell"


def test_no_verdict_is_one_line():
    assert succession_chapter(None).blocks == ()
