"""Interpolation in wavelength by straight lines."""

from typing import Literal, final

import numpy as np
from jaxtyping import Float

from anyband_models.models.card import Card
from anyband_models.models.contract import Model, Observation, Reconstruction
from anyband_models.models.interpolation import Gaps, InterpolationConfig, interpolated


class LinearConfig(InterpolationConfig, frozen=True, extra="forbid"):
    """Settings of `Linear`."""

    kind: Literal["linear"] = "linear"


def straight_line(gaps: Gaps) -> Float[np.ndarray, " n"]:
    """Return the straight line between the observed neighbours; the edge value outside."""
    return gaps.neighbours.interpolate(gaps.values, gaps.entries[1])


@final
class Linear(Model):
    """Straight lines between the observed bands, pixel by pixel; the edge value is held."""

    card = Card(
        name="linear",
        summary="straight lines in wavelength, pixel by pixel",
        method="Each missing band lies on the line between the nearest observed bands on either "
        "side, as a Wiener process has it. The spread is learned by hiding observed bands "
        "behind gaps of growing width.",
        limits="Blind to absorption features inside a gap. A gap wider than max_gap_nm is crossed "
        "and flagged.",
        source="Kimeldorf & Wahba, Ann. Math. Statist. 41 (1970) 495-502",
    )

    config_type = LinearConfig
    config: LinearConfig

    def reconstruct(
        self, observation: Observation, samples: int = 0, seed: int = 0
    ) -> Reconstruction:
        """Fill what the observation lacks; see `Model.reconstruct`."""
        return interpolated(observation, straight_line, self.config.max_gap_nm, samples, seed)
