"""The rate card, proposed: what an hour costs, whether it is remedial, and who causes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from icpfit.data.exports.draft import Question, put
from icpfit.data.exports.names import named, readable
from icpfit.data.presets.preset import presets

if TYPE_CHECKING:
    from icpfit.data.exports.draft import Draft

__all__ = ["activity_questions", "add_activities"]

_REMEDIAL = (
    "complaint",
    "return",
    "rework",
    "repair",
    "refund",
    "incident",
    "problem",
    "bug",
    "warranty",
    "defect",
    "damage",
    "damaged",
    "escalation",
    "rma",
    "replacement",
    "correction",
    "claim",
    "fix",
    "wrong",
)
#: Cost of one unit where nobody said it, in the company's currency.
_RATES = {"minute": 1.0, "hour": 60.0, "ticket": 25.0, "event": 25.0}


def add_activities(draft: Draft) -> None:
    """Propose the lines of the rate card that presets bring.

    Parameters
    ----------
    draft : Draft
        Receives them.
    """
    for source in draft.values["sources"].values():
        if source.get("table_is") == "costs" and "preset" in source:
            for name, line in presets()[source["preset"]].activities.items():
                activity_questions(draft, name, line)


def activity_questions(
    draft: Draft, name: str, line: dict[str, Any] | None, unit: str = ""
) -> None:
    """Add an activity to the rate card, with what only a person can say about it.

    Parameters
    ----------
    draft : Draft
        Receives it.
    name : str
        The activity, as the rows call it.
    line : dict or None
        What a preset says of it.
    unit : str
        Its unit where there is no preset; empty when each row brings its own amount.
    """
    path = ("economics", "rate_card", "activities", name)
    remedial = named(name, *_REMEDIAL)
    values: dict[str, Any] = line or {
        **({"unit": unit, "rate": _RATES.get(unit, 25.0)} if unit else {}),
        "remedial": remedial,
        "caused_by": "unknown",
        "meaning": readable(name),
    }
    put(draft.values, path, dict(values))
    currency = "your currency"
    if "rate" in values:
        draft.questions.append(
            Question(
                (*path, "rate"),
                f"{name}: what does one {values['unit']} cost, in {currency}?",
                float(values["rate"]),
                f"nobody said what a {values['unit']} costs; wages and overhead, by paid time used",
            )
        )
    draft.questions.append(
        Question(
            (*path, "remedial"),
            f"{name}: does it make up for something that went wrong?",
            bool(values["remedial"]),
            "by its name" if values["remedial"] else "nothing in its name says so",
        )
    )
    draft.questions.append(
        Question(
            (*path, "caused_by"),
            f"{name}: which group causes it?",
            str(values["caused_by"]),
            "nobody said who causes it" if values["caused_by"] == "unknown" else "as it mostly is",
        )
    )
