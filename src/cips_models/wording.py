"""Every word that a reader sees, in the reader's language.

Text is written in English where it is used and looked up when it is shown::

    from cips_models.wording import _

    _("{n} countries").format(n=17)

Text that is declared before the language is known (tables of rules, of labels) is only
marked, with ``N_``, and looked up later with ``_``.  The template of all messages is
``locale/cips_models.pot``; ``locale/README.md`` says how it is kept up to date.  A catalogue is
one text file, ``LANGUAGE/LC_MESSAGES/cips_models.po``, compiled in memory when it is first used.
"""

import gettext
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

DOMAIN: Final = "cips_models"
SOURCE_LANGUAGE: Final = "en"

#: Languages by code, each by its own name: those of the guidelines of the WCO.
LANGUAGES: Final = MappingProxyType(
    {
        "en": "English",
        "fr": "Français",
        "ar": "العربية",
        "pt": "Português",
        "es": "Español",
    }
)

_FROM_RIGHT_TO_LEFT: Final = frozenset({"ar"})

_LOCALE = Path(__file__).parent / "locale"
_language: ContextVar[str] = ContextVar("language", default=SOURCE_LANGUAGE)


def catalogue_file(code: str) -> Path:
    """Where the catalogue of a language is, or would be."""
    return _LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.po"


@cache
def _compiled(path: Path) -> gettext.GNUTranslations:
    """A catalogue, compiled."""
    from babel.messages.mofile import write_mo

    compiled = io.BytesIO()
    write_mo(compiled, messages(path))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def messages(path: Path) -> Any:
    """A catalogue as Babel reads it: of the file :func:`catalogue_file`.

    Raises
    ------
    FileNotFoundError
        There is none.
    """
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        return read_po(file)


@cache
def _head(path: Path) -> dict[str, str]:
    """Lines of a catalogue's header, those too that Babel does not know."""
    from babel.messages.pofile import denormalize

    entry, _blank, _others = path.read_text(encoding="utf-8").partition("\n\n")
    text = denormalize(entry.partition("msgstr ")[2])
    lines = (line.partition(":") for line in text.splitlines())
    return {name.strip(): value.strip() for name, _colon, value in lines}


def _catalogue() -> gettext.NullTranslations:
    """Catalogue of the current language."""
    if (code := _language.get()) == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    return _compiled(catalogue_file(code))


def _(message: str) -> str:
    """Message in the current language."""
    return _catalogue().gettext(message) if message else ""


def ngettext(singular: str, plural: str, n: int) -> str:
    """Form of a message for ``n`` things, in the current language."""
    return _catalogue().ngettext(singular, plural, n)


def pgettext(context: str, message: str) -> str:
    """Message in the current language, of those that are equal in English the one meant."""
    return _catalogue().pgettext(context, message)


def N_(message: str) -> str:  # noqa: N802 - the customary name of the marker
    """Mark a message for translation without looking it up."""
    return message


def NC_(context: str, message: str) -> str:  # noqa: N802
    """Mark a message for :func:`pgettext` without looking it up."""
    return message


def listed(names: Iterable[str]) -> str:
    """Names one after the other, with the comma of the language."""
    return _(", ").join(names)


def listed_apart(phrases: Iterable[str]) -> str:
    """Phrases that may have commas of their own, with the semicolon of the language."""
    return _("; ").join(phrases)


def about_catalogue(name: str) -> str:
    """A line of the header of the current language's catalogue; empty where it has none."""
    if (code := _language.get()) == SOURCE_LANGUAGE:
        return ""
    return _head(catalogue_file(code)).get(name, "")


def language() -> str:
    """Code of the current language ("en")."""
    return _language.get()


def folder_of(code: str) -> str:
    """Folder of what is written in a language, within a results folder: none for English."""
    return "" if code == SOURCE_LANGUAGE else f"{code}/"


def direction() -> Literal["ltr", "rtl"]:
    """Direction in which the current language is written."""
    return "rtl" if language() in _FROM_RIGHT_TO_LEFT else "ltr"


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Show everything inside the block in another language.

    Parameters
    ----------
    code : str
        Language code, as "fr".

    Raises
    ------
    FileNotFoundError
        There is no catalogue for that language.
    """
    token = _language.set(code)
    try:
        _catalogue()
        yield
    finally:
        _language.reset(token)
