"""What comparisons beside that of supported cells are effects of, in words."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cips_models.did.contrast import CONTRIBUTING
from cips_models.wording import _


def before_support(row: pd.Series) -> Mapping[str, Any]:
    """Of the placebo in time, in logits or in units of the spread."""
    return _counts(row) | {
        "population": _(
            "the {cells} supported country x factor cells seen in two waves or more before their "
            "support began, at the last of these waves"
        ).format(cells=row["cells"]),
        "comparison": _(
            "Cells supported later and cells never supported are compared within countries over "
            "waves before support, net of the common change of each factor; no level is pooled."
        ),
        "assumption": _(
            "Assumption (placebo in time): support does nothing before it begins, so that what is "
            "found here is chance, or trends that were not parallel."
        ),
    }


def beside_the_exposed(row: pd.Series) -> Mapping[str, Any]:
    """Of both contrasts with cells that are neither supported nor exposed."""
    exposed = row["estimand"] == "exposed, not supported"
    template = (
        _("the {cells} country x factor cells without support that it reaches by the exposure map")
        if exposed
        else _("the {cells} supported country x factor cells")
    )
    return _counts(row) | {
        "population": template.format(cells=row["cells"]),
        "comparison": _(
            "They are compared, within countries and net of the common change of each factor, with "
            "cells that are neither supported nor exposed; no level is pooled."
        ),
        "assumption": _(
            "Assumption (exposure): support reaches other factors as the map says and no further; "
            "without it all these cells would have changed alike."
        ),
    }


def with_its_spillover() -> Mapping[str, Any]:
    """Of the effect with the slope over countries added."""
    return {
        "comparison": _(
            "A supported cell is compared with the same cell in a country without any support: "
            "within countries, and between them by the slope over their shares supported."
        ),
        "assumption": _(
            "Assumption (spillover): countries with more support would have changed like the "
            "others without it; and parallel trends within countries."
        ),
    }


def _counts(row: pd.Series) -> dict[str, Any]:
    return {name: int(row[name]) for name in CONTRIBUTING}
