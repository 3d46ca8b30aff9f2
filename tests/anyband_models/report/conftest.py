"""Scenes to report on, and a browser to look at the page with."""

import fcntl
import json
import os
import shutil
import signal
import time
from base64 import b64decode
from collections import deque

import numpy as np
import pytest

from anyband_models.models.contract import Caution, Origin, Reconstruction
from anyband_models.report.content import ReportContent
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import make_scene

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)


def spawn(arguments, commands, answers):
    """Start a browser that reads ``commands`` as its descriptor 3 and writes ``answers`` as 4."""
    # First out of the way of 3 and 4, lest one is overwritten by the other.
    high = [fcntl.fcntl(pipe, fcntl.F_DUPFD_CLOEXEC, 10) for pipe in (commands, answers)]
    silence = [(os.POSIX_SPAWN_OPEN, n, os.devnull, os.O_RDWR, 0) for n in (0, 1, 2)]
    moves = [(os.POSIX_SPAWN_DUP2, high[0], 3), (os.POSIX_SPAWN_DUP2, high[1], 4)]
    process = os.posix_spawn(arguments[0], arguments, os.environ, file_actions=silence + moves)
    for pipe in (commands, answers, *high):
        os.close(pipe)
    return process


class Page:
    """A page in a headless browser, driven by the DevTools protocol over two pipes.

    Messages are JSON ended by a zero byte: commands go to the browser's descriptor 3, answers
    and events come from its descriptor 4.
    """

    def __init__(self, program, folder):
        for_browser, self.commands = os.pipe()
        self.answers, from_browser = os.pipe()
        self.process = spawn(
            [program, *OPTIONS, f"--user-data-dir={folder}"], for_browser, from_browser
        )
        self.rest, self.waiting, self.events = b"", deque(), []
        self.number, self.session = 0, None
        target = self.command("Target.createTarget", url="about:blank")["targetId"]
        attached = self.command("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.command(f"{domain}.enable")
        self.resize(1440, 900)

    def command(self, method, **params):
        """Send a command and return its result; keep the events that come before it."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self.number:
            self.events.append(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def _next(self):
        while not self.waiting:
            read = os.read(self.answers, 1 << 20)
            assert read, "the browser has closed its pipe"
            *whole, self.rest = (self.rest + read).split(b"\0")
            self.waiting.extend(whole)
        return json.loads(self.waiting.popleft())

    def resize(self, width, height):
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def prefer(self, scheme):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.command("Emulation.setEmulatedMedia", features=features)

    def open(self, path):
        """Load a file and wait until its spectra are unpacked; forget the page before it."""
        self.events.clear()
        self.command("Page.navigate", url=path.as_uri())
        self.wait_for("document.readyState === 'complete'")
        self.wait_for("document.getElementById('presets').children.length > 0")

    def evaluate(self, expression):
        answer = self.command(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait_for(self, condition):
        """Wait until a condition of the page holds: 20 s, looked at every 50 ms, in the page."""
        assert self.evaluate(
            "new Promise((done) => { const start = Date.now(); const look = () => "
            f"({condition}) ? done(true) : Date.now() - start > 20000 ? done(false) "
            ": setTimeout(look, 50); look(); })"
        ), f"never came true: {condition}"

    def mouse(self, x, y, *kinds):
        for kind in kinds:
            press = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
            self.command("Input.dispatchMouseEvent", type=kind, x=x, y=y, **press)

    def click(self, selector, across=0.5, down=0.5):
        """Click a real mouse inside an element, at a share of its width and height."""
        self.mouse(*self._place(selector, across, down), "mousePressed", "mouseReleased")

    def hover(self, selector, across=0.5, down=0.5):
        self.mouse(*self._place(selector, across, down), "mouseMoved")

    def _place(self, selector, across, down):
        box = self.evaluate(
            f"(() => {{ const element = document.querySelector({json.dumps(selector)});"
            "element.scrollIntoView({block: 'nearest'});"
            "const {left, top, width, height} = element.getBoundingClientRect();"
            "return {left, top, width, height}; })()"
        )
        return box["left"] + across * box["width"], box["top"] + down * box["height"]

    def press(self, key):
        for kind in ("keyDown", "keyUp"):
            self.command("Input.dispatchKeyEvent", type=kind, key=key, code=key)

    def text(self, selector):
        return self.evaluate(f"document.querySelector({json.dumps(selector)}).textContent")

    def screenshot(self, path, whole=False):
        shot = self.command("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(b64decode(shot["data"]))

    def complaints(self):
        """Return what the page said on the console or failed at, and what it asked a network."""
        self.command("Runtime.evaluate", expression="0")  # so that all earlier events are in
        found = []
        for event in self.events:
            kind, params = event.get("method"), event.get("params", {})
            if kind in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"):
                found.append(params)
            if kind == "Network.requestWillBeSent":
                url = params["request"]["url"]
                if not url.startswith(("file:", "data:")):
                    found.append(url)
        return found

    def close(self):
        os.write(self.commands, json.dumps({"id": -1, "method": "Browser.close"}).encode() + b"\0")
        deadline = time.monotonic() + 20
        while os.waitpid(self.process, os.WNOHANG) == (0, 0):
            time.sleep(0.05)
            if time.monotonic() > deadline:
                os.kill(self.process, signal.SIGKILL)
        os.close(self.commands)
        os.close(self.answers)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A page of a headless Chromium; the test is skipped where there is none."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(f"no browser here; install one of {', '.join(BROWSERS)}")
    page = Page(program, tmp_path_factory.mktemp("profile"))
    yield page
    page.close()


def build_content(
    shape=(13, 24, 30),
    wavelength=None,
    with_truth=True,
    path="folder/scene.tif",
    names=(),
    **others,
):
    """A repair of random values: one missing band, a hole, a refused block, an empty corner."""
    rng = np.random.default_rng(7)
    bands, height, width = shape
    truth = rng.random(shape, dtype=np.float32)
    provenance = np.zeros(shape, dtype=np.uint8)
    provenance[bands // 3, :, :] = Origin.REPAIRED_BAND
    provenance[: bands // 4, height // 2 :, width // 2 :] = Origin.REPAIRED_PIXEL
    provenance[-1, : height // 3, -width // 3 :] = Origin.REFUSED
    provenance[:, :1, :2] = Origin.NO_DATA
    repaired = (provenance == Origin.REPAIRED_BAND) | (provenance == Origin.REPAIRED_PIXEL)
    mean = np.where(repaired, truth + np.float32(0.01), truth)
    std = np.where(repaired, 0.02 * truth, 0).astype(np.float32)
    for array in (mean, std):
        array[provenance >= Origin.REFUSED] = np.nan
    caution = np.where(provenance == Origin.REPAIRED_BAND, Caution.LONG_GAP, 0).astype(np.uint8)
    meta = SceneMeta(path=path, scale=(1.0,) * bands, offset=(0.0,) * bands, band_names=names)
    centres = np.linspace(440, 2300, bands) if wavelength is None else np.asarray(wavelength, float)
    mask = provenance == Origin.MEASURED
    return ReportContent(
        scene=make_scene(np.where(mask, truth, np.float32(np.nan)), meta, centres),
        mask=mask,
        reconstruction=Reconstruction(mean, std, provenance, caution, notes=("A note.",)),
        truth=truth if with_truth else None,
        **{"title": "A repair", "model": "linear", **others},
    )


@pytest.fixture
def make_content():
    return build_content
