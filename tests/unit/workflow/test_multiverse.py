"""How a multiverse is run: resumed, in parallel, with its failures.  Fits are stand-ins."""

import json
import warnings
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from click.testing import CliRunner

from cips_models.cli.main import cli
from cips_models.did.multiverse.declaration import declaration
from cips_models.did.multiverse.fitting import failed_rows
from cips_models.errors import FitError, IdentificationError, InterruptedFitError, OutputError
from cips_models.model.specification_file import specification
from cips_models.tables import read_table
from cips_models.workflow import multiverse as running
from cips_models.workflow.executors import hands
from cips_models.workflow.multiverse import Multiverse
from cips_models.workflow.record import Record
from cips_models.workflow.run import run_multiverse
from cips_models.workflow.workspace import Request

SUPPORTED = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0], [0, 0, 1]], bool)
DECLARED = replace(
    declaration(), sweeps=(("bracket", "priors"), ("countries",), ("general_factor", "drift"))
)

#: Nine of the first sweep, two without a country, five of the third.
MANY = 9 + 2 + 5


def quiet(_done, _what):
    pass


@pytest.fixture
def survey(make_survey):
    return make_survey(countries=("A", "B", "C", "D"), supported=SUPPORTED)


class Stand:
    """Stand-ins of stage 1 and of a fit; the log says what was asked of them."""

    def __init__(self, fails=(), stops_at=None):
        self.stages, self.fits = [], []
        self.fails, self.stops_at = fails, stops_at

    def measure(self, _survey, _base, universe, drifts, _schedule):
        self.stages.append(running._stage(universe))
        if "stage" in self.fails and universe["general_factor"] == "off":
            raise FitError("Stage 1: made to fail")
        return {drift: f"stage 1 at {drift}" for drift in drifts}

    def fitted_rows(self, survey, _base, universe, measured, _schedule):
        if self.stops_at is not None and len(self.fits) == self.stops_at:
            raise KeyboardInterrupt
        self.fits.append(tuple(universe.values()))
        if universe["priors"] in self.fails:
            raise ValueError("made to fail")
        assert measured == f"stage 1 at {universe['drift']}"
        rows = failed_rows(universe, survey.groups, "")
        # Numbers that say which universe they are of.
        number = len(json.dumps(dict(universe))) + float(universe["drift"])
        numbers = ("mean", "sd", "inner_lower", "inner_upper")
        return rows.assign(**dict.fromkeys(numbers, number), lower=1.0, upper=2.0, passed=True)


@pytest.fixture
def stand(monkeypatch):
    def made(**how):
        one = Stand(**how)
        monkeypatch.setattr(running, "measure", one.measure)
        monkeypatch.setattr(running, "fitted_rows", one.fitted_rows)
        monkeypatch.setattr(running, "by_influence", lambda *_: ("C", "A", "B", "D"))
        return one

    return made


@pytest.fixture
def run(survey, tmp_path):
    def made(declared=DECLARED, **how):
        one = Multiverse(survey, specification("did"), declared, tmp_path, **how)
        with hands(1) as lent:
            return one.run(lent, quiet)

    return made


def test_every_universe_is_there_once_and_stage_one_is_shared(stand, run):
    one = stand()
    table = run()
    assert len(one.fits) == len(set(one.fits)) == MANY
    assert len(one.stages) == len(set(one.stages)) == 1 + 2 + 1
    assert len(table) == MANY * 2 * 4  # groups, and the four outcomes of the declaration
    assert set(table["countries"]) == {"all", "without C", "without A"}
    assert set(table["drift"]) == {0.0, 1.0, 2.0}


@pytest.mark.parametrize("k", [0, 1, 12])
def test_killed_after_k_it_runs_only_the_rest(stand, run, k):
    first = stand(stops_at=k)
    with pytest.raises(KeyboardInterrupt):
        run()
    again = stand()
    table = run()
    assert len(first.fits) == k
    assert len(again.fits) == MANY - k
    assert not set(first.fits) & set(again.fits)
    whole = stand()
    assert run().equals(table)
    assert whole.fits == whole.stages == []


def test_a_failing_specification_is_a_row_with_its_reason_and_is_tried_again(stand, run):
    stand(fails=("narrow",))
    table = run()
    failed = table[table["mean"].isna()]
    assert len(table) == MANY * 2 * 4
    assert set(failed["priors"]) == {"narrow"}
    assert set(failed["reason"]) == {"ValueError: made to fail"}
    again = stand()
    assert run()["mean"].notna().all()
    assert {fit[2] for fit in again.fits} == {"narrow"}


def test_where_stage_one_fails_all_that_share_it_say_so(stand, run):
    stand(fails=("stage",))
    table = run()
    failed = table[table["reason"] != ""]
    assert set(failed["general_factor"]) == {"off"}
    assert set(table[table["general_factor"] == "off"]["reason"]) == {"Stage 1: made to fail"}


def test_what_a_fit_depends_on_makes_it_anew(stand, run, survey):
    stand()
    run()
    one = stand()
    run(seed=2)
    assert len(one.fits) == MANY
    # Another outcome needs no fit, and fewer choices none either.
    two = stand()
    fewer = replace(
        DECLARED,
        sweeps=(("priors",),),
        choices=MappingProxyType({**DECLARED.choices, "outcome": ("latent",)}),
    )
    assert len(run(fewer)) == 3 * 2
    assert two.fits == []


def test_without_support_there_is_no_multiverse(make_survey, tmp_path):
    one = Multiverse(make_survey(), specification("did"), DECLARED, tmp_path)
    with hands(1) as lent, pytest.raises(IdentificationError, match="found no support table"):
        one.run(lent, quiet)


def takes_jobs(lent):
    """Arguments that the standard pickle refuses, and an error that comes back as it was."""
    jobs = [lent.submit(len, MappingProxyType(dict.fromkeys(range(k)))) for k in (1, 2)]
    assert [job.result(timeout=120) for job in jobs] == [1, 2]
    with pytest.raises(ValueError, match="invalid literal"):
        lent.submit(int, "x").result(timeout=120)


def test_processes_take_what_a_survey_is_made_of():
    with hands(2) as lent:
        takes_jobs(lent)


@pytest.mark.filterwarnings("default")  # of Dask's own making
def test_a_dask_cluster_takes_the_same_jobs():
    import distributed

    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        hands(1, cluster.scheduler_address) as lent,
    ):
        assert lent.count == 1
        takes_jobs(lent)
        with warnings.catch_warnings():
            warnings.filterwarnings("error", "Sending large graph")
            assert lent.submit(len, bytes(2**24)).result(timeout=120) == 2**24


def test_without_dask_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(OutputError, match="pip install cips-models"), hands(1, "tcp://nowhere:1"):
        pass


def test_the_step_is_recorded_and_the_report_written_anew(stand, results, study):
    stand()
    before = (results / "report.html").read_bytes()
    record = run_multiverse(Request(study), results, DECLARED, cores=1)
    assert set(record.steps["multiverse"].outputs) == {"multiverse.csv"}
    assert read_table(results, "multiverse")["mean"].notna().all()
    after = (results / "report.html").read_text(encoding="utf-8")
    assert after.encode() != before
    assert f"of {2 * MANY} specifications have an interval above zero" in after
    # A report that is asked for again has nothing to do.
    report = Record.read(results).steps["report"]
    done = CliRunner().invoke(cli, ["report", str(results)])
    assert done.exit_code == 0, done.output
    assert Record.read(results).steps["report"] == report


def test_broken_off_it_ends_with_130_and_says_what_goes_on(stand, study, tmp_path):
    stand(stops_at=2)
    with pytest.raises(InterruptedFitError, match="The same command goes on") as broken:
        run_multiverse(Request(study), tmp_path / "results", DECLARED, cores=1)
    assert broken.value.exit_code == 130
    assert not (tmp_path / "results" / "multiverse.csv").exists()


def test_the_command_says_what_was_found(stand, study, tmp_path):
    stand()
    done = CliRunner().invoke(
        cli, ["multiverse", str(study), "--out", str(tmp_path / "r"), "--cores", "1", "--json"]
    )
    assert done.exit_code == 0, done.output
    facts = json.loads(done.stdout)
    assert len(facts["findings"]) == 2 * 3
    assert facts["notes"] == ["Strata are not varied: the study names none."]
    assert (tmp_path / "r" / "multiverse" / "specification_curve.png").is_file()


def test_the_default_declaration_can_be_shown_and_is_read_again(tmp_path):
    done = CliRunner().invoke(cli, ["multiverse", "--show"])
    assert done.exit_code == 0
    path = tmp_path / "mine.toml"
    path.write_text(done.stdout, encoding="utf-8")
    assert declaration(path).universes() == declaration().universes()
