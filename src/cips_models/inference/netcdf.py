"""netCDF files of this package: opened whole, and held against what they must hold."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import xarray as xr

from cips_models.errors import FitError
from cips_models.names import FORMAT

#: Bytes in memory for one in the file, and bytes that are never too many.  Draws are compressed
#: to a half or a third; a few kilobytes may say that they stand for all the memory there is.
_MOST_FOR_ONE: Final = 500
_FEW: Final = 2**26

type Variables = Mapping[str, tuple[str, ...]]


def opened(path: Path, mark: str, what: str, writer: str) -> tuple[xr.DataTree, dict[str, Any]]:
    """A file and its provenance.

    Parameters
    ----------
    path : Path
    mark : str
        Attribute of the root that holds the provenance, as JSON.
    what : str
        What the file is to hold ("a fit"), for messages.
    writer : str
        What writes such files.

    Raises
    ------
    FitError
        No such file, damaged, not by this package, or of another format.
    """
    expected = f"expected {what} that {writer} wrote"
    if not os.path.isfile(path):
        raise FitError(f"{path}: found no such file; {expected}")
    try:
        with xr.open_datatree(path, engine="netcdf4") as lazy:
            size = sum(node.to_dataset(inherit=False).nbytes for node in lazy.subtree)
            absurd = size > _FEW + _MOST_FOR_ONE * path.stat().st_size
            tree = None if absurd else lazy.load()
    except Exception as error:  # a damaged file makes the library raise anything
        raise FitError(f"{path}: not readable as netCDF ({error}); {expected}") from None
    if tree is None:
        raise FitError(f"{path}: found variables of {size:,} bytes in a small file; {expected}")
    if mark not in tree.attrs:
        raise FitError(f"{path}: found no provenance; {expected}")
    try:
        record = json.loads(tree.attrs[mark])
    except (TypeError, ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise FitError(f"{path}: found a provenance that is no JSON object; {expected}")
    if record.get("format") != FORMAT:
        raise FitError(
            f"{path}: found format {record.get('format')!r}; expected {FORMAT}. Make it again, or "
            "use the version of cips-models that wrote it."
        )
    return tree, record


def parts_of(path: Path, tree: xr.DataTree, names: Mapping[str, Variables]) -> Mapping[str, Any]:
    """Parts of a file by name, if each holds its variables as numbers along their dims.

    Parameters
    ----------
    path : Path
        For messages.
    tree : xarray.DataTree
    names : mapping
        Parts, and of each the variables that it must hold, with their dims.

    Raises
    ------
    FitError
        A part or a variable is missing, or of other dims, or no number; or a label of a
        dimension occurs twice.
    """
    found = {name: child.to_dataset(inherit=False) for name, child in tree.children.items()}
    for part, variables in names.items():
        if part not in found:
            raise FitError(f"{path}: found no part {part!r}; expected {', '.join(names)}")
        for name, dims in variables.items():
            check_variable(path, part, found[part], name, dims)
        for dim, labels in found[part].indexes.items():
            if not labels.is_unique:
                raise FitError(f"{path}, {part}: found a label of {dim} twice; expected it once")
    return found


def check_variable(
    path: Path, part: str, data: xr.Dataset, name: str, dims: tuple[str, ...]
) -> None:
    """Hold one variable against its dims.

    Raises
    ------
    FitError
        It is not there, of other dims, or no number.
    """
    where = f"{path}, {part}"
    if name not in data:
        raise FitError(f"{where}: found no {name}; expected it by {', '.join(dims)}")
    array = data[name]
    if array.dims != dims:
        raise FitError(
            f"{where}, {name}: found it by {', '.join(map(str, array.dims)) or 'nothing'}; "
            f"expected it by {', '.join(dims)}"
        )
    if array.dtype.kind not in "biuf":
        raise FitError(f"{where}, {name}: found values of type {array.dtype}; expected numbers")


def check_finite(path: Path, part: str, data: xr.Dataset, names: Variables) -> None:
    """Look for NaN and infinity in variables.

    Raises
    ------
    FitError
        There are some.
    """
    for name in names:
        values = data[name].to_numpy()
        count = int((~np.isfinite(values)).sum())
        if count:
            raise FitError(
                f"{path}, {part}, {name}: found {count:,} values that are no finite numbers; "
                "expected none"
            )


def check_record(path: Path, record: Mapping[str, Any], kinds: Mapping[str, Any]) -> None:
    """Hold a provenance against the kinds of its entries.

    Raises
    ------
    FitError
        An entry is missing or of another kind.
    """
    for name, kind in kinds.items():
        if not isinstance(record.get(name), kind):
            raise FitError(
                f"{path}, provenance, {name}: found {record.get(name)!r}; expected a value of "
                f"type {getattr(kind, '__name__', 'number')}"
            )
