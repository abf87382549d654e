"""What the report says follows from the numbers."""

import itertools

import pytest

from cips_models.charts.findings import RULES
from cips_models.report.agreement import AGREEMENT, agreement
from cips_models.report.answers import answers


def effects(tables, **columns):
    """Tables whose average effects have other numbers."""
    table = tables["effects"].copy()
    chosen = table["estimand"] == "ATT"
    for where, values in columns.items():
        rows = chosen if where == "all" else chosen & (table["parallel_trends"] == where)
        for name, value in values.items():
            table.loc[rows, name] = value
    return {**tables, "effects": table}


def plain(answer):
    return " ".join(answer.sentences).replace("\N{NO-BREAK SPACE}", " ")


def test_the_agreement_rules_cover_every_set_of_signs():
    signs = {rule.sign for rule in RULES}
    found = set()
    for n in range(1, len(signs) + 1):
        for some in itertools.combinations(sorted(signs), n):
            rule = next(each for each in AGREEMENT if each.holds(set(some)))
            found.add(rule.when)
    assert found == {rule.when for rule in AGREEMENT}


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        ([0.99, 0.95], "All 2 estimates of this effect point in the same direction."),
        ([0.99, 0.5], "1 of the 2 estimates of this effect have no clear direction"),
        ([0.5, 0.6], "None of the 2 estimates of this effect has a clear direction."),
        ([0.99, 0.01], "contradict one another: 1 say that supported cells gained more, 1 that"),
        ([0.99, 0.5, 0.01], "contradict one another"),
    ],
)
def test_agreement(tables, p, expected):
    rows = tables["effects"].iloc[: len(p)].assign(p_positive=p)
    assert expected in agreement(rows)


def test_the_default_is_shown_with_all_the_others(assessment):
    for answer in answers(assessment):
        ways = [way for way, *_ in answer.estimates]
        assert ways == [
            "Difference in differences, trends parallel in logits",
            "The same, trends parallel in points",
            "The same, cut route",
            "Baselines exchangeable, cut route",
            "Given the baseline, cut route",
        ]
        assert not any("Not computed" in warning for warning in answer.warnings)


def test_numbers_of_the_answer_are_those_of_the_table(assessment):
    answer = answers(assessment)[0]
    table = assessment["effects"]
    row = table[
        (table["estimand"] == "ATT")
        & (table["group"] == answer.group)
        & (table["scale"] == "percent")
        & (table["specification"] == "conditional")
        & (table["route"] == "cut")
        & (table["parallel_trends"] == "latent")
    ].iloc[0]
    __, effect, ends, __ = answer.estimates[-1]
    assert effect == f"{row['mean']:+.1f}"
    assert ends == f"{row['lower']:+.1f} to {row['upper']:+.1f}".replace("-", "−")


@pytest.mark.parametrize(
    ("p", "said"),
    [(0.99, "Supported cells gained more"), (0.01, "Supported cells gained less")],
)
def test_the_sign_decides_the_words(tables, make_assessment, p, said):
    assessment = make_assessment(effects(tables, all={"p_positive": p}))
    for answer in answers(assessment):
        assert said in plain(answer)


def test_disagreement_of_logits_and_points_is_a_warning(tables, make_assessment):
    agree = make_assessment(effects(tables, latent={"mean": 0.2}, points={"mean": 0.1}))
    differ = make_assessment(effects(tables, latent={"mean": 0.2}, points={"mean": -0.1}))
    assert not any("disagree" in w for answer in answers(agree) for w in answer.warnings)
    for answer in answers(differ):
        warnings = [w for w in answer.warnings if "disagree in sign" in w]
        assert len(warnings) == 4  # specifications and routes
        assert all("+0.20 points" in w and "−0.10 points" in w for w in warnings)


def test_a_bracket_that_is_not_whole_is_a_warning(tables, make_assessment):
    alone = tables["effects"].query("specification == 'did' and route == 'joint'")
    for answer in answers(make_assessment({**tables, "effects": alone})):
        (warning,) = [each for each in answer.warnings if "Not computed" in each]
        assert "baselines exchangeable, given the baseline, cut route" in warning


def test_headline_says_model_and_raw(assessment):
    said = plain(answers(assessment)[0])
    assert "Cells improved according to the model: 79 % (supported), 74 % (not supported)." in said
    assert "By the sign of the change in raw scores: 81 % (supported), 76 % (not" in said


def test_without_support_only_change_is_told(make_tables, make_assessment):
    assessment = make_assessment(make_tables(countries=("A", "B"), support=False))
    for answer in answers(assessment):
        assert not answer.estimates
        assert not answer.warnings
        assert "supported" not in plain(answer).lower()
        assert "Positive answers rose" in plain(answer)
