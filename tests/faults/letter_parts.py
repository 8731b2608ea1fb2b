"""A generated school whose letters are made by real workers, and what must be true of them in the end (TR1)."""

import os
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from portal.audit.outbox import outbox_state
from portal.audit.queries import verify_chain
from portal.core.actors import SYSTEM
from portal.core.clock import now, today
from portal.core.database import execute, fetch, fetch_column, fetch_value, insert
from portal.core.files import FolderStore
from portal.grids.services import make_organisation
from portal.grids.tables import Grid
from portal.letters.services.rounds import start_round
from portal.letters.services.seeding import seed_edges, seed_wordings
from portal.people.services import appoint, make_person, make_post
from portal.people.tables import Appointment, Person, Post
from portal.permissions.queries import actor_for
from portal.rendering.pdf.child import FOLDER
from portal.responsibilities.tables import DutyItem, DutyList, DutyMapping
from portal.settings import Settings
from tasks import tidying
from tests.faults.parts import Workers

KEEPER = "室管员"
DUTIES = (
    "每天上课前查看教室门窗桌椅插座和照明，发现问题停用报修",
    "放学后关好门窗断开电源锁好柜门检查没有学生留在室内",
    "保持疏散通道畅通，不堆放杂物，不锁闭安全出口和疏散门",
    "课间看护本室门口走廊，制止追逐推挤翻越栏杆等危险行为",
    "每月组织学生走一次疏散路线并留下日期",
    "易燃物品单独存放，钥匙由本人保管",
)


class School(NamedTuple):
    """A school of rooms with a keeper each; the principal gives every letter."""

    id: int
    principal: int
    rooms: tuple[int, ...]
    people: tuple[int, ...]


async def make_school(rooms: int) -> School:
    """So many rooms, a keeper's post on each, somebody who holds it, one list of duties."""
    await seed_edges()
    await seed_wordings()
    bureau = await make_organisation("青云县教育局", kind="bureau", by=SYSTEM)
    org = await make_organisation("明德中学", kind="school", bureau_id=bureau, by=SYSTEM)
    since = now() - timedelta(days=30)
    principal = await make_person("甄校长", org_id=org, by=SYSTEM)
    post = await make_post("校长", role="principal", grid_id=org, by=SYSTEM)
    await appoint(principal, post_id=post, by=SYSTEM, starts_at=since)
    path = await fetch_value("SELECT path FROM grid WHERE id = {}", org)
    made = await insert(
        Grid,
        *(
            {"kind": "room", "name": f"{1000 + n}室", "depth": 2, "parent_id": org, "org_id": org, "created_at": since}
            for n in range(rooms)
        ),
    )
    await execute("UPDATE grid SET path = {} || CAST(id AS VARCHAR) || '/' WHERE parent_id = {}", path, org)
    posts = await insert(
        Post,
        *(
            {"org_id": org, "grid_id": room, "scope_grid_id": room, "title": KEEPER, "role": "keeper",
             "created_at": since} for room in made
        ),
    )  # fmt: skip
    people = await insert(Person, *({"org_id": org, "name": f"教师{n:04}", "created_at": since} for n in range(rooms)))
    held = {"org_id": org, "is_primary": True, "kind": "holder", "starts_at": since, "entered_at": since}
    await insert(
        Appointment,
        *({**held, "post_id": one, "person_id": person} for one, person in zip(posts, people, strict=True)),
    )
    await with_list(org, DUTIES)
    await execute("UPDATE outbox SET done_at = created_at")
    return School(org, principal, tuple(made), tuple(people))


async def with_list(org: int, duties: Sequence[str], *, room: str = "", origin: str = "school") -> None:
    """A list of duties for the keepers of rooms whose name holds `room`."""
    row = {"org_id": org, "name": f"清单{room}", "name_en": "", "origin": origin, "created_at": now()}
    [list_id] = await insert(DutyList, row)
    item = {
        "list_id": list_id, "domain": "FIRE", "kind": "daily", "rhythm": "daily", "level": "room",
        "starts_at": now() - timedelta(days=30),
    }  # fmt: skip
    for start in range(0, len(duties), 500):
        some = enumerate(duties[start : start + 500], start)
        await insert(DutyItem, *({**item, "code": f"k{n}", "number": str(n), "text": t, "sort": n} for n, t in some))
    mapping = {"org_id": org, "title": KEEPER, "grid_name": room or None, "list_id": list_id, "created_at": now()}
    await insert(DutyMapping, mapping)


async def ask_for_all(school: School) -> int:
    """A round for everybody, from tomorrow on."""
    by = await actor_for(school.principal, at=now())
    assert by is not None
    return await start_round(
        school.id, "post", "2026 秋季", starts_on=today() + timedelta(days=1), ends_on=None, sign_by=None, by=by
    )


# -- who has what in hand


class _Hold(NamedTuple):
    id: int
    lease: str


async def in_hand() -> dict[int, list[int]]:
    """Letters that are held and not finished, by the process that holds them."""
    found: dict[int, list[int]] = {}
    sql = "SELECT id, lease FROM letter WHERE lease IS NOT NULL AND voided_at IS NULL AND (made_at IS NULL OR signed_at IS NOT NULL)"
    for one in await fetch(_Hold, sql):
        found.setdefault(int(one.lease.partition("-")[0]), []).append(one.id)
    return found


async def whoever_makes(fleet: Workers) -> int | None:
    """A running worker that holds a letter now, and is not merely said to by a lease of somebody dead."""
    holding = await in_hand()
    return next((process.pid for process in fleet.running if process.pid in holding), None)


async def made_count() -> int:
    return int(await fetch_value("SELECT count(*) FROM letter WHERE made_at IS NOT NULL"))


async def all_told() -> bool:
    """Every letter is made or void, and whatever followed from it has happened."""
    return not await fetch_value(
        "SELECT (SELECT count(*) FROM letter WHERE made_at IS NULL AND voided_at IS NULL) "
        "+ (SELECT count(*) FROM outbox WHERE done_at IS NULL)"
    )


# -- what must be true


class _File(NamedTuple):
    letter_id: int
    role: str
    digest: str
    size: int


async def check_letters(school: School, settings: Settings, *, letters: int, failed: int = 0) -> str:
    """Each letter once: number, file, event, notice; no number is missing; the store holds these files and no other."""
    assert await fetch_column("SELECT seq FROM letter ORDER BY seq") == list(range(1, letters + 1)), (
        "a number is missing"
    )
    assert await fetch_value("SELECT seq FROM letter_counter WHERE org_id = {}", school.id) == letters
    ids = await fetch_column("SELECT id FROM letter WHERE made_at IS NOT NULL AND voided_at IS NULL ORDER BY id")
    assert len(ids) == letters - failed
    held = await fetch_value("SELECT count(*) FROM letter WHERE lease IS NOT NULL")
    assert held == 0, "somebody still holds one"
    for kind in ("letter.made", "letter.failed"):
        told = await fetch_column("SELECT subject_id FROM event WHERE kind = {} ORDER BY subject_id", kind)
        assert len(told) == len(set(told)), f"{kind} twice"
        assert set(told) & set(ids) == (set(ids) if kind == "letter.made" else set()), kind
        assert len(told) == (len(ids) if kind == "letter.made" else failed), kind
    notices = Counter(await fetch_column("SELECT subject_id FROM reminder WHERE kind = 'letter_to_sign'"))
    assert notices == Counter(ids), "each taker is told once"
    files = await fetch(_File, "SELECT letter_id, role, digest, size FROM letter_file ORDER BY letter_id")
    assert [(one.letter_id, one.role) for one in files] == [(one, "draft") for one in ids]
    stray = await check_store(settings, {one.digest for one in files})
    for one in files:
        body = await FolderStore(settings.files).open(one.digest)  # its digest is checked by the store
        assert body is not None and len(body) == one.size and body.startswith(b"%PDF")
    assert (await outbox_state())[:3] == (0, 0, 0)
    assert await verify_chain(school.id) is None
    return f"{len(ids)} made once, {failed} failed, numbers 1 to {letters} without a gap, {stray}"


async def check_store(settings: Settings, referred: set[str]) -> str:
    """After the nightly tidying the store holds what rows refer to, and nothing else. Tells what was there before."""
    old = (now() - timedelta(hours=3)).timestamp()
    parts = _files(settings)
    stray = set(parts) - referred - await tidying._referred(sorted(parts))
    for path in parts.values():  # as if the night had come
        os.utime(path, (old, old))
    await tidying.tidy(settings, now())
    await FolderStore(settings.files).sweep()
    left = set(_files(settings))
    assert referred <= left, "a file that a row needs is gone"
    assert left == await tidying._referred(sorted(left)), "a stray file outlived the night"
    return f"{len(stray)} stray files before the nightly tidying, 0 after"


def _files(settings: Settings) -> dict[str, Path]:
    return {path.name: path for path in settings.files.rglob("*") if path.is_file() and path.name != "lock"}


def left_behind(pids: Sequence[int]) -> list[str]:
    """Processes that workers started and that outlived them: their folder says whose they were."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            folder = (process / "cwd").readlink().name
            if folder.startswith(FOLDER) and int(folder.removeprefix(FOLDER).partition("-")[0]) in pids:
                found.append(f"{process.name} of {folder}")
    return found
