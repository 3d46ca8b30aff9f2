"""How far spectra are from what PROSAIL could have made, if they are of vegetation (Eq. 11)."""

import math
from pathlib import Path
from typing import final

import numpy as np
import torch
from jaxtyping import Bool, Float, Real
from torch import Tensor
from torch.nn.functional import linear, silu

from emulator_training.band_response import GRID, band_response
from emulator_training.bounded import is_number
from emulator_training.networks import AutoEncoder
from emulator_training.pixels import pixels
from emulator_training.score_posterior import ScorePosterior
from emulator_training.spectral_basis import SpectralBasis
from emulator_training.weights import SHIPPED, read
from physops import Bands, Operator, OperatorSpec
from physops.autocast import in_full_precision
from physops.errors import ParameterError

NAME = "prosail_manifold"
SPEC = OperatorSpec(
    name=NAME,
    title="Distance from the spectra of PROSAIL, of vegetation",
    kind="manifold",
    formula="g mean_b (x_b - decoder(encoder(x))_b)^2",
    domain="vegetation",
    source="AnyBand-Diff, Eq. 11, and A.6 for the gate g",
)
RED, INFRARED = 665, 835
# Vegetation is at least this much brighter in the infrared than in the red: an NDVI of 0.3.
_RATIO = (1 + 0.3) / (1 - 0.3)
# Over what difference of reflectance the gate opens [1].
_SOFT = 0.02
# A residual at which the surrogate is as likely to be wrong as the spectrum [1].
TOLERANCE = 0.03
# Half of them encode.
_LAYERS = 6


@final
class ProsailManifold(Operator):
    """The squared residual of a pixel's spectrum from its reconstruction, gated [1].

    An autoencoder of spectra that PROSAIL makes reads the bands of a pixel as ten numbers and
    gives the spectrum that these stand for. The gate ``g`` is a product of two: whether the
    reconstruction has the red edge of vegetation, and ``1 / (1 + (residual / tolerance)²)``, the
    weight of Student's t, by which spectra that PROSAIL has no word for pull less. Gradients pass
    through both. A pixel of which a band is not finite is NaN, and gives no gradient; bands that
    are not good, or lie outside 400-2500 nm, do not count.

    Args:
        bands: the image's bands: by their sensor's own responses if they tell whose they are
            (`Bands.of`), else Gaussians.
        tolerance: see above, more than zero [1].
        folder: where the weights lie, if not those that are shipped.

    Attributes:
        card: of the weights.

    Raises:
        ParameterError: unless the tolerance is a finite number above zero.
        NoBandInRangeError: if no good band lies in 400-2500 nm.
        WeightFileError: if the weights are not there, or corrupt.

    >>> manifold = ProsailManifold(Bands.of("S2A"))
    >>> manifold(torch.rand(2, 13, 4, 5)).shape
    torch.Size([2, 4, 5])
    """

    seen: Tensor
    offset: Tensor

    def __init__(
        self,
        bands: Bands,
        *,
        tolerance: float = TOLERANCE,
        folder: Path | str = SHIPPED,
    ) -> None:
        super().__init__()
        if not (is_number(tolerance) and 0 < tolerance < math.inf):
            raise ParameterError("tolerance", tolerance, "a finite number above zero")
        weights = read(NAME, folder)
        self.card = card = weights.card
        self.spec, self.band_count, self.tolerance = SPEC, len(bands), tolerance
        seen = band_response(bands)
        posterior = ScorePosterior.of(weights.basis, seen)
        network = AutoEncoder(len(posterior.std), card.whole("width"), card.whole("size"))
        weights.load_into(network)
        network.double().requires_grad_(False)
        self.register_buffer("seen", torch.from_numpy(seen.seen))
        self.register_buffer("offset", torch.from_numpy(posterior.offset[seen.seen]).float())
        for name, table in _folded(network, weights.basis, posterior, seen.seen).items():
            self.register_buffer(name, table)

    @in_full_precision
    def forward(self, x: Real[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return the gated squared residual [1] of images ``(*batch, band, *space)``, a pixel each.

        Raises:
            DimensionError, BandCountError, NotFloatingError: as any operator.
        """
        given = pixels(x, band_dim, self.band_count, self.offset, self.seen)
        squared, edge = self._residual(given.values)
        return given.plane(squared * self._gate(squared, edge))

    @in_full_precision
    def residual(self, x: Real[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return the root of the mean squared residual of each pixel [1], without the gate."""
        given = pixels(x, band_dim, self.band_count, self.offset, self.seen)
        squared, _ = self._residual(given.values)
        return given.plane(squared.sqrt())

    @in_full_precision
    def gate(self, x: Real[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return how much each pixel counts, from 0 to 1."""
        given = pixels(x, band_dim, self.band_count, self.offset, self.seen)
        return given.plane(self._gate(*self._residual(given.values)))

    def out_of_range(self, x: Real[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return how unlike each pixel is to what was trained on: 1 less the gate."""
        return 1 - self.gate(x, band_dim)

    @in_full_precision
    def reconstruct(self, x: Real[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return the nearest spectrum [1] that the autoencoder can say, in the image's bands.

        Bands that do not count are NaN.
        """
        given = pixels(x, band_dim, self.band_count, self.offset, self.seen)
        known = self.explained(given.values)
        whole = known.new_full((*known.shape[:-1], self.band_count), torch.nan)
        whole[..., self.seen] = known
        return given.image(whole)

    def explained(self, values: Float[Tensor, "*pixel band"]) -> Float[Tensor, "*pixel band"]:
        """Return the nearest bands that the autoencoder can say, of those that are seen."""
        return self._decoded(values)[..., :-1]

    def layers(self) -> list[tuple[Tensor, Tensor]]:
        """Return the weights and biases of the layers, from bands to bands and the red edge."""
        return [(getattr(self, f"weight{n}"), getattr(self, f"bias{n}")) for n in range(_LAYERS)]

    def _residual(
        self, values: Float[Tensor, "*pixel band"]
    ) -> tuple[Float[Tensor, "*pixel"], Float[Tensor, "*pixel"]]:
        """Return the mean squared residual, and how far the infrared exceeds the red."""
        decoded, edge = self._decoded(values).split_with_sizes([values.shape[-1], 1], dim=-1)
        return (values - decoded).square().mean(dim=-1), edge.squeeze(-1)

    def _gate(
        self, squared: Float[Tensor, "*pixel"], edge: Float[Tensor, "*pixel"]
    ) -> Float[Tensor, "*pixel"]:
        return _opened(edge / _SOFT) / (1 + squared / self.tolerance**2)

    def _decoded(self, values: Float[Tensor, "*pixel band"]) -> Float[Tensor, "*pixel out"]:
        """Return the bands of what the network makes of bands, and its red edge."""
        for number, (weight, bias) in enumerate(self.layers()):
            values = linear(values, weight.to(values.dtype), bias.to(values.dtype))
            if number == _LAYERS // 2 - 1:
                values = torch.tanh(values)
            elif number < _LAYERS - 1:
                values = silu(values)
        return values


def _opened(u: Float[Tensor, "*pixel"]) -> Float[Tensor, "*pixel"]:
    """Return ``(1 + u / sqrt(1 + u²)) / 2``, from 0 to 1, without cancellation below zero."""
    root = (1 + u.square()).sqrt()
    # Both are finite everywhere, and so are their slopes.
    return 0.5 * torch.where(u < 0, 1 / (root * (root + u.abs())), (root + u.relu()) / root)


def _folded(
    network: AutoEncoder,
    basis: SpectralBasis,
    posterior: ScorePosterior,
    seen: Bool[np.ndarray, " band"],
) -> dict[str, Tensor]:
    """Return the network's layers, the first of which takes bands, and the last gives them.

    What turns bands into scores and scores into bands is linear, and becomes part of these two.
    """
    gain = torch.from_numpy(posterior.gain[:, seen]) / network.scale.unsqueeze(1)
    red, infrared = (int(np.searchsorted(GRID, nm)) for nm in (RED, INFRARED))
    # The last row is the infrared, less what it would be at the least NDVI of vegetation.
    edge = basis.components.T[infrared] - _RATIO * basis.components.T[red]
    design = np.concatenate([posterior.design[seen], edge[np.newaxis]])
    level = basis.mean[infrared] - _RATIO * basis.mean[red]
    offset = torch.from_numpy(np.append(posterior.offset[seen], level))
    rows = torch.from_numpy(design) * network.scale
    layers = [*network.encoder.layers, *network.decoder.layers]
    weights, biases = [layer.weight for layer in layers], [layer.bias for layer in layers]
    weights[0] = weights[0] @ gain
    biases[0] = biases[0] - weights[0] @ offset[:-1]
    weights[-1], biases[-1] = rows @ weights[-1], rows @ biases[-1] + offset
    return {
        f"{kind}{number}": table.float().contiguous()
        for kind, tables in (("weight", weights), ("bias", biases))
        for number, table in enumerate(tables)
    }
