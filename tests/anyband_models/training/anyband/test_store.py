"""Examples on disk."""

import dataclasses

import numpy as np
import pytest

from anyband_models.damage.distance import distance_to_observed
from anyband_models.diffusion.any_bands import KINDS, classes_of
from anyband_models.distributions.spectral_prior import SpectralPrior
from anyband_models.errors import InputError, UsageError
from anyband_models.training.anyband.examples import Examples
from anyband_models.training.anyband.making import make
from anyband_models.training.anyband.store import Origin, Store
from physops.bands import Bands


@pytest.fixture(scope="module")
def examples(data):
    return Examples(*data, SpectralPrior.read(), 3, 8)


@pytest.fixture(scope="module")
def example(examples):
    return next(found for n in range(9) if (found := examples.example(n)) is not None)


def test_an_example_knows_what_its_prior_came_from_and_how_far_it_is_from_what_is_seen(example):
    assert example.kind in KINDS
    assert example.truth.shape[1:] == (8, 8)
    observed = example.channels[1] > 0.5
    near = classes_of(distance_to_observed(observed, example.bands.wavelength))
    np.testing.assert_array_equal(example.near, near)


def test_what_is_read_is_what_was_written_but_for_half_precision(example, tmp_path):
    store = Store(tmp_path)
    store.write(7, example)
    found = store.read(7)
    for name, value in vars(example).items():
        other = getattr(found, name)
        if name == "near":
            value = np.where(example.wanted, value, 0)
        if isinstance(value, np.ndarray):
            assert (other.dtype, other.shape) == (value.dtype, value.shape)
            np.testing.assert_allclose(other, value, rtol=1e-3, atol=1e-6)
        elif name != "bands":
            assert other == value
    np.testing.assert_array_equal(found.bands.wavelength, example.bands.wavelength)
    np.testing.assert_array_equal(found.bands.fwhm, example.bands.fwhm)


def test_what_is_there_is_not_made_again(examples, example, tmp_path):
    store, told = Store(tmp_path), []
    store.write(0, example)
    store.write(1, None)
    assert (store.lacking(4), store.numbers(4)) == ([2, 3], [0])
    before = (tmp_path / "000000.npz").read_bytes()
    make(examples, store, 4, 1, lambda done, count: told.append((done, count)))
    assert told == [(3, 4), (4, 4)]
    assert store.lacking(4) == []
    assert (tmp_path / "000000.npz").read_bytes() == before
    assert 1 not in store.numbers(4)
    assert not list(tmp_path.glob("*.partial"))


def test_what_was_cut_off_while_written_is_not_there(tmp_path):
    (tmp_path / "000000.npz.1234.partial").write_bytes(b"PK")
    assert Store(tmp_path).lacking(1) == [0]


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", b"no zip"])
def test_a_damaged_example_is_told(example, tmp_path, damage):
    store = Store(tmp_path)
    store.write(0, example)
    (tmp_path / "000000.npz").write_bytes(damage)
    with pytest.raises(InputError, match=r"000000\.npz is damaged; delete it"):
        store.read(0)


def test_examples_of_other_data_are_refused(examples, data, tmp_path):
    store, origin = Store(tmp_path / "new"), Origin.of(examples)
    store.begin(origin)
    store.begin(origin)
    assert store.origin() == origin
    spectra = data.materials.spectra * np.float32(1.01)
    brighter = dataclasses.replace(data.materials, spectra=spectra)
    for other in (
        Examples(brighter, [], examples.prior, 3, 8), Examples(*data, examples.prior, 4, 8),
        Examples(*data, examples.prior, 3, 12),
    ):  # fmt: skip
        with pytest.raises(UsageError, match="made of other data, or with another seed"):
            store.begin(Origin.of(other))


def test_every_datum_is_named(examples, data):
    from anyband_models.training.anyband.real import RealScene
    from anyband_models.training.data.materials import sources

    bands = Bands.at([500.0], 10.0)
    scene = RealScene("terramind_3", np.ones((1, 2, 2), np.float32), bands, None, 1.0)
    named = Origin.of(Examples(data.materials, [scene, scene], examples.prior, 0)).trained_on
    licence = sources()["prosail"]["licence"]
    assert named[0].endswith(f": {licence}; 30 spectra")
    assert named[1].startswith("Sentinel-2 L2A")
    assert len(named) == 2
