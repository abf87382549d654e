"""What a report says, as plain records: sections, sentences, tables, pictures.

A report is a :class:`Document`, made without a thought of how it is set.  ``page`` sets it as HTML,
``pdf`` and ``word_file`` as files of pages; another format needs another such file, and no other
words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

type Tone = Literal["plain", "soft", "warning", "code"]


@dataclass(frozen=True)
class Paragraph:
    """One paragraph.

    Attributes
    ----------
    text : str
    lead, aside : str
        Words in front of it that stand out, and behind it that stand back.
    tone : {"plain", "soft", "warning", "code"}
    """

    text: str
    lead: str = ""
    aside: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True)
class Bullets:
    """Sentences one below the other, numbered if ``ordered``."""

    items: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Terms:
    """Terms and what they mean, or names and values."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """A table as it is printed.

    Attributes
    ----------
    caption : str
    head : tuple of str
    rows : tuple of tuple of str
    words : int
        How many columns on the left hold words; the others hold numbers.
    folded : bool
        A reader opens it when it is wanted.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1
    folded: bool = False


@dataclass(frozen=True)
class Picture:
    """A chart.

    Attributes
    ----------
    svg : str
        One ``<svg>`` element, labelled with ``alt``; its ids are the chart's own.
    alt : str
        What the chart shows, in words.
    """

    svg: str
    alt: str


@dataclass(frozen=True)
class Link:
    """Words that lead to another place: ``#key`` of a section, or another file."""

    words: str
    to: str


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it.

    Attributes
    ----------
    title : str
    parts : tuple of parts
        Sections among them are one level lower.
    key : str
        By which links lead to it; empty where none does.
    card : bool
        It is set apart from what stands around it.
    """

    title: str
    parts: "tuple[Part, ...]"
    key: str = ""
    card: bool = False


type Part = Paragraph | Bullets | Terms | Table | Picture | Link | Section


@dataclass(frozen=True)
class Banner:
    """What must be read before anything else; ``failed``: numbers are not to be relied on."""

    lead: str
    text: str = ""
    failed: bool = False


@dataclass(frozen=True)
class Document:
    """A report.

    Attributes
    ----------
    kind : str
        What sort of report it is, for its reader.
    title, origin : str
        Name of the survey; when and from what the report was written.
    sections : tuple of Section
    banners : tuple of Banner
    links : tuple of Link
        Other reports of the same results.
    contents : bool
        It has a list of its sections.
    one_page : bool
        It is meant to fill one page of paper.
    """

    kind: str
    title: str
    origin: str
    sections: tuple[Section, ...]
    banners: tuple[Banner, ...] = ()
    links: tuple[Link, ...] = ()
    contents: bool = True
    one_page: bool = False


def said(*parts: Part | None) -> tuple[Part, ...]:
    """Those of the parts that say something: no empty list, no table without rows."""
    return tuple(part for part in parts if part is not None and not _empty(part))


def _empty(part: Part) -> bool:
    match part:
        case Bullets():
            return not part.items
        case Table():
            return not part.rows
        case Terms():
            return not part.pairs
        case Paragraph():
            return not part.text
        case Section():
            return not part.parts
        case _:
            return False


def fold(table: Table) -> Table:
    """The same table, for a reader to open."""
    return replace(table, folded=True)


def bullets(sentences: Sequence[str]) -> Bullets:
    """Sentences one below the other."""
    return Bullets(tuple(sentences))


def tables(sections: Sequence[Section]) -> Iterator[Table]:
    """Every table of the sections, in order."""
    for section in sections:
        for part in section.parts:
            if isinstance(part, Table):
                yield part
            elif isinstance(part, Section):
                yield from tables([part])
