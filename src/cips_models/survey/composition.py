"""Who answered, and how: strata of respondents, and the composition that levels are put to.

A stratum is what people have in common who are alike in the columns that the study names, and
in the mode in which they answered.  Levels are *standardised*: as if every wave had had one
composition (poststratification; Gelman & Hill 2007, section 14.1), and one mode.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.disclosure import OFF, Rule, rounded_shares
from cips_models.names import COUNTRY, GROUP, STRATUM, WAVE
from cips_models.survey.study import POOLED, Mode

#: The value of a blank cell: it has an effect of its own, and no weight in a standard.
UNKNOWN = "unknown"

#: Label of the only stratum where there is nothing to tell people by.
EVERYBODY = "everybody"

#: Column of a population table.
COUNT = "count"


@dataclass(frozen=True)
class Composition:
    """The strata of a survey and the standard composition.

    Attributes
    ----------
    strata : pandas.DataFrame
        One row a stratum, its label the index; one column of texts for each column that
        tells people apart.
    mode : str or None
        Which of these columns holds the mode.
    stratum : (respondent,) int array
        Position of each respondent's stratum, in the survey's order.
    respondents : xarray.DataArray
        int64, dims (country, group, wave, stratum): how many there are.
    standard : xarray.DataArray
        Dims (country, group, stratum): shares, which sum to one; zero where nobody of the
        group was seen.  Of respondents, these are shares of rounded counts: see ``shares``.
    shares : xarray.DataArray
        Dims (country, group, wave, stratum): shares of each wave's respondents that may be shown,
        of counts rounded so far that none of few people follows from them.
    mode_sd : float or None
        As in :class:`cips_models.survey.study.Mode`.
    notes : tuple of str
        What must be said of it.
    assumption : str
        What is taken to be true of the mode without being told by the data; every result says
        so.
    """

    strata: pd.DataFrame
    mode: str | None
    stratum: np.ndarray
    respondents: xr.DataArray
    standard: xr.DataArray
    shares: xr.DataArray
    mode_sd: float | None = None
    notes: tuple[str, ...] = ()
    assumption: str = ""


def compose(
    described: pd.DataFrame,
    columns: Sequence[str] = (),
    *,
    standard: str = POOLED,
    population: pd.DataFrame | None = None,
    mode: str | None = None,
    assumed: Mode | None = None,
    rule: Rule = OFF,
    answers: np.ndarray | None = None,
) -> Composition:
    """Put respondents into strata and find the composition to standardise to.

    Parameters
    ----------
    described : pandas.DataFrame
        Respondents with categorical columns ``country``, ``group`` and ``wave``, and the
        columns below as text.
    columns : sequence of str
        By which answers differ.
    standard : str
        "pooled", or the label of a wave; a country and group not seen in it are pooled.
    population : pandas.DataFrame, optional
        Rows with ``country``, ``group``, the columns and ``count``; it takes the place of the
        standard for every country and group that it holds.
    mode : str, optional
        Column of the mode in which people answered.
    assumed : Mode, optional
        What is taken to be true of its effect, and the mode to which levels are put: for each
        group the one of most of its respondents, unless one that it knows is named.
    rule : Rule
        How far shares are rounded where counts are small; not at all by default.
    answers : (respondent, item) array, optional
        What only those know who hold the survey: rounding is drawn from it, so that it is the
        same whatever respondents are called, in whatever order, and however they are counted.

    Returns
    -------
    Composition
        Without notes.
    """
    assumed = assumed or Mode()
    in_model = mode if mode is not None and assumed.sd != 0 else None
    names = [*columns, *([] if in_model is None else [in_model])]
    cells = [described[dim].cat.codes.to_numpy() for dim in (COUNTRY, GROUP, WAVE)]
    labels = {dim: list(described[dim].cat.categories) for dim in (COUNTRY, GROUP, WAVE)}
    values = described[names].replace("", UNKNOWN).astype(str)
    people = list(values[[*columns]].itertuples(index=False, name=None)) or [()] * len(values)
    modes = [""] * len(values) if in_model is None else values[in_model].tolist()

    wanted = _population(population, columns, labels)
    kinds = sorted({*people, *(kind for _, _, kind in wanted)}, key=_unknown_last)
    place = {kind: k for k, kind in enumerate(kinds)}
    shape = tuple(len(found) for found in labels.values())
    counts = _counted([*cells, [place[kind] for kind in people]], (*shape, len(kinds)))
    chosen_waves = _standard_waves(counts, labels[WAVE], standard)
    share = _known((counts * chosen_waves[..., None]).sum(axis=2), kinds)
    _replace(share, wanted, kinds)

    known = sorted(set(modes), key=lambda name: (name == UNKNOWN, name))
    by_mode = _counted([cells[1], [known.index(m) for m in modes]], (shape[1], len(known)))
    chosen = [known[_standard_mode(known, row, assumed.standard)] for row in by_mode]

    found = set(zip(people, modes, strict=True))
    found |= {(kinds[k], chosen[g]) for _, g, k in np.argwhere(share)}
    strata = [(p, m) for p, m in product(kinds, known) if (p, m) in found]
    rows = [[*p, *([] if in_model is None else [m])] for p, m in strata]
    table = pd.DataFrame(rows, columns=names, dtype=str)
    table.index = pd.Index([" / ".join(row) or EVERYBODY for row in rows], name=STRATUM)
    at = {stratum: k for k, stratum in enumerate(strata)}
    stratum = np.array([at[pair] for pair in zip(people, modes, strict=True)], dtype=np.int64)
    respondents = _counted([*cells, stratum], (*shape, len(strata)))
    kind_of = np.array([place[p] for p, _ in strata])
    shares, rounded = np.zeros(respondents.shape), np.zeros((*shape[:2], len(kinds)))
    rng = np.random.default_rng(_secret([*cells, stratum], answers))
    # Exact shares tell how many people there are: they need every number of people to be shown.
    withheld = rule.small(respondents.sum(axis=-1)).any()
    for c, g in np.ndindex(shape[:2]):
        own = rule if withheld or rule.small(respondents[c, g]).any() else OFF
        shares[c, g], rounded[c, g, : kind_of.max() + 1] = rounded_shares(
            respondents[c, g], kind_of, chosen_waves[c, g], own, rng
        )
    share = _known(rounded, kinds)
    _replace(share, wanted, kinds)
    weight = np.zeros((*shape[:2], len(strata)))
    for c, g, k in np.argwhere(share):
        weight[c, g, at[kinds[k], chosen[g]]] = share[c, g, k]
    coords = {**labels, STRATUM: list(table.index)}
    return Composition(
        strata=table,
        mode=in_model,
        stratum=stratum,
        respondents=xr.DataArray(respondents, coords, (COUNTRY, GROUP, WAVE, STRATUM)),
        standard=xr.DataArray(
            weight,
            {dim: coords[dim] for dim in (COUNTRY, GROUP, STRATUM)},
            (COUNTRY, GROUP, STRATUM),
        ),
        shares=xr.DataArray(shares, coords, (COUNTRY, GROUP, WAVE, STRATUM)),
        mode_sd=assumed.sd,
    )


def _unknown_last(kind: tuple[str, ...]) -> list[tuple[bool, str]]:
    return [(value == UNKNOWN, value) for value in kind]


def _counted(codes: Sequence[Iterable[int]], shape: tuple[int, ...]) -> np.ndarray:
    """How often each combination of codes occurs, int array of ``shape``."""
    cells = np.ravel_multi_index([np.asarray(code, dtype=np.int64) for code in codes], shape)
    return np.bincount(cells, minlength=int(np.prod(shape))).reshape(shape)


def _secret(places: Sequence[np.ndarray], answers: np.ndarray | None) -> int:
    """A seed that only those can know who know every respondent; whatever the order of rows."""
    known = np.column_stack([*places, *([] if answers is None else [answers])]).astype("<i8")
    rows = known[np.lexsort(known.T)]
    return int.from_bytes(hashlib.sha256(np.ascontiguousarray(rows).tobytes()).digest()[:8])


def _standard_waves(counts: np.ndarray, waves: Sequence[str], standard: str) -> np.ndarray:
    """(country, group, wave) bool: whose people make the standard, one wave's or those of all."""
    there = counts.any(axis=-1)
    if standard == POOLED:
        return there
    chosen = there & (np.array(waves) == standard)
    return np.asarray(np.where(chosen.any(axis=-1, keepdims=True), chosen, there))


def _known(chosen: np.ndarray, kinds: Sequence[tuple[str, ...]]) -> np.ndarray:
    """Shares (country, group, kind) of counts, of those whose kind is known where there are any."""
    known = np.array([[value != UNKNOWN for value in kind] for kind in kinds], dtype=float)
    kept = chosen.astype(float)
    for column in known.T:
        told = kept * column
        kept = np.where(told.any(axis=-1, keepdims=True), told, kept)
    total = kept.sum(axis=-1, keepdims=True)
    return np.asarray(kept / np.where(total > 0, total, 1.0))


def _population(
    table: pd.DataFrame | None, columns: Sequence[str], labels: dict[str, list[str]]
) -> dict[tuple[int, int, tuple[str, ...]], float]:
    """Counts above zero by position of country and group, and values."""
    if table is None:
        return {}
    places = zip(table[COUNTRY], table[GROUP], strict=True)
    kinds = table[[*columns]].astype(str).itertuples(index=False, name=None)
    return {
        (labels[COUNTRY].index(country), labels[GROUP].index(group), kind): float(count)
        for (country, group), kind, count in zip(places, kinds, table[COUNT], strict=True)
        if count > 0
    }


def _replace(
    share: np.ndarray,
    wanted: dict[tuple[int, int, tuple[str, ...]], float],
    kinds: Sequence[tuple[str, ...]],
) -> None:
    """Put the population's shares in the place of the respondents'."""
    for c, g in {(c, g) for c, g, _ in wanted}:
        share[c, g] = [wanted.get((c, g, kind), 0.0) for kind in kinds]
        share[c, g] /= share[c, g].sum()


def _standard_mode(known: Sequence[str], counts: np.ndarray, named: str | None) -> int:
    """Position of the mode to which a group's levels are put."""
    if named in known and counts[known.index(named)]:
        return known.index(named)
    told = counts * [mode != UNKNOWN for mode in known]
    return int(np.argmax(told if told.any() else counts))
