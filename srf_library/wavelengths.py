"""Wavelengths that a caller gives, in nanometres."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from srf_library.errors import GridError

# From the far ultraviolet to the far end of the thermal window [nm].
SHORTEST, LONGEST = 100.0, 20_000.0
# No number up to here can be nanometres, and none above it micrometres.
LARGEST_MICROMETRE = 20.0
# A band of less than 0.5 nm, or of more than 500 nm, is rarer than a width in the other unit.
LARGEST_WIDTH_IN_MICROMETRES = 0.5
# No optical band is narrower [nm]; a width in another unit is.
NARROWEST = 0.1


def in_nanometres(wavelengths: Sequence[float] | np.ndarray) -> Float[np.ndarray, " band"]:
    """Return wavelengths in nm; numbers up to 20 can only be micrometres, and are scaled.

    Args:
        wavelengths: one or more [nm or µm, told by their size], in any order.

    Raises:
        GridError: if one is no wavelength, or some are in nm and others in µm.

    >>> in_nanometres([0.49, 0.56]).round(6).tolist()
    [490.0, 560.0]
    """
    values = np.asarray(wavelengths, dtype=np.float64)
    if values.ndim != 1 or not values.size:
        raise GridError(f"wavelengths are a list of one or more numbers, not {wavelengths!r}")
    unlike = ~(np.isfinite(values) & (values > 0))
    if unlike.any():
        band = int(np.argmax(unlike))
        raise GridError(
            f"band {band + 1} has the wavelength {values[band]:g}; give every band its centre in "
            "nm, and leave out bands that have none"
        )
    short = values <= LARGEST_MICROMETRE
    if short.any() and not short.all():
        raise GridError(
            f"the wavelengths run from {values.min():g} to {values.max():g}, some in µm and some "
            "in nm; give all of them in nm"
        )
    nm = np.round(values * 1000, 6) if short.all() else values
    if nm.min() < SHORTEST or nm.max() > LONGEST:
        raise GridError(
            f"the wavelengths run from {nm.min():g} to {nm.max():g} nm; optical bands lie from "
            f"{SHORTEST:g} to {LONGEST:g} nm: give band centres in nm or µm"
        )
    return nm


def widths_in_nanometres(
    fwhm: float | Sequence[float] | np.ndarray | None, wavelengths: Sequence[float] | np.ndarray
) -> Float[np.ndarray, " band"]:
    """Return band widths in nm.

    Beside centres in µm, widths up to 0.5 are in µm too, and larger ones in nm.

    Args:
        fwhm: full widths at half maximum, one a band or one for all; NaN where not known; None
            where none is.
        wavelengths: the band centres [nm or µm, told by their size].

    Raises:
        GridError: if there is not one a band, or one is below 0.1 nm, or wider than its centre.

    >>> widths_in_nanometres([0.02, 0.03], [0.49, 0.56]).tolist()
    [20.0, 30.0]
    """
    centres = in_nanometres(wavelengths)
    if fwhm is None:
        return np.full(len(centres), np.nan)
    widths = np.asarray(fwhm, dtype=np.float64)
    if widths.shape not in ((), centres.shape):
        raise GridError(
            f"{len(centres)} wavelengths come with {widths.size} widths (fwhm); give one for each, "
            "or one for all"
        )
    widths = np.broadcast_to(widths, centres.shape)
    if np.max(wavelengths) <= LARGEST_MICROMETRE:
        in_um = widths <= LARGEST_WIDTH_IN_MICROMETRES
        widths = np.where(in_um, np.round(widths * 1000, 6), widths)
    unlike = (widths < NARROWEST) | (widths >= centres)
    if unlike.any():
        band = int(np.argmax(unlike))
        raise GridError(
            f"band {band + 1}, at {centres[band]:g} nm, has the width (fwhm) {widths[band]:g} nm; "
            "give the width in the unit of the centres, or NaN where it is not known"
        )
    return widths
