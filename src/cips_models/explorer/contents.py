"""What the explorer holds: tables as they are, and some of the draws behind them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr

from cips_models import __version__, wording
from cips_models.did.effects import effects
from cips_models.did.on_cells import LATENT_TRENDS, POINT_TRENDS
from cips_models.did.refusals import has_effect
from cips_models.errors import IdentificationError
from cips_models.estimands.changes import changes
from cips_models.estimands.intervals import MASS
from cips_models.explorer.vocabulary import spoken
from cips_models.inference.fit import Fit
from cips_models.names import CHAIN, COUNTRY, DRAW, FACTOR, GROUP, LATENT, PERCENT, SCALES, SCORE
from cips_models.survey.wave_pairs import pairs_of_waves

#: Draws that are kept of a posterior at most, and values of all changes together.
MOST_DRAWS: Final = 1_000
MOST_VALUES: Final = 1_400_000

#: Width of the bins that draws are put into, on the scale; margins are multiples of it.
BINS: Final[Mapping[str, float]] = {LATENT: 0.0025, PERCENT: 0.05, SCORE: 0.05}

#: Tables that the page shows, as far as there are any.
TABLES: Final = (
    "levels", "changes", "improved", "effects", "cell_effects", "decision", "trends",
    "permutations", "leave_one_out", "wild_bootstrap", "placebo_maps", "placebo", "selection",
    "spillover", "exposure", "drift", "outcomes", "prior_sensitivity", "unchecked", "diagnostics",
)  # fmt: skip

#: Columns of sentences, which are no codes.
_SENTENCES: Final = {"population", "comparison", "assumption", "reason", "worst"}

_SCALE: Final = "scale"


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws of one quantity.

    Attributes
    ----------
    name : str
        As in the column ``estimand`` of the tables: "change", "ATT", "ATT by country", ...
    about : mapping
        ``from`` and ``to`` of a change; ``route``, ``specification`` and ``parallel_trends`` of
        an effect.
    array : xarray.DataArray
        Dims scale, then any of country, factor, group, then draw; on the scale, NaN where there
        is none.
    """

    name: str
    about: Mapping[str, str]
    array: xr.DataArray


@dataclass(frozen=True, eq=False)
class Contents:
    """Everything that the page shows.

    Attributes
    ----------
    about : mapping
        JSON values: name of the survey, labels in their order, provenance, banners.
    tables : mapping of str to pandas.DataFrame
        As the results folder holds them.
    draws : tuple of Draws
    words : mapping
        Vocabulary of each language by its code; see :func:`cips_models.explorer.vocabulary.spoken`.
    """

    about: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    draws: tuple[Draws, ...]
    words: Mapping[str, Any]


def contents(
    fits: Mapping[str, Fit], tables: Mapping[str, pd.DataFrame], about: Mapping[str, Any]
) -> Contents:
    """Choose what the page holds.

    Parameters
    ----------
    fits : mapping of str to Fit
        The first is that of levels, changes and effects by place; of the others, by other
        assumptions or another route, the average effects are taken.
    tables : mapping of str to pandas.DataFrame
        Any of :data:`cips_models.tables.TABLES`; those that the page does not show are left out.
    about : mapping
        ``passed``, ``failed`` (gates), ``forced`` and ``notes``.
    """
    main = next(iter(fits.values()))
    kept = {name: tables[name] for name in TABLES if name in tables and len(tables[name])}
    pairs = _compared(kept, main)
    most = affordable(main, len(pairs))
    few = {name: thinned(fit, most) for name, fit in fits.items()}
    first = next(iter(few.values()))
    effects_of = (d for fit in few.values() for d in _effects(fit, fit is first))
    draws = (*_changes(first, pairs), *effects_of)
    design = main.design
    codes = [*design.countries, *design.factors, *design.groups, *_codes(kept)]
    codes.append(str(main.provenance["specification"]))
    sentences = [*about["notes"], *_distinct(kept, "unchecked", "reason")]
    elements = _distinct(kept, "diagnostics", "worst")
    return Contents(
        about={**_about(main, first), "start": _start(kept), **about},
        tables=kept,
        draws=draws,
        words={code: spoken(code, codes, sentences, elements, fits) for code in wording.LANGUAGES},
    )


def thinned(fit: Fit, most: int) -> Fit:
    """The fit with at most so many of its draws, evenly from all chains."""
    chains, length = fit.posterior.sizes[CHAIN], fit.posterior.sizes[DRAW]
    each = max(1, most // chains)
    chosen = np.unique(np.linspace(0, length - 1, min(each, length)).round().astype(int))
    return replace(fit, posterior=fit.posterior.isel({DRAW: chosen}))


def affordable(fit: Fit, pairs: int) -> int:
    """How many draws of a fit are kept, so that the page stays small, for pairs of waves."""
    design = fit.design
    cells = len(design.followed) * len(design.factors) * len(design.groups)
    return min(MOST_DRAWS, MOST_VALUES // max(1, pairs * cells * len(SCALES)))


def _compared(tables: Mapping[str, pd.DataFrame], fit: Fit) -> list[tuple[str, str]]:
    """Pairs of waves that the tables compare; those of a fit where they have no change."""
    if "changes" not in tables:
        return pairs_of_waves(fit.design.waves)
    cells = tables["changes"].query("estimand == 'change'")
    pairs = cells[["from", "to"]].astype(str).drop_duplicates()
    return list(pairs.itertuples(index=False, name=None))


def _changes(fit: Fit, pairs: Sequence[tuple[str, str]]) -> Iterator[Draws]:
    for start, end in pairs:
        with suppress(IdentificationError):  # the page says among what cannot be said
            found = changes(fit, start=start, end=end)
            values = _together({scale: found[scale] for scale in SCALES})
            yield Draws("change", {"from": start, "to": end}, values)


def _effects(fit: Fit, everywhere: bool) -> Iterator[Draws]:
    """Average effects of a fit, and by place, too."""
    if not has_effect(fit):
        return
    try:
        found = effects(fit)
    except IdentificationError:
        return
    own = {name: str(fit.provenance[name]) for name in ("route", "specification")}
    latent = {**own, "parallel_trends": LATENT_TRENDS}
    wanted = {"att": "ATT"}
    if everywhere:
        wanted |= {
            "att_country": "ATT by country",
            "att_factor": "ATT by factor",
            "new_country": "ATT in a new country",
        }
    for variable, name in wanted.items():
        yield Draws(name, latent, _flat(found[variable]))
    if "att_points" in found:
        points = found["att_points"].rename(points_scale=_SCALE)
        yield Draws("ATT", {**own, "parallel_trends": POINT_TRENDS}, _flat(points))


def _together(by_scale: Mapping[str, xr.DataArray]) -> xr.DataArray:
    return _flat(xr.concat(list(by_scale.values()), xr.Variable(_SCALE, list(by_scale))))


def _flat(values: xr.DataArray) -> xr.DataArray:
    """The same with one dimension of draws, the last, and no coordinates but labels."""
    dims = [dim for dim in (_SCALE, COUNTRY, FACTOR, GROUP) if dim in values.dims]
    ordered = values.transpose(*dims, CHAIN, DRAW)
    data = ordered.to_numpy().reshape(*ordered.shape[:-2], -1)
    return xr.DataArray(data, {dim: values[dim].to_numpy() for dim in dims}, (*dims, DRAW))


def _about(fit: Fit, few: Fit) -> dict[str, Any]:
    design, record = fit.design, fit.provenance
    return {
        "name": str(record["study"]),
        "synthetic": bool(record["synthetic"]),
        "countries": list(design.countries),
        "followed": list(design.followed_labels),
        "factors": list(design.factors),
        "groups": list(design.groups),
        "waves": list(design.waves),
        "specification": str(record["specification"]),
        "route": str(record["route"]),
        "fingerprint": str(record["fingerprint"]),
        "version": __version__,
        "draws": int(fit.posterior.sizes[CHAIN] * fit.posterior.sizes[DRAW]),
        "kept": int(few.posterior.sizes[CHAIN] * few.posterior.sizes[DRAW]),
        "bins": dict(BINS),
        "mass": 100 * MASS,
        "language": wording.language(),
    }


def _start(tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """Where margins stand at the start, in points: as the run and the study have them."""
    start = {"margin": 0.0, "worth": 0.0, "equivalent": 1.0}
    if "improved" in tables:
        of_cells = tables["improved"].query("estimand == 'improved'")["margin"]
        start["margin"] = float(of_cells.iloc[0]) if len(of_cells) else 0.0
    if "decision" in tables:
        stated = tables["decision"].query("stated != 'default'")
        for name, estimand_ in (
            ("worth", "P(effect > margin)"),
            ("equivalent", "P(effect in part)"),
        ):
            own = stated[stated["estimand"] == estimand_]["margin"]
            start[name] = float(own.max()) if len(own) else start[name]
    return start


def _codes(tables: Mapping[str, pd.DataFrame]) -> Sequence[str]:
    """Every value of a text column that may have words of its own."""
    found: dict[str, None] = {}
    for table in tables.values():
        for name in table.columns:
            if name not in _SENTENCES and not pd.api.types.is_numeric_dtype(table[name]):
                found |= dict.fromkeys(map(str, table[name].dropna().unique()))
    return [code for code in found if code]


def _distinct(tables: Mapping[str, pd.DataFrame], name: str, column: str) -> Sequence[str]:
    """Texts of a column, none twice; of a table that may be missing."""
    if name not in tables or column not in tables[name]:
        return []
    return [text for text in tables[name][column].dropna().astype(str).unique() if text]
