"""How many people an estimate rests on: exact where it may be shown, else a band."""

import numpy as np
import xarray as xr

from cips_models.disclosure import Rule
from cips_models.inference.fit import Fit
from cips_models.names import COUNTRY, DIMS, FACTOR, GROUP, WAVE

#: Column of a table that holds the band.
SAMPLE = "sample"


def rule_of(fit: Fit) -> Rule:
    """The rule by which counts of a fit were withheld."""
    return Rule(int(fit.cells.attrs.get("threshold", Rule().threshold)))


def respondents(fit: Fit) -> xr.DataArray:
    """Respondents of every cell to compute with, dims country, factor, group, wave.

    Those of the country, group and wave; where their number is withheld, the middle of the
    largest band of a factor.  Zero where the factor was not asked.

    Parameters
    ----------
    fit : Fit
        Of a survey: one of cells from files does not know.
    """
    observed = fit.design_data["observed"].astype(bool)
    people = fit.cells["respondents"]
    if SAMPLE in fit.cells:
        floor = fit.cells[SAMPLE].max(FACTOR)
        people = people.fillna(floor.copy(data=rule_of(fit).middle(floor.to_numpy())))
    return people.broadcast_like(observed).where(observed, 0.0).transpose(*DIMS)


def bands(fit: Fit, *waves: str) -> xr.DataArray:
    """Band of the respondents with an answer, in words, dims country, factor, group, wave.

    With waves, the band of the wave with the fewest of these, dims country, factor, group.  ""
    where there is nobody, and of a fit that does not know.
    """
    dims = (COUNTRY, FACTOR, GROUP) if waves else DIMS
    if SAMPLE not in fit.cells:
        labels = {dim: fit.design_data[dim] for dim in dims}
        return xr.DataArray("", labels, dims)
    floor = fit.cells[SAMPLE]
    if waves:
        floor = floor.sel({WAVE: list(waves)}).min(WAVE)
    word = np.vectorize(rule_of(fit).band, otypes=[object])
    return floor.transpose(*dims).copy(data=word(floor.transpose(*dims).to_numpy()))
