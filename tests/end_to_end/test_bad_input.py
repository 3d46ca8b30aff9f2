"""What a user may get wrong: each is answered in one sentence, with the right code."""

import numpy as np
import pytest

from anyband_models.scene.formats import read_scene

OUTPUT = "full.tif"


@pytest.fixture
def repair(anyband, tmp_path):
    """Repairs a scene into the test's folder."""

    def call(path, *options, output=OUTPUT):
        return anyband("repair", path, "-o", tmp_path / output, *options)

    return call


def nothing_written(tmp_path):
    return not list(tmp_path.glob("full*")) and not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize("change", ["cut", "longer", "lines", "type", "interleave"])
def test_envi_that_lies(repair, save, scene, tmp_path, change):
    header = save(scene(dead=[3]), "scene.hdr")
    data, text = header.with_suffix(".img"), header.read_text()
    match change:
        case "cut":
            data.write_bytes(data.read_bytes()[:-5])
        case "longer":
            data.write_bytes(data.read_bytes() + b"12345")
        case "lines":
            header.write_text(text.replace("lines = 6", "lines = 6000000"))
        case "type":
            header.write_text(text.replace("data type = 2", "data type = 77"))
        case "interleave":
            header.write_text(text.replace("interleave = bsq", "interleave = odd"))
    assert repair(header).refused(3)
    assert nothing_written(tmp_path)


@pytest.mark.parametrize("kept", [8, 100, 0.5])
def test_geotiff_cut_off(repair, save, scene, tmp_path, kept):
    path = save(scene(dead=[3]))
    content = path.read_bytes()
    path.write_bytes(content[: int(kept if kept >= 1 else kept * len(content))])
    assert repair(path).refused(3, "scene.tif")
    assert nothing_written(tmp_path)


def test_geotiff_of_garbage(repair, tmp_path):
    path = tmp_path / "scene.tif"
    path.write_bytes(b"II*\0" + bytes(range(256)) * 20)
    assert repair(path).refused(3, "scene.tif")


class Trap:
    """Unpickled, it would make a file."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return open, (str(self.marker), "w")


@pytest.mark.parametrize("name", ["cube", "wavelength_nm"])
def test_a_pickle_in_an_archive_is_not_loaded(repair, tmp_path, name):
    arrays = {"cube": np.ones((3, 3, 4), "f4"), "wavelength_nm": np.arange(4) + 500.0}
    arrays[name] = np.array([Trap(tmp_path / "marker")], dtype=object)
    np.savez(tmp_path / "scene.npz", allow_pickle=True, **arrays)
    assert repair(tmp_path / "scene.npz").refused(3, "scene.npz")
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("text", ['<VRTDataset rasterXSize="3"></VRTDataset>', "<?xml?><a/>"])
def test_xml_dressed_as_a_geotiff(repair, tmp_path, text):
    (tmp_path / "scene.tif").write_text(text)
    assert repair(tmp_path / "scene.tif").refused(3, "XML", "GeoTIFF")


@pytest.mark.parametrize("name", ["absent.tif", "."])
def test_a_scene_that_is_no_file(repair, tmp_path, name):
    assert repair(tmp_path / name).refused(3)


def npz(path, wavelength, cube=None):
    cube = np.random.default_rng(0).random((5, 6, 4)).astype("f4") if cube is None else cube
    arrays = {} if wavelength is None else {"wavelength_nm": np.asarray(wavelength, float)}
    np.savez(path, cube=cube, **arrays)
    return path


def test_wavelengths_missing(repair, tmp_path):
    path = npz(tmp_path / "scene.npz", None)
    assert repair(path).refused(3, "no wavelengths", "--wavelengths")


def test_wavelengths_in_micrometres_from_a_table(repair, tmp_path):
    path = npz(tmp_path / "scene.npz", None)
    (tmp_path / "centres.txt").write_text("0.45\n0.55\n0.65\n0.85\n")
    ended = repair(path, "--wavelengths", tmp_path / "centres.txt", "--bad-bands", "2")
    assert ended.code == 0
    full = read_scene(tmp_path / OUTPUT)
    np.testing.assert_allclose(full.wavelength, [450, 550, 650, 850])
    np.testing.assert_array_equal(full.stored[[0, 2, 3]], read_scene_at(path).stored[[0, 2, 3]])


def read_scene_at(path):
    return read_scene(path, wavelengths=np.array([450, 550, 650, 850]))


@pytest.mark.parametrize(
    "wavelength",
    [[650, 450, 850, 550], [450, 550, 550, 650], [850, 650, 550, 450]],
    ids=["unsorted", "duplicated", "descending"],
)
def test_wavelengths_in_any_order_keep_it(repair, tmp_path, wavelength):
    path = npz(tmp_path / "scene.npz", wavelength)
    assert repair(path, "--bad-bands", "2").code == 0
    before, after = read_scene(path), read_scene(tmp_path / OUTPUT)
    np.testing.assert_array_equal(after.wavelength, wavelength)
    np.testing.assert_array_equal(after.stored[[0, 2, 3]], before.stored[[0, 2, 3]])
    assert np.isfinite(after.stored[1]).all()


def test_every_band_missing(repair, tmp_path):
    path = npz(tmp_path / "scene.npz", [450, 550, 650, 850], np.full((5, 6, 4), np.nan, "f4"))
    assert repair(path).refused(3, "no usable value", "--nodata")
    path = npz(tmp_path / "scene.npz", [450, 550, 650, 850])
    assert repair(path, "--bad-bands", "1-4").refused(3, "named bad by the user")
    assert nothing_written(tmp_path)


def test_counts_without_a_scale(repair, tmp_path):
    cube = np.random.default_rng(0).integers(100, 4000, (5, 6, 4)).astype("u2")
    path = npz(tmp_path / "scene.npz", [450, 550, 650, 850], cube)
    assert repair(path).refused(3, "--scale 1e-4", "--quantity")
    assert repair(path, "--scale", "1e-4").code == 0


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--model", "gausian"], 4, ["did you mean 'gaussian'?"]),
        (["--bad-bands", "9"], 2, ["'9'", "numbered from 1 to 8"]),
        (["--bad-bands", "x"], 2, ["'x'", "cannot be understood"]),
        (["--bad-bands", "2000-2100nm"], 2, ["2000-2100nm"]),
        (["--max-gap", "0"], 2, ["--max-gap"]),
        (["--max-gap", "-1"], 2, ["--max-gap"]),
        (["--max-gap", "inf"], 2, ["--max-gap"]),
        (["--max-gap", "nan"], 2, ["--max-gap"]),
        (["--scale", "0"], 2, ["--scale 0"]),
        (["--scale", "nan"], 2, ["--scale"]),
        (["--offset", "inf"], 2, ["--offset"]),
        (["--nodata", "1e9"], 2, ["--nodata"]),
        (["--mask", "absent.npz"], 3, ["absent.npz does not exist"]),
        (["--wavelengths", "absent.txt"], 3, ["absent.txt"]),
    ],
)
def test_options_that_cannot_be_meant(repair, save, scene, tmp_path, options, code, words):
    assert repair(save(scene(dead=[3])), *options).refused(code, *words)
    assert nothing_written(tmp_path)


def test_a_mask_of_another_shape(repair, save, scene, tmp_path):
    np.savez(tmp_path / "mask.npz", mask=np.ones((3, 3)))
    assert repair(save(scene()), "--mask", tmp_path / "mask.npz").refused(3, "(8, 6, 7)")


@pytest.mark.parametrize("suffix", [".png", "", ".npz", ".json"])
def test_an_output_of_no_known_suffix(repair, save, scene, suffix):
    assert repair(save(scene(dead=[3])), output=f"full{suffix}").refused(2, "names no format")


def test_an_output_in_a_folder_that_is_not_there(repair, save, scene):
    path = save(scene(dead=[3]))
    assert repair(path, output="nowhere/full.tif").refused(3, "nowhere does not exist")


@pytest.mark.parametrize(
    "there",
    ["full.hdr", "full.img", "full.std.hdr", "full.caution.img", "full.hdr.json", "page.html"],
)
def test_no_file_is_overwritten_unasked(repair, save, scene, tmp_path, names, there):
    path = save(scene(dead=[3]))
    (tmp_path / there).write_text("old")
    options = ["--report", tmp_path / "page.html"]
    before = names(tmp_path)
    assert repair(path, *options, output="full.hdr").refused(2, there, "--overwrite")
    assert (tmp_path / there).read_text() == "old"
    assert names(tmp_path) == before
    assert repair(path, *options, "--overwrite", output="full.hdr").code == 0
    assert (tmp_path / there).read_bytes() != b"old"


@pytest.mark.parametrize(
    ("source", "output", "options"),
    [
        ("scene.tif", "scene.tif", []),
        ("scene.hdr", "scene.hdr", []),
        ("scene.hdr", "scene.img", []),
        ("scene.img", "scene.hdr", []),
        ("scene.tif", "full.tif", ["--report", "scene.tif"]),
        ("scene.tif", "full.tif", ["--report", "full.tif"]),
        ("scene.tif", "full.tif", ["--report", "full.std.tif"]),
        ("scene.tif", "mask.tif", ["--mask", "mask.tif"]),
        ("scene.tif", "full.tif", ["--wavelengths", "c.txt", "--report", "c.txt"]),
    ],
)
@pytest.mark.parametrize("overwrite", [True, False])
def test_no_input_is_ever_replaced(
    repair, save, scene, tmp_path, monkeypatch, source, output, options, overwrite
):
    monkeypatch.chdir(tmp_path)
    made = scene(dead=[3])
    save(made, source.replace("img", "hdr"))
    save(scene((1, 6, 7), nodata=None), "mask.tif")
    (tmp_path / "c.txt").write_text("\n".join(map(str, made.wavelength)))
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    flag = ["--overwrite"] if overwrite else []
    assert repair(source, *options, *flag, output=output).code == 2
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_real_process_says_one_sentence(anyband_process, tmp_path):
    ended = anyband_process("repair", tmp_path / "absent.tif", "-o", tmp_path / "full.tif")
    assert ended.refused(3, "there is no file")
    assert anyband_process("show", "gausian").refused(4, "did you mean 'gaussian'?")


@pytest.mark.parametrize("arguments", [[], ["frob"], ["repair"], ["repair", "x", "--frob"]])
def test_what_is_no_command_is_usage(anyband, arguments):
    ended = anyband(*arguments)
    assert ended.code == 2
    assert "Usage: " in ended.err + ended.out
    assert "Traceback" not in ended.err
