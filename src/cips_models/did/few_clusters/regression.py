"""The two-way regression of raw cells on support, its rows and columns; see ``wild``."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import qr

from cips_models.did.contrast import Comparison
from cips_models.did.on_cells import compared
from cips_models.did.refusals import effect_refusals
from cips_models.errors import IdentificationError
from cips_models.inference.fit import Fit
from cips_models.names import COUNTRY, FACTOR, GROUP, WAVE
from cips_models.wording import _

#: Directions shorter than this share of the longest are combinations of others.
_NEGLIGIBLE = 1e-8


@dataclass(frozen=True)
class Regression:
    """Levels of raw cells on support, with cells, country-waves and factor-waves absorbed.

    Attributes
    ----------
    outcome : (row,) array
    regressors : (row, column) array
        Support first: intensity in force over its mean, so that its coefficient is the effect
        on a supported cell of average intensity.  Then factor by wave.  Both free of all that
        is a country's own.
    cluster : (row,) int array
        Country.
    """

    outcome: np.ndarray
    regressors: np.ndarray
    cluster: np.ndarray

    @classmethod
    def of(cls, levels: np.ndarray, given: np.ndarray, compared: Comparison) -> "Regression":
        """Of levels (followed, factor, wave), NaN where unknown, and intensities given.

        Every cell that is compared counts with the waves in which it was seen.

        Raises
        ------
        IdentificationError
            No such cell has levels that are known, or support follows from country and factor.
        """
        known = (compared.treated | compared.control)[..., None] & np.isfinite(levels)
        known &= known.sum(axis=2, keepdims=True) >= 2
        if not known.any():
            raise IdentificationError(
                _(
                    "Wild cluster bootstrap: found no cell whose raw level is known at two waves; "
                    "expected some with as many people as the disclosure threshold asks for. "
                    "Where results stay inside, lower the threshold (--threshold)."
                )
            )
        c, f, w = np.nonzero(known)
        in_force = ~compared.untreated[c, f, w]
        mean = given[compared.treated].mean()
        own = np.unique(np.stack([f, w]), axis=1, return_inverse=True)[1]
        columns = np.column_stack([in_force * given[c, f] / mean, np.eye(own.max() + 1)[own]])
        everything = np.column_stack([levels[c, f, w], columns])
        for country in np.unique(c):
            rows = np.flatnonzero(c == country)
            absorbed = np.concatenate([_indicators(f[rows]), _indicators(w[rows])], axis=1)
            fitted = np.linalg.lstsq(absorbed, everything[rows], rcond=None)[0]
            everything[rows] -= absorbed @ fitted
        return cls(everything[:, 0], _independent(everything[:, 1:]), c)


def _indicators(labels: np.ndarray) -> np.ndarray:
    return np.asarray(labels[:, None] == np.unique(labels), dtype=float)


def _independent(columns: np.ndarray) -> np.ndarray:
    """The first column, and of the others those that are no combination of others.

    Raises
    ------
    IdentificationError
        The first column is a combination of the others.
    """
    _q, triangle, order = qr(columns[:, 1:], mode="economic", pivoting=True)
    size = np.abs(np.diag(triangle))
    kept = columns[:, 1 + np.sort(order[: len(size)][size > _NEGLIGIBLE * size.max(initial=0.0)])]
    fitted = np.linalg.lstsq(kept, columns[:, 0], rcond=None)[0]
    left = columns[:, 0] - kept @ fitted
    if np.linalg.norm(left) <= _NEGLIGIBLE * max(np.linalg.norm(columns[:, 0]), 1.0):
        raise IdentificationError(
            _(
                "Wild cluster bootstrap: found support that follows from country and factor; "
                "expected countries with supported and other factors, and factors supported in "
                "some countries and not in others."
            )
        )
    return np.column_stack([columns[:, :1], kept])


def regressions(fit: Fit, scale: str) -> tuple[dict[str, Regression], dict[str, str]]:
    """The regression of every group that has one, and why the other groups have none.

    Parameters
    ----------
    fit : Fit
        Its raw cells; nothing that was fitted.
    scale : {"percent", "score"}
    """
    found, reasons, design = {}, {}, fit.design
    raw = fit.cells[scale].transpose(COUNTRY, FACTOR, GROUP, WAVE).to_numpy()[design.followed]
    for g, (group, one) in enumerate(zip(design.groups, compared(fit), strict=True)):
        try:
            if not one.identified:
                refused = effect_refusals(fit, group=group)
                raise IdentificationError(" ".join(refusal.reason for refusal in refused))
            found[group] = Regression.of(raw[:, :, g], design.given, one)
        except IdentificationError as error:
            reasons[group] = str(error)
    return found, reasons
