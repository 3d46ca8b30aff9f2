import pytest
import torch


@pytest.fixture
def truth():
    """Return reflectances of two images of Sentinel-2, smooth enough to have structure."""
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(2, 13, 12, 12, generator=generator, dtype=torch.float64)
    return 0.05 + 0.5 * torch.nn.functional.avg_pool2d(x, 3, 1, 1)


@pytest.fixture
def estimate(truth):
    """Return the same images, a little wrong."""
    generator = torch.Generator().manual_seed(1)
    return truth + 0.05 * torch.rand(truth.shape, generator=generator, dtype=torch.float64)


@pytest.fixture
def spoilt(estimate):
    """Return an estimate with all that real images hold: no data, zeros, constants, equals."""
    spoilt = estimate.clone()
    spoilt[0, :, 0, 0] = torch.nan
    spoilt[0, 3, 1, 1] = torch.inf
    spoilt[:, :, 2:4, 2:4] = 0.0
    spoilt[:, 5] = 0.25
    spoilt[:, 7, 5:8, 5:8] = -spoilt[:, 3, 5:8, 5:8]
    return spoilt
