"""TOML files that carry a format version, read so that every problem is collected."""

import difflib
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tomlkit

from cips_models.errors import Problem
from cips_models.names import FORMAT
from cips_models.survey.toml_file import read_toml

_WHOLE_NUMBER = re.compile(r"(-?\d+)[.,]0+")


def normal_code(raw: object) -> str:
    """Text by which codes are compared: trimmed, and 3, "3" and "3.0" are the same."""
    text = str(raw).strip()
    whole = _WHOLE_NUMBER.fullmatch(text)
    return whole[1] if whole else text


def quoted(words: Iterable[object], limit: int = 12) -> str:
    """List words for a message: ``"a", "b" and 3 more``; "nothing" where there are none."""
    shown = [f'"{word}"' for word in words]
    if not shown:
        return "nothing"
    more = len(shown) - limit
    return ", ".join(shown[:limit]) + (f" and {more} more" if more > 0 else "")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint at the known word that is nearest to a mistyped one, or ""."""
    by_lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return f'Did you mean "{by_lower[near[0]]}"?' if near else ""


class Table:
    """One table of a TOML file; remembers which keys it was asked for.

    Each reading method returns the default where a value is absent or of the wrong
    kind, after adding a problem, so that the rest of the file can still be checked.

    Parameters
    ----------
    data : mapping
    where : str
        File and table, for messages.
    problems : list of Problem
        Collector; appended to.
    """

    def __init__(self, data: Mapping[str, Any], where: str, problems: list[Problem]):
        self.data = data
        self.where = where
        self.problems = problems
        self._known: list[str] = []

    def problem(self, key: str, found: str, expected: str, next_step: str = "") -> None:
        """Add a problem at a key of this table."""
        self.problems.append(Problem(f"{self.where} {key}", found, expected, next_step))

    def _take(self, key: str, kind: str, valid: bool) -> bool:
        """Say whether a key holds a value of the right kind; add a problem if it does not."""
        if key in self.data and not valid:
            self.problem(key, repr(self.data[key]), kind)
        return key in self.data and valid

    def value(self, key: str) -> Any:
        """Whatever stands at a key, or None; the key becomes known."""
        self._known.append(key)
        return self.data.get(key)

    def text(self, key: str, default: str | None = None, *, required: bool = False) -> str | None:
        """Text at a key."""
        value = self.value(key)
        if required and value is None:
            self.problem(key, "nothing", "a text", f'Add `{key} = "..."`.')
        valid = _is_text(value) and value != ""
        return value if self._take(key, "a text in quotes", valid) else default

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """Return a list of texts, empty where the key is absent."""
        value = self.value(key)
        if required and not value:
            self.problem(key, "nothing", "a list of texts", f'Add `{key} = ["...", "..."]`.')
        valid = isinstance(value, list) and all(map(_is_text, value))
        return tuple(value) if self._take(key, 'a list of texts, ["...", "..."]', valid) else ()

    def codes(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """Return a list of codes (texts or whole numbers) in their normal form."""
        value = self.value(key)
        if required and not value:
            self.problem(key, "nothing", "a list of codes", f'Add `{key} = ["1", "2"]`.')
        valid = isinstance(value, list) and all(_is_text(v) or _is_number(v) for v in value)
        if not self._take(key, 'a list of codes, ["1", "2"]', valid):
            return ()
        return tuple(map(normal_code, value))

    def numbers(self, key: str) -> tuple[float, ...] | None:
        """Return a list of numbers, None where the key is absent."""
        value = self.value(key)
        valid = isinstance(value, list) and all(map(_is_number, value))
        return tuple(map(float, value)) if self._take(key, "a list of numbers", valid) else None

    def flag(self, key: str, default: bool = False) -> bool:
        """Return true or false."""
        value = self.value(key)
        return value if self._take(key, "true or false", isinstance(value, bool)) else default

    def text_by_text(self, key: str) -> dict[str, str]:
        """Return a table from text to text, empty where the key is absent."""
        value = self.value(key)
        valid = isinstance(value, dict) and all(map(_is_text, value.values()))
        return dict(value) if self._take(key, 'a table { "..." = "..." }', valid) else {}

    def number_by_text(self, key: str) -> dict[str, float]:
        """Return a table from text to number, empty where the key is absent."""
        value = self.value(key)
        valid = isinstance(value, dict) and all(map(_is_number, value.values()))
        if not self._take(key, 'a table { "..." = 2021.0 }', valid):
            return {}
        return {name: float(number) for name, number in value.items()}

    def table(self, key: str) -> "Table":
        """Return the table [key], empty where it is absent."""
        value = self.value(key)
        valid = self._take(key, f"a table [{key}]", isinstance(value, dict))
        return Table(value if valid else {}, f"{self.where} [{key}]", self.problems)

    def tables(self, key: str) -> list["Table"]:
        """Return the tables [[key]], in order."""
        value = self.value(key)
        valid = isinstance(value, list) and all(isinstance(entry, dict) for entry in value)
        if not self._take(key, f"tables [[{key}]]", valid):
            return []
        return [
            Table(entry, f"{self.where} [[{key}]] number {number}", self.problems)
            for number, entry in enumerate(value, start=1)
        ]

    def finish(self) -> None:
        """Report the keys that nobody asked for."""
        for key in self.data:
            if key not in self._known:
                hint = did_you_mean(key, self._known) or "Remove it, or correct its name."
                self.problem(key, "an unknown key", f"one of {quoted(self._known, 20)}", hint)


def open_document(path: Path, kind: str, problems: list[Problem]) -> Table | None:
    """Parse a TOML file and check its format version.

    Parameters
    ----------
    path : Path
    kind : str
        What the file is ("study file"), for messages.
    problems : list of Problem
        Collector; appended to.

    Returns
    -------
    Table or None
        None where the file cannot be read at all, or is of another format version.
    """
    data = read_toml(path, kind)
    if isinstance(data, Problem):
        problems.append(data)
        return None
    document = Table(data[0], path.name, problems)
    version = document.value("format")
    if version is None:
        document.problem("format", "nothing", f"format = {FORMAT}", f"Add `format = {FORMAT}`.")
    elif isinstance(version, bool) or version != FORMAT:
        document.problem(
            "format",
            repr(version),
            f"format = {FORMAT}, the only version that this release reads",
            "Use a release that reads it, or rewrite the file in this format.",
        )
        return None
    return document


def written_table(entries: Mapping[str, object], check: str = "") -> tomlkit.items.Table:
    """Return a table to write; entries that are None or empty are left out.

    Parameters
    ----------
    entries : mapping
    check : str
        Comment to put at its top, one or more lines.
    """
    table = tomlkit.table()
    for line in check.splitlines():
        table.add(tomlkit.comment(line))
    for key, value in entries.items():
        if isinstance(value, Mapping) and value:
            inline = tomlkit.inline_table()
            inline.update(value)
            table.add(key, inline)
        elif value not in (None, (), {}):
            table.add(key, tomlkit.item(list(value) if isinstance(value, tuple) else value))
    return table


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return abs(value) <= sys.float_info.max  # neither NaN nor infinite, nor an endless whole number
