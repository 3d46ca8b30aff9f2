"""What spectra look like anywhere, brought together with what a scene's own spectra say."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple, final

import numpy as np
from jaxtyping import Bool, Float, Int
from pydantic import BaseModel, PositiveFloat, PositiveInt

from anyband_models.distributions.blend import Blend
from anyband_models.distributions.given import Distribution, Pattern
from anyband_models.distributions.hedged import Hedged
from anyband_models.distributions.incomplete import Incomplete
from anyband_models.distributions.spectral_prior import SHIPPED, Seen, SpectralPrior
from anyband_models.distributions.trial import Trial
from anyband_models.models.card import Card
from anyband_models.models.conditional import condition, servable
from anyband_models.models.contract import Caution, Model, Observation, Reconstruction
from anyband_models.models.draft import Draft
from anyband_models.models.interpolation import interpolate
from anyband_models.models.linear import straight_line
from anyband_models.models.mending import mend
from anyband_models.models.support import Parts, Support, gather, partly
from anyband_models.scene.meta import Quantity
from physops.bands import Bands

# Of fewer complete spectra than this the prior alone may know better.
FEW = 200
# A complete spectrum says as much as so many that lack something, and of complete ones so many
# are enough, however many of the others there are.
PARTLY_WORTH = 4
COMPLETE_ENOUGH = 200
Kind = Literal["complete", "parts", "prior"]
Fitted = Callable[[Pattern, Float[np.ndarray, "n observed"]], Distribution]


class FillConfig(BaseModel, frozen=True, extra="forbid", allow_inf_nan=False):
    """Settings of all that fills by a prior."""

    weights: str = ""
    """A file of a spectral prior; the one that ships, if empty."""
    min_support: PositiveInt = 8
    """Complete pixels below which the scene's own spectra are not asked."""
    max_support: PositiveInt = 50_000
    """Of more complete pixels than this, evenly spaced ones are used."""
    max_gap_nm: PositiveFloat = 100.0
    """Of the interpolation that answers where neither serves [nm]."""


class PriorConfig(FillConfig, frozen=True):
    """Settings of `Prior`."""

    kind: Literal["prior"] = "prior"


@final
class Prior(Model):
    """A mixture of normal distributions of reflectance over 400-2500 nm, seen by any bands."""

    card = Card(
        name="prior",
        summary="what spectra look like anywhere, and the scene's own pixels, complete or not",
        method="A mixture of low-rank normal distributions over wavelength, fitted to measured and "
        "simulated spectra, as the scene's bands see it, and departures from it whose sizes the "
        "scene's own observed bands tell; with eight complete pixels or more, its covariance "
        "brought together with theirs. Closed-form conditional mean and variance, in float64.",
        trained_on="simulated pixels of measured and simulated materials, named in the weights",
        uses_support=True,
        limits="Knows reflectance only: of other quantities it uses the scene's pixels alone, or "
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
        draft = Draft(observation, samples)
        rest = draft.missing() & ~fill(draft, prior_of(self.config), self.config, seed).served
        interpolate(draft, rest, straight_line, self.config.max_gap_nm, seed, Caution.FALLBACK)
        draft.keep_above_zero()
        return draft.finish(notes_on(observation, rest))

    def weights_files(self) -> tuple[Path, ...]:
        """Return the prior's file."""
        return (prior_file(self.config),)


def prior_file(config: FillConfig) -> Path:
    """Return the file of the prior that a config names."""
    return Path(config.weights) if config.weights else SHIPPED


def prior_of(config: FillConfig) -> SpectralPrior:
    """Return the prior that a config names.

    Raises:
        WeightsError: if it is not there, or damaged.
    """
    return SpectralPrior.read(prior_file(config))


class Filled(NamedTuple):
    """What was filled, and what is known of the scene's spectra.

    Attributes:
        served: which entries are.
        bands: those of the distribution.
        distribution: of the scene's spectra over these bands; None if nothing was filled.
        kind: what it was made from: complete spectra, incomplete ones, or the prior alone.
    """

    served: Bool[np.ndarray, "band pixel"]
    bands: Int[np.ndarray, " known"]
    distribution: Distribution | None
    kind: Kind


def fill(
    draft: Draft, prior: SpectralPrior, config: FillConfig, seed: int, kernel: bool = False
) -> Filled:
    """Fill what the prior and the scene's own spectra can speak of.

    Bands that hardly any pixel has are the prior's alone. The others are learned from complete
    pixels, or, where far more pixels have the missing bands in part, from these.

    Args:
        draft: filled in place.
        prior: over wavelength.
        config: of the model.
        seed: of the samples.
        kernel: whether complete spectra mend what was filled (`models.mending`).

    Returns:
        what was filled, and what is known of the scene's spectra.
    """
    observation, missing = draft.observation, draft.missing()
    served = np.zeros(missing.shape, dtype=bool)
    distribution: Distribution | None = None
    bands = np.empty(0, dtype=np.int64)
    support = gather(observation, config.min_support, config.max_support)
    parts = partly(observation, config.min_support)
    kind: Kind = "prior"
    enough = min(parts.fewest // PARTLY_WORTH, COMPLETE_ENOUGH)
    if len(support) >= max(config.min_support, enough):
        learned, fitted = support, from_complete(prior, observation, support)
        kind = "complete"
    elif parts.fewest >= config.min_support:
        learned, fitted = parts.bands_only, from_parts(prior, observation, parts)
        kind = "parts"
    else:
        learned, fitted = Support.empty(bands), None
    if fitted is not None:
        here = servable(missing, draft.observed, learned)
        if here.any():
            distribution, bands = condition(draft, here, learned, fitted, seed), learned.bands
            served |= here
            if kernel and kind == "complete":
                mend(draft, support, distribution)
    if reflectance(observation):
        known = covered(prior, observation.bands)
        unseen, further = _fill_unseen(draft, prior, known, missing & ~served, seed)
        served |= unseen
        if distribution is None:
            distribution, bands, kind = further, known.bands, "prior"
    return Filled(served, bands, distribution, kind)


def _fill_unseen(
    draft: Draft,
    prior: SpectralPrior,
    known: Support,
    wanted: Bool[np.ndarray, "band pixel"],
    seed: int,
) -> tuple[Bool[np.ndarray, "band pixel"], Distribution | None]:
    """Fill bands that hardly any pixel has, from what is observed and what is filled already."""
    observation = draft.observation
    filled = draft.mean.reshape(observation.values.shape)
    values = np.where(wanted.reshape(filled.shape), np.float32(np.nan), filled)
    further = Observation(values, np.isfinite(values), observation.bands)
    inner = Draft(further, len(draft.samples))
    here = servable(wanted, inner.observed, known)
    distribution = None
    if here.any():
        fitted = from_trials(prior, observation.bands, known)
        distribution = condition(inner, here, known, fitted, seed)
        band, pixel = np.nonzero(here)
        where = band, pixel
        draft.fill(where, inner.mean[where], inner.std[where])
        for sample, drawn in zip(draft.samples, inner.samples, strict=True):
            sample[where] = drawn[where]
    return here, distribution


def reflectance(observation: Observation) -> bool:
    """Return whether libraries of reflectance may speak of the values; yes if nobody said."""
    return observation.quantity in (None, Quantity.REFLECTANCE)


def covered(prior: SpectralPrior, bands: Bands) -> Support:
    """Return the bands that the prior can speak of, as a support without spectra."""
    chosen = np.flatnonzero(prior.covers(bands.wavelength))
    return Support.empty(chosen)


def from_trials(prior: SpectralPrior, bands: Bands, known: Support) -> Fitted:
    """Return what makes the prior's distribution, once a pattern and some spectra are known."""

    def fitted(pattern: Pattern, spectra: Float[np.ndarray, "n observed"]) -> Distribution:
        seen = prior.on(_some(bands, known))
        wavelength = bands.wavelength[known.bands]
        return Trial(wavelength, seen, prior.components, pattern, spectra).distribution()

    return fitted


def from_complete(prior: SpectralPrior, observation: Observation, support: Support) -> Fitted:
    """Return what makes the distribution of prior and complete spectra together."""
    wavelength, seen = _where(prior, observation, support)

    def fitted(pattern: Pattern, spectra: Float[np.ndarray, "n observed"]) -> Distribution:
        blend = Blend(wavelength, support.spectra, seen)
        chosen = blend.chosen(~pattern)
        if seen is not None and len(support) < FEW:
            alone = Trial(wavelength, seen, prior.components, pattern, spectra).distribution()
            if _error(alone, pattern, support) < chosen.error:
                return alone
        made = blend.normal(chosen.belief)
        return Hedged(made, wavelength, spread=chosen.spread, judged=~pattern)

    return fitted


def _error(distribution: Distribution, pattern: Pattern, support: Support) -> float:
    """Return the mean square error of what is said of complete spectra's missing bands."""
    said = distribution.given(pattern).answer(support.spectra[:, pattern].T)
    return float(np.mean((said.mean - support.spectra[:, ~pattern].T) ** 2))


def from_parts(prior: SpectralPrior, observation: Observation, parts: Parts) -> Fitted:
    """Return what makes the distribution of prior and incomplete spectra together."""
    wavelength, seen = _where(prior, observation, parts.bands_only)

    def fitted(pattern: Pattern, spectra: Float[np.ndarray, "n observed"]) -> Distribution:
        return Incomplete(wavelength, parts.values, parts.observed, seen).distribution()

    return fitted


def _where(
    prior: SpectralPrior, observation: Observation, learned: Support
) -> tuple[Float[np.ndarray, " known"], Seen | None]:
    """Return the learned bands' wavelengths [nm], and the prior on them if it has a right."""
    wavelength = observation.bands.wavelength[learned.bands]
    has_right = reflectance(observation) and bool(prior.covers(wavelength).all())
    return wavelength, prior.on(_some(observation.bands, learned)) if has_right else None


def _some(bands: Bands, known: Support) -> Bands:
    kept = known.bands
    sensor = None
    if bands.sensor is not None:
        names = [band.name for band in bands.sensor]
        sensor = bands.sensor.select([names[band] for band in kept])
    return Bands(bands.wavelength[kept], bands.fwhm[kept], bands.good[kept], sensor)


def notes_on(observation: Observation, rest: Bool[np.ndarray, "band pixel"]) -> tuple[str, ...]:
    """Return what to say of the values, and of entries that neither could fill."""
    notes = []
    if not reflectance(observation) and not observation.mask.all():
        notes.append(
            f"the values are {observation.quantity}, of which libraries of reflectance know "
            "nothing: only the scene's own spectra were used"
        )
    if rest.any():
        bands = int(np.count_nonzero(rest.any(axis=1)))
        notes.append(
            f"{np.count_nonzero(rest):,} entries in {bands} {'band' if bands == 1 else 'bands'} "
            "lie outside 400 to 2500 nm or have too little beside them: linear interpolation "
            "answered there, flagged as fallback"
        )
    return tuple(notes)
