"""Forms of the grids room: text in, a typed command or coded errors out. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from portal.core.refusals import Invalid

LINES = {"name": 120, "level_label": 60, "code": 40}
NOTES = ("location", "main_buildings", "key_places", "range_note", "duty_note", "assessment_note")
MOST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class CardCommand:
    """What a card shall say; `fields` are columns of the grid, without its name and kind."""

    name: str
    kind: str
    fields: Mapping[str, Any]


def parse_card(texts: Mapping[str, str], *, kinds: Collection[str], schemes: Collection[str]) -> CardCommand:
    """The card, or `Invalid` with a code for each field that is missing or senseless."""
    errors = {name: "grid.too_long" for name, most in LINES.items() if len(texts.get(name, "")) > most}
    errors |= {name: "grid.too_long" for name in NOTES if len(texts.get(name, "")) > MOST_NOTE}
    if not texts.get("name", ""):
        errors["name"] = "grid.name_missing"
    if texts.get("kind", "") not in kinds:
        errors["kind"] = "grid.kind_missing"
    area, sort = _area(texts.get("area_m2", ""), errors), _sort(texts.get("sort", ""), errors)
    if errors:
        raise Invalid(errors)
    fields: dict[str, Any] = {name: texts.get(name, "") or None for name in ("level_label", "code", *NOTES)}
    fields |= {"area_m2": area, "sort": sort, "scheme": texts.get("scheme", "")}
    if fields["scheme"] not in schemes:
        fields["scheme"] = "general"
    fields |= {name: texts.get(name, "") == "1" for name in ("is_key_spot", "is_heading")}
    return CardCommand(texts["name"], texts["kind"], fields)


def _area(text: str, errors: dict[str, str]) -> float | None:
    plain = text.replace(",", "").replace("，", "")
    if not plain:
        return None
    try:
        area = float(plain)
    except ValueError:
        area = -1.0
    if not (plain.isascii() and 0 <= area < 10_000_000):  # never "nan", whose comparison is false
        errors["area_m2"] = "grid.area_wrong"
        return None
    return round(area, 2)


def _sort(text: str, errors: dict[str, str]) -> int:
    if not text:
        return 0
    if text.isascii() and text.isdigit() and len(text) < 5:
        return int(text)
    errors["sort"] = "grid.sort_wrong"
    return 0


@dataclass(frozen=True, slots=True)
class KindCommand:
    """A kind of a school's own."""

    name: str
    name_en: str
    keeper_title: str | None
    is_place: bool


def parse_kind(texts: Mapping[str, str]) -> KindCommand:
    """The kind, or `Invalid`."""
    name, name_en, title = (texts.get(key, "") for key in ("name", "name_en", "keeper_title"))
    errors = {} if name else {"name": "grid.name_missing"}
    errors |= {
        key: "grid.too_long"
        for key, text in (("name", name), ("name_en", name_en), ("keeper_title", title))
        if len(text) > 60
    }
    if errors:
        raise Invalid(errors)
    return KindCommand(name, name_en, title or None, texts.get("is_place", "") == "1")
