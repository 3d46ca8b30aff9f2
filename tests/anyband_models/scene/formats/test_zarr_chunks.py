import struct

import numpy as np
import pytest

from anyband_models.errors import InputError
from anyband_models.scene.formats.zarr_chunks import check_whole, touched


def test_a_part_touches_the_chunks_that_hold_its_numbers_and_no_other():
    shape, size = (7, 10), (3, 4)
    place = np.indices(shape) // np.reshape(size, (2, 1, 1))
    for rows in (slice(0, 3), slice(2, 4), slice(6, 7), slice(None), slice(3, 3)):
        for cols in (slice(0, 10), slice(4, 8), slice(7, 9), slice(8, 50)):
            held = {tuple(at) for at in place[:, rows, cols].reshape(2, -1).T.tolist()}
            assert set(touched((rows, cols), shape, size)) == held


def check(folder, blosc):
    check_whole(folder, iter([(0, 1)]), lambda place: "/".join(map(str, place)), blosc)


def test_a_chunk_is_as_long_as_it_says_or_not_there(tmp_path):
    check(tmp_path, blosc=True)
    (tmp_path / "0").mkdir()
    header = bytes(12) + struct.pack("<I", 20)
    (tmp_path / "0" / "1").write_bytes(header + bytes(4))
    check(tmp_path, blosc=True)
    for length in (0, 1, 15, 16, 19):
        (tmp_path / "0" / "1").write_bytes((header + bytes(4))[:length])
        with pytest.raises(InputError, match=r"0/1 is a chunk that was cut off; copy the store ag"):
            check(tmp_path, blosc=True)
    check(tmp_path, blosc=False)


def test_a_folder_in_the_place_of_a_chunk_is_refused(tmp_path):
    (tmp_path / "0" / "1").mkdir(parents=True)
    with pytest.raises(InputError, match="0/1 cannot be read: Is a directory"):
        check(tmp_path, blosc=False)
