"""The wild cluster bootstrap on raw cells: a regression that knows nothing of the model.

The bootstrap itself is the package ``wildboottest`` (an optional requirement); what is here is
the interval that follows from it, and what it tells of a fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from cips_models.did.estimand import REGRESSION
from cips_models.did.few_clusters.regression import Regression, regressions
from cips_models.did.tables import with_estimands
from cips_models.errors import IdentificationError, SpecificationError
from cips_models.inference.fit import Fit
from cips_models.names import GROUP, PERCENT, SCORE
from cips_models.tables import TABLES
from cips_models.wording import _

#: Bootstrap replications; odd, so that (1 + B) times 5 % is a whole number.
REPLICATIONS: Final = 9999

#: What is left out of the interval.
_LEVEL: Final = 0.05
LABEL: Final = "95% WCR"


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
            _(
                "Wild cluster bootstrap: found no package wildboottest; it is an optional "
                "requirement. Install cips-models[bootstrap]."
            )
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
        By group; groups of which it cannot be had are left out.

    Raises
    ------
    IdentificationError
        No group has anything to compare, or cells whose levels are known at two waves.
    SpecificationError
        The package that does it is not installed, or there is no such scale.
    """
    if scale not in (PERCENT, SCORE):
        raise SpecificationError(f"scale: found {scale!r}; expected {PERCENT!r} or {SCORE!r}")
    found, reasons = regressions(fit, scale)
    if not found:
        raise IdentificationError("\n".join(dict.fromkeys(reasons.values())))
    return {
        group: WildBootstrap.of(own, seed=seed, replications=replications)
        for group, own in found.items()
    }


def wild_table(
    fit: Fit,
    *,
    scales: Sequence[str] = (PERCENT, SCORE),
    seed: int = 1,
    replications: int = REPLICATIONS,
) -> pd.DataFrame:
    """Bootstraps by scale and group, one row each, numbers or the reason why there are none.

    Parameters
    ----------
    fit, seed, replications
        As of :func:`wild_bootstrap`.
    scales : sequence of {"percent", "score"}
    """
    rows = []
    for scale in scales:
        found, reasons = regressions(fit, scale)
        for group in fit.design.groups:
            told: dict[str, Any] = {"interval": "", "reason": reasons.get(group, "")}
            if group in found:
                try:
                    told |= _row(
                        WildBootstrap.of(found[group], seed=seed, replications=replications)
                    )
                except SpecificationError as error:
                    told["reason"] = str(error)
            rows.append({GROUP: group, "scale": scale, **told})
    columns = [column.name for column in TABLES["wild_bootstrap"]]
    counts = {"clusters": "Int64", "replications": "Int64"}
    table = pd.DataFrame(rows).reindex(columns=columns).astype(counts)
    return with_estimands(table, fit, lambda row: None if row["reason"] else _regressed())[columns]


def _row(one: WildBootstrap) -> dict[str, Any]:
    lower, upper = one.interval()
    return {
        "mean": one.estimate,
        "se": one.se,
        "lower": lower,
        "upper": upper,
        "interval": LABEL,
        "p": one.p(),
        "clusters": one.clusters,
        "replications": one.numerator.shape[1],
    }


def _regressed() -> dict[str, str]:
    """What the estimate is other than of the fit's effects."""
    return {
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
