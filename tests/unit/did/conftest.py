"""Fits of surveys made by hand: every anatomy of waves and support, and nothing sampled."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from cips_models.inference.fit import Fit
from made_by_hand import DRAWS, fit_of, seen_in


@pytest.fixture(scope="session")
def make_fit(make_survey) -> Callable[..., Fit]:
    """``make_fit(seen={"C1": ("1", "2")}, waves=("1", "2", "3"), supported=...)``."""

    def build(
        seen: Mapping[str, Sequence[str]] | None = None, length: int = DRAWS, **survey: object
    ) -> Fit:
        made = seen_in(make_survey(missing=0.0, **survey), seen or {})
        return fit_of(made, length=length)

    return build
