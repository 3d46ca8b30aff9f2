"""The exact conditional of a Gaussian fitted to the scene's complete pixels."""

from typing import Literal, final

from anyband_models.models.card import Card
from anyband_models.models.contract import Model, Observation, Reconstruction
from anyband_models.models.fitted import FittedConfig, reconstruct


class GaussianConfig(FittedConfig, frozen=True):
    """Settings of `Gaussian`."""

    kind: Literal["gaussian"] = "gaussian"


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
        return reconstruct(
            self.card.name,
            self.config,
            observation,
            lambda support, normal: normal,
            samples,
            seed,
        )
