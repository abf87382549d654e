"""Tables of what was asked and answered."""

from typing import Final

from cips_models.names import COUNTRY, FACTOR, GROUP, ITEM, WAVE
from cips_models.tables.columns import DIMS, Column, Tables

SURVEY: Final[Tables] = {
    "plan": (
        Column("section", "text", "Part of the pre-analysis plan."),
        Column("subject", "text", "What differs from it."),
        Column("planned", "text", "What was planned; empty where nothing was."),
        Column("done", "text", "What was done; empty where nothing was."),
    ),
    "respondents": (
        *(DIMS[dim] for dim in (COUNTRY, GROUP, WAVE)),
        Column("respondents", "count", "Respondents; empty where withheld, as in disclosure.csv."),
    ),
    "nonresponse": (
        *(DIMS[dim] for dim in (GROUP, WAVE)),
        Column("answered", "count", "Substantive answers."),
        Column("dont_know", "count", "Answers that are don't know."),
        Column("refused", "count", "Answers that were refused."),
        Column("not_asked", "count", "Questions that were not asked."),
    ),
    "nonresponse_items": (
        *(DIMS[dim] for dim in (ITEM, FACTOR, GROUP, WAVE)),
        Column("asked", "count", "People who were asked, all countries together."),
        Column("dont_know", "count", "Of these, people who answered don't know."),
        Column("refused", "count", "Of these, people who refused to answer."),
        Column("rate", "number", "Don't know in per cent of people who were asked."),
    ),
    "dont_know": (
        *(DIMS[dim] for dim in (ITEM, FACTOR, GROUP, "from", "to")),
        Column("countries", "count", "Countries in which the item was asked in both waves."),
        Column("rate_from", "number", "Per cent don't know in the first, mean of the countries."),
        Column("rate_to", "number", "Per cent don't know in the last, mean of the countries."),
        Column("change", "number", "Change of the rate in points, mean of the countries."),
        Column("lower", "number", "Lower end of the interval; empty with fewer than 2 countries."),
        Column("upper", "number", "Upper end of the interval; empty with fewer than 2 countries."),
        Column(
            "interval",
            "text",
            "Kind and mass of the interval; t: mean of the countries' differences and their "
            "spread, countries as clusters.",
        ),
    ),
    "exclusions": (
        Column("column", "text", "Column of the responses file."),
        Column("value", "text", "Value that the study file excludes."),
        Column("rows", "count", "Rows left out because of it."),
    ),
    "support": (
        *(DIMS[dim] for dim in (COUNTRY, FACTOR)),
        Column("supported", "flag", "The Programme supported the factor in the country."),
        Column("start", "text", "First wave at which support is in force; empty if none."),
        Column("intensity", "number", "How intense support was; 1 by default, 0 if none."),
    ),
}
