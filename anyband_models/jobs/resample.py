"""`srf resample` from a scene to its files."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool

from anyband_models.damage.damage import Damage
from anyband_models.errors import REFUSED_PARTS
from anyband_models.files import Stage, staged
from anyband_models.repair.files import hashes, versions
from anyband_models.repair.plan import describe
from anyband_models.scene.formats import check_writable, output_files, source_files, write_scene
from anyband_models.scene.resampling import resample_scene
from anyband_models.scene.scene import Scene
from srf_library import ResponseMatrix, Sensor
from srf_library.resampling import LEAST_COVERAGE, Method, OnPartial, named_shares


@dataclass(frozen=True, eq=False)
class ResampleResult:
    """What a resampling left behind.

    Attributes:
        scene: as it was read.
        damage: what of it was not used.
        matrix: what its bands were multiplied with.
        files: the files written, the manifest last.
    """

    scene: Scene
    damage: Damage
    matrix: ResponseMatrix
    files: tuple[Path, ...] = ()

    @property
    def exit_code(self) -> int:
        """0, or the code of a result that lacks bands."""
        return 0 if self.matrix.usable.all() else REFUSED_PARTS

    @property
    def notes(self) -> list[str]:
        """What to know of the result, a sentence each."""
        matrix, needed = self.matrix, f"{100 * LEAST_COVERAGE:.0f} %"
        lost, partial = ~matrix.usable, matrix.usable & (matrix.coverage < LEAST_COVERAGE)
        notes = []
        if not self._used_widths.any():
            notes.append(
                "the scene gives no band widths, and its bands are taken for points; --fwhm states "
                "them"
            )
        if lost.any():
            notes.append(f"no data in {self._shares(lost)}: {needed} of a response must be covered")
        if partial.any():
            notes.append(f"taken from what is covered of their response: {self._shares(partial)}")
        there = zip(matrix.sensor, matrix.usable, strict=True)
        finer = sum(
            usable and band.fwhm < self._width_near(band.centroid) for band, usable in there
        )
        if finer:
            notes.append(
                f"{finer} bands are narrower than the scene's own there: what they show is "
                "interpolated"
            )
        return notes

    def _shares(self, chosen: Bool[np.ndarray, " band"]) -> str:
        names = np.array(self.matrix.sensor.names)
        return named_shares(names[chosen], self.matrix.coverage[chosen])

    @property
    def _used_widths(self) -> Bool[np.ndarray, " band"]:
        return np.isfinite(self.scene.fwhm) & ~self.damage.missing.all(axis=(1, 2))

    def _width_near(self, nm: float) -> float:
        """Return the width of the scene's band nearest to a place [nm]; 0 if it is not known."""
        nearest = int(np.argmin(np.abs(self.scene.wavelength - nm)))
        return float(np.nan_to_num(self.scene.fwhm[nearest], nan=0.0))

    @property
    def bands(self) -> list[dict[str, Any]]:
        """Each band's name, place, width, coverage and noise gain, for JSON."""
        matrix = self.matrix
        return [
            {
                "name": band.name,
                "centroid_nm": band.centroid,
                "fwhm_nm": band.fwhm,
                "coverage": float(share),
                "noise_gain": float(gain) if np.isfinite(gain) else None,
            }
            for band, share, gain in zip(
                matrix.sensor, matrix.coverage, matrix.noise_gain, strict=True
            )
        ]

    def rows(self) -> list[tuple[str, ...]]:
        """The same for a table."""
        return [
            (
                band["name"],
                f"{band['centroid_nm']:.1f}",
                f"{band['fwhm_nm']:.1f}",
                f"{100 * band['coverage']:.1f}",
                "no data" if band["noise_gain"] is None else f"{band['noise_gain']:.2f}",
            )
            for band in self.bands
        ]

    def summary(self, on_partial: OnPartial) -> dict[str, Any]:
        """What was done, as numbers and words that JSON can hold."""
        scene, sensor, source = self.scene, self.matrix.sensor, self.matrix.sensor.provenance
        return {
            "scene": scene.meta.path,
            "quantity": scene.meta.quantity.value,
            "scale": scene.meta.scale[0],
            "offset": scene.meta.offset[0],
            "damage": describe(self.damage),
            "bands_used": len(scene.wavelength) - len(self.damage.empty_bands),
            "widths_known": int(self._used_widths.sum()),
            "sensor": sensor.id,
            "title": sensor.title,
            "responses": {
                "kind": sensor.kind,
                "quality": sensor.quality,
                "document": source.document,
                "version": source.version,
                "package": source.package,
            },
            "method": self.matrix.method,
            "on_partial": on_partial,
            "bands": self.bands,
            "notes": self.notes,
            "versions": versions(),
        }


def run_resample(
    scene: Scene,
    damage: Damage,
    sensor: Sensor,
    output: Path,
    method: Method = "integral-cubic",
    on_partial: OnPartial = "nan",
    overwrite: bool = False,
    inputs: Sequence[Path] = (),
) -> ResampleResult:
    """Resample a scene to a sensor and write the cube and its manifest: both, or none.

    Args:
        scene: as it was read.
        damage: what of it is not to be used.
        sensor: whose bands are to come out.
        output: where the cube goes.
        method: how a spectrum runs between the scene's bands.
        on_partial: what to do with bands that the scene does not cover.
        overwrite: whether files that are there may be replaced.
        inputs: files read beside the scene; never replaced.

    Raises:
        UsageError, InputError: if the files may not be written, or the scene holds no data.
        CoverageError: if the scene covers no band of the sensor.
        ResourceError: if the disk is full.
    """
    manifest = output.with_name(f"{output.name}.json")
    Stage(overwrite).check([*output_files(output), manifest], [*source_files(scene), *inputs])
    cube, matrix = resample_scene(scene, damage.missing, sensor, method, on_partial)
    check_writable(cube, output)
    result = ResampleResult(scene, damage, matrix)
    with staged(overwrite) as stage:
        write_scene(cube, output, stage)
        told = result.summary(on_partial) | {"sha256": hashes(stage.pending)}
        text = json.dumps(told, indent=2, allow_nan=False, ensure_ascii=False)
        images = tuple(stage.pending)
        stage(manifest).write_text(text + "\n", encoding="utf-8")
    return ResampleResult(scene, damage, matrix, (*images, manifest))
