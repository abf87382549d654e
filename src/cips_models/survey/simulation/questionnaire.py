"""What a simulated survey asks, and of how many: the anatomy of CIPS.

Ten factors of the Revised Arusha Declaration, two groups with different questionnaires,
two waves, or three.  A scale changes only how many people and items there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase
from typing import Final, Literal

from cips_models.survey.codebook import Codebook, Item, Scale

Size = Literal["small", "cips"]

#: Key factors of the Revised Arusha Declaration (WCO, 2003).
FACTORS: Final = (
    "Leadership and Commitment",
    "Regulatory Framework",
    "Transparency",
    "Automation",
    "Reform and Modernization",
    "Audit and Investigation",
    "Code of Conduct",
    "Human Resource Management",
    "Morale and Organizational Culture",
    "Relationship with the Private Sector",
)

#: Code in the responses file -> label.
GROUPS: Final = {"CO": "officials", "PS": "private sector"}
WAVES: Final = {"1": "2021", "2": "2023"}
THIRD_WAVE: Final = {"3": "2025"}

#: Background of respondents by group: column -> (value, its share).
BACKGROUND: Final = {
    "officials": {
        "gender": {"woman": 0.4, "man": 0.6},
        "rank": {"manager": 0.3, "staff": 0.7},
    },
    "private sector": {
        "gender": {"woman": 0.35, "man": 0.65},
        "rank": {"owner": 0.25, "employee": 0.75},
    },
}

AGREEMENT: Final = Scale(
    name="agreement",
    levels=("1", "2", "3", "4", "5"),
    labels=("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree"),
    positive=(False, False, False, True, True),
    points=(0.0, 0.25, 0.5, 0.75, 1.0),
    dont_know=("9",),
)
FREQUENCY: Final = Scale(
    name="frequency",
    levels=("1", "2", "3", "4"),
    labels=("Never", "Sometimes", "Often", "Always"),
    positive=(False, False, True, True),
    points=(0.0, 1 / 3, 2 / 3, 1.0),
    dont_know=("9",),
)


@dataclass(frozen=True)
class Anatomy:
    """How many of everything a simulated survey has.

    Attributes
    ----------
    countries : int
        Countries in the first wave.
    followed : int
        How many of them are in the second wave too.
    respondents : tuple of int
        People by group, over both waves.
    smallest : int
        Fewest people in a country x group x wave cell.
    items : tuple of tuple of int
        Items by group and factor; of the first of the ten factors, where there are fewer.
    """

    countries: int
    followed: int
    respondents: tuple[int, int]
    smallest: int
    items: tuple[tuple[int, ...], tuple[int, ...]]


#: The one place to tune how long a demonstration takes.
ANATOMY: Final[dict[Size, Anatomy]] = {
    # 41 and 29 questions: Burkina Faso 2021.
    "small": Anatomy(
        countries=25,
        followed=17,
        respondents=(4_500, 3_500),
        smallest=8,
        items=((5, 4, 4, 3, 4, 3, 5, 5, 4, 4), (3, 3, 4, 3, 2, 2, 3, 2, 3, 4)),
    ),
    # The full CIPS of the speed measurements: 0.92 million answers.
    "cips": Anatomy(
        countries=17,
        followed=17,
        respondents=(11_000, 8_500),
        smallest=75,
        items=((7, 5, 5, 5, 5, 5, 6, 7, 6, 6), (5, 4, 5, 4, 4, 3, 4, 3, 4, 6)),
    ),
}


def waves(count: int) -> dict[str, str]:
    """Code in the responses file -> label, of the first waves; at most three."""
    return dict(list({**WAVES, **THIRD_WAVE}.items())[:count])


def country_names(count: int) -> tuple[str, ...]:
    """Neutral names, so that no simulated result can be read as a real country's.

    Parameters
    ----------
    count : int
        At most 26.
    """
    return tuple(f"Country {letter}" for letter in ascii_uppercase[:count])


def codebook(anatomy: Anatomy) -> Codebook:
    """Lay out the two groups' questionnaires, officials first, factor by factor.

    An item is named after its group, factor and place: ``O01a`` is the officials' first
    item on the first factor.  Within a questionnaire every fifth item has four levels and
    every sixth is worded negatively, so that both occur apart and together.
    """
    return Codebook(factors=FACTORS[: len(anatomy.items[0])], items=tuple(_items(anatomy)))


def _items(anatomy: Anatomy) -> Iterator[Item]:
    for group, counts in zip(GROUPS.values(), anatomy.items, strict=True):
        place = 0
        for number, (factor, count) in enumerate(
            zip(FACTORS[: len(counts)], counts, strict=True), start=1
        ):
            for letter in ascii_lowercase[:count]:
                place += 1
                reverse = place % 6 == 0
                wording = (
                    "negatively worded synthetic statement" if reverse else "synthetic statement"
                )
                yield Item(
                    id=f"{group[0].upper()}{number:02d}{letter}",
                    factor=factor,
                    scale=FREQUENCY if place % 5 == 0 else AGREEMENT,
                    groups=(group,),
                    reversed=reverse,
                    text={"en": f"{factor}: {wording} {letter}"},
                )
