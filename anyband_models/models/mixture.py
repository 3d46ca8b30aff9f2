"""The exact conditional of a mixture fitted to the scene's complete pixels."""

from typing import Annotated, Literal, final

import numpy as np
from jaxtyping import Float
from pydantic import BaseModel, Field, PositiveFloat, PositiveInt

from anyband_models.models.card import Card
from anyband_models.models.conditional import Pattern, condition, servable
from anyband_models.models.contract import Caution, Model, Observation, Reconstruction
from anyband_models.models.draft import Draft
from anyband_models.models.gaussian import Shrinkages, notes, shrunk_normal
from anyband_models.models.interpolation import interpolate
from anyband_models.models.linear import straight_line
from anyband_models.models.normal import Normal
from anyband_models.models.normal_mixture import NormalMixture
from anyband_models.models.support import gather


class MixtureConfig(BaseModel, frozen=True, extra="forbid", allow_inf_nan=False):
    """Settings of `Mixture`."""

    kind: Literal["mixture"] = "mixture"
    components: PositiveInt = 12
    """How many at most; 1 makes it `gaussian`."""
    spectra_each: PositiveInt = 100
    """Complete pixels for each component: with fewer there are fewer components."""
    rank: Annotated[int, Field(ge=1)] = 16
    """Principal components in which the mixture is told apart."""
    min_support: PositiveInt = 30
    """Complete pixels below which there is nothing to learn from, and `linear` answers."""
    max_support: PositiveInt = 50_000
    """Of more complete pixels than this, evenly spaced ones are used."""
    shrinkages: Shrinkages = (1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
    """How far the correlations are shrunk; the scene's own observed bands choose one [1]."""
    max_gap_nm: PositiveFloat = 100.0
    """Of the interpolation that answers where there is no support [nm]."""


@final
class Mixture(Model):
    """`gaussian`, but for the leading scores, which are a mixture of normal distributions.

    Where no complete pixel has a band, or a pixel has none of the bands that were learned,
    `linear` answers and the entry is flagged `FALLBACK`.
    """

    card = Card(
        name="mixture",
        summary="exact conditional of a mixture of Gaussians, learned from complete pixels",
        method="The Gaussian of the complete pixels, in whose leading principal components a "
        "mixture is fitted by expectation and maximisation; then the closed-form conditional mean "
        "and variance, in float64. What is observed tells which component a pixel belongs to.",
        uses_support=True,
        limits="No spatial context. With fewer than 200 complete pixels it is `gaussian`. A band "
        "that no complete pixel has is interpolated, and flagged so.",
        source="Tipping & Bishop, Mixtures of probabilistic principal component analysers, 1999",
    )

    config_type = MixtureConfig
    config: MixtureConfig

    def reconstruct(
        self, observation: Observation, samples: int = 0, seed: int = 0
    ) -> Reconstruction:
        """Fill what the observation lacks; see `Model.reconstruct`."""
        draft, config = Draft(observation, samples), self.config
        missing = draft.missing()
        support = gather(observation, config.min_support, config.max_support)
        served = np.zeros(missing.shape, dtype=bool)
        if missing.any() and len(support) >= config.min_support:
            served = servable(missing, draft.observed, support)
            if served.any():
                normal = shrunk_normal(support, config.shrinkages)

                def fitted(
                    pattern: Pattern, spectra: Float[np.ndarray, "n observed"]
                ) -> NormalMixture:
                    return self._fitted(support.spectra, normal(pattern, spectra))

                condition(draft, served, support, fitted, seed)
        rest = missing & ~served
        interpolate(draft, rest, straight_line, config.max_gap_nm, seed, Caution.FALLBACK)
        return draft.finish(notes(self.card.name, rest, len(support), config.min_support))

    def _fitted(self, spectra: Float[np.ndarray, "pixel band"], normal: Normal) -> NormalMixture:
        config = self.config
        count = min(config.components, max(1, len(spectra) // config.spectra_each))
        return NormalMixture.fit(spectra, normal, min(config.rank, spectra.shape[1]), count)
