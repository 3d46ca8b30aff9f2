"""A network in place of PROSAIL: parameters of a canopy to the bands of any image."""

from pathlib import Path
from typing import final

import numpy as np
import torch
from jaxtyping import Float, Real
from torch import Tensor
from torch.nn.functional import linear

from emulator_training.band_response import GRID, band_response
from emulator_training.networks import KNOTS, ForwardNetwork, ranges
from emulator_training.parameters import NAMES, check, vector
from emulator_training.pixels import Pixels, pixels
from emulator_training.weights import SHIPPED, read
from physops import Bands, Operator, OperatorSpec
from physops.autocast import in_full_precision

NAME = "prosail_emulator"
SPEC = OperatorSpec(
    name=NAME,
    title="PROSAIL-D by a network",
    kind="simulator",
    formula="mean + components^T MLP(parameters)",
    operands=NAMES,
    domain="vegetation",
    source="AnyBand-Diff, A.1; Féret et al., PROSPECT-D, Remote Sensing of Environment 193 (2017); "
    "Verhoef et al., 4SAIL, IEEE Transactions on Geoscience and Remote Sensing 45 (2007)",
)


@final
class ProsailEmulator(Operator):
    """The reflectance of canopies [1] in an image's bands, from their parameters.

    Bands that are not good, or lie outside 400-2500 nm, are NaN. A canopy of which a parameter is
    not finite is NaN in all bands, and gives no gradient.

    Args:
        bands: the bands that come out: by their sensor's own responses if they tell whose they
            are (`Bands.of`), else Gaussians.
        folder: where the weights lie, if not those that are shipped.

    Attributes:
        names: the parameters that go in, in this order; units and ranges are in
            `emulator_training.parameters`.
        card: of the weights.

    Raises:
        NoBandInRangeError: if no good band lies in 400-2500 nm.
        WeightFileError: if the weights are not there, or corrupt.

    >>> from emulator_training.parameters import vector
    >>> emulator = ProsailEmulator(Bands.at([670.0, 800.0]))
    >>> red, infrared = emulator(vector({"lai": 4.0}), band_dim=0)
    >>> bool(infrared > 5 * red)
    True
    """

    names = NAMES
    design: Tensor
    offset: Tensor
    knots: Tensor
    unseen: Tensor
    usual: Tensor

    def __init__(self, bands: Bands, *, folder: Path | str = SHIPPED) -> None:
        super().__init__()
        weights = read(NAME, folder)
        self.card, basis = weights.card, weights.basis
        self.spec, self.band_count = SPEC, len(NAMES)
        seen = band_response(bands)
        self.network = ForwardNetwork(len(basis.variance), self.card.whole("width"))
        weights.load_into(self.network)
        self.network.requires_grad_(False)
        tables = {
            "design": seen.weights @ basis.components.T,
            "offset": np.where(seen.seen, seen.weights @ basis.mean, np.nan),
            "knots": seen.weights @ _hats(),
        }
        for name, table in tables.items():
            self.register_buffer(name, torch.from_numpy(table).float())
        self.register_buffer("unseen", torch.from_numpy(~seen.seen))
        self.register_buffer("usual", vector().float())

    @in_full_precision
    def forward(self, x: Real[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return the reflectance [1] of canopies ``(*batch, 15, *space)``, bands in their place.

        Raises:
            ParameterRangeError: if a parameter lies where it cannot.
            RadiansError: if the angles of all canopies are in radians.
            DimensionError, BandCountError, NotFloatingError: as any operator.
        """
        given = self._checked(x, band_dim)
        # What is missing of the few scores is missing of the many bands.
        scores = torch.where(given.missing.unsqueeze(-1), torch.nan, self.network(given.values))
        design, offset = self.design.to(scores.dtype), self.offset.to(scores.dtype)
        return given.laid_out(linear(scores, design, offset))

    @in_full_precision
    def std(self, x: Real[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return the standard deviation of what the network gives from what PROSAIL would [1].

        Nine tenths of the errors are smaller than 1.645 times it, in the trained ranges.

        Raises:
            ParameterRangeError, ...: as `forward`.
        """
        given = self._checked(x, band_dim)
        rows = self.network.std(given.values) @ self.knots.T.to(given.values.dtype)
        return given.image(rows.masked_fill(self.unseen, torch.nan))

    def out_of_range(self, x: Real[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return how far canopies ``(*batch, *space)`` lie outside what was trained on [1].

        The largest distance of a parameter from its range, in widths of that; zero inside.

        Raises:
            ParameterRangeError, ...: as `forward`.
        """
        given = self._checked(x, band_dim)
        low, width = ranges(NAMES, given.values)
        part = (given.values - low) / width
        return given.plane(((-part).relu() + (part - 1).relu()).amax(dim=-1))

    def _checked(self, x: Tensor, band_dim: int) -> Pixels:
        given = pixels(x, band_dim, len(NAMES), self.usual)
        check(given.values, given.missing)
        return given


def _hats() -> Float[np.ndarray, "wavelength knot"]:
    """Return what each knot adds to a curve of straight lines between knots."""
    knots = np.linspace(GRID[0], GRID[-1], KNOTS)
    return np.stack([np.interp(GRID, knots, row) for row in np.eye(KNOTS)], axis=1)
