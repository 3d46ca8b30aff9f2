import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from anyband_models.diffusion.denoiser import NetworkDenoiser, one_step
from anyband_models.diffusion.noise import LinearSchedule
from anyband_models.diffusion.preconditioning import scaling, target

PREDICTIONS = ["eps", "x0", "edm"]
each_prediction = pytest.mark.parametrize("prediction", PREDICTIONS)


def drawn(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(3), dtype=torch.float64)


@each_prediction
@given(sigma=st.floats(1e-2, 157), spread=st.floats(0.1, 3))
def test_the_network_that_answers_the_target_gives_the_clean_image(prediction, sigma, spread):
    clean, noise = drawn(2, 3, 4, 5), drawn(3, 2, 4, 5).reshape(2, 3, 4, 5)
    sigmas = torch.tensor([sigma, 2 * sigma], dtype=torch.float64)
    answer = target(prediction, clean, noise, sigmas, spread)
    wrapped = scaling(prediction, sigmas, spread)
    noisy = clean + sigmas[:, None, None, None] * noise
    torch.testing.assert_close(wrapped.skip * noisy + wrapped.out * answer, clean,
                               rtol=1e-9, atol=1e-9)  # fmt: skip


@each_prediction
@pytest.mark.parametrize("sigma", [0.01, 0.5, 20.0])
def test_what_the_network_sees_has_unit_variance(prediction, sigma):
    spread = 0.5 if prediction == "edm" else 1.0
    clean, noise = spread * drawn(1, 1, 200, 200), drawn(1, 2, 200, 200)[:, 1:]
    seen = scaling(prediction, torch.tensor([sigma]), spread).input * (clean + sigma * noise)
    assert seen.std().item() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("sigma", [0.01, 0.5, 20.0])
@pytest.mark.parametrize("spread", [0.25, 1.0])
def test_the_target_of_edm_has_unit_variance_at_every_noise(sigma, spread):
    clean, noise = spread * drawn(1, 1, 200, 200), drawn(1, 2, 200, 200)[:, 1:]
    wanted = target("edm", clean, noise, torch.tensor([sigma], dtype=torch.float64), spread)
    assert wanted.std().item() == pytest.approx(1, abs=0.02)


def test_the_scaling_of_edm_is_table_1_of_karras():
    sigma, spread = 2.0, 0.5
    wrapped = scaling("edm", torch.tensor([sigma], dtype=torch.float64), spread)
    assert wrapped.input.item() == pytest.approx(1 / (sigma**2 + spread**2) ** 0.5)
    assert wrapped.skip.item() == pytest.approx(spread**2 / (sigma**2 + spread**2))
    assert wrapped.out.item() == pytest.approx(sigma * spread / (sigma**2 + spread**2) ** 0.5)


@each_prediction
def test_a_wrapped_network_is_shown_what_it_should_be(prediction, make_condition):
    shown = []

    class Network(torch.nn.Module):
        def forward(self, x, time, channels):
            shown.append((x, time, channels))
            return torch.full_like(x, 2.0)

    schedule = LinearSchedule()
    condition = make_condition(torch.rand(2, 3, 4, 4), torch.rand(2, 3, 4, 4) > 0.5)
    x, sigma = torch.randn(2, 3, 4, 4), schedule.sigmas[[10, 700]].float()
    clean = NetworkDenoiser(Network(), schedule, prediction, 0.5)(x, sigma, condition)
    wrapped = scaling(prediction, sigma, 0.5)
    torch.testing.assert_close(clean, wrapped.skip * x + 2 * wrapped.out)
    seen, time, channels = shown[0]
    torch.testing.assert_close(seen, wrapped.input * x)
    torch.testing.assert_close(time, torch.tensor([10.0, 700.0]), rtol=1e-4, atol=1e-2)
    assert channels is condition.channels


def test_one_step_asks_once_of_zeros_at_the_most_noise(make_condition):
    condition, asked = make_condition(torch.rand(2, 3, 4, 4), torch.ones(2, 3, 4, 4).bool()), []

    def denoiser(x, sigma, condition):
        asked.append((x, sigma))
        return condition.known

    assert torch.equal(one_step(denoiser, condition, 80.0), condition.known)
    ((x, sigma),) = asked
    assert not x.any()
    assert sigma.tolist() == [80.0, 80.0]
