"""`anyband-zoo generate` from options to a folder of samples."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import torch
from jaxtyping import Float32
from pydantic import BaseModel, Field, NonNegativeFloat, NonNegativeInt, PositiveInt

from anyband_models.diffusion.band_diffusion import BandDiffusion
from anyband_models.diffusion.files import ModelFile
from anyband_models.diffusion.guidance import Guidance, GuidanceRecord, Through
from anyband_models.diffusion.repair import Sampling, sampled
from anyband_models.diffusion.targets import OperatorTarget
from anyband_models.errors import ModelError, ResourceError, UsageError
from anyband_models.files import Stage, staged
from anyband_models.jobs.given import Cube, Given, given
from anyband_models.jobs.physics_targets import first_map_size, physics_targets, target_files
from anyband_models.jobs.sample_sheet import Sample, is_map, sample_sheet
from anyband_models.models.anyband_diff import AnybandDiff
from anyband_models.models.registry import create_model, get_model, list_models
from anyband_models.repair.files import hashes, versions
from anyband_models.scene.formats import source_files, write_scene
from anyband_models.scene.formats.memory import available_memory
from anyband_models.scene.scene import Scene

SHEET, MANIFEST = "contact.png", "manifest.json"
SIDE = 64  # pixels, where nobody says how large
# Copies of an image in single precision while it is sampled.
COPIES = 10


class GenerateConfig(BaseModel, frozen=True, extra="forbid"):
    """What is to be made.

    Attributes:
        model: a name from `list_models`.
        weights: of the model; those that ship, if empty.
        bands: with a scene, which of its bands are given; without, which are made.
        physics: targets, as `physics_targets` takes them.
        rows: of the samples; those of the scene, or of the first map, or 64, if 0.
        cols: of the samples, likewise.
        count: how many samples.
        seed: of their noise.
        steps: of the sampler.
        sampler: a name of `SAMPLERS`.
        guidance: s, how strongly physics guides; 0 leaves it out.
        through: what the gradient is taken by; see `Guidance`.
    """

    model: str = "anyband-diff"
    weights: str = ""
    bands: str = ""
    physics: tuple[str, ...] = ()
    rows: NonNegativeInt = 0
    cols: NonNegativeInt = 0
    count: PositiveInt = 8
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    steps: PositiveInt = 10
    sampler: Literal["ancestral", "ddim", "dpm++", "heun"] = "dpm++"
    guidance: NonNegativeFloat = 1.0
    through: Through = "clean"


@dataclass(frozen=True, eq=False)
class GenerateResult:
    """What a run left behind.

    Attributes:
        config: what was asked for.
        weights: what stands beside the weights.
        known: what the samples started from.
        samples: in the order of their files.
        files: the files written, the manifest last.
    """

    config: GenerateConfig
    weights: ModelFile
    known: Given
    samples: tuple[Sample, ...]
    files: tuple[Path, ...]

    @property
    def summary(self) -> dict[str, Any]:
        """What was done, for JSON."""
        spec, scene = self.weights.spec, self.known.scene
        return {
            "options": self.config.model_dump(mode="json"),
            "like": None if scene is None else scene.meta.path,
            "given_bands": self.known.bands,
            "rows": self.known.size[0],
            "cols": self.known.size[1],
            "quantity": spec.quantity,
            "weights": {"sha256": self.weights.sha256, "trained_on": list(spec.trained_on)},
            "samples": [sample.told() for sample in self.samples],
            "versions": versions(),
        }

    def rows(self) -> list[tuple[str, ...]]:
        """Each sample and what physics says of it, for a table."""
        return [(sample.name, sample.words("; ") or "-") for sample in self.samples]


def run_generate(
    config: GenerateConfig,
    scene: Scene | None,
    folder: Path,
    overwrite: bool = False,
    inputs: Sequence[Path] = (),
) -> GenerateResult:
    """Make samples and write them into a folder: all files, or none.

    Args:
        config: what is to be made.
        scene: of which some bands are given, if any is.
        folder: made if it is not there.
        overwrite: whether files that are there may be replaced.
        inputs: further files that are read, and never replaced.

    Raises:
        UnknownModelError, ModelError: if there is no such model, or it cannot do this.
        WeightsError: if its weights are not there, or damaged.
        UsageError: if options contradict each other.
        InputError: if a target, or the scene, does not fit.
        ResourceError: if memory or disk do not suffice.
    """
    model, described, tile = trained(config)
    known = given(described.spec, scene, config.bands, _size(config, scene))
    targets = physics_targets(config.physics, described.spec, known.size)
    _check_memory(known)
    finals = [folder / f"sample-{number + 1:03d}.tif" for number in range(config.count)]
    beside = [folder / SHEET, folder / MANIFEST]
    sources = source_files(scene) if scene else ()
    _check_folder(folder)
    Stage(overwrite).check(
        [*finals, *beside], [*inputs, *sources, *target_files(config.physics)]
    )  # better now than after a long run
    with staged(overwrite) as stage:
        samples = []
        for number, final in enumerate(finals):
            sample = _sample(model, tile, known, targets, config, number)
            write_scene(sample.scene, final, stage)
            samples.append(sample)
        result = GenerateResult(config, described, known, tuple(samples), (*finals, *beside))
        stage(beside[0]).write_bytes(sample_sheet(config.model, known, targets, samples))
        text = json.dumps(result.summary | {"sha256": hashes(stage.pending)}, indent=2)
        stage(beside[1]).write_text(text + "\n", encoding="utf-8")
    return result


def trained(config: GenerateConfig) -> tuple[BandDiffusion, ModelFile, int]:
    """Return the model with its weights, and the tile that it computes at a time.

    Raises:
        UnknownModelError: if there is no such model.
        ModelError: if it cannot generate.
        WeightsError: as `read_model` does.
    """
    if not get_model(config.model).card.generates:
        able = [name for name in list_models() if get_model(name).card.generates]
        raise ModelError(
            f"model {config.model!r} fills what is missing and cannot generate; use "
            f"{' or '.join(able)}"
        )
    model = create_model(config.model, weights=config.weights)
    assert isinstance(model, AnybandDiff)  # the only one that says so
    return *model.read(), model.config.tile


def _size(config: GenerateConfig, scene: Scene | None) -> tuple[int, int]:
    if scene is not None:
        rows, cols = scene.stored.shape[1:]
        return config.rows or rows, config.cols or cols
    rows, cols = first_map_size(config.physics) or (SIDE, SIDE)
    return config.rows or rows, config.cols or cols


def _sample(
    model: BandDiffusion,
    tile: int,
    known: Given,
    targets: list[OperatorTarget],
    config: GenerateConfig,
    number: int,
) -> Sample:
    """Return one sample; if physics guides it, the same noise is also followed without."""
    records: list[GuidanceRecord] = []

    def drawn(guidance: Guidance | None) -> Cube:
        settings = Sampling(config.sampler, config.steps, True, config.seed, guidance)
        cube = sampled(model, known.values, known.mask, tile, settings, number, records)
        return known.pasted(cube)

    free = drawn(None)
    if not targets:
        return Sample(number, known.as_scene(free))
    guided = drawn(Guidance(targets, config.guidance, config.through))
    return Sample(
        number,
        known.as_scene(guided),
        losses(targets, free),
        losses(targets, guided),
        tuple(records),
        maps(targets, guided),
    )


def losses(targets: Sequence[OperatorTarget], cube: Cube) -> dict[str, float]:
    """Return how far an image is from what each target asks."""
    with torch.no_grad():
        image = torch.from_numpy(cube)[None]
        return {target.name: float(target(image)[0]) for target in targets}


def maps(targets: Sequence[OperatorTarget], cube: Cube) -> dict[str, Float32[np.ndarray, "y x"]]:
    """Return what operators with a map for a target give of an image."""
    with torch.no_grad():
        image = torch.from_numpy(cube)[None]
        return {t.name: t.operator(image)[0].numpy() for t in targets if is_map(t)}


def _check_memory(known: Given) -> None:
    needed, there = 4 * COPIES * known.values.size, available_memory()
    if needed > there:
        raise ResourceError(
            f"a sample needs about {needed / 1e9:,.1f} GB of memory and {there / 1e9:,.1f} GB are "
            "available; ask for fewer --rows and --cols"
        )


def _check_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder; name one, which is made if it is not there")
    folder.mkdir(parents=True, exist_ok=True)
