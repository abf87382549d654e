"""Every file of a study, damaged in every way: a refusal that names it, and nothing else."""

import gzip
import tomllib
import zipfile
from pathlib import Path

import pytest

from cips_models.survey import source, text_file, workbook
from hostile import DAMAGES, GONE, SPOILT, command, listing

#: Responses of every format, and what else a study names.
TABLES = [f"responses.{end}" for end in ("csv", "csv.gz", "xlsx", "parquet", "sav", "dta")]
FILES = ["study.toml", "codebook.toml", *TABLES, "support.csv", "population.csv", "exposure.csv"]


_STILL_TABLES = ("the first half", "a zero byte inside", "bytes of no encoding inside", "in UTF-16")


def of(folder, file: str) -> Path:
    return folder(file if file in TABLES else "responses.csv") / file


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("file", FILES)
def test_a_damaged_file_is_refused(folder, file, damage):
    path = of(folder, file)
    DAMAGES[damage](path)
    typed = file == "study.toml" and damage in GONE  # the command looks for what it is given
    command("validate", path.parent / "study.toml").is_refusal(2 if typed else 3, file)


@pytest.mark.parametrize("damage", SPOILT)
@pytest.mark.parametrize("file", [*TABLES, "codebook.toml"])
def test_a_draft_of_a_damaged_file_is_refused_or_whole(folder, file, damage, tmp_path):
    """Some damage leaves a table, and a draft guesses: in UTF-16 it even has its encoding."""
    path = of(folder, file)
    SPOILT[damage](path)
    made = tmp_path / "draft"
    outcome = command("init", path, "--out", made)
    if outcome.code:
        outcome.is_refusal(3, file)
        assert not made.exists()
    else:
        assert damage in _STILL_TABLES
        assert listing(made) == {"study.toml", "codebook.toml"}
        assert all(tomllib.loads(p.read_text(encoding="utf-8")) for p in made.iterdir())


@pytest.mark.parametrize("file", FILES)
def test_a_link_to_a_file_is_the_file(folder, file, tmp_path):
    path = of(folder, file)
    path.symlink_to(path.rename(tmp_path / f"elsewhere-{file}"))
    assert command("validate", path.parent / "study.toml").code == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: b"\xef\xbb\xbf" + raw,
        lambda raw: raw.replace(b"\n", b"\r\n"),
        lambda raw: raw.rstrip(b"\n"),
        lambda raw: raw + b"\n\n",
    ],
    ids=["byte order mark", "lines of Windows", "no last line break", "blank lines at the end"],
)
@pytest.mark.parametrize("file", [file for file in FILES if file.endswith((".toml", ".csv"))])
def test_what_editors_do_to_a_text_file_changes_nothing(folder, file, change):
    path = of(folder, file)
    said = command("validate", path.parent / "study.toml", "--json")
    path.write_bytes(change(path.read_bytes()))
    assert command("validate", path.parent / "study.toml", "--json") == said
    assert said.code == 0


def test_a_small_file_that_stands_for_a_large_one(folder, monkeypatch):
    for module in (source, text_file, workbook):
        monkeypatch.setattr(module, "MOST_BYTES", 100_000)
    path = of(folder, "responses.csv.gz")
    path.write_bytes(gzip.compress(b"a" * 1_000_000))
    assert path.stat().st_size < 2_000
    command("validate", path.parent / "study.toml").is_refusal(3, path.name, "100,000 bytes")


def test_a_small_workbook_that_stands_for_a_large_one(folder, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_BYTES", 100_000)
    path = of(folder, "responses.xlsx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/media/picture.bin", b"a" * 1_000_000)
    command("validate", path.parent / "study.toml").is_refusal(3, path.name, "100,000 bytes")


def test_a_workbook_whose_entities_multiply(folder):
    path = of(folder, "responses.xlsx")
    laughs = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 50}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with zipfile.ZipFile(path) as parts:
        content = {name: parts.read(name) for name in parts.namelist()}
    sheet = content["xl/worksheets/sheet1.xml"].decode()
    content["xl/worksheets/sheet1.xml"] = (laughs + "]>" + sheet.replace("r1<", "&i;<")).encode()
    with zipfile.ZipFile(path, "w") as parts:
        for name, raw in content.items():
            parts.writestr(name, raw)
    command("validate", path.parent / "study.toml").is_refusal(3, path.name)


def test_a_parquet_file_is_not_a_folder_of_them(folder):
    """Folders named like `rank=x` would become columns of a data set."""
    place = folder("responses.parquet")
    inside = place / "extra=1"
    inside.mkdir()
    (place / "responses.parquet").rename(inside / "responses.parquet")
    study = place / "study.toml"
    study.write_text(
        study.read_text().replace('"responses.parquet"', '"extra=1/responses.parquet"')
    )
    assert command("validate", study).code == 0
    (inside / "responses.parquet").rename(place / "responses.parquet")
    inside.rmdir()
