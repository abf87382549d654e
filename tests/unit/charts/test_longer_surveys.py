"""Charts of three waves: titles say which are compared, and labels of waves stand apart."""

import pandas as pd
import pytest

from cips_models import charts


@pytest.fixture(scope="module")
def longer(make_tables):
    tables = make_tables(
        countries=("Angola", "Togo", "Ghana"),
        factors=("Automation", "Code of Conduct"),
        waves=("2021", "2023", "2025"),
    )
    rows = tables["changes"]
    later = rows.assign(**{"from": "2023"})
    return {**tables, "changes": pd.concat([rows, later], ignore_index=True)}


@pytest.mark.parametrize("name", ["changes", "dumbbells"])
def test_a_title_says_the_waves_where_several_are_compared(longer, small_title, name):
    figure = charts.CHARTS[name].draw(longer["changes"], between=("2021", "2025"))
    assert charts.title(figure).startswith("Officials, 2021 to 2025: positive answers")
    assert small_title(name).startswith("Officials: positive answers")


@pytest.fixture
def small_title(make_tables):
    tables = make_tables(countries=("Angola", "Togo"), factors=("Automation", "Code of Conduct"))
    return lambda name: charts.title(charts.CHARTS[name].draw(tables["changes"]))


def test_waves_without_room_are_named_at_the_ends(make_tables):
    def named(waves):
        tables = make_tables(
            countries=("Angola", "Togo"), factors=[f"Factor {k}" for k in range(10)], waves=waves
        )
        figure = charts.paths(tables["levels"], changes=tables["changes"], size="slide")
        return [label.get_text() for label in figure.axes[0].get_xticklabels()]

    assert named(("2021", "2023")) == ["2021", "2023"]
    assert named(("2021", "2023", "2025")) == ["2021", "", "2025"]
