"""Letters that cannot be made: ten ways to break one, and what its page must say then (TR4)."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from portal.core.clock import now
from portal.core.database import execute, fetch_value, insert
from portal.letters.tables import LetterTemplate
from tests.faults.letter_parts import School, with_list
from tests.letters.document_kit import wording

PRIVATE = "\ue123"  # a character that no font has


class Poison(NamedTuple):
    """A way to break a letter: `spoil(school, place)` for the room at this place, and the codes that may be told."""

    name: str
    codes: frozenset[str]
    spoil: Callable[[School, int], Awaitable[None]]


async def _word(school: School, place: int, body: str) -> None:
    """This letter was drafted with another wording."""
    edition = await fetch_value("SELECT count(*) + 100 FROM letter_template")
    row = {"org_id": school.id, "kind": "post", "edition": edition, "title": "坏模板", "body": body}
    [made] = await insert(LetterTemplate, {**row, "digest": "0" * 64, "made_at": now(), "ended_at": now()})
    sql = "UPDATE letter SET template_id = {} WHERE grid_id = {}"
    await execute(sql, made, school.rooms[place])


def _changed(**more: Any) -> str:
    return json.dumps(json.loads(_body()) | more, ensure_ascii=False)


def _body() -> str:
    from portal.letters.document import wording_json

    return wording_json(wording())


def _clauses(text: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(_body())["clauses"]
    return [*found[:-1], {"key": "more", "title": "其他", "text": text}, found[-1]]


async def _say(school: School, place: int, column: str, text: str) -> None:
    await execute(f"UPDATE grid SET {column} = {{}} WHERE id = {{}}", text, school.rooms[place])


async def _duties(school: School, place: int, duties: list[str], origin: str = "school") -> None:
    name = f"毒{place}室"
    await execute("UPDATE grid SET name = {} WHERE id = {}", name, school.rooms[place])
    await with_list(school.id, duties, room=name, origin=origin)


async def no_glyph(school: School, place: int) -> None:
    await _say(school, place, "range_note", f"从门口到{PRIVATE}为止")


async def three_megabytes(school: School, place: int) -> None:
    await _word(school, place, _changed(clauses=_clauses("安全" * 500_000)))


async def unknown_place(school: School, place: int) -> None:
    await _word(school, place, _changed(clauses=_clauses("由{nobody_knows}办理。")))


async def explosion(school: School, place: int) -> None:
    """Sixty thousand characters of wording unfold into a hundred million."""
    await _say(school, place, "range_note", "从门口到疏散门为止，" * 1_000)
    await _word(school, place, _changed(clauses=_clauses("{boundary}" * 6_000)))


async def no_json(school: School, place: int) -> None:
    await _word(school, place, '{"kind": "post", "clauses": [')


async def deep_json(school: School, place: int) -> None:
    await _word(school, place, "[" * 30_000 + "]" * 30_000)


async def other_types(school: School, place: int) -> None:
    await _word(school, place, _changed(clauses={"a": 1}, standing=17))


async def one_sided(school: School, place: int) -> None:
    await _word(school, place, _changed(provisions=[]))


async def ten_thousand_duties(school: School, place: int) -> None:
    await _duties(school, place, [f"第{n}项：每天看一遍门窗插座疏散门" for n in range(10_000)])


async def many_short_duties(school: School, place: int) -> None:
    await _duties(school, place, ["看"] * 20_000)


async def no_list(school: School, place: int) -> None:
    await _duties(school, place, [])


async def unconfirmed_list(school: School, place: int) -> None:
    await _duties(school, place, ["看门"], origin="ours")


async def wide_table(school: School, place: int) -> None:
    """Few characters, thousands of columns: what is left to the limits of the process that sets pages."""
    table = {"key": "t", "title": "表", "head": ["甲"] * 3_000, "rows": [["一"] * 3_000 for _ in range(5)]}
    await _word(school, place, _changed(tables=[table], clauses=_clauses("见表。")))


TOO_LONG, BROKEN = frozenset({"letter.too_long"}), frozenset({"letter.wording_broken"})
LIMITS = frozenset({"pdf.too_slow", "pdf.too_much_memory", "pdf.too_deep", "pdf.too_big", "pdf.crashed", "pdf.broken"})
POISONS = (
    Poison("a character without a glyph", frozenset({"pdf.glyph_missing"}), no_glyph),
    Poison("3 MB in one clause", TOO_LONG, three_megabytes),
    Poison("a place that nobody fills", frozenset({"letter.variable_missing"}), unknown_place),
    Poison("a wording that unfolds to 100 MB", TOO_LONG, explosion),
    Poison("half a JSON", BROKEN, no_json),
    Poison("30,000 brackets deep", BROKEN, deep_json),
    Poison("a wording of other types", BROKEN, other_types),
    Poison("a wording that gives nothing", frozenset({"letter.one_sided"}), one_sided),
    Poison("10,000 duties", TOO_LONG, ten_thousand_duties),
    Poison("a post without duties", frozenset({"letter.no_duties"}), no_list),
)
UNGUARDED = (
    Poison("a table of 3,000 columns", LIMITS, wide_table),
    Poison("20,000 duties of one character", LIMITS, many_short_duties),
)


async def hostile(school: School, place: int) -> None:
    """Looks like HTML, and is a text like any other: this letter is made."""
    await _say(school, place, "range_note", "<div>" * 3_000 + "<script>alert(1)</script><img src=file:///etc/passwd>")
