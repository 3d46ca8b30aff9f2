import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from srf_library.quadrature import gauss_points


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=8), st.integers(0, 2**32 - 1))
def test_a_polynomial_of_degree_seven_is_integrated_exactly(coefficients, seed):
    knots = np.unique(np.random.default_rng(seed).uniform(-2, 2, 5))
    polynomial = np.polynomial.Polynomial(coefficients)
    antiderivative = polynomial.integ()
    points, weights = gauss_points(knots)
    whole = antiderivative(knots[-1]) - antiderivative(knots[0])
    np.testing.assert_allclose(weights @ polynomial(points), whole, atol=1e-11)
