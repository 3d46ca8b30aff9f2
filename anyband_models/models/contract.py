"""What a model is given, and what it answers with."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from pydantic import BaseModel

from anyband_models.models.card import Card
from anyband_models.scene.meta import Quantity
from physops.bands import Bands


class Origin(IntEnum):
    """Where an entry of the result comes from: the provenance layer."""

    MEASURED = 0
    REPAIRED_BAND = 1
    REPAIRED_PIXEL = 2
    REFUSED = 3
    NO_DATA = 255


class Caution(IntFlag):
    """What a user should know of a repaired entry: the caution layer, a sum of these."""

    NONE = 0
    FALLBACK = 1
    """The model had too little to learn from here; linear interpolation answered instead."""
    LONG_GAP = 2
    """The observed bands on either side lie farther apart than the model's stated gap; outside
    all observed bands, the nearest lies farther away than that."""
    EXTRAPOLATED = 4
    """No observed band lies on one side (of `spatial`: no observed pixel of the band, neither along
    the row nor along the column); the value of the last one is held."""


@dataclass(frozen=True, eq=False)
class Observation:
    """What is known of a scene.

    Attributes:
        values: physical values; anything where not observed.
        mask: True = observed. An observed value is finite.
        bands: the scene's bands, in its own order.
        support: further spectra of the same bands to learn from, NaN where not known; models
            also learn from the complete pixels of the scene itself.
        quantity: what the values are; None if nobody said so.
        support_shape: rows and columns of the support, if its spectra are an image row by row;
            None if they lie in no order.

    Raises:
        ValueError: if the support does not have so many spectra.
    """

    values: Float32[np.ndarray, "band y x"]
    mask: Bool[np.ndarray, "band y x"]
    bands: Bands
    support: Float32[np.ndarray, "pixel band"] | None = None
    quantity: Quantity | None = None
    support_shape: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        """Refuse a shape that cannot be the support's."""
        if self.support_shape is None:
            return
        rows, cols = self.support_shape
        count = 0 if self.support is None else len(self.support)
        if min(rows, cols) < 1 or rows * cols != count:
            raise ValueError(
                f"the support has {count} spectra, which cannot be an image of {rows} rows and "
                f"{cols} columns; give its true shape, or None"
            )


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """What a model makes of an observation.

    Attributes:
        mean: the repaired cube; observed entries are those of the observation, bit for bit;
            NaN where there are no data or the entry was refused.
        std: standard deviation, in the unit of ``mean``; 0 where measured, NaN where ``mean`` is.
        provenance: one `Origin` an entry.
        caution: the `Caution` of each entry.
        samples: draws from the model's posterior, if any were asked for.
        notes: what a person should know, a sentence each.
    """

    mean: Float32[np.ndarray, "band y x"]
    std: Float32[np.ndarray, "band y x"]
    provenance: UInt8[np.ndarray, "band y x"]
    caution: UInt8[np.ndarray, "band y x"]
    samples: Float32[np.ndarray, "sample band y x"] | None = None
    notes: tuple[str, ...] = field(default=())

    @cached_property
    def repaired(self) -> Bool[np.ndarray, "band y x"]:
        """Where a value was filled in."""
        origin = self.provenance
        return (origin == Origin.REPAIRED_BAND) | (origin == Origin.REPAIRED_PIXEL)


class Model(ABC):
    """A model of the zoo, built from its config."""

    card: ClassVar[Card]
    config_type: ClassVar[type[BaseModel]]

    def __init__(self, config: BaseModel) -> None:
        self.config = config

    def weights_files(self) -> tuple[Path, ...]:
        """Return the files of learned numbers on which the model's answers hang."""
        return ()

    @abstractmethod
    def reconstruct(
        self, observation: Observation, samples: int = 0, seed: int = 0
    ) -> Reconstruction:
        """Fill what the observation lacks.

        Args:
            observation: what is known.
            samples: how many draws from the posterior to return beside the mean.
            seed: the same seed gives the same samples, whatever else is asked for.

        Raises:
            ModelError: if the model cannot serve this observation.
        """
