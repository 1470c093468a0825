"""The page in a real browser: what it plays is captured behind its last gain and looked at sample by sample."""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phenotune.report.page.facts import ReportFacts
from phenotune.report.page.page import write_report

pytestmark = pytest.mark.slow

MOSAIC_HZ, TARGET_HZ = 1000.0, 440.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")

N_TRIES = 3
"""What is captured loses pieces where the machine is busy; what the page does wrong it does each time."""

CAPTURE = """
(() => {
  const connect = AudioNode.prototype.connect;
  window.heard = [];
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode && !(this instanceof ScriptProcessorNode)) {
      const context = to.context;
      if (!context.tap) {
        context.tap = context.createScriptProcessor(8192, 1, 1);
        context.tap.onaudioprocess = (event) => window.heard.push(event.inputBuffer.getChannelData(0).slice());
        context.tap.connect(to);
        window.rate = context.sampleRate;
      }
      connect.call(this, context.tap);
    }
    return connect.call(this, to, ...rest);
  };
})();
"""
TAKE = """() => {
  const parts = window.heard.splice(0);
  const bytes = new Uint8Array(parts.length * 8192 * 4);
  parts.forEach((part, i) => bytes.set(new Uint8Array(part.buffer), i * 32768));
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}"""


@dataclass
class Opened:
    """A page that is open, with all that it said and asked for."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def now_s(self) -> float:
        self.wait(0.08)  # the page shows the time once a frame
        minutes, seconds = self.page.inner_text("#now").split(":")
        return 60.0 * float(minutes) + float(seconds)

    def sound(self) -> tuple[np.ndarray, float]:
        """What has been heard since the last time, and its rate."""
        samples = np.frombuffer(base64.b64decode(self.page.evaluate(TAKE)), np.float32)
        return samples, float(self.page.evaluate("window.rate"))

    def pitch_hz(self) -> float:
        """The pitch of what has been heard since the last time."""
        samples, rate_hz = self.sound()
        samples = samples[-8192:] * np.hanning(8192)
        return float(np.abs(np.fft.rfft(samples)).argmax() * rate_hz / 8192)

    def wait(self, seconds: float) -> None:
        self.page.wait_for_timeout(1000.0 * seconds)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, or whichever of its kind there is."""
    api = pytest.importorskip(
        "playwright.sync_api", reason="pages are tested with the extra 'browser'"
    )
    named = os.environ.get("PHENOTUNE_CHROMIUM")
    path = named or next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium found; install it, or name one in PHENOTUNE_CHROMIUM")
    arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
    with api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=arguments)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def pages(facts: ReportFacts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page of the made-up run, with FLAC and with MP3, and one without any sound."""
    folder = tmp_path_factory.mktemp("pages")
    write_report(folder / "flac.html", facts)
    write_report(folder / "mp3.html", facts, sound="mp3")
    write_report(folder / "gone.html", replace(facts, target=None))
    bare = ReportFacts(name="song", run="RUN", state="It has not begun yet.", version="0")
    write_report(folder / "bare.html", bare)
    return folder


@pytest.fixture
def open_page(browser: Any, pages: Path) -> Iterator[Any]:
    """Open a page of the folder from the disk; at the end nothing was said and nothing asked for."""
    contexts, all_opened = [], []

    def open_it(name: str, **screen: Any) -> Opened:
        context = browser.new_context(**{"viewport": {"width": 1400, "height": 1000}, **screen})
        contexts.append(context)
        opened = Opened(context.new_page())
        all_opened.append(opened)
        opened.page.add_init_script(CAPTURE)
        opened.page.on("pageerror", lambda error: opened.said.append(str(error)))
        opened.page.on(
            "console", lambda line: line.type == "error" and opened.said.append(line.text)
        )
        opened.page.on("request", lambda request: opened.asked.append(request.url))
        opened.page.goto((pages / name).as_uri())
        opened.page.wait_for_function("document.readyState === 'complete'")
        return opened

    yield open_it
    for opened in all_opened:
        assert opened.said == []
        assert [
            url for url in opened.asked if not url.startswith(("file:", "data:", "blob:"))
        ] == []
    for context in contexts:
        context.close()


def test_it_plays_and_switches_between_the_two_sounds(open_page: Any) -> None:
    opened = open_page("flac.html")
    opened.page.keyboard.press("Space")
    opened.wait(0.8)
    assert opened.now_s > 0.2
    assert opened.pitch_hz() == pytest.approx(MOSAIC_HZ, abs=12.0)
    before_s = opened.now_s
    opened.page.keyboard.press("a")
    opened.wait(0.6)
    assert opened.pitch_hz() == pytest.approx(TARGET_HZ, abs=12.0)
    assert opened.page.is_checked("[value=target]")
    assert before_s < opened.now_s < before_s + 2.0
    opened.page.click("text=B mosaic")
    opened.wait(0.6)
    assert opened.pitch_hz() == pytest.approx(MOSAIC_HZ, abs=12.0)
    opened.page.keyboard.press("Space")
    opened.wait(0.1)
    stopped_s = opened.now_s
    opened.wait(0.3)
    assert opened.now_s == stopped_s


def test_a_switch_leaves_no_gap(open_page: Any) -> None:
    opened = open_page("flac.html")
    opened.page.keyboard.press("Space")
    opened.wait(0.8)

    def softest() -> float:
        """The softest eight milliseconds around four switches, beside what is usual."""
        opened.sound()
        for _ in range(4):
            opened.page.keyboard.press("x")
            opened.wait(0.3)
        samples, rate_hz = opened.sound()
        block = round(0.008 * rate_hz)
        levels = np.abs(samples[: samples.size // block * block].reshape(-1, block)).max(axis=1)
        return float(levels.min() / np.median(levels))

    # Two tones that fade into one another come down to half their amplitude for a moment.
    assert any(softest() > 0.4 for _ in range(N_TRIES))


@pytest.mark.parametrize("kind", ["flac", "mp3"])
def test_pieces_join_at_the_sample(kind: str, open_page: Any) -> None:
    opened = open_page(f"{kind}.html")

    def worst_turn() -> float:
        """By how much the phase of the tone is off at worst, in radians, while one piece gives way to the next."""
        opened.page.keyboard.press("Home")
        for _ in range(4):
            opened.page.keyboard.press("ArrowRight")
        opened.page.keyboard.press("Shift+ArrowLeft")
        assert opened.now_s == 19.0
        opened.page.keyboard.press("Space")
        opened.wait(2.4)
        opened.page.keyboard.press("Space")
        assert opened.now_s > 20.4
        samples, rate_hz = opened.sound()
        sounding = np.flatnonzero(np.abs(samples) > 0.1)
        samples = samples[sounding[0] + 1024 : sounding[-1] - 1024]
        block = round(0.01 * rate_hz)  # ten periods
        n = samples.size // block
        turn = np.exp(-2j * np.pi * MOSAIC_HZ * np.arange(n * block) / rate_hz)
        phases = (samples[: n * block] * turn).reshape(n, block).mean(axis=1)
        assert n > 150
        return float(np.abs(np.angle(phases / np.median(phases))).max())

    assert any(worst_turn() < 0.05 for _ in range(N_TRIES))


def test_a_stretch_is_looped_and_a_clip_is_played_from_its_begin(open_page: Any) -> None:
    opened = open_page("flac.html")
    box = opened.page.locator("#panel-mosaic canvas").bounding_box()
    y = box["y"] + box["height"] / 2

    def x(at_s: float) -> float:
        return float(box["x"] + box["width"] * at_s / 24.0)

    opened.page.mouse.move(x(6.0), y)
    opened.page.mouse.down()
    opened.page.mouse.move(x(6.25), y, steps=4)
    opened.page.mouse.move(x(6.5), y, steps=4)
    opened.page.mouse.up()
    assert opened.page.inner_text("#unloop").startswith("loop 0:06.0 to 0:06.5")
    opened.page.keyboard.press("Space")
    opened.wait(1.4)
    assert 5.9 <= opened.now_s <= 6.6
    opened.page.keyboard.press("Escape")
    assert opened.page.is_hidden("#unloop")
    opened.wait(0.6)
    assert opened.now_s > 6.5
    opened.page.keyboard.press("Space")
    opened.page.mouse.click(x(12.0), y)
    assert opened.now_s == pytest.approx(12.0, abs=0.1)
    lanes = opened.page.locator("#panel-clips canvas").bounding_box()
    opened.page.mouse.click(x(5.5 + 0.4), lanes["y"] + lanes["height"] / 16)
    opened.wait(0.3)
    assert 4.8 < opened.now_s < 6.5


def test_the_pointer_tells_of_a_clip_and_the_wheel_looks_closer(open_page: Any) -> None:
    opened = open_page("flac.html")
    box = opened.page.locator("#panel-clips canvas").bounding_box()
    opened.page.mouse.move(box["x"] + box["width"] * 1.0 / 24.0, box["y"] + box["height"] * 1.5 / 8)
    said = opened.page.inner_text("#tip")
    assert said.startswith("b.wav")
    assert "varispeed: -1200 cents" in said
    assert "gain -6.0 dB and -12.0 dB (turned)" in said
    assert "placement 2, cycle 1, lineage 1" in said
    n_marks = "[...document.querySelectorAll('#axis')].map((c) => c.toDataURL()).join()"
    before = opened.page.evaluate(n_marks)
    opened.page.keyboard.down("Control")
    opened.page.mouse.wheel(0, -200)
    opened.page.keyboard.up("Control")
    opened.page.wait_for_timeout(200)
    assert opened.page.evaluate(n_marks) != before
    opened.page.keyboard.press("0")
    opened.page.wait_for_timeout(200)
    assert opened.page.evaluate(n_marks) == before


def test_hostile_names_are_shown_as_text(open_page: Any, facts: ReportFacts) -> None:
    page = open_page("flac.html").page
    assert page.inner_text("#name") == facts.name
    cells = page.locator("#sources tbody tr").first.locator("td").all_inner_texts()
    assert facts.sources[0].name in cells
    assert facts.sources[0].credit in cells
    assert page.locator("#marks li").inner_text() == f"after cycle 1: {facts.marks[0].text}"
    assert page.locator("#remarks li").first.inner_text() == facts.remarks[0]
    assert facts.settings[1].value in page.inner_text("#settings-changed")
    assert page.evaluate("window.wasHurt") is None


def test_tables_are_sorted_by_a_click(open_page: Any) -> None:
    page = open_page("flac.html").page
    names = page.locator("#sources tbody tr td:nth-child(2)")
    assert names.last.inner_text() == "b.wav"
    page.click("#sources th button:has-text('seconds used')")
    assert names.first.inner_text() == "b.wav"
    assert page.locator("#sources th[aria-sort=descending]").inner_text().startswith("seconds used")
    page.fill("#sources-filter", "B.WAV")
    assert page.locator("#sources tbody tr:visible").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_telephone_shows_all_of_it(open_page: Any, scheme: str) -> None:
    opened = open_page("flac.html", viewport={"width": 390, "height": 800}, color_scheme=scheme)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390
    ground = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, ground.strip("rgb()").split(","))) < 384) == (scheme == "dark")


def test_a_page_without_a_target_plays_the_mosaic_alone(open_page: Any) -> None:
    page = open_page("gone.html").page
    assert page.is_disabled("[value=target]")
    assert page.is_hidden("#panel-target")
    assert page.is_enabled("#play")


def test_a_run_of_which_nothing_is_known_is_a_page_all_the_same(open_page: Any) -> None:
    page = open_page("bare.html").page
    assert page.inner_text("#name") == "song"
    assert page.is_disabled("#play")
    for part in ("curve", "lineages", "genes", "measures", "sources", "repeat", "settings"):
        assert page.is_hidden(f"#{part}-section")
