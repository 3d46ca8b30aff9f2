"""No valid entry is lost to a neighbour, and every measured value leaves bit for bit as it came."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anyband_models.damage.damage import Damage
from anyband_models.damage.detect import detect
from anyband_models.errors import InputError, ModelError, UnknownModelError, UsageError
from anyband_models.models.contract import Caution, Origin
from anyband_models.models.registry import get_model, list_models
from anyband_models.repair.config import RepairConfig
from anyband_models.repair.pipeline import model_for, observe, repair_scene
from anyband_models.scene.encoding import is_nodata
from anyband_models.scene.meta import Quantity, SceneMeta
from anyband_models.scene.scene import make_scene

# The others know only the bands that they were trained for; their tests are elsewhere.
MODELS = [name for name in list_models() if get_model(name).card.trained_on == "nothing"]
DTYPES = ["<i2", ">i2", "<u2", ">u2", "<f4", ">f4", "<f8", ">f8"]
# A quiet NaN with a payload, in the type's own bits.
PAYLOADS = {"f4": ("u4", 0x7FC0BEEF), "f8": ("u8", 0x7FF8DEADBEEF0001)}


def bits(stored):
    return stored.view(f"u{stored.dtype.itemsize}")


@st.composite
def scenes(draw):
    """Small scenes of any type, with holes, fills, dead bands and NaNs of every kind."""
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    shape = draw(st.tuples(st.integers(1, 6), st.integers(1, 4), st.integers(1, 4)))
    numbers = draw(arrays(np.int16, shape, elements=st.integers(1, 3000)))
    stored = numbers.astype(dtype)
    nodata = draw(st.sampled_from([None, 0, 7, 1500]))
    fills = [0, 7, 1500] + ([-9999, -32768] if dtype.kind != "u" else [])
    fills += [np.nan, np.inf, -np.inf, -0.01] if dtype.kind == "f" else []
    fills += [1e300] if dtype.itemsize == 8 else []
    holes = draw(arrays(bool, shape, elements=st.booleans()))
    count = int(holes.sum())
    stored[holes] = draw(st.lists(st.sampled_from(fills), min_size=count, max_size=count))
    if dtype.kind == "f":
        unsigned, payload = PAYLOADS[dtype.str[1:]]
        bits(stored)[np.isnan(stored)] = np.asarray(payload, unsigned).astype(bits(stored).dtype)
    bands = shape[0]
    scale, offset = draw(st.sampled_from([(1.0, 0.0), (1e-4, 0.0), (2.75e-5, -0.2)]))
    meta = SceneMeta(
        dtype=dtype.str,
        scale=(scale,) * bands,
        offset=(offset,) * bands,
        scale_declared=True,
        nodata=nodata,
    )
    wavelength = draw(st.permutations([500.0, 560.0, 560.0, 700.0, 900.0, 1900.0]))[:bands]
    good = draw(arrays(bool, bands, elements=st.sampled_from([True, True, False])))
    return make_scene(stored, meta, np.array(wavelength), good=good)


@settings(max_examples=150)
@given(scene=scenes(), model=st.sampled_from(MODELS), gap=st.sampled_from([None, 150.0]))
def test_what_is_measured_is_kept_and_what_is_missing_is_filled(scene, model, gap):
    before, damage = scene.stored.copy(), detect(scene)
    config = RepairConfig(model=model, max_gap_nm=gap, settings=smallest(model))
    if damage.missing.all():
        with pytest.raises(InputError, match="no usable value"):
            repair_scene(scene, config)
        return
    outcome = repair_scene(scene, config)
    origin, missing = outcome.reconstruction.provenance, damage.missing
    repaired = np.isin(origin, (Origin.REPAIRED_BAND, Origin.REPAIRED_PIXEL))

    assert outcome.stored.dtype == before.dtype
    np.testing.assert_array_equal(bits(scene.stored), bits(before))
    np.testing.assert_array_equal(bits(outcome.stored)[~repaired], bits(before)[~repaired])

    np.testing.assert_array_equal(origin == Origin.MEASURED, ~missing)
    empty = np.broadcast_to(damage.empty_pixels, missing.shape)
    np.testing.assert_array_equal(origin == Origin.NO_DATA, empty)
    dead = np.isin(np.arange(len(missing)), damage.empty_bands)[:, None, None]
    assert not (repaired & (origin == Origin.REPAIRED_BAND) & ~dead).any()
    assert not (repaired & (origin == Origin.REPAIRED_PIXEL) & dead).any()
    assert gap or not (origin == Origin.REFUSED).any()

    assert np.isfinite(outcome.reconstruction.mean[repaired]).all()
    assert not is_nodata(outcome.stored, scene.meta.nodata)[repaired].any()
    assert (outcome.reconstruction.std[repaired] > 0).all()
    assert (outcome.reconstruction.std[~missing] == 0).all()
    assert np.isnan(outcome.reconstruction.std[missing & ~repaired]).all()


def smallest(model):
    return {"min_support": 1} if model == "gaussian" else {}


def test_a_nan_in_one_pixel_does_not_touch_the_others():
    rng = np.random.default_rng(0)
    stored = (rng.random((6, 5, 5)) + np.linspace(0, 1, 25).reshape(5, 5)).astype("<f4")
    stored[2] = np.nan
    clean = repair_scene(scene_of(stored), RepairConfig(model="linear"))
    dirty = stored.copy()
    dirty[:, 0, 0] = np.nan
    dirty[4, 0, 1] = np.inf
    other = repair_scene(scene_of(dirty), RepairConfig(model="linear"))
    kept = np.ones((5, 5), bool)
    kept[0, :2] = False
    np.testing.assert_array_equal(clean.stored[:, kept], other.stored[:, kept])


def scene_of(stored, **changes):
    bands = len(stored)
    meta = {"scale": (1.0,) * bands, "offset": (0.0,) * bands, "dtype": stored.dtype.str}
    wavelength = changes.pop("wavelength", 500.0 + 20.0 * np.arange(bands))
    return make_scene(stored, SceneMeta(**(meta | changes)), wavelength)


def ramp(bands=6):
    return np.linspace(0.1, 0.9, bands * 12, dtype="<f4").reshape(bands, 3, 4)


def test_nothing_missing_is_nothing_done():
    scene = scene_of(ramp())
    for model in MODELS:
        outcome = repair_scene(scene, RepairConfig(model=model))
        np.testing.assert_array_equal(bits(outcome.stored), bits(scene.stored))
        assert outcome.counts["measured"] == scene.stored.size


def test_a_line_is_met_exactly():
    """Spectra that are straight in wavelength come back as they were."""
    wavelength = np.array([500.0, 530.0, 610.0, 640.0, 800.0])
    truth = np.broadcast_to((wavelength / 1000)[:, None, None], (5, 3, 4)).astype("<f4").copy()
    stored = truth.copy()
    stored[[1, 2]] = np.nan
    outcome = repair_scene(scene_of(stored, wavelength=wavelength), RepairConfig(model="linear"))
    np.testing.assert_allclose(outcome.stored, truth, rtol=1e-6)


def test_refused_entries_keep_what_was_stored():
    stored = ramp()
    stored[2] = -9999
    scene = scene_of(stored, wavelength=np.array([500.0, 520, 700, 900, 920, 940]))
    outcome = repair_scene(scene, RepairConfig(model="linear", max_gap_nm=100))
    assert (outcome.reconstruction.provenance[2] == Origin.REFUSED).all()
    assert (outcome.stored[2] == -9999).all()
    assert np.isnan(outcome.reconstruction.mean[2]).all()
    assert np.isnan(outcome.reconstruction.std[2]).all()
    assert outcome.counts["refused"] == 12


def test_without_a_largest_gap_a_long_one_is_flagged():
    stored = ramp()
    stored[2] = np.nan
    scene = scene_of(stored, wavelength=np.array([500.0, 520, 700, 900, 920, 940]))
    outcome = repair_scene(scene, RepairConfig(model="linear"))
    assert (outcome.reconstruction.caution[2] == Caution.LONG_GAP).all()
    assert outcome.counts["refused"] == 0
    assert outcome.counts["long_gap"] == 12


@pytest.mark.parametrize("shape", [(5, 1, 1), (5, 1, 9), (5, 9, 1), (2, 1, 1)])
@pytest.mark.parametrize("model", MODELS)
def test_scenes_of_one_pixel_row_or_column(shape, model):
    stored = np.linspace(0.1, 0.9, np.prod(shape), dtype="<f4").reshape(shape)
    stored[1] = np.nan
    outcome = repair_scene(scene_of(stored), RepairConfig(model=model))
    assert np.isfinite(outcome.stored).all()


def test_samples_are_drawn_on_request_and_by_the_seed():
    stored = ramp()
    stored[2, :, 1] = np.nan
    draws = [
        repair_scene(scene_of(stored), RepairConfig(samples=3, seed=seed)).reconstruction.samples
        for seed in (1, 1, 2)
    ]
    np.testing.assert_array_equal(draws[0], draws[1])
    assert draws[0].shape == (3, *stored.shape)
    assert (draws[0][:, 2, :, 1] != draws[2][:, 2, :, 1]).any()


def test_damage_that_is_given_is_what_is_repaired():
    scene = scene_of(ramp())
    missing = np.zeros(scene.stored.shape, bool)
    missing[3, 0, 0] = True
    outcome = repair_scene(scene, RepairConfig(model="linear"), Damage(missing, ()))
    assert np.argwhere(bits(outcome.stored) != bits(scene.stored)).tolist() in ([[3, 0, 0]], [])
    assert np.argwhere(outcome.reconstruction.provenance).tolist() == [[3, 0, 0]]


def test_nothing_to_go_by_is_refused_with_its_causes():
    scene = scene_of(np.full((2, 2, 2), np.nan, "<f4"))
    with pytest.raises(InputError, match=r"every entry is missing \(no data\); check"):
        observe(scene, detect(scene))


def test_an_unknown_model_and_an_unknown_setting():
    scene = scene_of(ramp())
    with pytest.raises(UnknownModelError, match="did you mean 'linear'"):
        model_for(scene, RepairConfig(model="liner"))
    with pytest.raises(UsageError, match="its settings are max_gap_nm"):
        model_for(scene, RepairConfig(model="linear", settings={"gap": 1}))


def test_a_model_that_needs_reflectance_is_not_given_counts(monkeypatch):
    from anyband_models.models.linear import Linear

    card = Linear.card.model_copy(update={"needs_reflectance": True})
    monkeypatch.setattr(Linear, "card", card)
    model_for(scene_of(ramp()), RepairConfig(model="linear"))
    with pytest.raises(ModelError, match="needs reflectance and the scene is dn"):
        model_for(scene_of(ramp(), quantity=Quantity.DN), RepairConfig(model="linear"))
