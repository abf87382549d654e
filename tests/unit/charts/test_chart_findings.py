"""The rules that turn numbers into words."""

import math

import numpy as np
import pandas as pd
import pytest

from cips_models.charts import findings, numbers


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (1.0, "rose"),
        (0.975, "rose"),
        (0.9749, "probably rose"),
        (0.90, "probably rose"),
        (0.8999, "no clear change"),
        (0.5, "no clear change"),
        (0.1001, "no clear change"),
        (0.10, "probably fell"),
        (0.0251, "probably fell"),
        (0.025, "fell"),
        (0.0, "fell"),
    ],
)
def test_every_probability_has_its_words(p, words):
    said = findings.rule(p).change.split(",")[0].replace("{quantity} ", "")
    assert said.removesuffix(" of {quantity}").startswith(words)


def test_the_rules_are_exhaustive_and_symmetric():
    for p in np.linspace(0, 1, 2001):
        assert findings.rule(p).sign == -findings.rule(1 - p).sign


@pytest.mark.parametrize("p", [-0.01, 1.01, math.nan])
def test_what_is_no_probability_is_refused(p):
    with pytest.raises(ValueError, match="expected a probability"):
        findings.rule(p)


def test_a_finding_carries_its_numbers():
    row = pd.Series(
        {
            "group": "officials",
            "scale": "percent",
            "mean": -3.14,
            "lower": -6.04,
            "upper": -0.96,
            "interval": "95% ETI",
            "p_positive": 0.01,
        }
    )
    said = findings.titled(row, findings.effect(row)).replace("\N{NO-BREAK SPACE}", " ")
    assert said == (
        "Officials: supported cells gained less, −3.1 points (95 % interval −6.0 to −1.0)"
    )


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (0.0, "<\N{NO-BREAK SPACE}0.01"),
        (0.0099, "<\N{NO-BREAK SPACE}0.01"),
        (0.01, "0.01"),
        (0.5, "0.50"),
        (0.99, "0.99"),
        (0.9901, ">\N{NO-BREAK SPACE}0.99"),
        (1.0, ">\N{NO-BREAK SPACE}0.99"),
        (math.nan, "–"),
    ],
)
def test_a_probability_is_never_certain(value, printed):
    assert numbers.probability(value) == printed


def test_what_rounds_to_zero_has_no_sign():
    assert [numbers.points(x) for x in (-0.04, 0.04, -0.06, 12.34)] == [
        "0.0",
        "0.0",
        "−0.1",
        "+12.3",
    ]
    assert numbers.count(11185) == "11\N{NARROW NO-BREAK SPACE}185"
    assert numbers.count(pd.NA) == numbers.count(math.nan) == "–"
