"""What spectra look like anywhere, brought together with what a scene's own spectra say."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, final

import numpy as np
from jaxtyping import Bool, Float
from pydantic import BaseModel, PositiveFloat, PositiveInt

from anyband_models.models.blend import Blend
from anyband_models.models.card import Card
from anyband_models.models.conditional import Distribution, Pattern, condition, servable
from anyband_models.models.contract import Caution, Model, Observation, Reconstruction
from anyband_models.models.draft import Draft
from anyband_models.models.hedged import Hedged
from anyband_models.models.interpolation import interpolate
from anyband_models.models.linear import straight_line
from anyband_models.models.spectral_prior import SHIPPED, Seen, SpectralPrior
from anyband_models.models.support import Support, gather
from anyband_models.models.trial import Trial
from anyband_models.scene.meta import Quantity
from physops.bands import Bands

Fitted = Callable[[Pattern, Float[np.ndarray, "n observed"]], Distribution]


class PriorConfig(BaseModel, frozen=True, extra="forbid", allow_inf_nan=False):
    """Settings of `Prior`."""

    kind: Literal["prior"] = "prior"
    weights: str = ""
    """A file of a spectral prior; the one that ships, if empty."""
    min_support: PositiveInt = 8
    """Complete pixels below which the scene's own spectra are not asked."""
    max_support: PositiveInt = 50_000
    """Of more complete pixels than this, evenly spaced ones are used."""
    max_gap_nm: PositiveFloat = 100.0
    """Of the interpolation that answers where neither serves [nm]."""


@final
class Prior(Model):
    """A mixture of normal distributions of reflectance over 400-2500 nm, seen by any bands."""

    card = Card(
        name="prior",
        summary="what spectra look like anywhere, and the scene's complete pixels",
        method="A mixture of low-rank normal distributions over wavelength, fitted to measured and "
        "simulated spectra, as the scene's bands see it, and departures from it whose sizes the "
        "scene's own observed bands tell; with eight complete pixels or more, its covariance "
        "brought together with theirs. Closed-form conditional mean and variance, in float64.",
        trained_on="simulated pixels of measured and simulated materials; see the weights' own list",
        uses_support=True,
        limits="Knows reflectance only: of other quantities it uses complete pixels alone, or "
        "interpolates. No spatial context.",
        source="Rasmussen & Williams, Gaussian processes for machine learning, 2006, A.2; Gelman "
        "et al., Bayesian data analysis, 2013, 3.6",
    )

    config_type = PriorConfig
    config: PriorConfig

    def reconstruct(
        self, observation: Observation, samples: int = 0, seed: int = 0
    ) -> Reconstruction:
        """Fill what the observation lacks; see `Model.reconstruct`.

        Raises:
            WeightsError: if the weights are not there, or damaged.
        """
        prior = SpectralPrior.read(Path(self.config.weights) if self.config.weights else SHIPPED)
        draft = Draft(observation, samples)
        missing = draft.missing()
        served = np.zeros(missing.shape, dtype=bool)
        support = gather(observation, self.config.min_support, self.config.max_support)
        enough = len(support) >= self.config.min_support
        if reflectance(observation):
            known = covered(prior, observation.bands)
            here = servable(missing, draft.observed, known)
            if enough:  # bands that complete pixels have are answered below
                here[support.bands] = False
            if here.any():
                condition(draft, here, known, from_trials(prior, observation.bands, known), seed)
                served |= here
        if enough and missing[support.bands].any():
            here = servable(missing, draft.observed, support)
            condition(draft, here, support, blended(prior, observation, support), seed)
            served |= here
        rest = missing & ~served
        interpolate(draft, rest, straight_line, self.config.max_gap_nm, seed, Caution.FALLBACK)
        return draft.finish(_notes(observation, rest))


def reflectance(observation: Observation) -> bool:
    """Return whether libraries of reflectance may speak of the values; yes if nobody said."""
    return observation.quantity in (None, Quantity.REFLECTANCE)


def covered(prior: SpectralPrior, bands: Bands) -> Support:
    """Return the bands that the prior can speak of, as a support without spectra."""
    chosen = np.flatnonzero(prior.covers(bands.wavelength))
    return Support(np.empty((0, len(chosen))), chosen)


def from_trials(prior: SpectralPrior, bands: Bands, known: Support) -> Fitted:
    """Return what makes the prior's distribution, once a pattern and some spectra are known."""

    def fitted(pattern: Pattern, spectra: Float[np.ndarray, "n observed"]) -> Distribution:
        seen = prior.on(_some(bands, known))
        wavelength = bands.wavelength[known.bands]
        return Trial(wavelength, seen, prior.components, pattern, spectra).distribution()

    return fitted


def blended(prior: SpectralPrior, observation: Observation, support: Support) -> Fitted:
    """Return what makes the distribution of prior and support together."""
    bands = observation.bands
    wavelength = bands.wavelength[support.bands]
    has_right = reflectance(observation) and bool(prior.covers(wavelength).all())
    seen: Seen | None = prior.on(_some(bands, support)) if has_right else None

    def fitted(pattern: Pattern, spectra: Float[np.ndarray, "n observed"]) -> Distribution:
        blend = Blend(wavelength, support.spectra, seen)
        belief, spread = blend.chosen(~pattern)
        return Hedged(blend.normal(belief), wavelength, spread=spread)

    return fitted


def _some(bands: Bands, known: Support) -> Bands:
    kept = known.bands
    sensor = None
    if bands.sensor is not None:
        names = [band.name for band in bands.sensor]
        sensor = bands.sensor.select([names[band] for band in kept])
    return Bands(bands.wavelength[kept], bands.fwhm[kept], bands.good[kept], sensor)


def _notes(observation: Observation, rest: Bool[np.ndarray, "band pixel"]) -> tuple[str, ...]:
    notes = []
    if not reflectance(observation):
        notes.append(
            f"the values are {observation.quantity}, of which libraries of reflectance know "
            "nothing: only the scene's own complete pixels were used"
        )
    if rest.any():
        bands = np.count_nonzero(rest.any(axis=1))
        notes.append(
            f"prior had too little to go by for {np.count_nonzero(rest)} entries in {bands} "
            "bands: linear interpolation answered instead, flagged as fallback"
        )
    return tuple(notes)
