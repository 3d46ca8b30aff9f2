"""How far the table, and the operator, are from 6S on states that they were not fitted to."""

from dataclasses import replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from emulator_training.atmosphere.averages import band_weights
from emulator_training.atmosphere.optics import Table
from emulator_training.atmosphere.runs import Runs
from emulator_training.atmosphere.settings import NAMES
from physops import Bands

# Nothing is seen through these [nm]: water vapour lets no light through.
SATURATED = ((1340.0, 1450.0), (1790.0, 1970.0))
REFLECTANCES = (0.05, 0.30)
SENSORS = ("sentinel2a_msi", "landsat8_oli")

Report = dict[str, dict[str, float]]


def errors(table: Table, runs: Runs) -> Report:
    """Return root mean square and largest error of each quantity, outside the saturated bands.

    The largest root mean square of a state stands beside.
    """
    got, true = table.optics(runs.settings), runs.optics
    seen = visible(table.wavelength)
    report = {
        name: _error(getattr(got, name), getattr(true, name), seen)
        for name in ("path", "transmittance", "albedo")
    }
    report["path, in the saturated bands"] = _error(got.path, true.path, ~seen)
    for reflectance in REFLECTANCES:
        above, exact = (
            o.path + o.transmittance * reflectance / (1 - o.albedo * reflectance)
            for o in (got, true)
        )
        report[f"toa at {reflectance:.2f}"] = _error(above, exact, seen)
        through = seen & (true.transmittance > 0.2)
        y = (exact - got.path) / got.transmittance
        ground = torch.where(through, y / (1 + got.albedo * y), reflectance)
        report[f"surface at {reflectance:.2f}, where T > 0.2"] = _error(
            ground, torch.full_like(ground, reflectance), through
        )
    return report


def visible(wavelength: Float[Tensor, " wavelength"]) -> Bool[Tensor, " wavelength"]:
    """Return which wavelengths lie outside the saturated bands."""
    outside = torch.ones_like(wavelength, dtype=torch.bool)
    for low, high in SATURATED:
        outside &= (wavelength < low) | (wavelength > high)
    return outside


def band_errors(runs: Runs) -> Report:
    """Return the error of the operator in the bands of sensors, against means over 6S itself.

    The truth couples surface and atmosphere at each wavelength, and then takes the mean over the
    sensor's own response. The surfaces are even ones, and the red edge of a plant, which is steep.
    """
    nm = runs.wavelength
    edge = 0.05 + 0.4 * torch.sigmoid((nm - 715.0) / 15.0)
    surfaces = {f"{r:.2f}": torch.full_like(nm, r) for r in REFLECTANCES} | {"a red edge": edge}
    report = {}
    for sensor in SENSORS:
        own = Bands.of(sensor)
        for what, bands in (("own responses", own), ("Gaussians", replace(own, sensor=None))):
            for surface, x in surfaces.items():
                off = _band_error(runs, own, x, bands)
                report[f"toa of {surface} in bands of {sensor}, {what}"] = off
    return report


def _band_error(
    runs: Runs, own: Bands, x: Float[Tensor, " wavelength"], bands: Bands
) -> dict[str, float]:
    # The operator reads the table that is measured here.
    from emulator_training.shipped.toa import TopOfAtmosphere

    weights = torch.from_numpy(band_weights(own, runs.wavelength.numpy()))
    true = runs.optics
    above = true.path + true.transmittance * x / (1 - true.albedo * x)
    sunlit = weights * runs.irradiance
    exact = above @ (sunlit / sunlit.sum(dim=1, keepdim=True)).T
    settings = dict(zip(NAMES, runs.settings.unbind(-1), strict=True))
    operator = TopOfAtmosphere(bands, **settings)  # type: ignore[arg-type]  # six names of its own
    got = operator((weights @ x).expand(len(runs), -1), band_dim=-1)
    seen = visible(torch.from_numpy(own.wavelength)) & torch.isfinite(got[0])
    return _error(got, exact, seen)


def _error(got: Tensor, true: Tensor, seen: Tensor) -> dict[str, float]:
    counts = seen.expand_as(got)
    off = torch.where(counts, got - true, 0.0)
    squared = off.square().sum(dim=-1)
    worst = (squared / counts.sum(dim=-1).clamp_min(1)).max().sqrt()
    return {
        "rmse": round((squared.sum() / counts.sum()).sqrt().item(), 6),
        "largest rmse of a state": round(worst.item(), 6),
        "largest": round(off.abs().max().item(), 6),
    }
