"""The closing tables of the jobs: a name and a figure, with its interval where it could be luck."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.amounts import (
    count,
    figure,
    interval,
    money,
    money_interval,
    percent,
    percent_interval,
)
from icpfit.delivery.report.icp_words import icp_named
from icpfit.delivery.report.trial_report import account_counts
from icpfit.icp.selection import is_selected

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from icpfit.delivery.registry.promotion_log import Promotion
    from icpfit.delivery.registry.training_result import TrainingResult
    from icpfit.economics.outcome import Accounts
    from icpfit.evidence.judgement import Judgement
    from icpfit.icp.profile import Profile
    from icpfit.measure.estimate import Estimate

__all__ = [
    "check_summary",
    "demo_summary",
    "promote_summary",
    "rollback_summary",
    "score_summary",
    "train_summary",
]

Rows = list[tuple[str, str]]


def check_summary(accounts: Accounts, profile: Profile | None) -> Rows:
    """Say what a company's exports hold.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.
    profile : Profile or None
        The current ICP.

    Returns
    -------
    list of tuple of str
        Rows of the closing table.
    """
    rows = _account_rows(accounts)
    counts = account_counts(accounts)
    rows += [
        (f"left out: {reason}", count(n))
        for reason, n in list(counts.excluded.items())[:5]
        if not reason.startswith("not mature")
    ]
    used = accounts.outcomes.loc[accounts.used]
    if len(used):
        rows.append(("margin per account", money(float(used["margin"].mean()), accounts.currency)))
        served = float(used["cost_to_serve"].sum())
        remedial = float(used["remedial_cost"].sum()) / served if served else 0.0
        each = money(served / len(used), accounts.currency)
        rows.append(("cost to serve per account", f"{each}, {percent(remedial)} of it remedial"))
    if profile is not None and len(used):
        chosen = is_selected(profile, accounts.facts.loc[accounts.used])
        named = icp_named(profile.name, profile.version)
        rows.append(
            (
                f"the current ICP selects ({named}{_to_come(profile, accounts.as_of)})",
                f"{count(int(chosen.sum()))} of them, {percent(float(chosen.mean()))}",
            )
        )
    return rows


def _to_come(profile: Profile, as_of: dt.date) -> str:
    """Name the first day of use while it is still to come; it is the one compared with already."""
    return f", from {profile.effective_from} on" if profile.effective_from > as_of else ""


def train_summary(result: TrainingResult, engine: str = "") -> Rows:
    """Say what a training found.

    Parameters
    ----------
    result : TrainingResult
        The training, recorded.
    engine : str
        What the model's exact reasons come from, see `icpfit.fit.engines.engine_words`; left out
        where it is empty.

    Returns
    -------
    list of tuple of str
        Rows of the closing table.
    """
    facts = result.facts
    rows = [
        ("accounts read, mature, used", _counts(facts.accounts)),
        ("what is a fit", facts.label_text),
    ]
    if facts.judgement is not None:
        rows += _judgement_rows(facts.judgement)
        rows += _calibration_rows(facts.judgement)
    if facts.signal is not None:
        sure = f"{facts.signal.probability:.2f}"
        rows.append(
            ("signal", f"{facts.signal.tier} (beats the fit rate alone with probability {sure})")
        )
    rows += _decision_row(result.decision)
    registered = "nothing: there is no signal"
    if result.model_version is not None:
        registered = f"icpfit-{facts.company} v{result.model_version}, as challenger"
    rows += _engine_row(engine)
    rows += [("registered", registered), ("MLflow run", result.run_id)]
    return rows


def promote_summary(promotion: Promotion) -> Rows:
    """Say what became of a challenger.

    Parameters
    ----------
    promotion : Promotion
        The line of the promotion log.

    Returns
    -------
    list of tuple of str
        Rows of the closing table.
    """
    headline = str(promotion.figures.get("headline") or "")
    notes = promotion.figures.get("notes") or ()
    decision: str = promotion.decision
    if promotion.decision == "FORCE":
        decision = f"HOLD, overruled by {promotion.by}: {promotion.reason}"
        headline = ""
    return [
        ("verdict", f"{decision}, {headline}" if headline else decision),
        *[("because" if i == 0 else "", reason) for i, reason in enumerate(promotion.reasons)],
        *[("beside" if i == 0 else "", str(note)) for i, note in enumerate(notes)],
        *_versions_in_use(promotion),
    ]


def rollback_summary(promotion: Promotion) -> Rows:
    """Say which model is in use after going back.

    Parameters
    ----------
    promotion : Promotion
        The line of the promotion log.

    Returns
    -------
    list of tuple of str
        Rows of the closing table.
    """
    said = f"by {promotion.by}" + (f": {promotion.reason}" if promotion.reason else "")
    return [("gone back", said), *_versions_in_use(promotion)]


def _versions_in_use(promotion: Promotion) -> Rows:
    before, after = (
        "none" if version is None else f"v{version}"
        for version in (promotion.from_version, promotion.to_version)
    )
    return [("in use before", before), ("in use now", after)]


def score_summary(
    rows: int, grades: Mapping[str, int], cautions: int, *, out: Path, model: str, engine: str = ""
) -> Rows:
    """Say what a scored list holds.

    Parameters
    ----------
    rows : int
        Prospects.
    grades : mapping of str to int
        How many have each grade.
    cautions : int
        How many have a caution.
    out : Path
        Where the list was written.
    model : str
        The model that scored it.
    engine : str
        As for `train_summary`.

    Returns
    -------
    list of tuple of str
        Rows of the closing table.
    """
    shown = ", ".join(f"{count(n)} {grade}" for grade, n in sorted(grades.items()) if n)
    return [
        ("prospects", count(rows)),
        ("grades", shown or "none"),
        ("rows with a caution", count(cautions)),
        ("model", model),
        *_engine_row(engine),
        ("scored list", str(out)),
    ]


def demo_summary(result: TrainingResult, files: Sequence[tuple[str, Path]]) -> Rows:
    """Say in a few rows what the demo came to, and where its files are.

    Parameters
    ----------
    result : TrainingResult
        Its training.
    files : sequence of (str, Path)
        What was written.

    Returns
    -------
    list of tuple of str
        Rows of the closing table.
    """
    facts = result.facts
    rows = [("accounts read, mature, used", _counts(facts.accounts))]
    if facts.judgement is not None:
        rows += _judgement_rows(facts.judgement)
    rows += _decision_row(result.decision)
    return rows + [(name, str(path)) for name, path in files]


def _decision_row(decision: str) -> Rows:
    return [("the current ICP", decision)] if decision else []


def _engine_row(engine: str) -> Rows:
    return [("exact reasons", engine)] if engine else []


def _account_rows(accounts: Accounts) -> Rows:
    used = accounts.outcomes.loc[accounts.used, "fit"]
    fits = int(used.astype(bool).sum())
    share = percent(fits / len(used)) if len(used) else "–"
    return [
        ("accounts read, mature, used", _counts(account_counts(accounts))),
        ("what is a fit", accounts.label_text),
        ("profitable fits", f"{count(fits)} of {count(len(used))}, {share}"),
    ]


def _counts(counts: object) -> str:
    read, mature, used = (count(getattr(counts, name)) for name in ("read", "mature", "used"))
    return f"{read}, {mature}, {used}"


def _judgement_rows(found: Judgement) -> Rows:
    rows = [
        ("judged on", found.basis),
        ("fit rate", percent_interval(found.prevalence)),
        ("AUC of the fit", _auc(found.auc)),
    ]
    against = found.against_icp
    if against is not None and against.comparable:
        same = f"{count(against.n_selected)} of {count(against.n)} accounts each"
        rows += [
            (
                f"margin per account, {against.profile_name}",
                money_interval(against.icp_margin, found.currency),
            ),
            ("margin per account, the model", money_interval(against.model_margin, found.currency)),
            (
                "the difference",
                f"{money_interval(against.difference, found.currency)}; {same}: {against.verdict}",
            ),
        ]
    return rows


def _calibration_rows(found: Judgement) -> Rows:
    seen = None if found.calibration is None else found.calibration.reliability
    if seen is None:
        return []
    said = "further off than luck explains" if seen.is_worse_than_perfect else "at their word"
    missed, usual = f"{100 * seen.error:.1f}", f"{100 * seen.perfect_mean:.1f}"
    words = f"{said}: off by {missed} points on average, exactly right ones by {usual}"
    return [("probabilities of a fit", words)]


def _auc(auc: Estimate) -> str:
    ends = interval(auc.low, auc.high, figure)
    level = f"{100 * auc.level:.0f} %: " if auc.low is not None else ""
    return f"{figure(auc.value)} ({level}{ends})"
