"""The exact conditional of a Gaussian fitted to the scene's complete pixels."""

from typing import Annotated, Literal, final

import numpy as np
from jaxtyping import Bool, Float
from pydantic import BaseModel, Field, PositiveFloat, PositiveInt

from anyband_models.models.card import Card
from anyband_models.models.contract import Caution, Model, Observation, Reconstruction
from anyband_models.models.draft import Draft
from anyband_models.models.interpolation import interpolate
from anyband_models.models.linear import straight_line
from anyband_models.models.noise import standard_normal
from anyband_models.models.normal import Normal
from anyband_models.models.pixels import as_pixels, by_pattern
from anyband_models.models.support import Support, gather

# Pixels used to choose the shrinkage, and pixels predicted at a time: both bound the memory.
TRIAL_PIXELS = 512
BLOCK_PIXELS = 4096
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
            served = _servable(missing, draft.observed, support)
            if served.any():
                _condition(draft, served, support, self.config.shrinkages, seed)
        rest = missing & ~served
        interpolate(draft, rest, straight_line, self.config.max_gap_nm, seed, Caution.FALLBACK)
        return draft.finish(_notes(rest, len(support), self.config.min_support))


def _servable(
    missing: Bool[np.ndarray, "band pixel"],
    observed: Bool[np.ndarray, "band pixel"],
    support: Support,
) -> Bool[np.ndarray, "band pixel"]:
    """Return the entries in learned bands, of pixels with another learned band observed."""
    learned = np.zeros((len(missing), 1), dtype=bool)
    learned[support.bands] = True
    return missing & learned & observed[support.bands].any(axis=0)


def _condition(
    draft: Draft,
    served: Bool[np.ndarray, "band pixel"],
    support: Support,
    shrinkages: tuple[float, ...],
    seed: int,
) -> None:
    """Fill the served entries of a draft from the Gaussian of the support."""
    values = as_pixels(draft.observation.values)
    pixels = np.flatnonzero(served.any(axis=0))
    patterns = list(by_pattern(np.take(draft.observed, pixels, axis=1)[support.bands]))
    pattern, members = max(patterns, key=lambda item: len(item[1]))  # the commonest
    trial = pixels[members[:: -(-len(members) // TRIAL_PIXELS)]]
    spectra = values[np.ix_(support.bands[pattern], trial)].T.astype(np.float64)
    normal = _shrunk(Normal.fit(support.spectra), pattern, spectra, shrinkages)
    for number, sample in enumerate(draft.samples):
        sample[served] = standard_normal(seed, number, *served.shape)[served]
    for pattern, members in patterns:
        conditional = normal.given(pattern)
        root = _root(conditional.covariance) if len(draft.samples) else None
        known, wanted = support.bands[pattern], support.bands[~pattern]
        for start in range(0, len(members), BLOCK_PIXELS):
            block = pixels[members[start : start + BLOCK_PIXELS]]
            departure = np.take(values, block, axis=1)[known] - normal.mean[pattern, np.newaxis]
            mean = normal.mean[~pattern, np.newaxis] + conditional.gain @ departure
            std = np.sqrt(np.maximum(np.diag(conditional.covariance), 0))
            where = np.ix_(wanted, block)
            draft.fill(where, mean, std[:, np.newaxis])
            for sample in draft.samples:
                sample[where] = mean + root @ sample[where]  # from the noise put there above


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


def _root(covariance: Float[np.ndarray, "missing missing"]) -> Float[np.ndarray, "missing missing"]:
    """Return a matrix whose product with its own transpose is the covariance."""
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(np.maximum(values, 0))


def _notes(rest: Bool[np.ndarray, "band pixel"], support: int, least: int) -> tuple[str, ...]:
    if not rest.any():
        return ()
    if support < least:
        return (
            f"gaussian found {support} complete pixels and needs {least}: "
            "linear interpolation answered instead, flagged as fallback",
        )
    bands = np.count_nonzero(rest.any(axis=1))
    return (
        f"gaussian had too little to go by for {np.count_nonzero(rest)} entries in {bands} bands: "
        "linear interpolation answered instead, flagged as fallback",
    )
