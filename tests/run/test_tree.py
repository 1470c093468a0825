from __future__ import annotations

from typing import Literal

from phenotune.run.tree import fields_of, help_text, limits_text, unit_of
from phenotune.settings import Settings, setting


class Crumb(Settings):
    size_mm: int = setting(3, "Size.", unit="mm", ge=1, le=9)


class Bread(Settings):
    slices: int = setting(12, "Slices.", ge=1, le=40)
    salt: float = setting(0.02, "Salt.", ge=0.0, lt=1.0)
    rise_s: float = setting(10.0, "Rise.", unit="s", gt=0.0)
    grain: Literal["rye", "wheat"] = setting("rye", "Grain.")
    is_toasted: bool = setting(False, "Toasted.")
    seeds: tuple[str, ...] = setting((), "Seeds.")
    crumbs: tuple[Crumb, ...] = setting((Crumb(),), "Crumbs.")


class Crust(Settings):
    weight: float = setting(1.0, "Weight.")


class Parts(Settings):
    crust: Crust = Crust()


class Kitchen(Settings):
    name: str = setting("home", "Name.")
    bread: Bread = Bread()
    parts: Parts = Parts()


def test_every_setting_has_its_dotted_name_in_the_order_of_the_tree() -> None:
    assert list(fields_of(Kitchen)) == [
        "name",
        "bread.slices",
        "bread.salt",
        "bread.rise_s",
        "bread.grain",
        "bread.is_toasted",
        "bread.seeds",
        "bread.crumbs",
        "parts.crust.weight",
    ]


def test_limits_and_units_in_words() -> None:
    fields = fields_of(Kitchen)
    words = {name: (limits_text(field), unit_of(field)) for name, field in fields.items()}
    assert words["bread.slices"] == ("1 to 40", "")
    assert words["bread.rise_s"] == ("more than 0", "s")
    assert words["bread.grain"] == ("'rye' or 'wheat'", "")
    assert words["parts.crust.weight"] == ("a number", "")
    assert words["bread.seeds"] == ("", "")


def test_a_list_of_groups_tells_what_each_holds() -> None:
    assert help_text(fields_of(Kitchen)["bread.crumbs"]) == "Crumbs. size_mm: Size."
    assert help_text(fields_of(Kitchen)["bread.slices"]) == "Slices."
