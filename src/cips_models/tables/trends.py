"""Tables of what the within-country comparison takes for granted, and of decisions."""

from typing import Final

from cips_models.names import COUNTRY, GROUP
from cips_models.tables.columns import DIMS, ESTIMAND, Column, Tables, estimates

_ROUTE: Final = Column("route", "text", "joint: one model; cut: cells first, hierarchy second.")
_SPECIFICATION: Final = Column("specification", "text", "Model specification.")

TRENDS: Final[Tables] = {
    "trends": estimates(
        GROUP,
        extras=(
            _ROUTE,
            _SPECIFICATION,
            Column(
                "bias",
                "text",
                "common: one for all supported cells; by country: independent ones; empty where "
                "the row is not about a bias.",
            ),
            Column("times", "number", "M: sd of the bias in units of omega, the spread."),
            Column(
                "breakdown",
                "number",
                "Least M at which the interval holds zero; empty where it does not up to 2.",
            ),
            Column("breakdown_mcse", "number", "Monte Carlo standard error of the breakdown."),
            *ESTIMAND,
        ),
    ),
    "placebo": estimates(
        GROUP,
        extras=(
            _ROUTE,
            _SPECIFICATION,
            Column("omega", "number", "Mean of the spread omega, logits."),
            *ESTIMAND,
        ),
    ),
    "spillover": estimates(
        COUNTRY,
        GROUP,
        extras=(
            _ROUTE,
            _SPECIFICATION,
            Column(
                "share",
                "number",
                "Support of the country: mean over its factors, 1 where all had one unit.",
            ),
            *ESTIMAND,
        ),
    ),
    "exposure": estimates(
        GROUP,
        extras=(
            _ROUTE,
            _SPECIFICATION,
            Column("set_aside", "count", "Cells set aside: exposed in part."),
            *ESTIMAND,
        ),
    ),
    "unchecked": (
        Column("check", "text", "What could not be examined."),
        DIMS[GROUP],
        Column("reason", "text", "Why not."),
    ),
    "decision": estimates(
        GROUP,
        extras=(
            _ROUTE,
            _SPECIFICATION,
            Column("parallel_trends", "text", "Scale on which trends are taken as parallel."),
            Column(
                "margin",
                "number",
                "Points that the effect is compared with; half the width of "
                "the region of practical equivalence.",
            ),
            Column(
                "part",
                "text",
                "above a margin; or below, within, above the region of practical equivalence.",
            ),
            Column("stated", "text", "Who stated the margin: study, command or default."),
            *ESTIMAND,
        ),
    ),
    "naming": estimates(
        GROUP,
        "from",
        "to",
        extras=(
            Column("supported", "text", "supported, unsupported; empty for all cells."),
            Column("margin", "number", "Points by which a change must exceed zero to count."),
            Column(
                "threshold",
                "number",
                "Probability from which on a cell is named improved; empty without a rule.",
            ),
            Column("named", "count", "Cells that the rule names."),
            Column("cells", "count", "Cells there are."),
        ),
    ),
}
