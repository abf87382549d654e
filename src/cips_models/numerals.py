"""Numbers and dates as a language writes them; English stays as it was printed.

Numbers are printed in English and written anew here.  The decimal sign is that of the Unicode
CLDR (by Babel).  Thousands are parted by a narrow space and a minus is a real one in every
language (ISO 80000-1, 7.3).

Digits are 0 to 9 in Arabic, too.  The CLDR gives "ar" Arabic-Indic digits and most Arabic
countries of North Africa 0 to 9; labels of waves, codes and files are the user's and hold 0 to 9,
so that one page would otherwise mix both.  Signs before a number are held to it by a
left-to-right mark, as in the CLDR's own symbols for Arabic.
"""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from cips_models.wording import SOURCE_LANGUAGE, _, direction, language

#: Locales whose numbers and dates a language has here, where it is not its own: the Portuguese
#: of Portugal and of Africa, where surveys are, and not that of Brazil.
_LOCALES: Final = MappingProxyType({"pt": "pt_PT"})

_MARK: Final = "\N{LEFT-TO-RIGHT MARK}"
_OTHER_MARK: Final = "\N{RIGHT-TO-LEFT MARK}"

#: Around a label of another direction than the text's.
ISOLATE: Final = "\N{FIRST STRONG ISOLATE}"
END: Final = "\N{POP DIRECTIONAL ISOLATE}"

#: A number as it is printed in English, with its sign or what bounds it.
NUMBER: Final = re.compile(
    r"[<>][ \N{NO-BREAK SPACE}]?\d+(?:\.\d+)?|[+\N{MINUS SIGN}±-]?\d+(?:\.\d+)?"
)


@cache
def _locale(code: str) -> Any:
    from babel import Locale

    return Locale.parse(_LOCALES.get(code, code))


def locale_tag() -> str:
    """Tag of the current language's locale, as browsers know it ("pt-PT")."""
    return str(_locale(language())).replace("_", "-")


@cache
def _decimal(code: str) -> str:
    return str(_locale(code).number_symbols["latn"]["decimal"])


def local(number: str) -> str:
    """A number that was printed in English, as the current language writes it, on one line."""
    number = number.replace(" ", "\N{NO-BREAK SPACE}")
    if (code := language()) == SOURCE_LANGUAGE:
        return number
    return held(number.replace(".", _decimal(code)))


def held(text: str) -> str:
    """Text of signs and digits that is not turned around in a line from right to left."""
    if direction() == "ltr" or text[:1].isdigit():
        return text
    return f"{_MARK}{text}"


def per_cent(share: float) -> str:
    """A share in whole per cent, as the current language writes it."""
    number = f"{100 * share:.0f}".replace("-", "\N{MINUS SIGN}")
    return _("{share} %").format(share=local(number)).replace(" ", "\N{NO-BREAK SPACE}")


def alike(number: str) -> int:
    """The least whole number whose nouns have the form that those of a printed number have.

    For :func:`cips_models.wording.ngettext`, which takes whole numbers only: "0.9 point" in
    French, "0.9 points" elsewhere (the plural rules of the Unicode CLDR).

    Parameters
    ----------
    number : str
        As it is printed in English: "1", "1.0", "+0.9".
    """
    digits = number.lstrip("+-\N{MINUS SIGN}")
    if digits.isdigit():
        return int(digits)
    if not digits[:1].isdigit():  # none, as "nan"
        return 0
    form = _locale(language()).plural_form
    return next(n for n in range(101) if form(n) == form(Decimal(digits)))


def isolated(label: str) -> str:
    """A label of another direction than the language's, so that it turns nothing beside it.

    By the first strong isolate of Unicode Standard Annex 9, section 2.6; a label of digits and
    signs alone, as a wave's, has no direction.
    """
    if direction() == "ltr":
        return label
    kinds = set(map(unicodedata.bidirectional, label))
    return f"{ISOLATE}{label}{END}" if "L" in kinds and not kinds & {"R", "AL", "FSI"} else label


def bare(text: str) -> str:
    """Text without marks of direction: a label as it was."""
    return re.sub(f"[{_MARK}{_OTHER_MARK}{ISOLATE}{END}]", "", text)


def has_right_to_left(text: str) -> bool:
    """Whether some letters of a text are written from right to left."""
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)


def from_right(text: str) -> str:
    """Lines of a text that hold letters from right to left, marked as such: numbers may begin them.

    For what has no paragraph of its own direction, as the texts of a chart.
    """

    def marked(line: str) -> str:
        marked_already = line.startswith(_OTHER_MARK)
        return line if marked_already or not has_right_to_left(line) else f"{_OTHER_MARK}{line}"

    return "\n".join(map(marked, text.split("\n")))


def day(iso: str) -> str:
    """A date, in English as it is stored ("2026-01-02"), else as the language says it.

    Parameters
    ----------
    iso : str
        Anything but an ISO date stays as it is.
    """
    if (code := language()) == SOURCE_LANGUAGE:
        return iso
    from babel.dates import format_date

    try:
        when = date.fromisoformat(iso)
    except ValueError:
        return iso
    said = format_date(when, "long", locale=_locale(code))
    return str(said).translate(_WESTERN)


#: Arabic-Indic digits and the usual ones.
_WESTERN: Final = {ord("٠") + digit: str(digit) for digit in range(10)}


def territories(code: str) -> dict[str, str]:
    """Names of countries and territories in a language, by their codes (CLDR)."""
    return dict(_locale(code).territories)
