"""What spectra of the Earth's surface look like, over wavelength, and as any sensor sees them.

    f(wavelength) = mean + W z + e,   z ~ a mixture of normal distributions

fitted to measured and simulated spectra; `training.spectral_prior` says to which.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import safetensors.numpy
from jaxtyping import Bool, Float
from safetensors import SafetensorError

from anyband_models.distributions.expectation_maximisation import Components
from anyband_models.errors import WeightsError
from physops.bands import Bands
from srf_library import Band, Sensor, response_matrix

SHIPPED = Path(__file__).parent.parent / "weights" / "spectral-prior.safetensors"
# Bands so far outside the grid are seen as at its end [nm].
BEYOND_NM = 60.0
# The width of a band whose own is not known [nm].
WIDTH_NM = 10.0


class Seen(NamedTuple):
    """The prior, as some bands see it.

    Attributes:
        mean: of each band.
        loadings: what a unit of each score adds to a band.
        rest: variance that the scores leave out.
    """

    mean: Float[np.ndarray, " band"]
    loadings: Float[np.ndarray, "band score"]
    rest: Float[np.ndarray, " band"]


@dataclass(frozen=True, eq=False)
class SpectralPrior:
    """A mixture of low-rank normal distributions of reflectance over wavelength.

    Attributes:
        wavelength: ascending [nm].
        mean: reflectance [1].
        loadings: reflectance of a unit of each score [1]; the scores have mean 0, covariance 1.
        rest: variance that the scores leave out [1].
        components: of the scores.
        made_of: what it was fitted to, for people.
    """

    wavelength: Float[np.ndarray, " grid"]
    mean: Float[np.ndarray, " grid"]
    loadings: Float[np.ndarray, "grid score"]
    rest: Float[np.ndarray, " grid"]
    components: Components
    made_of: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: Path = SHIPPED) -> "SpectralPrior":
        """Read a prior, the one that ships if no other is named.

        Raises:
            WeightsError: if it is not there, or damaged.
        """
        return _read(path)

    def write(self, path: Path) -> None:
        """Write the prior, with what it was made of."""
        arrays = {
            "wavelength": self.wavelength,
            "mean": self.mean,
            "loadings": self.loadings,
            "rest": self.rest,
            **self.components._asdict(),
        }
        single = {name: np.ascontiguousarray(a, np.float32) for name, a in arrays.items()}
        made_of = {"made_of": json.dumps(self.made_of)}
        path.write_bytes(safetensors.numpy.save(single, metadata=made_of))

    def covers(self, wavelength: Float[np.ndarray, " band"]) -> Bool[np.ndarray, " band"]:
        """Return which bands the prior can speak of.

        Args:
            wavelength: their centres [nm].
        """
        low, high = self.wavelength[0] - BEYOND_NM, self.wavelength[-1] + BEYOND_NM
        return (wavelength >= low) & (wavelength <= high)

    def on(self, bands: Bands) -> Seen:
        """Return the prior as bands see it, each a mean over its response.

        Args:
            bands: all of them covered.
        """
        weights = self._weights(bands)
        return Seen(weights @ self.mean, weights @ self.loadings, weights @ self.rest)

    def _weights(self, bands: Bands) -> Float[np.ndarray, "band grid"]:
        if bands.sensor is None:
            widths = np.where(np.isfinite(bands.fwhm), bands.fwhm, WIDTH_NM)
            pairs = zip(bands.wavelength.tolist(), widths.tolist(), strict=True)
            gaussians = (Band.gaussian(str(n), *pair) for n, pair in enumerate(pairs, start=1))
            sensor = Sensor("image", "the image's bands", tuple(gaussians))
        else:
            sensor = bands.sensor
        # The grid's ends are held beyond it, so that bands there have something to see.
        step = self.wavelength[1] - self.wavelength[0]
        pad = int(np.ceil(2 * BEYOND_NM / step)) + 1
        more = step * np.arange(1, pad + 1)
        low, high = self.wavelength[0] - more[::-1], self.wavelength[-1] + more
        grid = np.concatenate([low[low > 0], self.wavelength, high])
        matrix = response_matrix(sensor, grid, method="integral-linear", on_partial="renormalise")
        before = int(np.count_nonzero(low > 0))
        inside = slice(before, before + len(self.wavelength))
        weights = matrix.weights[:, inside].copy()
        weights[:, 0] += matrix.weights[:, :before].sum(axis=1)
        weights[:, -1] += matrix.weights[:, inside.stop :].sum(axis=1)
        return weights


@cache
def _read(path: Path) -> SpectralPrior:
    from safetensors import safe_open

    if not path.is_file():
        raise WeightsError(path, "is not there")
    try:
        with safe_open(path, framework="numpy") as held:
            made_of = (held.metadata() or {}).get("made_of", "[]")
            arrays = {name: held.get_tensor(name).astype(np.float64) for name in held.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise WeightsError(path, f"is no safetensors file: {error}") from error
    try:
        sentences = tuple(map(str, json.loads(made_of)))
        components = Components(*(arrays.pop(name) for name in Components._fields))
        _check_sizes(arrays, components)
        return SpectralPrior(**arrays, components=components, made_of=sentences)
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(path, f"holds no spectral prior: {error}") from error


def _check_sizes(arrays: dict[str, Float[np.ndarray, "..."]], components: Components) -> None:
    """Refuse arrays that do not fit together, or are not numbers.

    Raises:
        ValueError: if they do not, or are not.
    """
    grid, (count, score) = len(arrays["wavelength"]), components.means.shape
    wanted = dict.fromkeys(("wavelength", "mean", "rest"), (grid,)) | {"loadings": (grid, score)}
    parts = {"shares": (count,), "means": (count, score), "covariances": (count, score, score)}
    every = arrays | components._asdict()
    for name, shape in (wanted | parts).items():
        if every[name].shape != shape:
            raise ValueError(f"{name} is of shape {every[name].shape}, not {shape}")
        if not np.isfinite(every[name]).all():
            raise ValueError(f"{name} is not all numbers")
