"""Every message for readers is in the template, and in the catalogue of every language."""

import string
from importlib.resources import as_file, files
from itertools import chain

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from cips_models import wording
from cips_models.charts import numbers
from cips_models.model.specification_file import folder as shipped_folder

PACKAGE = files("cips_models")
KEYWORDS = {**DEFAULT_KEYWORDS, **parse_keywords(["N_", "NC_:1c,2", "Column:3"])}
OTHERS = [code for code in wording.LANGUAGES if code != wording.SOURCE_LANGUAGE]


def messages_in_source():
    with as_file(PACKAGE) as root, (root / "locale" / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)
        found = chain.from_iterable(
            extract_from_dir(folder, methods, options, keywords=KEYWORDS)
            for folder in (root, shipped_folder())
        )
        return {(context, message) for _file, _line, message, _comments, context in found}


def template():
    with (PACKAGE / "locale" / "cips_models.pot").open("rb") as file:
        return read_po(file)


def test_the_template_holds_every_message_and_no_other():
    listed = {(message.context, message.id) for message in template() if message.id}
    source = messages_in_source()
    assert len(source) > 1000
    advice = "`make messages` writes the template anew"
    assert sorted(map(str, source - listed)) == [], advice
    assert sorted(map(str, listed - source)) == [], advice


def test_placeholders_have_names_and_no_formats():
    for _context, message in messages_in_source():
        for text in [message] if isinstance(message, str) else message:
            for _text, field, form, _conversion in string.Formatter().parse(text):
                assert field != "", text
                assert not form, f"{text!r}: a number is written by charts.numbers, not here"


@pytest.mark.parametrize("code", OTHERS)
def test_the_catalogue_of_a_language_is_complete(code):
    path = wording.catalogue_file(code)
    assert path.is_file(), f"no catalogue of {code}"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=code)
    problems = []
    for wanted in template():
        if not wanted.id:
            continue
        found = catalogue.get(wanted.id, context=wanted.context)
        forms = () if found is None else found.string
        forms = (forms,) if isinstance(forms, str) else tuple(forms)
        if not forms or not all(forms):
            problems.append(f"not translated: {wanted.id!r}")
            continue
        if found.fuzzy:
            problems.append(f"fuzzy: {wanted.id!r}")
        if wanted.pluralizable and len(forms) != catalogue.num_plurals:
            problems.append(f"{len(forms)} forms of {catalogue.num_plurals}: {wanted.id!r}")
        problems += [f"{wanted.id!r}: {said}" for said in _places(wanted, forms)]
    assert problems == [], f"{code}: {len(problems)} of {len(template())}"


def _places(wanted, forms):
    """Places for numbers and labels that a translation lacks or invents."""
    ids = wanted.id if isinstance(wanted.id, tuple) else (wanted.id,)
    of_ids = [_fields(text) for text in ids]
    most, least = set().union(*of_ids), set.intersection(*of_ids)
    for form in forms:
        fields = _fields(form)
        if fields - most:
            yield f"has the places {sorted(fields - most)}, which the message lacks"
        # A form for one or two may say the number in a word.
        needed = least - {"n"} if len(ids) > 1 else least
        if needed - fields:
            yield f"lacks the places {sorted(needed - fields)}"


def _fields(text):
    return {field for _text, field, *_rest in string.Formatter().parse(text) if field}


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_says_whether_it_was_reviewed_and_whence_names_of_factors_are(code):
    with wording.speaking(code):
        assert wording.about_catalogue("X-Reviewed") in ("yes", "no")
        assert wording.about_catalogue("X-Factor-Names-Source")


@pytest.fixture
def one_message(tmp_path, monkeypatch):
    """A catalogue in French of one message."""
    catalogue = template()
    catalogue.locale = "fr"
    catalogue["{lower} to {upper}"].string = "de {lower} à {upper}"
    monkeypatch.setattr(wording, "_LOCALE", tmp_path)
    path = wording.catalogue_file("fr")
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, catalogue)


@pytest.mark.usefixtures("one_message")
def test_another_language_is_spoken_inside_its_block_only():
    assert numbers.span(1, 2) == "+1.0 to +2.0"
    with wording.speaking("fr"):
        assert wording.language() == "fr"
        assert numbers.span(1, 2) == "de +1,0 à +2,0"
        assert wording._("not in the catalogue") == "not in the catalogue"
    assert numbers.span(1, 2) == "+1.0 to +2.0"


def test_a_language_without_a_catalogue_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(wording, "_LOCALE", tmp_path)
    with pytest.raises(FileNotFoundError), wording.speaking("tlh"):
        pass
    assert wording.language() == "en"
