"""From the bands of one instrument to those of another: one fixed matrix, exact on flat spectra."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from jaxtyping import Bool, Float

from srf_library import splines
from srf_library.catalogue import get
from srf_library.errors import CoverageError, GridError
from srf_library.grid import Grid
from srf_library.profiles import Profile, Sampled
from srf_library.quadrature import gauss_points
from srf_library.sensor import Sensor
from srf_library.splines import Points

Spectra = Float[np.ndarray, "... wavelength"]
Resampled = Float[np.ndarray, "... band"]
Noise = float | Float[np.ndarray, " wavelength"] | Float[np.ndarray, "wavelength wavelength"]
Method = Literal["integral-cubic", "integral-linear", "bin", "point"]
OnPartial = Literal["nan", "raise", "renormalise"]

# Where a hundredth of a response is not measured, canopy spectra are off by 0.2 % on average,
# where a twentieth is not, by 0.9 % (worst band 7 %).
LEAST_COVERAGE = 0.98
# How many stretches of wavelength, or bands, a message names.
MOST_NAMED = 8
# How much of a band's weight may lie on missing entries: as much again is its error, at most.
LOST_WEIGHT = 1e-3

_INTERPOLATION: dict[str, Callable[[splines.Nodes, Points], splines.Rows]] = {
    "integral-cubic": splines.cubic,
    "integral-linear": splines.linear,
    "bin": splines.constant,
}
_SLOPE = {
    "integral-cubic": splines.cubic_slope,
    "integral-linear": splines.linear_slope,
    "bin": splines.linear_slope,
}


@dataclass(frozen=True, eq=False)
class ResponseMatrix:
    """The linear map from the bands of an image to the bands of a sensor.

    Attributes:
        sensor: whose bands come out.
        weights: W [1], in double precision. A row sums to one, and is zero where the band is not
            to be had: calling the matrix makes such bands NaN after the product, so that neither
            W nor a gradient through it ever holds one.
        coverage: the share of each band's response that the image's bands reach [1].
        usable: which bands come out: False where the coverage does not suffice.
        shift: how a band changes if its response moves by 1 nm to the red [1/nm]: the spectrum's
            slope over the response. For the integrals it is the derivative of W; for ``bin`` and
            ``point`` the spectrum is taken to be straight lines.
        method: how the spectrum is taken to run between its bands.
    """

    sensor: Sensor
    weights: Float[np.ndarray, "band wavelength"]
    coverage: Float[np.ndarray, " band"]
    usable: Bool[np.ndarray, " band"]
    shift: Float[np.ndarray, "band wavelength"]
    method: Method

    def __repr__(self) -> str:
        return (
            f"<ResponseMatrix to {self.sensor.id}: {self.usable.sum()} of {len(self.usable)} bands "
            f"from {self.weights.shape[1]}, {self.method}>"
        )

    @property
    def noise_gain(self) -> Float[np.ndarray, " band"]:
        """Noise of each band over noise of the image's bands, if that is white [1]; else NaN."""
        return self._blank(np.sqrt((self.weights**2).sum(axis=1)))

    def __call__(self, spectra: Spectra) -> Resampled:
        """Return the sensor's bands of spectra; NaN where a band is not to be had.

        Where entries are missing (not finite), a band is NaN if they bear more than a thousandth
        of its weight; otherwise it is the mean over the others.

        Args:
            spectra: (..., wavelength) in the order of the wavelengths that the matrix is for.

        Raises:
            GridError: if they have another number of bands.
        """
        spectra = np.asarray(spectra)
        if not spectra.ndim or spectra.shape[-1] != self.weights.shape[1]:
            got = spectra.shape[-1] if spectra.ndim else 0
            raise GridError(
                f"the matrix is for {self.weights.shape[1]} bands and got {got}; "
                "pass spectra of the grid it was made for, wavelength last"
            )
        weights = self.weights.T.astype(np.result_type(spectra, np.float32))
        spoiled = ~np.isfinite(spectra).all(axis=-1)
        if not spoiled.any():
            return self._blank(spectra @ weights)
        values = np.where(spoiled[..., np.newaxis], 0, spectra) @ weights
        values[spoiled] = _mean_of_finite(spectra[spoiled], weights)
        return self._blank(values)

    def covariance(self, sigma: Noise) -> Float[np.ndarray, "band band"]:
        """Return ``W Σ Wᵀ``, how the noise of the image's bands appears in the sensor's.

        Args:
            sigma: the image's noise: one standard deviation, one a band, or their covariance Σ.

        Raises:
            GridError: if it is none of these, or a standard deviation is negative.

        Source: JCGM 102:2011, Supplement 2 to the GUM, Eq. 3.
        """
        noise, bands = np.asarray(sigma, dtype=np.float64), self.weights.shape[1]
        fits = noise.shape in ((), (bands,), (bands, bands))
        if not fits or (noise.ndim < 2 and noise.min() < 0):
            raise GridError(
                f"the noise of {bands} bands is a standard deviation, not negative, or {bands} of "
                f"them, or a covariance of {bands} x {bands}; got {noise!r:.60}"
            )
        if noise.ndim < 2:
            scaled = self.weights * noise
            return self._blank(self._blank(scaled @ scaled.T).T)
        return self._blank(self._blank(self.weights @ noise @ self.weights.T).T)

    def uncertainty(
        self,
        sigma: Noise,
        spectra: Spectra | None = None,
        centre_std: float = 0.0,
    ) -> Resampled:
        """Return the standard uncertainty u of each band, ``u² = (W Σ Wᵀ)_kk + (∂R_k/∂λ)² u_λ²``.

        Args:
            sigma: the image's noise, as `covariance` takes it.
            spectra: the spectra, if the place of the bands is uncertain too.
            centre_std: the standard uncertainty u_λ of every band's place [nm].

        Raises:
            GridError: as `covariance` does.
            ValueError: if the place is uncertain, and no spectra are given.
        """
        if centre_std and spectra is None:
            raise ValueError("with centre_std= the slope of the spectra counts; pass them too")
        variance = np.diagonal(self.covariance(sigma))
        if spectra is not None:
            variance = variance + (spectra @ self.shift.T * centre_std) ** 2
        return np.sqrt(variance)

    def _blank(self, values: Resampled) -> Resampled:
        return values if self.usable.all() else np.where(self.usable, values, np.nan)


def _mean_of_finite(
    spectra: Float[np.ndarray, "spectrum wavelength"], weights: Float[np.ndarray, "wavelength band"]
) -> Float[np.ndarray, "spectrum band"]:
    """Multiply what is finite, as if it alone had been measured; NaN where too little of it is."""
    missing = ~np.isfinite(spectra)
    size = np.abs(weights)
    enough = missing @ size <= LOST_WEIGHT * size.sum(axis=0)
    # A row without any weight, of a band that is not covered, has a share of zero.
    share = ~missing @ weights
    total = np.where(missing, 0, spectra) @ weights
    return np.where(enough, total / np.where(enough & (share != 0), share, 1), np.nan)


def response_matrix(
    sensor: Sensor | str,
    wavelengths: Sequence[float] | np.ndarray,
    fwhm: float | Sequence[float] | np.ndarray | None = None,
    method: Method = "integral-cubic",
    on_partial: OnPartial = "nan",
) -> ResponseMatrix:
    """Return the matrix that gives a sensor's bands from an image's.

    ``W[k, j] = ∫ S_k φ_j dλ / ∫ S_k dλ``, where ``S_k`` is the response of band k and ``φ_j``
    what band j contributes to the spectrum between the bands:

    ``integral-cubic``
        the cardinal function of the natural cubic spline through the band values. With ``fwhm``
        the values are taken for what they are, means over Gaussian bands, which the spline is
        made to reproduce to first order (``2 I - A`` for the inverse of the means ``A`` of the
        cardinal functions); what that costs in noise, `ResponseMatrix.noise_gain` tells.
    ``integral-linear``
        a straight line between neighbours.
    ``bin``
        one, out to half way to the neighbours.
    ``point``
        the paper's: no integral, but the response, spline-resampled at the bands, as weights
        (AnyBand-Diff, A.2). Right only where the spacing is even and small.

    Nothing is interpolated across a gap of more than three spacings or three widths, nor taken from
    beyond the outermost centres, or half maxima where the widths are known.

    Args:
        sensor: the sensor, or one of its names.
        wavelengths: the image's band centres [nm or µm, told by their size], in any order.
        fwhm: their full widths at half maximum, one a band or one for all; NaN where not known.
        method: how the spectrum runs between the bands.
        on_partial: what to do with a band of which less than 98 % of the response is covered:
            give NaN, refuse, or take the mean over what is covered.

    Raises:
        GridError: if the wavelengths cannot be the bands of an image.
        CoverageError: if no band is covered, or, with ``raise``, one is not.
        ValueError: if method or on_partial is none of these.

    >>> matrix = response_matrix("sentinel2a_msi", np.linspace(430, 860, 103))
    >>> matrix.coverage[[0, 7, 8]].round(2).tolist(), matrix.usable.sum().item()
    ([1.0, 0.76, 0.27], 7)
    """
    _check_choice("method", method, get_args(Method))
    _check_choice("on_partial", on_partial, get_args(OnPartial))
    target = get(sensor) if isinstance(sensor, str) else sensor
    grid = Grid.of(wavelengths, fwhm)
    weights, slopes, coverage = _integrated(target, grid, "bin" if method == "point" else method)
    if method == "point":
        weights = _sampled_at(grid.nodes, target)
        coverage = np.where(weights.any(axis=1), coverage, 0.0)
    usable = coverage > 0 if on_partial == "renormalise" else coverage >= LEAST_COVERAGE
    _check_coverage(target, grid, coverage, usable, on_partial)
    kept = usable[:, np.newaxis]
    return ResponseMatrix(
        target,
        np.where(kept, grid.spread_over_bands(weights), 0.0),
        coverage,
        usable,
        np.where(kept, grid.spread_over_bands(slopes), 0.0),
        method,
    )


def _integrated(
    sensor: Sensor, grid: Grid, method: str
) -> tuple[splines.Rows, splines.Rows, Float[np.ndarray, " band"]]:
    """Return weights and slopes of the nodes, and coverage; rows without any coverage are zero."""
    points = _response_points(sensor, grid)
    whole = np.bincount(points.row, points.weight, minlength=points.rows)
    weights = np.zeros((points.rows, len(grid.nodes)))
    slopes, covered = np.zeros_like(weights), np.zeros(points.rows)
    for (first, last), (low, high) in zip(grid.runs, grid.reach, strict=True):
        inside = (points.wavelength >= low) & (points.wavelength <= high)
        part = Points(
            points.wavelength[inside], points.weight[inside], points.row[inside], points.rows
        )
        nodes, run = grid.nodes[first:last], slice(first, last)
        weights[:, run] = _INTERPOLATION[method](nodes, part)
        slopes[:, run] = _SLOPE[method](nodes, part)
        if method == "integral-cubic":
            weights[:, run] = _unfolded(weights[:, run], nodes, grid.fwhm[run])
            slopes[:, run] = _unfolded(slopes[:, run], nodes, grid.fwhm[run])
        covered += np.bincount(part.row, part.weight, minlength=points.rows)
    share = np.where(covered > 0, covered, np.inf)[:, np.newaxis]
    return weights / share, slopes / share, np.minimum(covered / whole, 1.0)


def _response_points(sensor: Sensor, grid: Grid) -> Points:
    """Return quadrature points of every band's response, a row a band."""
    edges = (grid.nodes[:-1] + grid.nodes[1:]) / 2
    breaks = np.concatenate([grid.nodes, edges, np.ravel(grid.reach)])
    places, weights, rows = [], [], []
    for row, band in enumerate(sensor):
        low, high = band.support
        inner = breaks[(breaks > low) & (breaks < high)]
        nm, step = gauss_points(np.unique(np.concatenate([band.profile.knots, inner])))
        places.append(nm)
        weights.append(step * band.profile(nm))
        rows.append(np.full(len(nm), row))
    return Points(
        np.concatenate(places), np.concatenate(weights), np.concatenate(rows), len(sensor)
    )


def _unfolded(
    rows: splines.Rows, nodes: splines.Nodes, fwhm: Float[np.ndarray, " node"]
) -> splines.Rows:
    """Correct weights on point values to weights on means over Gaussian bands.

    ``A[i, j]`` is the mean of cardinal function j over band i; its inverse, to first order about
    the identity, is ``2 I - A``. The full inverse gains little more and amplifies noise without
    bound where bands are wider than their spacing.
    """
    if len(nodes) < 3 or np.isnan(fwhm).all():
        return rows
    abscissa, weight = np.polynomial.hermite_e.hermegauss(9)
    std = np.nan_to_num(fwhm, nan=0.0) / np.sqrt(8 * np.log(2))
    places = nodes[:, np.newaxis] + std[:, np.newaxis] * abscissa
    band = np.repeat(np.arange(len(nodes)), len(abscissa))
    shares = np.tile(weight / weight.sum(), len(nodes))
    means = splines.cubic(nodes, Points(places.ravel(), shares, band, len(nodes)))
    return 2 * rows - rows @ means


def _sampled_at(nodes: splines.Nodes, sensor: Sensor) -> splines.Rows:
    """Return each response at the nodes, scaled to sum to one; zero where none lies in it."""
    rows = np.array([_spline_resampled(band.profile, nodes) for band in sensor])
    sums = rows.sum(axis=1, keepdims=True)
    return rows / np.where(sums > 0, sums, 1.0)


def _spline_resampled(profile: Profile, nodes: splines.Nodes) -> Float[np.ndarray, " node"]:
    if not isinstance(profile, Sampled) or len(profile.wavelength) < 4:
        return profile(nodes)
    from scipy.interpolate import CubicSpline  # slow to import

    spline = CubicSpline(profile.wavelength, profile.response, extrapolate=False)
    return np.clip(np.nan_to_num(spline(nodes), nan=0.0), 0.0, None)


def _check_coverage(
    sensor: Sensor,
    grid: Grid,
    coverage: Float[np.ndarray, " band"],
    usable: Bool[np.ndarray, " band"],
    on_partial: OnPartial,
) -> None:
    reach = ", ".join(f"{low:.0f}-{high:.0f}" for low, high in grid.reach[:MOST_NAMED])
    if len(grid.reach) > MOST_NAMED:
        reach += f" and {len(grid.reach) - MOST_NAMED} more stretches up to {grid.reach[-1][1]:.0f}"
    if not usable.any():
        low, high = sensor.range_nm
        raise CoverageError(
            f"none of the {len(sensor)} bands of {sensor.id} ({low:.0f}-{high:.0f} nm) is covered "
            f"by the image ({reach} nm) for 98 % of its response; give an image that reaches "
            "there without gaps, or ask for another sensor"
        )
    if on_partial == "raise" and not usable.all():
        lost = named_shares(np.array(sensor.names)[~usable], coverage[~usable])
        raise CoverageError(
            f"{(~usable).sum()} of the {len(sensor)} bands of {sensor.id} are not covered by the "
            f"image ({reach} nm): {lost}; {100 * LEAST_COVERAGE:.0f} % of the response is "
            "needed: with on_partial 'nan' they are NaN, with 'renormalise' what is covered counts"
        )


def named_shares(names: Sequence[str] | np.ndarray, shares: Sequence[float] | np.ndarray) -> str:
    """Return names of bands with the share of each that is covered, the first of many.

    >>> named_shares(["B8", "B9"], [0.76, 0.0])
    'B8 (76 %), B9 (0 %)'
    """
    told = [f"{name} ({100 * share:.0f} %)" for name, share in zip(names, shares, strict=True)]
    more = f" and {len(told) - MOST_NAMED} more" if len(told) > MOST_NAMED else ""
    return ", ".join(told[:MOST_NAMED]) + more


def _check_choice(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}; choose one of {', '.join(map(repr, allowed))}")
