"""Portraits: taken in with the consent to show them, seen where it says, gone with it; pupils have none (TA10, H2)."""

import asyncio
import io
import json
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from PIL import Image

from portal.contact_boards.copying import copy_boards, copy_if_withdrawn
from portal.contact_boards.printing.papers import paper_of
from portal.contact_boards.printing.queries import print_row
from portal.contact_boards.printing.rules import Kind
from portal.contact_boards.printing.running import run_waiting_prints
from portal.contact_boards.printing.services import ask_print
from portal.contact_boards.rules import Field
from portal.contact_boards.services import (
    NewPortrait,
    board_of,
    record_consent,
    remove_own_portrait,
    remove_portrait,
    set_own_consent,
    tidy_portraits,
)
from portal.contact_boards.tables import Portrait
from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import execute, fetch_column, fetch_value, insert
from portal.core.files import FolderStore
from portal.core.refusals import Invalid, NotFound
from portal.grids.services import make_grid
from portal.hazards.photos import make_portrait
from portal.hazards.photos.rules import FRAMES, Cut
from portal.people.services import appoint, make_person, make_post, mark_left
from portal.rendering import pdf
from portal.settings import Settings
from tasks.tidying import tidy
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers, MovingClock
from tests.contact_boards.test_public_page import insert_tenure
from tests.hazards.photos.pictures import CORNERS, corners, flag, phone_photo, saved
from tests.rendering.test_pdf import pages

PICTURE = re.compile(r'<img src="(/b/[\w-]+/portraits/[0-9a-f]{16}\.jpg)" width="56" height="56"')


def files(data: bytes) -> dict[str, tuple[str, bytes, str]]:
    return {"portrait": ("me.jpg", data, "image/jpeg")}


async def agree(browser: Browser, data: bytes | None, *fields: str, path: str = "/account/consents") -> httpx.Response:
    await browser.get(path)
    form = next(form for form in browser.forms if form.action == path)
    form.fields.pop("field", None)
    sent = files(data) if data else None
    return await browser.submit(form, files=sent, **({"field": list(fields)} if fields else {}))


async def kept(settings: Settings, seed: str = "a") -> NewPortrait:
    """Two small pictures in the store, one of which is told from all others."""
    store = FolderStore(settings.files)
    colour = tuple((ord(seed) * step) % 256 for step in (3, 7, 11))
    full, small = (saved(Image.new("RGB", (side, side), colour)) for side in (320, 144))
    made = [(await store.put(data, media_type="image/jpeg")).digest for data in (full, small)]
    return NewPortrait(*made)


async def events(kind: str) -> int:
    return int(await fetch_value("SELECT count(*) FROM event WHERE kind = {}", kind))


# -- the cut


@pytest.mark.parametrize(("width", "height"), [(320, 240), (3000, 4000), (200, 200), (4000, 1000)])
async def test_a_portrait_is_a_small_square_without_anything_else(width: int, height: int) -> None:
    made = await make_portrait(phone_photo(width, height), owner=1)
    full, small = (Image.open(io.BytesIO(data)) for data in (made.full, made.thumb))
    side = min(320, width, height)
    assert full.size == (side, side) and small.size == (min(144, side),) * 2
    assert not full.getexif() and b"SECRET" not in made.full + made.thumb
    assert len(made.full) <= 30 * 1024


async def test_even_noise_stays_below_thirty_kilobytes() -> None:
    noise = Image.effect_noise((900, 900), 200).convert("RGB")
    made = await make_portrait(saved(noise, quality=95), owner=1)
    assert len(made.full) <= FRAMES[Cut.FACE].most and len(made.thumb) < len(made.full)


async def test_a_high_picture_is_cut_above_its_middle_and_one_held_sideways_is_upright() -> None:
    high = Image.new("RGB", (300, 700), CORNERS[2])
    high.paste(CORNERS[0], (0, 0, 300, 100))
    made = Image.open(io.BytesIO((await make_portrait(saved(high), owner=1)).full))
    assert set(corners(made)) == {"blue"}, "a quarter of what is too high is cut off above"
    sideways = await make_portrait(phone_photo(400, 400, orientation=6), owner=1)
    assert corners(Image.open(io.BytesIO(sideways.full))) == ("blue", "red", "white", "green")


# -- with the consent and without


async def test_a_teacher_puts_their_portrait_on_the_board_and_takes_it_away(
    cast: Cast, browsers: Browsers, clock: MovingClock, settings: Settings
) -> None:
    key = (await board_of(cast.room, by=SYSTEM)).key
    stranger, keeper = browsers.stranger(), await browsers.of(cast.keeper)
    assert not PICTURE.findall((await stranger.client.get(f"/b/{key}")).text)
    answer = await agree(keeper, saved(flag(600, 800)), "name", "photo")
    assert answer.status_code == 200 and "记下了" in answer.text and 'alt="甄实验的照片"' in answer.text
    clock.forward(seconds=30)
    board = (await stranger.client.get(f"/b/{key}")).text
    [address] = PICTURE.findall(board)
    assert 'loading="lazy"' in board and "甄实验" in board
    picture = await stranger.client.get(address)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(picture.content)).size == (144, 144)
    assert (
        "set-cookie" not in picture.headers
        and int(re.search(r"max-age=(\d+)", picture.headers["cache-control"])[1]) <= 30
    )
    assert picture.headers["x-robots-tag"].startswith("noindex")
    same = await stranger.client.get(address, headers={"If-None-Match": picture.headers["etag"]})
    assert same.status_code == 304 and not same.content
    digests = await fetch_column("SELECT digest FROM portrait UNION SELECT small_digest FROM portrait")
    assert (await agree(keeper, None, "name")).status_code == 200
    assert not await fetch_value("SELECT count(*) FROM portrait"), "withdrawn is deleted"
    clock.forward(seconds=60 - 30)
    assert not PICTURE.findall((await stranger.client.get(f"/b/{key}")).text)
    assert (await stranger.client.get(address)).status_code == 404
    assert (await events("portrait.kept"), await events("portrait.removed")) == (1, 1)
    clock.forward(hours=3)
    store = FolderStore(settings.files)
    await tidy(settings, now())
    assert [await store.exists(digest) for digest in digests] == [False, False], "the night takes the files"


async def test_files_of_a_portrait_that_is_shown_survive_the_night(
    cast: Cast, clock: MovingClock, settings: Settings
) -> None:
    new = await kept(settings)
    await set_own_consent([Field.PHOTO], portrait=new, by=await cast.actor(cast.keeper))
    clock.forward(hours=30)
    await tidy(settings, now())
    assert all([await FolderStore(settings.files).exists(digest) for digest in new])


async def test_without_the_tick_no_picture_is_taken_in(cast: Cast, browsers: Browsers, settings: Settings) -> None:
    keeper = await browsers.of(cast.keeper)
    answer = await agree(keeper, saved(flag(600, 800)), "name")
    assert answer.status_code == 422 and "没有同意，照片不收" in answer.text
    assert re.search(r'value="name" checked', answer.text), "what was ticked stays ticked"
    assert not await FolderStore(settings.files).digests(put_before=now() + timedelta(hours=9))
    assert not await fetch_value("SELECT count(*) FROM consent"), "nothing of a form that is refused is kept"
    with pytest.raises(Invalid):
        await set_own_consent([Field.NAME], portrait=await kept(settings), by=await cast.actor(cast.keeper))


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"GIF89a nothing", "打不开"), (b"%PDF-1.7", "不是照片"), (saved(flag(95, 400)), "96 像素以上")],
)
async def test_what_is_no_portrait_is_refused_beside_the_field(
    cast: Cast, browsers: Browsers, data: bytes, words: str
) -> None:
    answer = await agree(await browsers.of(cast.keeper), data, "photo")
    assert answer.status_code == 422 and words in answer.text and 'href="#portrait"' in answer.text
    assert not await fetch_value("SELECT count(*) FROM portrait")


async def test_another_picture_replaces_the_first_under_another_address(
    cast: Cast, browsers: Browsers, clock: MovingClock, settings: Settings
) -> None:
    key, by = (await board_of(cast.room, by=SYSTEM)).key, await cast.actor(cast.keeper)
    stranger = browsers.stranger()
    seen = []
    for seed in "ab":
        await set_own_consent([Field.PHOTO], portrait=await kept(settings, seed), by=by)
        clock.forward(seconds=30)
        seen += PICTURE.findall((await stranger.client.get(f"/b/{key}")).text)
    assert len(set(seen)) == 2
    assert [(await stranger.client.get(one)).status_code for one in seen] == [404, 200]
    await set_own_consent([Field.PHOTO], portrait=await kept(settings, "b"), by=by)
    assert await events("portrait.kept") == 2, "the same once more is nothing"
    details = (await fetch_column("SELECT details FROM event WHERE kind = 'portrait.kept' ORDER BY id"))[1]
    assert (await kept(settings, "a")).digest in details


async def test_of_forms_sent_at_once_one_picture_stays(cast: Cast, settings: Settings) -> None:
    by = await cast.actor(cast.keeper)
    new = [await kept(settings, seed) for seed in "abcde"]
    forms = [set_own_consent([Field.PHOTO], portrait=one, by=by) for one in new]
    await asyncio.gather(*forms, remove_own_portrait(by=by))
    assert await fetch_value("SELECT count(*) FROM consent") == 1
    assert await events("portrait.kept") == 5 and await fetch_value("SELECT count(*) FROM portrait") in (0, 1)


async def test_the_picture_goes_by_a_button_and_the_consent_stays(cast: Cast, browsers: Browsers) -> None:
    keeper = await browsers.of(cast.keeper)
    await agree(keeper, saved(flag(300, 300)), "photo")
    form = next(form for form in keeper.forms if form.action == "/account/portraits/removals")
    answer = await keeper.submit(form)
    assert "照片删了" in answer.text and "现在的照片" not in answer.text
    assert not await fetch_value("SELECT count(*) FROM portrait")
    assert await fetch_column("SELECT field FROM consent WHERE withdrawn_at IS NULL") == ["photo"]
    await remove_own_portrait(by=await cast.actor(cast.keeper))
    assert await events("portrait.removed") == 1, "twice is once"


async def test_the_office_records_a_picture_with_the_paper_and_only_its_own_office(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    path = f"/people/{cast.keeper}/consents"
    safety = await browsers.of(cast.safety)
    assert (await agree(safety, saved(flag(300, 300)), "photo", path=path)).status_code == 200
    assert await fetch_value("SELECT person_id FROM portrait") == cast.keeper
    [details] = await fetch_column("SELECT details FROM event WHERE kind = 'portrait.kept'")
    assert json.loads(details)["on_paper"] is True
    foreign = await cast.actor(cast.other_safety)
    with pytest.raises(NotFound):
        await record_consent(cast.keeper, [Field.PHOTO], portrait=await kept(settings), by=foreign)
    with pytest.raises(NotFound):
        await remove_portrait(cast.keeper, by=foreign)
    other = await browsers.of(cast.other_safety)
    assert (await other.client.get(path)).status_code == 404
    form = next(form for form in safety.forms if form.action == f"/people/{cast.keeper}/portraits/removals")
    await safety.submit(form)
    assert not await fetch_value("SELECT count(*) FROM portrait")


async def test_pupils_have_none_and_a_row_that_is_there_all_the_same_is_not_shown(
    cast: Cast, browsers: Browsers, settings: Settings, clock: MovingClock
) -> None:
    new, store = await kept(settings), FolderStore(settings.files)
    for verb in (
        record_consent(cast.monitor, [Field.PHOTO], portrait=new, by=SYSTEM),
        remove_portrait(cast.monitor, by=SYSTEM),
    ):
        with pytest.raises(NotFound):
            await verb
    safety = await browsers.of(cast.safety)
    assert (await safety.client.get(f"/people/{cast.monitor}/consents")).status_code == 404
    await execute(
        "INSERT INTO consent (person_id, field, text_edition, given_at) VALUES ({}, 'photo', 1, {})",
        cast.monitor,
        now(),
    )
    await insert(Portrait, {"person_id": cast.monitor, **new._asdict(), "kept_at": now()})
    post = await make_post("安全委员", role="keeper", grid_id=cast.school_class, by=SYSTEM)
    await insert_tenure(cast.monitor, post, cast.school)
    key = (await board_of(cast.school_class, by=SYSTEM)).key
    stranger = browsers.stranger()
    assert "portraits" not in (await stranger.client.get(f"/b/{key}")).text
    assert (await stranger.client.get(f"/b/{key}/portraits/{new.small_digest[:16]}.jpg")).status_code == 404
    for kind in Kind:
        job = await print_row(await ask_print(cast.school_class, kind, language="zh-Hans", by=SYSTEM))
        assert job is not None
        assert "data:image" not in repr((await paper_of(job, base_url="http://x", at=now(), store=store)).contexts)
    assert await tidy_portraits() == 1 and not await fetch_value("SELECT count(*) FROM portrait")


async def test_a_picture_is_reached_through_its_own_board_only(
    cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    await set_own_consent([Field.PHOTO], portrait=await kept(settings), by=await cast.actor(cast.keeper))
    room, library = [(await board_of(grid, by=SYSTEM)).key for grid in (cast.room, cast.sibling_room)]
    stranger = browsers.stranger()
    [address] = PICTURE.findall((await stranger.client.get(f"/b/{room}")).text)
    name = address.rpartition("/")[2]
    missing = await stranger.client.get("/nowhere")
    full = await fetch_value("SELECT digest FROM portrait")
    for path in (
        f"/b/{library}/portraits/{name}", f"/b/{'x' * 24}/portraits/{name}", f"/b/{room}/portraits/{full[:16]}.jpg",
        f"/b/{room}/portraits/..%2f{name}", f"/b/{room}/portraits/{full}",
    ):  # fmt: skip
        answer = await stranger.client.get(path)
        assert (answer.status_code, answer.text) == (404, missing.text), path


async def test_whoever_has_left_is_forgotten_at_night(cast: Cast, clock: MovingClock, settings: Settings) -> None:
    await set_own_consent([Field.PHOTO], portrait=await kept(settings), by=await cast.actor(cast.keeper))
    version = await fetch_value("SELECT version FROM person WHERE id = {}", cast.keeper)
    await mark_left(cast.keeper, version=version, by=await cast.actor(cast.safety))
    clock.forward(hours=12)
    await tidy(settings, now())
    assert not await fetch_value("SELECT count(*) FROM portrait") and await events("portrait.removed") == 1


# -- the copy and paper


async def test_the_copy_holds_what_the_boards_show_and_loses_it_within_minutes(
    cast: Cast, settings: Settings, clock: MovingClock, tmp_path: Path
) -> None:
    by, store, root = await cast.actor(cast.keeper), FolderStore(settings.files), tmp_path / "boards"
    key = (await board_of(cast.room, by=SYSTEM)).key
    new = await kept(settings)
    await set_own_consent([Field.PHOTO], portrait=new, by=by)
    await copy_boards(root, store)
    public = root / "current" / "public"
    text = (public / "b" / key / "index.html").read_text("utf-8")
    [link] = re.findall(r'<img src="([^"]+)"', text)
    assert (public / "b" / key / link).read_bytes() == await store.open(new.small_digest)
    assert await copy_if_withdrawn(root, store) == 0
    clock.forward(minutes=5)
    await remove_own_portrait(by=by)
    assert await copy_if_withdrawn(root, store) > 0, "taken away, with the consent still open"
    assert not list((root / "current" / "public").rglob("*.jpg"))
    assert await copy_if_withdrawn(root, store) == 0


@pytest.mark.parametrize("kind", [Kind.POSTER, Kind.CARDS])
async def test_paper_shows_it_and_is_given_out_no_more_once_it_is_gone(
    cast: Cast, settings: Settings, kind: Kind
) -> None:
    by, store = await cast.actor(cast.keeper), FolderStore(settings.files)
    await set_own_consent([Field.PHOTO], portrait=await kept(settings), by=by)
    job_id = await ask_print(cast.floor, kind, language="zh-Hans", by=SYSTEM)
    assert await run_waiting_prints(settings) == 1
    job = await print_row(job_id)
    assert job is not None and job.file_digest
    body = await store.open(job.file_digest) or b""
    assert pages(body) == 1 and b"/DCTDecode" in body, "a JPEG stands in it as it is"
    await remove_own_portrait(by=by)
    gone = await print_row(job_id)
    assert gone is not None and (gone.state, gone.file_digest) == ("gone", None)
    pdf.shutdown()


async def test_sixty_portraits_keep_the_page_small(cast: Cast, browsers: Browsers, settings: Settings) -> None:
    for n in range(60):
        room = await make_grid(
            f"{n:03} 物理化学生物实验准备室(东)", kind="room", parent_id=cast.sibling_building, by=SYSTEM
        )
        post = await make_post("负责人", role="keeper", grid_id=room, by=SYSTEM)
        person = await make_person(f"甄老师{n}", org_id=cast.school, phone=f"138000{n:05}", by=SYSTEM)
        await appoint(person, post_id=post, by=SYSTEM)
        await board_of(room, by=SYSTEM)
        await record_consent(person, list(Field), by=SYSTEM)
        digest = f"{n:064x}"[::-1]
        await insert(Portrait, {"person_id": person, "digest": digest, "small_digest": digest, "kept_at": now()})
    key = (await board_of(cast.sibling_building, by=SYSTEM)).key
    for address in (f"/b/{key}", f"/b/{key}?language=en"):
        answer = await browsers.stranger().client.get(address)
        assert len(PICTURE.findall(answer.text)) == 60
        print(address[-3:], len(answer.text.encode()), "bytes")
        assert len(answer.text.encode()) <= 30_000


async def test_a_file_that_is_damaged_is_a_missing_picture(cast: Cast, browsers: Browsers, settings: Settings) -> None:
    new, store = await kept(settings), FolderStore(settings.files)
    await set_own_consent([Field.PHOTO], portrait=new, by=await cast.actor(cast.keeper))
    key = (await board_of(cast.room, by=SYSTEM)).key
    await store.remove(new.small_digest)
    answer = await browsers.stranger().client.get(f"/b/{key}/portraits/{new.small_digest[:16]}.jpg")
    assert answer.status_code == 404
    keeper = await browsers.of(cast.keeper)
    assert (await keeper.get("/account/consents")).status_code == 200
