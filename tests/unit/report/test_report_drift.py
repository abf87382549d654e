"""What the report says of drift."""

from cips_models.charts.numbers import in_points
from cips_models.report import drift
from cips_models.report.answers import overall_changes


def test_changes_and_effects_stand_under_every_amount_of_drift(assessment):
    table = drift.under_drift(assessment)
    assert [row[2] for row in table.rows[:3]] == ["0 ×", "1 ×", "2 ×"]
    assert {row[0] for row in table.rows} == {"Mean change", "Effect of support"}
    assert all(row[-1] == "–" for row in table.rows if row[0] == "Effect of support")


def test_odd_items_are_listed_with_their_interval_and_others_are_not(assessment):
    (row,) = drift.odd_items(assessment).rows
    assert row[:3] == ("Q0", "Leadership and Commitment", "Angola")
    assert row[3] == "−0.41"
    assert "−0.57" in row[4]


def test_the_words_give_what_drift_alone_may_feign(assessment):
    first, officials, *_rest = drift.sentences(assessment)
    assert "0.040" in first
    assert "0.060" in first
    assert officials.startswith("Officials")
    assert "±0.40" in officials


def test_the_mean_change_is_the_same_number_as_everywhere_else(assessment):
    drifting = assessment["drift"].assign(mean=-7.7)  # by the cut route
    said = drift.sentences(assessment.with_tables(drift=drifting))
    overall = overall_changes(assessment, "officials").iloc[0]["mean"]
    assert f"of the mean change of {in_points(overall, 1, signed=True)}," in said[1]
    assert not any("7.7" in sentence for sentence in said)
    assert "cut route" in said[3]


def test_without_drift_the_report_says_that_none_is_estimated(make_assessment, make_tables):
    tables = make_tables()
    tables["drift"], tables["items"] = tables["drift"].iloc[:0], tables["items"].iloc[:0]
    assessment = make_assessment(tables)
    (sentence,) = drift.sentences(assessment)
    assert "not to have drifted" in sentence
    assert not drift.under_drift(assessment).rows
    assert not drift.odd_items(assessment).rows
