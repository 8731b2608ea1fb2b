"""Loading the demonstration: through the same services as everything else, so that its history is a real one."""

import json
import os
import secrets
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from portal.accounts.services.managing import make_account
from portal.changes.queries.facts import tenures_of_person
from portal.changes.rules import Change, Giving, Plan, Then
from portal.changes.services import enter_change
from portal.contact_boards.portraits import take_in
from portal.contact_boards.queries.boards import open_board
from portal.contact_boards.rules import Field
from portal.contact_boards.services import record_consent
from portal.contact_boards.services.keys import make_boards
from portal.contact_boards.services.reporting import PublicNews, report_publicly
from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now, set_clock, today
from portal.core.crypto import use_key_file
from portal.core.database import close_database, fetch, fetch_value, open_database, unit_of_work
from portal.core.files import FileStore, store_of
from portal.demo.cards import place_named, play_card
from portal.demo.extras import make_extras
from portal.demo.letters import make_letters
from portal.demo.roster import make_roster
from portal.demo.swaps import make_swaps
from portal.demo.watch import make_watch
from portal.duty.queries import leading_grants
from portal.grids.services import make_grid, make_organisation
from portal.hazards.services import name_viewer
from portal.importing.queries import batch_row, preview_of
from portal.importing.services import apply_import, stage_import
from portal.people.services import appoint, make_person, make_post
from portal.permissions.queries import actor_for, register_grants
from portal.setting_up import seed
from portal.settings import Settings

DATA = Path(__file__).parent / "data"


class _Name(NamedTuple):
    id: int
    name: str


async def load_demo(settings: Settings, *, if_empty: bool = False) -> int:
    """Loads the demonstration into an empty database; an occupied one is left alone. Gives an exit code."""
    use_key_file(settings.key_file)
    await open_database(settings.database_url)
    try:
        if await fetch_value("SELECT count(*) FROM organisation"):
            return 0 if if_empty else 1
        register_grants(leading_grants)
        async with unit_of_work():  # a start that is broken off leaves an empty database, not half a school
            accounts = await _load(tomllib.loads((DATA / "demo.toml").read_text("utf-8")), store_of(settings))
            _write_accounts(settings.demo_accounts, accounts)
    finally:
        set_clock(None)
        await close_database()
    return 0


async def _load(plan: dict[str, Any], store: FileStore) -> list[dict[str, str]]:
    await seed()
    start = now() - timedelta(days=21)
    set_clock(lambda: start)  # the register is three weeks old when the story of its cards begins
    bureau_id = await make_organisation(plan["bureau"], kind="bureau", by=SYSTEM)
    school_id = await make_organisation(
        plan["school"], kind="school", bureau_id=bureau_id, duty_phone=plan["duty_phone"], by=SYSTEM
    )
    await _import_school(school_id)
    accounts = await _bureau_people(plan, bureau_id)
    accounts += await _accounts(plan, school_id)
    accounts += await _second_school(plan["second_school"], bureau_id)
    for name in ("教师001", "教师005"):
        await name_viewer(await _person(school_id, name), by=SYSTEM)
    set_clock(None)
    await make_roster(plan["duty"], school_id)
    await make_swaps(school_id, await _person(school_id, "教师005"))
    await make_extras(plan["duty"], school_id)
    await make_watch(school_id)
    await _cards(plan["cards"], school_id, store)
    await make_boards(school_id, by=SYSTEM)
    await _portraits(plan["portraits"], school_id, store)
    await make_letters(plan["letters"], school_id)
    await _leave(school_id, "教师060", acting="教师018")
    await _public_report(school_id, plan["public_report"])
    return accounts


async def _leave(school_id: int, name: str, *, acting: str) -> None:
    """Somebody goes on leave in a few days; the keeper acts for them, and finds the sheet on their first page."""
    person, other = await _person(school_id, name), await _person(school_id, acting)
    held = await tenures_of_person(person, at=now())
    plan = Plan(
        Change.LEAVE, person, today(), today() + timedelta(days=5), last_day=today() + timedelta(days=60),
        gives=tuple(Giving(one.appointment_id, Then.ACTING, other) for one in held),
    )  # fmt: skip
    await enter_change(plan, org_id=school_id, by=SYSTEM)


async def _public_report(school_id: int, told: dict[str, str]) -> None:
    """Somebody without an account has reported something: it waits in the screening list."""
    place = await place_named(school_id, told["place"])
    key = await fetch_value("SELECT key FROM contact_board WHERE grid_id = {} AND revoked_at IS NULL", place.id)
    board = await open_board(key)
    assert board is not None
    await report_publicly(board, PublicNews(told["title"], form_key="demonstration", network="demonstration"))


async def _import_school(school_id: int) -> None:
    """The register of the real school, untouched, through the importer; its questions are answered yes."""
    path = DATA / "school_grids.csv"
    batch_id = await stage_import(path.read_bytes(), path.name, school_id=school_id, by=SYSTEM)
    batch = await batch_row(batch_id, by=SYSTEM)
    preview = await preview_of(batch)
    assert preview is not None
    answers = {question.code for question in preview.plan.questions}
    await apply_import(batch_id, version=batch.version, by=SYSTEM, answers=answers, seen=preview.mark)


async def _bureau_people(plan: dict[str, Any], bureau_id: int) -> list[dict[str, str]]:
    made = []
    for who in plan["bureau_people"]:
        person_id = await _appointed(who["name"], who["title"], who["role"], bureau_id, bureau_id)
        made.append(await _account(person_id, who["login"], who["role"], who["name"], plan["bureau"]))
    return made


async def _accounts(plan: dict[str, Any], school_id: int) -> list[dict[str, str]]:
    return [
        await _account(
            await _person(school_id, who["person"]), who["login"], who["role"], who["person"], plan["school"]
        )
        for who in plan["accounts"]
    ]


async def _second_school(plan: dict[str, Any], bureau_id: int) -> list[dict[str, str]]:
    school_id = await make_organisation(plan["name"], kind="school", bureau_id=bureau_id, by=SYSTEM)
    grids = {"": school_id}
    for path, kind in plan["grids"]:
        above, _, name = path.rpartition("/")
        grids[path] = await make_grid(name, kind=kind, parent_id=grids[above], by=SYSTEM)
    made = []
    for who in plan["people"]:
        person_id = await _appointed(who["name"], who["title"], who["role"], school_id, grids[who["place"]])
        if "login" in who:
            made.append(await _account(person_id, who["login"], who["role"], who["name"], plan["name"]))
    return made


async def _appointed(name: str, title: str, role: str, org_id: int, grid_id: int) -> int:
    person_id = await make_person(name, org_id=org_id, by=SYSTEM)
    post_id = await make_post(title, role=role, grid_id=grid_id, by=SYSTEM)
    await appoint(person_id, post_id=post_id, by=SYSTEM)
    return person_id


async def _person(school_id: int, name: str) -> int:
    found = await fetch_value("SELECT id FROM person WHERE org_id = {} AND name = {}", school_id, name)
    assert found is not None, f"{name} is not in the register"
    return int(found)


async def _account(person_id: int, login: str, role: str, name: str, school: str) -> dict[str, str]:
    password = "-".join(secrets.token_hex(3) for _ in range(3))
    await make_account(person_id, login, password=password, by=SYSTEM)
    return {"login": login, "password": password, "role": role, "name": name, "school": school}


async def _cards(cards: list[dict[str, Any]], school_id: int, store: FileStore) -> None:
    """Each card is played through at the moments at which it would have happened, oldest first."""
    people = await fetch(_Name, "SELECT id, name FROM person WHERE org_id = {}", school_id)
    ids = {row.name: row.id for row in people}
    real = now()

    async def actor(name: str, at: datetime) -> Actor:
        found = await actor_for(ids[name], at=at)
        assert found is not None
        return found

    for card in sorted(cards, key=lambda card: -card["days"]):
        await play_card(card, school_id=school_id, actor=actor, people=ids, real=real, store=store)
    set_clock(None)


async def _portraits(plan: list[dict[str, str]], school_id: int, store: FileStore) -> None:
    """A few have signed that a name and a picture of theirs are public."""
    for who in plan:
        person_id = await _person(school_id, who["person"])
        picture = await take_in((DATA / "portraits" / who["file"]).read_bytes(), store, owner=person_id)
        await record_consent(person_id, [Field.NAME, Field.PHOTO], portrait=picture, by=SYSTEM)


def _write_accounts(path: Path, accounts: list[dict[str, str]]) -> None:
    """Who can sign in, for whoever may read the data folder (0600)."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(accounts, file, ensure_ascii=False, indent=1)
