"""Distributions of values, smooth in the values, and how far two of them lie apart."""

from typing import TYPE_CHECKING

from srf_library.lazy import lazy_names

if TYPE_CHECKING:
    from physops.distributions.divergences import js_divergence as js_divergence
    from physops.distributions.divergences import kl_divergence as kl_divergence
    from physops.distributions.divergences import log_kl_divergence as log_kl_divergence
    from physops.distributions.divergences import wasserstein_1 as wasserstein_1
    from physops.distributions.soft_histogram import SoftHistogram as SoftHistogram

__getattr__, __dir__, __all__ = lazy_names(
    __name__,
    {
        "SoftHistogram": "physops.distributions.soft_histogram",
        "js_divergence": "physops.distributions.divergences",
        "kl_divergence": "physops.distributions.divergences",
        "log_kl_divergence": "physops.distributions.divergences",
        "wasserstein_1": "physops.distributions.divergences",
    },
)
