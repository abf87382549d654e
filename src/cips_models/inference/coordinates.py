"""What the coordinates of stage 1 are: levels, item shifts, and what countries share."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cips_models.inference.quadratic import Parts
from cips_models.model.answering import BY_COUNTRY, IN_CELL
from cips_models.model.build import blueprint
from cips_models.model.density import Density
from cips_models.model.shifts import (
    BOTH_TERM,
    COUNTRY_TERM,
    SD,
    Asked,
    coordinates,
    estimated,
    terms,
)


@dataclass(frozen=True)
class Coordinates:
    """What the coordinates of a model without pooling are.

    Attributes
    ----------
    parts : Parts
        The sds of item shifts are held; the levels are the last of a country's own.
    level : int array
        Places of the levels.
    position : (estimate, 4) int array
        Country, factor, group and wave of each level.
    unit : float
        Logits in a unit of the coordinates that are levels.
    shifts : mapping of str to int array
        Places of the standardised item shifts whose sd is estimated, by term.
    scale : (term,) array
        Scales of the half-normal priors of these sds, in logits.
    sd : (term,) int array
        Places of these sds, in units of their scales.
    """

    parts: Parts
    level: np.ndarray
    position: np.ndarray
    unit: float
    shifts: Mapping[str, np.ndarray]
    scale: np.ndarray
    sd: np.ndarray

    @classmethod
    def of(cls, density: Density) -> "Coordinates":
        """Of a model of answers in which every cell has a level of its own."""
        plan, places = blueprint(density.model), density.places
        spec, position = plan.specification, np.argwhere(plan.design.observed)
        asked = Asked.of(plan.layout, len(plan.design.countries), plan.design.step_scale)
        present = terms(spec, asked)
        free = estimated(spec, asked)
        country = np.full(density.dim, -1)
        country[places["level_z"]] = position[:, 0]
        for term in {COUNTRY_TERM, BOTH_TERM} & present.keys():
            country[places[coordinates(term)]] = present[term][:, 0]
        if IN_CELL in places:
            country[places[IN_CELL]] = plan.layout.answering.cells[:, 0]
            country[places[BY_COUNTRY]] = plan.layout.answering.places[:, 1]
        sd = places.get(SD, np.empty(0, dtype=int))
        country[sd] = -2
        last = np.zeros(density.dim, dtype=bool)
        last[places["level_z"]] = True
        order = np.lexsort([last, country])
        parts = Parts(
            density.dim,
            tuple(order[country[order] == c] for c in np.unique(country[country >= 0])),
            np.flatnonzero(country == -1),
        )
        return cls(
            parts=parts,
            level=places["level_z"],
            position=position,
            unit=spec.priors["flat_cell"].sd,
            shifts={term: places[coordinates(term)] for term in free},
            scale=np.array([spec.priors[term].sd for term in free]),
            sd=sd,
        )

    @property
    def level_places(self) -> list[np.ndarray]:
        """Places of each country's levels."""
        return [own[np.isin(own, self.level)] for own in self.parts.own]

    def spread(self, sds: np.ndarray) -> np.ndarray:
        """(dim,) sd of what each coordinate stands for, where that is an item shift; else one."""
        found = np.ones(self.parts.dim)
        for place, sd in zip(self.shifts.values(), sds, strict=True):
            found[place] = sd
        return found
