"""Paths against explicit loops, with every cell in waves of its own."""

import dataclasses

import numpy as np
import pytest

import cips_models as cips
from cips_models.errors import IdentificationError
from cips_models.estimands.paths import path_status

WAVES = ("2019", "2021", "2022", "2026")


@pytest.fixture(scope="module")
def fit(make_fit):
    """Aland lacks 2021; Borduria's officials on automation come with 2022; Dorne once."""
    fit = make_fit(waves=WAVES)
    data = fit.design_data.copy(deep=True)
    seen = data["observed"]
    seen.loc[{"country": "Aland", "wave": "2021"}] = 0
    late = {"country": "Borduria", "factor": "Automation", "group": "officials"}
    seen.loc[late | {"wave": ["2019", "2021"]}] = 0
    data["time"].values[:] = [2019.0, 2021.5, 2022.0, 2026.0]
    return dataclasses.replace(fit, design_data=data)


def test_a_path_is_the_level_less_that_of_the_first_observed_wave(fit):
    found, level = cips.paths(fit), cips.levels(fit)
    assert list(found["country"].values) == ["Aland", "Borduria", "Costaguana"]
    assert found["time"].values.tolist() == [2019.0, 2021.5, 2022.0, 2026.0]
    seen = fit.design.observed
    for scale in ("latent", "percent", "score"):
        assert found[scale].dims == level[scale].dims
        for c, f, g in np.ndindex(3, 2, 2):
            own = level[scale].values[:, :, c, f, g]
            path = found[scale].values[:, :, c, f, g]
            first = int(seen[c, f, g].argmax())
            for w in range(4):
                if seen[c, f, g, w]:
                    np.testing.assert_allclose(path[..., w], own[..., w] - own[..., first])
                else:
                    assert np.isnan(path[..., w]).all()
            assert (path[..., first] == 0).all()
    start = found["from"].sel(country="Borduria", group="officials")
    assert start.values.tolist() == ["2022", "2019"]


def test_a_path_ends_where_no_question_ties_the_wave_to_the_first(fit):
    book = fit.questionnaire.copy(deep=True)
    here = {"wave": "2026", "group": "officials"}
    book["asked"].loc[{"question": ["A1", "A2"]} | here] = 0  # A3 is new in 2026
    found = cips.paths(dataclasses.replace(fit, questionnaire=book))
    official = found["latent"].sel(factor="Automation", group="officials", country="Costaguana")
    assert official.sel(wave="2026").isnull().all()
    assert official.sel(wave="2022").notnull().all()
    other = found["latent"].sel(factor="Automation", group="private sector", country="Costaguana")
    assert other.notnull().all()


def test_support_counts_from_where_a_cell_was_first_seen(fit):
    status = path_status(fit)
    aland = status.sel(country="Aland", factor="Automation", group="officials")
    assert aland.values.tolist() == ["unsupported"] * 3 + ["supported"]
    assert (status.sel(country="Costaguana", factor="Transparency") == "").all()
    late = fit.design_data.copy(deep=True)
    late["support"].loc[{"country": "Borduria", "factor": "Automation", "wave": "2022"}] = 1
    status = path_status(dataclasses.replace(fit, design_data=late))
    borduria = status.sel(country="Borduria", factor="Automation")
    assert (borduria.sel(group="officials") == "").all()
    assert borduria.sel(group="private sector").values.tolist() == [
        "unsupported", "unsupported", "supported", "supported",
    ]  # fmt: skip


def test_no_path_without_a_country_seen_twice(make_fit):
    with pytest.raises(IdentificationError, match="found no country in two waves"):
        cips.paths(make_fit(followed=False))
