import numpy as np
import pytest
import torch

from anyband_models.diffusion.consistency import Consistent
from anyband_models.diffusion.guidance import Guidance, Guided
from anyband_models.diffusion.noise import LinearSchedule
from anyband_models.diffusion.normalisation import Normalisation
from anyband_models.diffusion.samplers import SAMPLERS
from anyband_models.diffusion.targets import OperatorTarget
from anyband_models.errors import UsageError
from physops.bands import Bands

BANDS = Bands.at([490.0, 560.0, 665.0, 705.0, 835.0, 1610.0], 20.0)
SHAPE = (2, 6, 4, 5)
LADDER = LinearSchedule().ladder(10)
SPREAD = 0.3
each_way = pytest.mark.parametrize("through", ["clean", "network"])


def exact(x, sigma, condition):
    """The posterior mean of N(0, SPREAD^2)."""
    at = sigma[:, None, None, None]
    return SPREAD**2 / (SPREAD**2 + at**2) * x


def drawn(seed):
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(seed))


class Level:
    """Asks that an image's mean have a value: straight in the image, or squared."""

    def __init__(self, level, squared=True, name="level", weight=1.0):
        self.level, self.squared, self.name, self.weight = level, squared, name, weight

    def losses(self, images):
        apart = (images - self.level).mean(dim=(1, 2, 3))
        return apart.square() if self.squared else apart.abs()

    def nearest(self, images):
        return None

    def check(self, rows, cols):
        pass

    def part(self, rows, cols):
        return self


@pytest.fixture
def guided(make_problem):
    """Return what makes a guided denoiser; images are normalised from 0 to 1."""

    def make(guidance, denoiser=exact, observed=None, free=False, ladder=LADDER):
        observed = torch.zeros(SHAPE).bool() if observed is None else observed
        problem = make_problem(drawn(5), observed)
        return Guided(denoiser, guidance, problem, Normalisation(low=0, high=1), ladder, free)

    return make


def ndvi(level=0.8, **settings):
    return OperatorTarget("ndvi", BANDS, level, **settings)


def decoded(z):
    return Normalisation(low=0, high=1).inverse(z)


@pytest.mark.parametrize("name", list(SAMPLERS))
@each_way
def test_a_scale_of_zero_leaves_the_sampler_as_it_is_bit_for_bit(name, through, guided):
    guidance = Guidance([ndvi()], scale=0, through=through, every=1, last=1.0)
    denoiser = guided(guidance)
    start, condition = LADDER[0].float() * drawn(1), denoiser.problem.condition
    plain, other = (
        SAMPLERS[name](which, start, LADDER, condition, lambda step: drawn(step + 2))
        for which in (exact, denoiser)
    )
    assert torch.equal(plain.view(torch.int32), other.view(torch.int32))
    assert denoiser.records == []


@each_way
@pytest.mark.parametrize("name", list(SAMPLERS))
def test_the_physics_loss_is_less_than_without_guidance(name, through, guided):
    losses = []
    for scale in (0.0, 1.0):
        guidance = Guidance([ndvi()], scale=scale, through=through, every=1, last=1.0)
        denoiser = guided(guidance)
        start, condition = LADDER[0].float() * drawn(1), denoiser.problem.condition
        with torch.no_grad():
            found = SAMPLERS[name](denoiser, start, LADDER, condition, lambda step: drawn(step + 2))
            losses.append(ndvi()(decoded(found)))
    assert torch.all(losses[1] < 0.5 * losses[0])


@each_way
def test_each_step_descends_the_loss_and_the_papers_sign_would_ascend_it(through, guided):
    """Eq. 4 as printed is ``eps - s sqrt(1 - abar) g``: the other way round."""
    sigma, target = torch.full((2,), float(LADDER[-2])), ndvi()
    guidance = Guidance([target], 1.0, through, normalised=False, every=1, last=1.0)
    denoiser = guided(guidance)
    x = 0.3 * drawn(1)
    clean = exact(x, sigma, denoiser.problem.condition)
    step = denoiser(x, sigma, denoiser.problem.condition) - clean
    step = step / step.norm() * 1e-3  # far enough to tell, near enough for the slope to hold
    here, ours, printed = (target(decoded(at)) for at in (clean, clean + step, clean - step))
    assert torch.all(ours < here)
    assert torch.all(printed > here)


def test_the_gradient_through_the_network_is_eq_4_in_its_own_units(guided):
    """x0 from ``eps + s sqrt(1 - abar) g`` with g by X_t, as Eq. 3 has it."""
    scale, sigma = 0.7, float(LADDER[4])
    kept = 1 / (1 + sigma**2)
    denoiser = guided(Guidance([Level(0.9)], scale, "network", normalised=False, every=1, last=1.0))
    condition, noisy = denoiser.problem.condition, drawn(1).requires_grad_()  # X_t
    clean = exact(noisy / kept**0.5, torch.full((2,), sigma), condition)
    (slope,) = torch.autograd.grad(Level(0.9).losses(decoded(clean)).sum(), noisy)
    eps = (noisy - kept**0.5 * clean) / (1 - kept) ** 0.5
    eps = eps + scale * (1 - kept) ** 0.5 * slope
    expected = (noisy - (1 - kept) ** 0.5 * eps) / kept**0.5
    found = denoiser(noisy.detach() / kept**0.5, torch.full((2,), sigma), condition)
    torch.testing.assert_close(found, expected.detach(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("rung", [0, 5, 9])
def test_both_ways_agree_for_a_denoiser_that_is_straight(rung, guided):
    sigma = torch.full((2,), float(LADDER[rung]))
    steps = {}
    for normalised in (True, False):
        for through in ("clean", "network"):
            guidance = Guidance([ndvi(0.3)], 0.5, through, normalised, every=1, last=1.0)
            denoiser = guided(guidance)
            condition = denoiser.problem.condition
            x = drawn(1) * torch.sqrt(SPREAD**2 + sigma[0] ** 2)
            steps[normalised, through] = denoiser(x, sigma, condition) - exact(x, sigma, condition)
    torch.testing.assert_close(steps[True, "network"], steps[True, "clean"], rtol=1e-3, atol=1e-5)
    # Not normalised, the way through the network has the variance of the posterior before it.
    variance = SPREAD**2 * sigma[0] ** 2 / (SPREAD**2 + sigma[0] ** 2)
    expected = variance * steps[False, "clean"]
    torch.testing.assert_close(steps[False, "network"], expected, rtol=1e-3, atol=1e-5)


@each_way
@pytest.mark.parametrize("scale", [0.25, 1.0])
def test_a_normalised_step_is_a_share_of_the_way_down_a_straight_loss(through, scale, guided):
    target = Level(5.0, squared=False)
    denoiser = guided(Guidance([target], scale, through, every=1, last=1.0))
    sigma, condition = torch.full((2,), float(LADDER[6])), denoiser.problem.condition
    before = target.losses(decoded(exact(drawn(1), sigma, condition)))
    after = target.losses(decoded(denoiser(drawn(1), sigma, condition)))
    torch.testing.assert_close(after, (1 - scale) * before, rtol=1e-4, atol=1e-5)


@each_way
@pytest.mark.parametrize("free", [True, False])
def test_observed_entries_are_left_alone_unless_they_are_free(through, free, guided):
    observed = torch.rand(SHAPE, generator=torch.Generator().manual_seed(2)) < 0.5
    guidance = Guidance([Level(5.0)], through=through, every=1, last=1.0)
    denoiser = guided(guidance, observed=observed, free=free)
    sigma, condition = torch.full((2,), float(LADDER[6])), denoiser.problem.condition
    apart = denoiser(drawn(1), sigma, condition) != exact(drawn(1), sigma, condition)
    assert apart[~observed].all()
    assert apart[observed].all() == free
    assert apart[observed].any() == free


@each_way
def test_a_straight_loss_vanishes_by_what_is_missing_alone(through, guided):
    observed = torch.rand(SHAPE, generator=torch.Generator().manual_seed(2)) < 0.5
    target = Level(5.0, squared=False)
    guidance = Guidance([target], through=through, every=1, last=1.0)
    denoiser = guided(guidance, Consistent(exact), observed)
    sigma, condition = torch.full((2,), float(LADDER[6])), denoiser.problem.condition
    found = denoiser(drawn(1), sigma, condition)
    assert torch.equal(found[observed], condition.known[observed])
    assert target.losses(decoded(found)).max() < 1e-4


@pytest.mark.parametrize(
    ("every", "last", "expected"),
    [
        (1, 1.0, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (2, 0.5, [5, 7, 9]),
        (3, 1.0, [0, 3, 6, 9]),
        (1, 0.3, [7, 8, 9]),
        (5, 0.0, [9]),
        (99, 1.0, [9]),
    ],
)
def test_every_and_last_choose_the_rungs(every, last, expected, guided):
    denoiser = guided(Guidance([Level(0.5)], every=every, last=last))
    start, condition = LADDER[0].float() * drawn(1), denoiser.problem.condition
    SAMPLERS["ddim"](denoiser, start, LADDER, condition, drawn)
    sigmas = [record.sigma for record in denoiser.records]
    np.testing.assert_allclose(sigmas, LADDER[expected].numpy(), rtol=1e-6)


@pytest.mark.parametrize("settings", [{"every": 0}, {"last": 1.5}, {"last": -0.1}])
def test_rungs_that_cannot_be_are_refused(settings):
    with pytest.raises(UsageError, match="`every` is 1 or more, `last` from 0 to 1"):
        Guidance([], **settings)


@each_way
def test_records_are_the_losses_before_each_step(through, guided):
    targets = [ndvi(weight=2.0), Level(0.5, name="mean")]
    denoiser = guided(Guidance(targets, through=through, every=1, last=1.0))
    sigma, condition = torch.full((2,), float(LADDER[3])), denoiser.problem.condition
    denoiser(drawn(1), sigma, condition)
    (record,) = denoiser.records
    assert record.sigma == pytest.approx(float(LADDER[3]))
    assert list(record.losses) == ["ndvi", "mean"]
    clean = exact(drawn(1), sigma, condition)
    torch.testing.assert_close(record.losses["ndvi"], targets[0](decoded(clean)))
    alone = guided(Guidance(targets[:1], every=1, last=1.0))(drawn(1), sigma, condition)
    torch.testing.assert_close(record.losses["mean"], targets[1].losses(decoded(alone)))
    assert not any(loss.requires_grad for loss in record.losses.values())


def test_each_target_steps_from_where_the_one_before_has_led(guided):
    """One at a time, two straight losses of the same mean end where the last wants them."""
    targets = [Level(0.2, squared=False), Level(0.7, squared=False, name="other")]
    denoiser = guided(Guidance(targets, every=1, last=1.0))
    sigma, condition = torch.full((2,), float(LADDER[6])), denoiser.problem.condition
    found = decoded(denoiser(drawn(1), sigma, condition))
    torch.testing.assert_close(found.mean(dim=(1, 2, 3)), torch.full((2,), 0.7))


def test_pixels_that_obey_alone_take_their_own_steps(guided):
    """A pixel that is off does not shorten the step of its neighbour."""
    wanted = torch.full(SHAPE[2:], 0.4)
    wanted[0, 0] = -0.9
    paths = []
    for goal in (torch.full(SHAPE[2:], 0.4), wanted):
        denoiser = guided(Guidance([ndvi(goal)], every=1, last=1.0))
        sigma, condition = torch.full((2,), float(LADDER[9])), denoiser.problem.condition
        paths.append(denoiser(0.2 * drawn(1), sigma, condition))
    same = torch.ones(SHAPE[2:], dtype=torch.bool)
    same[0, 0] = False
    assert torch.equal(paths[0][:, :, same], paths[1][:, :, same])
    assert (paths[0] != paths[1])[:, [2, 4], 0, 0].all()


@each_way
def test_nothing_is_asked_below_a_targets_level(through, guided):
    sigma = torch.full((2,), float(LADDER[9]))
    target = ndvi(0.3)
    clean = exact(drawn(1), sigma, None)
    target.level = float(target(decoded(clean)).max())
    # A map of an index has its level at each pixel; only those above it move.
    denoiser = guided(Guidance([target], through=through, every=1, last=1.0))
    moved = denoiser(drawn(1), sigma, denoiser.problem.condition) != clean
    above = target.losses(decoded(clean)) > 0
    assert above.any()
    assert not above.all()
    assert torch.equal(moved.any(dim=1), above)


@each_way
def test_a_target_that_is_met_or_asks_nothing_takes_no_step(through, guided):
    targets = [OperatorTarget("ndvi", BANDS, torch.full(SHAPE[2:], torch.nan))]
    denoiser = guided(Guidance(targets, through=through, every=1, last=1.0))
    sigma, condition = torch.full((2,), float(LADDER[9])), denoiser.problem.condition
    assert torch.equal(denoiser(drawn(1), sigma, condition), exact(drawn(1), sigma, condition))


@each_way
def test_it_works_where_gradients_are_switched_off(through, guided):
    denoiser = guided(Guidance([Level(0.9)], through=through, every=1, last=1.0))
    sigma, condition = torch.full((2,), float(LADDER[9])), denoiser.problem.condition
    with torch.no_grad():
        quiet = denoiser(drawn(1), sigma, condition)
    assert torch.equal(quiet, denoiser(drawn(1), sigma, condition))
    assert not quiet.requires_grad


def test_each_image_of_a_batch_takes_its_own_step(guided):
    denoiser = guided(Guidance([ndvi()], every=1, last=1.0))
    sigma, condition = torch.full((2,), float(LADDER[9])), denoiser.problem.condition
    x = drawn(1)
    both = denoiser(x, sigma, condition)
    other = denoiser(torch.cat([x[:1], 0.1 * x[1:]]), sigma, condition)
    torch.testing.assert_close(other[0], both[0])


def test_a_part_of_a_guidance_has_the_parts_of_its_targets():
    guidance = Guidance([OperatorTarget("ndvi", BANDS, torch.zeros(8, 8))], scale=0.3, every=4)
    part = guidance.part(slice(2, 5), slice(0, 7))
    assert part.targets[0].value.shape == (3, 7)
    assert (part.scale, part.every) == (0.3, 4)


@each_way
@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0])
def test_of_a_range_the_nearest_valid_image_is_known(through, scale, guided):
    target = OperatorTarget("valid_range", BANDS, low=0.3, high=0.6)
    denoiser = guided(Guidance([target], scale, through, every=1, last=1.0))
    sigma, condition = torch.full((2,), float(LADDER[9])), denoiser.problem.condition
    x = 2 * drawn(1)
    free, moved = exact(x, sigma, condition), denoiser(x, sigma, condition)
    valid = decoded(free).clamp(0.3, 0.6)
    outside = decoded(free) != valid
    assert 0.2 < outside.float().mean() < 0.9
    share = min(scale, 1.0)
    expected = torch.where(outside, (1 - share) * decoded(free) + share * valid, decoded(free))
    torch.testing.assert_close(decoded(moved), expected, rtol=1e-4, atol=1e-5)
    if through == "clean":
        assert torch.equal(moved[~outside], free[~outside])
