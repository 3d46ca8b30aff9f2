"""Models that fit a distribution to the complete pixels, and condition it on what is observed."""

from collections.abc import Callable
from typing import Annotated

import numpy as np
from jaxtyping import Bool, Float
from pydantic import BaseModel, Field, PositiveFloat, PositiveInt

from anyband_models.distributions.given import Distribution, Pattern
from anyband_models.distributions.normal import Normal
from anyband_models.models.conditional import condition, servable
from anyband_models.models.contract import Caution, Observation, Reconstruction
from anyband_models.models.draft import Draft
from anyband_models.models.interpolation import interpolate
from anyband_models.models.linear import straight_line
from anyband_models.models.support import Support, gather

# Above 0: with fewer spectra than bands, correlations that are not shrunk have no inverse.
Shrinkages = Annotated[tuple[Annotated[float, Field(gt=0, le=1)], ...], Field(min_length=1)]
Fit = Callable[[Support, Normal], Distribution]


class FittedConfig(BaseModel, frozen=True, extra="forbid", allow_inf_nan=False):
    """Settings of all such models."""

    min_support: PositiveInt = 30
    """Complete pixels below which there is nothing to learn from, and `linear` answers."""
    max_support: PositiveInt = 50_000
    """Of more complete pixels than this, evenly spaced ones are used."""
    shrinkages: Shrinkages = (1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
    """How far the correlations are shrunk; the scene's own observed bands choose one [1]."""
    max_gap_nm: PositiveFloat = 100.0
    """Of the interpolation that answers where there is no support [nm]."""


def reconstruct(
    name: str, config: FittedConfig, observation: Observation, fit: Fit, samples: int, seed: int
) -> Reconstruction:
    """Fill what an observation lacks; see `Model.reconstruct`.

    Where no complete pixel has a band, or a pixel has none of the bands that were learned,
    `linear` answers and the entry is flagged `FALLBACK`.

    Args:
        name: of the model, for its notes.
        config: of the model.
        observation: what is known.
        fit: makes the distribution of the support and its normal distribution, shrunk.
        samples: how many draws are wanted.
        seed: of the draws.
    """
    draft = Draft(observation, samples)
    missing = draft.missing()
    support = gather(observation, config.min_support, config.max_support)
    served = np.zeros(missing.shape, dtype=bool)
    if missing.any() and len(support) >= config.min_support:
        served = servable(missing, draft.observed, support)
        if served.any():
            normal = Normal.fit(support.spectra)

            def fitted(pattern: Pattern, spectra: Float[np.ndarray, "n observed"]) -> Distribution:
                return fit(support, _shrunk(normal, pattern, spectra, config.shrinkages))

            condition(draft, served, support, fitted, seed)
    rest = missing & ~served
    interpolate(draft, rest, straight_line, config.max_gap_nm, seed, Caution.FALLBACK)
    return draft.finish(_notes(name, rest, len(support), config.min_support))


def _shrunk(
    normal: Normal,
    observed: Bool[np.ndarray, " known"],
    spectra: Float[np.ndarray, "n observed"],
    shrinkages: tuple[float, ...],
) -> Normal:
    """Return the Gaussian, shrunk so that observed bands best predict one another.

    Args:
        normal: over the learned bands.
        observed: which of these bands the spectra have.
        spectra: observed values of the scene to be repaired.
        shrinkages: to choose from.
    """
    part = Normal(normal.mean[observed], normal.covariance[np.ix_(observed, observed)])
    return normal.shrunk(shrinkages[int(np.argmax(part.leave_one_band_out(spectra, shrinkages)))])


def _notes(
    model: str, rest: Bool[np.ndarray, "band pixel"], support: int, least: int
) -> tuple[str, ...]:
    """Return what to say of entries that a model of the support could not fill."""
    if not rest.any():
        return ()
    if support < least:
        return (
            f"{model} found {support} complete pixels and needs {least}: "
            "linear interpolation answered instead, flagged as fallback",
        )
    bands = np.count_nonzero(rest.any(axis=1))
    return (
        f"{model} had too little to go by for {np.count_nonzero(rest)} entries in {bands} bands: "
        "linear interpolation answered instead, flagged as fallback",
    )
