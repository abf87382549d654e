"""Words of answer scales: known in five languages, in order, and never in a wrong one."""

import tomllib
from importlib.resources import files
from itertools import chain, permutations

import pytest

from cips_models.survey.answer_words import in_order, no_answer, plain, unknown

LANGUAGES = ("en", "fr", "ar", "pt", "es")
WORDS = tomllib.loads(
    files("cips_models.survey").joinpath("answer_words.toml").read_text(encoding="utf-8")
)
SCALES = {name: steps for name, steps in WORDS.items() if name != "no_answer"}

#: Scales as they are printed, from the least favourable answer.
PRINTED = [
    ("agreement", "en", "Strongly disagree|Disagree|Neither agree nor disagree|Agree"
     "|Strongly agree"),
    ("agreement", "en", "Strongly disagree|Somewhat disagree|Somewhat agree|Strongly agree"),
    ("agreement", "en", "Strongly disagree|Disagree|Slightly disagree|Neutral|Slightly agree|Agree"
     "|Strongly agree"),
    ("agreement", "fr", "Pas du tout d’accord|Plutôt pas d'accord|Plutôt d'accord"
     "|Tout à fait d'accord"),
    ("agreement", "fr", "Pas du tout d'accord|Pas d'accord|Ni d'accord, ni pas d'accord|D'accord"
     "|Tout à fait d'accord"),
    ("agreement", "ar", "لا أوافق بشدّة|لا أوافق|محايد|أوافق|أوافق بشدّة"),
    ("agreement", "ar", "غير موافق بشدة|غير موافق|محايد|موافق|موافق بشدة"),
    ("agreement", "pt", "Discordo totalmente|Discordo|Não concordo nem discordo|Concordo"
     "|Concordo totalmente"),
    ("agreement", "es", "Muy en desacuerdo|En desacuerdo|Ni de acuerdo ni en desacuerdo|De acuerdo"
     "|Muy de acuerdo"),
    ("agreement", "es", "Nada de acuerdo|Poco de acuerdo|Bastante de acuerdo|Muy de acuerdo"),
    ("frequency", "en", "Never|Rarely|Sometimes|Often|Always"),
    ("frequency", "fr", "Jamais|Rarement|Parfois|Souvent|Toujours"),
    ("frequency", "ar", "أبداً|نادراً|أحياناً|غالباً|دائماً"),
    ("frequency", "pt", "Nunca|Raramente|Às vezes|Frequentemente|Sempre"),
    ("frequency", "es", "Nunca|Casi nunca|A veces|Casi siempre|Siempre"),
    ("satisfaction", "en", "Very dissatisfied|Dissatisfied|Neither satisfied nor dissatisfied"
     "|Satisfied|Very satisfied"),
    ("satisfaction", "fr", "Pas du tout satisfait(e)|Peu satisfait(e)|Plutôt satisfait(e)"
     "|Très satisfait(e)"),
    ("satisfaction", "ar", "غير راضٍ تماماً|غير راضٍ|محايد|راضٍ|راضٍ تماماً"),
    ("satisfaction", "pt", "Muito insatisfeito|Insatisfeito|Neutro|Satisfeito|Muito satisfeito"),
    ("satisfaction", "es", "Muy insatisfecho/a|Insatisfecho/a|Satisfecho/a|Muy satisfecho/a"),
    ("quality", "en", "Very poor|Poor|Fair|Good|Very good|Excellent"),
    ("quality", "fr", "Très mauvaise|Mauvaise|Moyenne|Bonne|Très bonne"),
    ("quality", "ar", "سيئ جداً|سيئ|متوسط|جيد|جيد جداً|ممتاز"),
    ("quality", "pt", "Péssimo|Ruim|Regular|Bom|Ótimo"),
    ("quality", "es", "Muy malo|Malo|Regular|Bueno|Muy bueno"),
    ("likelihood", "en", "Very unlikely|Unlikely|Neither likely nor unlikely|Likely|Very likely"),
    ("likelihood", "fr", "Très improbable|Improbable|Probable|Très probable"),
    ("likelihood", "ar", "غير محتمل على الإطلاق|غير محتمل|محتمل|محتمل جدا"),
    ("likelihood", "pt", "Muito improvável|Improvável|Provável|Muito provável"),
    ("likelihood", "es", "Nada probable|Poco probable|Probable|Muy probable"),
    ("extent", "en", "Not at all|To a small extent|To some extent|To a large extent"),
    ("extent", "fr", "Pas du tout|Un peu|Assez|Beaucoup"),
    ("extent", "ar", "على الإطلاق|إلى حد قليل|إلى حد ما|إلى حد كبير|إلى حد كبير جدا"),
    ("extent", "pt", "Nada|Pouco|Mais ou menos|Bastante|Muito"),
    ("extent", "es", "Nada|Poco|Bastante|Mucho"),
    ("yes_no", "en", "No|Yes"),
    ("yes_no", "fr", "Non|En partie|Oui"),
    ("yes_no", "ar", "لا|نعم"),
    ("yes_no", "pt", "Não|Sim"),
    ("yes_no", "es", "No|Sí"),
]  # fmt: skip


@pytest.mark.parametrize(("scale", "language", "printed"), PRINTED)
def test_printed_scales_are_put_in_order(scale, language, printed):
    labels = printed.split("|")
    for shuffled in (labels, labels[::-1], labels[1::2] + labels[::2]):
        order = in_order(shuffled)
        assert order.scale == scale
        assert language in order.languages
        assert [shuffled[k] for k in order.positions] == labels


@pytest.mark.parametrize("printed", [printed for *_, printed in PRINTED])
def test_one_unknown_label_and_nothing_is_put_in_order(printed):
    labels = printed.split("|")
    for k in range(len(labels)):
        assert in_order([*labels[:k], "something else", *labels[k + 1 :]]) is None


@pytest.mark.parametrize(
    "labels",
    [
        ("Never", "Sometimes", "Occasionally", "Always"),  # two words for one step
        ("Yes", "Yes!"),
        ("Agree",),
        (),
        ("Strongly agree", "Often"),  # of two scales
        ("Disagree", "Undecided", "Agree"),
        ("Disagree", "Not sure", "Agree"),
        ("Yes", "Don't know", "No"),  # what is no answer must be taken out before
        ("1", "2", "3"),
    ],
)
def test_what_is_not_put_in_order(labels):
    assert in_order(labels) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("D’ACCORD", "d'accord"),
        ("désaccord", "desaccord"),
        ("desaccord\u0301", "désaccorD́"),
        ("أوافق", "اوافق"),
        ("إلى حدٍّ ما", "الى حد ما"),
        ("موافـــق", "موافق"),
        ("بشدة", "بشده"),
        ("راضى", "راضي"),
        ("ٱلآن", "الان"),
        ("مؤيد", "مويد"),
        ("\u200fموافق\u200f", "موافق"),
        ("5 - Strongly agree", "Strongly agree"),
        ("Strongly agree (5)", "strongly  agree."),
        ("Satisfait(e)", "satisfait"),
        ("satisfecho/a", "Satisfecho"),
        ("satisfait·e", "satisfait"),
        ("Don’t know", "DONT KNOW"),
    ],
)
def test_what_does_not_matter(one, other):
    assert plain(one) == plain(other) != ""


def test_what_does_matter():
    assert plain("N/A") != plain("N")
    assert plain("لا أوافق") != plain("أوافق")
    assert plain("Non") != plain("No")


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("Don't know", "dont_know"),
        ("Ne sait pas", "dont_know"),
        ("لا أعرف", "dont_know"),
        ("Não sei", "dont_know"),
        ("No sabe / No contesta", "dont_know"),
        ("Prefer not to say", "refused"),
        ("Je préfère ne pas répondre", "refused"),
        ("أفضّل عدم الإجابة", "refused"),
        ("Prefiro não responder", "refused"),
        ("Se niega a responder", "refused"),
        ("99. Not applicable", "not_asked"),
        ("Sans objet", "not_asked"),
        ("لا ينطبق", "not_asked"),
        ("Não se aplica", "not_asked"),
        ("No aplica", "not_asked"),
        ("N/A", "not_asked"),
        ("Neither agree nor disagree", None),
        ("Neutral", None),
        ("No", None),
        ("لا", None),
        ("", None),
    ],
)
def test_reasons_for_no_answer(label, reason):
    assert no_answer(label) == reason


def test_unknown_labels_are_named():
    assert unknown(["Agree", "Kind of", "Neutral"]) == ("Kind of",)


@pytest.mark.parametrize("scale", SCALES)
def test_a_word_is_one_step_of_its_scale_and_no_reason_for_silence(scale):
    places = {}
    for k, step in enumerate(SCALES[scale]):
        assert tuple(step) == LANGUAGES
        for word in chain(*step.values()):
            assert plain(word)
            assert places.setdefault(plain(word), k) == k, word
            assert no_answer(word) is None


def test_every_reason_is_known_in_every_language_and_is_one():
    reasons = {}
    for reason, by_language in WORDS["no_answer"].items():
        assert tuple(by_language) == LANGUAGES
        for word in chain(*by_language.values()):
            assert reasons.setdefault(plain(word), reason) == reason, word


@pytest.mark.parametrize(("one", "other"), list(permutations(SCALES, 2)))
def test_scales_that_share_words_agree_on_their_order(one, other):
    first, second = (
        {plain(w): k for k, step in enumerate(SCALES[name]) for w in chain(*step.values())}
        for name in (one, other)
    )
    shared = sorted(first.keys() & second.keys(), key=first.get)
    assert [second[word] for word in shared] == sorted(second[word] for word in shared)
