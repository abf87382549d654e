"""Fit files and files of cells, damaged in every way: a refusal that names the file."""

import json
import shutil

import netCDF4
import numpy as np
import pytest
import xarray as xr

from cips_models.inference.cells_file import read_cells
from cips_models.inference.fit import load
from hostile import DAMAGES, GONE, SPOILT, command, listing


@pytest.fixture(scope="module")
def saved(fit, tmp_path_factory):
    """A fit file; not to be changed."""
    return fit.save(tmp_path_factory.mktemp("fit") / "fit.nc")


@pytest.fixture(scope="module")
def cells(fit, tmp_path_factory):
    """A file of cells with made-up numbers, of the questionnaire of the fit."""
    path = tmp_path_factory.mktemp("cells") / "cells.nc"
    position = np.argwhere(fit.design.observed)
    labels = fit.design.coords()
    count = len(position)
    names = ("country", "factor", "group", "wave")
    coords = {
        dim: ("estimate", np.array(labels[dim], dtype=object)[position[:, k]].astype(str))
        for k, dim in enumerate(names)
    }
    measured = {
        "mean": ("estimate", np.zeros(count)),
        "within": (("estimate", "other"), np.eye(count)),
        "shared": (("estimate", "error"), np.zeros((count, 0))),
    }
    record = {
        "format": 1,
        "study": "made by hand",
        "assumption": "",
        "synthetic": True,
        "specification": "did",
        **{f"{dim}s": list(labels[dim]) for dim in names[1:]},
        "times": [float(time) for time in fit.design.times],
    }
    items = fit.posterior.isel(chain=0, draw=0, drop=True)
    at = {dim: list(labels[dim]) for dim in names} | {"stratum": ["everybody"]}

    def whole(value, *dims):
        return xr.DataArray(
            np.full([len(at[dim]) for dim in dims], value), {dim: at[dim] for dim in dims}, dims
        )

    effect = {"stratum_effect": whole(0.0, "stratum", "factor", "group")}
    composed = {
        "standard": whole(1.0, "country", "group", "stratum"),
        "mode_scale": whole(0, "country", "group", "wave"),
    }
    xr.DataTree.from_dict(
        {
            "/": xr.Dataset(attrs={"cips_cells": json.dumps(record)}),
            "cells": xr.Dataset(measured, coords=coords),
            "items": items[
                ["discrimination", "threshold", "general_spread", "specific_spread"]
            ].assign(effect),
            "composition": xr.Dataset(composed),
            "questionnaire": fit.questionnaire,
        }
    ).to_netcdf(path, engine="netcdf4")
    read_cells(path)
    return path


@pytest.fixture
def copy(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda path: shutil.copy(path, tmp_path / path.name)


def refused(path, *words):
    """By every command that reads such a file, without a trace of results."""
    out = path.parent / "results"
    if path.name == "cells.nc":
        commands = [("pool", path, "--out", out / "fit.nc")]
    else:
        commands = [
            ("estimate", path, "--out", out),
            ("did", path, "--out", out),
            ("diagnose", path),
        ]
    for arguments in commands:
        command(*arguments).is_refusal(5, path.name, *words)
    assert not out.exists()


@pytest.mark.parametrize("damage", SPOILT)
@pytest.mark.parametrize("kind", ["fit", "cells"])
def test_a_damaged_file_is_refused(kind, damage, copy, saved, cells, tmp_path):
    path = copy({"fit": saved, "cells": cells}[kind])
    SPOILT[damage](path)
    refused(path)
    assert listing(tmp_path) == {path.name}


@pytest.mark.parametrize("damage", GONE)
def test_a_file_that_is_not_there_is_a_usage_error(damage, copy, saved):
    path = copy(saved)
    DAMAGES[damage](path)
    command("diagnose", path).is_refusal(2, "fit.nc")


#: Damages that are still netCDF files.
PARTS = ("posterior", "design", "questionnaire", "cells", "items")


def rewritten(path, change):
    """Change a file part by part: ``change`` takes and returns name and dataset, or None."""
    with xr.open_datatree(path, engine="netcdf4") as opened:
        tree = opened.load()
    found = {name: child.to_dataset(inherit=False) for name, child in tree.children.items()}
    changed = {name: change(name, own) for name, own in found.items()}
    parts = {name: own.drop_encoding() for name, own in changed.items() if own is not None}
    path.unlink()
    xr.DataTree.from_dict({"/": xr.Dataset(attrs=tree.attrs), **parts}).to_netcdf(
        path, engine="netcdf4"
    )


def of(part, change):
    return lambda name, own: change(own) if name == part else own


def without(part, variable):
    return of(part, lambda own: own.drop_vars(variable))


def filled(part, variable, value):
    return of(part, lambda own: own.assign({variable: xr.full_like(own[variable], value)}))


def spoilt_once(part, variable, value):
    def change(own):
        array = own[variable].copy(deep=True).astype(float)
        array.values.flat[-1] = value
        return own.assign({variable: array})

    return of(part, change)


def as_text(part, variable):
    return of(part, lambda own: own.assign({variable: own[variable].astype(str)}))


def turned(part, variable):
    return of(part, lambda own: own.assign({variable: own[variable].transpose(...,
              *own[variable].dims[:1])}))  # fmt: skip


def relabelled(part, dim, labels):
    return of(part, lambda own: own.assign_coords({dim: labels(own[dim].to_numpy())}))


FITS = {
    **{f"no {part}": lambda name, own, part=part: None if name == part else own
       for part in ("posterior", "sample_stats", "design", "questionnaire", "cells")},
    **{f"no {variable}": without(part, variable) for part, variable in [
        ("posterior", "level"), ("posterior", "discrimination"), ("posterior", "threshold"),
        ("posterior", "general_spread"), ("posterior", "specific_spread"),
        ("design", "observed"), ("design", "time"), ("design", "already_treated"),
        ("questionnaire", "levels"), ("questionnaire", "asked"), ("questionnaire", "points"),
        ("cells", "score"),
    ]},
    "levels of text": as_text("posterior", "level"),
    "levels turned": turned("posterior", "level"),
    "design turned": turned("design", "observed"),
    "one level that is no number": spoilt_once("posterior", "level", np.nan),
    "an infinite threshold": spoilt_once("posterior", "threshold", np.inf),
    "an endless wave": spoilt_once("design", "time", np.inf),
    "no draw": of("posterior", lambda own: own.isel(draw=slice(0))),
    "a chain of draws only": of("posterior", lambda own: own.isel(chain=0, drop=True)),
    "questions of a factor that is not there": filled("questionnaire", "factor", 99),
    "questions of a level": filled("questionnaire", "levels", 1),
    "thresholds that begin elsewhere": filled("questionnaire", "start", 3),
    "a country too few": of("posterior", lambda own: own.isel(country=slice(1, None))),
    "countries in another order": relabelled("posterior", "country", lambda own: own[::-1]),
    "a country twice": relabelled("design", "country", lambda own: np.repeat(own[:1], len(own))),
    "questions of other names": relabelled("questionnaire", "question", np.char.upper),
    "no labels of waves": of("design", lambda own: own.drop_vars("wave")),
}  # fmt: skip


@pytest.mark.parametrize("change", FITS)
def test_a_fit_that_is_not_whole_is_refused(change, copy, saved):
    path = copy(saved)
    rewritten(path, FITS[change])
    refused(path)


CELLS = {
    **{f"no {part}": lambda name, own, part=part: None if name == part else own
       for part in ("cells", "items", "questionnaire")},
    **{f"no {variable}": without(part, variable) for part, variable in [
        ("cells", "mean"), ("cells", "within"), ("cells", "shared"), ("cells", "country"),
        ("cells", "wave"), ("items", "threshold"), ("questionnaire", "start"),
    ]},
    "means of text": as_text("cells", "mean"),
    "a mean that is no number": spoilt_once("cells", "mean", np.nan),
    "an infinite variance": spoilt_once("cells", "within", np.inf),
    "a variance below zero": spoilt_once("cells", "within", -1.0),
    "no variance": filled("cells", "within", 0.0),
    "a covariance on one side": of("cells", lambda own: own.assign(
        within=own["within"] + xr.DataArray(np.triu(np.ones(own["within"].shape), 1),
                                            dims=("estimate", "other")))),
    "a factor that nobody knows": of("cells", lambda own: own.assign_coords(
        factor=("estimate", np.full(own.sizes["estimate"], "=cmd|x")))),
    "no country": of("cells", lambda own: own.assign_coords(
        country=("estimate", np.full(own.sizes["estimate"], "")))),
}  # fmt: skip


@pytest.mark.parametrize("change", CELLS)
def test_cells_that_are_not_whole_are_refused(change, copy, cells):
    path = copy(cells)
    rewritten(path, CELLS[change])
    refused(path)


RECORDS = {
    "no JSON": "{",
    "a list": "[]",
    "a number": "1",
    "nothing": "null",
    "deep": "[" * 100_000,
    "another format": {"format": 2},
    "no format": {"format": None},
    "a study that is no text": {"study": 17},
    "settings that are no table": {"settings": "many", "times": "many"},
    "a fraction for a seed": {"seed": 1.5, "waves": 1.5},
    "no structure": {"structure": {}, "groups": {}},
}


@pytest.mark.parametrize("record", RECORDS)
@pytest.mark.parametrize("kind", ["fit", "cells"])
def test_a_provenance_that_is_none_is_refused(kind, record, copy, saved, cells):
    path = copy({"fit": saved, "cells": cells}[kind])
    with netCDF4.Dataset(path, "a") as file:
        mark = "cips" if kind == "fit" else "cips_cells"
        new = RECORDS[record]
        if isinstance(new, dict):
            new = json.dumps(json.loads(file.getncattr(mark)) | new)
        file.setncattr(mark, new)
    refused(path)


def test_a_small_file_that_stands_for_a_large_one_is_refused(copy, saved):
    path = copy(saved)
    with netCDF4.Dataset(path, "a") as file:
        for name in ("x", "y"):
            file["posterior"].createDimension(name, 2_000_000)
        file["posterior"].createVariable("endless", "f8", ("x", "y"), zlib=True)
    assert path.stat().st_size < 10_000_000
    refused(path, "in a small file")


def test_numbers_that_a_program_would_take_for_dates_are_refused(copy, saved):
    path = copy(saved)
    with netCDF4.Dataset(path, "a") as file:
        file["posterior"]["level"].setncattr("units", "days since the flood")
    refused(path)


def test_what_else_is_in_a_fit_changes_nothing(copy, saved):
    path = copy(saved)
    with netCDF4.Dataset(path, "a") as file:
        file.setncattr("remark", "=cmd|'/C calc'!A0")
        file["posterior"].createVariable("more", "f8", ("chain",))[:] = 1.0
    assert load(path).design.countries == load(saved).design.countries
