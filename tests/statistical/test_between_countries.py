"""Intervals of the comparison between countries hold zero where support does nothing.

Gate, set before the run: of 200 surveys of 17 countries the 95 % interval of the score holds zero
in 91 % or more (95 % less 2.6 standard errors), by either kind of parallel trends.
"""

import numpy as np

import cips_models as cips

SURVEYS, LEAST = 200, 0.91
COUNTRIES = tuple(f"C{c}" for c in range(17))
QUESTIONS = tuple((f"Q{f}{j}", f"F{f}", 5, ("officials",), False) for f in range(5) for j in (1, 2))
CUTS = np.array([-1.2, -0.4, 0.4, 1.2])
PEOPLE = 100


def answers(rng: np.random.Generator) -> np.ndarray:
    """Normal latent responses; countries and cells change by chance, support does nothing."""
    level = rng.normal(0, 0.3, (17, 1, 5)) * np.ones((1, 2, 1))
    level[:, 1] += 0.2 + rng.normal(0, 0.1, (17, 5)) + rng.normal(0, 0.1, (17, 1))
    latent = level[:, :, None, :, None] + rng.normal(size=(17, 2, PEOPLE, 5, 2))
    return (latent[..., None] > CUTS).sum(axis=-1).reshape(17 * 2 * PEOPLE, 10)


def test_the_interval_holds_zero_without_an_effect(make_survey) -> None:
    held = []
    for seed in range(SURVEYS):
        rng = np.random.default_rng(seed)
        survey = make_survey(
            questions=QUESTIONS,
            countries=COUNTRIES,
            groups=("officials",),
            respondents=PEOPLE,
            supported=rng.random((17, 5)) < 0.45,
            answers=answers(rng),
        )
        draws = cips.between_countries(survey, seed=seed)["score"].isel(group=0)
        low, high = (draws.quantile(q, ("chain", "draw")) for q in (0.025, 0.975))
        held.append(((low < 0) & (high > 0)).to_numpy())
    assert (np.mean(held, axis=0) >= LEAST).all(), np.mean(held, axis=0)
