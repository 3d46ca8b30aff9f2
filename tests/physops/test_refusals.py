"""What is given in the wrong type is refused in a sentence, as users have it.

The type checks of the tests would refuse it first: all calls are made in a process without them.
"""

import json
import subprocess
import sys

import pytest

START = """
import json, sys
import numpy as np
import torch
import physops
from physops.correlation import band_correlation
from physops.distributions import SoftHistogram
from physops.losses import ImageLoss, MultiScaleLoss, PixelLoss, RegionLoss, random_corners
from physops.priors import correlation_prior, library_prior
from physops.testing import check_operator

x, array = torch.full((2, 13, 8, 8), 0.5), np.full((2, 13, 8, 8), 0.5)
s2 = {"sensor": "S2A"}
physops.register("five", lambda bands: 5)

for call in json.load(sys.stdin):
    try:
        eval(call)
        print(json.dumps(["nothing", ""]))
    except Exception as error:
        print(json.dumps([type(error).__name__, str(error)]))
"""
REFUSALS = {
    "physops.get('ndvi', bands=[665, 842])": (
        "NotBandsError",
        "'ndvi' needs bands= as physops.Bands and got a value of type list; for band centres pass "
        "wavelengths=[...], or bands=physops.Bands.at([...])",
    ),
    "physops.get('srf', bands=[665, 842], **s2)": ("NotBandsError", "'srf' needs bands= as"),
    "library_prior('mixed', bands=[665, 842])": ("NotBandsError", "'library_prior' needs bands="),
    "library_prior('veg', **s2)": (
        "UnknownNameError",
        "a prior called 'veg' is not known; known: minerals, mixed, vegetation",
    ),
    "physops.get(['ndvi', 'evi'], **s2)": (
        "ParameterError",
        "name is ['ndvi', 'evi']; give a text, such as 'ndvi'; for several indices there is "
        "physops.indices(names)",
    ),
    "physops.get(None)": ("ParameterError", "name is None; give a text, such as 'ndvi'"),
    "physops.spec(3)": ("ParameterError", "name is 3; give a text"),
    "physops.indices('ndvi', **s2)": (
        "ParameterError",
        "names is 'ndvi'; give a list of names: ['ndvi']",
    ),
    "RegionLoss('ndvi', **s2)": ("ParameterError", "names is 'ndvi'; give a list of names"),
    "physops.get('five', **s2)": (
        "NotOperatorError",
        "what was registered as 'five' needs a physops.Operator and got a value of type int; "
        "give one that is built, as physops.get makes it",
    ),
    "physops.register('mine', 3)": (
        "ParameterError",
        "factory is 3; give a function of physops.Bands, or a class",
    ),
    "physops.register_formula(None, 'N', reference='-')": ("ParameterError", "name is None; give"),
    "physops.register_formula('mine', None, reference='-')": (
        "ParameterError",
        "formula is None; give the formula, as a text",
    ),
    "physops.register_formula('mine', 'L * N', reference='-', constants={'L': '2'})": (
        "ParameterError",
        "the constant L is '2'; give a finite number",
    ),
    "check_operator(physops.get('ndvi', **s2), laws='batch')": (
        "ParameterError",
        "laws is 'batch'; give a list of names of laws, or leave it out for all",
    ),
    "check_operator(physops.Operator)": (
        "NotOperatorError",
        "check_operator needs a physops.Operator and got the class Operator; give one that",
    ),
    "check_operator(lambda x: x)": (
        "NotOperatorError",
        "got a value of type function; give one that is built",
    ),
    "ImageLoss(5)": (
        "NotOperatorError",
        "ImageLoss needs a physops.Operator and got a value of type int",
    ),
    "PixelLoss(np.eye(13))": (
        "NotTensorError",
        "the prior needs a torch tensor and got numpy.ndarray; for an array pass "
        "torch.from_numpy(x), for a name physops.priors.library_prior(name, sensor=...)",
    ),
    "PixelLoss('vegetation')": ("NotTensorError", "got builtins.str; for an array pass"),
    "PixelLoss()(array, x)": ("NotTensorError", "the loss needs a torch tensor and got numpy.nd"),
    "ImageLoss('ndvi', **s2)(x, array)": ("NotTensorError", "the loss needs a torch tensor"),
    "RegionLoss(['ndvi'], **s2)(array, x)": ("NotTensorError", "the loss needs a torch tensor"),
    "SoftHistogram(0, 1)(array)": ("NotTensorError", "the histogram needs a torch tensor"),
    "band_correlation(array)": ("NotTensorError", "the operator needs a torch tensor"),
    "correlation_prior(array)": ("NotTensorError", "the prior needs a torch tensor and got"),
    "PixelLoss()(x, x, torch.ones(8, 8))": (
        "MaskError",
        "a mask is a tensor of torch.bool, True where a value counts, and this is torch.float32; "
        "make it one: torch.as_tensor(mask) != 0",
    ),
    "PixelLoss()(x, x, np.ones((8, 8), bool))": ("MaskError", "this is <class 'numpy.ndarray'>"),
    "MultiScaleLoss('ndvi')": (
        "ParameterError",
        "pixel is 'ndvi'; give a physops.losses.PixelLoss",
    ),
    "MultiScaleLoss(image=PixelLoss())": ("ParameterError", "give a physops.losses.ImageLoss"),
    "RegionLoss(['evi'], ranges={'evi': 3}, **s2)": (
        "DensityError",
        "the range of EVI is 3; give two numbers, (low, high)",
    ),
    "RegionLoss(['ndvi'], size=8.5, **s2)": (
        "ParameterError",
        "size is 8.5; give a whole number, 1 or more",
    ),
    "random_corners(x, 2.5, 4)": ("ParameterError", "count is 2.5; give a whole number"),
    "SoftHistogram(0, 1, bins=10.5)": (
        "DensityError",
        "there are 10.5 bins; give a whole number, two or more",
    ),
}


@pytest.fixture(scope="module")
def answers():
    command = [sys.executable, "-c", START]
    done = subprocess.run(command, input=json.dumps(list(REFUSALS)), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return dict(zip(REFUSALS, map(json.loads, done.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("call", REFUSALS)
def test_it_is_refused_in_a_sentence(answers, call):
    error, text = answers[call]
    wanted, sentence = REFUSALS[call]
    assert error == wanted, text
    assert sentence in text
    assert "\n" not in text
