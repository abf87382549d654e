"""Names of fits and of parameters are for files: a reader meets words."""

import re

import pandas as pd
import pytest

from cips_models import wording
from cips_models.inference.diagnosis import _KINDS
from cips_models.inference.pooling_words import _FAMILIES
from cips_models.model.shifts import TERMS
from cips_models.report import data_tables, front
from cips_models.report.fit_words import element, examined, fit_name, parameter
from cips_models.workflow.steps.models import _SIGNED

NAMES = [*_SIGNED, *_KINDS]


@pytest.mark.parametrize("code", ["en", "fr", "ar", "pt", "es"])
def test_every_parameter_and_family_is_told(code):
    with wording.speaking(code):
        said = [examined(name) for name in NAMES] + [parameter(name) for name in _SIGNED]
        said += [element(f"{family}, officials") for family in (*_FAMILIES, *TERMS)]
        said += [fit_name(name) for name in ("fit", "cut-did", "cut-conditional")]
    assert not [text for text in said if re.search(r"\w_\w|^fit$|cut-", text)]
    assert all(text.endswith(", officials") for text in said if "officials" in text)


def test_what_is_no_family_stays():
    assert element("item_wavelength, my_item_wave, Avalon") == (
        "item_wavelength, my_item_wave, Avalon"
    )
    assert (fit_name("another"), parameter("another"), examined("x_y")) == ("another",) * 2 + (
        "x_y",
    )


def test_where_nothing_is_gated_nothing_is_said_to_pass(assessment):
    table = assessment["diagnostics"].head(2).assign(worst=["", "officials"], n=[0, 2], passed=True)
    shown = data_tables.diagnostics(assessment.with_tables(diagnostics=table))
    at = shown.head.index("Worst element")
    assert shown.head[at + 1] == "Gate"
    assert [row[at : at + 2] for row in shown.rows] == [("–", "–"), ("officials", "passed")]


def test_a_failed_gate_is_named_in_words():
    table = pd.DataFrame({"fit": ["cut-did"], "quantity": ["sd_outlook"], "passed": [False]})
    assert front.failed_gates({"diagnostics": table}) == [
        "cut route: difference in differences: sd of persons' general outlook"
    ]
    assert front.failed_gates({"diagnostics": table.drop(columns="fit")}) == [
        "sd of persons' general outlook"
    ]
