"""A TOML file, or the one reason why it is none."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cips_models.errors import Problem
from cips_models.survey.source import missing


def read_toml(path: Path, kind: str) -> tuple[dict[str, Any], str] | Problem:
    """Content of a TOML file and its text, or the problem for which it cannot be read.

    Parameters
    ----------
    path : Path
    kind : str
        What the file is ("study file"), for messages.
    """
    problem = missing(path, f"a {kind}")
    if problem is not None:
        return problem
    expected, hint = f"a {kind}", "Is it the right file?"
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text)
        _check_numbers(content)
        if content:
            return content, text
        found = "an empty file"
    except OSError as error:
        found, hint = str(error.strerror), "Check the path."
    except UnicodeDecodeError as error:
        found = f"byte {error.object[error.start]:#04x} at position {error.start}"
        expected, hint = "UTF-8 text", "Save the file as UTF-8."
    except RecursionError:
        found = "tables or lists too deep inside each other"
    except ValueError as error:  # of TOML, or a number of too many digits
        found = f"a syntax error: {error}"
        expected, hint = "TOML", "Correct it at that place."
    return Problem(path.name, found, expected, hint)


def _check_numbers(node: Any, place: str = "") -> None:
    """Look for whole numbers larger than TOML promises, which nothing after it expects.

    Raises
    ------
    ValueError
        With the place of the first.
    """
    if isinstance(node, int) and not -(2**63) <= node < 2**63:
        raise ValueError(f"a whole number of more than 64 bits at {place}")
    parts: Iterable[tuple[object, Any]] = ()
    if isinstance(node, dict):
        parts = node.items()
    elif isinstance(node, list):
        parts = enumerate(node, start=1)
    for key, part in parts:
        _check_numbers(part, f"{place} {key}".strip())
