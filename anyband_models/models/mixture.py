"""The exact conditional of a mixture fitted to the scene's complete pixels."""

from typing import Literal, final

from pydantic import PositiveInt

from anyband_models.distributions.given import Distribution
from anyband_models.distributions.normal import Normal
from anyband_models.distributions.normal_mixture import NormalMixture
from anyband_models.models.card import Card
from anyband_models.models.contract import Model, Observation, Reconstruction
from anyband_models.models.fitted import FittedConfig, reconstruct
from anyband_models.models.support import Support


class MixtureConfig(FittedConfig, frozen=True):
    """Settings of `Mixture`."""

    kind: Literal["mixture"] = "mixture"
    components: PositiveInt = 12
    """How many at most; 1 makes it `gaussian`."""
    spectra_each: PositiveInt = 100
    """Complete pixels for each component: with fewer there are fewer components."""
    rank: PositiveInt = 16
    """Principal components in which the mixture is told apart, at most."""


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
        return reconstruct(self.card.name, self.config, observation, self._fit, samples, seed)

    def _fit(self, support: Support, normal: Normal) -> Distribution:
        count = min(self.config.components, len(support) // self.config.spectra_each)
        if count < 2:
            return normal
        return NormalMixture.fit(support.spectra, normal, self.config.rank, count)
