"""What is on disk: the same for the same seed, synthetic in every place, readable."""

import numpy as np
import pytest
import xarray as xr

import cips_models as cips
from cips_models.errors import OutputError

FILES = {
    "study.toml",
    "codebook.toml",
    "responses.csv.gz",
    "support.csv",
    "truth.nc",
    "README.txt",
}


def test_same_seed_same_bytes(written, tmp_path):
    first = written("none", 3).folder
    cips.simulate(tmp_path, scale="small", effect="none", seed=3)
    assert {path.name for path in tmp_path.iterdir()} == FILES
    for name in FILES - {"truth.nc"}:
        assert (tmp_path / name).read_bytes() == (first / name).read_bytes(), name
    with xr.open_dataset(tmp_path / "truth.nc") as again:
        xr.testing.assert_identical(again.load(), written("none", 3).truth())


def test_other_seed_other_answers(written):
    one, other = written("none", 1).responses(), written("none", 3).responses()
    assert (one["O01a"] != other["O01a"]).mean() > 0.3


def test_synthetic_wherever_it_is_named(written):
    study = written().toml("study.toml")
    assert study["synthetic"] is True
    assert "synthetic" in study["name"]
    assert "SYNTHETIC" in (written().folder / "README.txt").read_text(encoding="utf-8")
    assert "SYNTHETIC" in written().truth().attrs["title"]


def test_rows_are_in_no_order_that_tells_the_cell(written):
    country = written().responses()["country"]
    assert (country == country.shift()).mean() < 0.1


def test_refuses_to_replace_files_unless_told(tmp_path):
    (tmp_path / "study.toml").write_text("precious", encoding="utf-8")
    with pytest.raises(OutputError, match=r"study\.toml"):
        cips.simulate(tmp_path, seed=1)
    assert (tmp_path / "study.toml").read_text(encoding="utf-8") == "precious"
    assert cips.simulate(tmp_path, seed=1, overwrite=True) == tmp_path / "study.toml"
    assert "precious" not in (tmp_path / "study.toml").read_text(encoding="utf-8")


def test_a_file_in_the_place_of_the_folder(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be made a folder"):
        cips.simulate(tmp_path / "file", seed=1)


@pytest.mark.parametrize("argument", [{"scale": "huge"}, {"effect": "some"}])
def test_unknown_scale_or_effect(tmp_path, argument):
    with pytest.raises(ValueError, match="expected one of"):
        cips.simulate(tmp_path, seed=1, **argument)


def test_reads_as_any_survey(written):
    survey, truth = cips.read(written().study), written().truth()
    assert survey.synthetic
    assert survey.countries == tuple(truth["country"].values)
    assert survey.factors == tuple(truth["factor"].values)
    assert survey.groups == tuple(truth["group"].values)
    assert survey.waves == tuple(truth["wave"].values)
    assert survey.times == (2021.0, 2023.0)
    xr.testing.assert_equal(
        survey.supported.drop_attrs().astype(bool), truth["supported"].drop_attrs().astype(bool)
    )
    cells = survey.respondents.groupby(["country", "group", "wave"], observed=False).size()
    np.testing.assert_array_equal(
        cells.to_numpy(), truth["respondents"].transpose("country", "group", "wave").values.ravel()
    )


def test_reading_recodes_as_the_codebook_says(written):
    survey, answers = cips.read(written().study), written().answers()
    for item in survey.codebook.items[::7]:
        position = survey.answers.sel(item=item.id).to_series()
        points = answers[answers["item"] == item.id].set_index("respondent")["points"]
        expected = (points.dropna() / 100 * (item.n_levels - 1)).round().astype(int)
        assert (position[position >= 0].sort_index() == expected.sort_index()).all(), item.id
