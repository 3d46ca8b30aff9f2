"""What came of a repair: the result, its checks, its files."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Shaped

from anyband_models.damage.damage import Damage
from anyband_models.errors import QualityError
from anyband_models.models.contract import Caution, Origin, Reconstruction
from anyband_models.repair.config import RepairConfig
from anyband_models.scene.scene import Scene


@dataclass(frozen=True, eq=False)
class Outcome:
    """A repaired scene.

    Attributes:
        scene: as it was read.
        damage: what was repaired, and why.
        reconstruction: what the model made of it.
        stored: the repaired cube in the file's own type and scale.
        config: what decided the result.
        seconds: from the scene in memory to the result in memory [s].
    """

    scene: Scene
    damage: Damage
    reconstruction: Reconstruction
    stored: Shaped[np.ndarray, "band y x"]
    config: RepairConfig
    seconds: float

    def checked(self) -> "Outcome":
        """Return itself if every entry that was not repaired is stored as it was, bit for bit.

        Raises:
            QualityError: if one is not.
        """
        origin = self.reconstruction.provenance
        repaired = (origin == Origin.REPAIRED_BAND) | (origin == Origin.REPAIRED_PIXEL)
        unsigned = f"u{self.stored.dtype.itemsize}"
        changed = (self.stored.view(unsigned) != self.scene.stored.view(unsigned)) & ~repaired
        if changed.any():
            raise QualityError(
                f"{int(changed.sum())} measured values would not have left as they came; nothing "
                "was written; this is a fault of the program, please report it"
            )
        return self

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many entries have each origin, and each caution among the repaired ones."""
        origins = np.bincount(self.reconstruction.provenance.ravel(), minlength=256)
        cautions = np.bincount(self.reconstruction.caution.ravel(), minlength=8)
        held = {
            flag: sum(cautions[code] for code in range(len(cautions)) if code & flag)
            for flag in Caution
            if flag
        }
        return {
            **{origin.name.lower(): int(origins[origin]) for origin in Origin},
            **{(flag.name or "").lower(): int(count) for flag, count in held.items()},
        }
