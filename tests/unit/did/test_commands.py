"""Commands on a saved fit: waves to compare, and refusals with their exit code."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from cips_models.cli.main import cli

COUNTRIES = ("C0", "C1", "C2")
SUPPORTED = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], bool)


def cips(*arguments):
    return CliRunner().invoke(cli, [*map(str, arguments)])


@pytest.fixture(scope="module")
def saved(make_fit, tmp_path_factory):
    fit = make_fit(countries=COUNTRIES, waves="123", supported=SUPPORTED)
    # A fit file holds the format that it was written in.
    fit.provenance["format"] = 1
    return fit.save(tmp_path_factory.mktemp("fit") / "fit.nc")


def compared(folder):
    lines = (folder / "improved.csv").read_text().splitlines()
    place = [lines[0].split(",").index(name) for name in ("from", "to")]
    return {tuple(line.split(",")[k] for k in place) for line in lines[1:]}


@pytest.mark.parametrize(
    ("waves", "pairs"),
    [
        ([], {("1", "3"), ("1", "2"), ("2", "3")}),
        (["--from", "2"], {("2", "3")}),
        (["--from", "1", "--to", "2"], {("1", "2")}),
    ],
)
def test_estimate_compares_the_waves_asked_for(saved, tmp_path, waves, pairs):
    done = cips("estimate", saved, *waves, "--out", tmp_path, "--json")
    assert done.exit_code == 0, done.output
    assert compared(tmp_path) == pairs
    facts = json.loads(done.stdout)
    assert {(row["from"], row["to"]) for row in facts["improved"]} == pairs
    assert facts["refused"]


def test_waves_in_the_wrong_order_end_with_6(saved, tmp_path):
    done = cips("estimate", saved, "--from", "3", "--to", "1", "--out", tmp_path)
    assert (done.exit_code, done.stdout) == (6, "")
    assert "a later wave" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_said_is_printed(saved, tmp_path):
    done = cips("estimate", saved, "--out", tmp_path)
    assert (
        "Cannot be said: Difference of levels between factors (all factors; latent)" in done.stdout
    )


def test_an_effect_that_cannot_be_told_ends_with_6(make_fit, tmp_path):
    fit = make_fit(countries=COUNTRIES)
    fit.provenance["format"] = 1
    done = cips("did", fit.save(tmp_path / "fit.nc"), "--out", tmp_path / "results")
    assert (done.exit_code, done.stdout) == (6, "")
    assert "The study has no support table" in done.stderr
    assert not (tmp_path / "results").exists()


def test_every_effect_is_shown_with_what_it_is(saved, tmp_path):
    done = cips("did", saved, "--out", tmp_path, "--weights", "countries", "--json")
    assert done.exit_code == 0, done.output
    facts = json.loads(done.stdout)
    assert facts["effects"]
    for row in facts["effects"]:
        assert row["weights"] == "countries"
        assert "every country weighs the same" in row["statement"]
        assert row["assumption"] in row["statement"]
    said = cips("did", saved, "--out", tmp_path, "--overwrite").stdout
    assert "every supported cell weighs the same" in said
    assert "Assumption (trends parallel in points)" in said


def test_weights_of_ones_own_and_weights_that_are_none(saved, tmp_path):
    path = tmp_path / "budget.csv"
    path.write_text("country,factor,weight\nC0,F1,1\nC1,F2,2\nC2,F3,0\n")
    done = cips("did", saved, "--out", tmp_path / "own", "--weights", path)
    assert done.exit_code == 0, done.output
    assert "the weights “budget”" in done.stdout
    path.write_text("country,factor,weight\nC0,F1,1\n")
    few = cips("did", saved, "--out", tmp_path / "few", "--weights", path)
    assert (few.exit_code, few.stdout) == (6, "")
    assert "C1 / F2" in few.stderr
    wrong = cips("did", saved, "--out", tmp_path / "none", "--weights", "size")
    assert (wrong.exit_code, wrong.stdout) == (3, "")
    assert "cells, countries, factors" in wrong.stderr
