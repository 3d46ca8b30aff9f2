"""The multi-scale physical loss of a clean image, weighted by how much it can mean."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from anyband_models.diffusion.normalisation import Normalisation
from anyband_models.training.config import LossConfig
from physops.bands import Bands
from physops.errors import PhysopsError
from physops.losses import ImageLoss, MultiScaleLoss, PixelLoss, RegionLoss
from srf_library import UnknownNameError


class Weighted(NamedTuple):
    """The loss of a batch.

    Attributes:
        total: of each image, with all weights.
        terms: of each image by name, without weights.
    """

    total: Float[Tensor, " batch"]
    terms: dict[str, Float[Tensor, " batch"]]


class PhysicsLoss:
    """L_MSPL on the clean image, in the scene's unit.

    At high noise the clean image is a blurred guess, and its correlations and distributions are
    not those of images: pulled there, they fight the denoising loss. So each image's loss is
    weighted by ``abar = 1 / (1 + sigma^2)``, unless the config says otherwise.

    Args:
        config: of the loss.
        bands: of the images.
        normalisation: of their values.
        prior: S of Eq. 6, the correlations of the region that is trained on.
        reflectance: whether the values are reflectance: the image-level term needs it.
        side: rows and columns of the smallest image.

    Raises:
        UnknownNameError: if there is no such index or operator.

    Attributes:
        left_out: a sentence for each term that the bands or the values do not serve.
    """

    def __init__(
        self,
        config: LossConfig,
        bands: Bands,
        normalisation: Normalisation,
        prior: Float[Tensor, "band band"],
        reflectance: bool,
        side: int,
    ) -> None:
        self.weighting, self.weight = config.weighting, config.physics
        self.normalisation = normalisation
        self.left_out: list[str] = []
        region = self._region(config, bands, side)
        image = self._image(config, bands, reflectance)
        self.loss = MultiScaleLoss(PixelLoss(prior, per_pair=True), region, image)

    def to(self, device: torch.device) -> "PhysicsLoss":
        """Move what it holds to where the images are, and return it."""
        self.loss.to(device)
        return self

    def __call__(
        self,
        estimate: Float[Tensor, "batch band row col"],
        truth: Float[Tensor, "batch band row col"],
        sigma: Float[Tensor, " batch"],
        seeds: Sequence[int],
    ) -> Weighted:
        """Return the loss of normalised images.

        Args:
            estimate: the clean images.
            truth: what they should be.
            sigma: how much noise they were told from.
            seeds: of the places of each image's patches, which so are the same wherever the image
                is computed.
        """
        inverse = self.normalisation.inverse
        each = [
            self.loss(ours, theirs, generator=torch.Generator().manual_seed(seed))
            for ours, theirs, seed in zip(inverse(estimate), inverse(truth), seeds, strict=True)
        ]
        total = torch.stack([found.total for found in each])
        terms = {n: torch.stack([found.terms[n] for found in each]) for n in each[0].terms}
        told = 1 / (1 + sigma.square()) if self.weighting == "alpha-bar" else 1.0
        return Weighted(self.weight * told * total, terms)

    def _region(self, config: LossConfig, bands: Bands, side: int) -> RegionLoss | None:
        served = []
        for name in config.indices:
            try:
                RegionLoss([name], bands=bands, patches=1, size=1)
            except UnknownNameError:
                raise
            except PhysopsError as error:
                self.left_out.append(f"the region-level term lacks {name}: {error}")
            else:
                served.append(name)
        size = max(1, side // 2)
        return RegionLoss(served, bands=bands, patches=4, size=size) if served else None

    def _image(self, config: LossConfig, bands: Bands, reflectance: bool) -> ImageLoss | None:
        if config.operator is None:
            return None
        if config.operator == "toa" and not reflectance:
            self.left_out.append(
                "the image-level term is left out: the values are not reflectance, which "
                "the atmosphere needs"
            )
            return None
        try:
            return ImageLoss(config.operator, bands=bands)
        except UnknownNameError:
            raise
        except PhysopsError as error:
            self.left_out.append(f"the image-level term is left out: {error}")
            return None
