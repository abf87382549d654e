"""The truth on the percent and score scales, and every label, against the answers."""

import numpy as np
import pytest
from scipy.special import expit

from cips_models.survey.simulation.questionnaire import ANATOMY, GROUPS, codebook
from cips_models.survey.simulation.sample import Roster, draw_answers
from cips_models.survey.simulation.truth import expected
from cips_models.survey.simulation.world import WORLDS, draw_cells, draw_items

CELL = ["country", "factor", "group", "wave"]


def test_expected_levels_are_what_many_people_answer(rng):
    # One country for each factor, so that no two cells share a person.
    people, batches = 5000, 25
    world, book = WORLDS["small", "real"], codebook(ANATOMY["small"])
    items = draw_items(book, tuple(GROUPS.values()), world, rng)
    cells = draw_cells(10, 10, world, rng)
    mu = cells.mu(rng.random((10, 10)) < 0.5)
    group, wave, country = (i.ravel() for i in np.indices((2, 2, 10)))
    roster = Roster(
        np.full((10, 2, 2), people), *(np.repeat(i, people) for i in (country, group, wave))
    )
    answers = draw_answers(roster, mu, cells, items, rng)
    levels = expected(mu, cells, items, book)
    for scale in ("percent", "score"):
        z = []
        for f, g, w in np.ndindex(10, 2, 2):
            rows = (roster.country == f) & (roster.group == g) & (roster.wave == w)
            by_item = []
            for j in np.flatnonzero((items.factor == f) & (items.group == g)):
                item, given = book.items[j], answers[rows, j]
                value = np.array(item.positive if scale == "percent" else item.points, float)
                earned = np.where(given >= 0, value[np.maximum(given, 0)], np.nan)
                by_item.append(100 * np.nanmean(earned.reshape(batches, -1), axis=1))
            by_batch = np.mean(by_item, axis=0)
            error = by_batch.std(ddof=1) / np.sqrt(batches)
            z.append((by_batch.mean() - levels[scale][f, f, g, w]) / error)
        # Forty independent values, t with 24 degrees of freedom: the mean square is 1.09 with
        # a standard deviation of 0.27; this bound is three of them away.
        assert np.mean(np.square(z)) < 1.9, scale
        assert abs(np.mean(z)) < 3 * 1.04 / np.sqrt(40), scale


def test_quadrature_agrees_with_a_fine_grid(written):
    truth = written().truth()
    at = {"country": "Country A", "factor": "Transparency", "group": "officials", "wave": "2021"}
    parameters = truth.sel(at)
    spread = float(np.hypot(parameters["loading"] * parameters["sigma"], parameters["tau"]))
    grid = np.linspace(-9, 9, 4001)
    weights = np.exp(-(grid**2) / 2)
    theta = float(parameters["mu"]) + spread * grid
    points = []
    for item in written().toml("codebook.toml")["items"]:
        if item["factor"] == at["factor"] and item["groups"] == [at["group"]]:
            own = truth.sel(item=item["id"])
            cuts = own["thresholds"].dropna("threshold").values
            above = expit(np.exp(own["log_a"].item()) * (theta[:, None] - cuts))
            points.append(100 * np.average(above.mean(axis=1), weights=weights))
    assert parameters["score"].item() == pytest.approx(np.mean(points), abs=1e-6)


def cell_errors(written):
    """Observed minus true mean score by cell, and its standard error."""
    answers = written.answers().dropna(subset="points")
    person = answers.groupby([*CELL, "respondent"])["points"].mean()
    by_cell = person.groupby(CELL).agg(["mean", "std", "size"])
    observed = by_cell.to_xarray()
    return observed["mean"], observed["std"] / np.sqrt(observed["size"])


def mean_square(observed, error, score):
    return float((((observed - score) / error) ** 2).mean())


@pytest.mark.parametrize("effect", ["real", "none"])
def test_every_label_of_the_answers_is_the_label_of_the_truth(written, effect):
    observed, error = cell_errors(written(effect))
    score = written(effect).truth()["score"]
    right = mean_square(observed, error, score)
    # With the sd of a cell estimated from its few people this is a little above one.
    assert 0.8 < right < 1.5
    for dim in CELL:
        permuted = score.copy(data=np.roll(score.values, 1, score.get_axis_num(dim)))
        assert mean_square(observed, error, permuted) > right + 1, dim


def test_every_item_has_its_own_parameters(written):
    truth, book = written().truth(), written().toml("codebook.toml")
    answers = written().answers()
    nodes, weights = np.polynomial.hermite_e.hermegauss(31)
    weights = weights / weights.sum()

    def expected_points(item, parameters):
        """Mean points of the group's answers to an item, if it had another's parameters."""
        at = {"factor": item["factor"], "group": item["groups"][0]}
        spread = np.hypot(
            truth["loading"].sel(at) * truth["sigma"].sel(group=at["group"]), truth["tau"].sel(at)
        )
        cuts = truth["thresholds"].sel(item=parameters).dropna("threshold").values
        a = np.exp(truth["log_a"].sel(item=parameters).item())
        theta = truth["mu"].sel(at).values[..., None] + spread.values[:, None] * nodes
        points = 100 * expit(a * (theta[..., None] - cuts)).mean(axis=-1) @ weights
        people = truth["respondents"].sel(group=at["group"]).values
        return float(np.nansum(points * people) / people.sum())

    own, others = [], []
    for item in book["items"]:
        given = answers.loc[answers["item"] == item["id"], "points"].dropna()
        error = given.std() / np.sqrt(len(given))
        same = [
            o["id"]
            for o in book["items"]
            if (o["factor"], o["groups"]) == (item["factor"], item["groups"]) and o is not item
        ]
        own.append((given.mean() - expected_points(item, item["id"])) / error)
        others += [(given.mean() - expected_points(item, name)) / error for name in same]
    # People's outlook is common to the items, so these are not independent: sd above one.
    assert np.mean(np.square(own)) < 3
    assert np.mean(np.square(others)) > 20


def test_support_table_carries_the_labels_of_the_truth(written):
    for effect in ("real", "none"):
        table = written(effect).support().set_index(["country", "factor"])["supported"]
        truth = written(effect).truth()["supported"].astype(int).to_series()
        assert table.sort_index().equals(truth.rename("supported").sort_index())
