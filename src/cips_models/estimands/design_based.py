"""Per cent and score straight from the answers, by survey weights: estimates without a model."""

import numpy as np
import xarray as xr

from cips_models.model.layout import layout
from cips_models.model.record import questionnaire, reference
from cips_models.names import COUNTRY, DIMS, FACTOR, GROUP, PERCENT, SCORE, WAVE
from cips_models.survey.survey import NO_ANSWER, Survey

_WORTH = {PERCENT: "positive", SCORE: "points"}


def design_based(survey: Survey) -> xr.Dataset:
    """Weighted per cent positive and mean score of every cell, with standard errors.

    A cell's respondents are a sample of its people, drawn with the chances that their weights
    say, and independently of all other cells.  A respondent is a cluster of answers: with w the
    weight, y the worth of a respondent's answers to the factor and m their number, the estimate
    is the ratio R = sum(w y) / sum(w m), and its variance that of the linearised sum

        n / (n - 1) * sum(z^2),    z = w (y - R m) / sum(w m)

    over the cell's n respondents, those who did not answer included (Taylor linearisation;
    Binder 1983, International Statistical Review 51, 279-292; Wolter 2007, Introduction to
    Variance Estimation, 2nd ed., chapter 6).  No finite population correction.

    Parameters
    ----------
    survey : Survey
        Without a column of weights every respondent weighs the same.

    Returns
    -------
    xarray.Dataset
        Dims country, factor, group, wave.  ``percent`` and ``score`` (0-100), of answers to
        the questions that the group was asked in every wave; ``percent_se``, ``score_se``
        (points): standard errors, not sds of draws, NaN with fewer than two respondents.
        ``respondents`` with such an answer.  NaN where there is none, or none of any weight.
        Attribute ``weight``: name of the column of weights, "" without one.

    See Also
    --------
    cips_models.levels : the model's, standardised to one composition; see
        ``docs/composition.md`` for when to use which.
    """
    lay = layout(survey, by_stratum=False)
    book = questionnaire(survey, lay)
    cell = lay.cells[[COUNTRY, GROUP, WAVE]].to_numpy().T
    counted = reference(book).to_numpy().T[cell[1]][lay.cell_of] & (lay.answers != NO_ANSWER)
    weight = np.ones(len(survey.respondents))
    if survey.weight is not None:
        weight = survey.respondents[survey.weight].to_numpy(dtype=float)
    weight = weight[lay.order][:, None]
    of_factor = (lay.questions.factor[:, None] == np.arange(len(survey.factors))).astype(float)
    answered = counted @ of_factor
    start, sizes = lay.cell_start[:-1], np.diff(lay.cell_start)[:, None]

    def laid_out(values: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
        whole = np.full(tuple(len(labels) for labels in coords.values()), np.nan)
        whole[cell[0], :, cell[1], cell[2]] = values
        return DIMS, whole

    coords = {
        COUNTRY: list(survey.countries),
        FACTOR: list(survey.factors),
        GROUP: list(survey.groups),
        WAVE: list(survey.waves),
    }
    level = np.where(counted, lay.answers, 0)
    people = np.add.reduceat((answered > 0).astype(float), start)
    total = np.add.reduceat(weight * answered, start)
    found = {"respondents": laid_out(people)}
    with np.errstate(invalid="ignore", divide="ignore"):
        for scale, name in _WORTH.items():
            worth = book[name].to_numpy()[np.arange(level.shape[1]), level]
            given = 100.0 * (np.where(counted, worth, 0.0) @ of_factor)
            ratio = np.add.reduceat(weight * given, start) / total
            left = weight * (given - ratio[lay.cell_of] * answered) / total[lay.cell_of]
            variance = np.add.reduceat(left**2, start) * sizes / (sizes - 1)
            found |= {scale: laid_out(ratio), f"{scale}_se": laid_out(np.sqrt(variance))}
    return xr.Dataset(found, coords, {"weight": survey.weight or ""}).fillna({"respondents": 0})
