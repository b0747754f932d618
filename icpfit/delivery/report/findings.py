"""What a chart or a page shows, as one sentence with its figures, computed from the same data.

Words: "accounts like these", "associated with"; never "because". Where the data can't tell, the
sentence says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from icpfit.delivery.amounts import (
    account_count,
    horizon_in_words,
    interval,
    money,
    percent,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from icpfit.economics.margin import WhaleCurve
    from icpfit.economics.waterfall import MarginStep
    from icpfit.evidence.judgement import Judgement
    from icpfit.evidence.signal import Signal

__all__ = [
    "choices_finding",
    "deciles_finding",
    "headline",
    "judged_on",
    "margin_curve_finding",
    "waterfall_finding",
    "whale_finding",
]


def judged_on(judgement: Judgement) -> str:
    """Return which accounts the figures rest on, as the beginning of a sentence.

    Parameters
    ----------
    judgement : Judgement
        Of a hold-out or of out-of-fold predictions.

    Returns
    -------
    str
        "On 521 later accounts" or "On 648 accounts, by cross-validation".
    """
    if judgement.holdout:
        later = "random" not in judgement.basis
        return f"On {account_count(judgement.n, 'later' if later else 'randomly held out')}"
    return f"On {account_count(judgement.n)}, by cross-validation"


def headline(
    judgement: Judgement | None,
    signal: Signal | None,
    *,
    refusal: str,
    used: int,
    horizon: str,
    currency: str,
) -> str:
    """Return the finding of the whole report in one sentence.

    Parameters
    ----------
    judgement : Judgement or None
        None where no model was trained.
    signal : Signal or None
        Whether the model knows anything; None where no model was trained.
    refusal : str
        Why no model was judged, as a sentence; may be empty.
    used : int
        Accounts that could be learned from.
    horizon : str
        As in the settings, "12mo".
    currency : str
        ISO code.

    Returns
    -------
    str
        The answer, or that there is none yet.
    """
    if judgement is None:
        why = refusal or f"no model was judged on the {account_count(used)} that could be used."
        return f"Cannot tell yet: {why}"
    if signal is not None and signal.tier == "none":
        return (
            f"No signal: among {account_count(judgement.n)}, what was known before the sale does "
            "not tell a profitable fit from the others."
        )
    weak = "A weak signal only. " if signal is not None and signal.tier == "weak" else ""
    over = f"over {horizon_in_words(horizon)}"
    icp = judgement.against_icp
    if icp is None or not icp.comparable:
        return weak + _without_icp(judgement, over, currency)
    model, rule = money(icp.model_margin.value, currency), money(icp.icp_margin.value, currency)
    size = interval(icp.difference.low, icp.difference.high, lambda a: money(a, currency))
    level = percent(icp.difference.level)
    if icp.verdict == "cannot tell yet":
        spread = f"may lie anywhere from {size} ({level} interval)"
        if icp.difference.low is None:
            spread = "rests on too few accounts for an interval"
        return (
            f"{weak}Cannot tell yet: {_lowered(judged_on(judgement))}, the model's choice earned "
            f"{model} an account and that of the current ICP {rule} {over}; at the same volume "
            f"the difference {spread}."
        )
    verb = "earned" if icp.verdict == "model better" else "earned only"
    return (
        f"{weak}{judged_on(judgement)}, the model's choice {verb} {model} an account {over}, "
        f"against {rule} for the current ICP at the same volume "
        f"(difference {money(icp.difference.value, currency)}, {level}: {size})."
    )


def _without_icp(judgement: Judgement, over: str, currency: str) -> str:
    top = judgement.capacities[np.isclose(judgement.capacities["share"].astype(float), 0.2)]
    everyone = judgement.margin_curve.random[-1] / judgement.n
    if top.empty:
        return f"{judged_on(judgement)}, an account earned {money(everyone, currency)} {over}."
    row = top.iloc[0]
    ends = interval(_end(row["margin_low"]), _end(row["margin_high"]), lambda a: money(a, currency))
    return (
        f"{judged_on(judgement)}, the fifth that the model ranks first earned "
        f"{money(float(row['margin_mean']), currency)} an account {over} (90 %: {ends}), "
        f"against {money(everyone, currency)} for all of them."
    )


def _end(value: object) -> float | None:
    number = float("nan") if value is None else float(value)  # type: ignore[arg-type]
    return number if np.isfinite(number) else None


def _lowered(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def whale_finding(curve: WhaleCurve, currency: str) -> str:
    """Return where the money is.

    Parameters
    ----------
    curve : WhaleCurve
        Of all mature accounts.
    currency : str
        ISO code.

    Returns
    -------
    str
        In shares of the margin where there is any, else in money.
    """
    total, peak, peak_at = curve.total, curve.peak, curve.peak_at
    if len(curve.share_accounts) < 2:
        return "There is no mature account yet."
    if total <= 0:
        if peak <= 0:
            return f"No account earns anything; together they lose {money(-total, currency)}."
        kept = "nothing is left" if total == 0 else f"{money(-total, currency)} is lost in all"
        return (
            f"{percent(peak_at)} of the accounts earn {money(peak, currency)}, the others lose "
            f"{money(peak - total, currency)}: {kept}."
        )
    if peak <= 1 + 1e-9:
        share, profit = _first_fifth(curve)
        return (
            f"No account loses money; the most profitable {percent(share)} of them earn "
            f"{percent(profit)} of the margin."
        )
    if peak_at <= 0.25:
        share, profit = peak_at, peak
    else:
        share, profit = _first_fifth(curve)
    return (
        f"The most profitable {percent(share)} of the accounts earn {percent(profit)} of the "
        f"margin; the last {percent(1 - peak_at)} give {percent(peak - 1)} of it back."
    )


def _first_fifth(curve: WhaleCurve) -> tuple[float, float]:
    shares = np.asarray(curve.share_accounts, dtype=np.float64)
    at = int(np.argmin(np.where(shares > 0, np.abs(shares - 0.2), np.inf)))
    return float(shares[at]), float(np.asarray(curve.share_profit)[at])


def waterfall_finding(steps: Sequence[MarginStep], currency: str) -> str:
    """Return what becomes of 100 units of revenue.

    Parameters
    ----------
    steps : sequence of MarginStep
        From revenue to margin.
    currency : str
        ISO code.

    Returns
    -------
    str
        With serving, its remedial part and what is left.
    """
    sums = {
        kind: sum(step.amount for step in steps if step.kind == kind)
        for kind in ("revenue", "planned", "remedial", "margin")
    }
    revenue, left = sums["revenue"], sums["margin"]
    serving, remedial = -(sums["planned"] + sums["remedial"]), -sums["remedial"]
    if revenue <= 0:
        return f"An account leaves {money(left, currency)} on average."
    served, repaired, kept = (_of_100(part / revenue) for part in (serving, remedial, abs(left)))
    of_it = f", {repaired} of them to make up for what went wrong" if remedial > 0 else ""
    end = f"{kept} are left" if left >= 0 else f"{kept} more go out than came in"
    return f"Of every 100 {currency} of revenue, {served} go into serving{of_it}; {end}."


def _of_100(share: float) -> str:
    parts = 100 * share
    return f"{parts:,.0f}" if parts >= 1 or parts == 0 else f"{parts:.1f}"


def choices_finding(judgement: Judgement, currency: str) -> str:
    """Return what each choice of accounts earned.

    Parameters
    ----------
    judgement : Judgement
        With a comparison to the current ICP.
    currency : str
        ISO code.

    Returns
    -------
    str
        Model, rule and all accounts.
    """
    icp = judgement.against_icp
    everyone = money(judgement.margin_curve.random[-1] / judgement.n, currency)
    if icp is None or not icp.comparable:
        first = judgement.capacities.iloc[0]
        return (
            f"The first {percent(float(first['share']))} in the model's order earned "
            f"{money(float(first['margin_mean']), currency)} an account, all accounts {everyone}."
        )
    return (
        f"The model's choice earned {money(icp.model_margin.value, currency)} an account, that of "
        f"the current ICP {money(icp.icp_margin.value, currency)}, all accounts {everyone}."
    )


def margin_curve_finding(judgement: Judgement, currency: str) -> str:
    """Return what the model's order collects, beside the current ICP or no order.

    Parameters
    ----------
    judgement : Judgement
        Of the ranking.
    currency : str
        ISO code.

    Returns
    -------
    str
        In money, at the volume of the current ICP or at a fifth of the accounts.
    """
    curve, icp = judgement.margin_curve, judgement.against_icp
    if icp is not None and icp.comparable:
        best = float(np.interp(icp.share, curve.share, curve.perfect))
        return (
            f"With {percent(icp.share)} of the accounts, the model's order collects "
            f"{money(icp.model_margin.value * icp.n_selected, currency)}, the current ICP "
            f"{money(icp.icp_margin.value * icp.n_selected, currency)}, the best order there could "
            f"be {money(best, currency)}."
        )
    found, chance = (
        float(np.interp(0.2, curve.share, y)) for y in (curve.cumulative, curve.random)
    )
    return (
        f"The first 20 % in the model's order collect {money(found, currency)}; 20 % taken without "
        f"any order, {money(chance, currency)}."
    )


def deciles_finding(deciles: pd.DataFrame, currency: str) -> str:
    """Return what the first and the last tenth in the model's order earned.

    Parameters
    ----------
    deciles : DataFrame
        See `icpfit.measure.deciles.decile_table`.
    currency : str
        ISO code.

    Returns
    -------
    str
        Per account.
    """
    first, last = (_earned(float(deciles["margin_mean"].iloc[at]), currency) for at in (0, -1))
    part = "tenth" if len(deciles) == 10 else "part"  # fewer than ten accounts: one each
    return f"The {part} that the model ranks first {first} an account, the last {part} {last}."


def _earned(amount: float, currency: str) -> str:
    return f"{'earned' if amount >= 0 else 'lost'} {money(abs(amount), currency)}"
