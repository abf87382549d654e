"""The next wave as it is planned: which countries, how many respondents, which support."""

from dataclasses import dataclass

import numpy as np

from cips_models.did.next_wave.present import in_last_wave, respondents_now
from cips_models.inference.fit import Fit
from cips_models.model.design import Design


@dataclass(frozen=True)
class PlannedWave:
    """A wave that has not been held.

    Attributes
    ----------
    wave : str
    time : float
        Year.
    respondents : (country, group) float array
        Of each of the fit's countries and groups; zero where nobody is to be asked.
    supported : (country, factor) bool array or None
        Cells under support by then, those of before included; None without any support.
    intensity : (country, factor) float array or None
    """

    wave: str
    time: float
    respondents: np.ndarray
    supported: np.ndarray | None
    intensity: np.ndarray | None


def as_now(fit: Fit) -> PlannedWave:
    """The last wave once more: its countries, as many respondents, no other support.

    Raises
    ------
    FitError
        The fit does not know how many respondents there were.
    """
    design = fit.design
    return PlannedWave(
        _next_label(design),
        _next_time(design),
        np.where(in_last_wave(design), respondents_now(fit), 0.0),
        design.supported,
        design.intensity,
    )


def _next_label(design: Design) -> str:
    label = "next"
    while label in design.waves:
        label += "+"
    return label


def _next_time(design: Design) -> float:
    """As long after the last wave as that came after the one before; two years after one wave."""
    times = design.times
    return float(times[-1] + (times[-1] - times[-2] if len(times) > 1 else 2.0))
