"""What a country may give away: stage 1 of the cut route, without any respondent.

A country, or several, estimates its cells by itself and saves them with their covariance.  The
cells of many are the measurements of one stage 2, which nobody's answers enter.

Every file has items of its own, with the same constraints: levels are in units of a country's
own items, and drift of an item in all countries alike is counted as if it were each country's
own.  What that costs is in ``analyses/``.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from scipy.linalg import block_diag

from cips_models.errors import FitError, Problem, SurveyError
from cips_models.inference.cells_file import LABELS, read_cells
from cips_models.inference.chains import Progress, Schedule
from cips_models.inference.fit import Fit, in_force
from cips_models.inference.sampling import DRAWS, draw_levels
from cips_models.inference.stage_one import StageOne
from cips_models.model.build import CellEstimates, blueprint
from cips_models.model.design import Design, as_dataset, of_observed
from cips_models.model.likelihood import EFFECT
from cips_models.model.record import composition, questionnaire
from cips_models.model.specification import Specification
from cips_models.names import COUNTRY, DIMS, FACTOR, FORMAT, GROUP, STRATUM, WAVE
from cips_models.survey.composition import EVERYBODY
from cips_models.survey.study import CsvFormat
from cips_models.survey.support import lay_out_support
from cips_models.survey.table_file import read_table

#: Items and person spreads, for scales that people read: at the mode.
READ = ("discrimination", "threshold", "general_spread", "specific_spread")

_ALONG = {"standard": (COUNTRY, GROUP, STRATUM), "mode_scale": (COUNTRY, GROUP, WAVE)}

#: Sampler of a fit to the cells of several files, by its settings.
POOLED = "pooled cells"


def exported(stage: StageOne) -> xr.DataTree:
    """Cells of a stage 1 with their covariance, and what it takes to read them.

    Returns
    -------
    xarray.DataTree
        ``cells``: ``mean`` (estimate) in logits; ``within`` (estimate, other), the covariance of
        errors of a country's own, and ``shared`` (estimate, error), coefficients of those that
        countries of one file share; labels of country, factor, group and wave (estimate).
        ``items``: items, person spreads and effects of strata at the mode.  ``composition``:
        whom levels are about (``standard``), and between which waves the mode does not stand
        (``mode_scale``).  ``questionnaire``: see :mod:`cips_models.model.record`.  No
        respondent, no answer, no count of any.
    """
    plan, cells = blueprint(stage.density.model), stage.cells
    coords = plan.design.coords()
    labels = {
        dim: ("estimate", np.array(coords[dim], dtype=object)[cells.position[:, k]].astype(str))
        for k, dim in enumerate(DIMS)
    }
    measured = {
        "mean": ("estimate", cells.mean),
        "within": (("estimate", "other"), cells.within),
        "shared": (("estimate", "error"), cells.shared),
    }
    record = {
        "format": FORMAT,
        "study": plan.survey.name,
        "synthetic": plan.survey.synthetic,
        "specification": plan.specification.name,
        **{name: list(coords[dim]) for name, dim in LABELS.items()},
        "times": [float(time) for time in plan.design.times],
        "version": version("cips-models"),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    composed = composition(
        plan.survey.composition, in_model=plan.specification.structure.composition
    )
    record["assumption"] = str(composed.attrs.get("assumption", ""))
    public = stage.density.public(stage.mode[None, None]).isel(chain=0, draw=0, drop=True)
    return xr.DataTree.from_dict(
        {
            "/": xr.Dataset(attrs={"cips_cells": json.dumps(record)}),
            "cells": xr.Dataset(measured, coords=labels),
            "items": public[list(READ)].assign({EFFECT: _effects(public, plan.design)}),
            "composition": _standard(composed, EFFECT in public, plan.design),
            "questionnaire": questionnaire(plan.survey, plan.layout),
        }
    )


def _effects(public: xr.Dataset, design: Design) -> xr.DataArray:
    """(stratum, factor, group) effects in logits; where nobody is told apart, none of everybody."""
    if EFFECT in public:
        return public[EFFECT].transpose(STRATUM, FACTOR, GROUP)
    labels = {STRATUM: [EVERYBODY], FACTOR: list(design.factors), GROUP: list(design.groups)}
    return xr.DataArray(np.zeros([len(names) for names in labels.values()]), labels, tuple(labels))


def _standard(composed: xr.Dataset, apart: bool, design: Design) -> xr.Dataset:
    """Standard composition and scales of the mode, of which no outsider needs to know more."""
    labels = {COUNTRY: list(design.countries), GROUP: list(design.groups)}
    sizes = [len(names) for names in labels.values()]
    everybody = xr.DataArray(
        np.ones((*sizes, 1)), labels | {STRATUM: [EVERYBODY]}, (COUNTRY, GROUP, STRATUM)
    )
    alike = xr.DataArray(
        np.zeros((*sizes, len(design.waves)), dtype=int),
        labels | {WAVE: list(design.waves)},
        (COUNTRY, GROUP, WAVE),
    )
    known = "mode_scale" in composed and not np.isfinite(composed.attrs["mode_sd"])
    found = {
        "standard": composed["standard"] if apart else everybody,
        "mode_scale": composed["mode_scale"] if known else alike,
    }
    return xr.Dataset(
        {name: array.transpose(*_ALONG[name]).sel(labels) for name, array in found.items()}
    )


def export_cells(stage: StageOne, path: str | Path) -> Path:
    """Write :func:`exported` as one netCDF file.

    Parameters
    ----------
    stage : StageOne
        Of a country, or several.
    path : str or Path
        Where to; what is there is replaced.

    Returns
    -------
    Path
        The file.
    """
    target = Path(path)
    exported(stage).to_netcdf(target, engine="netcdf4")
    return target


def pool(
    files: Sequence[str | Path],
    spec: Specification,
    *,
    seed: int,
    support: str | Path | None = None,
    draws: int | None = None,
    chains: int = 4,
    cores: int = 2,
    progress: Progress | None = None,
) -> Fit:
    """Fit the hierarchy to the cells of several countries, from files of :func:`export_cells`.

    Parameters
    ----------
    files : sequence of path
        Every country in one of them.
    spec : Specification
    seed, draws, chains, cores, progress
        As for :func:`cips_models.cut`.
    support : path, optional
        Support table of all countries.

    Returns
    -------
    Fit
        By the cut route.  Items, person spreads and effects of strata, which only put levels
        on the scales of points, are the mean over files of their modes, the same in every
        draw.  Levels are about the standard composition of each country's own file, and
        changes between which its mode stands are refused as there.

    Raises
    ------
    FitError
        A file holds no cells, two hold the same country, or questionnaires differ.
    SurveyError
        Every problem of the support table.
    """
    paths = [Path(path) for path in files]
    found = [read_cells(path) for path in paths]
    plan, cells = _together(found, paths, support)
    schedule = Schedule(seed, draws or DRAWS["cut"], 0, chains, cores, progress)
    posterior, statistics = draw_levels(spec, plan, cells, schedule)
    one = {"chain": posterior["chain"], "draw": posterior["draw"]}
    each = [tree["items"].to_dataset() for tree, _ in found]
    items = xr.concat(each, "file", join="outer").mean("file")
    composed = _composed(found, plan)
    if list(composed[STRATUM].to_numpy()) == [EVERYBODY]:
        items = items.drop_vars([EFFECT, STRATUM])
    posterior = posterior.merge(items.expand_dims(one))
    empty = xr.DataArray(np.full(plan.observed.shape, np.nan), dims=DIMS)
    names = {dim: list(labels) for dim, labels in plan.coords().items() if dim in DIMS}
    record = found[0][1]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
    provenance = {
        **{name: record[name] for name in ("format", "study", "synthetic")},
        "route": "cut",
        "specification": spec.name,
        "specification_text": spec.text,
        **in_force(spec),
        "quadrature": {},
        "fingerprint": digest,
        "seed": seed,
        "settings": {
            "sampler": POOLED,
            "files": len(paths),
            "draws": schedule.draws,
            "chains": chains,
        },
        "versions": {"cips-models": version("cips-models")},
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return Fit(
        posterior=posterior,
        sample_stats=statistics,
        design_data=as_dataset(plan),
        questionnaire=found[0][0]["questionnaire"].to_dataset(),
        cells=xr.Dataset({"score": empty, "percent": empty}).assign_coords(names),
        provenance=provenance,
        composition=composed,
    )


def _composed(found: Sequence[tuple[xr.DataTree, dict[str, Any]]], plan: Design) -> xr.Dataset:
    """Whom the levels of every country are about, and what is taken to be true of modes."""
    parts = [tree["composition"].to_dataset() for tree, _ in found]
    strata = list(dict.fromkeys(str(s) for part in parts for s in part[STRATUM].to_numpy()))
    whole = [part.reindex({STRATUM: strata}, fill_value=0) for part in parts]
    said = dict.fromkeys(filter(None, (record["assumption"] for _, record in found)))
    every = xr.concat(whole, COUNTRY).sel({COUNTRY: list(plan.countries)})
    names = {dim: list(labels) for dim, labels in plan.coords().items() if dim in every.dims}
    return every.assign_coords(names).assign_attrs(mode_sd=np.nan, assumption=" ".join(said))


def _together(
    found: Sequence[tuple[xr.DataTree, dict[str, Any]]],
    paths: Sequence[Path],
    support: str | Path | None,
) -> tuple[Design, CellEstimates]:
    """The design of all cells, and all of them as measurements of one stage 2."""
    tree, first = found[0]
    owner: dict[str, Path] = {}
    for (other, record), path in zip(found, paths, strict=True):
        for name in (*LABELS, "times"):
            if record[name] != first[name]:
                raise FitError(
                    f"{path}: found {name} {record[name]}; expected {first[name]}, those of "
                    f"{paths[0]}. Only answers to one questionnaire can be pooled."
                )
        asked, expected = (each["questionnaire"].to_dataset()["start"] for each in (other, tree))
        if not asked.equals(expected):
            raise FitError(f"{path}: found other questions than in {paths[0]}; expected the same")
        for country in np.unique(other["cells"][COUNTRY]):
            if country in owner:
                raise FitError(f"{path}: found {country}, which {owner[country]} holds too")
            owner[str(country)] = path
    cells = [other["cells"].to_dataset() for other, _ in found]
    countries = tuple(owner)
    names = (countries, *(tuple(first[name]) for name in ("factors", "groups", "waves")))
    position = np.concatenate(
        [
            np.stack(
                [
                    [labels.index(value) for value in own[dim].to_numpy()]
                    for dim, labels in zip(DIMS, names, strict=True)
                ],
                axis=1,
            )
            for own in cells
        ]
    )
    mean = np.concatenate([own["mean"].to_numpy() for own in cells])
    within = block_diag(*(own["within"].to_numpy() for own in cells))
    shared = block_diag(*(own["shared"].to_numpy() for own in cells))
    observed = np.zeros([len(labels) for labels in names], dtype=bool)
    observed[tuple(position.T)] = True
    told = None if support is None else _support(Path(support), names)
    plan = of_observed(observed, names, first["times"], told)
    return plan, CellEstimates(position, mean, within, shared)


def _support(path: Path, names: Sequence[Sequence[str]]) -> list[np.ndarray | None]:
    problems: list[Problem] = []
    countries, factors, _groups, waves = names
    table = read_table(path, CsvFormat(), problems)
    laid = None
    if table is not None:
        laid = lay_out_support(table, countries, factors, waves, path.name, problems)
    if laid is None or problems:
        raise SurveyError(problems)
    return [array.to_numpy() for array in laid]
