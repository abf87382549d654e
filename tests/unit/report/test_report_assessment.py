"""An assessment on disk is the assessment in memory."""

import dataclasses
import json

import pandas as pd
import pytest

from cips_models.errors import OutputError
from cips_models.report import Assessment


def test_saved_and_loaded_it_is_the_same(assessment, tmp_path):
    loaded = Assessment.load(assessment.save(tmp_path / "results"))
    for field in dataclasses.fields(Assessment):
        before, after = getattr(assessment, field.name), getattr(loaded, field.name)
        if isinstance(before, pd.DataFrame):
            pd.testing.assert_frame_equal(after, before, check_dtype=False, obj=field.name)
        else:
            assert after == before, field.name


def test_it_cannot_be_changed(assessment):
    with pytest.raises(dataclasses.FrozenInstanceError):
        assessment.passed = False


def test_another_format_is_refused_with_the_reason(assessment, tmp_path):
    record = assessment.save(tmp_path) / "assessment.json"
    record.write_text(json.dumps({"format": 99}))
    with pytest.raises(OutputError, match="found format 99; expected 1"):
        Assessment.load(tmp_path)


def test_a_folder_without_one_is_refused(tmp_path):
    with pytest.raises(OutputError, match="no assessment"):
        Assessment.load(tmp_path)
