"""Every figure of the first page, found again by hand: in SQL, from the accounts table alone.

The page is made by icpfit from a small demo company. The SQL knows the accounts' facts and outcomes,
the profiles' own WHERE clauses, and nothing of how icpfit computes; a figure counts as found when its
words stand in the page.
"""

import datetime as dt
import re
from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd
import pytest
import yaml

import icpfit
from icpfit.company import company_settings
from icpfit.data.demo.company import write_demo_company
from icpfit.data.demo.world import COSTLY_BY_NATURE, COSTLY_BY_REMEDIAL, GOOD_SEGMENTS
from icpfit.data.table_spec import Controls, Pool
from icpfit.data.tables import read_tables
from icpfit.delivery.amounts import account_count, money, percent
from icpfit.delivery.report.page import report_html
from icpfit.delivery.report.strategy_page import first_page
from icpfit.delivery.report.trial_report import trial_report
from icpfit.economics.outcome import joined_accounts
from icpfit.icp.profile import Profile, Segment, read_profile
from icpfit.icp.selection import is_selected, meets
from icpfit.icp.wording import sql_where
from icpfit.insight.redefinition.redefinition import redefinition
from icpfit.insight.segments.figures import group_figures, whole
from icpfit.insight.segments.found import FoundSegment, FoundSegments
from icpfit.insight.segments.if_fixed import both_outcomes, remedial_causes
from icpfit.insight.service.quantities import service_quantities
from icpfit.insight.service.team_load import team_loads

pytestmark = pytest.mark.slow

DAY = dt.date(2026, 10, 1)
PROPOSED = Profile(
    "ICP 2026", 2, DAY,
    tuple(Segment(name, where) for name, where in GOOD_SEGMENTS.items()),
    (Segment("southern hub", COSTLY_BY_REMEDIAL),),
    (Segment("agencies", COSTLY_BY_NATURE),),
)  # fmt: skip
PARTS = ("segments", "fix", "avoid")
# Typed money is in integers, ten-thousandths of a unit. Both teams' time is counted in one unit by the rate card, and in another here.
POOLS = {
    "support desk": Pool(cost=1e9, capacity=80_000.0, unit="hour"),
    "field service": Pool(cost=1e9, capacity=60_000_000.0, unit="minute"),
}
YEARS, INTAKE = 4.0, 225.0
kept = {}  # the page as it is set


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    root = tmp_path_factory.mktemp("by hand")
    write_demo_company(root / "data" / "demo", customers=900, prospects=100)
    conf = icpfit_conf()
    values = yaml.safe_load((conf / "data" / "demo.yaml").read_text(encoding="utf-8"))
    values.pop("controls")
    settings = company_settings(values)
    tables = read_tables(settings.data, root, lambda _: None)
    books = revenue_in_sql(tables) * 1.004
    data = replace(settings.data, controls=Controls(revenue_total=books, pools=POOLS))
    settings = replace(settings, data=data)
    accounts = joined_accounts(tables, settings.data, settings.economics)
    return settings, accounts, read_profile(conf / "icp" / "demo.yaml"), tables


def revenue_in_sql(tables):
    with duckdb.connect() as connection:
        connection.register("revenue", tables.typed["revenue"])
        return float(one(connection, "select sum(amount) / 10000 from revenue")[0])


def icpfit_conf():
    from pathlib import Path

    return Path(icpfit.__file__).parents[1] / "conf"


def found_groups(settings, accounts, report, held):
    """The planted groups as if they had been found, with icpfit's own figures of them."""
    outcomes = both_outcomes(accounts, settings.economics.label)
    listed = [(part, group) for part in PARTS for group in getattr(PROPOSED, part)]

    def measured(part):
        facts = accounts.facts.loc[part]
        members = [meets(group, facts).to_numpy() for _, group in listed]
        return members, group_figures(outcomes.loc[part], members, seed=1, n_boot=200)

    table = outcomes.loc[report]
    members, figures = measured(report)
    _, held_out = measured(held)
    segments = tuple(
        FoundSegment(
            group, part, "segment", of.n, of.coverage, of.fit_rate, of.fit_if_fixed, of.margin,
            of.margin_if_fixed, of.cost_to_serve, of.remedial_cost, of.lift, 0.001, 0.01, 1.0,
            remedial_causes(accounts, report[inside], settings.economics.rate_card) if part == "fix" else (),
            held_out=later,
        )
        for (part, group), of, inside, later in zip(listed, figures, members, held_out, strict=True)
    )  # fmt: skip
    base = whole(table, seed=1)
    return FoundSegments(
        segments, report[:0], report, "a report part", base.fit_rate, base.margin,
        base.cost_to_serve, None, "", holdout="later",
        base_held_out=whole(outcomes.loc[held], seed=1),
    )  # fmt: skip


def loads_of(settings, accounts, current, judged):
    """What each ICP asks of the teams, over the accounts judged, as each was seen to need."""
    quantities = service_quantities(accounts, None, settings.economics.rate_card, seed=1)
    facts = accounts.facts.loc[quantities.accounts]
    chosen = {
        name: is_selected(profile, facts).to_numpy()
        for name, profile in (("current ICP", current), ("proposed ICP", PROPOSED))
    }
    return team_loads(
        quantities, chosen, settings.data.controls, accounts.ledger.reconciliation,
        years=YEARS, intake=INTAKE, among=quantities.accounts.isin(judged), seed=1,
    )  # fmt: skip


@pytest.fixture(scope="module")
def page(company):
    """The first page, and a database with the accounts table."""
    settings, accounts, current, tables = company
    order = np.random.default_rng(3).permutation(len(accounts.used))
    report = accounts.used[np.sort(order[: len(order) // 2])]
    judged = accounts.used.difference(report)
    facts = trial_report(
        accounts, company="demo", objective="margin", generated_on=DAY, refusal="No model here."
    )
    made = first_page(
        facts,
        found=found_groups(settings, accounts, report, judged),
        redefined=redefinition(
            accounts, None, current, PROPOSED, judged=judged, basis="half", seed=1, n_boot=200
        ),
        loads=loads_of(settings, accounts, current, judged),
    )
    table = pd.concat([accounts.facts, accounts.outcomes], axis=1).reset_index()
    for name, attribute in accounts.attributes.items():
        if attribute.kind == "flag":
            table[name] = table[name].map({1.0: True, 0.0: False}).astype("boolean")
    table["fit"] = table["fit"].map({True: 1.0, False: 0.0}).astype("float64")
    table["part"] = np.where(table["account_id"].isin(report), "report", "other")
    table.loc[table["account_id"].isin(judged), "part"] = "judged"
    database = duckdb.connect()
    database.register("accounts", table)
    database.register("costs", accounts.activity_costs)
    database.register("revenue_rows", tables.typed["revenue"])
    database.register("cost_rows", tables.typed["costs"])
    kept["page"] = report_html(replace(facts, first=made))
    return made, database, current


def test_every_figure_of_the_first_page_is_set(page):
    made, _, _ = page
    shown = " ".join(re.sub(r"<[^>]+>", " ", kept["page"]).split())
    said = [made.headline, *made.trust, *(action.task for action in made.actions)]
    said += [
        figure for choice in made.choices for group in choice.groups for figure in group.figures
    ]
    said += [
        part for answer in made.answers for part in (answer.value, answer.interval, answer.text)
    ]
    figures = {found for text in said for found in re.findall(r"\d[\d.,]*\d|\d", text)}
    assert len(figures) > 20
    assert {found for found in figures if found not in shown} == set()


def one(database, query):
    return database.execute(query).fetchone()


def where(segment):
    return sql_where(Profile("one", 1, DAY, (segment,)))


@pytest.mark.parametrize("part", PARTS)
def test_the_groups(page, part):
    """By their own rules, on the accounts that did not choose them; else so marked."""
    made, database, _ = page
    choice = made.choices[{"segments": 0, "avoid": 1, "fix": 2}[part]]
    assert len(choice.groups) == len(getattr(PROPOSED, part))
    # Most money first: share of the accounts times what each left, or what fixing would bring.
    hangs = []
    by_name = {segment.name: segment for segment in getattr(PROPOSED, part)}
    for shown in choice.groups:
        segment = by_name.pop(shown.name)
        query = f"""select count(*), avg(margin), avg(fit), avg(margin + remedial_cost)
            from accounts where {where(segment)} and part ="""
        n, margin, fit, without = one(database, f"{query} 'judged'")
        enough = n >= 20
        said = " ".join(shown.figures)
        if not enough:
            assert f"too few later accounts to tell ({n})" in said
            n, margin, fit, without = one(database, f"{query} 'report'")
        [of] = one(
            database,
            f"select count(*) from accounts where part = '{'judged' if enough else 'report'}'",
        )
        hangs.append(abs(n / of * (without - margin if part == "fix" else margin)))
        assert said.startswith(money(margin, "EUR"))
        assert account_count(n, "later" if enough else "") in said
        assert ("chosen on these accounts" in said) == (not enough)
        if part == "segments":
            assert f"{percent(fit)} (90 %" in said
        else:
            assert f"; {money(without, 'EUR')} (90 %" in said
    assert hangs == sorted(hangs, reverse=True)


def test_the_main_cause_in_the_group_to_fix(page):
    made, database, _ = page
    segment = PROPOSED.fix[0]
    activity, caused_by, amount, share = one(
        database,
        f"""with mine as (select account_id from accounts where part = 'report' and {where(segment)}),
        spent as (select activity, caused_by, sum(amount) amount from costs
                  where remedial and account_id in (select account_id from mine) group by all)
        select activity, caused_by, amount / (select count(*) from mine),
               amount / (select sum(amount) from spent)
        from spent order by amount desc limit 1""",
    )
    said = made.choices[2].groups[0].figures[-1]
    assert said.startswith(f"{activity.replace('_', ' ').capitalize()}, caused by {caused_by}: ")
    assert f"{percent(share)} of its remedial cost" in said
    assert said.endswith(f"{money(amount, 'EUR')} an account")
    assert said[0].lower() + said[1:] in " ".join(action.task for action in made.actions)


TIERS = """select margin, fit, case when {out} then 0 {first} {second} else 0 end tier
from accounts where part = 'judged'"""


def tiers(profile):
    def calls(groups, tier):
        return " ".join(f"when {where(group)} then {tier}" for group in groups)

    out = " or ".join(where(group) for group in (*profile.fix, *profile.avoid)) or "false"
    first = [group for group in profile.segments if group.priority == "first"]
    second = [group for group in profile.segments if group.priority == "second"]
    return TIERS.format(out=out, first=calls(first, 3), second=calls(second, 2))


def size(database, profile):
    return one(database, f"select count(*) from ({tiers(profile)}) where tier > 0")[0]


def mean_of_first(database, profile, k):
    """The mean margin of k accounts in the profile's order; of the tier on the border, a share."""
    return one(
        database,
        f"""with by_tier as (select tier, count(*) n, sum(margin) margin
                 from ({tiers(profile)}) where tier > 0 group by tier),
        before as (select *, coalesce(sum(n) over (order by tier desc
                 rows between unbounded preceding and 1 preceding), 0) taken from by_tier)
        select sum(margin * greatest(0, least(n, {k} - taken)) / n) / {k} from before""",
    )[0]


def test_the_decision_its_worth_and_the_picture(page):
    made, database, current = page
    k = min(size(database, current), size(database, PROPOSED))
    before, after = (mean_of_first(database, it, k) for it in (current, PROPOSED))
    assert f"the proposed ICP left {money(after, 'EUR')} an account" in made.headline
    assert f"the current ICP ({current.name}, version 1) {money(before, 'EUR')}" in made.headline
    if made.decision == "change":
        assert f"difference {money(after - before, 'EUR')}" in made.headline
    assert made.answers[0].value == money(100 * (after - before), "EUR", signed=True)
    assert money(after, "EUR") in made.picture.finding
    assert f"with {account_count(k)} each" in made.picture.caption


def test_who_would_be_lost_and_who_would_come_in(page):
    made, database, current = page
    lost = made.answers[2]
    both = f"""select a.*, b.tier after from ({tiers(current)}) a
    positional join ({tiers(PROPOSED)}) b"""
    n, margin = one(
        database, f"select count(*), avg(margin) from ({both}) where tier > 0 and after = 0 and fit = 1"
    )  # fmt: skip
    assert lost.value == account_count(n)
    assert f"({money(margin, 'EUR')} each)" in lost.text
    n, margin = one(
        database, f"select count(*), avg(margin) from ({both}) where tier = 0 and after > 0 and fit = 0"
    )  # fmt: skip
    assert f"{n} that were no fit would come in ({money(margin, 'EUR')} each)" in lost.text


def test_the_accounts_used_of_those_read(page):
    made, database, _ = page
    read, used = one(
        database,
        "select count(*), count(*) filter (excluded_because is null and fit is not null) from accounts",
    )
    assert made.trust[0] == f"{used:,} of {read:,} accounts read were used."


def test_the_team_that_lacks_most_and_what_each_icp_asks_of_it(page):
    """Used today by all, less what the intake as won asks, plus what one of the ICP would ask."""
    made, database, current = page
    said = made.answers[1]
    found = []
    # Activities of both teams are counted in time; all are brought to hours.
    size = "case activity when 'support' then 60.0 when 'complaint_handling' then 60.0 else 1.0 end"
    for team, pool in POOLS.items():
        per = 1.0 if pool.unit == "hour" else 60.0
        capacity = pool.capacity / per / YEARS
        [used] = one(
            database,
            f"""select sum(quantity / {size}) / {YEARS} from cost_rows where activity in
                (select activity from costs where served_by = '{team}')""",
        )
        asked = f"""select avg(coalesce(taken, 0)) from accounts left join
            (select account_id, sum(quantity / {size}) taken from costs
             where served_by = '{team}' group by 1) using (account_id)
            where part = 'judged' and fit is not null"""
        [as_won] = one(database, asked)
        years = {
            whose: used + INTAKE * (one(database, f"{asked} and {sql_where(it)}")[0] - as_won)
            for whose, it in (("proposed", PROPOSED), ("current", current))
        }
        found.append((team, capacity, years))
    found.sort(key=lambda it: -(it[2]["proposed"] / it[1]))
    team, capacity, years = found[0]
    short = years["proposed"] - capacity
    if short > 0:
        assert said.value == f"{team}: +{round(short):,} hours"
        assert f"({percent(years['proposed'] / capacity)})" in said.text
    else:
        assert said.value == "None"
        assert f"{team}, would use {percent(years['proposed'] / capacity)}" in said.text
    over = [it for it in found if it[2]["current"] > it[1]]
    assert over, "make the pools smaller: nothing of the current ICP is tested"
    for team, capacity, years in over:
        assert f"{team} ({percent(years['current'] / capacity)})" in said.text


def test_the_books(page):
    made, database, _ = page
    [held] = one(database, "select sum(amount) / 10000 from revenue_rows")
    share = float(held) / (float(held) * 1.004)
    assert made.trust[1] == (
        f"Against the books: revenue {float(held) / 1e6:.1f} M EUR = {100 * share:.1f} % of the ledger."
    )
