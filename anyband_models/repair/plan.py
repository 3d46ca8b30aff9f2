"""What a repair would do, and what it would take, before anything is done."""

import time
from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel

from anyband_models.damage.damage import Damage
from anyband_models.models.contract import Caution, Observation, Reconstruction
from anyband_models.models.interpolation import BLOCK_PIXELS
from anyband_models.models.support import gather
from anyband_models.repair.config import RepairConfig
from anyband_models.repair.pipeline import model_for, observe
from anyband_models.scene.pixels import as_pixels
from anyband_models.scene.scene import Scene

# Working arrays of a repair, in bytes an entry beside the stored numbers: values, mean, standard
# deviation and their temporaries in float32, masks and layers in single bytes.
BYTES_AN_ENTRY = 4 + 4 + 4 + 6
# What the model itself takes: its blocks of pixels, and the spectra that it learns from.
BYTES_A_BLOCK_ENTRY = 150
# What `anyband` takes besides: what its network is shown, and what that makes of a tile, whose rows
# and columns are these, and those that they depend on.
BYTES_SHOWN, BYTES_A_TILE_ENTRY = 60, 750
TILE, AROUND = 64, 12
SAMPLED_PIXELS = 4096
# What a file holds beside its pixels: five files, each with its header and a few tags a band.
FILES, BYTES_A_HEADER, BYTES_A_BAND = 5, 4096, 1024
# The smaller copies in a cloud-optimized GeoTIFF: a quarter, a sixteenth, ...
WITH_OVERVIEWS = 4 / 3


class Plan(BaseModel, frozen=True, extra="forbid"):
    """A repair that has not been done.

    Attributes:
        scene: path of the scene.
        bands, rows, columns: of the scene.
        dtype: stored type.
        quantity: what the values are.
        scale, offset: of the first band; value = stored x scale + offset.
        wavelength_nm: the least and the greatest band centre [nm].
        model: that would fill it.
        missing_bands: bands without a good entry, numbered from 1.
        missing_entries: entries that would be filled.
        nodata_pixels: pixels that would stay no data.
        complete_pixels: pixels that a statistical model could learn from.
        findings: what is damaged, a sentence each.
        memory_bytes: peak working memory [B].
        seconds: estimated by repairing a sample of the pixels [s].
        fallback_share: of the entries to fill, those that linear interpolation would answer
            because the model has too little to learn from; from the same sample [1].
        long_gap_share: of the entries to fill, those in a long gap; from the same sample [1].
        disk_bytes: largest size of the files, as if nothing could be compressed [B].
    """

    scene: str
    bands: int
    rows: int
    columns: int
    dtype: str
    quantity: str
    scale: float
    offset: float
    wavelength_nm: tuple[float, float]
    model: str
    missing_bands: tuple[int, ...]
    missing_entries: int
    nodata_pixels: int
    complete_pixels: int
    findings: tuple[str, ...]
    memory_bytes: int
    seconds: float
    fallback_share: float
    long_gap_share: float
    disk_bytes: int


def make_plan(scene: Scene, damage: Damage, config: RepairConfig) -> Plan:
    """Look, measure on a sample, and change nothing.

    Raises:
        InputError: if the scene has no usable value.
        ModelError: if the model cannot serve the scene.
    """
    observation = observe(scene, damage)
    bands, rows, columns = scene.stored.shape
    wanted = damage.missing & ~damage.empty_pixels
    seconds, trial = _trial(scene, observation, config)
    return Plan(
        scene=scene.meta.path,
        bands=bands,
        rows=rows,
        columns=columns,
        dtype=scene.meta.dtype,
        quantity=scene.meta.quantity.value,
        scale=scene.meta.scale[0],
        offset=scene.meta.offset[0],
        wavelength_nm=(float(scene.wavelength.min()), float(scene.wavelength.max())),
        model=config.model,
        missing_bands=tuple(band + 1 for band in damage.empty_bands),
        missing_entries=int(wanted.sum()),
        nodata_pixels=int(damage.empty_pixels.sum()),
        complete_pixels=len(gather(observation, least=1, most=rows * columns)),
        findings=tuple(describe(damage)),
        memory_bytes=memory_needed(scene, config),
        seconds=seconds,
        fallback_share=_share(trial, Caution.FALLBACK),
        long_gap_share=_share(trial, Caution.LONG_GAP),
        disk_bytes=disk_needed(scene),
    )


def describe(damage: Damage) -> list[str]:
    """Return the findings in words, bands numbered from 1."""
    return [
        f"{finding.cause}: {'band' if len(finding.bands) == 1 else 'bands'} "
        f"{runs([band + 1 for band in finding.bands])} ({finding.entries:,} entries)"
        for finding in damage.findings
    ]


def runs(numbers: Sequence[int]) -> str:
    """Return ascending numbers with runs of them drawn together.

    >>> runs([1, 2, 3, 7])
    '1-3, 7'
    """
    there = set(numbers)
    starts = [number for number in numbers if number - 1 not in there]
    ends = [number for number in numbers if number + 1 not in there]
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True))


def memory_needed(scene: Scene, config: RepairConfig) -> int:
    """Return the peak working memory of a repair [B]."""
    bands, rows, columns = scene.stored.shape
    an_entry = BYTES_AN_ENTRY + (4 + 8) * config.samples  # a sample, and the noise it is made from
    block = bands * min(rows * columns, BLOCK_PIXELS) * BYTES_A_BLOCK_ENTRY
    network = 0
    if config.model == "anyband":
        side = int(config.settings.get("tile", TILE)) + AROUND
        network = scene.stored.size * BYTES_SHOWN
        network += bands * min(rows, side) * min(columns, side) * BYTES_A_TILE_ENTRY
    return scene.stored.nbytes + scene.stored.size * an_entry + block + network


def disk_needed(scene: Scene) -> int:
    """Return the largest size of a repair's files, the report aside [B]."""
    bands, rows, columns = scene.stored.shape
    height, width = scene.meta.layout.get("block", (1, 1))  # what a source's tiles are padded to
    padded = -(-rows // height) * height * -(-columns // width) * width
    cube = bands * padded * scene.stored.itemsize * WITH_OVERVIEWS
    layers = scene.stored.size * (4 + 1 + 1)
    beside = FILES * (BYTES_A_HEADER + bands * BYTES_A_BAND) + 2 * len(str(scene.meta.extra))
    return round(1.01 * (cube + layers)) + beside  # deflate may add a little to pure noise


def _trial(
    scene: Scene, observation: Observation, config: RepairConfig
) -> tuple[float, Reconstruction]:
    """Repair a sample of the pixels; return the time that all would take [s], and the result."""
    pixels = observation.mask[0].size
    step = max(1, pixels // SAMPLED_PIXELS)
    sample = Observation(
        np.ascontiguousarray(as_pixels(observation.values)[:, ::step, np.newaxis]),
        np.ascontiguousarray(as_pixels(observation.mask)[:, ::step, np.newaxis]),
        observation.bands,
        quantity=observation.quantity,
    )
    start = time.perf_counter()
    result = model_for(scene, config).reconstruct(sample, config.samples, config.seed)
    return (time.perf_counter() - start) * pixels / sample.mask[0].size, result


def _share(trial: Reconstruction, flag: Caution) -> float:
    flagged = np.count_nonzero(trial.caution[trial.repaired] & np.uint8(flag))
    return float(flagged) / max(int(np.count_nonzero(trial.repaired)), 1)
