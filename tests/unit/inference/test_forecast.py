"""What a fit is expected to take: counted, not timed."""

import pytest

import cips_models as cips
from cips_models.inference import forecast as module
from cips_models.inference.chains import Schedule
from cips_models.inference.every_cell import every_cell_alone


@pytest.fixture(scope="module")
def density(survey):
    return every_cell_alone(survey, cips.specification("did"))


@pytest.fixture(autouse=True)
def a_gradient_of_twenty_milliseconds(monkeypatch):
    monkeypatch.setattr(module, "_seconds", lambda _: 0.02)


def test_it_says_what_to_expect(density):
    found = module.forecast(density, "importance", Schedule(1, 1200, 200, 4, 2))
    assert str(found).startswith(f"20.0 ms a gradient of {density.dim:,} parameters: expect about ")
    assert 0.5 < found.memory < 1.0


@pytest.mark.parametrize("sampler", ["importance", "approximate", "nutpie"])
def test_more_draws_take_longer_and_more_hands_less_long(density, sampler):
    def seconds(draws, cores):
        return module.forecast(density, sampler, Schedule(1, draws, 200, 4, cores)).seconds

    assert seconds(2000, 2) > seconds(1000, 2) > seconds(1000, 4)


def test_a_trajectory_costs_more_than_a_value(density):
    schedule = Schedule(1, 1000, 200, 4, 2)
    weighed, exact, followed = (
        module.forecast(density, sampler, schedule).seconds
        for sampler in ("approximate", "importance", "nutpie")
    )
    assert weighed < exact < followed
