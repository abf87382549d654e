"""Fit files: whole, labelled, and without any respondent."""

import json
from dataclasses import replace

import netCDF4
import numpy as np
import pytest
import xarray as xr

from cips_models.errors import FitError
from cips_models.inference.fit import load


def test_saved_and_loaded_fit_is_the_same(fit, tmp_path):
    again = load(fit.save(tmp_path / "fit.nc"))
    for part in ("posterior", "sample_stats", "design_data", "questionnaire", "cells"):
        xr.testing.assert_identical(getattr(again, part), getattr(fit, part))
    assert dict(again.provenance) == json.loads(json.dumps(dict(fit.provenance)))
    np.testing.assert_array_equal(again.design.treated, fit.design.treated)
    np.testing.assert_array_equal(again.design.followed, fit.design.followed)
    assert [p.name for p in tmp_path.iterdir()] == ["fit.nc"]
    (tmp_path / "plain").touch()  # whoever may read other files may read this one
    assert (tmp_path / "fit.nc").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_file_holds_no_respondent(fit, survey, tmp_path):
    """Microdata may not leave a country: neither rows, nor patterns, nor their likelihood."""
    forbidden = {"answers", "pattern", "log_likelihood", "respondent", "order", "observed_data"}
    rows = len(survey.respondents)

    def check(group):
        assert rows not in {len(dim) for dim in group.dimensions.values()}, group.path
        for name, variable in group.variables.items():
            assert rows not in variable.shape, name
            if group.path != "/cells":
                assert not any(word in name for word in forbidden), name
        for child in group.groups.values():
            check(child)

    assert rows not in {*fit.posterior.sizes.values(), *fit.cells.sizes.values()}
    with netCDF4.Dataset(fit.save(tmp_path / "fit.nc")) as file:
        assert set(file.groups) == {
            "posterior", "sample_stats", "design", "questionnaire", "cells",
        }  # fmt: skip
        check(file)
        # What there is of numbers of people are those of whole groups, and bands.
        assert file["cells"]["respondents"].dimensions == ("country", "group", "wave")
        assert file["cells"]["sample"].dimensions == ("country", "factor", "group", "wave")


def test_unknown_format_is_refused(fit, tmp_path):
    other = replace(fit, provenance={**fit.provenance, "format": 99})
    with pytest.raises(FitError, match="found format 99; expected 1"):
        load(other.save(tmp_path / "fit.nc"))


def test_what_is_no_fit_is_refused(tmp_path):
    with pytest.raises(FitError, match="found no such file"):
        load(tmp_path / "absent.nc")
    text = tmp_path / "text.nc"
    text.write_text("no netCDF")
    with pytest.raises(FitError, match="not readable as netCDF"):
        load(text)
    other = tmp_path / "other.nc"
    xr.Dataset({"x": 1.0}).to_netcdf(other)
    with pytest.raises(FitError, match="found no provenance"):
        load(other)
