"""Files appear in one stroke, those that belong together at once or not at all."""

from pathlib import Path

import pytest

from cips_models.errors import OutputError
from cips_models.files import new_files, refuse_to_replace


def test_files_that_belong_together_appear_at_the_end(tmp_path: Path) -> None:
    paths = tmp_path / "new" / "study.toml", tmp_path / "new" / "codebook.toml"
    with new_files(paths) as drafts:
        for draft in drafts:
            draft.write_text(draft.name)
        assert not any(path.exists() for path in paths)
    assert sorted((tmp_path / "new").iterdir()) == sorted(paths)


def test_when_the_second_fails_the_first_does_not_appear(tmp_path: Path) -> None:
    paths = tmp_path / "study.toml", tmp_path / "codebook.toml"

    def write() -> None:
        with new_files(paths) as (study, _):
            study.write_text("half of it")
            raise ValueError("no codebook")

    with pytest.raises(ValueError, match="no codebook"):
        write()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("below", ["study.toml", "folder/study.toml"])
def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path, below: str) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    paths = file / below, file / "codebook.toml"
    with pytest.raises(OutputError, match=r"cannot be made a folder: .*file is a file"):
        new_files(paths).__enter__()
    assert file.read_text() == "not a folder"


def test_a_place_below_a_file_is_refused_before_the_work(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    with pytest.raises(OutputError, match=r"folder cannot be made a folder: .*file is a file"):
        refuse_to_replace([file / "folder" / "fit.nc"], overwrite=True)
    refuse_to_replace([tmp_path / "new" / "folder" / "fit.nc"], overwrite=False)
    assert not (tmp_path / "new").exists()
