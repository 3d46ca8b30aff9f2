import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import numpy as np
import pytest

from anyband_models.models.contract import Origin
from anyband_models.report.content import Table
from anyband_models.report.page import LIMIT, make_page, write_report

TABLES = (
    Table("Scores", ("score", "value"), (("PSNR [dB]", "41.2"), ("SAM [rad]", "0.031")), "A note."),
    Table("Versions", ("package", "version"), (("anyband", "0.1.0"),)),
)
NASTY = "</script><script>alert(\"x\")</script><b onload='y'>&amp;\u2028"


class Reader(HTMLParser):
    """Tags with their attributes, texts, and the contents of scripts."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.texts, self.scripts = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        if self.cdata_elem == "script":
            self.scripts.append(data)
        elif data.strip():
            self.texts.append(" ".join(data.split()))

    @property
    def data(self):
        """What the script is given, read as strictly as a browser reads it."""

        def refuse(token):
            raise ValueError(token)

        return json.loads(self.scripts[0], parse_constant=refuse)


def test_page_says_what_was_done(make_content):
    content = make_content(title="Pines", tables=TABLES, warnings=("Mind the gap.",))
    texts = Reader(make_page(content)).texts
    shown = ["Pines", "scene.tif", "linear", "Mind the gap.", "A note.", "30 × 24 pixels"]
    shown += ["13, 440–2300 nm"]
    for table in TABLES:
        shown += [table.title, *table.columns, *(cell for row in table.rows for cell in row)]
    assert [words for words in shown if words not in texts] == []
    assert any(text.startswith("Repaired 1 of 13 bands and gaps at") for text in texts)


def test_page_asks_nothing_of_a_network(make_content):
    page = make_page(make_content(tables=TABLES))
    assert "http://" not in page
    assert "https://" not in page
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|WebSocket|\bimport\b", page)
    for tag, attributes in Reader(page).tags:
        assert attributes.get("src", "data:").startswith("data:")
        assert "href" not in attributes
        assert tag not in ("link", "iframe", "object", "embed", "base", "form")


def test_only_the_script_of_the_project_may_run(make_content):
    reader = Reader(make_page(make_content()))
    policy = next(a["content"] for t, a in reader.tags if a.get("http-equiv"))
    own = b64encode(sha256(reader.scripts[1].encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert policy.endswith(f"script-src 'sha256-{own}'")


def test_names_are_words_and_never_code(make_content):
    nasty_table = Table(NASTY, (NASTY,), ((NASTY,),), NASTY)
    content = make_content(
        (3, 4, 5),
        path=NASTY.replace("/", "\\"),
        names=(NASTY, "b", "c"),
        title=NASTY,
        model=NASTY,
        tables=(nasty_table,),
        warnings=(NASTY,),
    )
    page = make_page(content)
    reader, plain = Reader(page), Reader(make_page(make_content((3, 4, 5), tables=TABLES[:1])))
    assert [tag for tag, _ in reader.tags if tag in ("script", "b")] == ["script", "script"]
    assert reader.scripts[1] == plain.scripts[1]
    assert reader.data["names"][0] == NASTY
    assert " ".join(NASTY.split()) in reader.texts


def test_numbers_that_are_none_never_reach_the_script(make_content):
    content = make_content((3, 4, 5))
    nothing = np.full((3, 4, 5), np.nan, dtype=np.float32)
    nothing[0, 0, 0] = np.inf
    empty = np.full((3, 4, 5), Origin.NO_DATA, dtype=np.uint8)
    result = replace(content.reconstruction, mean=nothing, std=nothing, provenance=empty)
    unknown = np.full((3, 4, 5), np.nan, dtype=np.float32)
    page = make_page(replace(content, reconstruction=result, truth=unknown))
    assert Reader(page).data["rows"] == 4


@pytest.mark.slow
def test_large_scene_of_noise_fits_and_the_page_says_how(make_content, tmp_path):
    content = make_content((224, 512, 512))
    write_report(content, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_bytes()
    reader = Reader(page.decode())
    stride = reader.data["stride"]
    assert 0.6 * LIMIT < len(page) <= LIMIT  # fits, and does not waste the room
    assert stride > 1
    assert reader.data["rows"] == -(-512 // stride)
    assert f"one pixel in each block of {stride} × {stride}" in " ".join(reader.texts)


def test_small_scene_is_carried_whole(make_content):
    reader = Reader(make_page(make_content()))
    assert reader.data["stride"] == 1
    assert "This page carries the spectrum of every pixel." in " ".join(reader.texts)


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 1, 700), (2, 900, 1), (3000, 2, 2)])
def test_odd_shapes_have_a_page(make_content, shape):
    assert len(make_page(make_content(shape))) < LIMIT


def test_step_of_the_values_is_stated(make_content):
    reader = Reader(make_page(make_content()))
    step = reader.data["mean"]["scale"]
    assert f"steps of {step:.2g}, so they differ by at most {step / 2:.2g}" in " ".join(
        reader.texts
    )


def test_same_content_same_page(make_content):
    assert make_page(make_content()) == make_page(make_content())


def test_file_is_written_exactly_where_asked(make_content, tmp_path):
    write_report(make_content((3, 4, 5)), tmp_path / "out.html.partial")
    assert [path.name for path in tmp_path.iterdir()] == ["out.html.partial"]


CURVE = """(() => {
  const canvas = document.getElementById("spectrum");
  const wanted = getComputedStyle(document.documentElement).getPropertyValue("--band").trim();
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(wanted.slice(at, at + 2), 16));
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] === red && data[i + 1] === green && data[i + 2] === blue) count += 1;
  }
  return count;
})()"""


def open_page(browser, content, folder):
    write_report(content, folder / "page.html")
    browser.open(folder / "page.html")


def number_of(words):
    return float(words.replace("−", "-"))


@pytest.mark.browser
def test_click_shows_the_spectrum_of_that_pixel(browser, make_content, tmp_path):
    content = make_content()
    open_page(browser, content, tmp_path)
    browser.click("figure:nth-child(3) .frame", across=20.5 / 30, down=17.5 / 24)
    assert browser.text("#where") == "Pixel x 20, y 17"
    provenance = content.reconstruction.provenance[:, 17, 20]
    counts = browser.text("#counts")
    assert f"repaired pixel{(provenance == Origin.REPAIRED_PIXEL).sum()} bands" in counts
    assert "Caution, 1 band (1060 nm): the observed bands on either side" in browser.text(
        "#cautions"
    )
    assert browser.evaluate(CURVE) > 100
    assert browser.complaints() == []


@pytest.mark.browser
def test_band_under_the_mouse_is_read_out(browser, make_content, tmp_path):
    content = make_content(names=tuple(f"B{band}</script>" for band in range(13)))
    open_page(browser, content, tmp_path)
    browser.click(".frame", across=20.5 / 30, down=17.5 / 24)
    # Band 5, at 1060 nm, is where the left axis and the right margin (62 and 14 px) put it.
    browser.hover("#spectrum", across=share_of_plot(browser, 1060, 440, 2300, 155))
    words = browser.text("#band").split(" · ")
    assert words[:2] == ["band 5 “B4</script>”", "1060 nm"]
    mean, sigma = words[2].removesuffix(" (1 σ)").split(" ± ")
    assert number_of(mean) == pytest.approx(content.reconstruction.mean[4, 17, 20], abs=1e-4)
    assert number_of(sigma) == pytest.approx(content.reconstruction.std[4, 17, 20], abs=1e-4)
    assert words[3] == "repaired band"
    assert number_of(words[4].removeprefix("truth ")) == pytest.approx(
        content.truth[4, 17, 20], abs=1e-4
    )


def share_of_plot(browser, place, low, high, step):
    width = browser.evaluate("document.getElementById('spectrum').clientWidth")
    inside = (place - low + step / 2) / (high - low + step)
    return (62 + inside * (width - 62 - 14)) / width


@pytest.mark.browser
def test_preset_chooses_its_pixel(browser, make_content, tmp_path):
    content = make_content()
    open_page(browser, content, tmp_path)
    data = Reader(make_page(content)).data
    place = next(i for i, p in enumerate(data["presets"]) if p["name"] == "most uncertain")
    chosen = data["presets"][place]
    browser.click(f"#presets button:nth-child({place + 1})")
    assert browser.text("#where") == f"Pixel x {chosen['column']}, y {chosen['row']}"
    assert browser.text("#presets button[aria-pressed=true]") == "most uncertain"


@pytest.mark.browser
def test_keys_move_the_pixel_and_read_the_bands(browser, make_content, tmp_path):
    open_page(browser, make_content(), tmp_path)
    browser.click(".frame", across=3.5 / 30, down=5.5 / 24)
    browser.evaluate("document.getElementById('pictures').focus()")
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowLeft"):
        browser.press(key)
    assert browser.text("#where") == "Pixel x 2, y 7"
    for _ in range(4):
        browser.press("ArrowLeft")
    assert browser.text("#where") == "Pixel x 0, y 7"  # and no farther
    browser.evaluate("document.getElementById('spectrum').focus()")
    browser.press("ArrowRight")
    browser.press("ArrowRight")
    assert browser.text("#band").startswith("band 2 · 595 nm · ")


@pytest.mark.browser
def test_click_on_a_thinned_page_takes_the_nearest_pixel_it_carries(
    browser, make_content, tmp_path, monkeypatch
):
    monkeypatch.setattr("anyband_models.report.payload.MOST_ENTRIES", 13 * 30 * 24 // 16)
    open_page(browser, make_content(), tmp_path)
    browser.click(".frame", across=21.5 / 30, down=22.5 / 24)
    assert browser.text("#where") == "Pixel x 20, y 20"


@pytest.mark.browser
def test_bands_in_any_order_are_drawn_sorted(browser, make_content, tmp_path):
    content = make_content((4, 6, 6), wavelength=[900, 500, 900, 700], names=("c", "a", "d", "b"))
    open_page(browser, content, tmp_path)
    browser.evaluate("document.getElementById('spectrum').focus()")
    read = []
    for _ in range(4):
        browser.press("ArrowRight")
        read.append(browser.text("#band").split(" · ")[0])
    assert read == ["band 2 “a”", "band 4 “b”", "band 1 “c”", "band 3 “d”"]
    for place, name in ((500, "a"), (700, "b"), (900, "c")):
        browser.hover("#spectrum", across=share_of_plot(browser, place, 500, 900, 200))
        assert f"“{name}” · {place} nm" in browser.text("#band")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("with_truth", [True, False])
def test_page_is_silent_and_stays_inside_its_window(
    browser, make_content, tmp_path, scheme, with_truth
):
    """Nothing on the console, nothing asked of a network, nothing wider than the window."""
    browser.prefer(scheme)
    open_page(browser, make_content(with_truth=with_truth, tables=TABLES, title=NASTY), tmp_path)
    browser.click(".frame", across=0.9, down=0.1)
    browser.hover("#spectrum")
    assert browser.evaluate(CURVE) > 100
    assert browser.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert browser.complaints() == []


@pytest.mark.browser
def test_page_without_any_number_is_silent_too(browser, make_content, tmp_path):
    content = make_content((3, 4, 5), with_truth=False)
    nothing = np.full((3, 4, 5), np.nan, dtype=np.float32)
    empty = np.full((3, 4, 5), Origin.NO_DATA, dtype=np.uint8)
    result = replace(content.reconstruction, mean=nothing, std=nothing, provenance=empty)
    open_page(browser, replace(content, reconstruction=result, mask=empty == 0), tmp_path)
    browser.click(".frame")
    browser.hover("#spectrum")
    assert browser.text("#counts") == "no data3 bands"
    assert browser.complaints() == []


@pytest.mark.browser
def test_the_watch_on_the_page_hears_a_complaint(browser, tmp_path):
    page = tmp_path / "bad.html"
    page.write_text(
        "<p id=presets><b></b></p><img src='http://127.0.0.1:9/x.png'>"
        "<script>console.error('heard'); nothing();</script>"
    )
    browser.open(page)
    heard = str(browser.complaints())
    assert "heard" in heard
    assert "nothing is not defined" in heard
    assert "http://127.0.0.1:9/x.png" in heard
