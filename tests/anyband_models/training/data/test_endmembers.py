import numpy as np

from anyband_models.training.data.endmembers import choose


def test_there_are_3_to_12_classes_of_one_to_seven_variants(materials):
    for seed in range(30):
        found = choose(np.random.default_rng(seed), materials)
        counts = np.bincount(found.of)
        assert 3 <= len(found.groups) == len(counts) <= 12
        assert 1 <= counts.min() <= counts.max() <= 7
        assert (np.diff(found.of) >= 0).all()
        assert found.spectra.shape == (len(found.of), 421)
        assert found.spectra.dtype == np.float32
        assert 0 < found.spectra.min() <= found.spectra.max() <= 1.1


def test_variants_of_a_class_are_more_alike_than_classes(materials):
    within, between = [], []
    for seed in range(30):
        found = choose(np.random.default_rng(seed), materials)
        shapes = found.spectra / found.spectra.mean(axis=1, keepdims=True)
        apart = np.abs(shapes[:, None] - shapes[None]).mean(axis=2)
        same = found.of[:, None] == found.of[None]
        within.append(apart[same & ~np.eye(len(same), dtype=bool)])
        between.append(apart[~same])
    assert 2 * np.mean(np.concatenate(within)) < np.mean(np.concatenate(between))
