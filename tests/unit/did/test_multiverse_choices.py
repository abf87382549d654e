"""What a multiverse is declared to be, and what a choice does to a specification."""

import pytest

from cips_models.did.multiverse.declaration import DIMENSIONS, declaration, default_file
from cips_models.did.multiverse.fitting import chosen_survey, failed_rows, hierarchy, possible
from cips_models.did.multiverse.influence import by_influence
from cips_models.errors import SpecificationError, SurveyError
from cips_models.inference.cut import Measured
from cips_models.model.build import CellEstimates
from cips_models.model.design import design
from cips_models.model.layout import layout
from cips_models.model.specification_file import available, specification
from cips_models.survey.subset import without
from cips_models.tables import TABLES

import numpy as np  # isort: skip

FIRST = {
    "bracket": "did",
    "drift": "1",
    "priors": "as is",
    "countries": "all",
    "general_factor": "on",
    "strata": "on",
    "dont_know": "dropped",
}
SUPPORTED = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0], [0, 0, 1]], bool)
COUNTRIES = ("Avalon", "Belovodye", "Cockaigne", "Dilmun")


def declared(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return declaration(path)


def edited(old, new):
    text = default_file().read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new)


def test_the_default_combines_what_its_sweeps_say():
    universes = declaration().universes()
    assert dict(universes[0]) == FIRST
    combinations = {tuple(universe.values()) for universe in universes}
    assert len(combinations) == len(universes) == 3 * 3 * 3 + 3 * 2 + 3 * (2 * 2 - 1) + 3 * 2
    # Countries are left out under the first choice of all else but the bracket.
    left_out = [u for u in universes if u["countries"] != "all"]
    others = [name for name in DIMENSIONS if name not in ("bracket", "countries")]
    assert all(u[name] == FIRST[name] for u in left_out for name in others)


def test_a_full_multiverse_is_one_sweep(tmp_path):
    text = default_file().read_text(encoding="utf-8")
    start, end = text.index("sweeps = ["), text.index("# What may be chosen")
    full = f"{text[:start]}sweeps = [{list(DIMENSIONS)}]\n{text[end:]}"
    assert len(declared(tmp_path, full).universes()) == 3**4 * 2**3


def test_the_default_is_no_specification():
    assert "multiverse" not in available()
    assert "default" not in available()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("format = 1", "format = 2", "found format 2"),
        ('["bracket", "countries"]', '["bracket", "moon"]', "any of bracket, drift"),
        ('["as is", "wide", "narrow"]', '["as is", "huge"]', "found 'huge'"),
        ("[1, 0, 2]", "[1, -1]", "found -1"),
        ("[1, 0, 2]", "[1, 1]", "a choice twice"),
        ("[1, 0, 2]", "[]", "found []"),
        ('strata = ["on", "off"]', "", "found none of strata"),
        ('"did", "exchangeable"', '"did", "nothing-of-the-kind"', "no shipped one"),
        ('["all", "without the most', '["all", "but the most', "'without NAME'"),
        ("[choices]", "[choices]\nmoon = ['full']", "found unknown moon"),
    ],
)
def test_a_wrong_declaration_is_refused_with_what_was_expected(tmp_path, old, new, said):
    with pytest.raises(SpecificationError) as refused:
        declared(tmp_path, edited(old, new))
    assert said in str(refused.value)


def test_priors_get_wide_and_narrow():
    base = specification("did")
    wide, narrow = (hierarchy(base, FIRST | {"priors": w}).priors for w in ("wide", "narrow"))
    for name in ("effect", "country_effect", "factor_effect"):
        assert wide[name].sd == 2 * base.priors[name].sd == 4 * narrow[name].sd
    assert wide["cell_change"] == base.priors["cell_change"]


def test_choices_are_terms_of_the_specification():
    base = specification("no-item-shifts")
    chosen = {"bracket": "conditional", "general_factor": "off", "dont_know": "informative"}
    one = hierarchy(base, FIRST | chosen).structure
    assert (one.persistence, one.general_factor, one.dont_know) == (True, False, "informative")
    assert not one.item_shifts  # as in stage 1, which has the study's items


def test_what_a_study_does_not_allow_is_left_out_and_said(make_survey):
    survey = make_survey(countries=COUNTRIES, supported=SUPPORTED)  # its gaps are don't know
    allowed, notes = possible(survey, specification("no-item-shifts"))
    assert allowed == {"strata": ("on",), "drift": ("1",)}
    assert len(notes) == 2
    limited = declaration().limited(allowed)
    assert limited.choices["drift"] == ("1",)
    assert len(limited.universes()) == 3 * 3 + 3 * 2 + 3 + 3


def test_a_survey_without_a_country(make_survey):
    people = {"rank": ["staff", "manager"] * (4 * 2 * 2)}
    survey = make_survey(
        countries=COUNTRIES, supported=SUPPORTED, background=people,
        composition={"columns": ["rank"]},
    )  # fmt: skip
    fewer = without(survey, country="Belovodye")
    assert fewer.countries == ("Avalon", "Cockaigne", "Dilmun")
    assert list(fewer.respondents["country"].cat.categories) == list(fewer.countries)
    assert len(fewer.respondents) == len(fewer.answers) == len(fewer.composition.stratum) == 24
    assert fewer.supported.sizes["country"] == 3
    assert fewer.fingerprint != survey.fingerprint
    assert survey.countries == COUNTRIES  # the caller's is untouched
    layout(fewer, by_stratum=True)
    assert chosen_survey(survey, FIRST) is survey
    with pytest.raises(SurveyError, match="Eldorado"):
        without(survey, country="Eldorado")


def test_the_most_influential_country_is_found(make_survey):
    """One country's supported cell rises by 2 where all else stays: without it nothing is left."""
    supports = np.tile(np.eye(3, dtype=bool), (2, 1))  # every factor in two of six countries
    names = (*COUNTRIES, "Eldorado", "Flatland")
    survey = make_survey(countries=names, supported=supports, missing=0.0)
    plan = design(survey, layout(survey))
    position = np.argwhere(plan.observed)
    supported = supports[position[:, 0], position[:, 1]]
    rises = (position[:, 0] == 2) & (position[:, 3] == 1) & supported
    many = len(position)
    cells = CellEstimates(position, 2.0 * rises, np.eye(many), np.zeros((many, 0)))
    assert by_influence(Measured(cells, None, None), plan)[0] == "Cockaigne"


def test_a_failed_universe_keeps_its_rows():
    rows = failed_rows(FIRST, ("officials", "private sector"), "no reason")
    assert list(rows.columns) == [column.name for column in TABLES["multiverse"]]
    assert len(rows) == 2 * 5
    assert rows["mean"].isna().all()
    assert rows["p_positive"].isna().all()
    assert set(rows["reason"]) == {"no reason"}
    assert not rows["passed"].any()
