"""Find the damage of a real scene: what its file declares, what the user says, what it hides."""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Bool

from anyband_models.damage.damage import Damage, Finding
from anyband_models.scene.scene import Scene

# Fill values that files use without declaring them, as stored.
INTEGER_FILLS = (-9999, -32768)
# EMIT's water-vapour bands hold exactly this reflectance, and nothing else; an entry here and
# there that does may be a measurement.
WATER_BAND_FILL = -0.01


def detect(
    scene: Scene,
    bad_bands: Sequence[int] = (),
    mask: Bool[np.ndarray, "band y x"] | None = None,
    window: bool = False,
) -> Damage:
    """Find what is missing or must not be trusted.

    Args:
        scene: as it was read.
        bad_bands: bands that the user calls bad; indices from 0.
        mask: True = missing, by the user's mask file.
        window: whether it is a part of a scene, where a band that holds one number everywhere says
            nothing of the band: see `detect` of the whole, or of a sample of it.
    """
    missing = np.zeros(scene.stored.shape, dtype=bool)
    findings = []
    for cause, where in _causes(scene, bad_bands, mask, missing, window):
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
    window: bool,
) -> Iterator[tuple[str, Bool[np.ndarray, "band y x"]]]:
    yield "no data", np.isnan(scene.values)
    yield "marked bad by the file", _whole_bands(scene, np.flatnonzero(~scene.good))
    yield "named bad by the user", _whole_bands(scene, bad_bands)
    if mask is not None:
        yield "marked by the mask file", mask
    for fill in INTEGER_FILLS:
        if fill != scene.meta.nodata:
            yield f"undeclared fill value {fill}", _equal(scene.stored, fill)
    # Last, for these look at what no other cause has taken: ``missing`` grows as they are yielded.
    if scene.stored.dtype.kind == "f" and not window:
        water = _equal(scene.stored, WATER_BAND_FILL)
        yield f"undeclared fill value {WATER_BAND_FILL}", _wholly(water, missing, (1, 2))
    zero = scene.stored == 0
    if scene.meta.nodata is None:  # where a file has a no-data value, a black pixel is black
        yield "zero in every band", _wholly(zero, missing, 0)
    if not window:
        yield "zero in every pixel", _wholly(zero, missing, (1, 2))


def _wholly(
    fill: Bool[np.ndarray, "band y x"],
    missing: Bool[np.ndarray, "band y x"],
    axes: int | tuple[int, ...],
) -> Bool[np.ndarray, "band y x"]:
    """Return the entries of the lines along ``axes`` that hold a fill and nothing else.

    A line of a single entry says nothing: there a fill looks like any measurement.
    """
    several = np.count_nonzero(~missing, axis=axes, keepdims=True) > 1
    return (fill | missing).all(axis=axes, keepdims=True) & several & ~missing


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
