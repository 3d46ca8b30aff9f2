"""The exact conditional of a Gaussian fitted to the scene's complete pixels."""

from collections.abc import Callable
from typing import Annotated, Literal, final

import numpy as np
from jaxtyping import Bool, Float
from pydantic import BaseModel, Field, PositiveFloat, PositiveInt

from anyband_models.models.card import Card
from anyband_models.models.conditional import Pattern, condition, servable
from anyband_models.models.contract import Caution, Model, Observation, Reconstruction
from anyband_models.models.draft import Draft
from anyband_models.models.interpolation import interpolate
from anyband_models.models.linear import straight_line
from anyband_models.models.normal import Normal
from anyband_models.models.support import Support, gather

# Above 0: with fewer spectra than bands, correlations that are not shrunk have no inverse.
Shrinkages = Annotated[tuple[Annotated[float, Field(gt=0, le=1)], ...], Field(min_length=1)]


class GaussianConfig(BaseModel, frozen=True, extra="forbid", allow_inf_nan=False):
    """Settings of `Gaussian`."""

    kind: Literal["gaussian"] = "gaussian"
    min_support: PositiveInt = 30
    """Complete pixels below which there is nothing to learn from, and `linear` answers."""
    max_support: PositiveInt = 50_000
    """Of more complete pixels than this, evenly spaced ones are used."""
    shrinkages: Shrinkages = (1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
    """How far the correlations are shrunk; the scene's own observed bands choose one [1]."""
    max_gap_nm: PositiveFloat = 100.0
    """Of the interpolation that answers where there is no support [nm]."""


@final
class Gaussian(Model):
    """``N(mu, C)`` from the complete pixels: missing bands get its conditional mean and variance.

    Where no complete pixel has a band, or a pixel has none of the bands that were learned,
    `linear` answers and the entry is flagged `FALLBACK`.
    """

    card = Card(
        name="gaussian",
        summary="exact conditional Gaussian, learned from the scene's complete pixels",
        method="Mean and covariance of the complete pixels, correlations shrunk as far as serves "
        "the prediction of each observed band from the others; then the closed-form conditional "
        "mean and variance, in float64.",
        uses_support=True,
        limits="One Gaussian for the whole scene, no spatial context. A band that no complete "
        "pixel has is interpolated, and flagged so.",
        source="Rasmussen & Williams, Gaussian processes for machine learning, 2006, A.2, 5.12",
    )

    config_type = GaussianConfig
    config: GaussianConfig

    def reconstruct(
        self, observation: Observation, samples: int = 0, seed: int = 0
    ) -> Reconstruction:
        """Fill what the observation lacks; see `Model.reconstruct`."""
        draft = Draft(observation, samples)
        missing = draft.missing()
        support = gather(observation, self.config.min_support, self.config.max_support)
        served = np.zeros(missing.shape, dtype=bool)
        if missing.any() and len(support) >= self.config.min_support:
            served = servable(missing, draft.observed, support)
            if served.any():
                fitted = shrunk_normal(support, self.config.shrinkages)
                condition(draft, served, support, fitted, seed)
        rest = missing & ~served
        interpolate(draft, rest, straight_line, self.config.max_gap_nm, seed, Caution.FALLBACK)
        return draft.finish(notes(self.card.name, rest, len(support), self.config.min_support))


def shrunk_normal(
    support: Support, shrinkages: tuple[float, ...]
) -> Callable[[Pattern, Float[np.ndarray, "n observed"]], Normal]:
    """Return what fits a Gaussian to the support, given what is observed of the scene."""
    normal = Normal.fit(support.spectra)
    return lambda pattern, spectra: _shrunk(normal, pattern, spectra, shrinkages)


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


def notes(
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
