"""Checks of the claim that perceptions of a group changed."""

import numpy as np
import pandas as pd

from cips_models.charts.numbers import amount, points
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT
from cips_models.report.answers import overall_changes
from cips_models.report.assessment import Assessment
from cips_models.report.checks import Found, excludes_zero
from cips_models.report.nonresponse import NOTABLE
from cips_models.tables.estimates import AS_COMPOSED
from cips_models.wording import _


def _overall(assessment: Assessment, group: str) -> pd.Series:
    row: pd.Series = overall_changes(assessment, group).iloc[0]
    return row


def precision(assessment: Assessment, group: str) -> Found | None:
    """The interval of the mean change."""
    return excludes_zero(_overall(assessment, group))


def factors(assessment: Assessment, group: str) -> Found | None:
    """How many factors changed as their mean did."""
    overall, table = _overall(assessment, group), assessment["changes"]
    own = table[
        (table["estimand"] == "pooled change")
        & (table[GROUP] == group)
        & (table["scale"] == PERCENT)
        & (table[FACTOR] != "")
        & (table["from"] == overall["from"])
        & (table["to"] == overall["to"])
    ]
    if len(own) < 2:
        return None
    alike = int((np.sign(own["mean"]) == np.sign(overall["mean"])).sum())
    return Found(_("{n} of {all}").format(n=alike, all=len(own)), alike == len(own))


def drift(assessment: Assessment, group: str) -> Found | None:
    """The mean change beside what drift alone may feign."""
    table = assessment["drift"]
    own = table[
        (table["estimand"] == "pooled change")
        & (table[GROUP] == group)
        & (table[FACTOR] == "")
        & (table["scale"] == PERCENT)
        & (table["drift"] == 1)
    ]
    if own.empty:
        return None
    change, drift = _overall(assessment, group)["mean"], own["drift_alone"].iloc[0]
    return Found(
        _("{change} against ±{drift}").format(change=points(change), drift=amount(drift)),
        bool(abs(change) > drift),
    )


def composition(assessment: Assessment, group: str) -> Found | None:
    """The mean change as the waves were composed; None where nothing told people apart."""
    if str(assessment.about.get("assumption", "")):
        return Found(_("the mode is assumed"), False)
    overall, table = _overall(assessment, group), assessment["changes"]
    own = table[
        (table["estimand"] == f"pooled change{AS_COMPOSED}")
        & (table[GROUP] == group)
        & (table["scale"] == PERCENT)
        & (table[FACTOR] == "")
        & (table[COUNTRY] == "")
    ]
    if own.empty:
        return None
    found = excludes_zero(own.iloc[0])
    same = np.sign(own.iloc[0]["mean"]) == np.sign(overall["mean"])
    return Found(found.number, bool(found.holds and same))


def dont_know(assessment: Assessment, group: str) -> Found | None:
    """How many questions lost or won many answers to don't know."""
    table = assessment["dont_know"]
    own = table[table[GROUP] == group].dropna(subset="change")
    if own.empty:
        return None
    moved = int((own["change"].abs() > NOTABLE).sum())
    return Found(_("{n} of {all}").format(n=moved, all=len(own)), not moved)
