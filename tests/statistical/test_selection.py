"""The bracket in forty simulated surveys of the two worlds that tell its ends apart.

The whole table is made by ``validation/selection.py``; this is the same code.

Gates, set before the run, cells of 75 respondents, no effect: where its assumption is true, the
mean error of a specification is within .01 logits and three standard errors of zero; where it is
not, it is more than five standard errors away (the errors expected are ten). The union of the
three intervals holds the truth in so many surveys that a share of 95 % is not rejected at 1 %.
"""

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from validation.selection import analysed, summary
from validation.support_worlds import CHOICES, naive, simulate

SURVEYS = 40


@pytest.mark.parametrize(
    ("world", "right", "wrong"),
    [
        ("observed-noise-0.0-75", "exchangeable", "did"),
        ("lowest true-0.0-75", "did", "exchangeable"),
    ],
)
def test_each_end_of_the_bracket_is_right_in_its_world(world, right, wrong):
    with threadpool_limits(1):
        rows = [row for number in range(5000, 5000 + SURVEYS) for row in analysed(world, number)]
    table = summary(pd.DataFrame(rows)).set_index("analysis")
    error, standard = table["mean_error"].abs(), table["se_error"]
    assert error[right] < 0.01 + 3 * standard[right]
    assert error[wrong] > 5 * standard[wrong]
    assert set(table.loc["union", "gate"]) - {""} == {"passed"}


def test_naive_analyses_call_noise_an_effect():
    """Differences in differences of observed means, clustered by country, and no effect at all."""
    rows = []
    for number in range(400):
        rng = np.random.default_rng([77, number])
        survey = simulate(CHOICES["observed, noise"], 0.0, 75, rng)
        rows.append(naive(survey)["two-way, clustered"][1] > 0)
    # Stated before the run: rejected at a nominal 2.5 % in more than a quarter of surveys.
    assert sum(rows) / len(rows) > 0.25
