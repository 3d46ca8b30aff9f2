"""The image-level term: an estimate as an operator of physics sees it (AnyBand-Diff, Eq. 8)."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, final

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from physops.bands import Bands
from physops.errors import NoCardError, NotOperatorError
from physops.losses.pair import known_in_both
from physops.operator import Operator
from physops.registry import get, spec
from srf_library import Sensor


@final
class ImageLoss(nn.Module):
    """The mean squared difference of what an operator makes of two images.

    The mean over the entries that come out, where Eq. 8 has the sum: so that its weight means the
    same for images of any size and any number of bands. Entries that are not known in both images
    are NaN before the operator sees them; what comes out not finite does not count.

    The operator is frozen: its parameters no longer require a gradient, and it stays in
    evaluation mode. Gradients pass through it to the estimate.

    Args:
        operator: a name, as `physops.get` takes it, or an operator.
        sensor: as in `physops.get`, for an operator given by name.
        bands: the same.
        wavelengths: the same.
        parameters: the same. Whether values can be reflectance is not checked for an index, unless
            ``check=True``, for an estimate may be anything while a model learns.

    Raises:
        TypeError: if an operator is given and then anything else.
        NotOperatorError: if it is neither a name nor an operator.
        UnknownNameError, MissingOperandError, ...: as `physops.get` does.

    Source: AnyBand-Diff, Eq. 8 and A.1 (frozen operators).

    >>> loss = ImageLoss("srf", sensor="S2A", wavelengths=range(400, 2500, 10))
    >>> loss(torch.full((2, 210, 4, 4), 0.5), torch.full((2, 210, 4, 4), 0.25))
    tensor([0.0625, 0.0625])
    """

    def __init__(
        self,
        operator: str | Operator,
        *,
        sensor: Sensor | str | None = None,
        bands: Bands | None = None,
        wavelengths: Sequence[float] | np.ndarray | None = None,
        **parameters: Any,  # noqa: ANN401  (the operator's own)
    ) -> None:
        super().__init__()
        given = {"sensor": sensor, "bands": bands, "wavelengths": wavelengths, **parameters}
        if isinstance(operator, str):
            operator = get(operator, **{**_unchecked(operator, parameters), **given})
        elif not isinstance(operator, Operator):
            raise NotOperatorError("ImageLoss", operator)
        elif more := [name for name, value in given.items() if value is not None]:
            raise TypeError(
                f"ImageLoss got an operator, which has its own bands and parameters, and "
                f"{', '.join(more)}; give these beside a name"
            )
        self.operator = operator.requires_grad_(False).eval()

    def train(self, mode: bool = True) -> "ImageLoss":
        """Set the mode of training; the operator stays in evaluation mode."""
        super().train(mode)
        self.operator.eval()
        return self

    def forward(
        self,
        estimate: Float[Tensor, "..."],
        truth: Float[Tensor, "..."],
        mask: Bool[Tensor, "..."] | None = None,
    ) -> Float[Tensor, "*batch"]:
        """Return the loss of each image [the square of the operator's unit].

        Args:
            estimate: ``(*batch, band, row, col)``.
            truth: the same.
            mask: True where a value counts, broadcast to the images.

        Raises:
            PairError: if the shapes do not fit.
            NotFloatingError: if one of the images holds whole numbers.
        """
        ours, theirs = known_in_both(estimate, truth, mask)
        apart = self.operator(ours) - self.operator(theirs)
        batch = estimate.shape[:-3]
        apart = apart.reshape(*batch, math.prod(apart.shape[len(batch) :]))
        counts = torch.isfinite(apart)
        total = torch.where(counts, apart, 0.0).square().sum(dim=-1)
        return total / counts.sum(dim=-1).clamp(min=1)


def _unchecked(name: str, parameters: Mapping[str, object]) -> dict[str, bool]:
    """Return what keeps an index from refusing what cannot be reflectance."""
    try:
        kind = spec(name).kind
    except NoCardError:
        return {}
    return {"check": False} if kind == "index" and "variant" not in parameters else {}
