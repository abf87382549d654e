"""Files that say the same in other words: no estimate changes.

Labels, the order of rows, columns, items and factors, polarity, the scale of weights, and how
respondents are spread over files and counts.  Estimates are the weighted ones with their errors,
raw results, rates of don't know, and every respondent's log-likelihood at parameters that belong
to labels, all exact but for the order in which numbers are added.  Disclosure control is off: the
counts that shares of strata are made of are otherwise rounded at random.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from zlib import crc32

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cips_models as cips
from cips_models.estimands.nonresponse import dont_know_changes, nonresponse
from cips_models.model.layout import layout
from cips_models.model.likelihood import parameters, pointwise
from cips_models.model.quadrature import Quadrature
from cips_models.model.record import cells
from cips_models.survey.survey import Survey

PEOPLE = 160
COUNTRIES, FACTORS, ITEMS = ("Bénin", "São Tomé", "تونس"), ("Transparency", "Morale"), (
    "T1", "T2", "T3", "M1", "M2",
)  # fmt: skip
GROUPS, WAVES = ("officials", "private sector"), ("2021", "2023")

BLOCKS = {
    "T1": 'factor = "Transparency"\nscale = "agreement"',
    "T2": 'factor = "Transparency"\nscale = "agreement"\ngroups = ["officials"]\nreversed = true',
    "T3": 'factor = "Transparency"\nscale = "degree"\nversions_differ = true',
    "M1": 'factor = "Morale"\nscale = "degree"',
    "M2": 'factor = "Morale"\nscale = "agreement"\nreversed = true',
}
SCALES = """
[scales.agreement]
levels = ["1", "2", "3", "4"]
positive = ["3", "4"]
dont_know = ["9"]
refused = ["8"]

[scales.degree]
levels = ["0", "1", "2"]
positive = ["2"]
points = [0, 0.25, 1]
dont_know = ["9"]
"""
#: Codes of each scale and their mirror image.
MIRRORED = {
    "agreement": dict(zip("1234", "4321", strict=True)),
    "degree": dict(zip("012", "210", strict=True)),
}

#: Names: what a label of the original is called in other files.
type Names = Mapping[str, str]

alike = settings(
    deadline=None,
    max_examples=20,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def people() -> pd.DataFrame:
    """Respondents with weights, a rank and answers of every kind."""
    rng = np.random.default_rng(3)
    table = pd.DataFrame(
        {
            "respondent": [f"r{k:03d}" for k in range(PEOPLE)],
            "country": rng.choice(COUNTRIES, PEOPLE),
            "group": rng.choice(["CO", "PS"], PEOPLE),
            "wave": rng.choice(["1", "2"], PEOPLE),
            "rank": rng.choice(["chief", "clerk", ""], PEOPLE),
            "w": [f"{x:.4f}" for x in rng.gamma(2.0, 0.5, PEOPLE)],
        }
    )
    for item, block in BLOCKS.items():
        codes = ["1", "2", "3", "4", "8", "9", ""] if "agreement" in block else ["0", "1", "2", "9"]
        table[item] = rng.choice(codes, PEOPLE)
    table.loc[table["group"] == "PS", "T2"] = ""
    return table


def codebook(
    items: Sequence[str] = ITEMS, factors: Sequence[str] = FACTORS, names: Names | None = None
) -> str:
    """Text of the codebook, its items and factors in some order and under some names."""
    names = names or {}
    listed = ", ".join(f'"{names.get(factor, factor)}"' for factor in factors)
    text = f"format = 1\nfactors = [{listed}]\n{SCALES}"
    for item in items:
        block = BLOCKS[item]
        for old, new in names.items():
            block = block.replace(f'"{old}"', f'"{new}"')
        text += f'\n[[items]]\nid = "{names.get(item, item)}"\n{block}\n'
    return text


@pytest.fixture
def read(tiny) -> Callable[..., Survey]:
    """Reader of a table of responses, a codebook and the labels of groups in some order."""

    def reading(
        table: pd.DataFrame, book: str | None = None, groups: Names | None = None, columns: str = ""
    ) -> Survey:
        labels = groups or {"CO": "officials", "PS": "private sector"}
        told = ", ".join(f'"{code}" = "{label}"' for code, label in labels.items())
        tiny.study = f"""format = 1
name = "Alike"
[files]
responses = "responses.csv"
codebook = "codebook.toml"
[columns]
background = ["rank"]
weight = "w"
{columns}
[composition]
strata = ["rank"]
[disclosure]
threshold = 0
[groups]
labels = {{ {told} }}
[waves]
labels = {{ "1" = "2021", "2" = "2023" }}
"""
        tiny.codebook, tiny.responses = book or codebook(), table
        return tiny.read()

    return reading


def number(*labels: object) -> float:
    """A number in [0, 1) that belongs to some labels, whatever their order among others."""
    return crc32(" / ".join(map(str, labels)).encode()) / 2**32


def log_likelihoods(survey: Survey, names: Names | None = None, *, ranks: bool = True) -> pd.Series:
    """Of every respondent by id, at parameters that belong to the original labels."""
    back = {new: old for old, new in (names or {}).items()}

    def called(labels: Sequence[str]) -> list[str]:
        found = [str(label) for label in labels]
        for new, old in back.items():
            found = [label.replace(new, old) for label in found]
        return found

    lay = layout(survey, by_stratum=ranks)
    questions = called(lay.questions.labels)
    countries, factors, groups = (
        called(labels) for labels in (survey.countries, survey.factors, survey.groups)
    )
    strata = survey.composition.strata.index
    values = {
        "discrimination": np.array([0.5 + number("slope", q) for q in questions]),
        "threshold": np.concatenate(
            [
                np.cumsum([number("cut", q, k) for k in range(levels - 1)]) - 1
                for q, levels in zip(questions, lay.questions.levels, strict=True)
            ]
        ),
        "level": np.array(
            [[[[number(c, f, g, w) for w in survey.waves] for g in groups] for f in factors]
             for c in countries]
        ),
        "general_spread": np.array(
            [[[0.5 + number("u", f, g, w) for w in survey.waves] for g in groups] for f in factors]
        ),
        "specific_spread": np.array([[0.5 + number("v", f, g) for g in groups] for f in factors]),
        "stratum_effect": np.array(
            [[[number("rank", s, f, g) for g in groups] for f in factors] for s in strata]
        ),
    }  # fmt: skip
    if not ranks:
        del values["stratum_effect"]
    found = pointwise(parameters(values, lay), lay, Quadrature())
    return pd.Series(found, survey.respondents.index)


def estimates(survey: Survey, names: Names | None = None) -> dict[tuple[str, ...], float]:
    """Everything that is estimated without a model, by the original labels in any order."""
    back = {new: old for old, new in (names or {}).items()}
    counts = nonresponse(survey)
    every = (
        cips.design_based(survey),
        cells(survey, layout(survey)),
        counts,
        dont_know_changes(counts).drop_vars(["from", "to"]),
    )
    found: dict[tuple[str, ...], float] = {}
    for kind, dataset in enumerate(every):
        for name, array in dataset.data_vars.items():
            labels = [[str(label) for label in array[dim].to_numpy()] for dim in array.dims]
            for at, value in zip(product(*labels), array.to_numpy().ravel(), strict=True):
                place = sorted(back.get(label, label) for label in at)
                found[(f"{kind} {name}", *place)] = float(value)
    return dict(sorted(found.items()))


def check_estimates(one: Survey, other: Survey, names: Names | None = None) -> None:
    first, second = estimates(one), estimates(other, names)
    assert [*first] == [*second]
    np.testing.assert_allclose([*first.values()], [*second.values()], rtol=1e-10, atol=1e-10)


def check(one: Survey, other: Survey, names: Names | None = None) -> None:
    """No estimate differs, and no respondent's likelihood."""
    check_estimates(one, other, names)
    pd.testing.assert_series_equal(
        log_likelihoods(one).sort_index(),
        log_likelihoods(other, names).sort_index(),
        rtol=1e-10,
    )


@alike
@given(seed=st.integers(0, 2**16), columns=st.permutations(list(people())))
def test_order_of_rows_and_columns(read, seed, columns):
    table = people()
    check(read(table), read(table.sample(frac=1, random_state=seed)[columns]))


@alike
@given(items=st.permutations(ITEMS), factors=st.permutations(FACTORS), turned=st.booleans())
def test_order_of_items_factors_and_groups(read, items, factors, turned):
    groups = {"CO": "officials", "PS": "private sector"}
    if turned:
        groups = dict(reversed(groups.items()))
    check(read(people()), read(people(), codebook(items, factors), groups))


@alike
@given(
    countries=st.permutations(["Aland", "Dorne", "Ω"]),
    groups=st.permutations(["people", "firms"]),
    factors=st.permutations(["F, one", "F-2"]),
    items=st.permutations([f"item {k}" for k in range(5)]),
)
def test_names(read, countries, groups, factors, items):
    """Countries without labels in the study are sorted, so that new names are a new order."""
    names = {
        old: new
        for olds, news in (
            (COUNTRIES, countries), (GROUPS, groups), (FACTORS, factors), (ITEMS, items),
        )
        for old, new in zip(olds, news, strict=True)
    }  # fmt: skip
    table = people().rename(columns=names)
    table["country"] = table["country"].map(names)
    labels = {"CO": names["officials"], "PS": names["private sector"]}
    check(read(people()), read(table, codebook(names=names), labels), names)


@alike
@given(turned=st.sets(st.sampled_from(ITEMS), min_size=1))
def test_an_item_reversed_together_with_its_polarity(read, turned):
    """Points and positive levels of a scale are its most favourable ones, whichever end it is."""
    table, book = people(), codebook()
    for item in turned:
        scale = "agreement" if "agreement" in BLOCKS[item] else "degree"
        table[item] = table[item].replace(MIRRORED[scale])
        head = f'id = "{item}"\n{BLOCKS[item]}'
        other = head.replace("\nreversed = true", "")
        book = book.replace(head, other if other != head else f"{head}\nreversed = true")
    check(read(people()), read(table, book))
    assert (read(table).answers != read(people()).answers).any()


@alike
@given(seed=st.integers(0, 2**16), exponent=st.floats(-6, 6))
def test_scale_of_weights(read, seed, exponent):
    """Weights count in proportion within a country, group and wave."""
    table = people()
    rng = np.random.default_rng(seed)
    factor = table.groupby(["country", "group", "wave"])["w"].transform(
        lambda own: 10.0 ** (exponent * rng.uniform())
    )
    scaled = table.assign(w=[repr(float(w) * f) for w, f in zip(table["w"], factor, strict=True)])
    check(read(table), read(scaled))


@alike
@given(seed=st.integers(0, 2**16), share=st.floats(0.35, 0.65))
def test_a_file_split_in_two(read, seed, share):
    """Likelihoods and counts of the parts are those of the whole.

    Without ranks: the standard composition is that of a file's own respondents.
    """
    table = people()
    first = np.random.default_rng(seed).random(PEOPLE) < share
    whole, parts = read(table), [read(table[first]), read(table[~first])]
    found = pd.concat([log_likelihoods(part, ranks=False) for part in parts]).sort_index()
    pd.testing.assert_series_equal(
        found, log_likelihoods(whole, ranks=False).sort_index(), rtol=1e-10
    )
    added = sum(nonresponse(part) for part in parts)
    assert added.equals(nonresponse(whole))


@alike
@given(seed=st.integers(0, 2**16))
def test_a_count_split_in_two(read, seed):
    """A row that counts n times is rows that count n in all."""
    rng = np.random.default_rng(seed)
    count = rng.integers(2, 5, PEOPLE)
    part = rng.integers(1, count)
    columns = 'count = "n"'
    table = people().assign(n=count.astype(str))
    halves = [people().assign(n=n.astype(str)) for n in (part, count - part)]
    halves[1]["respondent"] += " again"
    one, other = read(table, columns=columns), read(pd.concat(halves), columns=columns)
    check_estimates(one, other)
    np.testing.assert_allclose(
        np.sort(log_likelihoods(one)), np.sort(log_likelihoods(other)), rtol=1e-10
    )
