"""When the mode can be told from the wave: countries and waves that overlap, or do not."""

import numpy as np
import pytest
import xarray as xr

from cips_models.survey.modes import mode_scale

MODES = np.array(["tablet", "online"])


def scale(*countries):
    """Numbers (country, wave) of one group: countries of (tablet, online) counts by wave."""
    counts = xr.DataArray(
        np.array(countries)[:, None], dims=("country", "group", "wave", "stratum")
    )
    return mode_scale(counts, MODES).isel(group=0).to_numpy().tolist()


SWITCHED, MIXED, STAYED = [[40, 0], [0, 40]], [[40, 0], [3, 37]], [[40, 0], [40, 0]]


@pytest.mark.parametrize(
    ("countries", "expected"),
    [
        ([SWITCHED, SWITCHED], [[0, 1], [0, 1]]),  # wave and mode coincide
        ([SWITCHED, MIXED], [[0, 0], [0, 0]]),  # one country has both in one wave
        ([SWITCHED, STAYED], [[0, 0], [0, 0]]),  # or tells the wave from the mode
        ([STAYED, STAYED], [[0, 0], [0, 0]]),  # one mode all the time
        # The first is in the other mode at both waves: nothing differs between them.
        ([[[0, 9], [0, 9]], STAYED], [[0, 0], [0, 0]]),
        # A country in one wave says nothing of change, whatever its mode.
        ([SWITCHED, [[0, 0], [50, 0]]], [[0, 1], [-1, 0]]),
        ([SWITCHED, [[9, 0], [0, 0]]], [[0, 1], [0, -1]]),
        ([MIXED], [[0, 0]]),
        ([[[5, 5], [5, 5]]], [[0, 0]]),
        ([[[40, 0], [0, 40], [0, 30]]], [[0, 1, 1]]),
        ([[[40, 0], [0, 40], [40, 0]]], [[0, 1, 0]]),
    ],
)
def test_waves_that_may_be_compared(countries, expected):
    assert scale(*countries) == expected


def test_each_of_three_modes_is_told_or_not():
    modes = np.array(["tablet", "online", "paper"])
    counts = np.zeros((2, 1, 3, 3))
    counts[0, 0] = [[9, 0, 0], [0, 9, 0], [0, 0, 9]]
    counts[1, 0] = [[9, 0, 0], [9, 9, 0], [0, 0, 9]]
    found = mode_scale(
        xr.DataArray(counts, dims=("country", "group", "wave", "stratum")), modes
    ).to_numpy()
    # Online is told from tablet in the second country; paper comes with the third wave alone.
    assert found[:, 0].tolist() == [[0, 0, 1], [0, 0, 1]]


def test_strata_of_one_mode_count_together():
    counts = xr.DataArray(
        np.array([[[[5, 3, 0], [0, 0, 9]]]]), dims=("country", "group", "wave", "stratum")
    )
    mode = np.array(["tablet", "tablet", "online"])
    assert mode_scale(counts, mode).to_numpy().tolist() == [[[0, 1]]]
    mode[:] = "tablet"
    assert mode_scale(counts, mode).to_numpy().tolist() == [[[0, 0]]]
