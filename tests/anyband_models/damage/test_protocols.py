import csv
import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from anyband_models.damage.protocols import FAMILIES, draw, parse
from anyband_models.errors import UsageError
from srf_library import AmbiguousNameError, NotShippedError, UnknownNameError

GOLDEN = Path(__file__).parents[2] / "golden" / "masks.csv"
SEEDS = st.integers(0, 2**32)
PERCENTS = st.floats(0.5, 99.5).map(lambda percent: round(percent, 1))
# Of five bands or more these take some and leave some.
SENSIBLE = st.floats(15, 85).map(lambda percent: round(percent, 1))


@st.composite
def scenes(draw_from, least_good=2):
    """Shape, wavelengths in any order, and which bands are good."""
    good = np.array(draw_from(st.lists(st.booleans(), min_size=least_good, max_size=40)))
    good[draw_from(st.permutations(range(len(good))))[:least_good]] = True
    tenths = draw_from(st.lists(st.integers(4000, 25000), min_size=len(good), max_size=len(good)))
    rows, columns = draw_from(st.tuples(st.integers(1, 4), st.integers(1, 30)))
    return (len(good), rows, columns), np.array(tenths) / 10, good


def lost_bands(missing):
    """The bands that are removed; each must be removed wholly."""
    lost = missing.any(axis=(1, 2))
    np.testing.assert_array_equal(missing, np.broadcast_to(lost[:, None, None], missing.shape))
    return lost


def golden_rows():
    lines = GOLDEN.read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    for number, word in enumerate(["# what:", "# made by:", "# from:"]):
        assert head[number].startswith(word), f"{GOLDEN.name} does not say {word!r}"
    return list(csv.DictReader(lines[len(head) :]))


@pytest.mark.parametrize(
    "row", golden_rows(), ids=lambda row: f"{row['scene']}-{row['family']}-{row['seed']}"
)
def test_masks_are_the_pinned_ones(row):
    shape = tuple(map(int, row["shape"].split()))
    wavelength = np.array(row["wavelength_nm"].split(), dtype=np.float64)
    good = np.array([flag == "1" for flag in row["good"]])
    missing = draw(row["family"], shape, wavelength, good, int(row["seed"]))
    assert " ".join(map(str, np.flatnonzero(missing.any(axis=(1, 2))))) == row["bands"]
    assert missing.sum() == int(row["removed"])
    assert hashlib.sha256(np.packbits(missing).tobytes()).hexdigest() == row["sha256"]


def test_published_masks_are_prefixes_of_the_permutation():
    good = np.ones(200, dtype=bool)
    order = np.random.default_rng(3).permutation(200)
    half = draw("random-50", (200, 1, 1), np.arange(200.0), good, 3)
    five = draw("k5", (200, 1, 1), np.arange(200.0), good, 3)
    assert set(np.flatnonzero(half)) == set(order[:100])
    assert set(np.flatnonzero(five)) == set(order[:195])


@given(scenes(), PERCENTS, SEEDS)
def test_random_takes_its_share_of_whole_bands(scene, percent, seed):
    shape, wavelength, good = scene
    share = round(good.sum() * percent / 100)
    assume(0 < share < good.sum())
    lost = lost_bands(draw(f"random-{percent}", shape, wavelength, good, seed))
    assert lost.sum() == share


@given(scenes(least_good=5), SENSIBLE, SENSIBLE, SEEDS)
def test_random_masks_of_one_seed_are_nested(scene, one, other, seed):
    shape, wavelength, good = scene
    fewer, more = (
        draw(f"random-{percent}", shape, wavelength, good, seed) for percent in sorted((one, other))
    )
    assert not (fewer & ~more).any()


@given(scenes(), st.data(), SEEDS)
def test_k_leaves_that_many_good_bands(scene, data, seed):
    shape, wavelength, good = scene
    kept = data.draw(st.integers(1, int(good.sum()) - 1))
    lost = lost_bands(draw(f"k{kept}", shape, wavelength, good, seed))
    assert (good & ~lost).sum() == kept


@given(scenes(), PERCENTS, SEEDS)
def test_gap_is_contiguous_in_wavelength(scene, percent, seed):
    shape, wavelength, good = scene
    width = max(1, round(good.sum() * percent / 100))
    assume(width < good.sum())
    lost = lost_bands(draw(f"gap-{percent}", shape, wavelength, good, seed))
    sorted_good = sorted(np.flatnonzero(good), key=lambda band: wavelength[band])
    places = np.flatnonzero(lost[sorted_good])
    np.testing.assert_array_equal(places, np.arange(places[0], places[0] + width))


def test_bands_of_one_wavelength_stay_in_the_files_order():
    """Of 100 bands at two places, in turn; short lists are sorted stably by any method."""
    wavelength = np.tile([700.0, 500.0], 50)
    missing = draw("gap-25", (100, 1, 1), wavelength, np.ones(100, dtype=bool), 0).ravel()
    along = [*range(1, 100, 2), *range(0, 100, 2)]
    start = np.random.default_rng(0).integers(0, 76)
    assert set(np.flatnonzero(missing)) == set(along[start : start + 25])


def test_gap_starts_anywhere_equally_often():
    good = np.ones(6, dtype=bool)
    starts = [
        np.flatnonzero(draw("gap-50", (6, 1, 1), np.arange(6.0), good, seed))[0]
        for seed in range(2000)
    ]
    assert np.bincount(starts, minlength=4).tolist() == pytest.approx([500] * 4, rel=0.2)


@pytest.mark.parametrize("percent", [5, 50, 97.5])
def test_pixel_removes_each_entry_with_that_probability(percent):
    good = np.array([True, False, True, True])
    missing = draw(f"pixel-{percent}", (4, 100, 100), np.arange(4.0), good, 1)
    spread = np.sqrt(percent / 100 * (1 - percent / 100) / 10_000)
    shares = missing[good].mean(axis=(1, 2))
    np.testing.assert_allclose(shares, percent / 100, atol=5 * spread)


@given(scenes(), PERCENTS, SEEDS)
def test_stripes_take_columns_of_a_third_of_the_bands(scene, percent, seed):
    shape, wavelength, good = scene
    missing = draw(f"stripes-{percent}", shape, wavelength, good, seed)
    columns = missing.any(axis=1)
    np.testing.assert_array_equal(missing, np.broadcast_to(columns[:, None], shape))
    hit = columns.any(axis=1)
    assert hit.sum() == -(-good.sum() // 3)
    assert set(columns[hit].sum(axis=1)) == {max(1, round(shape[2] * percent / 100))}


@pytest.mark.parametrize("family", ["random-50", "k1", "gap-40", "pixel-50", "stripes-20"])
@given(scenes(least_good=4), SEEDS)
def test_every_mask_is_sensible_and_repeatable(family, scene, seed):
    shape, wavelength, good = scene
    assume(family != "pixel-50" or good.sum() * shape[1] * shape[2] > 40)
    missing = draw(family, shape, wavelength, good, seed)
    np.testing.assert_array_equal(missing, draw(family, shape, wavelength, good, seed))
    assert not missing[~good].any()
    if family != "pixel-50":
        assert not missing[good].all(axis=0).any(), "a pixel was left with no band"


def test_another_seed_gives_another_mask():
    good = np.ones(100, dtype=bool)
    for family in ("random-50", "k5", "gap-10", "pixel-50", "stripes-30"):
        one, other = (draw(family, (100, 8, 8), np.arange(100.0), good, seed) for seed in (0, 1))
        assert (one != other).any(), family


@pytest.mark.parametrize("family", ["randm-50", "random", "random-", "random-5e1", "k", "k2.5", ""])
def test_an_unknown_family_is_answered_with_all_of_them(family):
    with pytest.raises(UsageError, match=r"not a family of masks; choose random-P, .* without-LOW"):
        parse(family)
    assert len(FAMILIES) == 7


@pytest.mark.parametrize("seed", [0, 7])
@pytest.mark.parametrize("name", ["landsat8_oli", "L8"])
def test_a_sensor_keeps_the_bands_that_it_would_have_seen(name, seed):
    """Landsat-8 sees 443, 483, 561 and 655 nm with widths of 16, 60, 57 and 37 nm, and 865/28."""
    wavelength = np.array([400.0, 440, 470, 520, 550, 600, 660, 700, 865, 865, 900])
    good = np.ones(11, dtype=bool)
    good[8] = False
    missing = draw(f"sensor-{name}", (11, 2, 3), wavelength, good, seed)
    # 520 nm lies in the panchromatic band alone, 600 nm too; a band that is not good is left.
    kept = [440.0, 470, 520, 550, 600, 660, 865, 865]
    assert wavelength[~lost_bands(missing)].tolist() == kept


@pytest.mark.parametrize(
    ("name", "error", "sentence"),
    [
        ("S2X", UnknownNameError, "a sensor called 'S2X' is not known"),
        ("modis", AmbiguousNameError, "'modis' may mean aqua_modis or terra_modis"),
        ("enmap", NotShippedError, "enmap is known, but not shipped"),
    ],
)
def test_a_sensor_that_is_not_here_is_refused(name, error, sentence):
    with pytest.raises(error, match=sentence):
        parse(f"sensor-{name}")


@given(scenes(), st.integers(400, 2400), st.floats(0.5, 900).map(lambda nm: round(nm, 1)))
def test_a_range_of_wavelengths_goes_its_ends_included(scene, low, width):
    shape, wavelength, good = scene
    family = f"without-{low}-{low + width:g}"
    gone = good & (wavelength >= low) & (wavelength <= float(f"{low + width:g}"))
    assume(gone.any() and not gone[good].all())
    np.testing.assert_array_equal(lost_bands(draw(family, shape, wavelength, good, 0)), gone)


def test_a_range_of_wavelengths_that_cannot_be_is_refused():
    sentence = "goes from 700 to 620 nm; write the shorter wavelength first"
    with pytest.raises(UsageError, match=sentence):
        parse("without-700-620")
    sentence = "names no range of wavelengths; write its ends in nm, as in without-620-700 for red"
    for family in ("without-700", "without-red", "without-", "without-６２０-７００"):
        with pytest.raises(UsageError, match=sentence):
            parse(family)
    sentence = "no good band is centred from 0.62 to 0.7 nm; they are centred from 450 to 850 nm"
    with pytest.raises(UsageError, match=sentence):
        draw("without-0.62-0.7", (3, 1, 1), np.array([850.0, 650, 450]), np.ones(3, dtype=bool), 0)


@pytest.mark.parametrize(
    ("family", "gone"), [("without-620-700", [620, 650, 700]), ("without-650-650", [650])]
)
def test_the_ends_of_a_range_are_in_it(family, gone):
    nm = np.array([800.0, 700, 650, 620, 619.9])
    missing = draw(family, (5, 1, 1), nm, np.ones(5, dtype=bool), 0)
    assert sorted(nm[lost_bands(missing)]) == gone


def test_a_sensor_that_sees_nothing_is_refused():
    with pytest.raises(UsageError, match="removes all of the 3 good bands"):
        draw("sensor-S2A", (3, 1, 1), np.array([3e3, 4e3, 5e3]), np.ones(3, dtype=bool), 0)


@pytest.mark.parametrize(
    ("family", "sentence"),
    [
        ("random-0", r"asks for 0 %; P must be above 0 and not above 100, as in random-50"),
        ("gap-100.5", r"asks for 100\.5 %; P must be"),
        ("k0", r"keeps no band; keep at least 1"),
        ("k4", r"keeps 4 bands, but the scene has 4 good ones; keep fewer"),
        ("k9", r"keeps 9 bands, but the scene has 4 good ones; keep fewer"),
        ("random-100", r"removes all of the 4 good bands.*ask for less damage"),
        ("gap-100", r"removes all of the 4 good bands"),
        ("pixel-100", r"removes all of the 4 good bands"),
        ("random-10", r"removes nothing of the 4 good bands; ask for more damage"),
    ],
)
def test_an_impossible_number_is_refused(family, sentence):
    good = np.array([True, True, False, True, True])
    with pytest.raises(UsageError, match=sentence):
        draw(family, (5, 6, 6), np.arange(5.0), good, 0)


def test_a_scene_without_good_bands_is_refused():
    with pytest.raises(UsageError, match="no good band to damage"):
        draw("random-50", (3, 2, 2), np.arange(3.0), np.zeros(3, dtype=bool), 0)
