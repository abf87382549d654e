"""Tables of the design of the next wave: results of a command, apart from a results folder."""

from typing import Final

from cips_models.names import COUNTRY, FACTOR, GROUP
from cips_models.tables.columns import DIMS, Column, Tables

_MCSE: Final = Column(
    "mcse", "number", "Simulation error: standard error over draws of the scales."
)

DESIGN: Final[Tables] = {
    "next_wave": (
        DIMS[GROUP],
        Column("respondents", "count", "Respondents of the group in the next wave, all countries."),
        Column("size", "number", "The same in units of what is planned."),
        Column("quantity", "text", "Effect, pooled change, or change of a cell, in points."),
        Column(
            "measure",
            "text",
            "half width: expected half of the 95 % interval; detected: probability that it "
            "excludes zero if the effect is as in the column effect; assurance: probability "
            "that it will, given what the fit believes of the effect.",
        ),
        Column(
            "effect",
            "number",
            "Size of the effect, in points of positive answers; of assurance, the fit's mean.",
        ),
        Column("value", "number", "The measure: points, or a probability 0-1."),
        Column("spread", "number", "Sd of the measure over the posterior of the scales."),
        _MCSE,
    ),
    "cells_needed": (
        DIMS[COUNTRY],
        DIMS[FACTOR],
        DIMS[GROUP],
        Column("respondents", "count", "Respondents planned in the country and group."),
        Column("half_width", "number", "Expected half of the 95 % interval of the change, points."),
        _MCSE,
        Column("least_half_width", "number", "The same with infinitely many respondents there."),
        Column(
            "drift_half_width", "number", "The same, and in the earlier wave, too: drift alone."
        ),
        Column("within", "number", "Half width that is wanted, in points."),
        Column("respondents_needed", "count", "Respondents it takes; empty where no number does."),
        Column(
            "reason",
            "text",
            "Why none does. drift: it alone makes the interval wider; earlier wave: the few "
            "respondents of the earlier wave do.",
        ),
    ),
}
