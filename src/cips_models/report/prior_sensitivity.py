"""How far the effects depend on the priors, as a table; see :mod:`.prior_words` for sentences."""

import pandas as pd

from cips_models.charts.labels import capital
from cips_models.charts.numbers import NONE, amount, with_span
from cips_models.names import GROUP, PERCENT
from cips_models.report.assessment import Assessment
from cips_models.report.document import Table
from cips_models.report.prior_words import average_under_priors, prior_name
from cips_models.wording import _


def sensitivity_table(assessment: Assessment, specification: str) -> Table:
    """Every prior's sensitivity and what becomes of the average effect, of the fit shown first."""
    sensitivity = assessment["prior_sensitivity"]
    rows = []
    for group in assessment.about["groups"]:
        moved = average_under_priors(assessment, group, specification, trusted=False)
        for prior in dict.fromkeys(moved["prior"][moved["prior"] != ""]):
            own = moved[moved["prior"] == prior]
            where = sensitivity[
                (sensitivity[GROUP] == group)
                & (sensitivity["prior"] == prior)
                & (sensitivity["estimand"] == "ATT")
                & (sensitivity["scale"] == PERCENT)
                & (sensitivity["parallel_trends"] == "latent")
                & (sensitivity["route"] == moved["route"].iloc[0])
                & (sensitivity["specification"] == specification)
            ].iloc[0]
            rows.append(
                (
                    capital(group),
                    capital(prior_name(prior)),
                    amount(where["prior_sensitivity"], 3),
                    amount(own["pareto_k"].max(), 2),
                    *(_stated(own[own["power"] == power]) for power in (0.5, 2.0)),
                )
            )
    return Table(
        _("The average effect under weaker and stronger priors, in percentage points"),
        (
            _("Group"),
            _("Prior of"),
            _("Sensitivity"),
            _("Pareto k"),
            _("Half as strong"),
            _("Twice as strong"),
        ),
        tuple(rows),
        words=2,
    )


def _stated(rows: pd.DataFrame) -> str:
    """Estimate and interval; of a refit where there is one, which is said."""
    if rows.empty:
        return NONE
    row = rows.iloc[-1]
    said = with_span(row["mean"], row["lower"], row["upper"])
    return said if row["method"] == "weights" else _("{estimate}, refit").format(estimate=said)
