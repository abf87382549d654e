"""Two results folders as two releases of one survey."""

from pathlib import Path

import pandas as pd

from cips_models.disclosure import Rule
from cips_models.disclosure.releases import COUNTING, given_away
from cips_models.errors import OutputError
from cips_models.names import COUNTRY, GROUP, WAVE
from cips_models.tables import read_table
from cips_models.workflow.assessment import assessment


def told_by_both(earlier: Path, later: Path) -> tuple[pd.DataFrame, int]:
    """Counts that two results folders tell together, and the threshold they are held against.

    Parameters
    ----------
    earlier, later : Path
        Results folders of ``cips run``, of one survey.

    Returns
    -------
    pandas.DataFrame
        As :func:`cips_models.disclosure.releases.given_away`.
    int
        The larger of their thresholds.

    Raises
    ------
    OutputError
        A folder holds no results, or no such tables; or they have no count in common.
    """
    thresholds = [assessment(folder, force=True).about["threshold"] for folder in (earlier, later)]
    first, last = (
        {name: read_table(folder, name) for name in COUNTING} for folder in (earlier, later)
    )
    labels = [COUNTRY, GROUP, WAVE]
    one, other = (each["respondents"][labels].astype("str") for each in (first, last))
    common = one.merge(other, on=labels)
    if not (common[COUNTRY] != "").any():
        raise OutputError(
            f"{earlier} and {later}: found no country, group and wave that both have; expected two "
            "releases of one survey, with the same labels"
        )
    return given_away(first, last, Rule(max(thresholds))), max(thresholds)
