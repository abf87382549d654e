"""Permutation tests: how often a support map without meaning shows as much.

Under the sharp null hypothesis, no cell's level would be another had support gone elsewhere,
stage 1's cells are the same under every map, and only the comparison changes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.did.contrast import comparison
from cips_models.did.few_clusters.maps import SCHEMES, SupportMaps
from cips_models.did.few_clusters.two_way import two_way
from cips_models.did.on_cells import POINT_TRENDS, compared
from cips_models.did.refusals import effect_refusals
from cips_models.did.tables import with_estimands
from cips_models.errors import IdentificationError
from cips_models.estimands.intervals import MASS
from cips_models.inference.fit import Fit
from cips_models.inference.stage_one import StageOne
from cips_models.model.design import Design
from cips_models.names import GROUP, LATENT
from cips_models.tables import TABLES
from cips_models.wording import _

#: Maps drawn of a scheme, where not all are looked at.
PERMUTATIONS: Final = 1999

#: All groups together, in the place of a group; the unit of their statistic.
TOGETHER, SDS = "", "sds"

_SIDES: Final = ("p_greater", "p_less", "mcse")
_BINS: Final = 40


@dataclass(frozen=True)
class Permutations:
    """The observed statistic of each group among those of permuted maps.

    Attributes
    ----------
    exact : bool
        These are all maps, with the observed one among them.
    observed : (group,) DataArray
        Logits; of all groups together (label "") the mean over groups of statistics in units
        of their standard deviations over maps.
    drawn : (map, group) DataArray
        NaN where nothing is compared under a map, which counts as more extreme on both sides.
    """

    exact: bool
    observed: xr.DataArray
    drawn: xr.DataArray

    @property
    def p_greater(self) -> xr.DataArray:
        """Share of maps with a statistic as large as the observed one (Phipson & Smyth 2010)."""
        return self._share(self.drawn < self.observed - self._rounding)

    @property
    def p_less(self) -> xr.DataArray:
        """Share of maps with a statistic as small as the observed one."""
        return self._share(self.drawn > self.observed + self._rounding)

    @property
    def p(self) -> xr.DataArray:
        """Two-sided: twice the smaller of the two, at most 1."""
        return (2.0 * self._smaller).clip(max=1.0)

    @property
    def mcse(self) -> xr.DataArray:
        """Monte Carlo standard error of :attr:`p`; zero where all maps were looked at."""
        scale = 0.0 if self.exact else 2.0 / np.sqrt(self.drawn.sizes["map"])
        error: xr.DataArray = scale * (self._smaller * (1.0 - self._smaller)) ** 0.5
        return error

    @property
    def _smaller(self) -> xr.DataArray:
        return self.p_greater.where(self.p_greater < self.p_less, self.p_less)

    @property
    def _rounding(self) -> xr.DataArray:
        """Maps that say the same but for rounding are ties."""
        return 1e-9 * (1.0 + abs(self.observed))

    def _share(self, beyond: xr.DataArray) -> xr.DataArray:
        count, more = self.drawn.sizes["map"], (~beyond).sum("map")
        return more / count if self.exact else (1 + more) / (1 + count)


def permutation_test(
    fit: Fit, stage: StageOne, *, seed: int, permutations: int = PERMUTATIONS
) -> Mapping[str, Permutations]:
    """Permute support, the same way for all groups, and compare anew.

    The statistic is the average effect on supported cells, adjusted for country and factor, of
    the cells' levels in stage 1 (see :func:`.two_way.two_way`).  Starts and intensities of
    support move with it.

    Parameters
    ----------
    fit : Fit
        Of the same survey: it says in which groups the mode does not stand in between.
    stage : StageOne
    seed : int
    permutations : int
        Maps drawn of each scheme; all are looked at where they are few.

    Returns
    -------
    mapping of str to Permutations
        By scheme: ``within country`` keeps each country's number of supported factors, ``both
        margins`` also each factor's number of countries.

    Raises
    ------
    IdentificationError
        No group has anything to compare.
    """
    told = [one.identified for one in compared(fit)]
    if not any(told):
        raise IdentificationError("\n".join(map(str, effect_refusals(fit))))
    design = fit.design
    levels = cell_means(design, stage)
    maps, rng = SupportMaps.of(design), np.random.default_rng(seed)
    found = {}
    for scheme in SCHEMES:
        kinds, exact = maps.permuted(scheme, permutations, rng)
        designs = [design, *map(maps.under, kinds)]
        found[scheme] = _permutations(levels, designs, told, design.groups, exact)
    return found


def cell_means(design: Design, stage: StageOne) -> np.ndarray:
    """(followed, factor, group, wave) levels of stage 1 in logits, NaN where not observed."""
    levels = np.full(design.observed.shape, np.nan)
    levels[tuple(stage.cells.position.T)] = stage.cells.mean
    return np.asarray(levels[design.followed])


def _permutations(
    levels: np.ndarray,
    designs: Sequence[Design],
    told: Sequence[bool],
    groups: Sequence[str],
    exact: bool,
) -> Permutations:
    """Statistics of designs, of which the first is the observed one."""
    places = [g for g, so in enumerate(told) if so]
    each = np.stack(
        [two_way(levels[:, :, g], [comparison(one, g) for one in designs]) for g in places],
        axis=-1,
    )
    labels = [groups[g] for g in places]
    if len(labels) > 1:
        # The spread of all maps, the observed one among them, so that they are exchangeable.
        spread = np.nanstd(each[1:] if exact else each, axis=0)
        standard = each / np.where(spread > 0, spread, 1.0)
        each = np.column_stack([each, standard.mean(axis=1)])
        labels.append(TOGETHER)
    array = xr.DataArray(each, dims=("map", GROUP), coords={GROUP: labels})
    return Permutations(exact, array.isel(map=0), array.isel(map=slice(1, None)))


def permutation_table(found: Mapping[str, Permutations], fit: Fit) -> pd.DataFrame:
    """Observed statistic, spread over maps and p-values, one row a scheme and group.

    ``fit`` says what the statistic is an effect of.
    """
    rows = [
        {
            **_labels(scheme, group, one),
            "mean": np.nanmean(drawn),
            "sd": np.nanstd(drawn),
            "maps": len(drawn),
            "exact": one.exact,
            **{name: float(getattr(one, name).sel({GROUP: group})) for name in _SIDES},
        }
        for scheme, group, one, drawn in _each(found)
    ]
    return _with_statements("permutations", pd.DataFrame(rows), fit)


def distribution_table(found: Mapping[str, Permutations], fit: Fit) -> pd.DataFrame:
    """Histogram of each permutation distribution, one row a bin; as of the table of p-values."""
    parts = []
    for scheme, group, one, drawn in _each(found):
        told = drawn[np.isfinite(drawn)]
        labels = _labels(scheme, group, one)
        ends = np.append(told, labels["observed"])
        counts, edges = np.histogram(told, bins=_BINS, range=(ends.min(), ends.max()))
        bins = {"left": edges[:-1], "right": edges[1:], "maps": counts}
        parts.append(pd.DataFrame({**bins, **labels}))
    return _with_statements("permutation_distribution", pd.concat(parts, ignore_index=True), fit)


def _with_statements(name: str, table: pd.DataFrame, fit: Fit) -> pd.DataFrame:
    """Rows with what the statistic is an effect of; that of all groups together is of none."""
    other = {
        "comparison": _(
            "Supported and unsupported factors are compared by their levels in stage 1, which "
            "nothing has pooled, net of what the factors of a country, and the countries of a "
            "factor, have in common from wave to wave."
        ),
        "assumption": _(
            "Assumption (permutation): had support done nothing, every map of support that keeps "
            "these counts would have been as likely, and all levels the same under each."
        ),
    }
    # As of trends parallel in points: the mean by imputation, of cells that others tell.
    table = table.assign(parallel_trends=POINT_TRENDS)
    told = with_estimands(table, fit, lambda row: None if row[GROUP] == TOGETHER else other)
    return told[[column.name for column in TABLES[name]]]


def _each(
    found: Mapping[str, Permutations],
) -> Iterator[tuple[str, str, Permutations, np.ndarray]]:
    for scheme, one in found.items():
        for group in one.observed[GROUP].to_numpy():
            yield scheme, str(group), one, one.drawn.sel({GROUP: group}).to_numpy()


def _labels(scheme: str, group: str, one: Permutations) -> dict[str, Any]:
    """What both tables say of a permutation distribution."""
    tail = (1.0 - MASS) / 2.0
    at = {GROUP: group}
    lower, upper = np.nanquantile(one.drawn.sel(at), [tail, 1.0 - tail])
    return {
        GROUP: group,
        "scheme": scheme,
        "scale": SDS if group == TOGETHER else LATENT,
        "observed": float(one.observed.sel(at)),
        "lower": lower,
        "upper": upper,
        "p": float(one.p.sel(at)),
    }
