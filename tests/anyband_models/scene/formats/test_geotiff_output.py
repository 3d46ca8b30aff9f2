import subprocess
import sys
import time

import numpy as np
import pytest
import rasterio

from anyband_models.errors import UsageError
from anyband_models.files import staged
from anyband_models.scene.formats import check_writable, output_files, read_scene, write_scene


@pytest.mark.parametrize(("dtype", "nodata"), [("<i8", -(2**63)), ("<u8", 2**64 - 1)])
def test_a_no_data_value_that_gdal_would_garble_is_refused(make, save, dtype, nodata):
    scene = make(dtype=dtype, nodata=nodata)
    with pytest.raises(UsageError, match=r"too large for a GeoTIFF.*write an ENVI file"):
        check_writable(scene, "scene.tif")
    with pytest.raises(UsageError, match="too large for a GeoTIFF"):
        save(scene, "scene.tif")
    assert read_scene(save(scene, "scene.hdr")).meta.nodata == nodata


@pytest.mark.parametrize("name", ["scene.png", "scene", "scene.npz", "scene.tif.gz"])
def test_another_suffix_is_refused_with_those_that_are_allowed(make, tmp_path, name):
    for refuse in (check_writable, lambda scene, path: output_files(path)):
        with pytest.raises(UsageError, match=r"end it with .tif, .tiff for GeoTIFF or .hdr, .img"):
            refuse(make(), tmp_path / name)
    with pytest.raises(UsageError, match="names no format"), staged() as stage:
        write_scene(make(), tmp_path / name, stage)
    assert not list(tmp_path.iterdir())


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize(("size", "tiled"), [(255, False), (300, True)])
def test_a_new_file_is_tiled_once_tiles_are_of_use(make, save, size, tiled):
    with rasterio.open(save(make(shape=(2, size, size)), "scene.tiff")) as image:
        assert image.profile["tiled"] == tiled
        assert image.profile["compress"] == "deflate"
        assert image.profile["interleave"] == "band"


FULL = """
import resource, signal, sys
from anyband_models.errors import ResourceError
from anyband_models.files import staged
from anyband_models.scene.formats import read_scene, write_scene
scene = read_scene(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    with staged(overwrite=True) as stage:
        write_scene(scene, sys.argv[2], stage)
except ResourceError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize("name", ["out.tif", "out.hdr"])
def test_a_file_that_cannot_grow_leaves_the_old_one(make, save, tmp_path, name):
    """A limit of the file size stands in for a full disk."""
    noise = np.random.default_rng(0).integers(0, 9999, (4, 200, 200)).astype("<i2")
    source = save(make(shape=(4, 200, 200)).with_stored(noise), "source.tif")
    old = save(make(), name)
    before = {path: path.read_bytes() for path in output_files(old)}
    answer = subprocess.run(
        [sys.executable, "-c", FULL, source, tmp_path / name],
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.startswith("ResourceError")
    assert {path: path.read_bytes() for path in output_files(old)} == before
    assert not list(tmp_path.glob("*.partial*"))


@pytest.mark.parametrize("name", ["scene.tif", "scene.hdr"])
@pytest.mark.parametrize("dtype", ["<i2", "<f4"])
def test_a_scene_of_a_usual_size_is_written_at_once(make, save, name, dtype):
    steps = np.random.default_rng(0).normal(0, 100, (224, 160, 192)).cumsum(axis=0)
    scene = make(shape=(224, 160, 192), dtype=dtype).with_stored((steps + 3000).astype(dtype))
    start = time.process_time()  # of the processor, which others may share
    save(scene, name)
    assert time.process_time() - start < 1.0
