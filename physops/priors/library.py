"""The correlations of any sensor's bands, from the covariance of measured spectra."""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from physops.bands import Bands, image_bands
from physops.correlation import FLOOR
from srf_library import Band, Sensor, UnknownNameError, response_matrix
from srf_library import get as get_sensor
from srf_library.names import match

# The width of a band whose own is not known [nm]: that of the channels of the library.
WIDTH = 10.0


class Covariance(NamedTuple):
    """How the channels of a library of spectra vary together.

    Attributes:
        wavelength: the channels' centres [nm].
        values: their covariance [1].
    """

    wavelength: Float[np.ndarray, " channel"]
    values: Float[np.ndarray, "channel channel"]


def list_priors() -> list[str]:
    """Return the names of the priors that are shipped.

    >>> list_priors()
    ['minerals', 'mixed', 'vegetation']
    """
    return sorted(_records())


def library_prior(
    name: str,
    *,
    sensor: Sensor | str | None = None,
    bands: Bands | None = None,
    wavelengths: Sequence[float] | np.ndarray | None = None,
    floor: float = FLOOR,
) -> Float[Tensor, "band band"]:
    """Return the correlations of an image's bands over measured spectra of a kind of surface.

    What is shipped is the covariance C of the spectra, in channels of 10 nm from 383 to 2508 nm.
    A sensor's bands are ``W x``, and so their covariance is ``W C Wᵀ``, exactly, with W of
    `srf_library.response_matrix`. Bands that the channels do not cover have NaN, which
    `physops.correlation.correlation_loss` passes over; so do bands that are not good.

    The spectra are those of a library, each counted once within its kind: they tell which bands go
    together on such surfaces, not how often these are met. Over the library's vegetation red and
    near infrared go together loosely (0.4), for dry plants are bright in both; the negative
    correlation that the paper speaks of is one of scenes where green cover varies, which
    `correlation_prior` finds from such a scene.

    Args:
        name: ``"vegetation"``: leaves, needles and stands, green and dry; ``"minerals"``: pure
            ones; ``"mixed"``: soils and rocks, water and snow, what is made by man, and
            vegetation, each a quarter.
        sensor: a sensor whose bands the image has, with their responses, or one of its names.
        bands: the image's bands, as Gaussians of their widths, or of 10 nm.
        wavelengths: band centres [nm or µm, told by their size]; beside a sensor they win over its
            own.
        floor: as in `physops.correlation.band_correlation`.

    Raises:
        UnknownNameError: if there is no such prior or sensor.
        TypeError: if it cannot be told which bands the image has.
        CoverageError: if no band is covered.

    Source: Kokaly et al., USGS Spectral Library Version 7, 2017, doi 10.3133/ds1035; see
    `data/priors.toml`.

    >>> prior = library_prior("vegetation", sensor="S2A")
    >>> red, nir, swir = 3, 7, 12
    >>> round(prior[red, nir].item(), 1), round(prior[red, swir].item(), 1)
    (0.4, 0.7)
    """
    known = match(name, dict.fromkeys(_records(), ()))
    if known is None:
        raise UnknownNameError("a prior", name, _records())
    covariance = _covariance(known)
    seen, good = _seen_by(sensor, bands, wavelengths)
    matrix = response_matrix(seen, covariance.wavelength)
    joint = matrix.weights @ covariance.values @ matrix.weights.T
    spread = np.sqrt(np.diag(joint) + floor**2)
    usable = matrix.usable & good
    correlation = np.where(usable & usable[:, None], joint / np.outer(spread, spread), np.nan)
    return torch.tensor(correlation, dtype=torch.get_default_dtype())


def _seen_by(
    sensor: Sensor | str | None,
    bands: Bands | None,
    wavelengths: Sequence[float] | np.ndarray | None,
) -> tuple[Sensor, np.ndarray]:
    """Return the bands of the image as a sensor, and which of them are good."""
    image = image_bands("library_prior", sensor, bands, wavelengths)
    if sensor is not None:
        known = get_sensor(sensor) if isinstance(sensor, str) else sensor
        return known if wavelengths is None else known.at(wavelengths), image.good
    widths = np.where(np.isfinite(image.fwhm), image.fwhm, WIDTH).tolist()
    placed = enumerate(zip(image.wavelength.tolist(), widths, strict=True), start=1)
    gaussians = (Band.gaussian(str(number), centre, width) for number, (centre, width) in placed)
    return Sensor("image", "the image's bands", tuple(gaussians)), image.good


@cache
def _records() -> dict[str, dict[str, object]]:
    return tomllib.loads((files("physops.priors") / "data/priors.toml").read_text("utf-8"))


@cache
def _covariance(name: str) -> Covariance:
    resource = files("physops.priors") / f"data/{name}.npz"
    with as_file(resource) as path, np.load(path, allow_pickle=False) as held:
        wavelength, triangle = held["wavelength"], held["triangle"].astype(np.float64)
    count = len(wavelength)
    values = np.zeros((count, count))
    values[np.triu_indices(count)] = triangle
    return Covariance(wavelength, values + np.triu(values, 1).T)
