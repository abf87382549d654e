"""Nodes and weights of the two integrals over a respondent's latents."""

from dataclasses import dataclass

import numpy as np

from cips_models.errors import SpecificationError

#: Fewer nodes of the general outlook than this describe no distribution.
_LEAST_NODES = 4

#: More nodes, or steps of the trait's grid, take a machine's memory and tell no more.
_MOST_NODES = 10_000


#: What may be too coarse or too narrow: spacing and span of the outlook's nodes, step and reach
#: of the trait's.
ASPECTS = ("nodes", "span", "step", "reach")


@dataclass(frozen=True)
class Quadrature:
    """Grids on which the respondent's latents are integrated out.

    The general outlook ``u`` (standardised) is integrated by the rectangle rule on
    equally spaced nodes, which for Gaussian-tailed integrands converges faster than
    Gauss-Hermite of the same size.  The factor-specific deviation is integrated on one
    fixed grid of the trait, shared by all respondents, with Gaussian weights normalised
    to one; its step should not exceed the smallest specific sd.

    Attributes
    ----------
    nodes : int
        Number of nodes in ``u``.
    span : float
        The nodes lie on [-span, span] standard deviations.
    step, reach : float
        The trait grid is [-reach, reach] in steps of ``step``, in logits.
    single : bool
        Single precision within a respondent: half the time, an error of the log-likelihood
        of 1e-7 a respondent, and double precision wherever digits would be lost.

    Raises
    ------
    SpecificationError
        The grid is empty or absurdly fine, or ``nodes`` is less than four.
    """

    nodes: int = 18
    span: float = 4.5
    step: float = 0.5
    reach: float = 6.0
    single: bool = False

    def __post_init__(self) -> None:
        if self.nodes < _LEAST_NODES:
            raise SpecificationError(
                f"[quadrature] nodes: found {self.nodes}; expected at least {_LEAST_NODES}, "
                "and 16 or more for accuracy"
            )
        for name in ("span", "step", "reach"):
            if not getattr(self, name) > 0:
                raise SpecificationError(
                    f"[quadrature] {name}: found {getattr(self, name)}; expected a positive number"
                )
        if self.nodes > _MOST_NODES or self.reach / self.step > _MOST_NODES:
            raise SpecificationError(
                f"[quadrature]: found {self.nodes} nodes, a step of {self.step} up to "
                f"{self.reach}; expected {_MOST_NODES:,} nodes and steps at the most"
            )

    def outlook(self) -> tuple[np.ndarray, np.ndarray]:
        """Standardised nodes of ``u`` and their weights, each of shape (nodes,)."""
        u = np.linspace(-self.span, self.span, self.nodes)
        weight = np.exp(-0.5 * u**2)
        return u, weight / weight.sum()

    def trait(self) -> np.ndarray:
        """Nodes of the trait grid, in logits."""
        half = int(np.ceil(self.reach / self.step - 1e-9))
        return (np.arange(-half, half) + 0.5) * self.step

    def refined(self, *aspects: str) -> "Quadrature":
        """A grid that is finer or wider in some of :data:`ASPECTS`."""
        span = self.span + ("span" in aspects)
        spacing = 2 * self.span / (self.nodes - 1) / (1.5 if "nodes" in aspects else 1.0)
        return Quadrature(
            nodes=int(np.ceil(2 * span / spacing - 1e-9)) + 1,
            span=span,
            step=self.step / (1.5 if "step" in aspects else 1.0),
            reach=self.reach + 2.0 * ("reach" in aspects),
            single=self.single,
        )

    def finer(self) -> "Quadrature":
        """A grid twice as fine and wider, against which this one is judged."""
        span = self.span + 1.5
        nodes = int(np.ceil(2 * (self.nodes - 1) * span / self.span)) + 1
        return Quadrature(nodes, span, self.step / 2, self.reach + 2.0, single=False)
