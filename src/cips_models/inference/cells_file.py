"""What a file of cells must hold: it comes from elsewhere."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import xarray as xr

from cips_models.errors import FitError
from cips_models.inference.netcdf import (
    Variables,
    check_finite,
    check_record,
    opened,
    parts_of,
)
from cips_models.model.likelihood import EFFECT
from cips_models.names import COUNTRY, DIMS, FACTOR, GROUP, STRATUM, WAVE

#: Labels of a file's provenance, which must be the same in all files that are pooled.
LABELS: Final = {"factors": FACTOR, "groups": GROUP, "waves": WAVE}

_RECORD: Final = {
    **dict.fromkeys(("study", "assumption"), str),
    "synthetic": bool,
    **dict.fromkeys(("times", *LABELS), list),
}
_PARTS: Final[Mapping[str, Variables]] = {
    "cells": {
        "mean": ("estimate",),
        "within": ("estimate", "other"),
        "shared": ("estimate", "error"),
    },
    "items": {
        "discrimination": ("question",),
        "threshold": ("threshold_position",),
        "general_spread": (FACTOR, GROUP, WAVE),
        "specific_spread": (FACTOR, GROUP),
        EFFECT: (STRATUM, FACTOR, GROUP),
    },
    "composition": {"standard": (COUNTRY, GROUP, STRATUM), "mode_scale": (COUNTRY, GROUP, WAVE)},
    "questionnaire": {"factor": ("question",), "start": ("question",), "levels": ("question",)},
}


def read_cells(path: Path) -> tuple[xr.DataTree, dict[str, Any]]:
    """A file of cells and its provenance.

    Raises
    ------
    FitError
        No such file, no cells, not whole, or of a format that this version does not read.
    """
    tree, record = opened(path, "cips_cells", "cells", "`cips cells`")
    check_record(path, record, _RECORD)
    parts = parts_of(path, tree, _PARTS)
    for part in ("cells", "items", "composition"):
        check_finite(path, part, parts[part], _PARTS[part])
    _check_labels(path, parts["cells"], record)
    covariance = parts["cells"]["within"].to_numpy()
    symmetric = covariance.shape[0] == covariance.shape[1] and np.allclose(covariance, covariance.T)
    if not symmetric or (np.diag(covariance) <= 0).any():
        raise FitError(
            f"{path}, cells, within: found no covariance; expected a symmetric matrix with "
            "variances above zero. Have `cips cells` write the file again."
        )
    return tree, record


def _check_labels(path: Path, cells: xr.Dataset, record: Mapping[str, Any]) -> None:
    """Every cell has a country, and a factor, group and wave that the provenance knows."""
    known = {dim: set(map(str, record[name])) for name, dim in LABELS.items()}
    for dim in DIMS:
        labels = set(cells[dim].to_numpy().astype(str)) if dim in cells.variables else set()
        strange = labels - known[dim] if dim in known else labels & {""}
        if strange or not labels or cells[dim].dims != ("estimate",):
            raise FitError(
                f"{path}, cells, {dim}: found {', '.join(sorted(strange)) or 'nothing'!r}; "
                f"expected {'a label' if dim == COUNTRY else 'a known label'} of every cell"
            )
    if len(record["times"]) != len(record["waves"]):
        raise FitError(
            f"{path}, provenance, times: found {len(record['times'])}; expected one for each of "
            f"{len(record['waves'])} waves"
        )
