"""The page of several mosaics in a real browser: it plays, it switches at the same moment, and asks nobody anything."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phenotune.report.compare import ComparePage, Row

pytestmark = pytest.mark.slow

RATE_HZ = 44_100
DURATION_S = 8.0
HOSTILE = "</script><img src=x onerror=alert(1)>"
COLUMNS = (("explained", "share", "higher"),)


@dataclass
class Opened:
    """A page in a browser, and what it said and asked for."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def player(self, expression: str) -> Any:
        return self.page.evaluate(f"phenotune.{expression}")

    def wait_for(self, expression: str) -> None:
        # Not by wait_for_function, which needs the eval that the page's policy forbids.
        for _ in range(200):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(50)
        pytest.fail(f"{expression} did not come true")

    def gains(self) -> list[float]:
        return list(self.page.evaluate("phenotune.gains.map((gain) => gain.gain.value)"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="no Playwright; the extra 'browser' brings it"
    )
    named = os.environ.get("PHENOTUNE_CHROMIUM")
    found = (
        [named] if named else map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    )
    path = next(filter(None, found), None)
    if path is None:
        pytest.skip("no Chromium; install one, or name it in PHENOTUNE_CHROMIUM")
    with playwright.sync_playwright() as started:
        arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        chromium = started.chromium.launch(executable_path=path, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    time_s = np.arange(round(DURATION_S * RATE_HZ)) / RATE_HZ
    drawn = ComparePage("song", DURATION_S, 3, COLUMNS)
    for number, (name, amplitude) in enumerate((("song", 0.5), ("one", 0.25), (HOSTILE, 0.1))):
        sound = np.tile(amplitude * np.sin(2 * np.pi * 220.0 * (number + 1) * time_s), (2, 1))
        samples = sound.astype(np.float32)
        if number == 0:
            drawn.add_target(name, samples, RATE_HZ)
        else:
            drawn.add_run(Row(name, "seed 0", ("50%",), (0.5,)), samples, RATE_HZ)
    path = tmp_path_factory.mktemp("page") / "compare.html"
    path.write_text(drawn.html(), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: Any, file: Path) -> Iterator[Opened]:
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    found = Opened(page)
    page.on("console", lambda message: found.said.append(message.text))
    page.on("pageerror", lambda error: found.said.append(str(error)))
    page.on("dialog", lambda dialog: found.said.append(dialog.message))
    page.on("request", lambda request: found.asked.append(request.url))
    page.goto(file.as_uri())
    page.wait_for_selector("#play:not([disabled])")
    yield found
    page.close()
    assert found.said == []
    assert [url for url in found.asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_it_plays_and_keys_switch_at_the_same_moment(opened: Opened) -> None:
    page = opened.page
    assert page.inner_text("#now") == "song"
    page.keyboard.press("Space")
    opened.wait_for("phenotune.positionS > 0.3")
    for key, name in (("1", "one"), ("2", HOSTILE), ("0", "song")):
        before = opened.player("positionS")
        page.keyboard.press(key)
        page.wait_for_timeout(60)
        after = opened.player("positionS")
        assert page.inner_text("#now") == name
        assert before < after < before + 1.0
        heard = [number for number, gain in enumerate(opened.gains()) if gain > 0.0]
        assert heard == [int(key)]
        assert len(page.query_selector_all(".sound-row.heard")) == 1
    # The sources were started once, together, and go on side by side.
    assert len(opened.player("sources.map(() => 0)")) == 3
    page.keyboard.press("Space")
    assert not opened.player("isPlaying")
    stood = opened.player("positionS")
    page.wait_for_timeout(100)
    assert opened.player("positionS") == stood


def test_the_decoded_sounds_are_as_long_as_each_other(opened: Opened) -> None:
    lengths = opened.player("buffers.map((buffer) => buffer.length)")
    assert len(set(lengths)) == 1
    assert lengths[0] == pytest.approx(DURATION_S * RATE_HZ, abs=2400)


def test_loudness_is_matched_and_can_be_left_as_it_is(opened: Opened) -> None:
    page = opened.page
    page.keyboard.press("Space")
    page.wait_for_timeout(120)
    # Ten times softer, and a little less by ear, which hears 220 Hz as softer than 660.
    assert opened.gains()[0] == pytest.approx(0.2, rel=0.06)
    page.keyboard.press("l")
    page.wait_for_timeout(120)
    assert opened.gains()[0] == pytest.approx(1.0)
    assert not page.is_checked("#match")


def test_clicks_seek_and_drags_repeat(opened: Opened) -> None:
    page = opened.page
    box = page.locator(".strip").nth(1).bounding_box()
    x, y, width = box["x"], box["y"] + 20, box["width"]
    page.mouse.click(x + width / 2, y)
    opened.wait_for("phenotune.isPlaying")
    assert opened.player("positionS") == pytest.approx(DURATION_S / 2, abs=0.5)
    assert opened.player("heard") == 1
    page.mouse.move(x + width * 0.25, y)
    page.mouse.down()
    page.mouse.move(x + width * 0.3, y, steps=3)
    page.mouse.up()
    assert opened.player("stretch") == pytest.approx([2.0, 2.4], abs=0.02)
    page.wait_for_timeout(900)
    assert 2.0 <= opened.player("positionS") < 2.4
    page.keyboard.press("Escape")
    assert opened.player("stretch") is None
    page.keyboard.press("ArrowRight")
    assert opened.player("positionS") > 6.9
    page.keyboard.press("ArrowLeft")
    assert opened.player("positionS") < 3.0
    page.keyboard.press("ArrowDown")
    assert opened.player("heard") == 2


def test_it_stops_at_the_end_and_begins_again(opened: Opened) -> None:
    page = opened.page
    opened.player(f"seek({DURATION_S - 0.2})")
    page.keyboard.press("Space")
    opened.wait_for("phenotune.positionS > 7.9 && !phenotune.isPlaying")
    page.keyboard.press("Space")
    opened.wait_for("phenotune.isPlaying && phenotune.positionS < 1")


def test_turns_are_taken(opened: Opened) -> None:
    page = opened.page
    page.keyboard.press("t")
    page.keyboard.press("Space")
    opened.wait_for("phenotune.heard === 1")
    assert opened.player("isPlaying")


def test_space_plays_and_does_not_press_the_name_that_has_the_focus(opened: Opened) -> None:
    page = opened.page
    page.locator(".pick").nth(2).click()
    page.keyboard.press("0")
    page.keyboard.press("Space")
    assert opened.player("isPlaying")
    assert opened.player("heard") == 0
    page.locator(".pick").nth(1).focus()
    page.keyboard.press("Enter")
    assert opened.player("heard") == 1


def test_hostile_names_are_shown_as_text(opened: Opened) -> None:
    assert opened.page.locator(".name").nth(2).inner_text() == HOSTILE
    assert opened.page.locator("img[src=x]").count() == 0


def test_a_telephone_has_room_for_it(browser: Any, file: Path) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(file.as_uri())
    page.wait_for_selector("#play:not([disabled])")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
