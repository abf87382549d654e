"""Specification files: what is read, and what is refused with its place."""

import pytest

from cips_models.errors import SpecificationError
from cips_models.model.quadrature import Quadrature
from cips_models.model.specification import TERMS
from cips_models.model.specification_file import available, locate, specification

HEAD = 'format = 1\nname = "mine"\nextends = "did"\n'


@pytest.fixture
def write(tmp_path):
    def written(text, name="mine"):
        path = tmp_path / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.mark.parametrize("name", available())
def test_shipped_specifications_state_every_prior_with_its_reason(name):
    spec = specification(name)
    assert spec.name == name
    assert set(spec.priors) == set(TERMS)
    assert all(prior.reason for prior in spec.priors.values())


def test_extending_changes_only_what_is_stated(write):
    path = write(HEAD + "[structure]\nloadings = false\n[quadrature]\nnodes = 24\n")
    mine, base = specification(path), specification("did")
    assert not mine.structure.loadings
    assert mine.structure.baseline_slope == base.structure.baseline_slope
    assert mine.quadrature.nodes == 24
    assert mine.quadrature.reach == base.quadrature.reach
    assert mine.priors == base.priors
    assert mine.name == "mine"


def test_a_sibling_is_extended_before_a_shipped_one(write):
    write(HEAD.replace("mine", "base") + "[quadrature]\nnodes = 32\n", "base")
    path = write(HEAD.replace('"did"', '"base"'))
    assert specification(path).quadrature.nodes == 32


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "typo = 1\n", "found unknown typo"),
        (HEAD + "[structure]\nloading = true\n", r"\[structure\]: found unknown loading"),
        (HEAD + '[structure]\nmeasurement = "scores"\n', "found 'scores'"),
        (HEAD + '[structure]\ndont_know = "kept"\n', "found 'kept'; expected 'dropped' or 'infor"),
        (HEAD + "[quadrature]\nnode = 16\n", r"\[quadrature\]: found unknown node"),
        (HEAD + "[quadrature]\nnodes = 3\n", "nodes: found 3; expected at least 4"),
        (HEAD + "[quadrature]\nstep = 0.0\n", "step: found 0.0; expected a positive number"),
        (HEAD + '[priors.efect]\nfamily = "normal"\n', r"\[priors\]: found unknown efect"),
        (
            HEAD + '[priors.effect]\nfamily = "half_normal"\nsd = 1.0\nreason = "x"\n',
            r"\[priors.effect\]: found family 'half_normal'; expected 'normal'",
        ),
        (HEAD + '[priors.effect]\nfamily = "normal"\nsd = 1.0\n', r"\[priors.effect\]: found"),
        (
            HEAD + '[priors.effect]\nfamily = "normal"\nsd = -1.0\nreason = "x"\n',
            "found sd = -1.0, reason 'x'; expected numbers above 0",
        ),
        ('format = 2\nname = "mine"\n', "found format 2; expected 1"),
        ('format = 1\nname = "mine"\n', "found none for already_treated, answering, answ"),
        ("format = ", "mine.toml: found a syntax error"),
        (HEAD + '[quadrature]\nnodes = "16"\n', r"nodes: found '16'; expected a whole number"),
        (HEAD + "[quadrature]\nsingle = 1\n", "single: found 1; expected true or false"),
        (HEAD + "[structure]\nloadings = 0.5\n", "loadings: found 0.5; expected true or false"),
        (HEAD + "[priors]\neffect = 0.4\n", "effect: found 0.4; expected a table"),
        (
            HEAD + '[priors.effect]\nfamily = "normal"\nsd = "1"\nreason = "x"\n',
            r"effect\] sd: found '1'; expected a number",
        ),
        (HEAD.replace('"mine"', "7"), "name: found 7; expected text"),
    ],
)
def test_mistakes_are_told_with_their_place(write, text, message):
    path = write(text)
    with pytest.raises(SpecificationError, match=message) as caught:
        specification(path)
    assert "mine.toml" in str(caught.value)


def test_a_file_beside_it_is_extended_with_or_without_its_ending(write):
    write(HEAD.replace("mine", "wide") + "[quadrature]\nreach = 12.0\n", "wide")
    for name in ("wide", "wide.toml"):
        path = write(HEAD.replace('"did"', f'"{name}"'))
        assert specification(path).quadrature.reach == 12.0


def test_a_circle_of_extensions_is_refused(write):
    write(HEAD.replace("mine", "other").replace('"did"', '"mine"'), "other")
    path = write(HEAD.replace('"did"', '"other"'))
    with pytest.raises(SpecificationError, match="extends itself, by way of other"):
        specification(path)


def test_extending_what_does_not_exist_is_refused(write):
    with pytest.raises(SpecificationError, match="'nothing': found no shipped one"):
        specification(write(HEAD.replace('"did"', '"nothing"')))


def test_locate_finds_by_name_and_by_path(write, tmp_path):
    path = write(HEAD)
    assert locate(path) == path
    assert locate(str(path)) == path
    assert locate("did").name == "did.toml"
    with pytest.raises(SpecificationError, match=r"expected one of .*did"):
        locate("dod")
    with pytest.raises(SpecificationError, match="found no such file"):
        locate(tmp_path / "absent.toml")


@pytest.mark.parametrize("grid", [Quadrature(), Quadrature(nodes=19, span=3.0, step=0.3)])
def test_grids_integrate_the_normal_and_grow_finer(grid):
    for one in (grid, grid.finer(), grid.finer().finer()):
        u, weight = one.outlook()
        assert len(u) == one.nodes
        assert weight.sum() == pytest.approx(1.0)
        assert one.trait().max() + one.step / 2 >= one.reach - 1e-9
    finer = grid.finer()
    spacing = [2 * q.span / (q.nodes - 1) for q in (grid, finer)]
    assert spacing[1] <= spacing[0] / 2
    assert finer.span > grid.span
    assert finer.reach > grid.reach
    assert finer.step == grid.step / 2
    u, weight = finer.finer().outlook()
    assert weight @ u**2 == pytest.approx(1.0, abs=1e-6)
