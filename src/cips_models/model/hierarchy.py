"""Levels, changes and effects: the hierarchy above the cells (design, section 3).

    level      = baseline + changes up to the wave + intensity x effect where support is in force
    baseline   = common[f, g] + country[c, g] + cell[c, f, g] + nu[g] E[c, f]
    change     = mean[g] + common[f, g] + country[c, g]
                 + pi[g] (mean intensity[c] - mean over countries)
                 + cell[c, f, g] - kappa[g] cell baseline[c, f, g]
    effect     = mean[g] + country[c, g] + factor[f, g]                of one unit of intensity

The mean intensity of a country is over all its factors, zero where there is no support: its share
of supported factors where every intensity is one.
Deviations over countries and factors sum to zero (see ``priors.Deviations``), and E, the
indicator of ever-supported cells, is centred by country and factor: nu is a contrast
within countries and factors, like the effect itself.

The mean change is a term of its own although the common ones imply it: with independent priors
around zero for every factor, ten factors that all rose are so unlikely that a part of their rise
would be laid to the support (.01 to .03 logits in the surveys of the demonstration).

Which cells were supported is data of the model (:func:`support_data`), so that another map of
support needs no other graph.
"""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from cips_models.model.design import Design
from cips_models.model.priors import Deviations, normal
from cips_models.model.specification import Specification


def doubly_centred(x: np.ndarray) -> np.ndarray:
    """Subtract row and column means from a (country, factor) array."""
    x = x.astype(float)
    return x - x.mean(axis=1, keepdims=True) - x.mean(axis=0, keepdims=True) + x.mean()


def support_data(spec: Specification, design: Design) -> dict[str, np.ndarray]:
    """What the hierarchy takes from a map of support, by the name of its data in the model.

    Returns
    -------
    dict of str to array
        ``ever_supported`` (country, factor), E; ``share_supported`` (step, followed), by how
        much the mean intensity grew, less its mean over countries; ``support_given`` (followed,
        factor), the intensity; ``support_in_force`` (step, followed, factor), from 0 to 1. Only
        what the specification's terms need.
    """
    structure, found = spec.structure, {}
    if structure.baseline_slope and design.supported is not None:
        found["ever_supported"] = doubly_centred(design.supported)
    if design.support is None or len(design.waves) < 2 or not len(design.followed):
        return found
    in_force = design.support[design.followed].astype(float)
    if structure.spillover_slope:
        # What reaches other factors grows with how much support there was in the country, as
        # the effect does: pi is the change that goes with one unit on every factor.
        share = np.diff((in_force * design.given[:, :, None]).mean(axis=1), axis=1).T
        found["share_supported"] = share - share.mean(axis=1, keepdims=True)
    if structure.support_effect and design.treated.any():
        found["support_given"] = design.given
        found["support_in_force"] = in_force.transpose(2, 0, 1)[1:]
    return found


def _several(*sizes: int) -> bool:
    return all(size > 1 for size in sizes)


def families(spec: Specification, design: Design) -> dict[str, tuple[tuple[str, int], ...]]:
    """The families of deviations in force: name to the (dimension, length) pairs it spans."""
    countries, factors = len(design.countries), len(design.factors)
    followed, treated = len(design.followed), design.treated
    helped = {
        "country": int(treated.any(axis=1).sum()),
        "factor": int(treated.any(axis=0).sum()),
    }
    spans: dict[str, tuple[tuple[str, int], ...]] = {
        "country_baseline": (("country", countries),),
        "cell_baseline": (("country", countries), ("factor", factors)),
    }
    if followed and len(design.waves) > 1:
        spans["country_change"] = (("followed", followed),)
        spans["cell_change"] = (("followed", followed), ("factor", factors))
        if spec.structure.support_effect:
            spans["country_effect"] = (("treated_country", helped["country"]),)
            spans["factor_effect"] = (("treated_factor", helped["factor"]),)
    return {name: span for name, span in spans.items() if _several(*(length for _, length in span))}


class _Hierarchy:
    """The terms of one model, while it is being built."""

    def __init__(self, spec: Specification, design: Design):
        self.spec, self.design = spec, design
        self.spans = families(spec, design)
        self.groups = len(design.groups)
        self.supported = {
            name: pm.Data(name, value) for name, value in support_data(spec, design).items()
        }
        if self.spans:
            self.deviations = Deviations(
                {name: spec.priors[name] for name in self.spans}, self.groups
            )

    def part(self, name: str, steps: np.ndarray | None = None) -> Any:
        """Deviations of a family, or zero where it has nothing to vary over."""
        if name not in self.spans:
            return 0.0
        dims, sizes = zip(*self.spans[name], strict=True)
        return self.deviations.draw(name, sizes, dims, steps)

    def coefficient(self, name: str) -> Any:
        """A coefficient for each group."""
        return normal(name, self.spec.priors[name], dims=("group",))

    def baseline(self) -> tuple[Any, Any]:
        """Baselines (group, country, factor) and the cells' own part of them."""
        common = normal("baseline", self.spec.priors["baseline"], dims=("group", "factor"))
        country, cell = self.part("country_baseline"), self.part("cell_baseline")
        if self.spec.structure.baseline_slope and self.design.supported is not None:
            ever = self.supported["ever_supported"]
            cell = cell + self.coefficient("baseline_slope")[:, None, None] * ever
        if "country_baseline" in self.spans:
            country = country[:, :, None]
        shape = (self.groups, len(self.design.countries), len(self.design.factors))
        return pt.broadcast_to(common[:, None, :] + country + cell, shape), cell

    def changes(self, cell_baseline: Any) -> Any:
        """Changes without support, (group, step, followed, factor)."""
        design, scale = self.design, self.design.step_scale
        followed, factors = len(design.followed), len(design.factors)
        mean = normal(
            "mean_change",
            self.spec.priors["mean_change"],
            dims=("group", "step"),
            scale=scale[None],
        )
        common = mean[:, :, None] + normal(
            "common_change",
            self.spec.priors["common_change"],
            dims=("group", "step", "factor"),
            scale=scale[None, :, None],
        )
        country, cell = self.part("country_change", scale), self.part("cell_change", scale)
        if "country_change" in self.spans:
            country = country[:, :, :, None]
        total = common[:, :, None, :] + country + cell
        if self.spec.structure.spillover_slope and design.support is not None:
            centred = self.supported["share_supported"][None, :, :, None]
            total = total + self.coefficient("spillover_slope")[:, None, None, None] * centred
        if self.spec.structure.persistence and "cell_baseline" in self.spans:
            # A transient deviation at the first wave is gone at the second: first step only.
            first = (np.arange(len(scale)) == 0).astype(float)[None, :, None, None]
            kappa = self.coefficient("persistence")[:, None, None, None]
            total = total - kappa * cell_baseline[:, None, design.followed] * first
        total = pt.broadcast_to(total, (self.groups, len(scale), followed, factors))
        already = np.argwhere(design.already_treated[design.followed])
        if len(already):
            shape = (self.groups, len(scale), len(already))
            shift = normal("already_treated", self.spec.priors["already_treated"], shape=shape)
            total = pt.inc_subtensor(total[:, :, already[:, 0], already[:, 1]], shift)
        return total

    def effect(self) -> Any:
        """ATT of one unit of intensity, of every followed cell, (group, followed, factor)."""
        treated = self.design.treated
        mean = self.coefficient("effect")[:, None, None]
        for name, axis in (("country_effect", 1), ("factor_effect", 0)):
            part = self.part(name)
            if name in self.spans:
                members = np.flatnonzero(treated.any(axis=axis))
                padding = pt.zeros((self.groups, treated.shape[1 - axis]))
                padded = pt.set_subtensor(padding[:, members], part)
                mean = mean + (padded[:, :, None] if axis == 1 else padded[:, None, :])
        return pt.broadcast_to(mean, (self.groups, *treated.shape))


def levels(spec: Specification, design: Design) -> Any:
    """Add the hierarchy to the model on the context stack.

    Returns
    -------
    level : (country, factor, group, wave) tensor, in logits
        The mean trait of each cell.  Countries seen once have the same value at all waves.
    """
    if not spec.structure.pooling:
        raw = pm.Normal("level_z", 0.0, 1.0, shape=int(design.observed.sum()))
        flat = spec.priors["flat_cell"].sd * raw
        level = pt.set_subtensor(pt.zeros(design.observed.shape)[design.observed.nonzero()], flat)
        return pm.Deterministic("level", level, dims=("country", "factor", "group", "wave"))
    hierarchy = _Hierarchy(spec, design)
    baseline, cell_baseline = hierarchy.baseline()
    level = pt.repeat(baseline[:, None], len(design.waves), axis=1)
    if len(design.waves) > 1 and len(design.followed):
        changes = hierarchy.changes(cell_baseline)
        path = pt.cumsum(changes, axis=1)
        if spec.structure.support_effect and design.support is not None and design.treated.any():
            effect = hierarchy.effect() * hierarchy.supported["support_given"][None]
            path = path + effect[:, None] * hierarchy.supported["support_in_force"][None]
            pm.Deterministic(
                "effect_cell", effect.transpose((1, 2, 0)), dims=("followed", "factor", "group")
            )
        level = pt.inc_subtensor(level[:, 1:, design.followed], path)
    return pm.Deterministic(
        "level", level.transpose((2, 3, 0, 1)), dims=("country", "factor", "group", "wave")
    )


def treated_coords(design: Design) -> dict[str, list[str]]:
    """Coordinates of the countries and factors with treated cells."""
    treated, labels = design.treated, design.followed_labels
    return {
        "treated_country": [labels[c] for c in np.flatnonzero(treated.any(axis=1))],
        "treated_factor": [design.factors[f] for f in np.flatnonzero(treated.any(axis=0))],
    }
