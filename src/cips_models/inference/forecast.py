"""How long a fit will take and how much memory, before it begins: from a few timed gradients.

The rest of the work is counted in gradients, as it was measured on surveys from 600 to 20,000
respondents; the answer is good to a factor of two.
"""

import time
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from cips_models.inference.chains import Schedule
from cips_models.inference.coordinates import Coordinates
from cips_models.inference.curvature import directions
from cips_models.inference.sampling import NUTS
from cips_models.inference.surrogate import versions
from cips_models.model.build import blueprint
from cips_models.model.density import Density

#: Gradients that are timed, after one that is not.
_TIMED = 3

#: Gradients to a mode, to the posterior's mean and to average slopes; and what one draw takes,
#: by importance the value alone, by NUTS a trajectory.
_TO_MODE, _TO_MEAN, _FOR_SLOPES, _VALUE, _TRAJECTORY = 90, 12, 600, 0.45, 15

#: Seconds for a draw of stage 2: of its own, and for a thousand levels, with their square.
_DRAW, _THOUSAND_LEVELS = 0.5e-3, 3.5e-3

#: Seconds for a version of stage 1 of a thousand parameters, with their square.
_VERSION = 0.008

#: GiB of a process and its libraries, and copies of all draws that live at a time.
_LIBRARIES, _COPIES = 0.6, 4


@dataclass(frozen=True)
class Forecast:
    """What a fit is expected to take.

    Attributes
    ----------
    gradient : float
        Seconds of one log density with its gradient.
    parameters : int
    seconds : float
    memory : float
        GiB, over all processes.
    """

    gradient: float
    parameters: int
    seconds: float
    memory: float

    def __str__(self) -> str:
        minutes = max(round(self.seconds / 60), 1)
        return (
            f"{1e3 * self.gradient:.1f} ms a gradient of {self.parameters:,} parameters: expect "
            f"about {minutes} min and {self.memory:.1f} GiB"
        )


def forecast(density: Density, sampler: str, schedule: Schedule) -> Forecast:
    """What fitting a model of answers by some sampler will take.

    Parameters
    ----------
    density : Density
        Of the model with every cell on its own: the likelihood and its parameters.
    sampler : str
        "importance" and the like, or one that follows gradients.
    schedule : Schedule
    """
    plan = blueprint(density.model)
    with threadpool_limits(1):
        gradient = _seconds(density)
        moves = len(directions(density))
    cores, draws = schedule.cores, schedule.draws * schedule.chains
    levels = int(plan.design.observed.sum())
    if sampler in NUTS:
        trajectories = (schedule.draws + schedule.tune) * schedule.chains * _TRAJECTORY
        seconds = gradient * (_TO_MODE + (moves + trajectories) / cores)
    else:
        weighed = _VALUE * draws if sampler != "approximate" else 0.0
        each = _DRAW + _THOUSAND_LEVELS * (levels / 1000) ** 2
        twice = 2 * moves  # the curvature in stage 1 and where the posterior is
        counted = _TO_MODE + _TO_MEAN + (twice + _FOR_SLOPES + weighed) / cores
        shifting = len(Coordinates.of(density).sd) > 0
        seconds = gradient * counted + each * draws / cores
        several = versions(schedule.draws) * schedule.chains if shifting else 0
        seconds += several * _VERSION * (density.dim / 1000) ** 2 / cores
    shifts = len(plan.layout.sets) * len(plan.layout.questions.labels)
    kept = 2 * levels + density.dim + shifts
    size = 8 * kept * draws * _COPIES + plan.layout.answers.size * 24
    return Forecast(gradient, density.dim, seconds, _LIBRARIES + size / 2**30)


def _seconds(density: Density) -> float:
    function = density.function()
    function(density.start)
    taken = []
    for _ in range(_TIMED):
        start = time.perf_counter()
        function(density.start)
        taken.append(time.perf_counter() - start)
    return float(np.median(taken))
