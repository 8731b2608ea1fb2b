"""The second language: the switch on the page, and nothing Chinese left but what people have written themselves."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from portal.letters.rules import number_text
from tests.journeys.chromium.pages import addresses
from tests.journeys.chromium.parts import People, Rows, desk, phone

HAN = re.compile(r"[\u3400-\u9fff\uff01-\uff5e、。「」《》]")
WRITTEN = {
    "grid": ("name", "level_label", "code", "location", "main_buildings", "key_places", "range_note", "duty_note",
             "assessment_note"),
    "person": ("name",), "post": ("title",), "hazard": ("title", "interim_measure", "measure", "conclusion",
    "plan_measure", "plan_money", "plan_contingency"), "event_text": ("body",), "import_batch": ("filename",),
    "hazard_listing": ("condition",), "hazard_step": ("title",), "duty_leader": ("note",), "calendar_day": ("name",),
    "duty_roster": ("name",), "duty_period": ("name",), "duty_screen": ("name",), "duty_leave_file": ("name",),
    "session": ("device",), "duty_mapping": ("grid_name", "line_of_work"),
}  # fmt: skip
"""What people have written, by table. Names of kinds and categories have an English name and are not among them."""


class Words(HTMLParser):
    """Every text and every attribute that is read out; without what says that it is in another language."""

    SAID = ("alt", "aria-label", "placeholder", "title", "value", "content")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.skip: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if self.skip or (values.get("lang") or "").startswith("zh"):
            if tag not in ("input", "meta", "link", "img", "br", "path"):
                self.skip.append(tag)
            return
        hidden = tag == "input" and values.get("type") == "hidden"
        self.found += [values[name] or "" for name in self.SAID if name in values and not hidden]
        self.found += [value or "" for name, value in attrs if name.startswith("data-") and not hidden]

    def handle_endtag(self, tag: str) -> None:
        if self.skip and tag == self.skip[-1]:
            self.skip.pop()

    def handle_data(self, data: str) -> None:
        if not self.skip:
            self.found.append(data)


def written(rows: Rows) -> list[str]:
    found: set[str] = set()
    for table, columns in WRITTEN.items():
        for column in columns:
            found.update(str(text) for text in rows.column(f"SELECT DISTINCT {column} FROM {table}") if text)
    for text in rows.column("SELECT text FROM letter WHERE text IS NOT NULL"):  # a letter is Chinese in any language
        found.update(json.loads(str(text))[name] for name in ("title", "number"))
    for body in rows.column("SELECT body FROM letter_template"):  # so are the headings of what it is made from
        found.update(text for text in _texts(json.loads(str(body))) if len(text) <= 20)
    found.update(number_text(*map(int, row.split("/"))) for row in rows.column("SELECT year || '/' || seq FROM letter"))
    parts = {part for text in found for part in re.split(r"[\s;,，；、]+", text)}
    return sorted((text for text in found | parts if HAN.search(text)), key=len, reverse=True)


def _texts(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, list | dict):
        for one in tree.values() if isinstance(tree, dict) else tree:
            yield from _texts(one)


def kinds(rows: Rows) -> list[str]:
    return [
        str(text)
        for column in ("name", "keeper_title")
        for text in rows.column(f"SELECT DISTINCT {column} FROM grid_kind")
        if text
    ]


def left_over(html: str, known: re.Pattern[str]) -> Iterator[str]:
    words = Words()
    words.feed(html)
    for text in words.found:
        if HAN.search(text) and HAN.search(known.sub("", text)):
            yield " ".join(text.split())[:120]


@pytest.mark.timeout(180)
@pytest.mark.parametrize("login", ["chief", "principal"])
def test_no_chinese_is_left_on_any_page(people: People, rows: Rows, login: str) -> None:
    page = people.of(login, form=True, **desk())
    page.locator(".languages button[value=en]").click()
    page.wait_for_selector("html[lang=en]")
    names = written(rows)
    known = re.compile("|".join(map(re.escape, names)))
    own_words = re.compile("|".join(map(re.escape, sorted(kinds(rows), key=len, reverse=True) + names)))
    faults = []
    for path in [*addresses(login, rows), "/hazards/999999", "/sign-in"]:
        answer = page.context.request.get(path)
        if answer.status == 404 and path != "/hazards/999999":
            continue
        words = own_words if path == "/kinds" else known  # there the Chinese names themselves are edited
        faults += [f"{path}: {text}" for text in dict.fromkeys(left_over(answer.text(), words))]
    page.locator(".languages button[value=zh-Hans]").click()
    page.wait_for_selector("html[lang=zh-Hans]")
    assert not faults, "\n".join(faults)


def test_english_fits_a_phone_and_is_kept_for_the_person(people: People, rows: Rows) -> None:
    page = people.of("leader", form=True, **phone())
    page.locator(".languages button[value=en]").tap()
    page.wait_for_selector("html[lang=en]")
    again = people.of("leader", form=True, **phone())
    assert again.get_attribute("html", "lang") == "en", "it is the person's language, not the browser's"
    school = rows.grid("青云一中")
    listed = rows.value("SELECT min(id) FROM hazard WHERE is_listed")
    for path in ("/", f"/grids/{school}/board", f"/hazards/{listed}", "/hazards/new", "/inbox", "/account", "/duty"):
        again.goto(path)
        assert again.evaluate("document.documentElement.scrollWidth") <= 360, path
    again.locator(".languages button[value=zh-Hans]").tap()
    again.wait_for_selector("html[lang=zh-Hans]")
