"""Honest statements about what changed in customs integrity perceptions, and why.

The public functions are loaded on first use, so that ``import cips_models`` (and
``cips --help``) costs milliseconds although PyMC takes seconds.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "read": "cips_models.survey.reading",
    "simulate": "cips_models.survey.simulation",
    "Survey": "cips_models.survey.survey",
    "specification": "cips_models.model.specification_file",
    "build": "cips_models.model.build",
    "prior": "cips_models.inference.prior",
    "fit": "cips_models.inference.sampling",
    "load": "cips_models.inference.fit",
    "Fit": "cips_models.inference.fit",
    "cut": "cips_models.inference.cut",
    "stage_one": "cips_models.inference.every_cell",
    "export_cells": "cips_models.inference.exchange",
    "pool": "cips_models.inference.exchange",
    "joint": "cips_models.inference.joint",
    "approximate": "cips_models.inference.importance",
    "importance": "cips_models.inference.importance",
    "identification": "cips_models.inference.constraints",
    "diagnose": "cips_models.inference.diagnosis",
    "predictive": "cips_models.inference.predictive",
    "compare": "cips_models.inference.comparison",
    "levels": "cips_models.estimands.levels",
    "changes": "cips_models.estimands.changes",
    "paths": "cips_models.estimands.paths",
    "improved": "cips_models.estimands.improved",
    "design_based": "cips_models.estimands.design_based",
    "contrast": "cips_models.estimands.contrasts",
    "summarise": "cips_models.estimands.intervals",
    "densities": "cips_models.estimands.densities",
    "effects": "cips_models.did.effects",
    "effects_on_cells": "cips_models.did.on_cells",
    "effect_paths": "cips_models.did.paths",
    "between_countries": "cips_models.did.between_countries",
    "estimand": "cips_models.did.statements",
    "Estimand": "cips_models.did.estimand",
    "Refits": "cips_models.inference.refit",
    "permutation_test": "cips_models.did.few_clusters.permutation",
    "leave_one_out": "cips_models.did.few_clusters.influence",
    "wild_bootstrap": "cips_models.did.few_clusters.wild",
    "placebo_maps": "cips_models.did.few_clusters.placebo",
    "refusals": "cips_models.did.refusals",
    "biased": "cips_models.did.trends.bias",
    "breakdown": "cips_models.did.trends.bias",
    "placebo": "cips_models.did.trends.placebo",
    "country_shifts": "cips_models.did.trends.spillover",
    "exposure_effects": "cips_models.did.trends.exposure",
    "naming": "cips_models.did.decision",
    "local_false_sign_rate": "cips_models.did.decision",
    "selection": "cips_models.did.selection",
    "as_now": "cips_models.did.next_wave",
    "read_planned_wave": "cips_models.did.next_wave",
    "next_wave": "cips_models.did.next_wave",
    "next_wave_table": "cips_models.did.next_wave",
    "cells_needed_table": "cips_models.did.next_wave",
    "prior_sensitivity": "cips_models.did.prior_sensitivity",
    "Assessment": "cips_models.report.assessment",
    "charts": "cips_models.charts",
    "report": "cips_models.report",
}

#: Public names that are modules: ``cips.charts.headline(...)``, ``cips.report.write(...)``.
_MODULES = {"charts", "report"}

__all__ = ["__version__", *_HOME]  # noqa: PLE0604 - names are strings


def __getattr__(name: str) -> Any:
    """Import a public name from its home on first use (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'cips_models' has no attribute {name!r}")
    module = import_module(_HOME[name])
    return module if name in _MODULES else getattr(module, name)


def __dir__() -> list[str]:
    return sorted(__all__)
