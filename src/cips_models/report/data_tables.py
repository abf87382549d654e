"""Tables about the data and the fit, for reading."""

import pandas as pd

from cips_models.charts.labels import capital, scale_name, word
from cips_models.charts.numbers import NONE, amount, count, count_or_withheld, plain
from cips_models.disclosure import PRIMARY
from cips_models.names import COUNTRY, FACTOR, GROUP, WAVE
from cips_models.report.assessment import Assessment
from cips_models.report.document import Table
from cips_models.report.fit_words import element, examined, fit_name
from cips_models.wording import _, listed


def respondents(assessment: Assessment, *, total: bool = True) -> Table:
    """Respondents by country, group and wave; without rows where that is not to be shown."""
    about = assessment.about
    if assessment["respondents"].empty:
        return Table("", (), ())
    everywhere = _("All countries")
    table = assessment["respondents"].astype({COUNTRY: "str", GROUP: "str", WAVE: "str"})
    counts = table.set_index([COUNTRY, GROUP, WAVE])["respondents"]
    columns = [(group, wave) for group in about["groups"] for wave in about["waves"]]
    named = [*((each, each) for each in about["countries"]), *([("", everywhere)] if total else [])]
    rows = [
        (name, *(_or_none(counts.get((country, group, wave))) for group, wave in columns))
        for country, name in named
    ]
    return Table(
        _("Respondents by country, group and wave (– not surveyed; [c] withheld)"),
        (_("Country"), *(listed((capital(group), wave)) for group, wave in columns)),
        tuple(rows),
    )


def _or_none(value: float | None) -> str:
    return NONE if value is None else count_or_withheld(value)


def withheld(assessment: Assessment) -> str:
    """Say how few people are not counted, and how many counts are withheld for it."""
    threshold, table = assessment.about["threshold"], assessment["disclosure"]
    if threshold <= 1:
        return _("Disclosure control is off: every count of people is shown, however small.")
    small = int((table["reason"] == PRIMARY).sum())
    return _(
        "Fewer than {threshold} people are not counted here. Entries withheld: {n}, of "
        "which {small} are of so few, and {others} would let these be computed; disclosure.csv "
        "lists them. Raw results of so few people enter no raw result of several cells. Estimates "
        "of the model are shown with a band of the people they rest on."
    ).format(threshold=threshold, n=len(table), small=small, others=len(table) - small)


def exclusions(assessment: Assessment) -> Table:
    """Rows that the study file leaves out."""
    return Table(
        _("Rows left out because the study file excludes the value"),
        (_("Column"), _("Value"), _("Rows")),
        tuple(
            (str(row["column"]), str(row["value"]), count_or_withheld(row["rows"]))
            for _index, row in assessment["exclusions"].iterrows()
        ),
        words=2,
    )


def refusals(assessment: Assessment) -> Table:
    """What cannot be said, and why."""
    return Table(
        _("What cannot be said, and why"),
        (_("Claim"), _("Where"), _("On the scales"), _("Why not"), _("What would help")),
        tuple(
            (
                str(row["claim"]),
                str(row["where"]) or _("everywhere"),
                listed(scale_name(scale) for scale in str(row["scales"]).split(", ")),
                str(row["reason"]),
                str(row["remedy"]),
            )
            for _index, row in assessment["refusals"].iterrows()
        ),
        words=5,
    )


def support(assessment: Assessment) -> Table:
    """Supported factors of every country."""
    table = assessment["support"]
    rows = []
    for country in assessment.about["countries"]:
        own = table[(table[COUNTRY].astype(str) == country) & table["supported"].astype(bool)]
        named = [
            (
                _("{factor} (from after the last wave)")
                if not start
                else _("{factor} (from {wave})")
                if intensity == 1
                else _("{factor} (from {wave}, intensity {intensity})")
            ).format(factor=factor, wave=start, intensity=plain(intensity))
            for factor, start, intensity in zip(
                own[FACTOR], own["start"], own["intensity"], strict=True
            )
        ]
        rows.append((country, listed(named) or NONE))
    return Table(
        _("Supported factors"),
        (_("Country"), _("Factors, and first wave under support")),
        tuple(rows),
        words=2,
    )


def comparison(assessment: Assessment) -> Table:
    """Joint fits by how well they predict a respondent left out."""
    rows = [
        (
            word(str(row["fit"])),
            amount(row["elpd_diff"], 1),
            amount(row["dse"], 1),
            amount(row["p"], 0),
            count(row["pareto_k_bad"]),
        )
        for _index, row in assessment["comparison"].iterrows()
    ]
    return Table(
        _("Prediction of a respondent left out (PSIS-LOO), best model first"),
        (
            _("Model"),
            _("Log predictive density less than the best's"),
            _("Standard error"),
            _("Effective parameters"),
            _("Respondents with Pareto k > 0.7"),
        ),
        tuple(rows),
    )


def _gate(row: pd.Series) -> str:
    """Whether a gate is passed; neither where there is nothing to be gated."""
    if row["passed"] and not row["n"] and not row["worst"]:
        return NONE
    return _("passed") if row["passed"] else _("failed")


def diagnostics(assessment: Assessment) -> Table:
    """Convergence of every quantity, gate by gate."""
    table = assessment["diagnostics"]
    fits = "fit" in table
    rows = [
        (
            *((fit_name(row["fit"]),) if fits else ()),
            examined(row["quantity"]),
            word(str(row["kind"])),
            element(row["worst"]) or NONE,
            _gate(row),
            count(row["n"]),
            *(count(row[name]) for name in ("ess_bulk", "ess_tail")),
            amount(row["rhat"], 3),
        )
        for _index, row in table.iterrows()
    ]
    head = (
        *((_("Fit"),) if fits else ()),
        _("Quantity"),
        _("Kind"),
        _("Worst element"),
        _("Gate"),
    )
    numbers = (_("Number"), _("Lowest bulk ESS"), _("Lowest tail ESS"), _("Highest R-hat"))
    return Table(_("Sampling diagnostics"), (*head, *numbers), tuple(rows), words=len(head))
