"""Stage 2 of the cut route under one map of support after another, compiled once.

Which cells are supported is data of the model, and given it the hierarchy is a linear map: for
another map of support its coefficients are read off again, in hundredths of a second.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import xarray as xr

from cips_models.errors import SpecificationError
from cips_models.inference.linear import LinearHierarchy
from cips_models.model.build import CellEstimates, build_hierarchy
from cips_models.model.density import Density
from cips_models.model.design import Design
from cips_models.model.hierarchy import support_data, treated_coords
from cips_models.model.specification import Specification


@dataclass(frozen=True)
class SupportMaps:
    """A specification's stage 2 of one set of cells, for any map of support over them.

    Attributes
    ----------
    spec : Specification
    design : Design
    position : (estimate, 4) int array
        Cells that are estimated; see :class:`CellEstimates`.
    density : Density
    """

    spec: Specification
    design: Design
    position: np.ndarray
    density: Density

    @classmethod
    def of(cls, spec: Specification, design: Design) -> "SupportMaps":
        """Build and compile, which takes seconds."""
        position = np.argwhere(design.observed)
        size = len(position)
        empty = CellEstimates(position, np.zeros(size), np.eye(size), np.zeros((size, 0)))
        return cls(spec, design, position, Density(build_hierarchy(spec, design, empty)))

    def serves(self, design: Design) -> bool:
        """Whether another map of support needs no other model: the same terms, over the same."""
        mine = self.design
        return (
            treated_coords(mine) == treated_coords(design)
            and np.array_equal(mine.observed, design.observed)
            and np.array_equal(mine.already_treated, design.already_treated)
        )

    def under(
        self, design: Design, quantity: Callable[[xr.Dataset], xr.DataArray]
    ) -> tuple[LinearHierarchy, np.ndarray]:
        """The hierarchy under another map of support, and a quantity's coefficients in it.

        Raises
        ------
        SpecificationError
            That map needs another model.
        """
        if not self.serves(design):
            raise SpecificationError(
                "Stage 2 under another map of support: found other countries or factors with "
                "supported cells; expected the same. Build SupportMaps of that map."
            )
        model, before = self.density.model, support_data(self.spec, self.design)
        try:
            for name, value in support_data(self.spec, design).items():
                model[name].set_value(value)
            hierarchy = LinearHierarchy.of(self.density, self.position)
            return hierarchy, hierarchy.coefficients(self.density, quantity)
        finally:
            for name, value in before.items():
                model[name].set_value(value)
