import numpy as np
import pytest
import torch

from anyband_models.diffusion.distance import ALONE, CELLS, INSIDE, ErrorTable, cells, sums
from anyband_models.diffusion.interpolation import Line, straight_lines


def cell(near, far):
    near, far = torch.tensor([float(near)]), torch.tensor([float(far)])
    return cells(Line(torch.zeros(1), near, far)).item()


def test_cells_tell_apart_inside_beside_and_alone():
    inf = np.inf
    assert cell(inf, inf) == ALONE == CELLS - 1
    assert cell(0, 0) == 0
    assert 0 < cell(10, 10) < INSIDE
    assert INSIDE < cell(10, inf) < ALONE
    assert cell(0, inf) == INSIDE  # the twin of the last band
    assert cell(1e6, 1e6) == INSIDE - 1
    assert cell(1e6, inf) == ALONE - 1


@pytest.mark.parametrize(("near", "far"), [(10, 10), (10, 500), (120, 130), (3, 900)])
def test_between_two_bands_it_is_the_variance_of_the_bridge_that_counts(near, far):
    bridge = near * far / (near + far)
    assert cell(near, far) == cell(2 * bridge, 2 * bridge)
    # The same from one side only.
    assert cell(bridge, np.inf) == cell(near, far) + INSIDE


def test_a_cell_grows_with_the_distance():
    for far in (None, np.inf):
        found = [cell(nm, nm if far is None else far) for nm in np.geomspace(1, 3000, 60)]
        assert found == sorted(found)
        assert len(set(found)) == INSIDE


def table_of(bands, per_cell, count):
    table = ErrorTable(bands)
    counts = torch.full((bands, CELLS), float(count))
    table.fit(per_cell.square() * counts, counts)
    return table


def test_known_errors_are_learned():
    errors = torch.linspace(0.1, 2, 3 * CELLS).reshape(3, CELLS)
    torch.testing.assert_close(table_of(3, errors, 1e7).table, errors, rtol=1e-4, atol=0)


def test_where_few_were_seen_band_and_distance_say_it():
    band, distance = torch.tensor([0.5, 1.0, 3.0]), torch.linspace(0.1, 1, CELLS)
    product = band[:, None] * distance
    counts = torch.full((3, CELLS), 1000.0)
    counts[1, 5] = 0  # never seen
    table = ErrorTable(3)
    table.fit(product.square() * counts, counts)
    apart = table.table / product - 1
    assert apart[1, 5].abs() < 0.2  # as large as in band 1 at other distances, or nearly so
    apart[1, 5] = 0
    assert apart.abs().max() < 0.02


def test_cells_that_nobody_fell_into_are_like_their_neighbours():
    counts, errors = torch.zeros(2, CELLS), torch.zeros(2, CELLS)
    counts[:, [4, 9]] = 1e6
    errors[:, 4], errors[:, 9] = 0.2, 0.8
    table = ErrorTable(2)
    table.fit(errors.square() * counts, counts)
    expected = torch.tensor([0.2] * 8 + [0.8] * (CELLS - 9))
    for row in table.table:
        torch.testing.assert_close(row[1:], expected, rtol=1e-4, atol=0)
    assert table.table[:, 0].max() < 1e-5  # observed entries: nothing is off


def test_a_table_is_one_until_it_was_fitted_and_finite_if_nothing_was_seen():
    table, at = ErrorTable(2), torch.randint(0, CELLS, (2, 4, 5))
    assert torch.equal(table(at), torch.ones(2, 4, 5))
    table.fit(torch.zeros(2, CELLS), torch.zeros(2, CELLS))
    assert torch.isfinite(table.table).all()
    assert (table.table > 0).all()


def test_an_entry_finds_its_band_and_cell():
    table = ErrorTable(3)
    table.table.copy_(torch.arange(3.0 * CELLS).reshape(3, CELLS))
    at = torch.randint(0, CELLS, (3, 4, 5))
    expected = torch.arange(3)[:, None, None] * CELLS + at
    assert torch.equal(table(at), expected.float())
    assert torch.equal(table(at[:, :1, :1]), expected[:, :1, :1].float())


def test_sums_are_a_plain_loop(rng):
    squared = rng.random((3, 4, 5)).astype(np.float32)
    at, where = rng.integers(0, CELLS, (3, 4, 5)), rng.random((3, 4, 5)) < 0.5
    total, count = sums(*map(torch.from_numpy, (squared, at, where)))
    expected, seen = np.zeros((3, CELLS)), np.zeros((3, CELLS))
    for index in zip(*np.nonzero(where), strict=True):
        expected[index[0], at[index]] += squared[index]
        seen[index[0], at[index]] += 1
    np.testing.assert_allclose(total.numpy(), expected, rtol=1e-5)
    np.testing.assert_array_equal(count.numpy(), seen)


def test_the_errors_of_a_wiener_process_grow_as_the_root_of_the_distance(rng):
    nm = torch.arange(400.0, 1000, 10, dtype=torch.float64)
    truth = torch.from_numpy(rng.standard_normal((60, 1500)).cumsum(axis=0)).float()
    table, total, count = ErrorTable(60), torch.zeros(60, CELLS), torch.zeros(60, CELLS)
    for _ in range(20):
        observed = torch.from_numpy(rng.random((60, 1)) < 0.3)
        line = straight_lines(truth, observed, nm)
        missing = (~observed & torch.isfinite(line.near)).expand(truth.shape)
        parts = sums((truth - line.value).square(), cells(line).expand(truth.shape), missing)
        total, count = total + parts[0], count + parts[1]
    table.fit(total, count)
    middle = table.table[30]
    for near in (10.0, 40.0):
        expected = (near / 2 / 10) ** 0.5  # a step of unit variance every 10 nm
        assert middle[cell(near, near)].item() == pytest.approx(expected, rel=0.25)
