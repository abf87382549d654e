"""What must be said of a composition: blanks, stand-ins, and what is assumed of the mode."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.names import COUNTRY, GROUP, STRATUM, WAVE
from cips_models.survey.composition import UNKNOWN, Composition
from cips_models.survey.modes import mode_scale
from cips_models.survey.study import POOLED, Study
from cips_models.wording import _, ngettext


def composition_notes(
    described: pd.DataFrame, study: Study, population: pd.DataFrame | None, found: Composition
) -> tuple[str, ...]:
    """List what is fine but must be said in the report."""
    return (
        *_unknown(described, study),
        *_stand_ins(study, population, found),
        *mode_notes(described, study.columns.mode, found),
    )


def _unknown(described: pd.DataFrame, study: Study) -> Iterator[str]:
    mode = study.columns.mode
    for name in (*study.composition.strata, *([] if mode is None else [mode])):
        blank = int(described[name].isin(["", UNKNOWN]).sum())
        if blank:
            yield ngettext(
                'Without "{column}": one respondent, who counts as "unknown": with an effect of '
                "its own, and without weight in the standard composition.",
                'Without "{column}": {n} respondents, who count as "unknown": with an effect of '
                "its own, and without weight in the standard composition.",
                blank,
            ).format(column=name, n=blank)


def _stand_ins(study: Study, population: pd.DataFrame | None, found: Composition) -> Iterator[str]:
    """Countries and groups that the wanted standard lacks."""
    sizes, standard = found.respondents.sum(STRATUM), study.composition.standard
    surveyed = _cells(sizes.sum(WAVE) > 0)
    if population is not None:
        listed = set(zip(population[COUNTRY], population[GROUP], strict=True))
        surveyed = [cell for cell in surveyed if cell not in listed]
    if standard != POOLED:
        absent = _cells(sizes.sel({WAVE: standard}) == 0)
        text = _(
            "Not surveyed in {wave}, whose composition is the standard, so that their own "
            "respondents of all waves are: {cells}."
        )
        yield from _listed([cell for cell in surveyed if cell in absent], text, wave=standard)
    if population is not None:
        text = _("Not in the population table, so that respondents are the standard: {cells}.")
        yield from _listed(surveyed, text)


def _cells(which: xr.DataArray) -> list[tuple[str, str]]:
    """Labels of country and group where an array over them is true."""
    labels = [which[dim].to_numpy() for dim in (COUNTRY, GROUP)]
    return [(str(labels[0][c]), str(labels[1][g])) for c, g in np.argwhere(which.to_numpy())]


def _listed(cells: list[tuple[str, str]], text: str, **more: str) -> Iterator[str]:
    if cells:
        yield text.format(cells=", ".join(" / ".join(cell) for cell in cells), **more)


def mode_notes(described: pd.DataFrame, column: str | None, found: Composition) -> tuple[str, ...]:
    """Say what is assumed of the mode, and where nothing tells it from change."""
    if column is None or described[column].nunique() < 2:
        return ()
    if found.mode_sd == 0:
        return (
            _(
                "The mode in which people answered is taken to have no effect, as the study file "
                "says: what it does to answers would count as change."
            ),
        )
    if found.mode_sd is not None:
        return (
            _(
                "The effect of the mode in which people answered has the prior sd that the study "
                "file states, {sd:g} logits: where wave and mode coincide nothing else tells it "
                "from change, and intervals of change carry that uncertainty."
            ).format(sd=found.mode_sd),
        )
    mode = found.strata[found.mode].to_numpy(dtype=str)
    scale = mode_scale(found.respondents, mode)
    groups = [str(g) for g in scale[GROUP].to_numpy() if (scale.sel({GROUP: g}) > 0).any()]
    if not groups:
        return ()
    return (
        _(
            "Wave and mode coincide ({groups}): nothing tells what the mode does to answers from "
            "change, which is not stated there."
        ).format(groups=", ".join(groups)),
    )
