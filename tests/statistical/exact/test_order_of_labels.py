"""Nothing depends on the order of countries, groups, items and factors.

Estimands of the same draws are the same by label; stage 1 and the hierarchy fitted to it are; and
points of two models that mean the same have the same density.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
import xarray as xr
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import least_squares

import cips_models as cips
from cips_models.estimands.items import item_drift, item_in_country
from cips_models.inference.collapse import Collapsed
from cips_models.inference.cut import stage_two
from cips_models.inference.every_cell import stage_one
from cips_models.inference.fit import Fit
from cips_models.model.build import CellEstimates, build
from cips_models.model.density import Density
from cips_models.model.design import as_dataset, design
from cips_models.model.layout import layout
from cips_models.model.record import composition, questionnaire, shown_cells
from cips_models.model.specification import Prior
from cips_models.model.specification_file import specification
from cips_models.survey.codebook import Codebook
from cips_models.survey.composition import compose
from cips_models.survey.survey import Survey


def slow(*values: object) -> object:
    """A case of a test that is run by `make test-slow`."""
    return pytest.param(*values, marks=pytest.mark.slow)


@dataclass(frozen=True)
class Order:
    """Labels of a survey in some order."""

    countries: tuple[str, ...]
    groups: tuple[str, ...]
    factors: tuple[str, ...]
    items: tuple[str, ...]

    def of(self, survey: Survey) -> Survey:
        """The survey in this order."""
        table = survey.respondents.copy()
        for name, labels in (("country", self.countries), ("group", self.groups)):
            table[name] = table[name].cat.reorder_categories(list(labels), ordered=True)
        items = {item.id: item for item in survey.codebook.items}
        found = replace(
            survey,
            countries=self.countries,
            groups=self.groups,
            codebook=Codebook(self.factors, tuple(items[name] for name in self.items)),
            respondents=table,
            answers=survey.answers.sel(item=list(self.items)),
            reasons=survey.reasons.sel(item=list(self.items)),
        )
        if survey.composition is None:
            return found
        return replace(found, composition=compose(table, ["rank"], mode="mode"))


def orders(survey: Survey) -> st.SearchStrategy[Order]:
    """All orders of a survey's labels."""
    ids = [item.id for item in survey.codebook.items]
    labels = (survey.countries, survey.groups, survey.factors, ids)
    return st.builds(Order, *(st.permutations(names).map(tuple) for names in labels))


def reversed_order(survey: Survey) -> Order:
    ids = tuple(item.id for item in survey.codebook.items)
    return Order(*(names[::-1] for names in (survey.countries, survey.groups, survey.factors, ids)))


def in_order_of(dataset: xr.Dataset, labels: Mapping[str, Sequence[str]]) -> xr.Dataset:
    """The same labels in another order."""
    return dataset.sel({dim: list(names) for dim, names in labels.items() if dim in dataset.dims})


def labels_of(dataset: xr.Dataset) -> dict[str, Sequence[str]]:
    return {str(dim): dataset[dim].to_numpy() for dim in dataset.dims if dim in dataset.coords}


def same(one: xr.Dataset, other: xr.Dataset, **tolerance: float) -> None:
    """By label, whatever the order."""
    assert set(one.data_vars) == set(other.data_vars)
    xr.testing.assert_allclose(
        in_order_of(one, labels_of(other)).transpose(*sorted(one.dims)),
        other.transpose(*sorted(other.dims)),
        **tolerance,
    )


def test_estimands(odd_fit, odd_survey):
    # An example takes a second, and to make a failing one smaller takes very many.
    @settings(
        deadline=None, max_examples=6, derandomize=True, phases=(Phase.explicit, Phase.generate)
    )
    @given(order=orders(odd_survey))
    def check(order: Order) -> None:
        survey = order.of(odd_survey)
        lay = layout(survey)
        plan = design(survey, lay)
        labels = dict(plan.coords()) | {
            "question": list(lay.questions.labels),
            "threshold_position": lay.questions.threshold_labels,
        }
        fit = Fit(
            in_order_of(odd_fit.posterior, labels), xr.Dataset(), as_dataset(plan),
            questionnaire(survey, lay), shown_cells(survey, lay), odd_fit.provenance,
            composition(survey.composition),
        )  # fmt: skip
        same(odd_fit.cells, fit.cells)
        for estimand in (
            cips.levels,
            cips.changes,
            cips.paths,
            cips.improved,
            lambda fit: cips.levels(fit, composition="observed"),
            lambda fit: cips.effects(fit).drop_vars("new_country"),
            lambda fit: item_drift(fit).to_dataset(name="drift"),
            lambda fit: item_in_country(fit).to_dataset(name="shift"),
            lambda fit: cips.contrast(fit, "score", group=("officials", "traders")).to_dataset(
                name="difference"
            ),
        ):
            same(estimand(odd_fit), estimand(fit), rtol=1e-8, atol=1e-6)

    check()


@pytest.fixture(scope="module")
def small(make_survey: Callable[..., Survey]) -> Survey:
    supported = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0]], dtype=bool)
    return make_survey(respondents=12, supported=supported, seed=5)


def in_stage_order(survey: Survey, estimates: CellEstimates) -> np.ndarray:
    """Positions of the estimates in the order of their labels."""
    names = (survey.countries, survey.factors, survey.groups, survey.waves)
    labels = [" / ".join(n[k] for n, k in zip(names, at, strict=True)) for at in estimates.position]
    return np.argsort(labels)


def test_stage_one(small: Survey) -> None:
    """Modes to the optimiser's precision.

    Covariances to a hundredth of the sds: the curvature is taken by differences of gradients a
    step apart, in coordinates that depend on the order.
    """
    found = []
    for survey in (small, reversed_order(small).of(small)):
        stage = stage_one(survey, specification("did"), threads=1)
        order = in_stage_order(survey, stage.cells)
        covariance = stage.cells.covariance[np.ix_(order, order)]
        found.append((stage.cells.mean[order], covariance, stage.sds))
    (mean, covariance, sds), (other_mean, other_covariance, other_sds) = found
    np.testing.assert_allclose(other_mean, mean, atol=1e-4)
    np.testing.assert_allclose(other_sds, sds, rtol=1e-3)
    sd = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose((other_covariance - covariance) / sd / sd[:, None], 0, atol=0.01)


@pytest.mark.parametrize("name", ["did", *(slow(name) for name in ("exchangeable", "conditional"))])
def test_hierarchy_fitted_to_cells(small: Survey, name: str) -> None:
    """The posterior of the scales has its mode at the same height, for the same estimates."""
    rng = np.random.default_rng(6)
    position = np.argwhere(design(small, layout(small)).observed)
    half = rng.normal(size=(len(position), 2 * len(position)))
    same_country = position[:, :1] == position[:, 0]
    cells = CellEstimates(
        position,
        rng.normal(size=len(position)),
        half @ half.T / 200 * same_country,
        rng.normal(size=(len(position), 3)) / 5,
    )
    heights = []
    for order in (None, reversed_order(small)):
        survey, own = small, cells
        if order is not None:
            survey = order.of(small)
            turned = position.copy()
            sizes = [len(n) for n in (small.countries, small.factors, small.groups)]
            turned[:, :3] = np.array(sizes) - 1 - position[:, :3]
            own = replace(cells, position=turned)
        assert (np.sort(in_stage_order(survey, own)) == np.arange(len(position))).all()
        marginal = Collapsed.of(Density(stage_two(survey, specification(name), own)))
        heights.append(marginal.log_posterior(marginal.mode()[0]))
    assert heights[1] == pytest.approx(heights[0], abs=1e-5)


def told_by_labels(public: xr.Dataset) -> xr.Dataset:
    """Public variables whose dimensions have the users' labels."""
    labelled = {
        *("draw", "country", "factor", "group", "wave", "question", "threshold_position"),
        *("term", "followed", "step", "treated_country", "treated_factor", "item_term"),
    }
    kept = [name for name, v in public.data_vars.items() if set(v.dims) <= labelled]
    return public[kept].transpose("draw", *sorted(set(public[kept].dims) - {"draw"}))


@pytest.mark.parametrize("term", [slow("item_wave"), "item_country_wave"])
def test_points_that_mean_the_same_have_the_same_density(small: Survey, term: str) -> None:
    """A point of one model, and the point of the other that has the same public variables.

    It is found by least squares, without knowing how the coordinates are made.  One kind of item
    shift at a time, for public variables do not tell their sum apart.
    """
    shipped = specification("did")
    priors = dict(shipped.priors)
    for name in {"item_country", "item_wave", "item_country_wave"} - {term}:
        priors[name] = Prior("fixed", 0.0, 1.0, "one kind at a time")
    quadrature = replace(shipped.quadrature, single=False)
    spec = replace(shipped, priors=priors, quadrature=quadrature)
    one, other = (Density(build(s, spec)) for s in (small, reversed_order(small).of(small)))
    x = np.random.default_rng(7).normal(0, 0.5, one.dim)

    def public(density: Density, points: np.ndarray) -> xr.Dataset:
        return told_by_labels(density.public(points[None]).isel(chain=0, drop=True))

    def flat(found: xr.Dataset) -> np.ndarray:
        return np.concatenate([v.values.reshape(v.sizes["draw"], -1) for v in found.values()], 1)

    target = public(one, x[None])
    wanted = public(other, x[None])
    target = flat(in_order_of(target, labels_of(wanted))[list(wanted)])[0]

    def residual(y: np.ndarray) -> np.ndarray:
        return flat(public(other, y[None]))[0] - target

    def jacobian(y: np.ndarray) -> np.ndarray:
        step = 1e-6
        ends = [flat(public(other, y + sign * step * np.eye(other.dim))) for sign in (1, -1)]
        return ((ends[0] - ends[1]) / (2 * step)).T

    found = least_squares(residual, x, jacobian, xtol=1e-14, ftol=1e-14, gtol=1e-14)
    assert abs(found.fun).max() < 1e-9
    assert np.linalg.matrix_rank(jacobian(found.x)) == other.dim  # there is no other such point
    values = [density.function()(y)[0] for density, y in ((one, x), (other, found.x))]
    assert values[1] == pytest.approx(values[0], abs=1e-8)
