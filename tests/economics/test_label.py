import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from icpfit.data.joining.periods import Period
from icpfit.economics.label import LabelRule, check_label, label_text, profitable_fit, size_bands
from icpfit.errors import EvidenceRefused, OutcomeError, SettingsError
from icpfit.settings import settings

NAN = float("nan")
YEAR = Period(12, "mo")


def outcomes(margin, revenue=None, retention=None, loyalty=None):
    n = len(margin)
    return pd.DataFrame(
        {
            "margin": np.array(margin, dtype="float64"),
            "revenue": np.array(revenue or [NAN] * n, dtype="float64"),
            "retention": np.array(retention or [NAN] * n, dtype="float64"),
            "loyalty": np.array(loyalty or [NAN] * n, dtype="float64"),
        }
    )


def labels(frame, **rule):
    more = {key: rule.pop(key) for key in ("cohort", "peers") if key in rule}
    return [
        None if one is pd.NA else bool(one)
        for one in profitable_fit(frame, LabelRule(**rule), **more)
    ]


def test_threshold():
    frame = outcomes([100, 99.99994, 99.99, NAN])
    assert labels(frame, kind="threshold", hurdle=100) == [True, False, False, None]
    # Compared to a ten-thousandth: a sum that is 100 but for its last binary digit reaches 100.
    assert labels(outcomes([100 - 1e-9]), kind="threshold", hurdle=100) == [True]


def test_who_left_nothing_was_no_profit():
    frame = outcomes([0.0, 1e-9, 0.01, -0.01])
    assert labels(frame, kind="threshold") == [False, False, True, False]
    assert labels(frame, kind="threshold", hurdle=-0.01) == [True, True, True, True]


def test_margin_and_loyalty():
    frame = outcomes(
        [10, 10, 10, -1, 10, NAN], None, [1, 1, 0, 1, 0.5, 1], [0.6, 0.59, 0.9, 1, 0.6, 1]
    )
    assert labels(frame) == [True, False, False, False, True, None]
    assert labels(frame, retained_at=1.0) == [True, False, False, False, False, None]
    # .5 + .1 and the like must not fail at exactly .6.
    assert labels(outcomes([1], None, [1], [0.6 - 1e-12])) == [True]


def test_margin_and_loyalty_without_loyalty_names_the_key():
    with pytest.raises(
        OutcomeError,
        match=r"data\.economics\.label\.kind: margin_and_loyalty needs a table of loyalty",
    ):
        labels(outcomes([10, 20]))


def test_ratio():
    frame = outcomes([10, 9.99, 0, -5, 5, NAN], [100, 100, 0, -100, -10, 100])
    assert labels(frame, kind="ratio") == [True, False, False, False, False, None]
    assert labels(frame, kind="ratio", ratio=0.0)[:2] == [True, True]


def test_quantile_within_the_year_with_ties_all_in_or_all_out():
    frame = outcomes([5, 4, 3, 2, 1, -1, -2, NAN])
    years = pd.Series([1, 1, 1, 1, 1, 2, 2, 2])
    assert labels(frame, kind="quantile", cohort=years) == [
        True,
        True,
        False,
        False,
        False,
        True,
        False,
        None,
    ]
    tied = outcomes([5, 3, 3, 3, 1])
    # Three share rank 3: (3 - .5) / 5 = .5.
    assert labels(tied, kind="quantile", cohort=years[:5], quantile=0.5) == [
        True,
        True,
        True,
        True,
        False,
    ]
    assert labels(tied, kind="quantile", cohort=years[:5], quantile=0.4) == [
        True,
        False,
        False,
        False,
        False,
    ]


def test_peer_relative_is_against_the_median_of_size_and_year():
    frame = outcomes([1, 2, 3, 100, 200, 300, NAN])
    sizes = pd.Series(["s", "s", "s", "l", "l", "l", "l"], dtype=object)
    years = pd.Series([1] * 7)
    expected = [False, False, True, False, False, True, None]
    rule = LabelRule(kind="peer_relative", peers="size")
    found = profitable_fit(frame, rule, cohort=years, peers=sizes)
    assert [None if one is pd.NA else bool(one) for one in found] == expected


def test_size_bands():
    numbers = pd.Series([1.0, 2, 3, 4, 5, 6, 7, 8, NAN])
    assert size_bands(numbers, numbers.notna()).tolist() == [
        "1",
        "1",
        "2",
        "2",
        "3",
        "3",
        "4",
        "4",
        "missing",
    ]
    words = pd.Series(["a", None, "b"], dtype=object)
    assert size_bands(words, words.notna()).tolist() == ["a", "missing", "b"]


KINDS = st.sampled_from(["threshold", "ratio", "quantile", "margin_and_loyalty"])


@hypothesis_settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 2)), min_size=1, max_size=25),
    KINDS,
    st.randoms(),
)
def test_the_label_does_not_depend_on_the_order_of_accounts(rows, kind, random):
    frame = outcomes(
        [m for m, _ in rows], [100] * len(rows), [1] * len(rows), [y / 2 for _, y in rows]
    )
    years = pd.Series([year for _, year in rows])
    order = list(range(len(rows)))
    random.shuffle(order)
    rule = LabelRule(kind=kind)
    one = profitable_fit(frame, rule, cohort=years)
    two = profitable_fit(frame.loc[order], rule, cohort=years.loc[order])
    assert one.loc[order].tolist() == two.tolist()


@pytest.mark.parametrize(
    ("fits", "others", "error", "says"),
    [
        (0, 0, OutcomeError, "no account has an outcome"),
        (
            200,
            0,
            OutcomeError,
            "all 200 accounts are a profitable fit: there is nothing to tell apart",
        ),
        (0, 200, OutcomeError, "all 200 accounts are no profitable fit"),
        (
            49,
            951,
            EvidenceRefused,
            "4.9 % of 1,000 accounts are a profitable fit, outside 5 % to 90 %",
        ),
        (901, 99, EvidenceRefused, "90.1 % of 1,000 accounts"),
        (49, 151, EvidenceRefused, "49 of 200 accounts are a profitable fit: fewer than 50"),
        (151, 49, EvidenceRefused, "151 of 200 accounts are a profitable fit: fewer than 50"),
    ],
)
def test_what_can_not_be_learned_from_is_refused(fits, others, error, says):
    fit = pd.Series([True] * fits + [False] * others + [None, None], dtype=object)
    with pytest.raises(error) as refused:
        check_label(fit)
    assert says in str(refused.value)
    assert refused.value.exit_code == (3 if error is EvidenceRefused else 1)


@pytest.mark.parametrize(("fits", "others"), [(50, 950), (900, 100), (50, 50)])
def test_what_just_suffices_is_not_refused(fits, others):
    assert check_label(pd.Series([True] * fits + [False] * others)) is None


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (
            {"kind": "profit"},
            "data.economics.label.kind: expected one of margin_and_loyalty, threshold",
        ),
        ({"kind": "peer_relative"}, "peers: is missing"),
        ({"quantile": 1}, "quantile: expected more than 0"),
        ({"loyal_at": 60}, "loyal_at: expected 0 to 1, found 60"),
        ({"hurdel": 5}, "did you mean 'hurdle'?"),
    ],
)
def test_a_rule_that_means_nothing_is_refused(values, says):
    with pytest.raises(SettingsError) as refused:
        settings(LabelRule, values, "data.economics.label")
    assert says in str(refused.value)


def test_the_label_in_one_sentence():
    def says(rate=0.1, **rule):
        return label_text(LabelRule(**rule), YEAR, rate, "EUR")

    assert says() == (
        "A profitable fit stayed loyal (a composite of at least 0.6) and left a margin of more than 0 EUR"
        " over 12 months after all it cost to serve, discounted at 10 % a year."
    )
    assert says(0.0, kind="threshold", hurdle=1_500.5) == (
        "A profitable fit left a margin of at least 1,500.5 EUR over 12 months after all it cost to serve."
    )
    assert "at least 10 % of its revenue" in says(kind="ratio")
    assert "among the 40 % of its cohort-year that left most margin" in says(kind="quantile")
    assert "the median of accounts of its employees and cohort-year" in says(
        kind="peer_relative", peers="employees"
    )
