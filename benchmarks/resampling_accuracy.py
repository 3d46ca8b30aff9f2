"""How far resampled bands are from the truth, against SPy's `BandResampler`.

Spectra of canopy, soil and water, leaves, soils, minerals and roofs (1 nm, 400-2450 nm) are seen
by an imaging spectrometer with Gaussian bands, and its bands are resampled to each measured
sensor of the library. Truth is the response's integral over the fine spectrum. Both are given the
spectrometer's centres and widths; SPy takes the target bands as Gaussians.

A pair of spectrometer and sensor counts where the mean absolute error of either is 1e-4 or more.
The scenes' centres and widths, and the spectra, are those of the shared data.
"""

import csv
import os
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float
from spectral import BandResampler

import srf_library
from benchmarks.ratio import Ratio
from srf_library import CoverageError, Sensor, response_matrix

NM = np.arange(400.0, 2451.0)
NEGLIGIBLE = 1e-4
Grid = tuple[np.ndarray, np.ndarray]
Spectra = Float[np.ndarray, "spectrum band"]
Errors = tuple[float, float]


def measure() -> dict[str, Ratio]:
    """Return, for each spectrometer, our error over SPy's on its worst sensor."""
    spectra = measured_spectra()
    sensors = [srf_library.get(id_) for id_ in srf_library.list(kind="measured")]
    found, lost, bands = {}, 0, 0
    for name, grid in grids().items():
        seen_by, errors = observed(spectra, *grid), {}
        for sensor in sensors:
            counts = _seen(sensor, grid)
            ours, theirs = _ours(sensor, grid, seen_by), _spy(sensor, grid, seen_by)
            lost += int(np.isnan(ours[:, counts]).any(axis=0).sum())
            bands += int(counts.sum())
            if counts.any():
                errors[sensor.id] = _errors(ours, theirs, truth(sensor, spectra), counts)
        found[name] = _worst(errors)
    gone = f"{lost} of the {bands} bands that the spectrometers see"
    found["bands lost"] = Ratio(value=lost / bands, goal=0, better="lower", detail=gone)
    return found


def truth(sensor: Sensor, spectra: Spectra) -> Spectra:
    """Return the means of fine spectra over each response, as plain sums over nanometres."""
    responses = np.array([band.profile(NM) for band in sensor])
    return spectra @ (responses / np.maximum(responses.sum(axis=1, keepdims=True), 1e-9)).T


def _ours(sensor: Sensor, grid: Grid, seen_by: Spectra) -> Spectra:
    try:
        return response_matrix(sensor, *grid)(seen_by)
    except CoverageError:
        return np.full((len(seen_by), len(sensor)), np.nan)


def _spy(sensor: Sensor, grid: Grid, seen_by: Spectra) -> Spectra:
    (centres, widths), bands = grid, list(sensor)
    targets = (np.array([getattr(b, name) for b in bands]) for name in ("centroid", "fwhm"))
    centroids, target_widths = targets
    return seen_by @ BandResampler(centres, centroids, widths, target_widths).matrix.T


def _seen(sensor: Sensor, grid: Grid) -> Bool[np.ndarray, " band"]:
    """Tell of which bands a spectrometer sees 98 % of the response.

    It sees what lies between the half maxima of a band, or between bands less than 30 nm apart.
    Bands that the fine spectra do not cover do not count.
    """
    centres, widths = grid
    nm = np.arange(300.0, 2700.0, 0.5)
    left, right = np.sort(centres)[:-1], np.sort(centres)[1:]
    between = (nm[:, np.newaxis] >= left) & (nm[:, np.newaxis] <= right) & (right - left < 30)
    near = np.abs(nm[:, np.newaxis] - centres) <= widths / 2
    seen = (between.any(axis=1) | near.any(axis=1)) & (nm >= NM[0]) & (nm <= NM[-1])
    responses = np.array([band.profile(nm) for band in sensor])
    return responses[:, seen].sum(axis=1) >= 0.98 * responses.sum(axis=1)


def _errors(
    ours: Spectra, theirs: Spectra, expected: Spectra, counts: Bool[np.ndarray, " band"]
) -> Errors:
    """Return the mean absolute error of ours and of SPy's over the bands that count."""
    ours_off, theirs_off = (np.abs(got - expected)[:, counts] for got in (ours, theirs))
    return float(np.nanmean(ours_off)), float(np.nanmean(theirs_off))


def _worst(errors: dict[str, Errors]) -> Ratio:
    """Return the largest ratio of the pairs that count."""
    counting = {id_: pair for id_, pair in errors.items() if max(pair) >= NEGLIGIBLE}
    worst = max(counting, key=lambda id_: counting[id_][0] / counting[id_][1])
    ours, theirs = (1e4 * error for error in counting[worst])
    means = 1e4 * np.mean(list(errors.values()), axis=0)
    detail = (
        f"worst of {len(counting)} sensors: {worst}, {ours:.2f}e-4 against {theirs:.2f}e-4; "
        f"mean of all {len(errors)}: {means[0]:.2f}e-4 against {means[1]:.2f}e-4"
    )
    return Ratio(value=ours / theirs, goal=0.5, better="lower", detail=detail)


def measured_spectra() -> Float[np.ndarray, "spectrum wavelength"]:
    """Return the spectra, one kind after the other; none with a missing value."""
    sensors, libraries = _data() / "sensors", _data() / "libraries"
    with np.load(sensors / "test_spectra.npz") as file:
        kinds = [[np.interp(NM, file["wl"], file[name]) for name in ("veg", "soil", "water")]]
    for name, key, step in (
        ("leaf_angers", "reflectance", 12),
        ("soil_ossl_prosail", "spectra", 3),
        ("usgs_splib07_77_1nm", "spectra", 1),
        ("klum_urban", "spectra", 6),
    ):
        with np.load(libraries / f"{name}.npz") as file:
            kinds.append([np.interp(NM, file["wavelength_nm"], row) for row in file[key][::step]])
    spectra = np.array([spectrum for kind in kinds for spectrum in kind])
    return spectra[np.isfinite(spectra).all(axis=1)]


def grids() -> dict[str, Grid]:
    """Return centres and widths [nm] of the spectrometers."""
    rng = np.random.default_rng(0)
    irregular = 412 + np.cumsum(rng.uniform(5, 25, 140))
    irregular = irregular[irregular < NM[-1] - 30]
    rosis = np.linspace(430, 860, 103)
    found = {
        "ROSIS": (rosis, np.full(103, rosis[1] - rosis[0])),
        "irregular, 5-25 nm": (irregular, np.gradient(irregular)),
    }
    with (_data() / "sensors/expected_hyperspectral_grids.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for sensor in ("enmap", "prisma", "hyperion", "emit", "desis"):
        table = [row for row in rows if row["sensor"] == sensor]
        centres, widths = (
            np.array([float(row[key]) for row in table]) for key in ("centre_nm", "fwhm_nm")
        )
        seen = (centres - 2 * widths > NM[0]) & (centres + 2 * widths < NM[-1])
        found[sensor] = (centres[seen], widths[seen])
    return found


def observed(
    spectra: np.ndarray, centres: np.ndarray, widths: np.ndarray
) -> Float[np.ndarray, "spectrum band"]:
    """Return what Gaussian bands see of the spectra."""
    std = widths[:, np.newaxis] / np.sqrt(8 * np.log(2))
    response = np.exp(-0.5 * ((NM - centres[:, np.newaxis]) / std) ** 2)
    return spectra @ (response / response.sum(axis=1, keepdims=True)).T


def _data() -> Path:
    folder = Path(os.environ.get("ANYBAND_DATA", "../shared/data"))
    if not folder.is_dir():
        raise SystemExit(f"{folder} is not there; set ANYBAND_DATA to the folder of shared data")
    return folder
