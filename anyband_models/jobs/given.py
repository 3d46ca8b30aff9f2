"""What samples start from, and what they become: bands of a scene, or nothing at all."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float32

from anyband_models.damage.detect import detect
from anyband_models.diffusion.spec import ModelSpec
from anyband_models.errors import InputError, ScaleError, UsageError
from anyband_models.jobs.band_choice import BandChoice, choose_bands
from anyband_models.models.anyband_diff import check_bands
from anyband_models.scene.meta import Quantity, SceneMeta
from anyband_models.scene.resampling import resample_scene
from anyband_models.scene.scene import Scene, make_scene

Cube = Float32[np.ndarray, "band y x"]


@dataclass(frozen=True, eq=False)
class Given:
    """What is known of an image that is to be made.

    Attributes:
        spec: of the model.
        values: of the model's bands [the scenes' unit]; anything where not given.
        mask: True = given.
        empty: pixels that hold no data and get none.
        written: the bands that samples are written in.
        scene: that the values are of, if there is one.
    """

    spec: ModelSpec
    values: Cube
    mask: Bool[np.ndarray, "band y x"]
    empty: Bool[np.ndarray, "y x"]
    written: BandChoice
    scene: Scene | None = None

    @classmethod
    def nothing(cls, spec: ModelSpec, size: tuple[int, int], bands: str) -> "Given":
        """Return that nothing is known, and which bands are to be made.

        Raises:
            UsageError, SrfError, PhysopsError: as `choose_bands` does.
        """
        shape = (len(spec.wavelength), *size)
        values, mask = np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=bool)
        return cls(spec, values, mask, np.zeros(size, dtype=bool), choose_bands(bands, spec.bands))

    @classmethod
    def of(cls, spec: ModelSpec, scene: Scene, bands: str) -> "Given":
        """Return that some bands of a scene are known.

        Raises:
            ModelError: if the scene has other bands than the model.
            ScaleError: if its values are something else.
            InputError: if none of what is to be given is sound.
            UsageError, SrfError, PhysopsError: as `choose_bands` does.
        """
        check_bands(np.asarray(spec.wavelength), scene.wavelength)
        if scene.meta.quantity != spec.quantity:
            raise ScaleError(
                f"{scene.meta.path} is {scene.meta.quantity} and the weights are for "
                f"{spec.quantity}; say what the scene's values are with --quantity and --scale, or "
                "use other weights"
            )
        chosen = choose_bands(bands, spec.bands, scene.meta.band_names)
        sound = ~detect(scene).missing
        mask = np.zeros_like(sound)
        mask[list(chosen.channels)] = sound[list(chosen.channels)]
        if not mask.any():
            raise InputError(
                f"{scene.meta.path} holds no sound value in the bands that are to be given"
            )
        values = np.where(mask, scene.values, np.float32(0))
        every = choose_bands("", spec.bands)
        return cls(spec, values, mask, np.asarray(~sound.any(axis=0)), every, scene)

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, cols = self.mask.shape[1:]
        return rows, cols

    @property
    def bands(self) -> int:
        """How many bands are given, at least in some pixel."""
        return int(self.mask.any(axis=(1, 2)).sum())

    def pasted(self, cube: Cube) -> Cube:
        """Return a sample with the given values as they came, and NaN where there are no data."""
        cube = np.where(self.mask, self.values, cube)
        cube[~np.asarray(self.spec.good)] = np.nan
        cube[:, self.empty] = np.nan
        return cube

    def as_scene(self, cube: Cube) -> Scene:
        """Return a sample as it is written."""
        bands = self.spec.bands
        scene = make_scene(cube, self._meta(), bands.wavelength, bands.fwhm, bands.good)
        if self.written.sensor is not None:
            return resample_scene(scene, np.isnan(cube), self.written.sensor)[0]
        return self._some(scene) if self.scene is None else scene

    def _some(self, scene: Scene) -> Scene:
        channels = list(self.written.channels)
        count = len(channels)
        meta = scene.meta.model_copy(update={"scale": (1.0,) * count, "offset": (0.0,) * count})
        return replace(
            scene,
            stored=scene.stored[channels],
            meta=meta,
            wavelength=scene.wavelength[channels],
            fwhm=scene.fwhm[channels],
            good=scene.good[channels],
        )

    def _meta(self) -> SceneMeta:
        count = len(self.spec.wavelength)
        source = None if self.scene is None else self.scene.meta
        return SceneMeta(
            scale=(1.0,) * count,
            offset=(0.0,) * count,
            scale_declared=True,
            nodata=float("nan"),
            quantity=Quantity(self.spec.quantity),
            band_names=source.band_names if source else (),
            crs=source.crs if source else "",
            transform=source.transform if source else None,
        )


def given(spec: ModelSpec, scene: Scene | None, bands: str, size: tuple[int, int]) -> Given:
    """Return what samples start from.

    Args:
        spec: of the model.
        scene: of which some bands are given, if there is one.
        bands: which of them; without a scene, which bands are made.
        size: rows and columns, without a scene.

    Raises:
        ModelError, ScaleError, InputError, UsageError: as `Given.of` does.
    """
    if scene is None:
        return Given.nothing(spec, size, bands)
    if size != (0, 0) and size != scene.stored.shape[1:]:
        rows, cols = scene.stored.shape[1:]
        raise UsageError(
            f"--rows and --cols ask for {size[0]} x {size[1]} pixels and {scene.meta.path} has "
            f"{rows} x {cols}; leave them out with --like"
        )
    return Given.of(spec, scene, bands)
