from __future__ import annotations

import base64
import json
import re
from typing import Any

import numpy as np
import pytest

from phenotune.audio.files import read_sound
from phenotune.report.compare import FULL_S, LONGEST_S, ComparePage, Row

pytestmark = pytest.mark.slow

RATE_HZ = 44_100
COLUMNS = (("explained", "share", "higher"), ("lmsd", "distance", "lower"), ("clips", "", ""))
HOSTILE = "</script><script>alert(1)</script>{{facts}}\"'.wav"


def row(name: str, *known: float | None) -> Row:
    values = (*known, *(None,) * (len(COLUMNS) - len(known)))
    return Row(name, "seed 0", tuple("" if v is None else f"{v:g}" for v in values), values)


def page(duration_s: float = 0.5, n_sounds: int = 3, problem: str = "") -> ComparePage:
    return ComparePage("song", duration_s, n_sounds, COLUMNS, problem)


def tone(amplitude: float, n_channels: int = 2, rate_hz: int = RATE_HZ) -> np.ndarray[Any, Any]:
    time_s = np.arange(rate_hz // 2) / rate_hz
    sound = amplitude * np.sin(2 * np.pi * 440.0 * time_s).astype(np.float32)
    return np.tile(sound, (n_channels, 1))


def facts_of(html: str) -> dict[str, Any]:
    found = re.search(r'id="facts">(.*?)</script>', html)
    assert found is not None
    return dict(json.loads(found[1]))


def sounds_of(html: str) -> list[bytes]:
    return [base64.b64decode(text) for text in re.findall(r'class="sound">(.*?)</script>', html)]


def test_the_page_holds_all_sounds_and_names_them() -> None:
    drawn = page()
    drawn.add_target("song", tone(0.5), RATE_HZ)
    drawn.add_run(row("one", 0.5, 2.0, 3.0), tone(0.25), RATE_HZ)
    drawn.add_run(row("two", 0.6, 1.0, 3.0), tone(0.25, n_channels=1), 22_050)
    html = drawn.html()
    facts = facts_of(html)
    assert [sound["name"] for sound in facts["sounds"]] == ["song", "one", "two"]
    assert (facts["rate_hz"], facts["duration_s"], facts["first_key"]) == (44_100, 0.5, 0)
    assert "<title>song: 2 mosaics</title>" in html
    assert not re.search(r"\{\{\w+\}\}", html)
    assert not re.search(r'(?:src|href)="(?!data:)', html)


def test_sounds_are_of_the_same_length_and_rate(tmp_path: Any) -> None:
    drawn = page()
    drawn.add_target("song", tone(0.5), RATE_HZ)
    drawn.add_run(row("short", 0.5), tone(0.5)[:, :1000], RATE_HZ)
    drawn.add_run(row("slow", 0.5), tone(0.5, rate_hz=22_050), 22_050)
    drawn.add_run(row("many", 0.5), tone(0.2, n_channels=6), RATE_HZ)
    found = []
    for number, mp3 in enumerate(sounds_of(drawn.html())):
        path = tmp_path / f"{number}.mp3"
        path.write_bytes(mp3)
        found.append(read_sound(path))
    assert {(sound.samples.shape, sound.rate_hz) for sound in found[:2]} == {
        (found[0].samples.shape, 44_100)
    }
    assert {sound.samples.shape[1] for sound in found} == {found[0].samples.shape[1]}
    assert np.abs(found[1].samples[:, 6000:]).max() < 1e-3
    # What was resampled lies where it was.
    lag = np.argmax(
        np.correlate(found[0].samples[0, 8000:9000], found[2].samples[0, 8000:9000], "full")
    )
    assert abs(int(lag) - 999) <= 1


def test_the_louder_ones_are_turned_down() -> None:
    drawn = page()
    drawn.add_target("song", tone(0.5), RATE_HZ)
    drawn.add_run(row("soft", 0.5), tone(0.25), RATE_HZ)
    drawn.add_run(row("silent", 0.5), tone(0.0), RATE_HZ)
    gains_db = [sound["gain_db"] for sound in facts_of(drawn.html())["sounds"]]
    assert gains_db[0] - gains_db[1] == pytest.approx(-6.02, abs=0.02)
    assert gains_db[1:] == [0.0, 0.0]


def test_without_the_song_keys_begin_at_one() -> None:
    drawn = page(problem="song.wav is not where it was")
    drawn.add_run(row("one", 0.5), tone(0.5), RATE_HZ)
    html = drawn.html()
    assert facts_of(html)["first_key"] == 1
    assert "Song.wav is not where it was." in html
    assert "<kbd>1</kbd>" in html
    assert "1 mosaic of" in html


def test_the_best_of_a_column_is_marked_where_one_is_better() -> None:
    drawn = page()
    for name, *values in (("a", 0.5, 2.0, 3.0), ("b", 0.6, 1.0, 4.0), ("c", 0.6, None, 5.0)):
        drawn.add_run(row(str(name), *values), tone(0.5), RATE_HZ)  # type: ignore[arg-type]
    assert re.findall(r'<td class="best">(.*?)</td>', drawn.html()) == ["0.6", "1", "0.6"]
    alone = page()
    alone.add_run(row("a", 0.5, 2.0, 3.0), tone(0.5), RATE_HZ)
    assert 'class="best"' not in alone.html()


def test_hostile_names_are_text() -> None:
    drawn = ComparePage(HOSTILE, 0.5, 2, COLUMNS)
    drawn.add_target(HOSTILE, tone(0.5), RATE_HZ)
    drawn.add_run(row(HOSTILE, 0.5), tone(0.5), RATE_HZ)
    html = drawn.html()
    assert "<script>alert" not in html
    assert facts_of(html)["sounds"][0]["name"] == HOSTILE
    assert len(re.findall("<script", html)) == 4  # facts, two sounds, the player


def test_more_than_ten_sounds_have_no_key() -> None:
    drawn = page(duration_s=0.05, n_sounds=12)
    for number in range(11):
        drawn.add_run(row(f"n{number}", 0.5), tone(0.1, n_channels=1), RATE_HZ)
    html = drawn.html()
    assert html.count("<kbd>9</kbd> the") == 1
    assert html.count('<kbd class="none">') == 2


@pytest.mark.parametrize(
    ("duration_s", "n_sounds", "rate_hz", "heard_s", "note"),
    [
        (FULL_S / 5, 5, 44_100, FULL_S / 5, ""),
        (FULL_S / 5 + 1, 5, 22_050, FULL_S / 5 + 1, "mono, at 22.05 kHz"),
        (3600.0, 5, 22_050, LONGEST_S / 5, "cut off after 30:00"),
    ],
)
def test_a_long_page_says_what_it_leaves_out(
    duration_s: float, n_sounds: int, rate_hz: int, heard_s: float, note: str
) -> None:
    drawn = page(duration_s, n_sounds)
    assert (drawn.rate_hz, drawn.heard_s) == (rate_hz, heard_s)
    assert note in " ".join(drawn._notes())
