"""What of a proposed ICP is kept in MLflow: its three files, and what speaks for it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from icpfit.delivery.amounts import (
    account_count,
    horizon_in_words,
    money_interval,
    percent_interval,
)
from icpfit.delivery.registry.proposal import REDEFINITION_FILE, proposal_texts
from icpfit.delivery.registry.training_record import json_text
from icpfit.delivery.report.decision_sentence import decision_basis, decision_sentence
from icpfit.delivery.report.first_page_groups import cause_words
from icpfit.delivery.report.held_out_words import enough_held_out, told_figures

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from icpfit.delivery.registry.training_record import TrainingRecord
    from icpfit.economics.outcome import Accounts
    from icpfit.insight.redefinition.redefinition import Redefinition
    from icpfit.insight.segments.found import FoundSegment

__all__ = ["evidence_comments", "judged_profile", "redefinition_record", "with_proposal"]


def evidence_comments(groups: Sequence[FoundSegment], currency: str) -> dict[str, list[str]]:
    """Return the figures that stand as comments above each group of a proposal.

    Parameters
    ----------
    groups : sequence of FoundSegment
        The groups found.
    currency : str
        ISO code.

    Returns
    -------
    dict of str to list of str
        Name of a group to its lines, with intervals; the last one the first cause of its remedial
        cost, where it is known.
    """
    comments = {}
    for group in groups:
        told = told_figures(group)
        held = enough_held_out(group) is not None
        whose = "held out, no say in who stands here" if held else "chosen on these accounts"
        lines = [
            f"{account_count(told.n)} ({whose}): {percent_interval(told.fit_rate)} were a fit",
            (
                f"margin {money_interval(told.margin, currency)} each, with remedial cost taken out"
                f" {money_interval(told.margin_if_fixed, currency)};"
                f" cost to serve {money_interval(told.cost_to_serve, currency)}"
            ),
        ]
        cause = cause_words(group, currency)
        comments[group.segment.name] = [*lines, f"first cause: {cause}"] if cause else lines
    return comments


def redefinition_record(found: Redefinition, horizon: str, currency: str) -> dict[str, Any]:
    """Return the comparison as it is kept, without any account's name.

    Parameters
    ----------
    found : Redefinition
        The comparison.
    horizon, currency : str
        As in the settings.

    Returns
    -------
    dict
        Decision, sentence and figures with their intervals; plain values and dataclasses, for
        `icpfit.delivery.registry.training_record.json_text`.
    """

    def named(profile: Any) -> dict[str, Any] | None:
        return None if profile is None else {"name": profile.name, "version": profile.version}

    moved = {} if found.moved.empty else found.moved["move"].value_counts().to_dict()
    return {
        "decision": found.decision,
        "why": found.why,
        "sentence": decision_sentence(found, horizon, currency),
        "worth": found.worth,
        "worth_once_fixed": found.worth_once_fixed,
        "n_to_fix": found.n_to_fix,
        "currency": currency,
        "horizon": horizon,
        "n": found.n,
        "basis": found.basis,
        "independent": found.independent,
        "one_account": found.one_account,
        "approximate": found.approximate,
        "current": named(found.current),
        "proposed": named(found.proposed),
        "comparison": found.comparison,
        "moves": {str(move): int(n) for move, n in sorted(moved.items())},
        "groups": list(found.groups),
        "market": found.market,
        "enough": found.enough,
    }


def judged_profile(run_files: Path) -> tuple[str, int] | None:
    """Return which profile a training's report is against.

    Parameters
    ----------
    run_files : Path
        Folder of what the training kept.

    Returns
    -------
    tuple of str and int, or None
        Name and version; None where there was no profile, or an earlier icpfit kept nothing of it.
    """
    path = run_files / REDEFINITION_FILE
    if not path.is_file():
        return None
    current = json.loads(path.read_text(encoding="utf-8")).get("current")
    return None if current is None else (str(current["name"]), int(current["version"]))


def with_proposal(
    record: TrainingRecord,
    found: Redefinition,
    accounts: Accounts,
    groups: Sequence[FoundSegment] = (),
) -> TrainingRecord:
    """Add the comparison, and the proposal's files where there is one, to what is recorded.

    Parameters
    ----------
    record : TrainingRecord
        What is recorded of the training.
    found : Redefinition
        The current ICP against the one proposed.
    accounts : Accounts
        For the horizon, the currency and the declared attributes.
    groups : sequence of FoundSegment
        The groups found, whose figures stand as comments in the proposal.

    Returns
    -------
    TrainingRecord
        With ``redefinition.json``, the tag ``icpfit.redefinition`` and the metric
        ``redefinition_worth_per_100``; with a proposal also ``proposal.yaml``, ``proposal.sql`` and
        ``proposal.txt``, from where `icpfit adopt` and the column ``icp_proposed`` take it.
    """
    horizon, currency = str(accounts.horizon), accounts.currency
    texts = {REDEFINITION_FILE: json_text(redefinition_record(found, horizon, currency))}
    if found.proposed is not None:
        head = [
            "A profile that icpfit proposes: nobody has signed it off yet.",
            decision_sentence(found, horizon, currency),
            decision_basis(found, currency),
            f"Figures are per account over {horizon_in_words(horizon)}, after all cost to serve.",
            "To make it the current ICP: icpfit adopt data=… by=… reason=… effective=…",
        ]
        texts |= proposal_texts(
            found.proposed,
            head=head,
            comments=evidence_comments(groups, currency),
            attributes=accounts.attributes,
        )
    return replace(
        record,
        texts={**record.texts, **texts},
        tags={**record.tags, "icpfit.redefinition": found.decision},
        metrics={**record.metrics, "redefinition_worth_per_100": found.worth},
    )
