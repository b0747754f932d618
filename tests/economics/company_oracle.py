"""The outcome of small companies in plain Python: loops and fractions, nothing of icpfit's own.

Written from the formulas, row by row; slow, and exact but for the discount factors.
"""

import calendar
import datetime as dt
import math
from fractions import Fraction

AS_OF = dt.date(2025, 6, 30)


def later(day, months):
    """The same day some months on, or the last day of that month."""
    month = day.year * 12 + day.month - 1 + months
    year, month = month // 12, month % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def month_of(start, date):
    """Month of the relationship, None outside the horizon."""
    return next((m for m in range(12) if later(start, m) <= date < later(start, m + 1)), None)


def root(account, parents):
    """Ultimate parent."""
    while account in parents:
        account = parents[account]
    return account


def rate_on(rates, date):
    """The last rate that is valid on a day."""
    return max((start, rate) for start, rate in rates if start <= date)[1]


def average_rank(values, value):
    """Rank from 1, ties averaged."""
    below = sum(one < value for one in values)
    return below + (sum(one == value for one in values) + 1) / 2


def outcomes(company, discount, hurdle):
    """Outcome of every account, as a dict of dicts; None where it isn't mature."""
    accounts = {row["account_id"]: row for row in company["accounts"]}
    parents = {name: row["parent_id"] for name, row in accounts.items() if row.get("parent_id")}
    members = {}
    for name in accounts:
        members.setdefault(root(name, parents), []).append(name)
    start = {
        group: min(accounts[n]["started_on"] for n in names) for group, names in members.items()
    }

    def inside(row):
        group = root(row["account_id"], parents)
        if group not in start or row["date"] > AS_OF:
            return None, None
        return group, month_of(start[group], row["date"])

    names = ("revenue", "direct_cost", "planned_cost", "remedial_cost")
    found = {
        group: dict.fromkeys(names, 0.0) | {"halves": [Fraction(0), Fraction(0)]}
        for group in members
    }

    def add(group, name, month, amount):
        found[group][name] += float(Fraction(amount)) * (1 + discount) ** (-month / 12)

    for row in company["revenue"]:
        group, month = inside(row)
        if month is not None:
            add(group, "revenue", month, Fraction(row["amount"], 10_000))
            add(group, "direct_cost", month, Fraction(row["direct_cost"] or 0, 10_000))
            found[group]["halves"][month >= 6] += Fraction(row["amount"], 10_000)
    for row in company["costs"]:
        group, month = inside(row)
        if month is not None:
            amount = Fraction(row["amount"] or 0, 10_000)
            if row["amount"] is None:
                rate, remedial = company["card"][row["activity"]]
                amount = Fraction(row["quantity"]) * Fraction(rate_on(rate, row["date"]))
            remedial = (
                company["card"][row["activity"]][1] if row["remedial"] is None else row["remedial"]
            )
            add(group, "remedial_cost" if remedial else "planned_cost", month, amount)
    mature = {g for g in members if later(start[g], 12) + dt.timedelta(days=60) <= AS_OF}
    seen = {group: {"nps": [], "renewal": [], "referral": []} for group in members}
    left = {}
    for row in company["loyalty"]:
        group, month = inside(row)
        if month is not None and row["kind"] in seen[group]:
            seen[group][row["kind"]].append(row["value"])
        name = row["account_id"]
        if (
            row["kind"] == "churn"
            and name in accounts
            and accounts[name]["started_on"] <= row["date"] <= AS_OF
        ):
            left[name] = min(left.get(name, dt.date.max), row["date"])
    answers = [one for group in mature for one in seen[group]["nps"]]
    mean = sum(answers) / len(answers) if answers else 0.0
    growth = {}
    if mature:
        both = sorted(sum(max(h, 0) for h in found[g]["halves"]) for g in mature)
        middle = (both[(len(both) - 1) // 2] + both[len(both) // 2]) / 2
        paying = [one for one in both if one > 0]
        if paying and not middle:
            middle = (paying[(len(paying) - 1) // 2] + paying[len(paying) // 2]) / 2
        if paying:
            c = middle / 20
            for g in mature:
                first, second = (max(h, 0) for h in found[g]["halves"])
                growth[g] = (second + c) / (first + c)
    result = {}
    for group, names in members.items():
        end = later(start[group], 12)
        early = [n for n in names if accounts[n]["started_on"] < end]
        costs = [
            accounts[n]["acquisition_cost"]
            for n in early
            if accounts[n]["acquisition_cost"] is not None
        ]
        gone = [
            min(accounts[n]["churned_on"] or dt.date.max, left.get(n, dt.date.max)) for n in early
        ]
        lost = max(gone) < end
        one = {
            name: found[group][name]
            for name in ("revenue", "direct_cost", "planned_cost", "remedial_cost")
        }
        one["acquisition_cost"] = float(Fraction(sum(costs), 10_000)) if costs else math.nan
        one["margin"] = (
            one["revenue"] - one["direct_cost"] - one["planned_cost"] - one["remedial_cost"]
        )
        one["margin"] -= 0.0 if math.isnan(one["acquisition_cost"]) else one["acquisition_cost"]
        one["retention"] = min([0.0 if lost else 1.0, *seen[group]["renewal"]])
        year = [growth[g] for g in growth if start[g].year == start[group].year]
        one["enrichment"] = (
            (average_rank(year, growth[group]) - 0.5) / len(year) if group in growth else math.nan
        )
        nps = seen[group]["nps"]
        one["advocacy"] = math.nan
        if nps:
            one["advocacy"] = min(max(((sum(nps) + 2 * mean) / (len(nps) + 2) - 4) / 6, 0), 1)
        if any(value > 0 for value in seen[group]["referral"]):
            one["advocacy"] = 1.0
        parts = [(0.5, one["retention"]), (0.25, one["enrichment"]), (0.25, one["advocacy"])]
        parts = [(weight, value) for weight, value in parts if not math.isnan(value)]
        one["loyalty"] = sum(w * v for w, v in parts) / sum(w for w, _ in parts)
        one["retained"] = not lost
        # Not asked for where rounding could decide: there the label is None.
        close = abs(one["margin"] - hurdle) < 1e-3 or abs(one["loyalty"] - 0.6) < 1e-6
        one["fit"] = None if close else (
            one["margin"] > hurdle and one["retention"] >= 0.5 and one["loyalty"] > 0.6
        )  # fmt: skip
        result[group] = one if group in mature else None
    return result
