"""Integrals over wavelength: Gauss-Legendre points between the knots of a curve."""

import numpy as np
from jaxtyping import Float

# Four points are exact for polynomials of degree 7; a monotone cubic response times a cubic
# spline of the spectrum has degree 6.
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(4)


def gauss_points(
    knots: Float[np.ndarray, " knot"],
) -> tuple[Float[np.ndarray, " point"], Float[np.ndarray, " point"]]:
    """Return the points [nm] and weights [nm] that integrate from the first knot to the last.

    Args:
        knots: strictly increasing wavelengths [nm] between which the integrand is smooth.

    >>> points, weights = gauss_points(np.array([0.0, 1.0, 3.0]))
    >>> round(float((weights * points**7).sum()), 9) == 3**8 / 8
    True
    """
    half = np.diff(knots)[:, np.newaxis] / 2
    middle = (knots[:-1, np.newaxis] + knots[1:, np.newaxis]) / 2
    return (middle + half * _POINTS).ravel(), (half * _WEIGHTS).ravel()
