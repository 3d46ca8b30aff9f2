"""What is done to a table on its way into the library; each is named in `sensors.toml`."""

import numpy as np
from jaxtyping import Float

Column = Float[np.ndarray, " sample"]


def clipped(response: Column) -> Column:
    """Set what is negative, measurement noise about zero, to zero."""
    return np.clip(response, 0.0, None)


def in_band(
    wavelength: Column, response: Column, least: float
) -> tuple[Float[np.ndarray, " kept"], Float[np.ndarray, " kept"]]:
    """Keep the samples about the peak, as far as they reach ``least`` of it without a break.

    MODIS tables that include the response out of band give vegetation 60 % too much at 678 nm:
    a response of 1e-4 over the whole near infrared outweighs a narrow band in the red.
    """
    reaches = response >= least * response.max()
    peak = int(np.argmax(response))
    below = np.flatnonzero(~reaches)
    first = below[below < peak].max(initial=-1) + 1
    last = below[below > peak].min(initial=len(response))
    return wavelength[first:last], response[first:last]
