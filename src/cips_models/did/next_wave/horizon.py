"""The survey as it will be: its waves so far, and the one that is planned."""

from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from cips_models.did.next_wave.planned import PlannedWave
from cips_models.did.next_wave.present import last_wave
from cips_models.errors import FitError
from cips_models.inference.collapse import Collapsed
from cips_models.inference.fit import Fit
from cips_models.inference.linear import LinearHierarchy
from cips_models.model.build import CellEstimates, build_hierarchy
from cips_models.model.density import Density
from cips_models.model.design import Design
from cips_models.model.shifts import refuse_sparse
from cips_models.model.specification import Specification
from cips_models.model.specification_file import available, specification

#: Families of deviations that are of one step: their sds are per step of mean length.
_OF_A_STEP = ("country_change", "cell_change")


@dataclass(frozen=True)
class Horizon:
    """Cells of all waves, seen and planned, and the hierarchy over them.

    Attributes
    ----------
    spec : Specification
    design : Design
        With the planned wave as its last.
    position : (estimate, 4) int array
        Every cell that was seen or will be.
    new : (planned,) int array
        Which of them are of the planned wave.
    last : (planned,) int array
        The same cells in the last wave in which they were seen.
    respondents : (planned,) float array
    stretch : float
        Factor on sds of a step: the mean length of steps now and before differ.
    density : Density
    hierarchy : LinearHierarchy
    """

    spec: Specification
    design: Design
    position: np.ndarray
    new: np.ndarray
    last: np.ndarray
    respondents: np.ndarray
    stretch: float
    density: Density
    hierarchy: LinearHierarchy

    @classmethod
    def of(cls, fit: Fit, plan: PlannedWave, spec: Specification | None = None) -> "Horizon":
        """From a fit and a plan for the wave after it.

        Raises
        ------
        FitError
            The specification of the fit is not at hand.
        SpecificationError
            Item shifts are sparse, which no Gaussian stands for.
        """
        spec = spec or _own_specification(fit)
        refuse_sparse(spec, "the design of the next wave")
        design = extended(fit.design, plan)
        position = np.argwhere(design.observed)
        row = np.full(design.observed.shape, -1)
        row[tuple(position.T)] = np.arange(len(position))
        planned = len(design.waves) - 1
        new = np.flatnonzero(position[:, 3] == planned)
        before = fit.design.observed
        seen = before.shape[3] - 1 - before[..., ::-1].argmax(axis=3)
        country, factor, group, _ = position[new].T
        last = row[country, factor, group, seen[country, factor, group]]
        empty = CellEstimates(
            position, np.zeros(len(position)), np.eye(len(position)), np.zeros((len(position), 0))
        )
        density = Density(build_hierarchy(spec, design, empty))
        times = fit.design.times
        stretch = 1.0
        if len(times) > 1:
            stretch = float(np.sqrt(np.diff(design.times).mean() / np.diff(times).mean()))
        return cls(
            spec=spec,
            design=design,
            position=position,
            new=new,
            last=last,
            respondents=plan.respondents[country, group],
            stretch=stretch,
            density=density,
            hierarchy=LinearHierarchy.of(density, position),
        )

    def scales(self, posterior: xr.Dataset, prior: np.ndarray) -> np.ndarray:
        """Unconstrained point (dim,) with the scales of one draw of a fit.

        What the fit has not (the sd of changes, after one wave) stays at ``prior`` (dim,).
        """
        x, model = prior.copy(), self.density.model
        terms = list(model.coords.get("term", ()))
        known = [str(term) for term in posterior["term"].to_numpy()] if "sd" in posterior else []
        for family, term in zip(self.hierarchy.families, terms, strict=True):
            if term not in known:
                continue
            sd = posterior["sd"].sel(term=term).to_numpy()
            unit = self.spec.priors[term].sd / (self.stretch if term in _OF_A_STEP else 1.0)
            x[family.sd] = sd / unit
            if family.correlation is not None:
                groups = len(family.sd)
                r = float(posterior["correlation"].sel(term=term))
                share = np.clip((1 + (groups - 1) * r) / groups, 1e-9, 1 - 1e-9)
                x[family.correlation] = np.log(share / (1 - share))
        if self.hierarchy.persistence.size and "persistence" in posterior:
            unit = self.spec.priors["persistence"].sd
            x[self.hierarchy.persistence] = posterior["persistence"].to_numpy() / unit
        return x

    @property
    def families(self) -> tuple[str, ...]:
        """Families of deviations of this hierarchy, by name."""
        return tuple(self.density.model.coords.get("term", ()))

    def measured(self, within: np.ndarray, shared: np.ndarray) -> Collapsed:
        """The hierarchy with cells that err by these; what they will show is no matter."""
        cells = CellEstimates(self.position, np.zeros(len(self.position)), within, shared)
        return Collapsed.fitted_to(cells, self.hierarchy)


def extended(design: Design, plan: PlannedWave) -> Design:
    """A design with the planned wave as its last.

    A cell is observed there if its group will be asked and was asked about the factor before.
    """
    asked = np.take_along_axis(
        design.observed, np.maximum(last_wave(design), 0)[:, None, :, None], axis=3
    )[..., 0]
    observed = np.concatenate(
        [design.observed, (asked & (plan.respondents > 0)[:, None])[..., None]], axis=3
    )
    support = None
    followed = np.flatnonzero(observed.any(axis=(1, 2)).sum(axis=1) >= 2)
    already = design.already_treated
    if plan.supported is not None:
        shape = observed.shape[:2]
        so_far = np.zeros((*shape, len(design.waves)), dtype=bool)
        if design.support is not None:
            so_far = design.support
        kept = np.isin(np.arange(shape[0]), followed)[:, None]
        next_one = plan.supported & ~already & kept
        support = np.concatenate([so_far, next_one[..., None]], axis=2)
    return replace(
        design,
        waves=(*design.waves, plan.wave),
        times=np.append(design.times, plan.time),
        observed=observed,
        followed=followed,
        support=support,
        supported=plan.supported,
        intensity=plan.intensity,
    )


def _own_specification(fit: Fit) -> Specification:
    name, text = (fit.provenance.get(key) for key in ("specification", "specification_text"))
    if name in available():
        found = specification(name)
        if found.text == text:
            return found
    raise FitError(
        f"Specification {name!r} of the fit: found no shipped one with the same text; expected "
        "the file that was fitted. Name it: --spec FILE, in Python spec=cips.specification(FILE)."
    )
