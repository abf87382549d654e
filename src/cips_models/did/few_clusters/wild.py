"""The wild cluster bootstrap on raw cells: a regression that knows nothing of the model.

The bootstrap itself is the package ``wildboottest`` (an optional requirement); what is here is
the regression, and the interval that follows from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.linalg import qr

from cips_models.did.contrast import Comparison
from cips_models.did.effects import compared
from cips_models.did.estimand import REGRESSION
from cips_models.did.refusals import effect_refusals
from cips_models.did.tables import with_estimands
from cips_models.errors import IdentificationError, SpecificationError
from cips_models.inference.fit import Fit
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT, SCORE, WAVE
from cips_models.tables import TABLES
from cips_models.wording import _

#: Bootstrap replications; odd, so that (1 + B) times 5 % is a whole number.
REPLICATIONS: Final = 9999

#: What is left out of the interval.
_LEVEL: Final = 0.05
LABEL: Final = "95% WCR"

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
                "Wild cluster bootstrap: found no cell whose raw level is known at two waves; "
                "expected some with as many people as the disclosure threshold asks for. "
                "Where results stay inside, lower the threshold (--threshold)."
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
    _, triangle, order = qr(columns[:, 1:], mode="economic", pivoting=True)
    size = np.abs(np.diag(triangle))
    kept = columns[:, 1 + np.sort(order[: len(size)][size > _NEGLIGIBLE * size.max(initial=0.0)])]
    fitted = np.linalg.lstsq(kept, columns[:, 0], rcond=None)[0]
    left = columns[:, 0] - kept @ fitted
    if np.linalg.norm(left) <= _NEGLIGIBLE * max(np.linalg.norm(columns[:, 0]), 1.0):
        raise IdentificationError(
            "Wild cluster bootstrap: found support that follows from country and factor; "
            "expected countries with supported and other factors, and factors supported in some "
            "countries and not in others."
        )
    return np.column_stack([columns[:, :1], kept])


@dataclass(frozen=True)
class WildBootstrap:
    """Bootstrap t statistics of every hypothesis "the effect is r".

    Residuals under the hypothesis are linear in r, so that numerators are linear and squared
    denominators quadratic in r (Roodman, MacKinnon, Nielsen & Webb 2019, section 5.1).

    Attributes
    ----------
    estimate, se : float
    clusters : int
    numerator : (2, replication) array
        Coefficients of r^0, r^1.
    square : (3, replication) array
        Squared denominators: coefficients of r^0, r^1, r^2.
    """

    estimate: float
    se: float
    clusters: int
    numerator: np.ndarray
    square: np.ndarray

    @classmethod
    def of(
        cls, regression: Regression, *, seed: int, replications: int = REPLICATIONS
    ) -> "WildBootstrap":
        """Bootstrap with the hypothesis imposed and six-point weights (WCR; Webb 2023).

        Raises
        ------
        SpecificationError
            The package that does it is not installed.
        """
        class_ = _library()
        unit = max(float(np.abs(regression.outcome).max()), 1e-12)
        found = [
            _bootstrapped(class_, regression, r, seed, replications) for r in (-unit, 0.0, unit)
        ]
        low, zero, high = (one.numer for one in found)
        below, at, above = (one.denom for one in found)
        numerator = np.stack([zero, (high - low) / (2 * unit)])
        square = np.stack(
            [at, (above - below) / (2 * unit), (above + below - 2 * at) / (2 * unit**2)]
        )
        estimate = float(found[1].beta_hat[0])
        se = float(np.sqrt(found[1].ssc * found[1].vcov[0, 0]))
        return cls(estimate, se, len(np.unique(regression.cluster)), numerator, square)

    def p(self, effect: float = 0.0) -> float:
        """Two-sided p-value of an effect: (1 + b) / (1 + B), b replications as extreme."""
        powers = effect ** np.arange(3)
        size = np.abs(powers[:2] @ self.numerator)
        observed = abs(self.estimate - effect) / self.se
        spread = np.sqrt(np.maximum(powers @ self.square, 0.0))
        extreme = size >= observed * spread * (1 - 1e-12)
        return float((1 + extreme.sum()) / (1 + extreme.size))

    def interval(self) -> tuple[float, float]:
        """Effects with p > 5 %: ends of the interval around the estimate; infinite if none."""
        return self._end(-1.0), self._end(1.0)

    def _end(self, sign: float) -> float:
        inside, step = self.estimate, self.se
        for _step in range(40):
            outside = inside + sign * step
            if self.p(outside) <= _LEVEL:
                break
            inside, step = outside, 2.0 * step
        else:
            return sign * np.inf
        while abs(outside - inside) > 1e-6 * self.se:
            middle = (inside + outside) / 2.0
            inside, outside = (middle, outside) if self.p(middle) > _LEVEL else (inside, middle)
        return float(inside)


def _library() -> Any:
    try:
        from wildboottest.wildboottest import WildboottestCL
    except ModuleNotFoundError:
        raise SpecificationError(
            "Wild cluster bootstrap: found no package wildboottest; it is an optional "
            "requirement. Install cips-models[bootstrap]."
        ) from None
    return WildboottestCL


def _bootstrapped(
    class_: Any, regression: Regression, effect: float, seed: int, replications: int
) -> Any:
    """One run of the library under the hypothesis that the effect is ``effect``."""
    x = regression.regressors
    run = class_(
        X=x,
        Y=regression.outcome - effect * x[:, 0],
        cluster=regression.cluster,
        R=np.eye(x.shape[1])[0],
        B=replications,
        seed=seed,
        parallel=False,
    )
    run.get_scores(bootstrap_type="11", impose_null=True)
    run.get_weights(weights_type="webb")
    run.get_numer()
    run.get_denom()
    run.get_vcov()
    return run


def wild_bootstrap(
    fit: Fit, *, scale: str = PERCENT, seed: int = 1, replications: int = REPLICATIONS
) -> dict[str, WildBootstrap]:
    """Wild cluster bootstrap of the two-way regression on raw cells, countries as clusters.

    The level of every cell at every wave on support, with effects of cells, of country and
    wave, and of factor and wave (Cameron, Gelbach & Miller 2008; Roodman et al. 2019).  Every
    cell weighs the same, however many people answered.  Where support started at different
    waves and the effect is not the same everywhere, the coefficient is a weighted mean whose
    weights may be odd (Goodman-Bacon 2021).

    Parameters
    ----------
    fit : Fit
        Its raw cells; nothing that was fitted.
    scale : {"percent", "score"}
    seed, replications : int

    Returns
    -------
    dict of str to WildBootstrap
        By group; groups without anything to compare are left out.

    Raises
    ------
    IdentificationError
        No group has anything to compare, or levels in points are of different questions.
    SpecificationError
        The package that does it is not installed, or there is no such scale.
    """
    if scale not in (PERCENT, SCORE):
        raise SpecificationError(f"scale: found {scale!r}; expected {PERCENT!r} or {SCORE!r}")
    found, design = {}, fit.design
    raw = fit.cells[scale].transpose(COUNTRY, FACTOR, GROUP, WAVE).to_numpy()[design.followed]
    for g, (group, one) in enumerate(zip(design.groups, compared(fit), strict=True)):
        if one.identified:
            regression = Regression.of(raw[:, :, g], design.given, one)
            found[group] = WildBootstrap.of(regression, seed=seed, replications=replications)
    if not found:
        raise IdentificationError("\n".join(map(str, effect_refusals(fit))))
    return found


def wild_table(found: Mapping[str, Mapping[str, WildBootstrap]], fit: Fit) -> pd.DataFrame:
    """Bootstraps by scale and group as a table, one row each; ``fit``: of the same survey."""
    rows = []
    for scale, groups in found.items():
        for group, one in groups.items():
            lower, upper = one.interval()
            rows.append(
                {
                    GROUP: group,
                    "scale": scale,
                    "mean": one.estimate,
                    "se": one.se,
                    "lower": lower,
                    "upper": upper,
                    "interval": LABEL,
                    "p": one.p(),
                    "clusters": one.clusters,
                    "replications": one.numerator.shape[1],
                }
            )
    columns = [column.name for column in TABLES["wild_bootstrap"]]
    if not rows:
        return pd.DataFrame(columns=columns)
    other = {
        "weights": REGRESSION,
        "comparison": _(
            "Raw levels are regressed on support, net of every cell's own level and of what the "
            "factors of a country, and the countries of a factor, have in common at a wave."
        ),
        "assumption": _(
            "Assumption (regression): without support, levels of supported and unsupported factors "
            "of a country would have changed by equally many points. Where support does more in "
            "some cells than in others, the estimate is a mean with weights of its own."
        ),
    }
    return with_estimands(pd.DataFrame(rows), fit, lambda _row: other)[columns]
