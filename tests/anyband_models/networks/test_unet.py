import pytest
import torch

from anyband_models.networks.config import UNetConfig
from anyband_models.networks.unet import UNet

BANDS = 6
TINY = UNetConfig(width=8, multipliers=(1, 2), blocks=1, attention=(1,), heads=2, context=8)
DEEP = TINY.model_copy(update={"multipliers": (1, 1, 2, 2), "attention": (3,), "blocks": 2})
KINDS = {
    "global": TINY,
    "spatial": TINY.model_copy(update={"modulation": "spatial"}),
    "spectral": TINY.model_copy(update={"spectral": 8}),
    "apart": TINY.model_copy(update={"concatenate": False}),
    "apart-spectral": TINY.model_copy(update={"concatenate": False, "spectral": 8}),
    "no-attention": TINY.model_copy(update={"attention": ()}),
    "deep": DEEP,
}
each_kind = pytest.mark.parametrize("config", KINDS.values(), ids=list(KINDS))


def inputs(rows=8, cols=8, batch=2, dtype=torch.float32):
    random = torch.Generator().manual_seed(5)
    x = torch.randn(batch, BANDS, rows, cols, generator=random).to(dtype)
    condition = torch.randn(batch, 2 * BANDS, rows, cols, generator=random).to(dtype)
    return x, torch.linspace(3, 900, batch).to(dtype), condition


def randomised(config):
    torch.manual_seed(6)
    network = UNet(BANDS, config)
    for parameter in network.parameters():
        if not parameter.abs().max():
            torch.nn.init.normal_(parameter, std=0.1)
    return network


@each_kind
def test_a_new_network_says_zero(config):
    assert torch.equal(UNet(BANDS, config)(*inputs()), torch.zeros(2, BANDS, 8, 8))


@pytest.mark.parametrize("size", [(7, 5), (1, 1), (1, 9), (2, 3), (64, 64)])
@pytest.mark.parametrize("config", [TINY, DEEP], ids=["two", "four"])
def test_an_image_may_have_any_size(config, size):
    found = randomised(config)(*inputs(*size, batch=1))
    assert found.shape == (1, BANDS, *size)
    assert torch.isfinite(found).all()
    assert found.std() > 0


def test_padding_is_by_reflection():
    network = randomised(TINY)
    x, time, condition = inputs(7, 5)

    def whole(image):
        image = torch.cat([image, image[..., -2:-1, :]], dim=-2)
        return torch.cat([image, image[..., -2:-1]], dim=-1)

    padded = network(whole(x), time, whole(condition))[..., :7, :5]
    torch.testing.assert_close(network(x, time, condition), padded)


@each_kind
def test_gradients_reach_every_parameter_once_the_zeros_have_moved(config):
    torch.manual_seed(7)
    network = UNet(BANDS, config)
    steps = torch.optim.Adam(network.parameters(), lr=1e-2)
    wanted = torch.randn(2, BANDS, 8, 8)
    # The head moves first, then what stands before it behind zeros, then all.
    for _ in range(3):
        steps.zero_grad()
        (network(*inputs()) - wanted).square().mean().backward()
        steps.step()
    still = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    assert still == []


@each_kind
def test_noise_and_condition_are_heard(config):
    network = randomised(config)
    x, time, condition = inputs()
    plain = network(x, time, condition)
    assert (network(x, time + 50, condition) - plain).abs().max() > 1e-4
    assert (network(x, time, condition + 1) - plain).abs().max() > 1e-4
    assert (network(x + 1, time, condition) - plain).abs().max() > 1e-4


@each_kind
def test_images_of_a_batch_do_not_know_each_other(config):
    network = randomised(config)
    x, time, condition = inputs()
    alone = network(x[1:], time[1:], condition[1:])
    torch.testing.assert_close(network(x, time, condition)[1:], alone, rtol=1e-4, atol=1e-5)


def test_a_vector_alone_cannot_tell_pixels_apart():
    # Eq. 1 without C and M entry by entry: where they lie changes nothing but their mean.
    x, time, condition = inputs()
    flipped = condition.flip(-1)
    for config, same in [(KINDS["apart"], True), (TINY, False)]:
        network = randomised(config)
        # The encoder sees 3 x 3 places: it is made blind to them here.
        for layer in (network.encoder.near, network.encoder.far):
            layer.weight.data *= torch.tensor([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]])
            layer.stride = 1
        apart = (network(x, time, condition) - network(x, time, flipped)).abs().max()
        assert (apart < 1e-4) == same


def test_the_spectral_branch_sees_one_pixel_at_a_time():
    network = randomised(KINDS["spectral"])
    seen = torch.randn(1, 3 * BANDS, 4, 4)
    other = seen.clone()
    other[..., 2, 3] += 1
    apart = (network.spectral(seen) - network.spectral(other)).abs().amax(dim=(0, 1)).detach()
    assert apart[2, 3] > 0
    apart[2, 3] = 0
    assert not apart.any()


def test_it_computes_in_double_precision():
    network = randomised(TINY)
    single = network(*inputs())
    double = network.double()(*inputs(dtype=torch.float64))
    assert double.dtype == torch.float64
    torch.testing.assert_close(double.float(), single, rtol=1e-3, atol=1e-4)


@each_kind
def test_it_computes_in_half_the_bits_under_autocast(config):
    network = randomised(config)
    single = network(*inputs())
    with torch.autocast("cpu", torch.bfloat16):
        short = network(*inputs())
    assert (short.float() - single).norm() < 0.05 * single.norm()


@each_kind
def test_gradients_are_right(config):
    network = randomised(config.model_copy(update={"blocks": 1})).double()
    x, time, condition = inputs(4, 4, batch=1, dtype=torch.float64)

    def along(step):
        return network(x + step * torch.ones_like(x), time, condition).square().sum()

    step = torch.zeros((), dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(along, step, eps=1e-5, atol=1e-4)
