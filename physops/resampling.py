"""Resampling to a sensor's bands as an operator: `srf_library.response_matrix` on tensors."""

from collections.abc import Sequence
from typing import final

import numpy as np
import torch
from jaxtyping import Float, Real
from torch import Tensor

from physops.autocast import full_precision
from physops.bands import Bands, image_bands
from physops.errors import NotFloatingError
from physops.operator import Operator, OperatorSpec, band_axis
from srf_library import Sensor, response_matrix
from srf_library.resampling import LOST_WEIGHT, Method, OnPartial

SPEC = OperatorSpec(
    name="srf",
    title="Spectral resampling to the bands of a sensor",
    kind="resampling",
    formula="sum_j W[k, j] x[j] with W[k, j] = ∫ S_k φ_j dλ / ∫ S_k dλ",
    degree=1,
    source="AnyBand-Diff, A.2, with the integral in place of samples of the response",
)


@final
class SrfResampling(Operator):
    """The bands of a sensor, from those of an image [the image's unit].

    A band of which less than 98 % of the response is covered is NaN and gives no gradient, or
    as ``on_partial`` says. In a pixel with missing entries (not finite), a band is NaN if they
    bear more than a thousandth of its weight; otherwise it is the mean over the others. Whether
    any are missing decides which way is taken, which `torch.func.vmap` does not allow: give it the
    whole batch instead.

    Args:
        sensor: the sensor whose bands come out, or one of its names.
        bands: the bands of the images that it will be given; those that are not good are not used.
        method: how a spectrum runs between its bands.
        on_partial: what to do with bands that are not covered.

    Attributes:
        matrix: W over the good bands, its coverage and noise gain.
        target: the bands that come out.

    Raises:
        CoverageError: if no band is covered, or, with ``on_partial="raise"``, one is not.

    Source: see `srf_library.response_matrix`.
    """

    def __init__(
        self,
        sensor: Sensor | str,
        bands: Bands,
        method: Method = "integral-cubic",
        on_partial: OnPartial = "nan",
    ) -> None:
        super().__init__()
        good = np.flatnonzero(bands.good)
        wavelength, fwhm = bands.wavelength[good], bands.fwhm[good]
        self.spec, self.band_count = SPEC, len(bands)
        self.matrix = response_matrix(sensor, wavelength, fwhm, method, on_partial)
        self.target = Bands.of(self.matrix.sensor, good=self.matrix.usable)
        weights = np.zeros((len(self.target), len(bands)))
        weights[:, good] = self.matrix.weights
        # No buffer: it stays in double precision, whatever the module is turned into.
        self.weights = torch.from_numpy(weights)
        self.lost = np.flatnonzero(~self.matrix.usable).tolist()
        self.witness = int(np.argmax(self.matrix.usable))

    def forward(self, x: Real[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return the sensor's bands of an image ``(*batch, band, *space)``, in its shape.

        Raises:
            DimensionError: if the image has no such dimension.
            BandCountError: if it has another number of bands.
            NotFloatingError: if its values are whole numbers.
        """
        dim = _checked_dim(x, band_dim, self.band_count)
        with full_precision(x.device):
            return self._blank(self._seen(x, dim), dim)

    def _seen(self, x: Float[Tensor, "..."], dim: int) -> Float[Tensor, "..."]:
        weights = self.weights.to(x.dtype).to(x.device)
        y = _product(weights, x, dim)
        # A missing entry spoils every band, even one that gives it no weight (0 x NaN is NaN), so
        # that a look at one band is enough.
        spoiled = ~torch.isfinite(y.detach().select(dim, self.witness))
        if spoiled.any():
            spectra = x.movedim(dim, -1)[spoiled]
            y.movedim(dim, -1)[spoiled] = _mean_of_finite(weights, spectra)
        return y

    def adjoint(self, y: Float[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return ``Wᵀ y``, an image of the bands it was built for; bands not covered give nothing.

        Raises:
            DimensionError: if ``y`` has no such dimension.
            BandCountError: if it does not have the sensor's bands.
            NotFloatingError: if its values are whole numbers.
        """
        dim = _checked_dim(y, band_dim, len(self.target))
        lost = torch.tensor(self.lost, dtype=torch.long, device=y.device)
        weights = self.weights.to(y.dtype).to(y.device).T
        with full_precision(y.device):
            return _product(weights, y.index_fill(dim, lost, 0.0), dim)

    def extra_repr(self) -> str:
        """Return what `repr` shows between the brackets."""
        return f"{self.band_count} bands to {self.matrix.sensor.id}, {self.matrix.method}"

    def _blank(self, y: Float[Tensor, "..."], dim: int) -> Float[Tensor, "..."]:
        if not self.lost:
            return y
        lost = torch.tensor(self.lost, dtype=torch.long, device=y.device)
        return y.index_fill_(dim, lost, torch.nan)


def srf(
    *,
    sensor: Sensor | str | None = None,
    bands: Bands | None = None,
    wavelengths: Sequence[float] | np.ndarray | None = None,
    fwhm: float | Sequence[float] | np.ndarray | None = None,
    method: Method = "integral-cubic",
    on_partial: OnPartial = "nan",
) -> SrfResampling:
    """Build the operator: ``sensor`` is what comes out, the bands or wavelengths what goes in.

    Args:
        sensor: the sensor whose bands come out, or one of its names.
        bands: the image's bands; or:
        wavelengths: the image's band centres [nm or µm, told by their size], and
        fwhm: their full widths at half maximum, one a band or one for all; NaN where not known.
        method: how a spectrum runs between its bands, as `srf_library.response_matrix` has it.
        on_partial: ``"nan"``, ``"raise"`` or ``"renormalise"``.

    Raises:
        TypeError: unless the sensor, and either bands or wavelengths, are given.
    """
    if sensor is None or (bands is None) == (wavelengths is None):
        raise TypeError(
            "get('srf') needs sensor=, the bands to come out, and either bands= or wavelengths=, "
            "those of the image"
        )
    if bands is not None and fwhm is not None:
        raise TypeError("get('srf') takes fwhm= beside wavelengths=; bands= have their own widths")
    given = Bands.at(wavelengths, fwhm) if wavelengths is not None else bands
    return SrfResampling(sensor, image_bands(SPEC.name, bands=given), method, on_partial)


def _checked_dim(x: Tensor, band_dim: int, bands: int) -> int:
    dim = band_axis(x, band_dim, bands)
    if not x.is_floating_point():
        raise NotFloatingError(x.dtype)
    return dim


def _product(
    weights: Float[Tensor, "row band"], x: Float[Tensor, "..."], dim: int
) -> Float[Tensor, "..."]:
    """Multiply along a dimension, which stays where it is."""
    if dim == x.ndim - 1:
        return x @ weights.T
    flat = weights @ x.flatten(dim + 1)
    return flat.reshape(*flat.shape[:-1], *x.shape[dim + 1 :])


def _mean_of_finite(
    weights: Float[Tensor, "row band"], spectra: Float[Tensor, "spectrum band"]
) -> Float[Tensor, "spectrum row"]:
    """Do as `ResponseMatrix` does where entries are missing."""
    finite = torch.isfinite(spectra)
    present, size = finite.to(spectra.dtype), weights.abs().T
    enough = (1 - present) @ size <= LOST_WEIGHT * size.sum(dim=0)
    # A row without any weight, of a band that is not covered, has a share of zero.
    share = present @ weights.T
    share = torch.where(enough & (share != 0), share, 1.0)
    total = torch.where(finite, spectra, 0.0) @ weights.T
    return torch.where(enough, total / share, torch.nan)
