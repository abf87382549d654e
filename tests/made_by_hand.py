"""What a fit made by hand says of itself."""

from typing import Any

from cips_models.inference.fit import in_force
from cips_models.model.specification import specification
from cips_models.names import FORMAT


def provenance(**told: Any) -> dict[str, Any]:
    """Everything that a fit file must say of a fit; ``told`` takes its place."""
    spec = specification("did")
    return {
        "format": FORMAT,
        "study": "made by hand",
        "synthetic": True,
        "route": "joint",
        "specification": spec.name,
        "fingerprint": "0" * 64,
        "quadrature": {},
        "settings": {},
        "seed": 1,
        **in_force(spec),
        **told,
    }
