"""Pages of surveys made by hand: random draws, made-up checks, nothing sampled."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from cips_models.disclosure import Rule
from cips_models.estimands.tables import estimate_tables
from cips_models.explorer.contents import TABLES, Contents, contents
from cips_models.explorer.page import write
from cips_models.inference.fit import Fit
from cips_models.model.layout import layout
from cips_models.model.record import shown_cells
from cips_models.tables.declared import EVERY_TABLE
from cips_models.workflow.estimates import effects_table
from made_by_hand import fit_of, provenance

COUNTRIES = ("Avalon", "Belovodye", "Cockaigne", "Dorne", "Erewhon", "Freedonia")
#: Of each, which of three factors were supported.
SUPPORTED = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [0, 0, 0]], dtype=bool)
LENGTH = 800

PASSED = {"passed": True, "failed": [], "forced": False, "notes": ["A note."], "assumption": ""}


@pytest.fixture(scope="session")
def make_fits(make_survey) -> Callable[..., dict[str, Fit]]:
    """A joint fit and one of the cut route under another assumption, of a survey made by hand."""

    def build(*, length: int = LENGTH, **survey) -> dict[str, Fit]:
        told = {"countries": COUNTRIES, "once": ("Freedonia",), "supported": SUPPORTED}
        made = make_survey(
            **{"missing": 0.0, "respondents": 12, "disclosure": Rule()} | told | survey
        )
        shown = {"cells": shown_cells(made, layout(made))}
        other = provenance(study=made.name, route="cut", specification="exchangeable")
        joint = dataclasses.replace(fit_of(made, length=length), **shown)
        cut = fit_of(made, seed=9, length=length)
        return {
            "fit": joint,
            "cut-exchangeable": dataclasses.replace(cut, **shown, provenance=other),
        }

    return build


@pytest.fixture(scope="session")
def make_contents(make_fits, make_tables) -> Callable[..., Contents]:
    """What a results folder of such a survey would give; ``about`` of PASSED in part."""

    def build(*, about=None, margin=0.0, checks=True, **survey) -> Contents:
        fits = make_fits(**survey)
        design = fits["fit"].design
        tables = estimate_tables(fits["fit"], margin=margin)
        tables["effects"] = effects_table(fits)
        if checks:
            made_up = make_tables(
                countries=list(design.followed_labels),
                factors=list(design.factors),
                groups=list(design.groups),
                waves=list(design.waves),
            )
            tables |= {
                name: made_up[name].reindex(columns=[c.name for c in EVERY_TABLE[name]])
                for name in TABLES
                if name in made_up and name not in tables
            }
        return contents(fits, tables, {**PASSED, **(about or {})})

    return build


@pytest.fixture(scope="session")
def fits(make_fits) -> dict[str, Fit]:
    return make_fits()


@pytest.fixture(scope="session")
def explored(make_contents) -> Contents:
    """English and, until there is a catalogue, the same words from right to left."""
    made = make_contents()
    mirrored = {**made.words["en"], "name": "العربية", "direction": "rtl"}
    return dataclasses.replace(made, words={"ar": mirrored, **made.words})


@pytest.fixture(scope="session")
def page_file(explored, tmp_path_factory):
    return write(explored, tmp_path_factory.mktemp("explorer") / "explorer.html")


@pytest.fixture
def open_page(offline, page_file):
    """``open_page("country=Avalon", width=390)``: a page that is ready; offline as all are."""

    def opened(address: str = "", *, width: int = 1280, file=page_file):
        offline.set_viewport_size({"width": width, "height": 844 if width < 600 else 800})
        offline.goto(f"{file.as_uri()}#{address}")
        offline.wait_for_selector("html[data-ready]", timeout=20_000)
        return offline

    return opened
