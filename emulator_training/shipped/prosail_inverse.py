"""A network that reads a canopy's parameters off its reflectance in any bands."""

import math
from pathlib import Path
from statistics import NormalDist
from typing import final

import torch
from jaxtyping import Float, Real
from torch import Tensor

from emulator_training.band_response import band_response
from emulator_training.bounded import is_number
from emulator_training.errors import ViewError
from emulator_training.networks import BIOPHYSICAL, VIEW, InverseNetwork, ranges
from emulator_training.parameters import PARAMETERS
from emulator_training.pixels import pixels
from emulator_training.score_posterior import ScorePosterior
from emulator_training.shipped.prosail_manifold import ProsailManifold
from emulator_training.strangeness import Strangeness
from emulator_training.weights import SHIPPED, read
from physops import Bands, Operator, OperatorSpec
from physops.autocast import in_full_precision
from physops.errors import ParameterError

NAME = "prosail_inverse"
SPEC = OperatorSpec(
    name=NAME,
    title="Parameters of a canopy from its reflectance",
    kind="inverse",
    formula="MLP(E[scores | bands], std[scores | bands], angles)",
    domain="vegetation",
    source="AnyBand-Diff, A.1, the map of Eq. 11 from spectra to parameters",
)


@final
class ProsailInverse(Operator):
    """A canopy's parameters, without the angles, from an image's bands; and how well each is known.

    The bands are read as scores on the principal components of PROSAIL's spectra, as far as they
    tell them at 1 % noise. What looks like no canopy that was simulated is `out_of_range`, and its
    standard deviations are the wider: as wide as before anything was seen, where it is far out.
    A pixel of which a band is not finite is NaN, and gives no gradient;
    bands that are not good, or lie outside 400-2500 nm, do not count.

    Args:
        bands: the image's bands: by their sensor's own responses if they tell whose they are
            (`Bands.of`), else Gaussians.
        sun_zenith: of the whole image [°]; left out, it counts as unknown, as do all three. Radians
            go unnoticed: a sun 1° from the zenith can be.
        view_zenith: the same.
        relative_azimuth: the same, 0 to 180.
        folder: where the weights lie, and the manifold's, if not those that are shipped.

    Attributes:
        names: the parameters that come out, in this order; units and ranges are in
            `emulator_training.parameters`.
        card: of the weights.

    Raises:
        ViewError: if some of the angles are given and others not, or one cannot be.
        NoBandInRangeError: if no good band lies in 400-2500 nm.
        WeightFileError: if the weights are not there, or corrupt.

    >>> inverse = ProsailInverse(Bands.of("S2A"))
    >>> inverse(torch.rand(13, 4, 5)).shape
    torch.Size([12, 4, 5])
    """

    names = BIOPHYSICAL
    seen: Tensor
    gain: Tensor
    offset: Tensor
    known: Tensor
    view: Tensor

    def __init__(
        self,
        bands: Bands,
        *,
        sun_zenith: float | None = None,
        view_zenith: float | None = None,
        relative_azimuth: float | None = None,
        folder: Path | str = SHIPPED,
    ) -> None:
        super().__init__()
        weights = read(NAME, folder)
        self.card = weights.card
        self.spec, self.band_count = SPEC, len(bands)
        seen = band_response(bands)
        posterior = ScorePosterior.of(weights.basis, seen)
        width, examples = (self.card.whole(name) for name in ("width", "examples"))
        self.network = InverseNetwork(len(posterior.std), width, examples)
        weights.load_into(self.network)
        self.network.requires_grad_(False)
        self.register_buffer("seen", torch.from_numpy(seen.seen))
        self.register_buffer("gain", torch.from_numpy(posterior.gain[:, seen.seen]).float())
        self.register_buffer("offset", torch.from_numpy(posterior.offset[seen.seen]).float())
        self.register_buffer("known", torch.from_numpy(posterior.std).float())
        self.register_buffer("view", _view(sun_zenith, view_zenith, relative_azimuth))
        design = torch.from_numpy(posterior.design[seen.seen]).float()
        self.strangeness = Strangeness(
            ProsailManifold(bands, folder=folder),
            self.offset,
            self.gain,
            float((1 - posterior.std**2).sum()),
            self.network.scale,
            self.offset + self.network.examples @ design.T,
        )

    @in_full_precision
    def forward(self, x: Real[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return the parameters of an image ``(*batch, band, *space)``, where its bands were.

        Raises:
            DimensionError, BandCountError, NotFloatingError: as any operator.
        """
        given = pixels(x, band_dim, self.band_count, self.offset, self.seen)
        mean, _ = self._told(self._scores(given.values))
        low, width = ranges(BIOPHYSICAL, mean)
        return given.image(low + width * mean)

    @in_full_precision
    def std(self, x: Real[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return the standard deviation of each parameter [its unit], likewise."""
        given = pixels(x, band_dim, self.band_count, self.offset, self.seen)
        _, std = self._parts(given.values)
        return given.image(std * ranges(BIOPHYSICAL, std)[1])

    @in_full_precision
    def interval(
        self, x: Real[Tensor, "..."], level: float = 0.9, band_dim: int = -3
    ) -> tuple[Float[Tensor, "..."], Float[Tensor, "..."]]:
        """Return between what values each parameter lies, with a probability, within its range.

        Raises:
            ParameterError: unless the level lies between 0 and 1.
        """
        if not 0 < level < 1:
            raise ParameterError("level", level, "a number between 0 and 1")
        given = pixels(x, band_dim, self.band_count, self.offset, self.seen)
        mean, std = self._parts(given.values)
        reach = NormalDist().inv_cdf(0.5 + level / 2) * std
        low, width = ranges(BIOPHYSICAL, mean)
        ends = ((mean - reach).clamp(min=0.0), (mean + reach).clamp(max=1.0))
        lower, upper = (given.image(low + width * end) for end in ends)
        return lower, upper

    @in_full_precision
    def out_of_range(self, x: Real[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return how unlike each pixel is to any canopy that was simulated, seen in its bands [1].

        Zero for about 97 of 100 of these; else by how much it is stranger than they are, in parts
        of how strange they are: see `emulator_training.strangeness`. At 1, the variance of each
        parameter is half what the bands tell, and half what it was before.
        """
        given = pixels(x, band_dim, self.band_count, self.offset, self.seen)
        return given.plane(self.strangeness(given.values, self._scores(given.values)))

    def _scores(self, values: Float[Tensor, "*pixel band"]) -> Float[Tensor, "*pixel score"]:
        return (values - self.offset.to(values.dtype)) @ self.gain.T.to(values.dtype)

    def _told(
        self, scores: Float[Tensor, "*pixel score"]
    ) -> tuple[Float[Tensor, "*pixel p"], Float[Tensor, "*pixel p"]]:
        """Return what the bands tell, as if they were a canopy's, in parts of the ranges."""
        known, view = (
            row.to(scores.dtype).expand(*scores.shape[:-1], -1) for row in (self.known, self.view)
        )
        mean, std = self.network(scores, known, view)
        return mean, std

    def _parts(
        self, values: Float[Tensor, "*pixel band"]
    ) -> tuple[Float[Tensor, "*pixel p"], Float[Tensor, "*pixel p"]]:
        """Return means and standard deviations, in parts of the ranges."""
        scores = self._scores(values)
        mean, std = self._told(scores)
        trust = 1 / (1 + self.strangeness(values, scores).square()).unsqueeze(-1)
        spread = self.network.spread.to(values.dtype)
        return mean, (trust * std.square() + (1 - trust) * spread.square()).sqrt()


def _view(*angles: float | None) -> Float[Tensor, " 4"]:
    """Return the cosines of the angles and 1, or zeros if they are unknown."""
    said = dict(zip(VIEW, ("sun_zenith", "view_zenith", "relative_azimuth"), strict=True))
    given = {name: angle for name, angle in zip(VIEW, angles, strict=True) if angle is not None}
    if not given:
        return torch.zeros(4)
    if len(given) < len(VIEW):
        raise ViewError(f"only {' and '.join(said[n] for n in given)} is given")
    for parameter in PARAMETERS:
        if parameter.name in given:
            angle = given[parameter.name]
            if not is_number(angle):
                raise ViewError(f"{parameter.title} is {angle!r}, which is no number")
            if not parameter.least <= angle <= parameter.greatest:
                raise ViewError(
                    f"{said[parameter.name]} is {angle:g}, outside "
                    f"{parameter.least:g}-{parameter.greatest:g} degrees"
                )
    return torch.tensor([*(math.cos(math.radians(given[name])) for name in VIEW), 1.0])
