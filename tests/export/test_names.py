from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phenotune.export.names import MAX_BYTES, Names, plain_name

SIGNS = set(" -_.,()[]+&#=@")
ANY_TEXT = st.text() | st.text(
    st.sampled_from("\\/:*?\"<>|%'`.\n\t \0💥ée\u0301音=-+@~$"), max_size=200
)


@given(ANY_TEXT)
def test_whatever_comes_in_a_plain_name_comes_out(text: str) -> None:
    name = plain_name(text)
    assert name == name.strip(" .")
    assert 1 <= len(name.encode("utf-8")) <= MAX_BYTES + 1
    assert name[0] not in "-=+@"
    assert all(letter in SIGNS or unicodedata.category(letter)[0] in "LNM" for letter in name)


@given(ANY_TEXT)
def test_a_plain_name_stays_as_it_is(text: str) -> None:
    name = plain_name(text)
    assert plain_name(name) == name


@given(st.lists(ANY_TEXT | st.sampled_from(["kick", "KICK", "kick-2", "", "ß", "ss"]), max_size=8))
def test_no_two_things_have_one_name_whatever_the_case(texts: list[str]) -> None:
    names = Names()
    given_names = [names.give(text) for text in texts]
    assert len({name.casefold() for name in given_names}) == len(texts)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("kick.wav", "kick.wav"),
        ("  a  b ", "a b"),
        ("../../etc/passwd", "etc_passwd"),
        ("..", "sound"),
        ("", "sound"),
        ("a/b\\c:d", "a_b_c_d"),
        ('say "hi"\n</x>', "say _hi_ __x"),
        ("100% `a` | b", "100_ _a_ _ b"),
        ("=1+1", "1+1"),
        ("-rf", "rf"),
        ("NUL", "NUL_"),
        ("com1.wav", "com1.wav_"),
        ("trailing. ", "trailing"),
        ("e\u0301", "é"),
        ("音楽", "音楽"),
    ],
)
def test_names_that_are_known_to_hurt(text: str, name: str) -> None:
    assert plain_name(text) == name


def test_long_names_are_cut_between_letters() -> None:
    assert plain_name("é" * 300) == "é" * (MAX_BYTES // 2)
    assert plain_name("a" + "音" * 300) == "a" + "音" * ((MAX_BYTES - 1) // 3)
    assert plain_name("abcdef", max_bytes=3) == "abc"


def test_what_has_no_letters_is_called_otherwise() -> None:
    assert plain_name("💥", "clip") == "clip"
