"""What cannot be told is refused with the reason; what can be told is the right number."""

import dataclasses

import numpy as np
import pytest
import xarray as xr

import cips_models as cips
from cips_models.errors import IdentificationError
from cips_models.estimands.identification import common_scale
from cips_models.estimands.refusals import change_refusals, level_refusals
from cips_models.estimands.scales import on_scales

GROUPS = ("officials", "private sector")


def asking(fit, asked):
    """The fit with other questions asked: question -> {group: waves}; others as they were."""
    book = fit.questionnaire.copy(deep=True)
    for name, where in asked.items():
        book["asked"].loc[{"question": name}] = 0
        for group, waves in where.items():
            book["asked"].loc[{"question": name, "group": group, "wave": list(waves)}] = 1
    return dataclasses.replace(fit, questionnaire=book)


def of_one_group(fit, factor):
    """The fit with a factor's shared question asked of officials only."""
    name = {"Automation": "A1", "Transparency": "T1"}[factor]
    return asking(fit, {name: {"officials": fit.design.waves}})


def texts(refusals):
    return [str(refusal) for refusal in refusals]


# --- which levels have a common scale ------------------------------------------------------


def test_questions_tie_groups_and_waves_together(fit):
    scale = common_scale(fit)
    assert (scale >= 0).all()
    assert (scale == scale[:, 0, 0]).all()
    apart = common_scale(of_one_group(fit, "Automation"))
    assert (apart.sel(factor="Transparency") == 0).all()
    own = apart.sel(factor="Automation")
    assert (own.isel(wave=0) == own.isel(wave=1)).all()
    assert (own.sel(group=GROUPS[0]) != own.sel(group=GROUPS[1])).all()


def test_a_chain_of_questions_ties_too(make_fit):
    """Officials get A2 at first and A3 later; A1, which private sector answers, ties them."""
    fit = asking(
        make_fit(waves=("1", "2", "3")),
        {
            "A1": {"officials": "2", "private sector": "123"},
            "A2": {"officials": "12"},
            "A3": {"officials": "23"},
        },
    )
    scale = common_scale(fit).sel(factor="Automation")
    assert (scale == scale[0, 0]).all()
    broken = common_scale(asking(fit, {"A3": {"officials": "3"}})).sel(factor="Automation")
    assert broken.sel(group="officials", wave="1") == broken.sel(group="private sector", wave="3")
    assert broken.sel(group="officials", wave="3") != broken.sel(group="officials", wave="2")
    never = common_scale(asking(fit, {q: {} for q in ("A1", "A2", "A3")}))
    assert (never.sel(factor="Automation") == -1).all()


# --- two groups ----------------------------------------------------------------------------


def test_groups_with_shared_questions_are_compared_on_these(fit):
    latent = cips.contrast(fit, "latent", group=GROUPS)
    level = cips.levels(fit)["latent"]
    wanted = level.sel(group=GROUPS[0], drop=True) - level.sel(group=GROUPS[1], drop=True)
    assert latent.dims == ("chain", "draw", "country", "factor", "wave")
    assert latent["group"].item() == "officials - private sector"
    np.testing.assert_array_equal(latent, wanted)
    # A1 and T1 are shared: a fit that knows no other questions of theirs gives the levels.
    alone = asking(fit, {"A2": {}, "A3": {}, "T2": {}})
    for scale in ("percent", "score"):
        own = cips.levels(alone)[scale]
        wanted = own.sel(group=GROUPS[0], drop=True) - own.sel(group=GROUPS[1], drop=True)
        np.testing.assert_allclose(cips.contrast(fit, scale, group=GROUPS), wanted, atol=1e-9)
        unlike = cips.levels(fit)[scale]
        unlike = unlike.sel(group=GROUPS[0]) - unlike.sel(group=GROUPS[1])
        assert float(abs(unlike - wanted).max()) > 1


@pytest.mark.parametrize("scale", ["latent", "percent", "score"])
def test_groups_without_shared_questions_are_not(fit, scale):
    partly = of_one_group(fit, "Transparency")
    found = cips.contrast(partly, scale, group=GROUPS)
    assert found.sel(factor="Transparency").isnull().all()
    assert found.sel(factor="Automation", country="Aland").notnull().all()
    wholly = of_one_group(partly, "Automation")
    with pytest.raises(IdentificationError, match=r"no common scale\. Ask both groups some"):
        cips.contrast(wholly, scale, group=GROUPS)
    moved = cips.contrast(wholly, scale, group=GROUPS, between=("2021", "2023"))
    change = cips.changes(wholly)[scale]
    np.testing.assert_array_equal(
        moved, change.sel(group=GROUPS[0], drop=True) - change.sel(group=GROUPS[1], drop=True)
    )


def test_tied_only_by_a_chain_groups_have_no_points_in_common(make_fit):
    """Both are asked A1, but never in every wave."""
    fit = asking(
        make_fit(waves=("1", "2")), {"A1": {"officials": "1", "private sector": "12"}, "T1": {}}
    )
    assert cips.contrast(fit, "latent", group=GROUPS).sel(factor="Automation").notnull().any()
    with pytest.raises(IdentificationError, match="per cent and score would be of different"):
        cips.contrast(fit, "percent", group=GROUPS)


# --- two factors ---------------------------------------------------------------------------


def test_factors_have_no_common_origin(fit):
    pair = ("Automation", "Transparency")
    with pytest.raises(IdentificationError, match=r"an origin of its own.*Compare the changes"):
        cips.contrast(fit, "latent", factor=pair)
    for scale, between in [("percent", None), ("latent", ("2021", "2023"))]:
        whole = (cips.levels(fit) if between is None else cips.changes(fit))[scale]
        found = cips.contrast(fit, scale, factor=pair, between=between)
        np.testing.assert_array_equal(found, whole.isel(factor=0) - whole.isel(factor=1))
        assert found["factor"].item() == "Automation - Transparency"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "found both group and factor, or neither"),
        ({"group": GROUPS, "factor": ("Automation", "Transparency")}, "found both"),
        ({"group": ("officials", "traders")}, "expected 'traders' among them"),
        ({"factor": ("Automation", "Morale")}, "expected 'Morale' among them"),
    ],
)
def test_what_is_compared_must_exist(fit, asked, message):
    with pytest.raises(IdentificationError, match=message):
        cips.contrast(fit, "percent", **asked)
    with pytest.raises(IdentificationError, match="found scale 'logit'; expected one of latent"):
        cips.contrast(fit, "logit", group=GROUPS)


def test_empty_cells_are_no_difference(fit):
    observed = fit.design_data.copy(deep=True)
    observed["observed"].loc[{"group": "officials", "country": ["Aland", "Dorne"]}] = 0
    observed["observed"].loc[{"group": "private sector", "country": ["Borduria"]}] = 0
    observed["observed"].loc[{"group": "private sector", "country": ["Costaguana"]}] = 0
    other = dataclasses.replace(fit, design_data=observed)
    with pytest.raises(IdentificationError, match="No cell was observed for both"):
        cips.contrast(other, "latent", group=GROUPS)


# --- two waves -----------------------------------------------------------------------------


@pytest.fixture
def untied(fit):
    """Nothing that officials were asked of automation in 2021 was asked again, of anybody."""
    return asking(
        fit,
        {
            "A1": {"officials": ["2021"]},
            "A2": {"officials": ["2023"], "private sector": ["2021", "2023"]},
            "A3": {"officials": ["2023"]},
        },
    )


def test_waves_without_a_common_question_have_no_change(fit, untied):
    found, before = cips.changes(untied), cips.changes(fit)
    here = {"factor": "Automation", "group": "officials"}
    for scale in ("latent", "percent", "score"):
        assert before[scale].sel(here).notnull().all()
        assert found[scale].sel(here).isnull().all()
        assert found[scale].sel(here | {"group": "private sector"}).notnull().all()
    said = " ".join(texts(change_refusals(untied, "2021", "2023")))
    assert "officials (Automation; latent): No question ties the two waves together" in said
    assert "officials (Automation; percent, score): No question was asked in both" in said


def test_a_factor_without_any_common_question_is_refused(untied):
    book = untied.questionnaire.copy(deep=True)
    book["asked"].loc[{"question": "A2", "group": "private sector", "wave": "2021"}] = 0
    book["asked"].loc[{"question": "A3", "group": "private sector", "wave": "2021"}] = 1
    book["asked"].loc[{"question": "A3", "group": "officials"}] = 0
    nothing = dataclasses.replace(untied, questionnaire=book)
    with pytest.raises(IdentificationError, match="Ask some of the same questions in both waves"):
        cips.changes(nothing, factor="Automation")
    assert list(cips.changes(nothing, factor="Transparency")["factor"].values) == ["Transparency"]
    assert cips.changes(nothing)["latent"].sel(factor="Automation").isnull().all()
    with pytest.raises(IdentificationError, match="expected it among them"):
        cips.changes(nothing, factor="Morale")


def test_points_are_of_the_questions_asked_in_both_waves(make_fit):
    """A question that was dropped after the second wave counts between the first two."""
    fit = make_fit(waves=("1", "2", "3"))
    dropped = asking(fit, {"A2": {"officials": "12"}})
    only_a1 = cips.changes(dropped, start="1", end="3")["score"]
    both = cips.changes(dropped, start="1", end="2")["score"]
    xr.testing.assert_identical(both, cips.changes(fit, start="1", end="2")["score"])
    level = fit.posterior["level"]
    book = dropped.questionnaire
    a1 = xr.DataArray(
        [[q in ("A1", "T1"), q in ("A1", "T1", "T2")] for q in book["question"].values],
        {"question": book["question"], "group": book["group"]},
        ("question", "group"),
    )
    wanted = on_scales(level, fit, ("score",), counted=a1)["score"].sel(country=only_a1["country"])
    np.testing.assert_allclose(only_a1, wanted.sel(wave="3") - wanted.sel(wave="1"))


def test_every_gap_is_listed_once_with_its_reason(fit):
    said = texts(change_refusals(fit, "2021", "2023"))
    assert said == [
        "Change from 2021 to 2023, officials (Borduria / Transparency; latent, percent, score): "
        "Nobody answered in one of the two waves. Survey the group in both waves.",
        "Change from 2021 to 2023 (Dorne; latent, percent, score): "
        "Surveyed in one of the two waves only. Survey them again.",
    ]
    refused = [
        (c, f, g)
        for c, f, g in np.ndindex(4, 2, 2)
        if not fit.design.observed[c, f, g].all() and c != 3
    ]
    assert refused == [(1, 1, 0)]
    assert len(level_refusals(fit)) == 1  # factors on the latent scale
    assert len(level_refusals(of_one_group(fit, "Automation"))) == 2


def test_a_factor_that_was_never_asked_is_listed(fit):
    said = texts(change_refusals(asking(fit, {"T1": {"officials": []}}), "2021", "2023"))
    assert any("officials (Transparency; latent, percent, score): The group was not" in t
               for t in said)  # fmt: skip


def test_no_country_in_both_waves_is_one_refusal(make_fit):
    (refused,) = change_refusals(make_fit(followed=False), "2021", "2023")
    assert "No country was surveyed in both waves" in str(refused)
