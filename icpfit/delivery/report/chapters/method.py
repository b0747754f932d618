"""How the figures came about, and what the words mean: the place of the technical names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.amounts import horizon_in_words
from icpfit.delivery.report.chapter import Bullets, Chapter, Heading, Terms

if TYPE_CHECKING:
    from icpfit.delivery.report.facts import ReportFacts

__all__ = ["method_chapter"]

_STEPS = """\
Accounts, revenue, cost to serve and loyalty are joined from the company's own exports. Every row
is counted, also those that could not be used.

An account enters when its {over}, and the time for late entries, are over as of {as_of}; nothing
else decides. Its margin is revenue less direct cost, all service and, where known, acquisition,
discounted to its start.

The model learns only from facts known before the sale, and ranks by {ranks}.

Segments are found on one part of the accounts and reported on another. They are called segments
where they pass a test for false discoveries; the others are candidates.

A group that loses money is looked at a second time with remedial cost taken out: it is left only
if it loses both ways, and fixed where it would be a fit.

The model is judged on accounts that it did not learn from. The current ICP may choose as many
accounts as it selects; the model chooses equally many; ties are averaged.

Intervals are 90 %: bootstrap over parent companies for money, Wilson for shares.
"""
_GLOSSARY = """\
Contribution margin: What an account leaves after direct cost and all that it cost to serve it.

Cost to serve: Support, deliveries, returns, visits and the like, each event at the company's own
rate.

Remedial cost: The part of it that makes up for something that went wrong. As a rule it is the
company's doing, not the customer's nature.

Mature account: One whose {over} had passed when the data were taken.

Segment, candidate: A group of accounts in rules that a person can read. A segment passed the test
for false discoveries on accounts that it was not found on; a candidate did not, and is a guess to
be tried.

Fix: A group that loses money only by remedial cost: attractive once its causes are gone.

Later hold-out: The accounts that started last, kept away from the model until it was judged.

Cross-validation: Where there are too few accounts for a hold-out: each account is judged by a
model that did not learn from it.

Interval: The range that luck leaves: in 9 of 10 such samples it would hold the true figure.

AUC: How often the model ranks a profitable fit above another account; 0.5 is a coin, 1 is perfect.

ECE: Expected calibration error: how far probabilities said and shares that came true lie apart, on
average; 0 is best.

Profit Gini: How much of the gain that the best order could bring the model's order brings; 1 is
the best order, 0 is none.

PSI: Population stability index: how far a column is filled otherwise than before; 0 is not at all.

SHAP value: What one fact adds to the model's number for one account. Added to the same start for
all, they are that number.

Whale curve: Margin added up from the most to the least profitable account.
"""


def method_chapter(facts: ReportFacts) -> Chapter:
    """Return the method in steps, and the glossary.

    Parameters
    ----------
    facts : ReportFacts
        Horizon, day of the data, and what ranks.

    Returns
    -------
    Chapter
        Named "method".
    """
    words = {
        "over": horizon_in_words(facts.horizon),
        "as_of": facts.as_of,
        "ranks": "expected margin"
        if facts.objective == "margin"
        else "the probability of a profitable fit",
    }
    pairs = [entry.partition(": ") for entry in _entries(_GLOSSARY)]
    terms = Terms(tuple((name, meaning.format(**words)) for name, _, meaning in pairs))
    steps = Bullets(tuple(step.format(**words) for step in _entries(_STEPS)), numbered=True)
    return Chapter("method", "Method and glossary", "", (steps, Heading("Glossary"), terms))


def _entries(text: str) -> list[str]:
    return [" ".join(entry.split()) for entry in text.split("\n\n")]
