"""Divergences between the index distributions of patches, against the exact kernel density.

16 patches of 64 x 64 pixels, 128 bins from -1.2 to 1.2, a bandwidth of 0.03; the truth and the
estimate are normal about 0.4 and 0.3 (seed 0). One thread. Both distributions are made, the
divergence is computed, and its gradient to the estimate. The exact density compares each value with
each bin, as Eq. 7 of AnyBand-Diff is usually written; it is what the gradient is compared to, in
doubles. Memory is what is saved for the gradient.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from benchmarks.ratio import Ratio, speed_ratio
from physops.distributions import SoftHistogram, kl_divergence, log_kl_divergence, wasserstein_1

PATCHES, VALUES, BINS, BANDWIDTH = 16, 64 * 64, 128, 0.03
# So little time of ours is spoilt by what the baseline leaves in the caches.
ROUNDS, IN_A_ROW = 9, 10


def measure() -> dict[str, Ratio]:
    """Return the ratios of time, memory and gradient."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return _measured()
    finally:
        torch.set_num_threads(threads)


def _measured() -> dict[str, Ratio]:
    generator = torch.Generator().manual_seed(0)
    truth, estimate = torch.randn(2, PATCHES, VALUES, generator=generator)
    truth, estimate = 0.4 + 0.15 * truth, 0.3 + 0.2 * estimate
    histogram = SoftHistogram(-1.2, 1.2, BINS, BANDWIDTH)

    def exact(q: Tensor) -> Tensor:
        return _plain_kl(exact_density(truth.to(q), histogram), exact_density(q, histogram))

    def ours(q: Tensor) -> Tensor:
        return kl_divergence(histogram(truth.to(q)), histogram(q)).sum()

    def in_logarithms(q: Tensor) -> Tensor:
        return log_kl_divergence(histogram.log(truth.to(q)), histogram.log(q)).sum()

    def earth_movers(q: Tensor) -> Tensor:
        return wasserstein_1(histogram(truth.to(q)), histogram(q), histogram.spacing).sum()

    def slope(loss: Callable[[Tensor], Tensor]) -> Callable[[], Tensor]:
        return lambda: _gradient(loss, estimate)

    right = _gradient(exact, estimate.double())
    return {
        "KL": _speed(slope(ours), slope(exact), 100),
        "KL in logarithms": _speed(slope(in_logarithms), slope(exact), 20),
        "Wasserstein-1": _speed(slope(earth_movers), slope(exact), 100),
        "memory, KL": _memory(ours, exact, estimate, 1 / 20),
        "memory, KL in logarithms": _memory(in_logarithms, exact, estimate, 1 / 4),
        "gradient cosine, KL": _cosine(slope(ours)(), right),
        "gradient cosine, KL in logarithms": _cosine(slope(in_logarithms)(), right),
    }


def _speed(ours: Callable[[], object], exact: Callable[[], object], goal: float) -> Ratio:
    """Compare calls of ours in a row, as in a training, with one of the exact density's."""
    ratio = speed_ratio(lambda: [ours() for _ in range(IN_A_ROW)], exact, goal, ROUNDS)
    detail = f"{IN_A_ROW} times {ratio.detail}"
    return ratio.model_copy(update={"value": ratio.value * IN_A_ROW, "detail": detail})


def exact_density(
    values: Float[Tensor, "patch value"], histogram: SoftHistogram
) -> Float[Tensor, "patch bin"]:
    """Return the kernel density at the bins' centres, with unit sum, each value by itself."""
    apart = (values[:, :, None] - histogram.centres.to(values)) / histogram.bandwidth
    density = (-(apart**2) / 2).exp().sum(dim=1)
    return density / density.sum(dim=-1, keepdim=True)


def _plain_kl(p: Tensor, q: Tensor) -> Tensor:
    tiny = torch.finfo(p.dtype).tiny
    return (p * ((p + tiny).log() - (q + tiny).log())).sum()


def _gradient(loss: Callable[[Tensor], Tensor], estimate: Tensor) -> Tensor:
    values = estimate.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(loss(values), values)
    return gradient


def _memory(
    ours: Callable[[Tensor], Tensor],
    baseline: Callable[[Tensor], Tensor],
    estimate: Tensor,
    goal: float,
) -> Ratio:
    mine, theirs = _saved_bytes(ours, estimate), _saved_bytes(baseline, estimate)
    detail = f"ours {mine / 2**20:.2f} MiB, baseline {theirs / 2**20:.1f} MiB saved"
    return Ratio(value=mine / theirs, goal=goal, better="lower", detail=detail)


def _saved_bytes(loss: Callable[[Tensor], Tensor], estimate: Tensor) -> int:
    """Return the bytes of all storages that are kept for the gradient, each counted once."""
    kept: dict[int, int] = {}
    storages = []

    def note(tensor: Tensor) -> Tensor:
        storages.append(tensor.untyped_storage())  # held, so that no address is used twice
        kept[storages[-1].data_ptr()] = storages[-1].nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        loss(estimate.clone().requires_grad_())
    return sum(kept.values())


def _cosine(gradient: Tensor, right: Tensor) -> Ratio:
    value = torch.nn.functional.cosine_similarity(
        gradient.double().flatten(), right.flatten(), dim=0
    ).item()
    detail = "between the gradient and that of the exact density in doubles"
    return Ratio(value=value, goal=0.999, better="higher", detail=detail)
