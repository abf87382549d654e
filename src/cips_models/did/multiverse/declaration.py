"""Which choices a multiverse is made of, and which of them are combined: a file."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from cips_models.errors import SpecificationError
from cips_models.model.specification_file import folder, locate
from cips_models.names import FORMAT

#: Dimensions of choice that a fit is needed for, in the order of columns and charts.
DIMENSIONS: Final = (
    "bracket",
    "drift",
    "priors",
    "countries",
    "general_factor",
    "strata",
    "dont_know",
)

#: What every fit is read on: a scale, and the scale on which trends are taken as parallel.
OUTCOMES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "percent": ("percent", "latent"),
        "percent, trends in points": ("percent", "points"),
        "score": ("score", "latent"),
        "score, trends in points": ("score", "points"),
        "latent": ("latent", "latent"),
    }
)

#: The words that a dimension knows; of the others any number, name or path will do.
WORDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "priors": ("as is", "wide", "narrow"),
        "general_factor": ("on", "off"),
        "strata": ("on", "off"),
        "dont_know": ("dropped", "informative"),
        "outcome": tuple(OUTCOMES),
    }
)

#: Countries: none left out, or which.
ALL_COUNTRIES: Final = "all"
WITHOUT: Final = "without "
INFLUENTIAL: Final = ("the most influential", "the second most influential")

#: One combination of choices: the choice of every dimension, as text.
type Universe = Mapping[str, str]


@dataclass(frozen=True)
class Declaration:
    """A declared multiverse.

    Attributes
    ----------
    choices : mapping of str to tuple of str
        Of each of :data:`DIMENSIONS`, and ``outcome``.
    sweeps : tuple of tuple of str
        Dimensions that are combined in full, the others at the first of their choices.
    text : str
        The file.
    """

    choices: Mapping[str, tuple[str, ...]]
    sweeps: tuple[tuple[str, ...], ...]
    text: str

    def universes(self) -> list[Universe]:
        """Every combination that is declared, once, in the order of the sweeps."""
        first = {name: self.choices[name][0] for name in DIMENSIONS}
        found: dict[tuple[str, ...], Universe] = {}
        for sweep in self.sweeps:
            for combination in product(*(self.choices[name] for name in sweep)):
                universe = first | dict(zip(sweep, combination, strict=True))
                found.setdefault(tuple(universe.values()), MappingProxyType(universe))
        return list(found.values())

    def limited(self, possible: Mapping[str, Sequence[str]]) -> "Declaration":
        """The same with only the possible choices of some dimensions."""
        choices = dict(self.choices)
        for name, allowed in possible.items():
            choices[name] = tuple(own for own in choices[name] if own in allowed) or (allowed[0],)
        return Declaration(MappingProxyType(choices), self.sweeps, self.text)


def default_file() -> Path:
    """The declaration that ships."""
    return folder() / "multiverse" / "default.toml"


def declaration(path: str | Path | None = None) -> Declaration:
    """Read a declaration; without a path the one that ships.

    Raises
    ------
    SpecificationError
        With the file, what was found and what was expected.
    """
    source = default_file() if path is None else Path(path)
    if not source.is_file():
        raise SpecificationError(f"{source}: found no such file; expected a declared multiverse")
    text = source.read_text(encoding="utf-8")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SpecificationError(f"{source}: not readable as TOML ({error})") from None
    if content.get("format") != FORMAT:
        raise SpecificationError(
            f"{source}: found format {content.get('format')!r}; expected {FORMAT}"
        )
    _known(f"{source}", content, ("format", "sweeps", "choices"))
    given = content.get("choices", {})
    if not isinstance(given, dict):
        raise SpecificationError(f"{source}: found choices = {given!r}; expected a table [choices]")
    _known(f"{source}, [choices]", given, (*DIMENSIONS, "outcome"))
    missing = [name for name in (*DIMENSIONS, "outcome") if name not in given]
    if missing:
        raise SpecificationError(
            f"{source}, [choices]: found none of {', '.join(missing)}; expected at least one of "
            "each: the first is where the others are varied from"
        )
    choices = {
        name: tuple(_choices(f"{source}, [choices] {name}", name, given[name]))
        for name in (*DIMENSIONS, "outcome")
    }
    sweeps = tuple(_sweeps(f"{source}, sweeps", content.get("sweeps")))
    return Declaration(MappingProxyType(choices), sweeps, text)


def _known(where: str, table: Mapping[str, Any], known: Sequence[str]) -> None:
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise SpecificationError(
            f"{where}: found unknown {', '.join(unknown)}; expected {', '.join(known)}"
        )


def _choices(where: str, name: str, given: Any) -> Iterator[str]:
    if not isinstance(given, list) or not given:
        raise SpecificationError(f"{where}: found {given!r}; expected a list of choices")
    if len({str(one) for one in given}) < len(given):
        raise SpecificationError(f"{where}: found a choice twice; expected each once")
    for one in given:
        if name == "drift":
            if isinstance(one, bool) or not isinstance(one, int | float) or one < 0:
                raise SpecificationError(f"{where}: found {one!r}; expected a number, 0 or more")
            yield f"{one:g}"
            continue
        if name in WORDS and one not in WORDS[name]:
            expected = ", ".join(map(repr, WORDS[name]))
            raise SpecificationError(f"{where}: found {one!r}; expected any of {expected}")
        if name == "countries" and one != ALL_COUNTRIES and not str(one).startswith(WITHOUT):
            raise SpecificationError(
                f"{where}: found {one!r}; expected {ALL_COUNTRIES!r} or '{WITHOUT}NAME'"
            )
        if name == "bracket":
            locate(str(one))  # says what is expected
        yield str(one)


def _sweeps(where: str, given: Any) -> Iterator[tuple[str, ...]]:
    if not isinstance(given, list) or not all(isinstance(one, list) for one in given) or not given:
        raise SpecificationError(
            f"{where}: found {given!r}; expected a list of lists of dimensions"
        )
    for one in given:
        unknown = [name for name in one if name not in DIMENSIONS]
        if unknown or len(set(one)) < len(one):
            raise SpecificationError(
                f"{where}: found {one!r}; expected each once, any of {', '.join(DIMENSIONS)}"
            )
        yield tuple(one)
