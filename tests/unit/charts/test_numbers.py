"""A noun takes the form that its number wants, in every language."""

import pytest

from cips_models.charts.labels import unit_of
from cips_models.charts.numbers import in_points
from cips_models.names import LATENT, PERCENT
from cips_models.numerals import alike
from cips_models.wording import speaking


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", ["0 points", "0.9 points", "1 point", "1.5 points", "2 points"]),
        ("fr", ["0 point", "0,9 point", "1 point", "1,5 point", "2 points"]),
        ("pt", ["0 pontos", "0,9 pontos", "1 ponto", "1,5 pontos", "2 pontos"]),
        ("es", ["0 puntos", "0,9 puntos", "1 punto", "1,5 puntos", "2 puntos"]),
        ("ar", ["0 نقطة", "0.9 نقطة", "1 نقطة", "1.5 نقطة", "2 من النقاط"]),
    ],
)
def test_points_are_counted(code, said):
    with speaking(code):
        assert [in_points(number) for number in (0, 0.9, 1, 1.5, 2)] == said


def test_a_number_counts_as_it_is_printed():
    with speaking("fr"):
        assert in_points(1.96, 1, signed=True) == "+2,0 points"
        assert in_points(-1.94, 1, signed=True) == "\N{MINUS SIGN}1,9 point"
        assert unit_of(PERCENT, 1.94) == "point"
        assert unit_of(LATENT, -0.23, 2) == "logit"
    assert unit_of(PERCENT, 1.0) == "points"  # "1.0 points"
    assert in_points(float("nan"), 1).startswith("–")


def test_a_fraction_in_arabic_is_like_a_hundred():
    with speaking("ar"):
        assert [alike(number) for number in ("3", "1.5", "+3.0")] == [3, 100, 3]
