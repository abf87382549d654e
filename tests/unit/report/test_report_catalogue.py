"""Every message for readers is in the template that translators work from."""

import gettext
import string
from importlib.resources import as_file, files

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from cips_models import wording
from cips_models.charts import numbers

PACKAGE = files("cips_models")


def messages_in_source():
    with as_file(PACKAGE) as root, (root / "locale" / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)
        found = extract_from_dir(root, methods, options, keywords={**DEFAULT_KEYWORDS, "N_": None})
        return {message for _file, _line, message, _comments, _context in found}


def template():
    with (PACKAGE / "locale" / "cips_models.pot").open("rb") as file:
        return read_po(file)


def test_the_template_holds_every_message_and_no_other():
    listed = {message.id for message in template() if message.id}
    source = messages_in_source()
    assert len(source) > 150
    advice = "see locale/README.md for the command that writes the template anew"
    assert sorted(map(str, source - listed)) == [], advice
    assert sorted(map(str, listed - source)) == [], advice


def test_placeholders_have_names():
    for message in messages_in_source():
        for text in [message] if isinstance(message, str) else message:
            fields = [field for _text, field, *_rest in string.Formatter().parse(text)]
            assert all(field != "" for field in fields), text


def test_another_language_is_spoken_inside_its_block_only(tmp_path, monkeypatch):
    catalogue = template()
    catalogue.locale = "fr"
    catalogue["{lower} to {upper}"].string = "de {lower} à {upper}"
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / f"{wording.DOMAIN}.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(wording, "_LOCALE", tmp_path)
    assert numbers.span(1, 2) == "+1.0 to +2.0"
    with wording.speaking("fr"):
        assert wording.language() == "fr"
        assert numbers.span(1, 2) == "de +1.0 à +2.0"
        assert wording._("not in the catalogue") == "not in the catalogue"
    assert numbers.span(1, 2) == "+1.0 to +2.0"


def test_a_language_without_a_catalogue_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(wording, "_LOCALE", tmp_path)
    monkeypatch.setattr(gettext, "_translations", {})
    with pytest.raises(FileNotFoundError), wording.speaking("tlh"):
        pass
    assert wording.language() == "en"
