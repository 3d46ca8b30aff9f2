"""What is given in the wrong type is refused in a sentence, or taken, as users have it.

The type checks of the tests would refuse it first: all calls are made in a process without them.
"""

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest

START = """
import json, math, sys
import numpy as np
import torch
import physops
from emulator_training.parameters import vector
from emulator_training.simulators.prosail import Prosail
from emulator_training.weights import SHIPPED

s2 = {"sensor": "S2A"}
get = physops.get

for call in json.load(sys.stdin):
    try:
        eval(call)
        print(json.dumps(["nothing", ""]))
    except Exception as error:
        print(json.dumps([type(error).__name__, str(error)]))
"""
ONE = "give a number, or a tensor with one value an image"
BAD = "ParameterError"
REFUSALS = {
    "get('toa', aod='x', **s2)": (BAD, f"aod is 'x'; {ONE}"),
    "get('toa', aod=[0.1, 0.2], **s2)": (BAD, f"aod is [0.1, 0.2]; {ONE}"),
    "get('toa', ozone=None, **s2)": (BAD, f"ozone is None; {ONE}"),
    "get('toa', sun_zenith=True, **s2)": (BAD, f"sun_zenith is True; {ONE}"),
    "get('toa', aod=torch.tensor(0.1j), **s2)": (BAD, f"aod is tensor(0.+0.1000j); {ONE}"),
    "get('toa', day_of_year=1.5, **s2)": (
        BAD,
        "day_of_year is 1.5; give a whole day from 1 to 366",
    ),
    "get('toa', day_of_year='May', **s2)": (
        BAD,
        "day_of_year is 'May'; give a whole day from 1 to 366",
    ),
    "get('toa', sun_distance='far', **s2)": (
        BAD,
        "sun_distance is 'far'; give astronomical units, from 0.95 to 1.05",
    ),
    **{
        f"get('prosail_manifold', tolerance={value}, **s2)": (
            BAD,
            f"tolerance is {said}; give a finite number above zero",
        )
        for value, said in {"0": "0", "-1": "-1", "math.nan": "nan", "'a'": "'a'"}.items()
    },
    "get('prosail_manifold', tolerance=math.inf, **s2)": (
        BAD,
        "tolerance is inf; give a finite number above zero",
    ),
    "get('prosail_inverse', sun_zenith='a', view_zenith=0, relative_azimuth=0, **s2)": (
        "ViewError",
        "sun zenith is 'a', which is no number; give sun_zenith, view_zenith and "
        "relative_azimuth, all three, in degrees, or none of them if they are unknown",
    ),
}
SIMULATOR = {
    "Prosail([560, 665])(vector().numpy())": (
        "NotTensorError",
        "PROSAIL needs a torch tensor and got numpy.ndarray; for an array pass torch.from_numpy(x)",
    ),
}
TAKEN = [
    "get('toa', aod=np.float32(0.1), sun_zenith=30, day_of_year=np.int64(3), **s2)",
    "repr(get('toa', aod=torch.tensor([0.1, 0.2]), **s2))",
    "get('prosail_manifold', tolerance=np.float64(0.03), **s2)",
    "get('prosail_emulator', folder=str(SHIPPED), **s2)",
    "get('prosail_inverse', folder=str(SHIPPED), **s2)",
    "get('prosail_manifold', folder=str(SHIPPED), **s2)",
    "get('prosail_inverse', sun_zenith=np.float32(30), view_zenith=0, relative_azimuth=0, **s2)",
]


@pytest.fixture(scope="module")
def said():
    calls = [*REFUSALS, *SIMULATOR, *TAKEN]
    done = subprocess.run(
        [sys.executable, "-c", START],
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return dict(zip(calls, map(json.loads, done.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("call", REFUSALS)
def test_what_is_of_the_wrong_kind_is_refused_in_a_sentence(said, call):
    assert tuple(said[call]) == REFUSALS[call]


@pytest.mark.skipif(find_spec("prosail") is None, reason="the extra `emulator` is not installed")
@pytest.mark.parametrize("call", SIMULATOR)
def test_the_simulator_refuses_it_as_well(said, call):
    assert tuple(said[call]) == SIMULATOR[call]


@pytest.mark.parametrize("call", TAKEN)
def test_numbers_and_folders_of_any_kind_are_taken(said, call):
    assert said[call] == ["nothing", ""]
