"""Design of the next wave: how precise it will be, and what it will be able to detect."""

from cips_models.did.next_wave.plan_file import read_planned_wave
from cips_models.did.next_wave.planned import PlannedWave, as_now
from cips_models.did.next_wave.precision import Precision, next_wave
from cips_models.did.next_wave.tables import cells_needed_table, next_wave_table

__all__ = [
    "PlannedWave",
    "Precision",
    "as_now",
    "cells_needed_table",
    "next_wave",
    "next_wave_table",
    "read_planned_wave",
]
