"""How bands vary together, as far as it is known before an image is seen."""

from typing import TYPE_CHECKING

from srf_library.lazy import lazy_names

if TYPE_CHECKING:
    from physops.priors.library import library_prior as library_prior
    from physops.priors.library import list_priors as list_priors
    from physops.priors.measured import correlation_prior as correlation_prior

__getattr__, __dir__, __all__ = lazy_names(
    __name__,
    {
        "correlation_prior": "physops.priors.measured",
        "library_prior": "physops.priors.library",
        "list_priors": "physops.priors.library",
    },
)
