"""Signing in the place of whoever is away: only by the matrix, in one's own name, and everybody learns of it (F14)."""

import json
import random
from datetime import datetime, timedelta

import pytest

from portal.core.actors import SYSTEM, Actor
from portal.core.clock import now
from portal.core.database import execute, fetch_column, fetch_value, insert
from portal.core.refusals import Conflict, NotFound, Refused
from portal.letters.queries.evidence import signed_rows
from portal.letters.queries.letters import awaiting, file_now, letter_seen, letters_of, party_sql
from portal.letters.queries.standing_in import answering_sql, posts_stood_in_for_sql
from portal.letters.rules import Method, State, state_of
from portal.letters.services.signing import Place, note_reading, place_to_sign, record_signature, refuse_letter
from portal.letters.verification.queries import letter_known
from portal.letters.verification.views import letter_page
from portal.letters.views.lists import waits_for
from portal.people.services import appoint, end_appointment, make_person
from portal.people.tables import Absence, Appointment
from portal.responsibilities.queries import holders_of_posts
from portal.responsibilities.rules import Standing
from tasks.outbox import drain
from tests.cast import Cast
from tests.conftest import MovingClock
from tests.letters.letter_stories import made, stored, whole, with_wording

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
async def shared(cast: Cast) -> None:
    """The shared chain and a wording."""
    await with_wording()


async def named(cast: Cast, kind: str, *, post: int | None = None, name: str = "甄代理") -> Actor:
    """Somebody whom the register names as deputy or acting holder of the giver's post."""
    person = await make_person(name, org_id=cast.school, by=SYSTEM)
    ends = now() + timedelta(days=20) if kind == "acting" else None
    await appoint(person, post_id=post or cast.floor_post, by=SYSTEM, kind=kind, is_primary=False, ends_at=ends,
                  starts_at=now() - HOUR)  # fmt: skip
    return await cast.actor(person)


async def away(person: int, *, until: datetime | None = None) -> None:
    org = await fetch_value("SELECT org_id FROM person WHERE id = {}", person)
    row = {"org_id": org, "person_id": person, "kind": "leave", "starts_at": now() - HOUR, "ends_at": until}
    await insert(Absence, {**row, "entered_at": now(), "version": 1})


async def opened(letter: int, by: Actor) -> str:
    file = await file_now(letter)
    assert file is not None
    await note_reading(letter, file.digest, network="0.0.0.0", device="phone", by=by)
    return file.digest


async def placed(letter: int, by: Actor) -> Place:
    return await place_to_sign(letter, seen=await opened(letter, by), by=by)


async def signed(place: Place, by: Actor, body: str = "") -> None:
    await record_signature(
        place, stored(body or f"by {by.person_id}"), method=Method.KEY, level="B-B", key_id=None, proof={}, by=by
    )


async def for_the_giver(cast: Cast) -> int:
    """A letter that the taker has signed: the floor's chief is next."""
    letter = await made(cast)
    await taken_by(letter, cast)
    return letter


async def taken_by(letter: int, cast: Cast) -> None:
    """The taker signs."""
    taker = await cast.actor((await whole(letter)).row.person_id)
    await signed(await placed(letter, taker), taker)


@pytest.mark.parametrize("kind", ["deputy", "acting"])
async def test_whoever_is_named_signs_in_their_own_name_and_all_learn_of_it(cast: Cast, kind: str) -> None:
    letter = await made(cast)
    by = await named(cast, kind)
    await away(cast.floor_chief)
    await taken_by(letter, cast)
    await drain()
    assert await awaiting(by.person_id or 0) == 1 and await awaiting(cast.floor_chief) == 1
    assert [one.row.id for one in await letters_of(by.person_id or 0) if waits_for(one, by.person_id, now())] == [
        letter
    ]
    told = "SELECT count(*) FROM reminder WHERE kind = {} AND person_id = {} AND subject_id = {}"
    assert await fetch_value(told, "letter_to_sign", by.person_id, letter) == 1
    place = await placed(letter, by)
    assert place.instead_of is not None and place.instead_of.person == "甄层长" and place.is_last
    await signed(place, by)
    await drain()
    found = await whole(letter)
    giver = found.parties[-1]
    assert state_of(found.facts, at=now()) is State.SEALING
    assert (giver.person, giver.signed_by, giver.signed_as) == ("甄层长", "甄代理", kind)
    proof = json.loads(await fetch_value("SELECT proof FROM letter_party WHERE id = {}", giver.id))["instead"]
    assert (proof["of"], proof["as"], proof["post"]) == (cast.floor_chief, kind, cast.floor_post) and proof["since"]
    assert (proof["until"] is not None) == (kind == "acting")
    assert await fetch_value(told, "letter_instead", cast.floor_chief, letter) == 1
    assert (await signed_rows(letter))[-1][-2:] == ("甄代理", kind) and (await signed_rows(letter))[-1].opened_at
    assert letter in [one.row.id for one in await letters_of(by.person_id or 0)], "what one has signed stays in sight"
    known = await letter_known(letter)
    assert known is not None
    lines = letter_page(known, language="zh-Hans", base_url="https://x").parties
    assert "甄**" in lines[-1].who and "代签" in lines[-1].who and "代理" not in lines[-1].who.replace("（代理）", "")
    assert await fetch_column("SELECT kind FROM event WHERE subject_id = {} AND kind LIKE 'letter.signed%' ORDER BY seq", letter) == [
        "letter.signed", "letter.signed", "letter.signed_instead",
    ]  # fmt: skip


async def test_a_deputy_waits_while_the_holder_is_there(cast: Cast, clock: MovingClock) -> None:
    letter = await for_the_giver(cast)
    by = await named(cast, "deputy")
    assert await awaiting(by.person_id or 0) == 0
    with pytest.raises(NotFound):
        await letter_seen(letter, by=by)
    await away(cast.floor_chief, until=now() + HOUR)
    assert await awaiting(by.person_id or 0) == 1
    place = await placed(letter, by)
    clock.forward(hours=2)
    with pytest.raises(Conflict, match="authority_over"):
        await signed(place, by)
    with pytest.raises(NotFound):
        await place_to_sign(letter, seen=place.file_digest, by=by)
    assert await fetch_value("SELECT count(*) FROM letter_party WHERE signed_at IS NOT NULL") == 1


async def test_an_authority_that_ended_yesterday_or_of_another_post_is_none(cast: Cast, clock: MovingClock) -> None:
    letter = await for_the_giver(cast)
    by = await named(cast, "acting")
    other = await named(cast, "acting", post=cast.chief_post, name="甄别处")
    await away(cast.floor_chief)
    assert (await awaiting(by.person_id or 0), await awaiting(other.person_id or 0)) == (1, 0)
    clock.forward(days=21)
    assert await awaiting(by.person_id or 0) == 0
    for one in (by, other):
        with pytest.raises(NotFound):
            await place_to_sign(letter, seen=stored("x").digest, by=await cast.actor(one.person_id or 0))


async def test_who_takes_the_letter_signs_in_person(cast: Cast) -> None:
    letter = await made(cast)
    by = await named(cast, "acting", post=cast.keeper_post)
    await away((await whole(letter)).row.person_id)
    assert await awaiting(by.person_id or 0) == 0
    with pytest.raises(NotFound):
        await place_to_sign(letter, seen=stored("x").digest, by=by)


async def test_who_takes_the_letter_gives_it_to_nobody(cast: Cast) -> None:
    letter = await made(cast)
    taker = (await whole(letter)).row.person_id
    await appoint(taker, post_id=cast.floor_post, by=SYSTEM, kind="deputy", is_primary=False, starts_at=now() - HOUR)
    await away(cast.floor_chief)
    by = await cast.actor(taker)
    await signed(await placed(letter, by), by)
    assert await awaiting(taker) == 0
    with pytest.raises(Conflict, match="signed_already"):
        await place_to_sign(letter, seen=stored("x").digest, by=by)


async def test_holder_and_stand_in_at_once_are_one(cast: Cast) -> None:
    letter = await for_the_giver(cast)
    by, chief = await named(cast, "acting"), await cast.actor(cast.floor_chief)
    mine, theirs = await placed(letter, by), await placed(letter, chief)
    await signed(theirs, chief)
    with pytest.raises(Conflict):
        await signed(mine, by)
    with pytest.raises(Conflict, match="place_signed"):
        await place_to_sign(letter, seen=mine.file_digest, by=by)
    assert (await whole(letter)).parties[-1].signed_by is None


async def test_a_stand_in_says_no_to_nothing(cast: Cast) -> None:
    letter = await for_the_giver(cast)
    by = await named(cast, "acting")
    with pytest.raises(NotFound):
        await refuse_letter(letter, "不", version=(await whole(letter)).row.version, by=by)


async def test_the_appointment_that_ends_before_the_row_is_written_signs_nothing(cast: Cast) -> None:
    letter = await for_the_giver(cast)
    by = await named(cast, "acting")
    await away(cast.floor_chief)
    place = await placed(letter, by)
    row = await fetch_value("SELECT id FROM appointment WHERE person_id = {}", by.person_id)
    version = await fetch_value("SELECT version FROM appointment WHERE id = {}", row)
    await end_appointment(row, version=version, by=SYSTEM, ends_at=now())
    with pytest.raises(Refused, match="authority_over"):
        await signed(place, by)


async def test_the_statements_say_what_the_rule_says(cast: Cast) -> None:
    """Two hundred random worlds: who answers for a post, and for which posts somebody stands in."""
    luck, at = random.Random(14), now()
    people = [await make_person(f"甄{n}", org_id=cast.school, by=SYSTEM) for n in range(5)]
    posts = [cast.floor_post, cast.chief_post, cast.keeper_post]

    def some() -> datetime:
        return at + timedelta(hours=luck.choice((-3, -2, -1, 0, 1, 2)))

    for _ in range(200):
        await execute("DELETE FROM absence")
        await execute("DELETE FROM appointment")
        for _ in range(luck.randrange(8)):
            starts = some()
            row = {
                "org_id": cast.school, "post_id": luck.choice(posts), "person_id": luck.choice(people),
                "is_primary": luck.random() < 0.5, "kind": luck.choice(("holder", "deputy", "acting")),
                "starts_at": starts, "ends_at": luck.choice((None, max(starts, some()))), "entered_at": at, "version": 1,
            }  # fmt: skip
            await insert(Appointment, row)
        for person in luck.sample(people, luck.randrange(3)):
            starts = some()
            ends = luck.choice((None, max(starts, some())))
            row = {"org_id": cast.school, "person_id": person, "kind": "leave", "starts_at": starts, "ends_at": ends}
            await insert(Absence, {**row, "entered_at": at, "version": 1})
        for person in people:
            left = at - HOUR if luck.random() < 0.1 else None
            await execute("UPDATE person SET left_at = {} WHERE id = {}", left, person)
        holders = await holders_of_posts(posts, at=at)
        for post in posts:
            held = holders.held(post)
            sql, args = answering_sql("{}", at=at)
            # the post stands first in the statement
            assert await fetch_value(f"SELECT {sql}", post, *args) == (held.appointment_id if held else None)
        for person in people:
            sql, args = posts_stood_in_for_sql(person, at=at)
            wanted = {
                post for post in posts
                if (held := holders.held(post)) is not None and held.person_id == person
                and held.standing is not Standing.HOLDER
            }  # fmt: skip
            assert set(await fetch_column(sql, *args)) == wanted
    assert party_sql("x.letter_id = {}", at=at)[1] == [at] * 6
