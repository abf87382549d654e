"""Contents as text for a page, and back: JSON and draws, each compressed.

A draw x is kept as the number of its bin, floor(x / width), and read as the middle of the bin.  So
whether it exceeds a multiple of the width is kept without error.
"""

import base64
import json
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.errors import OutputError
from cips_models.explorer.contents import BINS, Contents, Draws
from cips_models.names import DRAW, FORMAT

#: Stands for a quantity that has no draws.
NOTHING: Final = -32_768
_LARGEST: Final = 32_767

_BLOCK: Final = '<script type="text/plain" id="{name}">{text}</script>'
FACTS, DRAWS = "facts", "draws"


def packed(contents: Contents) -> dict[str, str]:
    """The two texts of a page: ``facts`` (JSON) and ``draws`` (bin numbers), base64 of zlib."""
    blocks, planes, place = [], [], 0
    for each in contents.draws:
        bins = np.array([_width(each.array[i]) for i in range(each.array.sizes["scale"])])
        numbers = _numbers(each.array, bins)
        raw = numbers.astype("<i2").reshape(-1).view(np.uint8).reshape(-1, 2)
        planes.append(raw.T.tobytes())  # low bytes, then high ones: they compress better
        dims = [str(dim) for dim in each.array.dims if dim != DRAW]
        blocks.append(
            {
                "name": each.name,
                "about": dict(each.about),
                "dims": dims,
                "labels": {dim: each.array[dim].to_numpy().tolist() for dim in dims},
                "bins": bins.tolist(),
                "draws": each.array.sizes[DRAW],
                "start": place,
            }
        )
        place += numbers.size
    facts = {
        "format": FORMAT,
        "about": dict(contents.about),
        "tables": {name: _columns(table) for name, table in contents.tables.items()},
        "blocks": blocks,
        "words": dict(contents.words),
    }
    text = json.dumps(facts, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return {FACTS: _compressed(text.encode()), DRAWS: _compressed(b"".join(planes))}


def read(path: Path) -> Contents:
    """What a page holds; draws are middles of bins.

    Raises
    ------
    OutputError
        The file is no page of the explorer.
    """
    page = path.read_text(encoding="utf-8")
    try:
        texts = {name: _of_page(page, name) for name in (FACTS, DRAWS)}
    except (ValueError, zlib.error) as error:
        raise OutputError(
            f"{path}: found a file without the contents of an explorer; expected a page that "
            "`cips explore` wrote."
        ) from error
    facts = json.loads(texts[FACTS])
    raw = np.frombuffer(texts[DRAWS], np.uint8)
    return Contents(
        about=facts["about"],
        tables={name: _table(columns) for name, columns in facts["tables"].items()},
        draws=tuple(_draws(block, raw) for block in facts["blocks"]),
        words=facts["words"],
    )


def block(name: str, text: str) -> str:
    """A packed text as it stands in a page."""
    return _BLOCK.format(name=name, text=text)


def _of_page(page: str, name: str) -> bytes:
    before, after = _BLOCK.split("{text}")
    found = re.search(f"{re.escape(before.format(name=name))}([A-Za-z0-9+/=]*){after}", page)
    if found is None:
        raise ValueError(name)
    return zlib.decompress(base64.b64decode(found[1]))


def _compressed(raw: bytes) -> str:
    return base64.b64encode(zlib.compress(raw, 9)).decode("ascii")


def _width(values: xr.DataArray) -> float:
    """Width of the bins of one scale: a multiple of the usual one where values are very large."""
    usual = BINS[str(values["scale"].item())]
    largest = float(np.nanmax(np.abs(values.to_numpy()), initial=0.0))
    return usual * max(1, int(np.ceil(largest / usual / _LARGEST)))


def _numbers(values: xr.DataArray, bins: np.ndarray) -> np.ndarray:
    width = bins.reshape(-1, *[1] * (values.ndim - 1))
    found = np.floor(values.to_numpy() / width)
    return np.where(np.isnan(found), NOTHING, found).astype(np.int64)


def _draws(block: Mapping[str, Any], raw: np.ndarray) -> Draws:
    shape = [*(len(block["labels"][dim]) for dim in block["dims"]), block["draws"]]
    size = int(np.prod(shape))
    planes = raw[2 * block["start"] : 2 * (block["start"] + size)].reshape(2, -1)
    numbers = np.ascontiguousarray(planes.T).view("<i2").reshape(shape)
    width = np.reshape(block["bins"], (-1, *[1] * (len(shape) - 1)))
    values = np.where(numbers == NOTHING, np.nan, (numbers + 0.5) * width)
    array = xr.DataArray(values, dict(block["labels"]), (*block["dims"], DRAW))
    return Draws(block["name"], block["about"], array)


def _columns(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Columns of a table as JSON values: texts by their number, other values as they are."""
    found = []
    for name in table.columns:
        column = table[name]
        if pd.api.types.is_bool_dtype(column.dtype):
            values = [None if pd.isna(v) else bool(v) for v in column]
            found.append({"name": name, "values": values})
        elif pd.api.types.is_numeric_dtype(column.dtype):
            found.append({"name": name, "values": [_number(value) for value in column]})
        else:
            places, texts = pd.factorize(column.fillna("").astype(str))
            found.append({"name": name, "texts": list(texts), "values": places.tolist()})
    return found


def _number(value: Any) -> float | int | None:
    """With the six digits of the CSV files; none where there is none, or no end (as in JSON)."""
    if pd.isna(value) or not np.isfinite(value):
        return None
    shown = float(f"{float(value):.6g}")
    return int(shown) if shown.is_integer() else shown


def _table(columns: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            column["name"]: [column["texts"][i] for i in column["values"]]
            if "texts" in column
            else column["values"]
            for column in columns
        }
    )
