import http.server
import threading
import zipfile

import numpy as np
import pytest
from scipy.io import savemat

from anyband_models.errors import InputError
from anyband_models.jobs.data import fetch
from anyband_models.scene import datasets
from anyband_models.scene.datasets import Dataset, UnknownDatasetError
from anyband_models.scene.formats import read_scene
from anyband_models.scene.wavelengths import read_wavelength_table

SHAPE = (5, 4, 3)


class Server(http.server.BaseHTTPRequestHandler):
    """Serves one file; knows ranges, and can break off."""

    content = b""
    breaks_after = None
    asked = ()

    def do_GET(self):
        wanted = self.headers.get("Range")
        type(self).asked = [*self.asked, wanted]
        start = 0 if wanted is None else int(wanted.removeprefix("bytes=").rstrip("-"))
        if start >= len(self.content):
            self.send_error(416)
            return
        rest = self.content[start:]
        self.send_response(200 if wanted is None else 206)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest[: type(self).breaks_after])

    def log_message(self, *args):
        pass


@pytest.fixture
def server(tmp_path):
    Server.asked, Server.breaks_after = [], None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()


@pytest.fixture
def offered(server, tmp_path, monkeypatch):
    """A dataset of the same structure as the real ones, on a server of our own."""

    def offer(shape=SHAPE, dtype="uint16", member="", spectrum=(430.0, 860.0)):
        cube = np.arange(np.prod(shape), dtype=dtype).reshape(shape)
        file = tmp_path / "made.mat"
        savemat(file, {"cube": cube.transpose(1, 2, 0)})
        name = "cube.mat"
        if member:
            archive = tmp_path / "made.zip"
            with zipfile.ZipFile(archive, "w") as held:
                held.write(file, "inside/cube.mat")
            file, name = archive, "all.zip"
        Server.content = file.read_bytes()
        page = "https://example.org/page"
        made = Dataset("made", "t", f"{server}/{name}", page, SHAPE, member, spectrum)
        monkeypatch.setitem(datasets.DATASETS, "made", made)
        return cube

    return offer


def test_what_is_fetched_can_be_read_with_its_band_centres(offered, tmp_path):
    cube = offered()
    got = fetch("made", tmp_path / "data")
    assert got.new
    scene = read_scene(got.scene, wavelengths=read_wavelength_table(got.wavelengths))
    np.testing.assert_array_equal(scene.stored, cube)
    np.testing.assert_allclose(scene.wavelength, np.linspace(430, 860, 5), atol=0.01)


def test_what_is_there_is_not_fetched_again(offered, tmp_path):
    offered()
    fetch("made", tmp_path / "data")
    again = fetch("made", tmp_path / "data")
    assert not again.new
    assert len(Server.asked) == 1


def test_a_download_that_broke_off_goes_on_where_it_was(offered, tmp_path):
    cube = offered()
    Server.breaks_after = 100
    with pytest.raises(InputError, match=r"^made cannot be fetched from http.*goes on where it"):
        fetch("made", tmp_path / "data")
    assert (tmp_path / "data" / "cube.mat.part").stat().st_size == 100
    Server.breaks_after = None
    got = fetch("made", tmp_path / "data")
    assert Server.asked == [None, "bytes=100-"]
    scene = read_scene(got.scene, wavelengths=read_wavelength_table(got.wavelengths))
    np.testing.assert_array_equal(scene.stored, cube)
    assert not (tmp_path / "data" / "cube.mat.part").exists()


def test_a_file_that_changed_since_a_download_broke_off_is_fetched_anew(offered, tmp_path):
    offered()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cube.mat.part").write_bytes(b"0" * 10_000)
    assert fetch("made", tmp_path / "data").new
    assert Server.asked == ["bytes=10000-", None]


def test_a_member_of_an_archive_is_unpacked_and_the_archive_goes(offered, tmp_path):
    offered(member="inside/cube.mat")
    got = fetch("made", tmp_path / "data")
    assert got.scene.name == "cube.mat"
    assert not (tmp_path / "data" / "all.zip").exists()


def test_an_archive_without_the_member_is_refused(offered, tmp_path):
    offered(member="inside/other.mat")
    with pytest.raises(InputError, match=r"^all.zip holds no inside/other.mat .*by hand: https"):
        fetch("made", tmp_path / "data")
    assert not list((tmp_path / "data").iterdir())


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"shape": (5, 4, 2)}, "5 x 4 x 2 .* of uint16"),
        ({"dtype": "float64"}, "5 x 4 x 3 .* float"),
    ],
)
def test_another_scene_under_the_name_is_refused(offered, tmp_path, changes, found):
    offered(**changes)
    with pytest.raises(InputError, match=rf"holds {found}.* made has 5 x 4 x 3 of 16-bit integers"):
        fetch("made", tmp_path / "data")


def test_no_connection_names_the_page(monkeypatch, tmp_path):
    made = Dataset("gone", "t", "http://127.0.0.1:9/x.mat", "https://example.org/p", SHAPE)
    monkeypatch.setitem(datasets.DATASETS, "gone", made)
    with pytest.raises(InputError, match=r"cannot be fetched .* by hand: https://example.org/p$"):
        fetch("gone", tmp_path)


def test_where_no_band_centres_are_listed_none_are_invented(offered, tmp_path):
    offered(spectrum=None)
    assert fetch("made", tmp_path / "data").wavelengths is None


def test_an_unknown_name_is_told_its_neighbour(tmp_path):
    with pytest.raises(UnknownDatasetError, match="did you mean 'salinas'"):
        fetch("salina", tmp_path)
