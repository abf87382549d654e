"""What a fit made by hand says of itself."""

from typing import Any

import xarray as xr

from cips_models.inference.fit import in_force
from cips_models.model.specification_file import specification
from cips_models.names import FORMAT
from cips_models.survey.modes import mode_scale


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


def as_kept(composition: xr.Dataset) -> xr.Dataset:
    """A composition of ``respondents`` and ``mode``, with what a fit keeps of them, not rounded."""
    counts = composition["respondents"]
    shares = counts / counts.sum("stratum").clip(min=1)
    scale = mode_scale(counts, composition["mode"].to_numpy().astype(str))
    return composition.assign(shares=shares, mode_scale=scale)
