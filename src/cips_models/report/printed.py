"""A report for paper, and for files of pages: nothing that a reader would have to open."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import PurePosixPath
from typing import Any, Final

from cips_models.report.document import Document, Link, Part, Section, Table
from cips_models.report.isolation import isolating
from cips_models.wording import _

#: Fields of the records of a document that no reader reads.
_NO_WORDS: Final = frozenset({"svg", "key", "to", "tone"})


def printed(document: Document, about: Mapping[str, Any], suffix: str) -> Document:
    """The same report, to be set as a file of pages.

    On a screen a reader opens a long table when it is wanted.  On paper it would stand in the way
    of the next sentence: such tables go to the end, in full, and a link to them stays.

    Parameters
    ----------
    document : Document
    about : mapping
        As of its assessment.
    suffix : str
        Of the file, as ".pdf": links to other reports lead to those of the same kind.
    """
    long: list[Section] = []
    sections = _without_long(document.sections, long)
    if long:
        sections = (*sections, Section(_("Long tables"), tuple(long), key="long-tables"))
    links = tuple(
        replace(link, to=str(PurePosixPath(link.to).with_suffix(suffix))) for link in document.links
    )
    whole: Document = _told(
        replace(document, sections=sections, links=links),  # type: ignore[arg-type]
        isolating(about),
    )
    return whole


def _without_long(parts: Sequence[Part], long: list[Section]) -> tuple[Part, ...]:
    """Parts with links in place of long tables, which are appended to ``long``."""
    kept: list[Part] = []
    for part in parts:
        match part:
            case Section():
                kept.append(replace(part, parts=_without_long(part.parts, long)))
            case Table(folded=True):
                key = f"table-{len(long) + 1}"
                table = replace(part, caption="", folded=False)
                long.append(Section(part.caption, (table,), key=key))
                kept.append(Link(part.caption, f"#{key}"))
            case _:
                kept.append(part)
    return tuple(kept)


def _told(value: Any, tell: Callable[[str], str]) -> Any:
    """The same record with all its words put by ``tell``."""
    if is_dataclass(value) and not isinstance(value, type):
        words = (each.name for each in fields(value) if each.name not in _NO_WORDS)
        return replace(value, **{name: _told(getattr(value, name), tell) for name in words})
    if isinstance(value, tuple):
        return tuple(_told(each, tell) for each in value)
    return tell(value) if isinstance(value, str) else value


def separator() -> str:
    """What the language puts between a term and its meaning on one line: ": "."""
    return _("{kind}: {name}").format(kind="", name="")
