"""`srf resample` from a scene to its files."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anyband_models.damage.damage import Damage
from anyband_models.errors import REFUSED_PARTS
from anyband_models.files import Stage, staged
from anyband_models.repair.files import hashes, versions
from anyband_models.repair.plan import describe
from anyband_models.scene.formats import check_writable, output_files, source_files, write_scene
from anyband_models.scene.resampling import resample_scene
from anyband_models.scene.scene import Scene
from srf_library import ResponseMatrix, Sensor
from srf_library.resampling import LEAST_COVERAGE, Method, OnPartial


@dataclass(frozen=True, eq=False)
class ResampleResult:
    """What a resampling left behind.

    Attributes:
        matrix: what the scene's bands were multiplied with.
        files: the files written, the manifest last.
    """

    matrix: ResponseMatrix
    files: tuple[Path, ...]

    @property
    def exit_code(self) -> int:
        """0, or the code of a result that lacks bands."""
        return 0 if self.matrix.usable.all() else REFUSED_PARTS

    @property
    def notes(self) -> list[str]:
        """A sentence on the bands that are not there."""
        matrix, needed = self.matrix, f"{100 * LEAST_COVERAGE:.0f} %"
        columns = zip(matrix.sensor.names, matrix.coverage, matrix.usable, strict=True)
        lost = [f"{name} ({100 * share:.0f} %)" for name, share, usable in columns if not usable]
        if not lost:
            return []
        return [f"no data in {', '.join(lost)}: of their response, {needed} must be covered"]

    def rows(self) -> list[tuple[str, ...]]:
        """A line for each band: its name, place, width, coverage and noise gain."""
        matrix = self.matrix
        return [
            (
                band.name,
                f"{band.centroid:.1f}",
                f"{band.fwhm:.1f}",
                f"{100 * share:.1f}",
                f"{gain:.2f}" if usable else "no data",
            )
            for band, share, gain, usable in zip(
                matrix.sensor, matrix.coverage, matrix.noise_gain, matrix.usable, strict=True
            )
        ]


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
    result, matrix = resample_scene(scene, damage.missing, sensor, method, on_partial)
    check_writable(result, output)
    with staged(overwrite) as stage:
        write_scene(result, output, stage)
        told = summary(scene, damage, matrix, on_partial) | {"sha256": hashes(stage.pending)}
        text = json.dumps(told, indent=2, allow_nan=False, ensure_ascii=False)
        files = tuple(stage.pending)
        stage(manifest).write_text(text + "\n", encoding="utf-8")
    return ResampleResult(matrix, (*files, manifest))


def summary(
    scene: Scene, damage: Damage, matrix: ResponseMatrix, on_partial: OnPartial
) -> dict[str, Any]:
    """Return what was done, as numbers and words that JSON can hold."""
    sensor, source = matrix.sensor, matrix.sensor.provenance
    return {
        "scene": scene.meta.path,
        "quantity": scene.meta.quantity.value,
        "damage": describe(damage),
        "bands_used": len(scene.wavelength) - len(damage.empty_bands),
        "sensor": sensor.id,
        "title": sensor.title,
        "responses": {
            "kind": sensor.kind,
            "quality": sensor.quality,
            "document": source.document,
            "version": source.version,
            "package": source.package,
        },
        "method": matrix.method,
        "on_partial": on_partial,
        "bands": [
            {
                "name": band.name,
                "centroid_nm": band.centroid,
                "fwhm_nm": band.fwhm,
                "coverage": float(share),
                "noise_gain": float(gain) if usable else None,
            }
            for band, share, gain, usable in zip(
                sensor, matrix.coverage, matrix.noise_gain, matrix.usable, strict=True
            )
        ],
        "versions": versions(),
    }
