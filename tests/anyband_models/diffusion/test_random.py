import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from anyband_models.diffusion.random import normal
from anyband_models.models.noise import standard_normal

SHAPE = (3, 12, 15)
WHOLE = slice(0, 12), slice(0, 15)


@given(rows=st.tuples(st.integers(0, 5), st.integers(6, 12)),
       cols=st.tuples(st.integers(0, 7), st.integers(8, 15)))  # fmt: skip
def test_a_part_has_the_numbers_of_the_whole(rows, cols):
    part = slice(*rows), slice(*cols)
    whole = normal(3, 1, 2, SHAPE, *WHOLE)
    assert torch.equal(normal(3, 1, 2, SHAPE, *part), whole[:, part[0], part[1]])


def test_it_is_standard_normal():
    numbers = normal(0, 0, 0, (20, 60, 50), slice(0, 60), slice(0, 50))
    assert numbers.dtype == torch.float32
    assert kstest(numbers.ravel().numpy(), "norm").pvalue > 0.01


def test_seeds_samples_steps_rows_and_bands_are_independent():
    streams = [
        normal(seed, sample, step, (2, 2, 5000), slice(0, 2), slice(0, 5000)).reshape(4, -1)
        for seed in (0, 2**63)
        for sample in (0, 1)
        for step in (0, 1000)
    ]
    apart = np.corrcoef(torch.cat(streams).numpy()) - np.eye(32)
    assert np.abs(apart).max() < 5 / np.sqrt(5000)


def test_it_shares_no_word_with_the_noise_of_the_other_models():
    ours = np.random.Philox(key=[5, 3], counter=[0, 0, 0, 1]).random_raw(4096)
    theirs = np.random.Philox(key=[5, 3]).random_raw(4096)
    assert not np.intersect1d(ours, theirs).size
    # By what they make of them: ranks would agree.
    mine = normal(5, 0, 3, (1, 1, 4096), slice(0, 1), slice(0, 4096)).ravel().numpy()
    others = standard_normal(5, 3, 1, 4096).ravel()
    assert abs(np.corrcoef(mine, others)[0, 1]) < 5 / np.sqrt(4096)
