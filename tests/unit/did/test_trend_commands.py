"""``cips decide`` and ``cips trends`` on saved fits."""

import dataclasses
import json

import numpy as np
import pytest
from click.testing import CliRunner

from cips_models.cli.main import cli
from cips_models.did.decision import THRESHOLDS
from cips_models.tables import read_table

COUNTRIES = ("C0", "C1", "C2", "C3")
SUPPORTED = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]], bool)


def cips(*arguments):
    return CliRunner().invoke(cli, [*map(str, arguments)])


@pytest.fixture(scope="module")
def saved(make_fit, tmp_path_factory):
    fit = make_fit(countries=COUNTRIES, supported=SUPPORTED)
    made = {**fit.provenance, "format": 1, "fingerprint": "0" * 64}
    fit = dataclasses.replace(fit, provenance=made)
    return fit.save(tmp_path_factory.mktemp("fit") / "fit.nc")


def test_decide_writes_what_is_asked_for(saved, tmp_path):
    done = cips("decide", saved, "--effect-margin", 2, "--margin", 1, "--out", tmp_path, "--json")
    assert done.exit_code == 0, done.output
    facts = json.loads(done.stdout)
    assert {row["margin"] for row in facts["naming"]} == {1.0}
    table = read_table(tmp_path, "decision")
    assert set(table["margin"]) == {0.0, 1.0, 2.0}
    assert dict(zip(table["estimand"], table["stated"], strict=True)) == {
        "P(effect > margin)": "command", "P(effect in part)": "default",
    }  # fmt: skip
    named = read_table(tmp_path, "naming")
    assert set(named["threshold"].dropna()) == set(THRESHOLDS)
    assert set(named["supported"]) == {"", "supported", "unsupported"}


def test_decide_without_an_effect_still_names(make_fit, tmp_path):
    fit = make_fit(countries=COUNTRIES)
    fit = dataclasses.replace(fit, provenance={**fit.provenance, "format": 1})
    done = cips("decide", fit.save(tmp_path / "fit.nc"), "--out", tmp_path)
    assert done.exit_code == 0, done.output
    assert read_table(tmp_path, "decision").empty
    assert set(read_table(tmp_path, "naming")["supported"]) == {""}


def test_trends_refuses_a_fit_of_another_survey(saved, tmp_path):
    from cips_models.survey.simulation import simulate

    study = simulate(tmp_path / "survey", seed=3)
    done = cips("-q", "trends", study, "--fit", saved, "--out", tmp_path / "results")
    assert done.exit_code == 5
    assert "the data of the fit" in done.stderr
    assert not (tmp_path / "results").exists()
