"""What a report is made from."""

from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
from jaxtyping import Bool, Float32

from anyband_models.models.contract import Reconstruction
from anyband_models.scene.scene import Scene


@dataclass(frozen=True, eq=False)
class Table:
    """Numbers or words under a title.

    Attributes:
        title: what the table says.
        columns: the heading of each column.
        rows: as many cells in each row as there are columns.
        note: a sentence to stand below the table; empty for none.
        picture: a PNG as a data URI, to stand above the note; empty for none.
        picture_says: what it shows, for those who do not see it.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    picture: str = ""
    picture_says: str = ""


@dataclass(frozen=True, eq=False)
class ReportContent:
    """A repair, and what is to be said of it.

    Attributes:
        title: the heading of the page.
        scene: the scene as it was read.
        mask: True = observed.
        reconstruction: what the model made of it.
        truth: the physical values where they are known, as in a demo; NaN = not known.
        tables: metrics, indices, settings, versions, hashes.
        warnings: a sentence each.
        model: the name of the model; empty if it is not to be named.
    """

    title: str
    scene: Scene
    mask: Bool[np.ndarray, "band y x"]
    reconstruction: Reconstruction
    truth: Float32[np.ndarray, "band y x"] | None = None
    tables: tuple[Table, ...] = ()
    warnings: tuple[str, ...] = ()
    model: str = ""

    @property
    def scene_name(self) -> str:
        """The name of the scene's file, without its folders."""
        return PurePath(self.scene.meta.path).name or "a scene made in memory"
