"""A sample, and the sheet that shows many of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float, Float32

from anyband_models.diffusion.guidance import GuidanceRecord
from anyband_models.diffusion.targets import OperatorTarget
from anyband_models.jobs.given import Given
from anyband_models.report.contact_sheet import Panel, contact_sheet, shared_stretch
from anyband_models.report.quicklook import STRETCH, choose_composite
from anyband_models.scene.scene import Scene

ACROSS = 8  # samples in a row of the sheet
MAP_COLOURS = "viridis"


@dataclass(frozen=True, eq=False)
class Sample:
    """What was made.

    Attributes:
        number: from 0.
        scene: as it is written.
        unguided: physics losses of the same noise without guidance, by the target's name.
        guided: those of the sample.
        records: what each guided step found; of a large image, tile by tile.
        maps: what operators whose target is a map give of it.
    """

    number: int
    scene: Scene
    unguided: dict[str, float] = field(default_factory=dict)
    guided: dict[str, float] = field(default_factory=dict)
    records: tuple[GuidanceRecord, ...] = ()
    maps: dict[str, Float32[np.ndarray, "y x"]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is called."""
        return f"sample {self.number + 1}"

    def words(self, between: str) -> str:
        """Return how far each physics loss fell."""
        pairs = [(name, loss, self.guided[name]) for name, loss in self.unguided.items()]
        return between.join(f"{name} {loss:.2g} → {after:.2g}" for name, loss, after in pairs)

    def told(self) -> dict[str, Any]:
        """What is known of it, for JSON."""
        return {
            "sample": self.number + 1,
            "physics_loss": {
                name: {"unguided": loss, "guided": self.guided[name]}
                for name, loss in self.unguided.items()
            },
            "steps": [
                {
                    "sigma": record.sigma,
                    "physics_loss": {name: float(at[0]) for name, at in record.losses.items()},
                }
                for record in self.records
            ],
        }


def is_map(target: OperatorTarget) -> bool:
    """Return whether a target can be shown as a picture."""
    return target.has_map and target.value.ndim == 2


def sample_sheet(
    model: str, known: Given, targets: Sequence[OperatorTarget], samples: Sequence[Sample]
) -> bytes:
    """Return the contact sheet as PNG: colours, and below them what operators give of them.

    In the first column stand the scene of which something is given, and the maps that were asked
    for.
    """
    wanted = {t.name: t.value.numpy() for t in targets if is_map(t)}
    scenes = [sample.scene for sample in samples]
    first = [] if known.scene is None else [known.as_scene(known.scene.values)]
    pictures = shared_stretch([_picture(scene) for scene in [*first, *scenes]], STRETCH)
    own = Panel(pictures[0], "the scene") if first else None
    column = [own, *(_map(name, image, "asked for", image) for name, image in wanted.items())]
    rows: list[list[Panel | None]] = []
    for start in range(0, len(samples), ACROSS):
        part = samples[start : start + ACROSS]
        shown = pictures[len(first) :][start : start + ACROSS]
        colours = [
            Panel(image, "\n".join(filter(None, (sample.name, sample.words("\n")))))
            for sample, image in zip(part, shown, strict=True)
        ]
        below = [[_map(n, s.maps[n], s.name, image) for s in part] for n, image in wanted.items()]
        block = [colours, *below]
        lefts = [[panel] for panel in column] if first or wanted else [[] for _ in block]
        rows += [[*left, *row] for left, row in zip(lefts, block, strict=True)]
    return contact_sheet(_title(model, known, samples), rows)


def _title(model: str, known: Given, samples: Sequence[Sample]) -> str:
    of = len(known.spec.wavelength)
    start = f"{known.bands} of {of} bands given" if known.scene else "nothing given"
    shown = choose_composite(
        samples[0].scene.wavelength, np.asarray(samples[0].scene.good)
    ).name if len(samples[0].scene.stored) >= 3 else "one band"  # fmt: skip
    return f"{model}: {start}; {shown}"


def _picture(scene: Scene) -> Float[np.ndarray, "y x 3"]:
    if len(scene.stored) < 3:
        return np.repeat(scene.values[0][..., np.newaxis], 3, axis=-1)
    bands = list(choose_composite(scene.wavelength, np.asarray(scene.good)).bands)
    return np.moveaxis(scene.values[bands], 0, -1)


def _map(
    name: str,
    image: Float32[np.ndarray, "y x"],
    label: str,
    wanted: Float32[np.ndarray, "y x"],
) -> Panel:
    low, high = np.nanpercentile(wanted, STRETCH)
    limits = (float(low), float(high) if high > low else float(low) + 1e-6)
    return Panel(image, f"{name}, {label}", limits, MAP_COLOURS)
