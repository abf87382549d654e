"""One fit with every oddity, and the same estimands by loops that call nothing of the package.

The fit's draws are the model's own public variables at random points, so that effects, slopes,
strata and item shifts all belong together; nothing is sampled.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm

from cips_models.inference.fit import Fit, assemble, provenance
from cips_models.model.build import blueprint, build
from cips_models.model.density import Density
from cips_models.model.specification_file import specification
from cips_models.survey.composition import compose
from cips_models.survey.survey import Survey

WAVES = ("2019", "2021", "2024")
COUNTRIES = ("Aland", "Borduria", "Costaguana", "Dorne", "Erewhon")
BOTH = ("officials", "traders")
CHAINS, DRAWS = 2, 3

#: Items with 2 to 5 levels; some of one group, one of two versions, one new in the last wave.
QUESTIONS = (
    ("A1", "Automation", 5, BOTH, False),
    ("A2", "Automation", 4, BOTH[:1], False),
    ("A3", "Automation", 3, BOTH, False),
    ("T1", "Transparency", 2, BOTH, True),
    ("T2", "Transparency", 5, BOTH[1:], False),
    ("T3", "Transparency", 4, BOTH, False),
    ("M1", "Morale", 5, BOTH, False),
    ("M2", "Morale", 5, BOTH, False),
)
NEW = "M2"

#: Support by country and factor, from which wave on (position), how intense.  Costaguana's
#: automation was under support when first seen; Dorne is seen once.
SUPPORTED = np.array([[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 1, 1], [0, 0, 1]], dtype=bool)
START = np.array([[1, 0, 0], [0, 2, 0], [0, 0, 0], [0, 1, 1], [0, 0, 2]])
INTENSITY = SUPPORTED * np.array([1.0, 0.5, 1.0, 1.0, 2.0])[:, None]

#: Waves of a country, or of one of its groups, where not all.
SEEN = {
    ("Borduria", "officials"): ("2021", "2024"),
    ("Borduria", "traders"): ("2019", "2024"),
    ("Dorne", "officials"): ("2021",),
    ("Dorne", "traders"): ("2021",),
    ("Erewhon", "traders"): ("2021", "2024"),
}


@pytest.fixture(scope="session")
def odd_survey(make_survey) -> Survey:
    rng = np.random.default_rng(8)
    respondents = 8
    people = len(COUNTRIES) * 2 * 3 * respondents
    survey = make_survey(
        questions=QUESTIONS,
        countries=COUNTRIES,
        groups=BOTH,
        waves=WAVES,
        respondents=respondents,
        missing=0.3,
        supported=SUPPORTED,
        start=START,
        intensity=INTENSITY,
        background={
            "rank": rng.choice(["chief", "clerk", ""], people),
            "mode": rng.choice(["online", "tablet"], people),
        },
    )
    table, answers = survey.respondents, survey.answers.copy()
    answers.loc[{"item": NEW}] = answers.sel(item=NEW).where((table["wave"] == "2024").values, -1)
    kept = [row.wave in SEEN.get((row.country, row.group), WAVES) for row in table.itertuples()]
    table = table[kept]
    return replace(
        survey,
        respondents=table,
        answers=answers[kept].astype(np.int8),
        reasons=survey.reasons[kept],
        composition=compose(table, ["rank"], mode="mode"),
    )


@pytest.fixture(scope="session")
def odd_fit(odd_survey) -> Fit:
    spec = specification("did")
    density = Density(build(odd_survey, spec))
    points = np.random.default_rng(9).normal(0, 0.7, (CHAINS, DRAWS, density.dim))
    plan = blueprint(density.model)
    record = provenance(plan, route="joint", seed=1, settings={})
    empty = density.public(points)[[]]
    return assemble(plan, density.public(points), empty, record)


class Slowly:
    """The survey row by row, and a fit's draws as plain arrays."""

    def __init__(self, survey: Survey, fit: Fit):
        self.countries, self.factors = survey.countries, survey.factors
        self.groups, self.waves = survey.groups, survey.waves
        self.draws = {
            name: array.values.reshape(-1, *array.shape[2:])
            for name, array in fit.posterior.data_vars.items()
        }
        self.n = CHAINS * DRAWS
        self.rows = list(self._rows(survey))
        self.items = [
            (item.factor, item.groups if not item.versions_differ else (group,), item, k)
            for k, item in enumerate(survey.codebook.items)
            for group in (item.groups if item.versions_differ else ("",))
        ]
        cuts = [item.n_levels - 1 for _, _, item, _ in self.items]
        self.first = np.cumsum([0, *cuts])
        self.strata = [tuple(row) for row in survey.composition.strata.to_numpy()]

    def _rows(self, survey: Survey) -> Iterator[tuple]:
        """Positions of country, group and wave; stratum; answers."""
        for row, given in zip(
            survey.respondents.itertuples(), survey.answers.to_numpy(), strict=True
        ):
            place = (self.countries.index(row.country), self.groups.index(row.group))
            yield (*place, self.waves.index(row.wave), (row.rank or "unknown", row.mode), given)

    def cells(self) -> Iterator[tuple[int, int, int, int]]:
        sizes = (self.countries, self.factors, self.groups, self.waves)
        yield from product(*(range(len(labels)) for labels in sizes))

    def asked(self, question: int, g: int, w: int) -> bool:
        """Somebody of the group answered it in the wave, anywhere."""
        _, groups, _, item = self.items[question]
        return self.groups[g] in groups and any(
            given[item] >= 0 for _, h, v, _, given in self.rows if (h, v) == (g, w)
        )

    def reference(self, f: int, g: int, waves: tuple[int, ...]) -> list[int]:
        """Questions of the factor that the group was asked in each of the waves it was met in."""
        met = [w for w in waves if any((h, v) == (g, w) for _, h, v, _, _ in self.rows)]
        own = [q for q, (factor, *_) in enumerate(self.items) if factor == self.factors[f]]
        return [q for q in own if met and all(self.asked(q, g, w) for w in met)]

    def observed(self, c: int, f: int, g: int, w: int) -> bool:
        own = {k for factor, _, _, k in self.items if factor == self.factors[f]}
        return any(
            (b, h, v) == (c, g, w) and any(given[k] >= 0 for k in own)
            for b, h, v, _, given in self.rows
        )

    def seen(self, c: int, f: int, g: int) -> list[int]:
        return [w for w in range(len(self.waves)) if self.observed(c, f, g, w)]

    def followed(self) -> list[int]:
        met = [{v for b, _, v, _, _ in self.rows if b == c} for c in range(len(self.countries))]
        return [c for c, waves in enumerate(met) if len(waves) >= 2]

    # --- people -------------------------------------------------------------------------------

    def standard(self, c: int, g: int) -> dict[tuple, float]:
        """Shares of ranks over all waves, blanks left out, all by the group's usual mode."""
        modes = [s[1] for _, h, _, s, _ in self.rows if h == g]
        usual = max(sorted(set(modes)), key=modes.count)
        own = [s[0] for b, h, _, s, _ in self.rows if (b, h) == (c, g) and s[0] != "unknown"]
        return {(rank, usual): own.count(rank) / len(own) for rank in sorted(set(own))}

    def respondents(self, c: int, g: int, w: int) -> dict[tuple, float]:
        """Shares of the strata among those who were met."""
        own = [s for b, h, v, s, _ in self.rows if (b, h, v) == (c, g, w)]
        return {kind: own.count(kind) / len(own) for kind in sorted(set(own))}

    def beside(self, d: int, c: int, f: int, g: int, kind: tuple) -> float:
        """Trait of a stratum less that of the standard composition."""
        effect = self.draws["stratum_effect"][d]
        centre = sum(
            share * effect[self.strata.index(other), f, g]
            for other, share in self.standard(c, g).items()
        )
        return effect[self.strata.index(kind), f, g] - centre

    # --- scales -------------------------------------------------------------------------------

    def worth(self, d: int, question: int, theta: np.ndarray, scale: str) -> np.ndarray:
        """Expected points, or probability of a positive answer, in per cent, given the trait."""
        item = self.items[question][2]
        cuts = self.draws["threshold"][d, self.first[question] : self.first[question + 1]]
        slope = self.draws["discrimination"][d, question]
        above = [np.ones_like(theta), *(expit(slope * (theta - b)) for b in cuts), 0 * theta]
        value = item.points if scale == "score" else item.positive
        return 100 * sum(v * (above[k] - above[k + 1]) for k, v in enumerate(value))

    def value(self, scale, d, c, f, g, w, latent, questions, people=None) -> float:
        """A latent level of the standard composition on a scale, by brute force over the trait."""
        if people is None:
            people = self.standard(c, g)
        away = {kind: self.beside(d, c, f, g, kind) for kind in people}
        if scale == "latent":
            return latent + sum(share * away[kind] for kind, share in people.items())
        if not questions:
            return np.nan
        spread = np.sqrt(
            self.draws["general_spread"][d, f, g, w] ** 2
            + self.draws["specific_spread"][d, f, g] ** 2
        )
        z = np.linspace(-8.5, 8.5, 401)
        density = norm.pdf(z) / norm.pdf(z).sum()
        total = 0.0
        for kind, share in people.items():
            theta = latent + away[kind] + spread * z
            for question in questions:
                total += share * density @ self.worth(d, question, theta, scale) / len(questions)
        return total

    # --- support ------------------------------------------------------------------------------

    def begun(self, c: int, f: int, w: int) -> bool:
        return bool(SUPPORTED[c, f] and w >= START[c, f])

    def already(self, c: int, f: int) -> bool:
        """Under support at the first wave in which anybody of the country was met."""
        return self.begun(c, f, min(v for b, _, v, _, _ in self.rows if b == c))

    def kind(self, c: int, f: int, first: int, last: int) -> str:
        """Of a followed cell between two waves."""
        if self.already(c, f) or self.begun(c, f, first):
            return ""
        return "supported" if self.begun(c, f, last) else "unsupported"

    def role(self, c: int, f: int, g: int) -> str:
        """What a cell is to the comparison of a group: over the waves in which that was met."""
        waves = self.seen(c, f, g)
        if c not in self.followed() or len(waves) < 2:
            return ""
        return {"": "already", "supported": "treated", "unsupported": "control"}[
            self.kind(c, f, waves[0], waves[-1])
        ]


@pytest.fixture(scope="session")
def slowly(odd_survey, odd_fit) -> Slowly:
    return Slowly(odd_survey, odd_fit)


@pytest.fixture(scope="session")
def intensity() -> np.ndarray:
    """(country, factor) as the support table has it."""
    return INTENSITY
