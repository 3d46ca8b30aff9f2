"""How far two distributions on the same bins lie apart."""

import torch
from jaxtyping import Float
from torch import Tensor

from physops.errors import DensityError


def kl_divergence(
    p: Float[Tensor, "*batch bin"], q: Float[Tensor, "*batch bin"]
) -> Float[Tensor, "*batch"]:
    """Return the Kullback-Leibler divergence of q from p [nat].

    Shares that are zero in floating point count as its smallest number, and have no slope: where
    p and q do not overlap it takes `log_kl_divergence` to bring them together. A row that is
    empty in either gives zero and no slope.

    Args:
        p: shares: what is so.
        q: shares: what stands for it.

    Raises:
        DensityError: if they have not the same bins.

    Source: Kullback & Leibler, On information and sufficiency, 1951; AnyBand-Diff, Eq. 7.

    >>> p, q = torch.tensor([0.5, 0.5]), torch.tensor([0.25, 0.75])
    >>> round(kl_divergence(p, q).item(), 6), kl_divergence(p, p).item()
    (0.143841, 0.0)
    """
    _same_bins(p, q)
    tiny = torch.finfo(p.dtype).tiny
    terms = p * (p.clamp(min=tiny).log() - q.clamp(min=tiny).log())
    return torch.where((q > 0).any(dim=-1), terms.sum(dim=-1), 0.0)


def log_kl_divergence(
    log_p: Float[Tensor, "*batch bin"], log_q: Float[Tensor, "*batch bin"]
) -> Float[Tensor, "*batch"]:
    """Return the same from logarithms, as `SoftHistogram.log` gives them.

    It keeps a slope that points the right way however far p and q lie apart. A row that is empty
    in either (-inf everywhere) gives zero and no slope.

    Args:
        log_p: logarithms of shares: what is so.
        log_q: logarithms of shares: what stands for it.

    Raises:
        DensityError: if they have not the same bins.
    """
    _same_bins(log_p, log_q)
    there = torch.isfinite(log_p) & torch.isfinite(log_q).any(dim=-1, keepdim=True)
    own = torch.where(there, log_p, 0.0)
    terms = own.exp() * (own - torch.where(there, log_q, 0.0))
    return torch.where(there, terms, 0.0).sum(dim=-1)


def js_divergence(
    p: Float[Tensor, "*batch bin"], q: Float[Tensor, "*batch bin"]
) -> Float[Tensor, "*batch"]:
    """Return the Jensen-Shannon divergence of p and q [nat], at most log 2.

    Where p and q do not overlap it is log 2 and flat: to bring them together takes
    `log_kl_divergence` or `wasserstein_1`. A row that is empty in either gives zero.

    Args:
        p: shares.
        q: shares.

    Raises:
        DensityError: if they have not the same bins.

    Source: Lin, Divergence measures based on the Shannon entropy, 1991, Eq. 4.1.

    >>> round(js_divergence(torch.tensor([1.0, 0]), torch.tensor([0, 1.0])).item(), 6)
    0.693147
    """
    _same_bins(p, q)
    middle = (p + q) / 2
    both = (p > 0).any(dim=-1) & (q > 0).any(dim=-1)
    divergence = (kl_divergence(p, middle) + kl_divergence(q, middle)) / 2
    return torch.where(both, divergence, 0.0)


def wasserstein_1(
    p: Float[Tensor, "*batch bin"], q: Float[Tensor, "*batch bin"], spacing: float
) -> Float[Tensor, "*batch"]:
    """Return how far the mass of p must be moved to become q [the unit of the spacing].

    Args:
        p: shares.
        q: shares.
        spacing: how far neighbouring bins lie apart.

    Raises:
        DensityError: if they have not the same bins.

    Source: Vallender, Calculation of the Wasserstein distance between probability distributions on
    the line, 1974.

    >>> wasserstein_1(torch.tensor([1.0, 0, 0]), torch.tensor([0, 0, 1.0]), spacing=0.5).item()
    1.0
    """
    _same_bins(p, q)
    return (p - q).cumsum(dim=-1)[..., :-1].abs().sum(dim=-1) * spacing


def _same_bins(p: Tensor, q: Tensor) -> None:
    if p.shape[-1] != q.shape[-1]:
        raise DensityError(
            f"the distributions have {p.shape[-1]} and {q.shape[-1]} bins; make both with one "
            "SoftHistogram"
        )
