"""How far in wavelength an entry lies from what its pixel was observed in."""

import numpy as np
from jaxtyping import Bool, Float, Float32


def distance_to_observed(
    observed: Bool[np.ndarray, "band y x"], wavelength: Float[np.ndarray, " band"]
) -> Float32[np.ndarray, "band y x"]:
    """Return each entry's distance to the nearest observed band of its own pixel [nm].

    It is 0 for an observed entry, and infinite in a pixel without any.

    Args:
        observed: True = observed.
        wavelength: band centres, in any order [nm].

    >>> seen = np.array([True, False, False, True]).reshape(4, 1, 1)
    >>> distance_to_observed(seen, np.array([400.0, 410.0, 470.0, 500.0])).ravel()
    array([ 0., 10., 30.,  0.], dtype=float32)
    """
    order = np.argsort(wavelength, kind="stable")
    nearest = np.full(observed.shape, np.inf, dtype=np.float32)
    for bands in (order, order[::-1]):  # the nearest from below, then from above
        last = np.full(observed.shape[1:], np.inf)
        for band in bands:
            last[observed[band]] = wavelength[band]
            np.minimum(nearest[band], np.abs(wavelength[band] - last), out=nearest[band])
    return nearest
