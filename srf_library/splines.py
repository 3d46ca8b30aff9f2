"""Interpolation as weights: what linear functionals of an interpolated spectrum give each node.

The natural cubic spline through ``y`` at the nodes ``x``, with ``h = x[i+1] - x[i]``,
``t = (λ - x[i]) / h`` and ``M`` its second derivatives at the nodes (``M = 0`` at both ends), is

    s(λ) = (1-t) y[i] + t y[i+1] + h²/6 ( ((1-t)³ - (1-t)) M[i] + (t³ - t) M[i+1] )

and goes on as a straight line beyond its ends. ``M`` solves a tridiagonal system, so that a sum
of spline values is a sum over nodes after one solve for each row: the cardinal splines, of which
there is one a node, are never made.

Source: de Boor, A Practical Guide to Splines (1978), ch. IV.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

Nodes = Float[np.ndarray, " node"]
Rows = Float[np.ndarray, "row node"]


@dataclass(frozen=True, eq=False)
class Points:
    """Places in wavelength, each with a weight in one row of a sum.

    Attributes:
        wavelength: the places [nm].
        weight: what the interpolated spectrum is multiplied with there.
        row: the row that the product is added to.
        rows: how many rows there are.
    """

    wavelength: Float[np.ndarray, " point"]
    weight: Float[np.ndarray, " point"]
    row: Int[np.ndarray, " point"]
    rows: int

    def scattered(
        self, node: Int[np.ndarray, " point"], factor: Float[np.ndarray, " point"], nodes: int
    ) -> Rows:
        """Return, for each row, the sum of weight times factor that falls on each node."""
        entries = (self.weight * factor, (self.row, node))
        from scipy.sparse import coo_array  # slow to import

        return coo_array(entries, shape=(self.rows, nodes)).toarray()


def constant(nodes: Nodes, points: Points) -> Rows:
    """Return each row's weights for a spectrum that is flat out to half way between nodes."""
    edges = (nodes[:-1] + nodes[1:]) / 2
    nearest = np.searchsorted(edges, points.wavelength)
    return points.scattered(nearest, np.ones(len(nearest)), len(nodes))


def linear(nodes: Nodes, points: Points) -> Rows:
    """Return each row's weights for a spectrum of straight lines."""
    if len(nodes) == 1:
        return constant(nodes, points)
    i, _, t = _places(nodes, points)
    return points.scattered(i, 1 - t, len(nodes)) + points.scattered(i + 1, t, len(nodes))


def cubic(nodes: Nodes, points: Points) -> Rows:
    """Return each row's weights for a natural cubic spline."""
    weights = linear(nodes, points)
    if len(nodes) < 3:
        return weights
    i, h, t = _places(nodes, points)
    left, right = (1 - t) ** 3 - (1 - t), t**3 - t
    # Beyond the ends, where the curvature is gone, only the slope at the end is left.
    left, right = np.where(t < 0, 0, left), np.where(t < 0, -t, right)
    left, right = np.where(t > 1, t - 1, left), np.where(t > 1, 0, right)
    return weights + _through_curvature(nodes, points, i, h**2 / 6 * left, h**2 / 6 * right)


def linear_slope(nodes: Nodes, points: Points) -> Rows:
    """Return each row's weights for the derivative of a spectrum of straight lines [1/nm]."""
    if len(nodes) == 1:
        return np.zeros((points.rows, 1))
    i, h, _ = _places(nodes, points)
    return points.scattered(i + 1, 1 / h, len(nodes)) - points.scattered(i, 1 / h, len(nodes))


def cubic_slope(nodes: Nodes, points: Points) -> Rows:
    """Return each row's weights for the derivative of a natural cubic spline [1/nm]."""
    weights = linear_slope(nodes, points)
    if len(nodes) < 3:
        return weights
    i, h, t = _places(nodes, points)
    t = np.clip(t, 0, 1)
    left, right = 1 - 3 * (1 - t) ** 2, 3 * t**2 - 1
    return weights + _through_curvature(nodes, points, i, h / 6 * left, h / 6 * right)


def _places(
    nodes: Nodes, points: Points
) -> tuple[Int[np.ndarray, " point"], Float[np.ndarray, " point"], Float[np.ndarray, " point"]]:
    """Return the interval that each point lies in, its length [nm] and the place in it."""
    i = np.clip(np.searchsorted(nodes, points.wavelength) - 1, 0, len(nodes) - 2)
    h = nodes[i + 1] - nodes[i]
    return i, h, (points.wavelength - nodes[i]) / h


def _through_curvature(
    nodes: Nodes,
    points: Points,
    i: Int[np.ndarray, " point"],
    left: Float[np.ndarray, " point"],
    right: Float[np.ndarray, " point"],
) -> Rows:
    """Turn weights on the second derivatives into weights on the nodes.

    Inside, ``h[j-1] M[j-1] + 2 (h[j-1] + h[j]) M[j] + h[j] M[j+1] = 6 (d[j] - d[j-1])`` with the
    slopes ``d = Δy / h``. The matrix is symmetric, so one solve gives the weights of every row.
    """
    curvature = points.scattered(i, left, len(nodes)) + points.scattered(i + 1, right, len(nodes))
    h = np.diff(nodes)
    inner = len(nodes) - 2
    bands = np.zeros((3, inner))
    bands[0, 1:] = bands[2, :-1] = h[1:-1]
    bands[1] = 2 * (h[:-1] + h[1:])
    from scipy.linalg import solve_banded  # slow to import

    solved = 6 * solve_banded((1, 1), bands, curvature[:, 1:-1].T).T
    weights = np.zeros_like(curvature)
    weights[:, :-2] += solved / h[:-1]
    weights[:, 1:-1] -= solved * (1 / h[:-1] + 1 / h[1:])
    weights[:, 2:] += solved / h[1:]
    return weights
