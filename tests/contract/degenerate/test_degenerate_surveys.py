"""Surveys at the edge of what is legal: read, laid out, and the density is there.

Each was also run from end to end; those that broke are drawn here too, with few draws.
"""

import json

import numpy as np
import pytest

import cips_models as cips
from cips_models.model.design import design
from cips_models.model.layout import layout
from cips_models.workflow.description import facts, survey_tables
from cips_models.workflow.estimates import diagnostics_table, effects_table, estimate_tables
from hostile import command

#: A hierarchy in which nothing differs between cells: it has no scales to draw.
DRAWN = ("one of everything", "one country")


def test_it_is_read_and_described(study, legal):
    outcome = command("validate", study, "--threshold", "0", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    found = json.loads(outcome.out)
    assert found["countries"] == sorted(legal.countries)
    assert (found["groups"], found["waves"]) == ([*legal.groups], [*legal.waves])
    assert found["factors"] == [*legal.items]
    empty = sum(len(legal.countries) if c is None else 1 for c, _, _ in legal.unseen)
    empty *= 1 if any(g for _, g, _ in legal.unseen) else len(legal.groups)
    cells = len(legal.countries) * len(legal.groups) * len(legal.waves) - empty
    assert found["respondents"] == cells * legal.people
    support = found["tables"]["support"]
    assert len(support) == (len(legal.countries) * len(legal.items) if legal.supported else 0)


def test_its_design_is_what_was_seen(study, legal):
    survey = cips.read(study)
    plan = design(survey, layout(survey))
    shape = tuple(map(len, (legal.countries, legal.items, legal.groups, legal.waves)))
    assert plan.observed.shape == shape
    seen = np.array([[[[
        not any(all(a in (None, b) for a, b in zip(p, (c, g, w), strict=True))
                for p in legal.unseen) and (g, f) not in legal.unasked
        for w in legal.waves] for g in legal.groups] for f in legal.items]
        for c in sorted(legal.countries)])  # fmt: skip
    np.testing.assert_array_equal(plan.observed, seen)
    assert len(plan.followed) == (len(legal.countries) if len(legal.waves) > 1 else 0)
    if legal.supported in ("", "none") or len(legal.waves) == 1:
        assert not plan.treated.any()


@pytest.mark.parametrize("name", DRAWN)
def test_it_is_drawn_and_every_table_follows(name, surveys, tmp_path):
    survey = cips.read(surveys[name].write(tmp_path))
    spec = cips.specification("did")
    fit = cips.joint(survey, spec, seed=1, sampler="approximate", draws=30, chains=2, cores=1)
    again = cips.cut(survey, spec, seed=1, draws=30, chains=2, cores=1)
    for each in (fit, again):
        assert np.isfinite(each.posterior["level"]).all()
        tables = estimate_tables(each)
        levels = tables["levels"]
        assert set(levels["country"]) >= set(survey.countries)
        assert levels["mean"].notna().all()
        assert len(tables["changes"]) == 0 or len(survey.waves) > 1
        claims = " ".join(tables["refusals"]["claim"])
        assert ("Change" in claims) == (len(survey.waves) == 1)
    assert effects_table({"fit": fit, "cut": again}).empty  # nothing to compare with
    assert len(diagnostics_table({"fit": fit, "cut": again})) > 0
    assert {"support", "respondents"} <= set(survey_tables(survey))
    assert facts(survey)["respondents"] == len(survey.respondents)
