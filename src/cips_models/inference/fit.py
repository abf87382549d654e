"""A fit: labelled draws with everything needed to read and to reproduce them."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import xarray as xr

from cips_models.inference.fit_file import read_fit
from cips_models.model.build import Blueprint
from cips_models.model.design import Design, as_dataset, from_dataset
from cips_models.model.likelihood import SHIFT
from cips_models.model.record import composition, questionnaire, shown_cells
from cips_models.model.specification import Specification
from cips_models.names import FORMAT

#: Statistic (chain, draw) of fits by importance and by the cut route: the log-likelihood of each
#: draw, up to a constant; by the cut route that of the cells, as stage 2 has it.
LOG_LIKELIHOOD = "log_likelihood"

_PACKAGES = ("cips-models", "pymc", "pytensor", "nutpie", "arviz", "numba", "numpy", "xarray")


@dataclass(frozen=True)
class Fit:
    """A posterior with its design and provenance, and no respondent.

    Attributes
    ----------
    posterior : xarray.Dataset
        Dims chain, draw and each variable's own; see :func:`cips_models.build`.
    sample_stats : xarray.Dataset
        Dims chain, draw: ``diverging``, ``n_steps``, ``step_size``, ...
    design : Design
        Who was seen when, which cells were supported.
    questionnaire, cells, composition : xarray.Dataset
        See :mod:`cips_models.model.record`; without composition the last is empty.
    provenance : mapping
        Study name, route, specification (name, text, structure), quadrature, data fingerprint,
        seed, sampler settings, package versions, creation time.
    """

    posterior: xr.Dataset
    sample_stats: xr.Dataset
    design_data: xr.Dataset
    questionnaire: xr.Dataset
    cells: xr.Dataset
    provenance: Mapping[str, Any]
    composition: xr.Dataset = field(default_factory=xr.Dataset)

    @cached_property
    def design(self) -> Design:
        """The design of the survey that was fitted."""
        return from_dataset(self.design_data)

    def tree(self) -> xr.DataTree:
        """The fit as an ArviZ-style DataTree, provenance in the root's attributes."""
        parts = {
            "/": xr.Dataset(attrs={"cips": json.dumps(dict(self.provenance))}),
            "posterior": self.posterior,
            "sample_stats": self.sample_stats,
            "design": self.design_data,
            "questionnaire": self.questionnaire,
            "cells": self.cells,
        }
        if self.composition:
            parts["composition"] = self.composition
        return xr.DataTree.from_dict(parts)

    def save(self, path: str | Path) -> Path:
        """Write one netCDF file, whole or not at all."""
        target = Path(path)
        draws: dict[Any, dict[str, Any]] = {
            name: {"zlib": True, "complevel": 1} for name in self.posterior.data_vars
        }
        if SHIFT in draws:  # the bulk of a fit; seven digits of a shift are more than enough
            draws[SHIFT]["dtype"] = "float32"
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            draft = Path(scratch) / target.name
            self.tree().to_netcdf(draft, engine="netcdf4", encoding={"/posterior": draws})
            draft.replace(target)
        return target


def provenance(plan: Blueprint, *, route: str, seed: int, settings: Mapping[str, Any]) -> Any:
    """What it takes to reproduce a fit."""
    return {
        "format": FORMAT,
        "study": plan.survey.name,
        "synthetic": plan.survey.synthetic,
        "route": route,
        "specification": plan.specification.name,
        "specification_text": plan.specification.text,
        **in_force(plan.specification),
        "quadrature": asdict(plan.specification.quadrature),
        "fingerprint": plan.survey.fingerprint,
        "seed": seed,
        "settings": dict(settings),
        "versions": {name: version(name) for name in _PACKAGES},
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def in_force(spec: Specification) -> dict[str, Any]:
    """What of a specification a fit is asked about later; the route says what is measured."""
    structure = asdict(spec.structure)
    del structure["measurement"]
    return {"structure": structure, "least_specific": spec.least_specific}


def assemble(
    plan: Blueprint, posterior: xr.Dataset, sample_stats: xr.Dataset, record: Mapping[str, Any]
) -> Fit:
    """Put a posterior together with what a fit remembers of its survey."""
    return Fit(
        posterior=posterior,
        sample_stats=sample_stats,
        design_data=as_dataset(plan.design),
        questionnaire=questionnaire(plan.survey, plan.layout),
        cells=shown_cells(plan.survey, plan.layout),
        provenance=record,
        composition=composition(
            plan.survey.composition, in_model=plan.specification.structure.composition
        ),
    )


def load(path: str | Path) -> Fit:
    """Read a fit file.

    Raises
    ------
    FitError
        No such file, not a fit, or a format that this version does not read.
    """
    record, parts = read_fit(Path(path))
    return Fit(
        posterior=parts["posterior"],
        sample_stats=parts["sample_stats"],
        design_data=parts["design"],
        questionnaire=parts["questionnaire"],
        cells=parts["cells"],
        provenance=record,
        composition=parts.get("composition", xr.Dataset()),
    )
