import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import physops
from anyband_models.diffusion.targets import OperatorTarget
from anyband_models.errors import InputError
from physops.bands import Bands
from physops.correlation import band_correlation
from physops.errors import MissingOperandError

BANDS = Bands.at([490.0, 560.0, 665.0, 705.0, 835.0, 1610.0], 20.0)
RED, NIR = 2, 4


def images(batch=2, rows=4, cols=5):
    random = torch.Generator().manual_seed(8)
    return 0.05 + 0.5 * torch.rand(batch, 6, rows, cols, generator=random)


def ndvi(image):
    return (image[:, NIR] - image[:, RED]) / (image[:, NIR] + image[:, RED])


def test_a_map_is_asked_for_by_mean_squares():
    image, wanted = images(), torch.rand(4, 5)
    loss = OperatorTarget("ndvi", BANDS, wanted)(image)
    torch.testing.assert_close(loss, (ndvi(image) - wanted).square().mean(dim=(1, 2)))
    assert OperatorTarget("ndvi", BANDS, ndvi(image)[:1])(image)[0] < 1e-12


def test_a_number_is_asked_for_everywhere():
    image = images()
    loss = OperatorTarget("ndvi", BANDS, 0.7)(image)
    torch.testing.assert_close(loss, (ndvi(image) - 0.7).square().mean(dim=(1, 2)))


def test_nothing_is_asked_where_a_map_is_nan():
    image, wanted = images().requires_grad_(), torch.rand(4, 5)
    wanted[1:3] = torch.nan
    loss = OperatorTarget("ndvi", BANDS, wanted)(image)
    asked = torch.isfinite(wanted)
    expected = (ndvi(image) - wanted)[:, asked].square().mean(dim=1)
    torch.testing.assert_close(loss, expected)
    (slope,) = torch.autograd.grad(loss.sum(), image)
    assert torch.isfinite(slope).all()
    assert not slope[:, :, 1:3].any()
    assert slope[:, [RED, NIR]][:, :, asked].all()


def test_a_map_of_nothing_asks_nothing():
    image = images().requires_grad_()
    loss = OperatorTarget("ndvi", BANDS, torch.full((4, 5), torch.nan))(image)
    (slope,) = torch.autograd.grad(loss.sum(), image)
    assert not loss.any()
    assert not slope.any()


def test_a_constraint_is_asked_to_vanish():
    image = images()
    target = OperatorTarget("valid_range", BANDS)
    assert not target(image).any()
    image[0, 1, 2, 3] = 1.5
    torch.testing.assert_close(target(image), torch.tensor([0.25 / 120, 0.0]))


def test_its_operator_is_not_learned():
    target = OperatorTarget("prosail_manifold", Bands.of("Sentinel-2A"))
    assert list(target.operator.parameters()) or list(target.operator.buffers())
    assert not any(parameter.requires_grad for parameter in target.operator.parameters())
    image = torch.full((1, 13, 2, 2), 0.3, requires_grad=True)
    (slope,) = torch.autograd.grad(target(image).sum(), image)
    assert torch.isfinite(slope).all()
    assert slope.any()


def test_the_correlations_of_the_observed_part_can_be_asked_for():
    image = images(1, 8, 8)
    target = OperatorTarget("band_correlation", BANDS, band_correlation(image)[0])
    assert target(image)[0] < 1e-9
    assert target(images(1, 8, 8).flip(1))[0] > 1e-3
    assert target.part(slice(0, 4), slice(0, 4)) is target
    target.check(3, 7)


@pytest.mark.parametrize("shape", [(5, 4), (4, 6), (3, 4, 5), (5,), (2, 1, 4, 5)])
def test_a_map_of_another_shape_is_refused(shape):
    image = images()
    if shape == (5,):  # a row for all rows is in the rules of broadcasting, and welcome
        assert OperatorTarget("ndvi", BANDS, torch.zeros(shape))(image).shape == (2,)
        return
    with pytest.raises(InputError) as caught:
        OperatorTarget("ndvi", BANDS, torch.zeros(shape))(image)
    assert str(caught.value) == (
        f"the target of ndvi has the shape {shape} and the operator gives (4, 5) of each image; "
        "give it in that shape, or as one number"
    )
    assert caught.value.exit_code == 3


def test_a_map_of_another_size_than_the_image_is_refused_before_it_is_cut():
    with pytest.raises(InputError) as caught:
        OperatorTarget("ndvi", BANDS, torch.zeros(9, 5)).check(4, 5)
    assert str(caught.value) == (
        "the target of ndvi has 9 rows and 5 columns, and the image has 4 and 5; give a map of 4 "
        "rows and 5 columns"
    )
    OperatorTarget("ndvi", BANDS, torch.zeros(4, 5)).check(4, 5)
    OperatorTarget("ndvi", BANDS, torch.zeros(1, 5)).check(4, 5)
    OperatorTarget("ndvi", BANDS, 0.3).check(4, 5)


@given(rows=st.tuples(st.integers(0, 1), st.integers(2, 4)),
       cols=st.tuples(st.integers(0, 2), st.integers(3, 5)))  # fmt: skip
def test_a_part_asks_of_a_part_what_the_whole_asks_there(rows, cols):
    image, at = images(), (slice(*rows), slice(*cols))
    wanted = torch.linspace(-0.5, 0.5, 20).reshape(4, 5)
    part = OperatorTarget("ndvi", BANDS, wanted, weight=3).part(*at)
    expected = (ndvi(image) - wanted)[:, at[0], at[1]].square().mean(dim=(1, 2))
    torch.testing.assert_close(part(image[:, :, at[0], at[1]]), expected)
    assert (part.name, part.weight) == ("ndvi", 3)


@pytest.mark.parametrize("shape", [(), (1, 1), (6, 1, 1), (6, 1, 5)])
def test_what_is_the_same_at_all_places_is_so_in_a_part(shape):
    image, wanted = images() + 1, torch.rand(shape)
    at = slice(2, 4), slice(3, 5)
    part = OperatorTarget("valid_range", BANDS, wanted).part(*at)
    excess = (image - 1 - wanted)[:, :, at[0], at[1]]
    torch.testing.assert_close(part(image[:, :, at[0], at[1]]), excess.square().mean(dim=(1, 2, 3)),
                               rtol=1e-4, atol=1e-6)  # fmt: skip


def test_a_matrix_of_a_statistic_is_not_a_map():
    image = images(1, 8, 8)
    wanted = band_correlation(image)[0]
    target = OperatorTarget("band_correlation", BANDS, wanted)
    assert target.part(slice(0, 4), slice(0, 4)) is target
    target.check(100, 3)
    assert target(image)[0] < 1e-9


def test_an_operator_that_the_bands_cannot_serve_says_so():
    with pytest.raises(
        MissingOperandError, match=r"NDVI needs N .* R .* the image has bands at 490, 560 nm"
    ):
        OperatorTarget("ndvi", Bands.at([490.0, 560.0]))


def test_values_that_are_no_reflectance_on_the_way_are_not_refused():
    assert np.isfinite(OperatorTarget("ndvi", BANDS, 0.5)(100 * images()).numpy()).all()
    assert physops.spec("ndvi").kind == "index"


def test_an_index_has_a_loss_at_each_pixel_and_none_where_nothing_is_asked():
    image, wanted = images(), torch.rand(4, 5)
    wanted[2, 1] = torch.nan
    target = OperatorTarget("ndvi", BANDS, wanted)
    expected = (ndvi(image) - wanted).square().nan_to_num()
    torch.testing.assert_close(target.losses(image), expected)
    asked = torch.isfinite(wanted)
    torch.testing.assert_close(target(image), expected[:, asked].mean(dim=1))


def test_a_constraint_has_a_loss_at_each_pixel_of_all_its_bands():
    image = images()
    image[0, 1, 2, 3], image[0, 4, 2, 3] = 1.5, 2.0
    expected = torch.zeros(2, 4, 5)
    expected[0, 2, 3] = (0.25 + 1.0) / 6
    torch.testing.assert_close(OperatorTarget("valid_range", BANDS).losses(image), expected)


def test_a_statistic_has_one_loss_an_image_and_none_below_its_level():
    image = images(2, 8, 8)
    wanted = band_correlation(images(1, 8, 8).flip(1))[0]
    free = OperatorTarget("band_correlation", BANDS, wanted)
    level = 0.5 * float(free(image).min())
    target = OperatorTarget("band_correlation", BANDS, wanted, level=level)
    torch.testing.assert_close(target.losses(image), free(image) - level)
    target.level = 2 * float(free(image).max())
    image.requires_grad_()
    (slope,) = torch.autograd.grad(target(image).sum(), image)
    assert not target(image).any()
    assert not slope.any()
    assert target.part(slice(0, 4), slice(0, 4)).level == target.level


def smooth(rows=40, cols=6):
    """An image whose bands hang together, differently in its two halves."""
    random = torch.Generator().manual_seed(3)
    base = torch.rand(2, rows, cols, generator=random)
    loads = torch.rand(6, 2, generator=random)
    image = torch.einsum("bk,kyx->byx", loads, base)
    image += 0.02 * torch.rand(6, rows, cols, generator=random)
    image[3:, rows // 2 :] = image[3:, rows // 2 :].flip(0)
    return image


def test_a_statistic_of_an_image_is_asked_for_as_nearly_as_parts_of_it_show_it():
    image = smooth()
    target = OperatorTarget.of_image("band_correlation", BANDS, image)
    torch.testing.assert_close(target.value, band_correlation(image[None])[0])
    parts = torch.stack(image.split(4, dim=1))
    free = OperatorTarget("band_correlation", BANDS, target.value)
    assert 0.3 < target.level / free(parts).median() < 3
    assert target(image[None])[0] == 0


@pytest.mark.parametrize("holes", ["strip", "band", "pixel"])
def test_pixels_that_lack_a_band_do_not_show_a_statistic(holes):
    image, hurt = smooth(), smooth()
    if holes == "strip":
        hurt[:, :8] = torch.nan
    if holes == "band":
        hurt[2, ::2] = torch.nan
    if holes == "pixel":
        hurt[:, 0, 0] = torch.nan
    complete = image[:, torch.isfinite(hurt).all(dim=0)][None, :, :, None]
    target = OperatorTarget.of_image("band_correlation", BANDS, hurt)
    torch.testing.assert_close(target.value, band_correlation(complete)[0])
    assert 0 < target.level < 1


def test_of_few_pixels_the_level_is_nothing_and_of_one_there_is_none():
    few = OperatorTarget.of_image("band_correlation", BANDS, smooth(3, 1))
    assert (few.level, bool(torch.isfinite(few.value).all())) == (0.0, True)
    with pytest.raises(InputError) as caught:
        OperatorTarget.of_image("band_correlation", BANDS, smooth(2, 1)[:, :1])
    assert str(caught.value) == (
        "band_correlation needs two pixels with all good bands, and the image that is to show it "
        "has 1; give another image"
    )


@pytest.mark.parametrize("level", [float("nan"), float("inf")])
def test_a_level_that_is_no_number_is_refused(level):
    with pytest.raises(InputError, match=r"the level .* of ndvi is no number"):
        OperatorTarget("ndvi", BANDS, 0.5, level=level)
