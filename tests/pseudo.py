"""A language that nobody speaks: every message in letters of another script.

Letters of the alphabet that a reader sees under it were not looked up in the catalogue.
"""

import io
import re
import string
from importlib.resources import files

from babel.messages.pofile import read_po, write_po

from cips_models import wording

#: Left to right; its country names and long dates are in Cyrillic letters, too.
CYRILLIC = "bg"
#: From right to left.
ARABIC = "ar"

_LETTERS = {
    CYRILLIC: "абвгдежзийклмнопрстуфхцчшщ",
    ARABIC: "ابتثجحخدذرزسشصضطظعغفقكلمنه",
}


def written(text, code):
    """A message in letters of the language; places for values stay."""
    letters = str.maketrans(
        string.ascii_lowercase + string.ascii_uppercase,
        _LETTERS[code] + _LETTERS[code].upper(),
    )
    parts = re.split(r"(\{\w*\})", text)
    return "".join(part if k % 2 else part.translate(letters) for k, part in enumerate(parts))


def speak(code, folder, monkeypatch):
    """Make the language the only one that there is beside English; ``speaking(code)`` speaks it."""
    with (files("cips_models") / "locale" / "cips_models.pot").open("rb") as file:
        catalogue = read_po(file, locale=code)
    for message in catalogue:
        if message.id and isinstance(message.id, str):
            message.string = written(message.id, code)
        elif message.id:
            forms = [written(form, code) for form in message.id]
            message.string = (forms[0], *[forms[1]] * (catalogue.num_plurals - 1))
    monkeypatch.setattr(wording, "_LOCALE", folder)
    path = wording.catalogue_file(code)
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = io.BytesIO()
    write_po(entries, catalogue, omit_header=True)
    head = "".join(f'"{name}: {value}\\n"\n' for name, value in _head(catalogue).items())
    text = entries.getvalue().decode("utf-8")
    path.write_text(f'msgid ""\nmsgstr ""\n{head}\n{text}', encoding="utf-8")


def _head(catalogue):
    return {
        "Content-Type": "text/plain; charset=utf-8",
        "Plural-Forms": catalogue.plural_forms,
        "X-Reviewed": "no",
        "X-Factor-Names-Source": "1",
    }
