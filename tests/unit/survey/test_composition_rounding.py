"""Shares of strata: exact where nobody is few, and then whatever the labels are called."""

import numpy as np
import pandas as pd
import pytest

from cips_models.disclosure import Rule
from cips_models.survey.composition import compose

RULE = Rule(10)


def described(counts, names=("chief", "clerk")):
    """Respondents by country, wave and rank, one group."""
    rows = [
        (country, "officials", wave, names[k])
        for (country, wave), own in counts.items()
        for k, n in enumerate(own)
        for _ in range(n)
    ]
    table = pd.DataFrame(rows, columns=["country", "group", "wave", "rank"])
    return table.astype(dict.fromkeys(["country", "group", "wave"], "category"))


def shares(counts, **asked):
    found = compose(described(counts, **asked), ["rank"], rule=RULE)
    return found.shares.isel(group=0).sel(country="Benin").to_numpy()


LARGE = {("Benin", "1"): (11, 26), ("Benin", "2"): (21, 16), ("Togo", "1"): (14, 33)}
EXACT = [[11 / 37, 26 / 37], [21 / 37, 16 / 37]]


@pytest.mark.parametrize("names", [("chief", "clerk"), ("a", "b")])
def test_shares_are_exact_where_nobody_is_few(names):
    np.testing.assert_allclose(shares(LARGE, names=names), EXACT)


def test_few_people_in_another_country_do_no_harm_while_all_numbers_are_shown():
    np.testing.assert_allclose(shares(LARGE | {("Togo", "1"): (3, 44)}), EXACT)


@pytest.mark.parametrize(
    "few",
    [{("Benin", "2"): (4, 33)}, {("Togo", "1"): (4, 3)}],
    ids=["a small stratum", "a number of people that may be withheld"],
)
def test_shares_are_of_rounded_counts_where_somebody_is_few(few):
    found = shares(LARGE | few)
    assert not np.isclose(found, EXACT).any(axis=1).all()
