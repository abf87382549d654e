"""What the report says of priors and of the multiverse.  The numbers are made up."""

import numpy as np
import pandas as pd
import pytest

from cips_models.report import multiverse, prior_sensitivity, prior_words
from cips_models.report.overturned import overturning
from cips_models.report.writing import write
from cips_models.tables import empty_table

PRIORS = ("effect", "spillover_slope", "all priors")
GROUPS = ("officials", "private sector")


def powered(group, prior, power, mean, method="weights", pareto_k=0.1):
    return {
        "group": group, "estimand": "ATT", "scale": "percent", "mean": mean, "sd": 1.0,
        "lower": mean - 2.0, "upper": mean + 2.0, "interval": "95% ETI",
        "p_positive": 0.99 if mean > 2 else 0.6, "route": "joint", "specification": "did",
        "parallel_trends": "latent", "prior": prior, "power": power, "method": method,
        "pareto_k": pareto_k,
    }  # fmt: skip


@pytest.fixture
def with_priors(assessment):
    """The spillover slope is sensitive; no average moves far."""
    sensitivity = [
        {
            "group": group, "estimand": estimand, "scale": scale, "route": "joint",
            "specification": "did", "parallel_trends": "latent", "prior": prior,
            "prior_sensitivity": high if estimand == "spillover slope" else 0.012,
            "prior_noise": 0.001, "likelihood_sensitivity": 0.1, "likelihood_noise": 0.13,
            "pareto_k": 0.1,
            "verdict": "prior weighs" if estimand == "spillover slope" and high > 0.05
            else "not sensitive",
        }
        for group in GROUPS
        for estimand, scale in (("ATT", "percent"), ("spillover slope", "latent"))
        for prior, high in zip(PRIORS, (0.01, 0.09, 0.09), strict=True)
    ]  # fmt: skip
    rows = []
    for group in GROUPS:
        rows.append(powered(group, "", 1.0, 3.0, pareto_k=np.nan))
        for prior in PRIORS:
            rows += [powered(group, prior, 0.5, 3.1), powered(group, prior, 2.0, 2.9)]
    tables = {}
    for name, made in (("prior_sensitivity", sensitivity), ("powered_priors", rows)):
        tables[name] = pd.DataFrame(made).reindex(columns=empty_table(name).columns)
    return assessment.with_tables(**tables)


def parts(assessment, **verdicts):
    """Effects of two countries and a factor in two fits; verdicts by prior, of the first."""
    rows = [
        {
            "country": country, "factor": factor, "group": group, "estimand": "ATT by country",
            "scale": scale, "route": route, "specification": "did", "parallel_trends": "latent",
            "prior": prior, "prior_sensitivity": 0.08 if prior in verdicts and first else 0.01,
            "verdict": verdicts.get(prior, "not sensitive") if first else "not sensitive",
        }
        for route in ("joint", "cut")
        for group in GROUPS
        for country, factor in (("Angola", ""), ("Benin", ""), ("", "Automation"))
        for scale in ("latent", "percent")
        for prior in PRIORS
        for first in [country == "Angola" and group == "officials"]
    ]  # fmt: skip
    table = pd.DataFrame(rows).reindex(columns=empty_table("prior_sensitivity_parts").columns)
    return assessment.with_tables(prior_sensitivity_parts=table)


def test_effects_by_country_and_factor_are_counted_once_and_the_most_sensitive_named(with_priors):
    said = prior_words.sentences(parts(with_priors, effect="prior weighs"), "did")
    (one,) = [each for each in said if each.startswith("Effects by country")]
    assert "in any fit: 1 of 6. The largest sensitivity is 0.080 (Angola, officials; mean" in one
    assert not any(each.startswith("Of some effects") for each in said)
    calm = " ".join(prior_words.sentences(parts(with_priors), "did"))
    assert "in any fit: 0 of 6. The largest sensitivity is 0.010 (" in calm


def test_effects_by_country_whose_weights_fail_are_not_called_sensitive(with_priors):
    said = prior_words.sentences(parts(with_priors, effect="not told"), "did")
    (one,) = [each for each in said if each.startswith("Effects by country")]
    assert "in any fit: 0 of 6. The largest sensitivity is 0.010 (" in one
    (untold,) = [each for each in said if each.startswith("Of some effects by country or factor")]
    assert untold.endswith("gives as much: mean effect of support.")


def several(assessment, *clear):
    """A multiverse of four specifications; those named have an interval above zero."""
    rows = [
        powered(group, "", 1.0, 3.0 if k in clear else 1.0)
        | {"bracket": "did", "drift": float(k), "priors": "as is", "countries": "all"}
        | {"general_factor": "on", "strata": "on", "dont_know": "dropped", "passed": True}
        | {"reason": "", "lower": 0.5 if k in clear else -1.0}
        for group in GROUPS
        for k in range(4)
    ]
    table = pd.DataFrame(rows).reindex(columns=empty_table("multiverse").columns)
    return assessment.with_tables(multiverse=table.assign(passed=table["passed"].astype("boolean")))


def test_what_is_sensitive_is_named_with_its_number(with_priors):
    said = " ".join(prior_words.sentences(with_priors, "did"))
    assert "the largest is 0.012" in said
    assert "between +2.90 and +3.10 points; it is +3.00 as the priors are" in said
    assert (
        "Spillover within a country (π), prior of spillover within a country (π): the prior weighs "
        "(up to 0.090; officials, private sector)." in said
    )
    assert "Fitted anew" not in said


def test_weights_that_fail_are_not_quoted_and_the_refit_is(with_priors):
    table = with_priors["powered_priors"]
    at = (table["prior"] == "effect") & (table["power"] == 0.5)
    failing = table.assign(
        pareto_k=table["pareto_k"].where(~at, 0.9), mean=table["mean"].where(~at, 9.0)
    )
    again = pd.DataFrame([powered(g, "effect", 0.5, 3.3, "refit", np.nan) for g in GROUPS])
    one = with_priors.with_tables(powered_priors=pd.concat([failing, again], ignore_index=True))
    said = " ".join(prior_words.sentences(one, "did"))
    assert "between +2.90 and +3.30 points" in said
    assert "Fitted anew, because weights could not be trusted: mean effect of support." in said
    rows = prior_sensitivity.sensitivity_table(one, "did").rows
    assert rows[0][:4] == ("Officials", "Mean effect of support", "0.012", "0.90")
    assert rows[0][4] == "+3.3 (+1.3 to +5.3), refit"
    assert rows[1][4] == "+3.1 (+1.1 to +5.1)"


def test_a_prior_that_turns_the_answer_is_said_at_the_top(with_priors):
    def by_priors(assessment, group):
        return [said for said in overturning(assessment, group) if "depends on a prior" in said]

    assert by_priors(with_priors, "officials") == []
    table = with_priors["powered_priors"]
    at = (table["prior"] == "effect") & (table["power"] == 2.0) & (table["group"] == "officials")
    one = with_priors.with_tables(
        powered_priors=table.assign(p_positive=table["p_positive"].where(~at, 0.8))
    )
    (said,) = by_priors(one, "officials")
    assert said.endswith("half or twice the strength of: mean effect of support.")
    assert by_priors(one, "private sector") == []


@pytest.mark.parametrize(("clear", "said"), [((), 0), ((0, 1, 2, 3), 0), ((0, 1, 2), 1)])
def test_a_multiverse_is_at_the_top_only_where_it_disagrees(assessment, clear, said):
    one = several(assessment, *clear)
    found = [each for each in overturning(one, "officials") if "multiverse" in each]
    assert len(found) == said
    if said:
        assert "of 4 specifications 3 have an interval above zero" in found[0]


def test_the_multiverse_is_said_never_to_be_a_probability(assessment):
    said = multiverse.sentences(several(assessment, 0, 1))
    assert said[0].startswith("Officials: 2 of 4 specifications have an interval above zero, 0 ")
    assert "no probability" in said[-1]
    assert multiverse.sentences(assessment) == ()


def test_failures_are_listed(assessment):
    one = several(assessment, 0)
    table = one["multiverse"]
    failed = table["drift"] == 3.0
    table = table.assign(
        mean=table["mean"].where(~failed), reason=table["reason"].where(~failed, "made to fail")
    )
    rows = multiverse.failures(one.with_tables(multiverse=table)).rows
    assert [row[2] for row in rows] == ["made to fail"] * 2


def test_the_page_holds_both(with_priors, tmp_path):
    page = write(several(with_priors, 0, 1), tmp_path / "report.html").read_text(encoding="utf-8")
    assert "How far it depends on the priors" in page
    assert "Under other choices of the analyst" in page
    assert 'id="specification_curve-' in page
    assert "The average effect under weaker and stronger priors" in page
    assert "<strong>Beware.</strong> In the multiverse of 4 specifications 2 have" in page


def test_without_either_the_page_says_so(assessment, tmp_path):
    page = write(assessment, tmp_path / "report.html").read_text(encoding="utf-8")
    assert "There is no effect whose dependence on priors could be told." in page
    assert "Effects by country or factor that are sensitive" not in page
    assert "Under other choices of the analyst" not in page
