"""Surveys at the edge of what is legal, as the files that a person would have."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
import tomlkit

OFFICIALS, TRADERS = GROUPS = ("officials", "private sector")


@dataclass(frozen=True)
class Legal:
    """A survey to write.

    Attributes
    ----------
    items : mapping of str to int
        Items of each factor.
    people : int
        In every country, group and wave.
    supported : {"some", "all", "none", ""}
        Which cells; "" is no support table.
    unseen : tuple
        Country, group and wave that nobody was surveyed in; None is all of them.
    unasked : tuple
        Group and factor.
    unused : tuple of str
        Levels that nobody chose.
    """

    countries: tuple[str, ...] = ("Benin", "Ghana", "Togo")
    groups: tuple[str, ...] = GROUPS
    waves: tuple[str, ...] = ("2021", "2023")
    items: Mapping[str, int] = field(
        default_factory=lambda: MappingProxyType({"Leadership": 2, "Transparency": 3, "Morale": 2})
    )
    people: int = 12
    supported: str = "some"
    unseen: tuple[tuple[str | None, str | None, str | None], ...] = ()
    unasked: tuple[tuple[str, str], ...] = ()
    unused: tuple[str, ...] = ()
    levels: int = 4

    def write(self, folder: Path) -> Path:
        """Write the files; answers are of people with an outlook, which rises with the waves."""
        codes = [str(k + 1) for k in range(self.levels)]
        questions = [(f"Q{f}{k}", name) for f, (name, many) in enumerate(self.items.items())
                     for k in range(many)]  # fmt: skip
        files = {"responses": "responses.csv", "codebook": "codebook.toml"}
        files |= {"support": "support.csv"} if self.supported else {}
        study = {
            "format": 1,
            "name": "Edge",
            "files": files,
            "groups": {"labels": {g: g for g in self.groups}},
            "waves": {"labels": {w: w for w in self.waves}},
        }
        book = {
            "format": 1,
            "factors": list(self.items),
            "scales": {"agreement": {"levels": codes, "positive": codes[self.levels // 2 :]}},
            "items": [
                {
                    "id": name,
                    "factor": factor,
                    "scale": "agreement",
                    "groups": [g for g in self.groups if (g, factor) not in self.unasked],
                }
                for name, factor in questions
            ],
        }
        (folder / "study.toml").write_text(tomlkit.dumps(study), encoding="utf-8")
        (folder / "codebook.toml").write_text(tomlkit.dumps(book), encoding="utf-8")
        header = ["respondent", "country", "group", "wave", *(name for name, _ in questions)]
        _write(folder / "responses.csv", [header, *self._answers(questions, codes)])
        _write(folder / "support.csv", [["country", "factor", "supported"], *self._support()])
        return folder / "study.toml"

    def _answers(self, questions, codes):
        rng = np.random.default_rng(3)
        used = [code for code in codes if code not in self.unused]
        cuts = np.linspace(-1.5, 1.5, len(used) - 1)
        number = 0
        for place in product(self.countries, self.groups, self.waves):
            if any(all(a in (None, b) for a, b in zip(p, place, strict=True)) for p in self.unseen):
                continue
            for _ in range(self.people):
                number += 1
                outlook = rng.normal() + 0.3 * self.waves.index(place[2])
                answers = [
                    "" if (place[1], factor) in self.unasked
                    else used[int(np.digitize(outlook + rng.logistic(), cuts))]
                    for _, factor in questions
                ]  # fmt: skip
                yield [f"r{number}", *place, *answers]

    def _support(self):
        given = {"all": lambda a, b: 1, "none": lambda a, b: 0}
        rule = given.get(self.supported, lambda a, b: int((a + b) % 3 == 0))
        for (a, country), (b, factor) in product(enumerate(self.countries), enumerate(self.items)):
            yield [country, factor, rule(a, b)]


def _write(path: Path, rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


#: By name; what is not stated is as in :class:`Legal`.
SURVEYS = {
    "one country": Legal(countries=("Togo",)),
    "one wave": Legal(waves=("2021",)),
    "one group": Legal(groups=(OFFICIALS,)),
    "one factor": Legal(items={"Leadership": 3}),
    "one item": Legal(items={"Leadership": 1}),
    "one item each": Legal(items={"Leadership": 1, "Transparency": 1, "Morale": 1}),
    "one of everything": Legal(
        countries=("Togo",), groups=(OFFICIALS,), waves=("2021",), items={"Leadership": 1}
    ),
    "one person a cell": Legal(people=1),
    "no support table": Legal(supported=""),
    "everybody supported": Legal(supported="all"),
    "nobody supported": Legal(supported="none"),
    "a country without the middle wave": Legal(
        waves=("2021", "2023", "2025"), unseen=(("Ghana", None, "2023"),)
    ),
    "a factor that a group is not asked": Legal(unasked=((TRADERS, "Morale"),)),
    "a level in the middle that nobody chose": Legal(unused=("3",)),
    "a highest level that nobody chose": Legal(unused=("4",)),
    "two levels": Legal(levels=2),
    "labels of every kind": Legal(
        countries=("Côte d'Ivoire", "تونس", 'Bosnia, "and" H.'),
        groups=("douaniers, agents", "secteur privé"),
        waves=("vague 1", "الموجة 2"),
        items={"Transparence, éthique": 2, "القيادة": 2, "=1+1 <b> $x$": 2},
    ),
    "many countries": Legal(countries=tuple(f"Country {k:02}" for k in range(45)), people=10),
    "a group seen in one wave": Legal(unseen=((None, TRADERS, "2023"),)),
}


@pytest.fixture(scope="session")
def surveys() -> Mapping[str, Legal]:
    return SURVEYS


@pytest.fixture(params=SURVEYS)
def legal(request: pytest.FixtureRequest) -> Legal:
    return SURVEYS[request.param]


@pytest.fixture
def study(legal: Legal, tmp_path: Path) -> Path:
    return legal.write(tmp_path)
