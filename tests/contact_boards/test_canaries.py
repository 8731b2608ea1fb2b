"""Canaries: mobile numbers and pupils' names planted where strangers must not read them; none flies out (TA10)."""

import itertools
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from portal.contact_boards.copying import copy_boards
from portal.contact_boards.printing.papers import paper_of
from portal.contact_boards.printing.queries import print_row
from portal.contact_boards.printing.rules import Kind
from portal.contact_boards.printing.services import ask_print
from portal.contact_boards.services import board_of, make_boards
from portal.contact_boards.tables import Portrait
from portal.core.actors import SYSTEM
from portal.core.clock import now, today
from portal.core.crypto import seal
from portal.core.database import execute, fetch, fetch_column, insert
from portal.core.files import FileStore, FolderStore
from portal.duty.services import set_duty_leader
from portal.rendering.environment import render
from portal.settings import Settings
from tasks.outbox import drain
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers
from tests.contact_boards.test_public_reports import accepted, newest, send

PHONES = [f"1391{n:07}" for n in range(31, 45)]
PUPIL = "金丝雀小明"


async def plant(cast: Cast, store: FileStore) -> dict[str, bytes]:
    """Every person has a canary for a number, and a portrait that nobody has agreed to show; a pupil has a name that
    stands nowhere else, a post, a portrait, and consents that somebody recorded by mistake. Gives the pictures."""
    people = await fetch_column("SELECT id FROM person ORDER BY id")
    for person, phone in zip(people, itertools.cycle(PHONES)):
        await execute("UPDATE person SET phone_sealed = {} WHERE id = {}", seal(phone), person)
    await execute("UPDATE person SET name = {} WHERE id = {}", PUPIL, cast.monitor)
    for field in ("name", "mobile", "photo"):  # somebody has recorded it by mistake
        await execute(
            "INSERT INTO consent (person_id, field, text_edition, given_at) VALUES ({}, {}, 1, {})",
            cast.monitor, field, now(),
        )  # fmt: skip
    pictures: dict[str, bytes] = {}
    for person in people:
        small = await store.put(f"small canary {person}".encode(), media_type="image/jpeg")
        full = await store.put(f"large canary {person}".encode(), media_type="image/jpeg")
        await insert(
            Portrait,
            {"person_id": person, "digest": full.digest, "small_digest": small.digest, "kept_at": now()},
        )  # fmt: skip
        pictures |= {one.digest: await store.open(one.digest) or b"" for one in (small, full)}
    await execute(
        "INSERT INTO appointment (org_id, post_id, person_id, is_primary, kind, starts_at, entered_at, version) "
        "VALUES ({}, {}, {}, TRUE, 'holder', {}, {}, 1)", cast.school, cast.keeper_post, cast.monitor, now(), now(),
    )  # fmt: skip
    return pictures


def seen(text: str, *, names: list[str] = ()) -> list[str]:  # type: ignore[assignment]
    plain = text.replace("-", "").replace(" ", "")
    return [one for one in (*PHONES, PUPIL, *names) if one in plain]


async def test_no_canary_is_seen_in_any_public_page_copy_export_or_log(
    cast: Cast, browsers: Browsers, settings: Settings, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    store = FolderStore(settings.files)
    pictures = await plant(cast, store)
    await set_duty_leader(cast.school, cast.leader, [today()], by=SYSTEM)
    await make_boards(cast.school, by=SYSTEM)
    await make_boards(cast.other_school, by=SYSTEM)
    staff = await fetch_column("SELECT name FROM person WHERE name <> {}", PUPIL)
    stranger, read = browsers.stranger(), 0
    room = (await board_of(cast.room, by=SYSTEM)).key
    await send(stranger, room, f"请找 {PHONES[0]}，通风橱坏了", phone=PHONES[1])
    follow = str(stranger.page.url.path)
    await accepted(cast, await newest())
    for key in await fetch_column("SELECT key FROM contact_board"):
        for path in ("", "?language=en", "/report", "/reports", "/noted"):
            page = await stranger.client.get(f"/b/{key}{path}")
            assert page.status_code == 200
            assert not seen(page.text, names=staff), path
            assert not pictured(page.text, pictures), path
            read += 1
        for digest in pictures:
            assert (await stranger.client.get(f"/b/{key}/portraits/{digest[:16]}.jpg")).status_code == 404
        for person in await fetch_column("SELECT id FROM person"):
            answer = await stranger.client.post(
                f"/b/{key}/phones", data={"person": str(person)}, headers={"Origin": stranger.origin}
            )
            assert answer.status_code in (404, 429) and not seen(answer.text, names=staff)
    suggested = await send(stranger, room, f"通风橱坏了，请找 {PHONES[2]}")
    assert "是不是同一件事" in suggested.text
    assert not seen(suggested.text.replace(PHONES[2], "")), (
        "what another stranger wrote is not passed on with its number"
    )
    assert not [one for one in staff if one in (await stranger.get(follow)).text]
    await _copies_are_clean(tmp_path / "boards", store, staff, pictures)
    await _papers_are_clean(cast, store, pictures)
    await _export_is_clean(await browsers.of(cast.safety), cast)
    await drain()
    await _events_are_clean()
    out, err = capfd.readouterr()
    assert not seen(out + err, names=staff)
    print(f"{read} public pages, {len(PHONES) + 1 + len(pictures)} canaries, 0 seen")


def pictured(text: str, pictures: dict[str, bytes]) -> list[str]:
    """Portraits that a text shows: by their name, or whole inside it."""
    inside = {digest: b64encode(body).decode() for digest, body in pictures.items()}
    return [digest for digest, body in inside.items() if digest[:16] in text or body in text]


async def _copies_are_clean(root: Path, store: FileStore, staff: list[str], pictures: dict[str, bytes]) -> None:
    assert await copy_boards(root, store) > 5
    for file in root.rglob("*.html"):
        assert not seen(file.read_text("utf-8"), names=staff), file
        assert not pictured(file.read_text("utf-8"), pictures), file
    assert not list(root.rglob("*.jpg"))


async def _papers_are_clean(cast: Cast, store: FileStore, pictures: dict[str, bytes]) -> None:
    for grid, kind in itertools.product((cast.school, cast.floor, cast.room, cast.school_class), Kind):
        job = await print_row(await ask_print(grid, kind, language="zh-Hans", by=SYSTEM))
        assert job is not None
        paper = await paper_of(job, base_url="https://anwang.example", at=now(), store=store)
        text = "".join(render(paper.template, "zh-Hans", **context) for context in paper.contexts)
        assert not seen(text) and not pictured(text, pictures), (grid, kind)


async def _export_is_clean(safety: Browser, cast: Cast) -> None:
    """The register is read by staff and names staff; a pupil and a number stand in it neither."""
    import io

    from openpyxl import load_workbook

    book: Any = await safety.client.get(f"/grids/{cast.school}/register.xlsx")
    assert book.status_code == 200
    cells = [str(cell.value) for sheet in load_workbook(io.BytesIO(book.content)) for row in sheet.rows for cell in row]
    assert not seen(" ".join(cells))


async def _events_are_clean() -> None:
    class Row:
        def __init__(self, details: str) -> None:
            self.details = json.loads(details)

    for row in await fetch(Row, "SELECT details FROM event"):
        assert not seen(json.dumps(row.details, ensure_ascii=False))
