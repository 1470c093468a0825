from __future__ import annotations

import pytest

from phenotune.demo.make import DemoFiles
from phenotune.library.library import open_library
from phenotune.library.licences import (
    NO_LICENCE,
    first_names,
    licence_of,
    licence_of_text,
    licence_warnings,
)


@pytest.mark.parametrize(
    ("credit", "name"),
    [
        ("Kevin MacLeod: Vibe Ace (CC BY 3.0)", "CC BY 3.0"),
        ("cc-by-sa-4.0", "CC BY-SA 4.0"),
        ("CC BY", "CC BY"),
        ("CC BY 4", "CC BY 4.0"),
        ("CC_BY_NC_SA", "CC BY-NC-SA"),
        ("CC BY–NC–ND (4.0)", "CC BY-NC-ND 4.0"),
        ("A, BY-SA 2.5", "CC BY-SA 2.5"),
        ("https://creativecommons.org/licenses/by-nd/4.0", "CC BY-ND 4.0"),
        ("http://creativecommons.org/licenses/by-nc/3.0/de/", "CC BY-NC 3.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
        ("creativecommons.org/publicdomain/mark/1.0", "public domain"),
        ("CC0 each", "CC0 1.0"),
        ("CC-0", "CC0 1.0"),
        ("This sound is licensed under the Creative Commons 0 License", "CC0 1.0"),
        ("Creative Commons Attribution-NonCommercial-ShareAlike 3.0 Unported", "CC BY-NC-SA 3.0"),
        ("Attribution-Share Alike 4.0 International", "CC BY-SA 4.0"),
        ("Attribution Noncommercial", "CC BY-NC"),
        ("a kick by K; Attribution", "CC BY"),
        (
            "Namensnennung - Nicht kommerziell - Keine Bearbeitungen 3.0 Deutschland",
            "CC BY-NC-ND 3.0",
        ),
        ("Paternité – Pas d’Utilisation Commerciale – Pas de Modification", "CC BY-NC-ND"),
        ("Attribution - Partage dans les mêmes conditions 4.0", "CC BY-SA 4.0"),
        ("Reconocimiento-NoComercial-SinObraDerivada 4.0", "CC BY-NC-ND 4.0"),
        ("Atribución-CompartirIgual 4.0", "CC BY-SA 4.0"),
        ("Sampling+ 1.0", "CC Sampling+"),
        ("public domain", "public domain"),
        ("gemeinfrei", "public domain"),
        ("domaine public", "public domain"),
        ("Dominio público", "public domain"),
        ("A (MIT)", "MIT"),
        ("MIT License", "MIT"),
        ("Apache License 2.0", "Apache 2.0"),
        ("GPLv3", "GPL"),
        ("Licence Art Libre 1.3", "Free Art License"),
        ("Sound Effect by K from Pixabay", "Pixabay licence"),
        ("2001 B. All rights reserved.", "all rights reserved"),
        ("Alle Rechte vorbehalten", "all rights reserved"),
        ("Tous droits réservés", "all rights reserved"),
        ("Public Domain Records (all rights reserved)", "all rights reserved"),
        ("All rights reserved, or CC BY 4.0", "CC BY 4.0"),
        ("some rights reserved: Creative Commons", "Creative Commons, without saying which"),
        ("(cc) by Sandra", "Creative Commons, without saying which"),
        ("royalty-free", "royalty-free"),
        ("free to use, share and modify", "free to use and change"),
        ("for personal use only", "no commercial use"),
        ("CC BY 4.0 or CC BY-NC-ND 4.0", "CC BY-NC-ND 4.0"),
        ("CC BY; http://creativecommons.org/licenses/by/3.0/", "CC BY 3.0"),
    ],
)
def test_licences_that_are_recognised(credit: str, name: str) -> None:
    assert licence_of(credit).name == name


@pytest.mark.parametrize(
    "credit",
    [
        None,
        "",
        "A: T",
        "Copyright 2001 Big Label",
        "see CREDITS.md",
        "MIT: a song",
        "not in the public domain",
        "no attribution required",
        "attribution is not required",
        "unlicensed",
        "https://freesound.org/s/123/",
        "by Sandra",
        "acc by 3.0",
    ],
)
def test_words_that_are_no_licence(credit: str | None) -> None:
    assert licence_of(credit) == NO_LICENCE


@pytest.mark.parametrize(
    ("credit", "may"),
    [
        # derivatives, commercial, credit, share-alike
        ("CC BY 4.0", (True, True, True, False)),
        ("CC BY-SA 4.0", (True, True, True, True)),
        ("CC BY-NC 4.0", (True, False, True, False)),
        ("CC BY-ND 4.0", (False, True, True, False)),
        ("CC BY-NC-SA 4.0", (True, False, True, True)),
        ("CC BY-NC-ND 4.0", (False, False, True, False)),
        ("CC0", (True, True, False, False)),
        ("public domain", (True, True, False, False)),
        ("MIT License", (True, True, True, False)),
        ("GPL", (True, True, True, True)),
        ("all rights reserved", (False, False, True, False)),
        ("Creative Commons", (None, None, None, False)),
        ("A", (None, None, None, False)),
    ],
)
def test_what_licences_allow(credit: str, may: tuple[bool | None, ...]) -> None:
    found = licence_of(credit)
    allowed = (found.allows_derivatives, found.allows_commercial, found.needs_credit)
    assert (*allowed, found.is_share_alike) == may


def test_addresses_of_licences() -> None:
    assert licence_of("cc by-nc-sa 3.0").url == "https://creativecommons.org/licenses/by-nc-sa/3.0/"
    assert licence_of("cc by").url == ""
    assert licence_of("CC0").url == "https://creativecommons.org/publicdomain/zero/1.0/"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "Creative Commons Legal Code\n\nAttribution-NonCommercial 3.0 Unported\n\n  CREATIVE",
            "CC BY-NC 3.0",
        ),
        (
            "Attribution-ShareAlike 4.0 International\n\n====\n\nCreative Commons Corporation",
            "CC BY-SA 4.0",
        ),
        ("Creative Commons Legal Code\n\nCC0 1.0 Universal\n", "CC0 1.0"),
        ("MIT License\n\nCopyright (c) 2001 A\n", "MIT"),
        (
            "Copyright (c) 2001 A\n\nPermission is hereby granted, free of charge, to any person obtaining",
            "MIT",
        ),
        ("GNU GENERAL PUBLIC LICENSE\n   Version 3, 29 June 2007\n", "GPL"),
        ("# Credits\n\nAll sounds are by A, CC BY 4.0.\n\nkick.wav: CC BY-ND 3.0\n", "CC BY 4.0"),
        ("All sounds are by A,\nunder a Creative Commons\nAttribution licence\n", "CC BY"),
        ("kick.wav: CC BY-ND 3.0\n*.flac: CC0\n", None),
        ("## CC0\nkick.wav\n## CC BY 4.0\nsnare.wav\n", None),
        ("by A\n" * 8 + "CC0\n", None),
        ("", None),
    ],
)
def test_licences_of_whole_files(text: str, name: str | None) -> None:
    assert licence_of_text(text).name == name


def test_why_a_sound_is_left_out() -> None:
    assert licence_of("CC BY-NC-SA 4.0").why_not is None
    assert licence_of("A").why_not == "states no licence"
    assert licence_of("CC BY-ND 4.0").why_not == "may not be changed (CC BY-ND 4.0)"
    assert (
        licence_of("royalty-free").why_not
        == "does not say whether it may be changed (royalty-free)"
    )


def test_a_warning_a_kind_and_never_one_a_file() -> None:
    sounds = [(f"{n}.wav", None) for n in range(5)] + [
        ("nd.wav", "CC BY-ND 4.0"),
        ("ok.wav", "CC0"),
    ]
    first, second = licence_warnings(sounds)
    assert first == "5 of 7 sounds state no licence (0.wav, 1.wav, 2.wav and 2 more)"
    assert second.startswith("1 of 7 sounds may not be changed by its licence (nd.wav); ")
    assert "--only-licensed" in second
    (vague,) = licence_warnings([("a.wav", "royalty-free")])
    assert vague.startswith("1 of 1 sound does not say whether it may be changed (a.wav); ")
    assert licence_warnings([("ok.wav", "CC0")]) == []
    assert licence_warnings([]) == []


@pytest.mark.slow
def test_the_demos_own_sounds_are_licensed(demo: DemoFiles) -> None:
    opened = open_library([demo.library], only_licensed=True)
    assert opened.skipped == ()
    assert {licence_of(source.credit).name for source in opened.sources} == {"CC0 1.0"}
    assert licence_warnings((source.path.name, source.credit) for source in opened.sources) == []


def test_names_stay_on_one_line() -> None:
    assert first_names(["a\nb.wav", "c.wav"]) == "a b.wav, c.wav"
