"""All tables of what few countries leave of an effect."""

from itertools import pairwise

import numpy as np
import pandas as pd

from cips_models.did.few_clusters.influence import (
    influence_table,
    leave_one_out,
    most_influential,
    refitted,
)
from cips_models.did.few_clusters.permutation import (
    PERMUTATIONS,
    distribution_table,
    permutation_table,
    permutation_test,
)
from cips_models.did.few_clusters.placebo import placebo_maps, placebo_table
from cips_models.did.few_clusters.wild import wild_table
from cips_models.inference.chains import Progress, Schedule
from cips_models.inference.refit import Refits
from cips_models.inference.stage_one import StageOne
from cips_models.model.specification import Specification
from cips_models.survey.survey import Survey
from cips_models.tables import empty_table
from cips_models.tables.few_clusters import FEW_CLUSTERS


def robustness_tables(
    survey: Survey,
    spec: Specification,
    stage: StageOne,
    *,
    seed: int,
    permutations: int = PERMUTATIONS,
    placebo: int = 0,
    refit: bool = False,
    cores: int = 2,
    progress: Progress | None = None,
) -> dict[str, pd.DataFrame]:
    """Permutations, leaving one out and the wild bootstrap of a survey.

    Parameters
    ----------
    survey : Survey
    spec : Specification
        Of stage 2.
    stage : StageOne
    seed, permutations : int
    placebo : int
        Permuted maps under which stage 2 is fitted anew; a few seconds each.
    refit : bool
        Whether the two most influential are fitted anew from the answers; a minute each.
    cores : int
    progress : callable, optional

    Returns
    -------
    dict of str to DataFrame
        The tables of :mod:`cips_models.tables.few_clusters`.  ``wild_bootstrap`` says
        why where it has no numbers, as without its package; ``placebo_maps`` has no rows where
        it was not asked for.

    Raises
    ------
    IdentificationError
        No group has anything to compare.
    SpecificationError
        Nothing varies over countries and factors.
    """
    work = Schedule(seed, 0, 0, 1, cores, progress)
    tables = {name: empty_table(name) for name in FEW_CLUSTERS}
    refits = Refits.of(survey, spec, stage, seed=seed)
    work.tell(0.05, "permuting support")
    found = permutation_test(refits.whole, stage, seed=seed, permutations=permutations)
    tables["permutations"] = permutation_table(found, refits.whole)
    tables["permutation_distribution"] = distribution_table(found, refits.whole)
    tables["wild_bootstrap"] = wild_table(refits.whole, seed=seed)
    shares = np.cumsum([0.1, 1.0, 2.0 * refit, 2.0 * bool(placebo)])
    steps = [work.within(*part).progress for part in pairwise(shares / shares[-1])]
    influence = leave_one_out(refits, cores=cores, progress=steps[0])
    if refit:
        most = most_influential(influence)
        influence += refitted(survey, spec, most, seed=seed, cores=cores, progress=steps[1])
    tables["leave_one_out"] = influence_table(influence)
    if placebo:
        maps = placebo_maps(
            survey, spec, stage, seed=seed, maps=placebo, cores=cores, progress=steps[2]
        )
        tables["placebo_maps"] = placebo_table([maps])
    return tables
