"""A survey and a specification become an ordinary PyMC model."""

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pymc as pm

from cips_models.errors import SpecificationError
from cips_models.model.answering import answering, informative
from cips_models.model.design import Design, design
from cips_models.model.forward import simulate_outcomes
from cips_models.model.hierarchy import levels, treated_coords
from cips_models.model.items import items, threshold_pattern
from cips_models.model.layout import Layout, layout
from cips_models.model.likelihood import (
    EFFECT,
    PUBLIC,
    SHIFT,
    kernel_data,
    marginal_likelihood,
    parameters,
)
from cips_models.model.persons import persons
from cips_models.model.priors import zero_sum_basis
from cips_models.model.shifts import Asked, differ, shifts
from cips_models.model.specification import Specification
from cips_models.model.strata import stratum_effect
from cips_models.names import COUNTRY, WAVE
from cips_models.survey.composition import Composition
from cips_models.survey.survey import Survey


@dataclass(frozen=True)
class Blueprint:
    """What a model was built from; see :func:`blueprint`.

    Attributes
    ----------
    specification : Specification
    design : Design
    cells : CellEstimates or None
    answers : tuple of Survey and Layout, or None
        None where all that is known are the cells.
    """

    specification: Specification
    design: Design
    cells: "CellEstimates | None"
    answers: tuple[Survey, Layout] | None

    @property
    def survey(self) -> Survey:
        """The survey."""
        return self._told[0]

    @property
    def layout(self) -> Layout:
        """Its layout."""
        return self._told[1]

    @property
    def _told(self) -> tuple[Survey, Layout]:
        if self.answers is None:
            raise SpecificationError(
                f"{self.specification.name}: found a model of cell estimates from elsewhere, "
                "without their survey; expected a model of a survey"
            )
        return self.answers


@dataclass(frozen=True)
class CellEstimates:
    """Stage 1 of the cut route: cell levels measured with known error.

    Attributes
    ----------
    position : (estimate, 4) int array
        Positions of country, factor, group and wave.
    mean : (estimate,) array
        Estimated latent levels, in logits.
    within : (estimate, estimate) array
        Covariance of errors that only estimates of the same country share.
    shared : (estimate, error) array
        Coefficients of independent standard normal errors that all estimates share.
    """

    position: np.ndarray
    mean: np.ndarray
    within: np.ndarray
    shared: np.ndarray

    @property
    def covariance(self) -> np.ndarray:
        """(estimate, estimate) covariance of all errors."""
        return np.asarray(self.within + self.shared @ self.shared.T)

    def among(self, kept: np.ndarray) -> "CellEstimates":
        """Some of the estimates, ``kept`` (estimate,) bool: the others leave without a trace."""
        return CellEstimates(
            self.position[kept],
            self.mean[kept],
            self.within[np.ix_(kept, kept)],
            self.shared[kept],
        )


_BLUEPRINTS: WeakKeyDictionary[pm.Model, Blueprint] = WeakKeyDictionary()


def blueprint(model: pm.Model) -> Blueprint:
    """What :func:`build` made a model from.

    Raises
    ------
    SpecificationError
        The model does not come from :func:`build`.
    """
    try:
        return _BLUEPRINTS[model]
    except KeyError:
        raise SpecificationError(
            "This model was not made by cips_models.build; build it from a survey and a "
            "specification, then change it inside `with model:`"
        ) from None


def build(survey: Survey, spec: Specification, *, cells: CellEstimates | None = None) -> pm.Model:
    """Build the model of a survey.

    The respondents' latents are integrated out, so the free variables are item
    parameters, person spreads and the hierarchy of levels, changes and effects.  The
    model also runs forward: ``pm.sample_prior_predictive(model=model)`` and the like.

    Parameters
    ----------
    survey : Survey
    spec : Specification
    cells : CellEstimates, optional
        For a specification whose measurement is "cells" (stage 2 of the cut route).

    Returns
    -------
    pymc.Model
        Public names: ``level`` (country, factor, group, wave), ``effect`` (group) of one unit
        of intensity, ``effect_cell`` (followed, factor, group) at the intensity given,
        ``discrimination`` and ``difficulty`` (question), ``threshold``, ``sd_*``,
        ``correlation_*``, ``stratum_effect`` (stratum, factor, group) where the survey tells
        strata or modes apart, ``answering_*`` where don't know is informative, and
        ``answers``, the observed data.

    Raises
    ------
    SpecificationError
        The specification needs what the survey does not have.
    """
    answers = spec.structure.measurement == "answers"
    lay = layout(
        survey,
        thresholds_by=thresholds_by(spec) if answers else (),
        by_stratum=answers and spec.structure.composition,
        dont_know=answers and informative(spec),
    )
    plan = design(survey, lay)
    if spec.structure.measurement == "cells" and cells is None:
        raise SpecificationError(
            f"Specification {spec.name!r} takes cell estimates as data; found none. "
            "Use cips_models.cut, which makes them in its first stage."
        )
    book = lay.questions
    _, spread, _ = threshold_pattern(book.levels)
    coords: dict[str, Any] = {
        **plan.coords(),
        **treated_coords(plan),
        "question": book.labels,
        "threshold_position": book.threshold_labels,
        "gap_position": np.arange(spread.shape[1]),
        "item_contrast": np.arange(zero_sum_basis(book.block).shape[1]),
    }
    with pm.Model(coords=coords) as model:
        level = levels(spec, plan)
        if cells is not None and spec.structure.measurement == "cells":
            _cell_measurement(level, cells)
        else:
            _answer_measurement(spec, lay, level, plan, survey.composition)
    _BLUEPRINTS[model] = Blueprint(spec, plan, cells, (survey, lay))
    return model


def build_hierarchy(spec: Specification, plan: Design, cells: CellEstimates) -> pm.Model:
    """Build stage 2 of the cut route for cells whose survey is not at hand; see :func:`build`."""
    with pm.Model(coords={**plan.coords(), **treated_coords(plan)}) as model:
        _cell_measurement(levels(spec, plan), cells)
    _BLUEPRINTS[model] = Blueprint(spec, plan, cells, None)
    return model


def thresholds_by(spec: Specification) -> tuple[str, ...]:
    """Dimensions by which thresholds differ under a specification; see ``layout``."""
    return (COUNTRY, WAVE) if differ(spec) or informative(spec) else ()


def _cell_measurement(level: Any, cells: CellEstimates) -> None:
    """Estimates with known covariance, rotated so that their errors are independent."""
    whiten = np.linalg.inv(np.linalg.cholesky(cells.covariance))
    expected = pm.math.dot(pm.Data("whiten", whiten), level[tuple(cells.position.T)])
    shown = pm.Data("cell_estimate_data", whiten @ cells.mean)
    pm.Normal("cell_estimate", expected, 1.0, observed=shown)


def _answer_measurement(
    spec: Specification, lay: Layout, level: Any, plan: Design, composition: Composition | None
) -> None:
    """The answers, given item parameters, person spreads and cell levels."""
    sizes = {dim: len(labels) for dim, labels in plan.coords().items()}
    asked = Asked.of(lay, len(plan.countries), plan.step_scale)
    shift, common = shifts(spec, asked)
    discrimination, thresholds = items(spec, lay.questions, common)
    spreads = persons(spec, lay.questions, sizes, plan.groups)
    effect = stratum_effect(spec, composition, len(plan.factors))
    public = (discrimination, thresholds, level, *spreads, shift, effect)
    named = dict(zip((*PUBLIC, SHIFT, EFFECT), public, strict=True))
    arranged = parameters(named | answering(spec, lay.answering, sizes), lay)
    data = [pm.Data(name, value) for name, value in kernel_data(lay, spec.quadrature).items()]

    def log_probability(value: Any, *inputs: Any) -> Any:
        # The answers enter as data of the kernel, which hold the same information as ``value``.
        return marginal_likelihood(*inputs[:-1], *data)[0]

    def forward(*inputs: Any, rng: np.random.Generator, size: Any) -> np.ndarray:
        slope, threshold, location, general, specific, _ = inputs
        return simulate_outcomes(rng, slope, threshold, location, general, specific, lay)

    pm.CustomDist(
        "answers",
        *arranged.values(),
        pm.Data("cell_of", lay.cell_of),
        logp=log_probability,
        random=forward,
        signature="(j),(s,t),(c,f),(c,f),(c,f),(n)->(n,j)",
        dtype="int8",
        observed=lay.outcomes,
    )
