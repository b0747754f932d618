"""Change the profile, keep it, or say that the data can't tell: the rules, written down."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from icpfit.measure.estimate import Estimate

__all__ = ["NOT_KNOWN", "Decision", "Enough", "Why", "decided", "enough"]

Decision = Literal["change", "keep", "cannot tell"]
Why = Literal[
    "better",
    "worse",
    "spans zero",
    "chance",
    "one account",
    "too few",
    "not independent",
    "same accounts",
    "no proposal",
]

# More than this many times the accounts at hand is no plan.
_FARTHEST = 100
# As sure as one end of a 90 % interval.
_RARE = 0.05


@dataclass(frozen=True)
class Enough:
    """What would let the data tell.

    Parameters
    ----------
    accounts : int or None
        How many accounts would have to be judged for the interval to leave 0 out, if difference and
        spread stay what they are. None where there is no interval to start from, the difference is
        zero, or more than a hundred times the accounts at hand would be needed.
    times : float
        The same as a multiple of the accounts judged now; NaN where unknown.
    detectable : float
        The smallest difference per account, in currency units, that the accounts judged now could
        have shown; NaN without an interval.
    """

    accounts: int | None
    times: float
    detectable: float


NOT_KNOWN = Enough(None, math.nan, math.nan)


def enough(difference: Estimate, n: int) -> Enough:
    """Say how many accounts it would take for an interval to leave zero out.

    The half of the interval that reaches towards zero shrinks with the root of the accounts:

        accounts = n * (half / |difference|) ** 2

    Parameters
    ----------
    difference : Estimate
        The difference at equal volume, in currency units per account.
    n : int
        Accounts judged now.

    Returns
    -------
    Enough
        At most `n` where the interval leaves zero out already.

    Examples
    --------
    >>> from icpfit.measure.estimate import Estimate
    >>> enough(Estimate(500.0, -500.0, 1500.0), 200)  # twice the half, four times the accounts
    Enough(accounts=800, times=4.0, detectable=1000.0)
    >>> enough(Estimate(0.0, -500.0, 500.0), 200).accounts is None
    True
    """
    value, low, high = difference.value, difference.low, difference.high
    if low is None or high is None or math.isnan(value):
        return NOT_KNOWN
    half = value - low if value > 0 else high - value
    half = max(half, 0.0)
    if value == 0.0:
        return Enough(None, math.nan, half)
    times = (half / abs(value)) ** 2
    if times > _FARTHEST:
        return Enough(None, times, half)
    return Enough(math.ceil(round(n * times, 6)), times, half)


def decided(
    difference: Estimate,
    *,
    independent: bool,
    one_account: bool,
    same_accounts: bool,
    chance: tuple[float, float],
) -> tuple[Decision, Why]:
    """Decide by the difference in margin at equal volume, proposed minus current.

    Parameters
    ----------
    difference : Estimate
        In currency units per account, with its interval.
    independent : bool
        Whether the proposal was found on other accounts than those judged.
    one_account : bool
        Whether the sign hangs on one account.
    same_accounts : bool
        Whether both profiles select the same accounts, in the same order of calling.
    chance : tuple of float
        Share of random deals of the margins with a difference at least as high, and at least as
        low: `icpfit.insight.redefinition.chance.chance_of_difference`.

    Returns
    -------
    tuple of str
        Decision and reason, by the first of these rules that applies:

        1. both select the same accounts: keep, "same accounts";
        2. there is no interval: cannot tell, "too few";
        3. the interval lies below 0, and a difference as low came up in at most 5 of 100 deals:
           keep, "worse";
        4. it spans 0: cannot tell, "spans zero";
        5. it leaves 0 out, but as large a difference came up in more deals: cannot tell, "chance";
        6. it lies above 0, but the proposal was found on these very accounts: cannot tell, "not
           independent";
        7. it lies above 0, but the sign hangs on one account: cannot tell, "one account";
        8. else: change, "better".

    Examples
    --------
    >>> from icpfit.measure.estimate import Estimate
    >>> calm = {"independent": True, "one_account": False, "same_accounts": False}
    >>> decided(Estimate(9.0, 1.0, 17.0), **calm, chance=(0.01, 1.0))
    ('change', 'better')
    >>> decided(Estimate(9.0, 1.0, 17.0), **calm, chance=(0.09, 0.92))
    ('cannot tell', 'chance')
    """
    low, high = difference.low, difference.high
    known = low is not None and high is not None
    # A share that is not known is not a rare one.
    up, down = (share <= _RARE for share in chance)
    rules: tuple[tuple[bool, Decision, Why], ...] = (
        (same_accounts, "keep", "same accounts"),
        (not known, "cannot tell", "too few"),
        (high is not None and high < 0 and down, "keep", "worse"),
        (low is not None and high is not None and low <= 0 <= high, "cannot tell", "spans zero"),
        (low is not None and not (up if low > 0 else down), "cannot tell", "chance"),
        (not independent, "cannot tell", "not independent"),
        (one_account, "cannot tell", "one account"),
    )
    for applies, decision, why in rules:
        if applies:
            return decision, why
    return "change", "better"
