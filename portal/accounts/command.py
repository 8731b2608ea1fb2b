"""`python -m portal admin`: the first account of a new portal, or a new one-time password when the last one is lost."""

import argparse
import secrets
import sys
from collections.abc import Sequence
from typing import NamedTuple

from portal.accounts.labels import COMMAND, TITLES
from portal.accounts.queries import login_taken, someone
from portal.accounts.rules import ALPHABET, login_fault, normal_login
from portal.accounts.services import make_account, renew_password
from portal.core.actors import Actor
from portal.core.clock import now
from portal.core.crypto import use_key_file
from portal.core.database import close_database, fetch, fetch_value, open_database, unit_of_work
from portal.core.migrate import pending_migrations
from portal.grids.services import make_organisation
from portal.people.services import appoint, make_person, make_post
from portal.serving.keys import check_key, make_key
from portal.settings import Settings

BY = Actor(person_id=None, account_id=None, org_id=None, name="admin", via="cli", is_system=True)
PASSWORD_SIGNS = 16  # of 32 signs: 80 bits


class Stopped(Exception):
    """What is wrong, as a code of `labels.COMMAND`, with its facts."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.text = COMMAND[code].format(**facts)


class _Org(NamedTuple):
    id: int
    name: str
    kind: str


async def make_first_account(settings: Settings, words: Sequence[str]) -> int:
    """Makes organisation, person, post and account as far as they are missing; prints a one-time password.

    Status 2 with a sentence that names the remedy when that cannot be done.
    """
    given = _parser().parse_args(words)
    make_key(settings.key_file)
    check_key(settings.key_file)
    use_key_file(settings.key_file)
    await open_database(settings.database_url)
    try:
        password = _one_time_password()
        login = await _account(given, password)
    except Stopped as stopped:
        print(stopped.text, file=sys.stderr)
        return 2
    finally:
        await close_database()
    print(COMMAND["made"].format(login=login, password=password, url=settings.base_url))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m portal admin",
        description=COMMAND["description"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--login", required=True, help=COMMAND["login"])
    parser.add_argument("--name", help=COMMAND["name"])
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--school", help=COMMAND["school"])
    which.add_argument("--bureau", help=COMMAND["bureau"])
    parser.add_argument("--role", choices=sorted(TITLES), help=COMMAND["role"])
    parser.add_argument("--reset", action="store_true", help=COMMAND["reset"])
    return parser


def _one_time_password() -> str:
    signs = [secrets.choice(ALPHABET.lower()) for _ in range(PASSWORD_SIGNS)]
    return "-".join("".join(signs[place : place + 4]) for place in range(0, PASSWORD_SIGNS, 4))


async def _account(given: argparse.Namespace, password: str) -> str:
    try:
        pending = await pending_migrations()
    except Exception as error:  # an empty database has not even the table that says so
        raise Stopped("no_tables") from error
    if pending:
        raise Stopped("no_tables")
    login = normal_login(given.login)
    if login_fault(login):
        raise Stopped("bad_login", login=given.login)
    if given.reset:
        if not await login_taken(login):
            raise Stopped("unknown", login=login)
        await renew_password(login, password=password, by=BY)
        return login
    if await login_taken(login):
        raise Stopped("taken", login=login)
    async with unit_of_work():
        org = await _organisation(given)
        person_id = await _person(given.name or login, org, given.role or _role(org))
        await make_account(person_id, login, password=password, by=BY, must_change=True)
    return login


def _role(org: _Org) -> str:
    return "bureau_officer" if org.kind == "bureau" else "safety_officer"


async def _organisation(given: argparse.Namespace) -> _Org:
    known = await fetch(
        _Org, "SELECT g.id, g.name, o.kind FROM organisation o JOIN grid g ON g.id = o.grid_id ORDER BY g.path"
    )
    name, kind = (given.bureau, "bureau") if given.bureau else (given.school, "school")
    if not name:
        if len(known) == 1:
            return known[0]
        raise Stopped("which", names=" · ".join(org.name for org in known)) if known else Stopped("unnamed")
    for org in known:
        if (org.name, org.kind) == (name, kind):
            return org
    bureaus = [org.id for org in known if org.kind == "bureau"]
    above = bureaus[0] if kind == "school" and len(bureaus) == 1 else None
    return _Org(await make_organisation(name, kind=kind, bureau_id=above, by=BY), name, kind)


async def _person(name: str, org: _Org, role: str) -> int:
    """The person of this name, or a new one, in a post of this role over the whole organisation."""
    person_id = await fetch_value(
        "SELECT id FROM person WHERE org_id = {} AND name = {} AND kind = 'staff' "
        "AND (left_at IS NULL OR left_at > {}) ORDER BY id",
        org.id, name, now(),
    )  # fmt: skip
    if person_id is None:
        person_id = await make_person(name, org_id=org.id, by=BY)
    found = await someone(person_id)
    if found is not None and found.account_id is not None:
        raise Stopped("has_one", name=name, login=found.login or "")
    held = await fetch_value(
        "SELECT a.id FROM appointment a JOIN post p ON p.id = a.post_id WHERE a.person_id = {} AND p.role = {} "
        "AND p.scope_grid_id = {} AND a.ends_at IS NULL AND p.ended_at IS NULL",
        person_id, role, org.id,
    )  # fmt: skip
    if held is None:
        post_id = await make_post(TITLES[role], role=role, grid_id=org.id, by=BY)
        await appoint(person_id, post_id=post_id, by=BY)
    return int(person_id)
