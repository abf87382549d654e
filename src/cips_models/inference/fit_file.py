"""What a fit file must hold, so that nothing after it is surprised."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import numpy as np
import xarray as xr

from cips_models.errors import FitError
from cips_models.inference.netcdf import (
    Variables,
    check_finite,
    check_record,
    check_variable,
    opened,
    parts_of,
)
from cips_models.model.specification import Structure
from cips_models.names import CHAIN, COUNTRY, DIMS, DRAW, FACTOR, GROUP, WAVE

_DRAWS: Final = (CHAIN, DRAW)
_QUESTION: Final = "question"

#: Variables of every part; others may be there.
_PARTS: Final[Mapping[str, Variables]] = {
    "posterior": {
        "level": (*_DRAWS, *DIMS),
        "discrimination": (*_DRAWS, _QUESTION),
        "threshold": (*_DRAWS, "threshold_position"),
        "general_spread": (*_DRAWS, FACTOR, GROUP, WAVE),
        "specific_spread": (*_DRAWS, FACTOR, GROUP),
    },
    "sample_stats": {},
    "design": {"observed": DIMS, "already_treated": (COUNTRY, FACTOR), "time": (WAVE,)},
    "questionnaire": {
        "factor": (_QUESTION,),
        "start": (_QUESTION,),
        "levels": (_QUESTION,),
        "asked": (_QUESTION, GROUP, WAVE),
        "positive": (_QUESTION, "level"),
        "points": (_QUESTION, "level"),
    },
    "cells": {"score": DIMS, "percent": DIMS},
}

#: Variables that are there where support is told, or its effect is in the model.
_OPTIONAL: Final[Mapping[str, Variables]] = {
    "posterior": {
        "effect": (*_DRAWS, GROUP),
        "effect_cell": (*_DRAWS, "followed", FACTOR, GROUP),
    },
    "design": {
        "support": (COUNTRY, FACTOR, WAVE),
        "supported": (COUNTRY, FACTOR),
        "intensity": (COUNTRY, FACTOR),
    },
}

_RECORD: Final = {
    **dict.fromkeys(("study", "route", "specification", "fingerprint"), str),
    **dict.fromkeys(("structure", "settings", "quadrature"), dict),
    "synthetic": bool,
    "seed": int,
    "least_specific": (int, float),
}


def read_fit(path: Path) -> tuple[dict[str, Any], dict[str, xr.Dataset]]:
    """Provenance and parts of a fit file.

    Raises
    ------
    FitError
        No such file, not a fit, not whole, or of a format that this version does not read.
    """
    tree, record = opened(path, "cips", "a fit", "`cips fit`")
    check_record(path, record, _RECORD)
    missing = {f.name for f in fields(Structure)} - {"measurement"} - record["structure"].keys()
    if missing:
        raise FitError(
            f"{path}, provenance, structure: found nothing on {', '.join(sorted(missing))}; "
            "expected what this version asks of a fit. Fit again."
        )
    parts = dict(parts_of(path, tree, _PARTS))
    for part, variables in _OPTIONAL.items():
        for name in variables.keys() & set(parts[part].data_vars):
            check_variable(path, part, parts[part], name, variables[name])
    if not parts["posterior"]["level"].size:
        raise FitError(f"{path}, posterior: found no draw; expected some")
    check_finite(path, "posterior", parts["posterior"], _PARTS["posterior"])
    check_finite(path, "design", parts["design"], _PARTS["design"])
    _check_labels(path, parts)
    _check_questions(path, parts)
    return record, parts


def _check_labels(path: Path, parts: Mapping[str, xr.Dataset]) -> None:
    """All parts are about the same countries, factors, groups, waves and questions."""
    first = {**parts["design"].indexes, **parts["questionnaire"].indexes}
    for dim in (*DIMS, _QUESTION):
        if dim not in first:
            raise FitError(f"{path}: found no labels of {dim}; expected one for each")
        for part, data in parts.items():
            if dim in data.dims and not first[dim].equals(data.indexes.get(dim)):
                raise FitError(
                    f"{path}, {part}: found other labels of {dim} than elsewhere in the file; "
                    "expected the same in the same order"
                )


def _check_questions(path: Path, parts: Mapping[str, xr.Dataset]) -> None:
    """Questions have factors and levels that exist, and thresholds between all levels."""
    book = parts["questionnaire"]
    levels, start = book["levels"].to_numpy(), book["start"].to_numpy()
    factor, most = book["factor"].to_numpy(), parts["design"].sizes[FACTOR]
    thresholds = parts["posterior"].sizes["threshold_position"]
    sound = (
        np.isin(factor, np.arange(most)).all()
        and ((levels >= 2) & (levels <= book.sizes["level"])).all()
        and (start == np.cumsum(levels - 1) - (levels - 1)).all()
        and (levels - 1).sum() == thresholds
    )
    if not sound:
        raise FitError(
            f"{path}, questionnaire: found questions that do not go with {most} factors and "
            f"{thresholds} thresholds; expected a whole file that `cips fit` wrote"
        )
