"""Everything that decides the result of a repair."""

from typing import Any

from pydantic import BaseModel, Field, NonNegativeInt, field_validator

from anyband_models.errors import UsageError


class RepairConfig(BaseModel, frozen=True, extra="forbid"):
    """Settings of a repair, and so all that a report records.

    Attributes:
        model: a name from `list_models`.
        settings: fields of that model's config.
        max_gap_nm: an entry interpolated across a gap wider than this is refused [nm]; if None
            nothing is refused, and gaps wider than the model's own limit are flagged.
        samples: draws from the posterior to return beside the mean.
        seed: of the samples; the mean does not depend on it.
    """

    model: str = "anyband"
    settings: dict[str, Any] = {}
    max_gap_nm: float | None = None
    samples: NonNegativeInt = 0
    seed: int = Field(default=0, ge=0, lt=2**64)

    @field_validator("max_gap_nm")
    @classmethod
    def _is_a_width(cls, gap: float | None) -> float | None:
        if gap is not None and not 0 < gap < float("inf"):
            raise UsageError(f"a largest gap of {gap:g} nm is impossible; --max-gap is above 0")
        return gap
