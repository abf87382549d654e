"""Specifications read from TOML files.

The shipped ones live in ``models/``; a file may extend another (``extends = "did"``) and then
states only what differs.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from cips_models.errors import Problem, SpecificationError, printable
from cips_models.model.quadrature import Quadrature
from cips_models.model.specification import (
    CHOICES,
    FAMILIES,
    MAY_BE_FIXED,
    TERMS,
    Prior,
    Specification,
    Structure,
)
from cips_models.names import FORMAT
from cips_models.survey.labels import FIT, unfit
from cips_models.survey.toml_file import read_toml

#: Tables of a specification.
_TABLES = ("structure", "quadrature", "priors")

#: Larger numbers of a prior say nothing about answers, and overflow.
_MOST = 1e4


def folder() -> Path:
    """Folder of the shipped specifications: in a wheel, or beside ``src`` when editable."""
    installed = Path(str(files("cips_models"))) / "models"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "models"


def available() -> tuple[str, ...]:
    """Names of the shipped specifications."""
    return tuple(sorted(path.stem for path in folder().glob("*.toml")))


def locate(name_or_path: str | Path) -> Path:
    """Path of a specification given by shipped name or by path.

    Raises
    ------
    SpecificationError
        Neither a file nor a shipped name.
    """
    path = Path(name_or_path)
    if path.suffix == ".toml":
        if os.path.isfile(path):
            return path
        raise SpecificationError(f"{path}: found no such file; expected a specification")
    shipped = folder() / f"{name_or_path}.toml"
    if os.path.isfile(shipped):
        return shipped
    raise SpecificationError(
        f"Specification {printable(str(name_or_path), 80)!r}: found no shipped one of this name; "
        f"expected one of {', '.join(available())}, or the path of a .toml file. "
        "`cips models` lists them."
    )


def _merged(path: Path, seen: tuple[Path, ...] = ()) -> tuple[dict[str, Any], str]:
    """Content of a file laid over what it extends, and the text of all files read."""
    if path.resolve() in seen:
        raise SpecificationError(f"{path}: extends itself, by way of {seen[-1].name}")
    found = read_toml(path, "specification")
    if isinstance(found, Problem):
        raise SpecificationError(str(found))
    content, text = found
    if type(content.get("format")) is not int or content["format"] != FORMAT:
        raise SpecificationError(
            f"{path}: found format {content.get('format')!r}; expected {FORMAT}, the only one that "
            "this version reads"
        )
    base_name = content.pop("extends", None)
    if base_name is None:
        return content, text
    base_name = _of_kind(f"{path}, extends", base_name, str)
    for table in _TABLES:
        _of_kind(f"{path}, {table}", content.get(table, {}), dict)
    sibling = path.parent / f"{base_name.removesuffix('.toml')}.toml"
    base_path = sibling if sibling.is_file() else locate(base_name)
    base, base_text = _merged(base_path, (*seen, path.resolve()))
    for table in _TABLES:
        content[table] = base.get(table, {}) | content.get(table, {})
    return base | content, f"{base_text}\n{text}"


#: What a value of each type is called; a whole number will do for a number, no flag for either.
_KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    dict: "a table",
}


def _of_kind(where: str, value: Any, kind: Any) -> Any:
    """Return the value if it is of its kind."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    finite = not number or abs(value) <= sys.float_info.max
    if finite and (type(value) is kind or (kind is float and number)):
        return value
    raise SpecificationError(f"{where}: found {value!r}; expected {_KINDS[kind]}")


def _label(where: str, value: Any) -> str:
    """Return the value if it is a text that can stand in a heading."""
    text: str = _of_kind(where, value, str)
    if wrong := unfit(text):
        raise SpecificationError(f"{where}: found {wrong}; expected {FIT}")
    return text


def _table(
    path: Path, content: dict[str, Any], name: str, known: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a table of known keys and the types of their values."""
    table = content.get(name, {})
    if not isinstance(table, dict):
        raise SpecificationError(f"{path}: found {name} = {table!r}; expected a table [{name}]")
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise SpecificationError(
            f"{path}, [{name}]: found unknown {', '.join(unknown)}; "
            f"expected {', '.join(sorted(known))}"
        )
    return {
        key: _of_kind(f"{path}, [{name}] {key}", value, known[key]) for key, value in table.items()
    }


def _prior(path: Path, term: str, entry: dict[str, Any]) -> Prior:
    where = f"{path}, [priors.{term}]"
    family = str(entry.get("family"))
    known = (TERMS[term], "fixed") if term in MAY_BE_FIXED else (TERMS[term],)
    if family not in known:
        expected = " or ".join(repr(name) for name in known)
        raise SpecificationError(f"{where}: found family {family!r}; expected {expected}")
    needed = {*FAMILIES[family], "family", "reason"}
    if set(entry) != needed:
        raise SpecificationError(
            f"{where}: found {', '.join(sorted(entry))}; expected {', '.join(sorted(needed))}"
        )
    numbers = {key: _of_kind(f"{where} {key}", entry[key], float) for key in FAMILIES[family]}
    reason = _of_kind(f"{where} reason", entry["reason"], str)
    least = 0.0 if family == "fixed" else np.nextafter(0.0, 1.0)
    if not all(least <= number <= _MOST for number in numbers.values()) or not reason.strip():
        found = ", ".join(f"{key} = {number!r}" for key, number in numbers.items())
        raise SpecificationError(
            f"{where}: found {found}, reason {reason!r}; expected numbers above 0 and up to "
            f"{_MOST:,.0f} logits, and a reason"
        )
    return Prior(family, float(numbers.get("sd", 1.0)), float(numbers.get("median", 1.0)), reason)


def _types(table: type) -> dict[str, Any]:
    """Types of a dataclass's fields by name."""
    return {field.name: field.type for field in fields(table)}


def specification(name_or_path: str | Path) -> Specification:
    """Read a specification by shipped name or by path.

    Raises
    ------
    SpecificationError
        With the file, what was found and what was expected.
    """
    path = locate(name_or_path)
    content, text = _merged(path)
    known = {"format", "name", "title", "structure", "quadrature", "priors"}
    if set(content) - known:
        raise SpecificationError(
            f"{path}: found unknown {', '.join(sorted(set(content) - known))}; "
            f"expected {', '.join(sorted(known))}"
        )
    name = _label(f"{path}, name", content.get("name"))
    structure = Structure(**_table(path, content, "structure", _types(Structure)))
    for key, choices in CHOICES.items():
        if getattr(structure, key) not in choices:
            raise SpecificationError(
                f"{path}, [structure] {key}: found {getattr(structure, key)!r}; "
                f"expected {' or '.join(f'{choice!r}' for choice in choices)}"
            )
    grid = _table(path, content, "quadrature", {**_types(Quadrature), "least_specific": float})
    least_specific = float(grid.pop("least_specific", 0.3))
    if not 0.0 < least_specific <= _MOST:
        raise SpecificationError(
            f"{path}, [quadrature] least_specific: found {least_specific}; expected a number "
            f"above 0 and up to {_MOST:,.0f} logits"
        )
    try:
        quadrature = Quadrature(**grid)
    except SpecificationError as error:
        raise SpecificationError(f"{path}, {error}") from None
    priors = _table(path, content, "priors", dict.fromkeys(TERMS, dict))
    missing = sorted(set(TERMS) - set(priors))
    if missing:
        raise SpecificationError(
            f"{path}, [priors]: found none for {', '.join(missing)}; expected one for every term. "
            'Add them, or begin the file with extends = "did".'
        )
    return Specification(
        name=name,
        title=_label(f"{path}, title", content.get("title", name)),
        structure=structure,
        quadrature=quadrature,
        least_specific=least_specific,
        priors=MappingProxyType({term: _prior(path, term, priors[term]) for term in TERMS}),
        text=text,
    )
