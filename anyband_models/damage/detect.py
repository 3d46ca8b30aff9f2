"""Find the damage of a real scene: what its file declares, what the user says, what it hides."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Bool

from anyband_models.damage.damage import Damage, Finding
from anyband_models.scene.scene import Scene

# Fill values that files use without declaring them, as stored.
INTEGER_FILLS = (-9999, -32768)
# EMIT's water-vapour bands hold exactly this reflectance; as an integer it may be a measurement.
FLOAT_FILLS = (*INTEGER_FILLS, -0.01)


def detect(
    scene: Scene,
    bad_bands: Sequence[int] = (),
    mask: Bool[np.ndarray, "band y x"] | None = None,
) -> Damage:
    """Find what is missing or must not be trusted.

    Args:
        scene: as it was read.
        bad_bands: bands that the user calls bad; indices from 0.
        mask: True = missing, by the user's mask file.
    """
    missing = np.zeros(scene.stored.shape, dtype=bool)
    findings = []
    for cause, where in _causes(scene, bad_bands, mask, missing):
        if where.any():
            touched = np.flatnonzero(where.any(axis=(1, 2))).tolist()
            findings.append(Finding(cause, tuple(touched), int(np.count_nonzero(where))))
            missing |= where
    return Damage(missing, tuple(findings))


def _causes(
    scene: Scene,
    bad_bands: Sequence[int],
    mask: Bool[np.ndarray, "band y x"] | None,
    missing: Bool[np.ndarray, "band y x"],
) -> Iterator[tuple[str, Bool[np.ndarray, "band y x"]]]:
    yield "no data", np.isnan(scene.values)
    yield "marked bad by the file", _whole_bands(scene, np.flatnonzero(~scene.good))
    yield "named bad by the user", _whole_bands(scene, bad_bands)
    if mask is not None:
        yield "marked by the mask file", mask
    for fill in INTEGER_FILLS if scene.stored.dtype.kind in "iu" else FLOAT_FILLS:
        if not math.isclose(fill, scene.meta.nodata or 0, rel_tol=1e-6):  # -0.01 is no float32
            yield f"undeclared fill value {fill}", _equal(scene.stored, fill)
    if scene.meta.nodata != 0:
        yield "zero in every band", np.broadcast_to(~scene.stored.any(axis=0), scene.stored.shape)
    # Last, for it counts what no other cause has taken: ``missing`` grows as these are yielded.
    yield "zero in every pixel", _zero_bands(scene, missing)


def _whole_bands(scene: Scene, bands: Sequence[int] | np.ndarray) -> Bool[np.ndarray, "band y x"]:
    where = np.zeros(scene.stored.shape, dtype=bool)
    where[list(bands)] = True
    return where


def _equal(stored: np.ndarray, fill: float) -> Bool[np.ndarray, "band y x"]:
    if (
        stored.dtype.kind in "iu"
        and not np.iinfo(stored.dtype).min <= fill <= np.iinfo(stored.dtype).max
    ):
        return np.zeros(stored.shape, dtype=bool)
    return stored == np.asarray(fill).astype(stored.dtype)


def _zero_bands(
    scene: Scene, missing: Bool[np.ndarray, "band y x"]
) -> Bool[np.ndarray, "band y x"]:
    """Return the entries of the bands that hold nothing but zeros where they hold anything."""
    holds = ~missing
    nonzero = ((scene.stored != 0) & holds).any(axis=(1, 2), keepdims=True)
    return holds & ~nonzero
