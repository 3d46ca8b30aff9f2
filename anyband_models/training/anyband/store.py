"""Examples on disk, a file each: whole or not there, so that what was stopped goes on."""

import hashlib
import zipfile
from fnmatch import fnmatch
from pathlib import Path
from typing import cast

import numpy as np
from pydantic import BaseModel, ValidationError

from anyband_models.errors import InputError, UsageError
from anyband_models.files import staged
from anyband_models.models.prior import Kind
from anyband_models.training.anyband.examples import Example, Examples
from anyband_models.training.anyband.real import SOURCES, RealScene
from anyband_models.training.data.materials import Materials, sources
from physops.bands import Bands

ORIGIN = "made-of.json"
# Counts up when examples of one seed become others, so that older ones are not taken for them.
_VERSION = 9


class Origin(BaseModel, frozen=True, extra="forbid"):
    """What the examples of a folder were made of.

    Attributes:
        seed: of all.
        side: rows of an image.
        digest: sha256 of materials, measured scenes and prior.
        trained_on: every datum among these, a sentence each.
        version: of the way they are made.
    """

    seed: int
    side: int
    digest: str
    trained_on: tuple[str, ...]
    version: int = _VERSION

    @classmethod
    def of(cls, examples: Examples) -> "Origin":
        """Return what examples are made of."""
        named = (*_materials(examples.materials), *_scenes(examples.real))
        return cls(
            seed=examples.seed, side=examples.side, digest=_digest(examples), trained_on=named
        )


class Store:
    """The examples of a folder, by their numbers.

    Args:
        folder: made when it is begun.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def begin(self, origin: Origin) -> None:
        """See that the folder's examples are of this origin, or note that they will be.

        Raises:
            UsageError: if they are of another.
        """
        before = self.origin()
        if before is not None and before != origin:
            raise UsageError(
                f"the examples in {self.folder} were made of other data, or with another seed; "
                "delete them, or choose another folder with -o"
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        with staged(overwrite=True) as stage:
            text = origin.model_dump_json(indent=1) + "\n"
            stage(self.folder / ORIGIN).write_text(text, encoding="utf-8")

    def origin(self) -> Origin | None:
        """Return what the folder's examples were made of; None if it was not begun.

        Raises:
            InputError: if the file that says so is damaged.
        """
        path = self.folder / ORIGIN
        if not path.is_file():
            return None
        try:
            return Origin.model_validate_json(path.read_text(encoding="utf-8"))
        except (ValidationError, ValueError) as error:
            raise InputError(f"{path} is damaged; delete its folder, and start again") from error

    def lacking(self, count: int) -> list[int]:
        """Return which of the first numbers were not tried yet."""
        there = {path.stem for path in self.folder.glob("*.n*") if path.suffix != ".partial"}
        return [number for number in range(count) if _name(number) not in there]

    def numbers(self, count: int) -> list[int]:
        """Return which of the first numbers have an example."""
        return [number for number in range(count) if self._path(number).is_file()]

    def write(self, number: int, example: Example | None) -> None:
        """Keep an example, in half precision, or that there is none.

        Raises:
            ResourceError: if the disk is full.
        """
        with staged(overwrite=True) as stage:
            if example is None:
                stage(self._path(number).with_suffix(".none")).touch()
                return
            with stage(self._path(number)).open("wb") as file:
                np.savez(file, allow_pickle=False, **_packed(example))

    def read(self, number: int) -> Example:
        """Return an example.

        Raises:
            InputError: if it is not there, or damaged.
        """
        path = self._path(number)
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
                return _unpacked(dict(held))
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise InputError(
                f"{path} is damaged; delete it, and go on with --resume: it is made again"
            ) from error

    def _path(self, number: int) -> Path:
        return self.folder / f"{_name(number)}.npz"


def _name(number: int) -> str:
    return f"{number:06d}"


def _packed(example: Example) -> dict[str, np.ndarray]:
    """Return an example as arrays; of what is asked, only where it is."""
    wanted, (surprise, observed, bright, doubt, *alike) = example.wanted, example.channels
    return {
        "shape": np.array(wanted.shape),
        "wanted": np.packbits(wanted),
        "observed": np.packbits(observed > 0.5),
        "shown": np.stack([surprise, bright, doubt]).astype(np.float16),
        "alike": np.array([each[:, 0, 0] for each in alike], dtype=np.float16),
        "truth": example.truth[wanted].astype(np.float16),
        "noise": example.noise[wanted].astype(np.float16),
        "near": example.near[wanted],
        "wavelength": example.bands.wavelength,
        "fwhm": example.bands.fwhm,
        "kind": np.array(example.kind),
        "family": np.array(example.family),
    }


def _unpacked(held: dict[str, np.ndarray]) -> Example:
    shape = tuple(held["shape"].tolist())
    wanted, observed = (_bits(held[name], shape) for name in ("wanted", "observed"))
    surprise, bright, doubt = held["shown"].astype(np.float32)
    alike = np.broadcast_to(held["alike"][:, :, np.newaxis, np.newaxis], (2, *shape))

    def spread(name: str, dtype: type) -> np.ndarray:
        found = np.zeros(shape, dtype=dtype)
        found[wanted] = held[name]
        return found

    return Example(
        np.stack([surprise, observed, bright, doubt, *alike]).astype(np.float32),
        wanted,
        spread("truth", np.float32),
        spread("noise", np.float32),
        spread("near", np.uint8),
        Bands(held["wavelength"], held["fwhm"], np.ones(shape[0], dtype=bool)),
        cast(Kind, str(held["kind"])),
        str(held["family"]),
    )


def _bits(packed: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    return np.unpackbits(packed, count=int(np.prod(shape))).reshape(shape).astype(bool)


def _materials(materials: Materials) -> list[str]:
    """Return a sentence for each source of materials: title, licence, number of spectra."""
    found = []
    for source in dict.fromkeys(materials.sources):
        about = sources().get(source, {"title": source, "licence": "unknown"})
        count = materials.sources.count(source)
        found.append(f"{about['title']}: {about['licence']}; {count} spectra")
    return found


def _scenes(real: list[RealScene]) -> list[str]:
    """Return a sentence for each source of measured scenes that are there."""
    names = [scene.name for scene in real]
    return [
        sentence
        for pattern, sentence in SOURCES.items()
        if any(fnmatch(name, pattern) for name in names)
    ]


def _digest(examples: Examples) -> str:
    materials, prior = examples.materials, examples.prior
    found = hashlib.sha256(repr((materials.groups, materials.sources)).encode())
    arrays = [materials.spectra, prior.mean, prior.loadings, prior.rest, *prior.components]
    for scene in examples.real:
        arrays += [scene.values, scene.bands.wavelength, scene.bands.fwhm]
        found.update(repr((scene.name, scene.quantity, scene.often)).encode())
    for array in arrays:
        found.update(repr(array.shape).encode() + np.ascontiguousarray(array).tobytes())
    return found.hexdigest()
