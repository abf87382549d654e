"""The marginal likelihood in JAX: the same operation, on a GPU where there is one.

JAX is no dependency; the backend "jax" imports this module.  What the arrays are says
``kernel.evaluation``.  Everything is in the precision of the inputs, whatever ``single`` says.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax.nn import log_sigmoid, log_softmax
from pytensor.graph.op import Op
from pytensor.link.jax.dispatch import jax_funcify

from cips_models.model.kernel.numbers import TINY
from cips_models.model.likelihood import PARAMETERS, MarginalLikelihood

#: Respondents that are integrated at a time.
_TOGETHER = 256


def _member(start: Any, count: int) -> Any:
    """Which stretch each of ``count`` positions lies in, stretches given by their starts."""
    return jnp.searchsorted(start, jnp.arange(count), side="right") - 1


def _categories(slope: Any, threshold: Any, item_start: Any, theta: Any) -> Any:
    """(category, node) log probabilities of one set of thresholds (Samejima 1969)."""
    thresholds, items = threshold.shape[0], slope.shape[0]
    rows = thresholds + items
    own = slope[_member(item_start, thresholds)]
    x = own[:, None] * (theta - threshold[:, None])
    item = _member(item_start + jnp.arange(items + 1), rows)
    above = jnp.arange(rows) - item  # the threshold that ends a category from above
    first, last = above == item_start[item], above == item_start[item + 1]
    lower, upper = jnp.where(first, 0, above - 1), jnp.where(last, thresholds - 1, above)
    gap = jnp.where(first | last, 1.0, own[upper] * (threshold[upper] - threshold[lower]))
    return (
        jnp.where(first[:, None], 0.0, log_sigmoid(x[lower]))
        + jnp.where(last[:, None], 0.0, log_sigmoid(-x[upper]))
        + jnp.where(first | last, 0.0, jnp.log(-jnp.expm1(-gap)))[:, None]
    )


def log_likelihood(
    slope: Any,
    threshold: Any,
    location: Any,
    general: Any,
    specific: Any,
    item_start: Any,
    answer_start: Any,
    answer_category: Any,
    cell_start: Any,
    cell_set: Any,
    theta: Any,
    u: Any,
    weight: Any,
    _: Any,
) -> Any:
    """Total log-likelihood of all answers, the respondents' latents integrated out."""
    people, factors = answer_start.shape[0], answer_start.shape[1] - 1
    table = jax.vmap(_categories, (None, 0, None, None))(slope, threshold, item_start, theta)
    cell = _member(cell_start, people)
    owner = _member(answer_start[:, :-1].ravel(), answer_category.shape[0])
    answers = table[cell_set[cell[owner // factors]], answer_category]
    given_trait = jax.ops.segment_sum(answers, owner, people * factors)
    given_trait = given_trait.reshape(people, factors, -1)
    mean = location[..., None, None] + general[..., None, None] * u
    distance = (theta[:, None] - mean) / specific[..., None, None]
    trait = jnp.exp(log_softmax(-0.5 * distance**2, axis=-2))

    def one(person: Any) -> Any:
        own, at = person
        top = own.max(axis=-1, keepdims=True)
        given_u = jnp.einsum("fm,fmq->fq", jnp.exp(own - top), trait[at])
        logs = jnp.log(given_u + TINY).sum(axis=0) + top.sum()
        return jax.scipy.special.logsumexp(logs, b=weight)

    return jax.lax.map(one, (given_trait, cell), batch_size=_TOGETHER).sum()


@jax_funcify.register(MarginalLikelihood)  # type: ignore[untyped-decorator]
def _jax_marginal_likelihood(op: Op, **_: Any) -> Callable[..., tuple[Any, ...]]:
    both = jax.value_and_grad(log_likelihood, argnums=tuple(range(len(PARAMETERS))))

    def likelihood(*inputs: Any) -> tuple[Any, ...]:
        value, gradients = both(*inputs)
        return (value, *gradients)

    return likelihood
