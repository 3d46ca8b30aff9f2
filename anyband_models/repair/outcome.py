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
        unsigned = f"u{self.stored.dtype.itemsize}"
        changed = (
            self.stored.view(unsigned) != self.scene.stored.view(unsigned)
        ) & ~self.reconstruction.repaired
        if changed.any():
            raise QualityError(
                f"{int(changed.sum())} measured values would not have left as they came; nothing "
                "was written; this is a fault of the program, please report it"
            )
        return self

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many entries have each origin, and each caution among the repaired ones."""
        repaired = self.reconstruction.repaired
        origin, caution = self.reconstruction.provenance, self.reconstruction.caution[repaired]
        origins = {code.name: np.count_nonzero(origin == np.uint8(code)) for code in Origin}
        cautions = {
            str(flag.name): np.count_nonzero(caution & np.uint8(flag)) for flag in Caution if flag
        }
        return {name.lower(): int(count) for name, count in {**origins, **cautions}.items()}
