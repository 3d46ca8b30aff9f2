"""PROSAIL itself: parameters of a canopy to the bands of any image, exactly."""

from typing import final

import torch
from jaxtyping import Float, Real
from torch import Tensor

from emulator_training.band_response import GRID, band_response
from emulator_training.parameters import NAMES, check, vector
from emulator_training.pixels import pixels
from emulator_training.simulators.prosail import Prosail
from physops import Bands, Operator, OperatorSpec
from physops.autocast import in_full_precision

NAME = "prosail"
SPEC = OperatorSpec(
    name=NAME,
    title="PROSAIL-D",
    kind="simulator",
    formula="SAIL(PROSPECT(n, cab, car, cbrown, cw, cm, ant), soil, lai, ala, hspot, angles)",
    operands=NAMES,
    domain="vegetation",
    source="Féret et al., PROSPECT-D, Remote Sensing of Environment 193 (2017); Verhoef et al., "
    "4SAIL, IEEE Transactions on Geoscience and Remote Sensing 45 (2007)",
)


@final
class ExactProsail(Operator):
    """The reflectance of canopies [1] in an image's bands, from their parameters, by PROSAIL-D.

    Only wavelengths that a band sees are computed. Bands that are not good, or lie outside
    400-2500 nm, are NaN. A canopy of which a parameter is not finite is NaN in all bands, and
    gives no gradient.

    Args:
        bands: the bands that come out: by their sensor's own responses if they tell whose they
            are (`Bands.of`), else Gaussians.

    Attributes:
        names: the parameters that go in, in this order; units and ranges are in
            `emulator_training.parameters`.

    Raises:
        TablesMissingError: if the package `prosail` is not installed.
        NoBandInRangeError: if no good band lies in 400-2500 nm.
    """

    names = NAMES
    weights: Tensor
    unseen: Tensor
    usual: Tensor

    def __init__(self, bands: Bands) -> None:
        super().__init__()
        self.spec, self.band_count = SPEC, len(NAMES)
        seen = band_response(bands)
        # A response has long tails, of which nothing comes.
        needed = seen.weights.max(axis=0) > 1e-9
        self.model = Prosail(GRID[needed])
        self.register_buffer("weights", torch.from_numpy(seen.weights[:, needed]))
        self.register_buffer("unseen", torch.from_numpy(~seen.seen))
        self.register_buffer("usual", vector())

    @in_full_precision
    def forward(self, x: Real[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return the reflectance [1] of canopies ``(*batch, 15, *space)``, bands in their place.

        Raises:
            ParameterRangeError: if a parameter lies where it cannot.
            RadiansError: if the angles of all canopies are in radians.
            DimensionError, BandCountError, NotFloatingError: as any operator.
        """
        given = pixels(x, band_dim, len(NAMES), self.usual)
        check(given.values, given.missing)
        spectra = self.model(given.values)
        rows = spectra @ self.weights.T.to(spectra.dtype)
        return given.image(rows.masked_fill(self.unseen, torch.nan))
