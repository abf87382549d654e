"""Tables of the models as such: priors with their reasons, what they expect, parameters."""

from typing import Final

import pandas as pd

from cips_models.charts.labels import capital, intervals, word
from cips_models.charts.numbers import NONE, amount, count, plain, points, span
from cips_models.names import GROUP
from cips_models.report.assessment import Assessment
from cips_models.report.document import Table
from cips_models.report.fit_words import element, fit_name, parameter
from cips_models.report.prior_words import prior_name
from cips_models.report.ways import default_specification
from cips_models.wording import N_, _

_FAMILIES: Final = {
    "normal": N_("normal(0, {sd})"),
    "half_normal": N_("half-normal({sd})"),
    "lognormal": N_("log-normal, median {median}, sd of the log {sd}"),
    "uniform": N_("uniform over all it can be"),
    "half_cauchy": N_("half-Cauchy({sd})"),
    "inverse_gamma": N_("inverse gamma of the square, scale {sd}"),
    "fixed": N_("held at {sd}"),
}

_OF_ITEMS: Final = ("discrimination", "threshold")


def priors(assessment: Assessment) -> Table:
    """Every prior in force of the specification that is shown first, with its reason."""
    table = assessment["priors"]
    own = table[table["specification"] == default_specification(assessment)]
    return Table(
        _("Priors, in logits unless said otherwise, each with its reason"),
        (_("Prior of"), _("Distribution"), _("Reason")),
        tuple(
            (capital(prior_name(row["prior"])), _distribution(row), str(row["reason"]))
            for _index, row in own.iterrows()
        ),
        words=3,
    )


def other_priors(assessment: Assessment) -> Table:
    """Priors of other specifications that differ from those of the first, or are not among them."""
    table = assessment["priors"]
    first = default_specification(assessment)
    own = {
        (row["prior"], _distribution(row))
        for _index, row in table[table["specification"] == first].iterrows()
    }
    rows = [
        (
            capital(word(row["specification"])),
            prior_name(row["prior"]),
            _distribution(row),
            str(row["reason"]),
        )
        for _index, row in table[table["specification"] != first].iterrows()
        if (row["prior"], _distribution(row)) not in own
    ]
    return Table(
        _("Priors in which the other specifications differ from it"),
        (_("Specification"), _("Prior of"), _("Distribution"), _("Reason")),
        tuple(rows),
        words=4,
    )


def _distribution(row: pd.Series) -> str:
    return _(_FAMILIES[row["family"]]).format(sd=plain(row["sd"]), median=plain(row["median"]))


def expected(assessment: Assessment) -> Table:
    """What the priors expect of a cell, in per cent and percentage points."""
    rows = []
    for _index, row in assessment["prior_predictive"].iterrows():
        signed = row["quantity"].startswith("change")
        rows.append(
            (
                _("Change of a cell, points") if signed else _("Level of a cell, per cent"),
                capital(row[GROUP]),
                points(row["mean"]) if signed else amount(row["mean"]),
                amount(row["sd"]),
                span(row["inner_lower"], row["inner_upper"], signed=signed),
                span(row["lower"], row["upper"], signed=signed),
            )
        )
    return Table(
        _("Prior predictive: what is expected before any answer is seen"),
        (_("Quantity"), _("Group"), _("Mean"), _("Sd"), intervals(["50%"]), intervals(["95%"])),
        tuple(rows),
        words=2,
    )


def parameters(assessment: Assessment, fit: str, *, items: bool = False) -> Table:
    """Posterior of the parameters of a fit: of items, or of everything else."""
    table = assessment["parameters"]
    own = table[(table["fit"] == fit) & (table["estimand"].isin(_OF_ITEMS) == items)]
    rows = [
        (
            capital(parameter(row["estimand"])),
            element(row["where"]) or NONE,
            points(row["mean"], 2) if pd.notna(row["p_positive"]) else amount(row["mean"], 2),
            amount(row["sd"], 2),
            span(row["lower"], row["upper"], signed=bool(pd.notna(row["p_positive"])), digits=2),
            amount(row["mcse"], 4),
        )
        for _index, row in own.iterrows()
    ]
    return Table(
        (_("Parameters of items, {fit}") if items else _("Parameters, {fit}")).format(
            fit=fit_name(fit)
        ),
        (
            _("Parameter"),
            _("Of"),
            _("Mean"),
            _("Sd"),
            intervals(["95% ETI"]),
            _("Error of the mean"),
        ),
        tuple(rows),
        words=2,
    )


def predictive(assessment: Assessment) -> tuple[str, ...]:
    """How many cells' observed scores lie inside the predictive interval, by group."""
    table, found = assessment["predictive"], []
    for group in assessment.about["groups"]:
        own = table[table[GROUP] == group].dropna(subset="observed")
        if own.empty:
            continue
        inside = int(((own["lower"] <= own["observed"]) & (own["observed"] <= own["upper"])).sum())
        found.append(
            _(
                "{group}: the observed mean score of {n} of {all} cells ({share} %) lies in the "
                "95 % predictive interval; a p-value below 0.01 or above 0.99 has {extreme}."
            ).format(
                group=capital(group),
                n=count(inside),
                all=count(len(own)),
                share=amount(100 * inside / len(own)),
                extreme=count(((own["p"] < 0.01) | (own["p"] > 0.99)).sum()),
            )
        )
    return tuple(found)
