"""Sentences of result files are told again in another language: whole, with labels and numbers."""

import string
from importlib.resources import as_file, files
from itertools import chain

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

import pseudo
from cips_models.estimands.identification import Refusal
from cips_models.retelling import told
from cips_models.wording import speaking

#: Where sentences are written that result files keep.
LAYERS = ("survey", "inference", "estimands", "did", "workflow")

#: Said on the way, and kept in no file.
NOT_KEPT = {
    "{done} of {all} specifications",
    "stage 1, to find the most influential countries",
    "multiverse.csv is of another state of the survey, and is not shown.",
}


def kept_messages():
    with as_file(files("cips_models")) as root:
        found = chain.from_iterable(
            extract_from_dir(
                root / layer, [("**.py", "python")], keywords={**DEFAULT_KEYWORDS, "N_": None}
            )
            for layer in LAYERS
        )
        messages = {message for _file, _line, message, _comments, _context in found}
    forms = chain.from_iterable(
        [(m, "37")] if isinstance(m, str) else zip(m, ("1", "37"), strict=True) for m in messages
    )
    return sorted({(form, number) for form, number in forms if form not in NOT_KEPT})


def places(message):
    return [name for _text, name, *_rest in string.Formatter().parse(message) if name]


@pytest.fixture
def cyrillic(tmp_path, monkeypatch):
    pseudo.speak(pseudo.CYRILLIC, tmp_path, monkeypatch)
    with speaking(pseudo.CYRILLIC):
        yield


@pytest.mark.usefixtures("cyrillic")
def test_every_message_that_is_kept_is_known_again_in_its_instances():
    unknown = []
    for message, number in kept_messages():
        own = "".join(text for text, *_rest in string.Formatter().parse(message))
        if sum(map(str.isalpha, own)) < 7:
            continue  # a part of others, which are told whole
        values = dict.fromkeys(places(message), number)
        instance = message.format(**values)
        wanted = pseudo.written(message, pseudo.CYRILLIC).format(**values)
        if told(instance) != wanted:
            unknown.append((instance, told(instance)))
    assert unknown == []


def spoken(message, **values):
    return pseudo.written(message, pseudo.CYRILLIC).format(**values)


@pytest.mark.usefixtures("cyrillic")
def test_labels_and_numbers_stand_in_their_places():
    change = told("Change from 2021 to 2023, Ministry 9")
    assert change == spoken(
        "Change from {first} to {last}, {group}", first="2021", last="2023", group="Ministry 9"
    )
    automation, transparency = (spoken(name) for name in ("Automation", "Transparency"))
    listed = told("In one wave only, so in the levels but in no change: Automation, Transparency.")
    assert listed.endswith(f" {automation}, {transparency}.")
    assert told("sd held at 0.25 logits") == spoken("sd held at {sd} logits", sd="0,25")
    cells = told("Without a respondent: Angola / officials / 2021, Angola / guests / 2021.")
    officials = spoken("customs officials")
    assert cells.endswith(f"Ангола / {officials} / 2021, Ангола / guests / 2021.")


@pytest.mark.usefixtures("cyrillic")
def test_messages_in_messages_and_one_after_the_other():
    population = (
        "the 92 supported country x factor cells seen in both waves, 2021 and 2023 (one cell was "
        "under support when first seen: it enters neither the effect nor the comparison)"
    )
    effect = "Officials: the average effect of support on {}; every supported cell weighs the same."
    said = told(effect.format(population) + " In percentage points of positive answers.")
    assert not set(said) & set(string.ascii_letters)
    assert "92" in said
    refusal = Refusal(
        "Effect of support, private sector", "", ("latent",),
        "No supported cell was seen before and after its support began.",
        "Survey the group before and after.",
    )  # fmt: skip
    assert set(told(str(refusal))) & set(string.ascii_letters) == set("latent")


@pytest.mark.usefixtures("cyrillic")
@pytest.mark.parametrize("text", ["", "A note of our own.", "Angolans: none", "Q07"])
def test_what_is_no_instance_of_a_message_stays(text):
    assert told(text) == text


@pytest.mark.usefixtures("cyrillic")
def test_a_text_that_was_told_is_told_the_same():
    once = told("No question was asked in both waves: the answers are to other questions.")
    assert told(once) == once


def test_in_english_everything_stays():
    text = "Without a respondent: Angola / officials / 2021."
    assert told(text) is text
