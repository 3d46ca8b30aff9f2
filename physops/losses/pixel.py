"""The pixel-level term: how the bands of an estimate vary together (AnyBand-Diff, Eq. 6)."""

from typing import final

from jaxtyping import Bool, Float
from torch import Tensor, nn

from physops.correlation import FLOOR, band_correlation, correlation_loss
from physops.errors import NotTensorError
from physops.losses.pair import check_pair, known_in_both


@final
class PixelLoss(nn.Module):
    """The squared Frobenius distance of the bands' correlations from those that are expected [1].

    With a prior, the estimate's known pixels count, also where the truth is not known; without
    one, the truth's own correlations are expected, and those pixels count that are known in both.

    Args:
        prior: correlations of the bands, as `physops.priors.library_prior` gives them; NaN where
            nothing is known. The truth's own if left out.
        floor: the least standard deviation that means anything [the image's unit].
        per_pair: whether to take the mean over the pairs of bands. The sum, which is the paper's,
            grows with the square of the number of bands: use the mean where that varies.

    Raises:
        NotTensorError: if the prior is no tensor.

    Source: AnyBand-Diff, Eq. 6.
    """

    prior: Tensor | None

    def __init__(
        self,
        prior: Float[Tensor, "band band"] | None = None,
        *,
        floor: float = FLOOR,
        per_pair: bool = False,
    ) -> None:
        super().__init__()
        if prior is not None and not isinstance(prior, Tensor):
            by_name = ", for a name physops.priors.library_prior(name, sensor=...)"
            raise NotTensorError(type(prior), "the prior", by_name)
        self.floor, self.per_pair = floor, per_pair
        self.register_buffer("prior", prior, persistent=False)

    def forward(
        self,
        estimate: Float[Tensor, "..."],
        truth: Float[Tensor, "..."],
        mask: Bool[Tensor, "..."] | None = None,
    ) -> Float[Tensor, "*batch"]:
        """Return the loss of each image.

        Args:
            estimate: ``(*batch, band, row, col)``.
            truth: the same.
            mask: True where a value counts, broadcast to the images.

        Raises:
            PriorError: if the prior is one of other bands.
            PairError: if the shapes do not fit.
            NotFloatingError: if one of the images holds whole numbers.
        """
        if self.prior is not None:
            check_pair(estimate, truth, mask)
            return self._distance(estimate, self.prior, mask)
        ours, theirs = known_in_both(estimate, truth, mask)
        return self._distance(ours, band_correlation(theirs, floor=self.floor), None)

    def _distance(self, x: Tensor, expected: Tensor, mask: Tensor | None) -> Tensor:
        return correlation_loss(x, expected, mask, floor=self.floor, per_pair=self.per_pair)
