"""`physops compute` from a scene to its files."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float32

import physops
from anyband_models.errors import REFUSED_PARTS, ModelError
from anyband_models.files import Stage, staged
from anyband_models.jobs.index_cards import plugin_fault
from anyband_models.jobs.index_job import IN_WORDS, IndexJob
from anyband_models.repair.files import hashes, versions
from anyband_models.repair.plan import describe
from anyband_models.scene.formats import check_writable, output_files, source_files, write_scene
from anyband_models.scene.meta import Quantity, SceneMeta
from anyband_models.scene.scene import Scene, make_scene
from physops import PhysopsError

# Pixels at a time: a copy of their spectra stays within some 50 MB for 200 bands.
CHUNK = 50_000
SAMPLE = 1_000_000  # pixels; as many settle a percentile


@dataclass(frozen=True, eq=False)
class IndexResult:
    """What a computation left behind.

    Attributes:
        job: what was to be done.
        values: the indices; NaN where they have no value.
        files: the files written, the manifest last.
    """

    job: IndexJob
    values: Float32[np.ndarray, "index y x"]
    files: tuple[Path, ...] = ()

    @property
    def exit_code(self) -> int:
        """0, or the code of a result in which an index has no value anywhere."""
        return REFUSED_PARTS if any(not known for known, _ in self.statistics) else 0

    @cached_property
    def statistics(self) -> list[tuple[float, list[float]]]:
        """Of each index, the share of pixels with a value, and its 1st, 50th, 99th percentile."""
        found = []
        for image in self.values:
            known = image[np.isfinite(image)]
            thinned = known[:: 1 + known.size // SAMPLE]
            spread = np.percentile(thinned, (1, 50, 99)).tolist() if known.size else []
            found.append((known.size / image.size, spread))
        return found

    @property
    def notes(self) -> list[str]:
        """What to know of the result, a sentence each."""
        notes, quantity = [], self.job.scene.meta.quantity
        if quantity is not Quantity.REFLECTANCE:
            notes.append(
                f"computed from {IN_WORDS[quantity]}, not from reflectance: such values differ "
                "from those of the field, and from scene to scene"
            )
        for spec, (known, _) in zip(self.job.specs, self.statistics, strict=True):
            if not known:
                notes.append(f"{spec.name} has no value in any pixel")
        return notes

    def rows(self) -> list[tuple[str, ...]]:
        """Each index, its bands and its values, for a table."""
        rows = []
        for spec, (known, spread) in zip(self.job.specs, self.statistics, strict=True):
            numbers = [f"{number:.4g}" for number in spread] or ["none"] * 3
            rows.append((spec.name, self.job.band_words(spec), *numbers, f"{100 * known:.1f}"))
        return rows

    def summary(self, fill: float) -> dict[str, Any]:
        """What was done, as numbers and words that JSON can hold."""
        scene, sensor = self.job.scene, self.job.sensor
        return {
            "scene": scene.meta.path,
            "quantity": scene.meta.quantity.value,
            "scale": scene.meta.scale[0],
            "offset": scene.meta.offset[0],
            "damage": describe(self.job.damage),
            "sensor": sensor.id if sensor else None,
            "no_data": None if np.isnan(fill) else fill,
            "indices": [
                told | {"known": known, "percentiles_1_50_99": spread}
                for told, (known, spread) in zip(self.job.indices, self.statistics, strict=True)
            ],
            "notes": self.notes,
            "versions": versions(),
        }


def compute(job: IndexJob) -> Float32[np.ndarray, "index y x"]:
    """Return the indices of a scene; NaN where they have no value.

    Those of the library are computed together, some lines of the image at a time; a plugin, which
    may look at a pixel's neighbours, gets the image whole.

    Raises:
        ModelError: if a plugin fails, or does not return an image.
    """
    _, rows, columns = job.scene.stored.shape
    result = np.empty((len(job.specs), rows, columns), dtype=np.float32)
    own = [number for number, spec in enumerate(job.specs) if spec.name not in job.plugins]
    if own:
        names = [job.specs[number].name for number in own]
        # The scene's own check has been passed, and knows spikes from a scale.
        constants: dict[str, Any] = dict(job.constants)
        operator = physops.indices(names, bands=job.bands, check=False, **constants)
        step = max(1, CHUNK // columns)
        for start in range(0, rows, step):
            lines = slice(start, start + step)
            with torch.no_grad():
                result[own, lines] = operator(_sound(job, lines)).numpy()
    for number, spec in enumerate(job.specs):
        if number not in own:
            result[number] = _of_plugin(spec.name, job)
    result[~np.isfinite(result)] = np.nan
    return result


def _sound(job: IndexJob, lines: slice) -> torch.Tensor:
    """Return the values of some lines, with NaN for what is not to be used."""
    missing = job.damage.missing[:, lines]
    return torch.from_numpy(np.where(missing, np.float32("nan"), job.scene.values[:, lines]))


def _of_plugin(name: str, job: IndexJob) -> Float[np.ndarray, "y x"]:
    try:
        with torch.no_grad():
            value = job.plugins[name](_sound(job, slice(None)))
            shape, image = tuple(value.shape), value.numpy()
    except PhysopsError:
        raise
    except Exception as error:
        raise ModelError(plugin_fault(name, error)) from error
    grid = job.scene.stored.shape[1:]
    if shape != grid:
        raise ModelError(
            f"{name}, which a plugin offers, gives the shape {shape} on a grid of "
            f"{grid}; an index has one value a pixel"
        )
    return image


def run_indices(
    job: IndexJob,
    output: Path,
    fill: float = np.nan,
    overwrite: bool = False,
    inputs: Sequence[Path] = (),
) -> IndexResult:
    """Compute indices and write their image and its manifest: both, or none.

    Args:
        job: what is to be computed.
        output: where the image goes.
        fill: what stands for no data in it.
        overwrite: whether files that are there may be replaced.
        inputs: files read beside the scene; never replaced.

    Raises:
        UsageError, InputError: if the files may not be written.
        ModelError: if a plugin fails.
        ResourceError: if the disk is full.
    """
    manifest = check_output(job.scene, output, overwrite, inputs)
    result = IndexResult(job, compute(job))
    image = make_scene(
        _filled(result.values, fill), _meta(job, fill), np.full(len(job.specs), np.nan)
    )
    check_writable(image, output)
    read = [*source_files(job.scene), *inputs]
    with staged(overwrite) as stage:
        write_scene(image, output, stage)
        told = result.summary(fill) | {
            "sha256": hashes(stage.pending),
            "sha256_of_inputs": hashes({path: path for path in read}),
        }
        text = json.dumps(told, indent=2, allow_nan=False, ensure_ascii=False)
        images = tuple(stage.pending)
        stage(manifest).write_text(text + "\n", encoding="utf-8")
    return IndexResult(job, result.values, (*images, manifest))


def check_output(scene: Scene, output: Path, overwrite: bool, inputs: Sequence[Path]) -> Path:
    """See that the files may be written, and return where the manifest goes.

    Raises:
        UsageError, InputError: if they may not.
    """
    manifest = output.with_name(f"{output.name}.json")
    Stage(overwrite).check([*output_files(output), manifest], [*source_files(scene), *inputs])
    return manifest


def _filled(
    values: Float32[np.ndarray, "index y x"], fill: float
) -> Float32[np.ndarray, "index y x"]:
    if np.isnan(fill):
        return values
    held = np.float32(fill)
    # A value that would read as no data is moved to its neighbour, for it is one.
    apart = np.where(values == held, np.nextafter(held, np.float32(np.inf)), values)
    return np.where(np.isnan(values), held, apart)


def _meta(job: IndexJob, fill: float) -> SceneMeta:
    count = len(job.specs)
    return SceneMeta(
        scale=(1.0,) * count,
        offset=(0.0,) * count,
        nodata=float(np.float32(fill)),
        band_names=tuple(spec.name for spec in job.specs),
        crs=job.scene.meta.crs,
        transform=job.scene.meta.transform,
    )
