"""Files appear in one stroke, those that belong together at once or not at all."""

from pathlib import Path

import pytest

from cips_models.errors import OutputError
from cips_models.files import new_files


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


def test_a_place_that_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    paths = tmp_path / "file" / "study.toml", tmp_path / "file" / "codebook.toml"
    with pytest.raises(OutputError, match=r"file/study\.toml cannot be written"), new_files(paths):
        pytest.fail("lent a path that cannot be written")
    assert (tmp_path / "file").read_text() == "not a folder"
